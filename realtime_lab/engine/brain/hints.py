"""What a recogniser should expect to hear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from ..stages import Hints, ToolSpec
from .phrases import DEMO_PHRASES
from .tool_matching import enum_values, properties
from .wording import digits, plain, plain_words, spaced

__all__ = ["demo_phrases", "hints"]

_PER_TOOL = 40


def demo_phrases() -> Sequence[str]:
    """Sentences the rule brain understands, as they are spoken: plain words, no digits."""
    return DEMO_PHRASES


def hints(tools: Sequence[ToolSpec] = (), instructions: str = "") -> Hints:
    """Phrases and words a session is likely to hear, from its tools and instructions."""
    phrases = dict.fromkeys(DEMO_PHRASES)
    words: dict[str, None] = {}
    for tool in tools:
        phrases |= dict.fromkeys(islice(_phrases_for(tool), _PER_TOOL))
        words |= dict.fromkeys(_words_for(tool))
    names = re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", instructions)
    words |= dict.fromkeys(name.lower() for name in names)
    return Hints(phrases=tuple(phrases), words=tuple(words))


def _phrases_for(tool: ToolSpec) -> Iterator[str]:
    name = plain(spaced(tool.name))
    yield name
    choices = [
        [plain(spaced(value)) for value in enum_values(schema)]
        for schema in properties(tool).values()
        if enum_values(schema)
    ]
    choices = [[c for c in options if _sayable(c)] for options in choices]
    choices = [options for options in choices if options]
    for chosen in product(*choices) if choices else ():
        yield f"{name} {' '.join(chosen)}"
    verb, _, rest = name.partition(" ")
    for options in choices:
        for value in options:
            yield f"{name} {value}"
            yield f"{verb} {value} {rest}".strip()
            yield f"{verb} the {value} {rest}".strip()
            yield value
    if rest:
        yield f"{verb} the {rest}"
        yield f"what is the {rest}"
        yield f"please {verb} the {rest}"


def _words_for(tool: ToolSpec) -> Iterator[str]:
    yield from plain_words(spaced(tool.name))
    for name, schema in properties(tool).items():
        yield from plain_words(spaced(name))
        for value in enum_values(schema):
            yield from (w for w in plain_words(spaced(value)) if _sayable(w))


def _sayable(text: str) -> bool:
    return bool(text) and not re.search(r"\d", digits(text))
