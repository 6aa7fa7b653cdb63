"""Tools beside each other: what one cannot be told from another by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from ....protocol import About
from ..definition import Definition
from ..rule import Fault, Toolset, of_tools
from ..words import content_words, is_english, words_of
from .sources import GUIDE

__all__ = ["boundary_missing", "description_duplicate", "description_similar"]

SIMILAR = 0.8
"""Share of the words of two descriptions that are the same."""
FEWEST_WORDS = 4
_BOUNDARY = re.compile(
    r"\b(?:use (?:this|it)|call (?:this|it)|only|not|never|instead|when|whenever|if|before|after|"
    r"unlike|rather than|without|except|for (?:details|the whole|a single|one|several|many|all))\b",
    re.IGNORECASE,
)


def _same(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")


@of_tools(
    About(
        id="description-duplicate",
        severity="warning",
        title="Two tools have the same description",
        why="The model has only the names to choose by, and chooses by chance.",
        instead="Say of each what the other does not do.",
        source=f"{GUIDE}: describe when to use each function",
    )
)
def description_duplicate(tools: Toolset) -> Iterator[Fault]:
    seen: dict[str, Definition] = {}
    for tool in tools.definitions:
        first = seen.setdefault(_same(tool.description), tool)
        if tool.description and first is not tool:
            message = f"{first.label} and {tool.label} have the same description."
            yield Fault(message, (), tool.description_path, tool)


@of_tools(
    About(
        id="description-similar",
        severity="warning",
        title="Two descriptions say almost the same",
        why="What distinguishes two tools is what a model must find in them; where it is one word "
        "among twenty, it is missed.",
        instead="Begin each description with the difference, or make one tool with a parameter.",
        source=f"{GUIDE}: describe when to use each function",
    )
)
def description_similar(tools: Toolset) -> Iterator[Fault]:
    said = [(tool, content_words(tool.description)) for tool in tools.definitions]
    for (first, one), (second, other) in combinations(said, 2):
        if _same(first.description) == _same(second.description):
            continue
        if min(len(one), len(other)) < FEWEST_WORDS or len(one & other) < SIMILAR * len(
            one | other
        ):
            continue
        named = content_words(" ".join((*words_of(first.name), *words_of(second.name))))
        if (one ^ other) and (one ^ other) <= named:
            continue  # the names tell the difference
        message = f"{first.label} and {second.label} are described in almost the same words."
        yield Fault(message, (), second.description_path, second)


@of_tools(
    About(
        id="boundary-missing",
        severity="advice",
        title="Two related tools do not say which is for what",
        why="Where one name is the beginning of another, a request fits both, and the model takes "
        "the shorter.",
        instead="Say in one of them when not to use it: `For the whole order use get_order.`",
        source=f"{GUIDE}: say when, and when not, to use each function",
    )
)
def boundary_missing(tools: Toolset) -> Iterator[Fault]:
    by_verb: dict[str, list[tuple[frozenset[str], Definition]]] = defaultdict(list)
    for tool in tools.definitions:
        words = words_of(tool.name)
        if len(words) > 1 and tool.description and is_english(tool.description):
            by_verb[words[0]].append((content_words(" ".join(words)), tool))
    for named in by_verb.values():
        for (one, first), (other, second) in combinations(named, 2):
            if not (one < other or other < one):
                continue
            if any(_tells(tool, beside) for tool, beside in ((first, second), (second, first))):
                continue
            message = f"{first.label} and {second.label} do not say which is for what."
            yield Fault(message, (), second.description_path, second)


def _tells(tool: Definition, beside: Definition) -> bool:
    return beside.name in tool.description or bool(_BOUNDARY.search(tool.description))
