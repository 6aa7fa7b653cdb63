"""Measuring tool selection: whether the right tool is called, with the right arguments."""

from __future__ import annotations

from .answers import Answer, Called
from .arguments import Match, exact, ignored, like, one_of, pattern, where
from .comparison import PairedUtterance, Pairing, SelectionComparison
from .confusion import Confusion
from .judging import NONE, OUTCOMES, SEVERAL, Outcome, Verdict, judge
from .measuring import Measuring, measure_tools, project_tools
from .projecting import SelectionProjection
from .reading import read_utterances
from .selection import Selection, ToolFigures, Trial
from .statistics import McNemar, Share, wilson
from .utterances import Due, DueCalls, Utterance, all_of, any_of, due

__all__ = [
    "NONE",
    "OUTCOMES",
    "SEVERAL",
    "Answer",
    "Called",
    "Confusion",
    "Due",
    "DueCalls",
    "Match",
    "McNemar",
    "Measuring",
    "Outcome",
    "PairedUtterance",
    "Pairing",
    "Selection",
    "SelectionComparison",
    "SelectionProjection",
    "Share",
    "ToolFigures",
    "Trial",
    "Utterance",
    "Verdict",
    "all_of",
    "any_of",
    "due",
    "exact",
    "ignored",
    "judge",
    "like",
    "measure_tools",
    "one_of",
    "pattern",
    "project_tools",
    "read_utterances",
    "where",
    "wilson",
]
