"""The small skills of the rule brain: each looks at one sentence and answers it or does not."""

from __future__ import annotations

from ..context import Skill
from .about import about
from .arithmetic import arithmetic
from .cannot import cannot
from .directives import directive
from .fallback import fallback
from .games import cards, movement
from .knowledge import knowledge
from .recall import recall
from .repeating import counting, repeating, spelling
from .small_talk import greeting, small_talk
from .stories import entertainment
from .telling import acknowledge
from .time import time_of_day

__all__ = ["SKILLS"]

SKILLS: tuple[Skill, ...] = (
    repeating,
    recall,
    about,
    arithmetic,
    counting,
    spelling,
    time_of_day,
    entertainment,
    directive,
    acknowledge,
    small_talk,
    greeting,
    knowledge,
    cannot,
    cards,
    movement,
    fallback,
)
"""In order of precedence between equal scores."""
