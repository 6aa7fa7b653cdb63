"""Voices judged by ear, blind: design, answers and statistics, without a browser."""

from __future__ import annotations

from .agreement import krippendorff_alpha
from .answers import Answer
from .bradley_terry import BradleyTerry, Comparison, Estimate, bradley_terry
from .design import ListeningDesign, Target, Trial
from .listening_test import ListeningTest
from .opinions import Opinion, Rating, mean_opinions
from .pair_tests import PairTest, pair_tests
from .reliability import Reliability
from .results import ListeningResults
from .scales import SCALES, Scale

__all__ = [
    "SCALES",
    "Answer",
    "BradleyTerry",
    "Comparison",
    "Estimate",
    "ListeningDesign",
    "ListeningResults",
    "ListeningTest",
    "Opinion",
    "PairTest",
    "Rating",
    "Reliability",
    "Scale",
    "Target",
    "Trial",
    "bradley_terry",
    "krippendorff_alpha",
    "mean_opinions",
    "pair_tests",
]
