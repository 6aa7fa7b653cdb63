"""Wire events as JSON Lines, as other tools write and read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..recording.samples import INLINE, joined, place_of
from ..redaction.leaving import leaving

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["wire_lines"]


def wire_lines(
    log: EventLog, *, bare: bool = False, audio: bool = True, marks: bool = False
) -> Iterator[bytes]:
    """One event a line, its JSON text as on the wire but for what is redacted.

    Each line tells ``time`` (ISO 8601, UTC), ``at`` (seconds from the start) and ``direction``;
    `import_events` reads it back. ``bare`` gives the events alone. Without ``audio``, or where the
    log records none, samples are left out and ``audio_bytes`` tells how many there were. ``marks``
    adds what happened here and was not on the wire.
    """
    for entry, text, audio_bytes in leaving(log, audio=audio and log.record_audio):
        if entry.direction == "local" and (bare or not marks):
            continue
        place = place_of(entry.event, text) if entry.place >= 0 and not audio_bytes else INLINE
        if place >= 0:
            text = joined(text, place, entry.audio)
        if bare:
            yield text + b"\n"
            continue
        time = log.wall(entry).isoformat(timespec="microseconds").replace("+00:00", "Z")
        told = (time.encode(), log.elapsed(entry), entry.direction.encode())
        yield b'{"time":"%b","at":%.6f,"direction":"%b","event":' % told
        yield text
        yield b',"audio_bytes":%d}\n' % audio_bytes if audio_bytes else b"}\n"
