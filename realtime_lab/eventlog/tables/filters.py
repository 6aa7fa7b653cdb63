"""Which events are wanted, said once for SQL and for entries in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..entry import Direction, LogEntry, item_id_of, response_id_of

__all__ = ["EventFilter"]


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is left of a log: the events that fit everything given.

    ``types`` are GA names or patterns of them (``response.*``, ``*.delta``), of which one has to
    fit, as one of ``directions`` has to. ``text`` is looked for in the JSON of an event as it is
    shown: redacted, without samples; upper and lower case are the same. A text that came in pieces
    is found whole in the event that ends it.

    ``folded`` makes one row of the pieces of a run; ``head`` leaves only the pieces of the run that
    begins with that ``seq``.
    """

    types: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ()
    turn: int | None = None
    response_id: str | None = None
    item_id: str | None = None
    text: str = ""
    head: int | None = None
    folded: bool = False

    @property
    def is_of_whole_runs(self) -> bool:
        """Whether all pieces of a run fit, or none: they have one type and one direction."""
        about = (self.turn, self.response_id, self.item_id)
        return all(one is None for one in about) and not self.text

    def sql(self) -> tuple[str, Mapping[str, Any]]:
        """A condition on the table ``events`` and the values of its parameters."""
        conditions: list[str] = []
        values: dict[str, Any] = {}

        def needs(condition: str, name: str, value: object) -> None:
            conditions.append(condition.format(f"${name}"))
            values[name] = value

        patterns = [of for of in self.types if _is_pattern(of)]
        names = [of for of in self.types if of not in patterns]
        if self.types:
            alternatives = [f"type GLOB $pattern_{n}" for n in range(len(patterns))]
            values |= {f"pattern_{n}": pattern for n, pattern in enumerate(patterns)}
            alternatives += [f"type = $type_{n}" for n in range(len(names))]
            values |= {f"type_{n}": name for n, name in enumerate(names)}
            conditions.append(f"({' OR '.join(alternatives)})")
        if self.directions:
            alternatives = [f"direction = $direction_{n}" for n in range(len(self.directions))]
            values |= {f"direction_{n}": name for n, name in enumerate(self.directions)}
            conditions.append(f"({' OR '.join(alternatives)})")
        if self.turn is not None:
            needs("turn = {}", "turn", self.turn)
        if self.response_id is not None:
            needs("response_id = {}", "response_id", self.response_id)
        if self.item_id is not None:
            needs("item_id = {}", "item_id", self.item_id)
        if self.head is not None:
            needs("head = {}", "head", self.head)
        if self.text:
            needs("regexp_matches(event, {}, 'i')", "text", _in_json(self.text))
        return " AND ".join(conditions) or "true", values

    def among(self, entries: Iterable[LogEntry], turn_of: Callable[[int], int | None]) -> list[int]:
        """The ``seq`` of the entries that fit everything but ``text`` and ``head``."""
        found = entries
        if self.directions:
            found = [e for e in found if e.direction in self.directions]
        if self.types:
            found = found if isinstance(found, list) else list(found)
            types = {e.event.type for e in found}
            fit = {type for type in types if any(fnmatchcase(type, of) for of in self.types)}
            found = [e for e in found if e.event.type in fit]
        if self.response_id is not None:
            found = [e for e in found if response_id_of(e.event) == self.response_id]
        if self.item_id is not None:
            found = [e for e in found if item_id_of(e.event) == self.item_id]
        if self.turn is not None:
            found = [e for e in found if turn_of(e.seq) == self.turn]
        return [e.seq for e in found]


def _is_pattern(of: str) -> bool:
    return any(sign in of for sign in "*?[")


def _in_json(text: str) -> str:
    """A pattern (RE2) for a text within JSON, in which a sign may be written in several ways."""
    return "".join(_spellings(sign) for sign in text)


def _spellings(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return sign
    escaped = (json.dumps(one)[1:-1] for one in (sign, sign.lower(), sign.upper()))
    ways = dict.fromkeys((sign, json.dumps(sign, ensure_ascii=False)[1:-1], *escaped))
    if len(ways) == 1:
        return _quoted(sign)
    return f"(?:{'|'.join(_quoted(way) for way in ways)})"


def _quoted(text: str) -> str:
    return _SIGN.sub(r"\\\g<0>", text)


_SIGN = re.compile(r"[!-/:-@\[-^`{-~]")
"""ASCII signs, any of which may stand after a backslash."""
