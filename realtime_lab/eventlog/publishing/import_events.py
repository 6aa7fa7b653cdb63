"""Logs that other tools wrote: a file of raw events becomes an event log."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from ...errors import LogError
from ...protocol import EVENT_NAMES, UnknownEvent, dialect_named
from ..log import EventLog
from ..recording.journal_lines import decode_event
from ..recording.samples import joined, place_of
from ..recording.side_files import silence
from .foreign_lines import Line, read_line

__all__ = ["import_events"]

_PREVIEW_NAMES = frozenset(EVENT_NAMES)
_GA_NAMES = frozenset(EVENT_NAMES.values())
_PREVIEW_FIELDS = (b'"modalities"', b'"input_audio_format"', b'"output_audio_format"')
_GA_FIELDS = (b'"output_modalities"', b'"audio/pcm', b'"type":"realtime"', b'"type": "realtime"')
_MOST_NAMED = 5


def import_events(path: str | Path, *, dialect: Literal["ga", "preview"] | None = None) -> EventLog:
    """Read a file of raw events: JSON Lines, one event in each, or one JSON array of them.

    A line is an event (``{"type": "session.created", …}``) or holds one, as an object or as text,
    under ``event``, ``payload``, ``data``, ``message`` or the like. Beside it may stand when that
    was (``time``, ``timestamp``, ``ts``, ``at``, …: ISO 8601, or seconds, milliseconds or finer,
    from any beginning) and its direction (``direction``, ``source``, ``from``, …: ``sent`` or
    ``client`` or ``out``; ``received`` or ``server`` or ``in``); otherwise the direction follows
    from the event's name. The dialect is found from the events unless it is given.

    What had to be assumed, and lines that hold no event, are told in the log's `notes`.

    Raises:
        LogError: if the file cannot be read or holds no event at all.
    """
    path = Path(path)
    lines, strange = _read(path)
    if not lines:
        raise LogError(
            f"{path} holds no event of the Realtime protocol; expected a JSON object with a "
            '"type" such as "session.created" in each line'
        )
    times = _Times.of(lines)
    spoken = dialect or _dialect(line for line in lines if line.direction != "local")
    clock = _Clock()
    started = times.started or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    log = EventLog(clock=clock, wall=started.timestamp, dialect=spoken)
    unknown: dict[str, int] = {}
    for line, clock.now in zip(lines, times.seconds, strict=True):
        _record(log, line, unknown)
    for note in _notes(path, lines, strange, times, unknown):
        log.note(note)
    return log


class _Clock:
    """Says the time that it is set to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _read(path: Path) -> tuple[list[Line], list[int]]:
    """The events of a file, and the numbers of lines that hold none."""
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise LogError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    rows: Sequence[bytes | msgspec.Raw] = text.splitlines()
    if text.lstrip()[:1] == b"[":
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            rows = msgspec.json.decode(text, type=list[msgspec.Raw])
    lines: list[Line] = []
    strange: list[int] = []
    for number, row in enumerate(rows, start=1):
        data = bytes(row).strip().removesuffix(b",")
        line = read_line(data)
        if line is not None:
            lines.append(line)
        elif data:
            strange.append(number)
    return lines, strange


def _record(log: EventLog, line: Line, unknown: dict[str, int]) -> None:
    data = msgspec.json.format(line.data, indent=-1) if b"\n" in line.data else line.data
    if line.direction == "local":
        mark = msgspec.json.decode(data)
        given = mark.get("data")
        log.mark(line.type, **given if isinstance(given, dict) else {})
        return
    event: Any = decode_event(data, line.direction, dialect_named(log.dialect))
    if isinstance(event, UnknownEvent):
        unknown[line.type] = unknown.get(line.type, 0) + 1
    elif line.audio_bytes and (place := place_of(event, data)) >= 0:
        data = joined(data, place, silence(line.audio_bytes))
        event = decode_event(data, line.direction, dialect_named(log.dialect))
    log.record(line.direction, event, data)


def _dialect(lines: Iterable[Line]) -> Literal["ga", "preview"]:
    """The dialect that most of what differs between them is in."""
    preview = ga = 0
    for line in lines:
        preview += line.type in _PREVIEW_NAMES
        ga += line.type in _GA_NAMES
        if "session" in line.type:
            preview += any(sign in line.data for sign in _PREVIEW_FIELDS)
            ga += any(sign in line.data for sign in _GA_FIELDS)
    return "preview" if preview > ga else "ga"


@dataclass(frozen=True, slots=True)
class _Times:
    """When each event was, in seconds from the first one, and what was assumed for that."""

    seconds: list[float]
    started: datetime | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Times:
        told = [line.time for line in lines]
        if not any(time is not None for time in told):
            note = "no line tells when it was: the events have their order alone, all at 0 s"
            return cls([0.0] * len(lines), None, (note,))
        numbers = [time for time in told if isinstance(time, float)]
        unit, unit_note = _unit(lines, numbers)
        absolute: list[float | None] = [
            time.timestamp()
            if isinstance(time, datetime)
            else None
            if time is None
            else time * unit
            for time in told
        ]
        begun = next(time for time in absolute if time is not None)
        seconds, missing, backwards = [], 0, 0
        at = 0.0
        for time in absolute:
            missing += time is None
            now = at if time is None else time - begun
            backwards += now < at
            at = max(at, now)
            seconds.append(at)
        notes = [unit_note] if unit_note else []
        if missing:
            notes.append(f"{missing} events have no time: that of the one before stands for it")
        if backwards:
            notes.append(
                f"{backwards} events are told to be earlier than the one before; that one's time "
                "stands for theirs"
            )
        is_of_day = begun > 1e8
        started = datetime.fromtimestamp(begun, UTC) if is_of_day else None
        return cls(seconds, started, tuple(notes))


def _unit(lines: Sequence[Line], numbers: Sequence[float]) -> tuple[float, str]:
    """Seconds in a unit of the numbers that tell times, and what was assumed to find it."""
    if not numbers:
        return 1.0, ""
    if any(line.in_ms for line in lines):
        return 1e-3, ""
    largest = max(map(abs, numbers))
    for least, unit in ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (1e8, 1.0)):
        if largest >= least:
            return unit, ""
    whole = all(number.is_integer() for number in numbers)
    if whole and largest >= 1000:
        return 1e-3, "times are whole numbers: taken for milliseconds"
    return 1.0, "times are taken for seconds"


def _notes(
    path: Path, lines: Sequence[Line], strange: list[int], times: _Times, unknown: dict[str, int]
) -> Iterable[str]:
    yield f"imported from {path.name}"
    if strange:
        which = ", ".join(map(str, strange[:_MOST_NAMED]))
        more = ", …" if len(strange) > _MOST_NAMED else ""
        yield f"{len(strange)} lines hold no event and were left out: {which}{more}"
    yield from times.notes
    if times.started is None:
        yield "no line tells the time of day: that at which the file was changed stands for it"
    guessed = sum(line.is_guess for line in lines)
    if guessed:
        yield f"{guessed} lines tell no direction: it follows from the names of the events"
    if unknown:
        names = sorted(unknown, key=lambda name: -unknown[name])[:_MOST_NAMED]
        told = ", ".join(f"{name} ({unknown[name]})" for name in names)
        yield f"{sum(unknown.values())} events were not understood and are kept as they are: {told}"
