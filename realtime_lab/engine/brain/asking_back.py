"""The question for an argument that a call still needs."""

# ruff: noqa: E501 -- tables read better on one line
from __future__ import annotations

import re

from ..stages import ToolSpec
from .tool_matching import enum_values, properties
from .wording import listed, spaced

__all__ = ["question_for"]

_BY_WORD = {
    "city": "Which city?", "town": "Which town?", "country": "Which country?", "room": "Which room?",
    "location": "Which place?", "place": "Which place?", "where": "Where?",
    "origin": "From where?", "from": "From where?", "source": "From where?", "departure": "From where?",
    "destination": "To where?", "to": "To where?",
    "recipient": "Who is it for?", "contact": "Who is it for?", "person": "Who is it for?", "guest": "Who is it for?",
    "text": "What should it say?", "message": "What should it say?", "body": "What should it say?", "content": "What should it say?", "note": "What should it say?",
    "date": "On which day?", "day": "On which day?", "when": "When?", "deadline": "By when?", "time": "At what time?", "hour": "At what time?",
    "on": "On or off?", "enabled": "On or off?", "email": "Which email address?", "name": "Which name?",
}  # fmt: skip
_COUNTED = re.compile(r"\b(?:number of|how many) (?P<what>[\w ]+)")
_DESCRIBED = re.compile(r"^(?P<what>(?:the |a |an )?[\w' -]{3,40}?)(?:,| such as| like| e\.g\.| \(| for example|[.;]|$)", re.IGNORECASE)  # fmt: skip
_SEARCHES = re.compile(
    r"^(?:search|find|look|play|translate|order|read|open|remember|buy|explain)\b"
)
_NUMBERS = ("integer", "number")
_MOST_OPTIONS = 8


def question_for(tool: ToolSpec, name: str) -> str:
    """A short question for the parameter ``name``, from its name, type and description."""
    schema = properties(tool)[name]
    said, verb = spaced(name), spaced(tool.name).split(" ")[0]
    options = [spaced(value) for value in enum_values(schema)]
    if options:
        return f"Which {said}: {listed(options[:_MOST_OPTIONS], 'or')}?"
    described = str(schema.get("description", "")).strip()
    if schema.get("type") in _NUMBERS:
        return _how_much(said, described)
    word = said.split(" ")[-1] if said else ""
    if word in _BY_WORD:
        return _BY_WORD[word]
    if schema.get("type") == "boolean":
        return f"{said[:1].upper()}{said[1:]}, yes or no?"
    if word in ("query", "q", "search", "keyword", "song", "title", "item") and _SEARCHES.match(
        verb
    ):
        return f"What should I {verb}{' for' if verb in ('search', 'look') else ''}?"
    if len(said) < 4 and (found := _DESCRIBED.match(described)):
        what = found["what"]
        return f"What is {what[:1].lower()}{what[1:]}?"
    return f"Which {said}?"


def _how_much(said: str, described: str) -> str:
    if found := _COUNTED.search(described.lower()):
        return f"How many {found['what'].strip()}?"
    if said.endswith("s") or said == "people":
        return f"How many {said}?"
    return f"What {said}{', ' + described.lower() if described.lower().startswith('in ') else ''}?"
