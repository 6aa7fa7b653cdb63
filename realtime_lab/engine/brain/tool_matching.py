"""Which tool an utterance asks for."""

# ruff: noqa: E501, SIM905 -- patterns and word lists read better on one line
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..stages import ToolSpec
from .wording import plain_words, singular, spaced

__all__ = ["ENOUGH", "asks", "enum_values", "is_named", "properties", "rank", "required"]

ENOUGH = 3.0
"""A tool with a lower score is not called unless the session forces a call."""

_GROUPS = (
    "weather forecast rain rainy sunny temperature climate umbrella degree snow",
    "light lamp bulb",
    "set turn switch make change put adjust",
    "dim brightness bright brighter darker",
    "time clock hour",
    "timer alarm countdown reminder remind wake",
    "email mail",
    "message text sms tell",
    "search find look lookup seek check",
    "play music song track tune",
    "order buy purchase",
    "book reserve reservation",
    "add plus sum append",
    "convert conversion exchange",
    "meeting appointment calendar event schedule",
    "price cost stock share quote",
    "navigate drive direction route way",
    "cancel stop delete remove abort",
    "heat heating thermostat warm warmer cool cooler",
    "roll throw dice die",
    "balance account money",
    "call phone dial ring",
    "translate translation",
    "list show display",
    "door lock unlock",
    "flight plane fly",
    "restaurant eat dinner lunch table",
    "status track where",
    "volume loud louder quieter",
    "note memo jot",
)
_SYNONYMS = {
    singular(word): singular(group.split()[0]) for group in _GROUPS for word in group.split()
}
_TOPICS = frozenset(_SYNONYMS.values()) - {"set", "search", "list", "status", "time", "play"}
"""Topics by their first word, without those that occur in what any tool does."""
_COMMON = frozenset(
    singular(word)
    for word in (
        "a an the of to in on at for from with by and or is are was be it this that these what which who how "
        "do does did can could would will please me my i you your we us our there here some any get give tell "
        "want need have has now today use used using return returns value given when if not no yes as into "
        "about current function tool call name set number string like name user e.g one new specific all "
        "up out off let just want would hello hi hey ok okay so well then thing optional information"
    ).split()
)
_STATEMENT = re.compile(
    r"^(?:i (?:like|love|hate|think|live|am|was|have|had|work|feel|saw|enjoy)|my|it is|it was|that|this|he|she|they|we (?:had|have|were)|"
    r"do you (?:like|love|think|feel|enjoy)|are you|what do you think|how do you feel|thank|thanks|what is your|who|tell me a|tell me about yourself|how are)\b"
)
_ASKING = re.compile(
    r"^(?:please|can|could|will|would|what|where|when|how|is|are|do|does|turn|switch|set|get|find|show|play|book|order|"
    r"send|call|search|check|tell me|give|look|add|make|start|stop|cancel|open|close|roll|convert|i want|i need|i would like|let us)\b"
)


def properties(tool: ToolSpec) -> Mapping[str, Mapping[str, Any]]:
    """The parameters of a tool by name, each with its schema."""
    found = tool.parameters.get("properties") if tool.parameters else None
    return (
        {k: v if isinstance(v, dict) else {} for k, v in found.items()}
        if isinstance(found, dict)
        else {}
    )


def required(tool: ToolSpec) -> Sequence[str]:
    """The names of the parameters that a call must have."""
    names = tool.parameters.get("required") if tool.parameters else None
    known = properties(tool)
    return [n for n in names if n in known] if isinstance(names, (list, tuple)) else []


def enum_values(schema: Mapping[str, Any]) -> Sequence[str]:
    """The values a parameter, or an element of a list parameter, may take, as text."""
    source = schema.get("enum") or (schema.get("items") or {}).get("enum") or ()
    return [str(value) for value in source]


def rank(words: str, tools: Sequence[ToolSpec]) -> list[tuple[float, ToolSpec]]:
    """The tools with their scores for an utterance, best first.

    A word counts most when it is in the tool's name or one of its enums, less in a description;
    a word that several tools share tells less about which of them is meant.
    """
    said = {_stem(word) for word in words.split()} - _COMMON
    weights = [_vocabulary(tool) for tool in tools]
    manner = 1.0 if not _STATEMENT.match(words) else 0.45
    if asks(words):
        manner *= 1.15
    scored = []
    for tool, vocabulary in zip(tools, weights, strict=True):
        score = 0.0
        for word in said & vocabulary.keys():
            holders = sum(word in other for other in weights)
            score += vocabulary[word] / (1 if holders == 1 else 1.15)
        if " ".join(plain_words(spaced(tool.name))) in words:
            score += 3
        scored.append((score * manner, tool))
    return sorted(scored, key=lambda pair: -pair[0])


def asks(words: str) -> bool:
    """Whether an utterance is a question or an order by its form."""
    return bool(_ASKING.match(words)) or "please" in words.split()


def is_named(words: str, tool: ToolSpec) -> bool:
    """Whether an utterance is nothing but words of the tool's name: "weather", "the timer"."""
    named = {_stem(word) for word in plain_words(spaced(tool.name))}
    said = [_stem(word) for word in words.split() if word not in ("the", "a", "an")]
    return bool(said) and set(said) <= named


def _vocabulary(tool: ToolSpec) -> dict[str, float]:
    weights: dict[str, float] = {}

    def add(text: str, weight: float, known_weight: float = 0) -> None:
        for word in plain_words(text):
            stem = _stem(word)
            if stem not in _COMMON:
                found = max(weight, known_weight if stem in _TOPICS else 0)
                weights[stem] = max(found, weights.get(stem, 0))

    add(spaced(tool.name), 3)
    for raw in re.findall(r"[a-z]+", spaced(tool.name)):
        if len(raw) > 3:
            add(raw, 3)
    # What a tool does is in the first sentence; a topic named there says as much as a name.
    add(tool.description.partition(".")[0], 1.6, known_weight=2.65)
    add(tool.description, 1.6)
    for name, schema in properties(tool).items():
        add(spaced(name), 1.2)
        add(str(schema.get("description", "")), 0.6)
        for value in enum_values(schema):
            add(spaced(value), 1.7)
    return weights


def _stem(word: str) -> str:
    stem = singular(word)
    return _SYNONYMS.get(stem, stem)
