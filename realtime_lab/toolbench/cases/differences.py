"""Where two JSON values differ, in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from ..values import shortened, written

__all__ = ["differences", "text_difference"]

_MOST_LINES = 20
_SHOWN = 120


def differences(expected: Any, got: Any, *, subset: bool = False) -> list[str]:
    """One line for each place where ``got`` is not ``expected``; none where they agree.

    A number equals another of the same size (``1`` and ``1.0``), but never a truth value. With
    ``subset`` an object may have more keys than expected, at any depth; arrays still have as many
    elements.
    """
    lines = list(_differing("", expected, got, subset))
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES} more"]
    return lines


def text_difference(expected: str, got: str) -> list[str]:
    """Two texts, line by line where they have several, else from where they part."""
    if "\n" in expected or "\n" in got:
        both = expected.splitlines(), got.splitlines()
        found = list(difflib.unified_diff(*both, "expected", "got", lineterm="", n=1))
        return found[:_MOST_LINES] or ["the ends of lines differ"]
    if max(len(expected), len(got)) <= _SHOWN:
        return [f"expected {written_or_shown(expected)}", f"got      {written_or_shown(got)}"]
    part = next(
        (n for n, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b),
        min(len(expected), len(got)),
    )
    start = max(0, part - 20)
    before = "…" if start else ""
    return [
        f"they part at character {part:,}",
        f"expected {before}{shortened(expected[start:], _SHOWN)!r}",
        f"got      {before}{shortened(got[start:], _SHOWN)!r}",
    ]


def written_or_shown(value: Any) -> str:
    """A value in JSON, shortened."""
    try:
        return shortened(written(value), _SHOWN)
    except (TypeError, ValueError):
        return shortened(repr(value), _SHOWN)


def _differing(path: str, expected: Any, got: Any, subset: bool) -> Iterator[str]:
    match expected, got:
        case dict(), dict():
            yield from _objects(path, expected, got, subset)
        case list(), list():
            for number, (one, other) in enumerate(zip(expected, got, strict=False)):
                yield from _differing(f"{path}[{number}]", one, other, subset)
            if len(expected) != len(got):
                yield f"{path or 'the array'}: expected {_count(expected)}, got {_count(got)}"
        case str(), str() if expected != got:
            first, *rest = text_difference(expected, got)
            yield f"{path or 'the text'}: {'; '.join([first, *rest])}"
        case _ if not _same(expected, got):
            yield (
                f"{path or 'the result'}: expected {written_or_shown(expected)}, "
                f"got {written_or_shown(got)}"
            )


def _objects(path: str, expected: Any, got: Any, subset: bool) -> Iterator[str]:
    for name, value in expected.items():
        inner = f"{path}.{name}" if path else name
        if name in got:
            yield from _differing(inner, value, got[name], subset)
        else:
            yield f"{inner}: missing, expected {written_or_shown(value)}"
    if not subset:
        for name in [name for name in got if name not in expected]:
            inner = f"{path}.{name}" if path else name
            yield f"{inner}: not expected, got {written_or_shown(got[name])}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def _count(values: list[Any]) -> str:
    return f"{len(values)} element{'' if len(values) == 1 else 's'}"
