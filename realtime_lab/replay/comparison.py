"""In what one event of a client differs from another. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ..protocol import REQUEST_TAG, ClientEvent

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``fields`` are sentences about what differs, ``names`` the ids that stand for each other."""

    fields: list[str]
    names: dict[str, str]


def compare(recorded: ClientEvent, event: ClientEvent) -> Comparison:
    """Compare two events of one type.

    Ids that a client chooses are its own, and differ without a word: those of events and of items.
    Nor does it count what only one of the dialects says, or how this package tags a request.
    """
    before, now = msgspec.to_builtins(recorded), msgspec.to_builtins(event)
    names = dict(_ids(before, now, "event_id"))
    if _both_dicts(before, now, "item"):
        names.update(_ids(before["item"], now["item"], "id"))
    if _both_dicts(before, now, "session") and not (
        "type" in before["session"] and "type" in now["session"]
    ):
        before["session"].pop("type", None)
        now["session"].pop("type", None)
    for body in (before, now):
        _untag(body)
    return Comparison(list(_differing(before, now, "")), names)


def _ids(before: dict[str, Any], now: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    ids = before.pop(name, None), now.pop(name, None)
    if ids[0] and ids[1] and ids[0] != ids[1]:
        yield ids[0], ids[1]


def _both_dicts(before: dict[str, Any], now: dict[str, Any], name: str) -> bool:
    return isinstance(before.get(name), dict) and isinstance(now.get(name), dict)


def _untag(body: dict[str, Any]) -> None:
    response = body.get("response") or {}
    metadata = response.get("metadata") or {}
    if metadata.pop(REQUEST_TAG, None) and not metadata:
        del response["metadata"]
        if not response:
            del body["response"]


def _differing(before: Any, now: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in {**before, **now}:
            place = f"{path}.{name}" if path else name
            if name not in now:
                yield f"{place} is missing"
            elif name not in before:
                yield f"{place} was not there"
            else:
                yield from _differing(before[name], now[name], place)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from _differing(one, other, f"{path}[{number}]")
    elif before != now:
        yield f"{path} differs"
