"""Praat's TextGrid, in the long text format (Praat's manual, "TextGrid file formats")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..timeline.timeline import Span, timeline
from .tiers import Tier, one_line, tiers

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["textgrid"]


def textgrid(log: EventLog, *, words: bool = False) -> Iterator[bytes]:
    """A tier for each lane; times in seconds to a microsecond.

    What takes time is in interval tiers, what is a moment in point tiers. With ``words`` there are
    tiers of single words, whose times are estimates.
    """
    line = timeline(log, shown=True)
    found = tiers(line, words=words)
    ends = (s.start if s.end is None else s.end for tier in found for s in tier.spans)
    end = max(line.seconds, 0.001, *ends)
    yield (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
        f"xmin = 0 \nxmax = {_number(end)} \n"
        f"tiers? <exists> \nsize = {len(found)} \nitem []: \n"
    ).encode()
    for number, tier in enumerate(found, start=1):
        kind = "TextTier" if tier.is_points else "IntervalTier"
        yield (
            f"    item [{number}]:\n"
            f'        class = "{kind}" \n'
            f"        name = {_quoted(tier.name)} \n"
            f"        xmin = 0 \n        xmax = {_number(end)} \n"
        ).encode()
        yield from _points(tier) if tier.is_points else _intervals(tier, end)


def _points(tier: Tier) -> Iterator[bytes]:
    yield f"        points: size = {len(tier.spans)} \n".encode()
    for number, span in enumerate(tier.spans, start=1):
        yield (
            f"        points [{number}]:\n"
            f"            number = {_number(span.start)} \n"
            f"            mark = {_quoted(span.text)} \n"
        ).encode()


def _intervals(tier: Tier, end: float) -> Iterator[bytes]:
    """The spans, and empty intervals between them: they fill the whole time."""
    found = list(_filled(tier.spans, end))
    yield f"        intervals: size = {len(found)} \n".encode()
    for number, (first, last, text) in enumerate(found, start=1):
        yield (
            f"        intervals [{number}]:\n"
            f"            xmin = {first} \n            xmax = {last} \n"
            f"            text = {_quoted(text)} \n"
        ).encode()


def _filled(spans: list[Span], end: float) -> Iterator[tuple[str, str, str]]:
    at = _number(0.0)
    for span in spans:
        first, last = _number(span.start), _number(end if span.end is None else span.end)
        if first != at:
            yield at, first, ""
        yield first, last, span.text
        at = last
    if at != _number(end):
        yield at, _number(end), ""


def _number(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    return '"' + one_line(text).replace('"', '""') + '"'
