"""The entries of a log on their way out of memory, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ..entry import LogEntry
from ..meaning import Meaning
from .outlet import Outlet, Shown
from .redaction import Redaction

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["entries_leaving", "leaving"]

_AT_ONCE = 4096


def leaving(
    log: EventLog, *, audio: bool = True, redaction: Redaction | None = None
) -> Iterator[Shown]:
    """All entries as they leave memory: redacted, by default as the log says."""
    outlet = Outlet(log.redaction if redaction is None else redaction, audio=audio)
    entries = iter(log) if audio else log.without_audio()
    while page := list(islice(entries, _AT_ONCE)):
        yield from outlet.put(page)
    yield from outlet.finish()


def entries_leaving(log: EventLog) -> Iterator[LogEntry]:
    """The same as entries, with what their texts mean; samples may be silence."""
    meaning = Meaning(log.dialect)
    for entry, text, _ in leaving(log, audio=False):
        event = meaning.of(entry, text)
        yield entry if event is entry.event else entry.with_text(event, text)
