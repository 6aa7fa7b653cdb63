"""Audacity's label track: one line for each label, ``start<TAB>end<TAB>text``, in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..timeline.timeline import timeline
from .tiers import one_line

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["audacity"]


def audacity(log: EventLog) -> Iterator[bytes]:
    """A label for each span, its lane before its text; moments are labels without length."""
    line = timeline(log, shown=True)
    for span in line:
        end = line.seconds if span.end is None else span.end
        text = f"{span.lane}: {one_line(span.text)}" if span.text else span.lane
        yield f"{span.start:.6f}\t{end:.6f}\t{text}\n".encode()
