"""The lines of a journal, as they are written and as they are read.

A journal is a text file of JSON lines. The first line is a header that names the format, its
version, the dialect and the time of day at the start; every further line is one event::

    {"format":"realtime_lab.eventlog","version":2,"dialect":"ga","started":"2026-11-22T17:02:15Z"}
    {"seq":0,"at":0.012300,"dir":"received","event":{"type":"session.created",…}}
    {"seq":1,"at":2.200000,"dir":"sent","turn":1,"audio":[0,960],"event":{…,"audio":""}}

``at`` is in seconds since the start, ``event`` is the JSON as it was on the wire, but for what was
redacted (the header's ``redacted`` lists the kinds, see `Redaction`) and but for samples: those are
in a file of their own for each side, ``talk.user.pcm`` (sent) and ``talk.model.pcm`` (received)
beside ``talk.jsonl``, one after the other as they were sent and received. ``audio`` tells where:
offset and number of bytes. Their base64 belongs into the empty string that follows the first key
``"audio"`` (of an ``input_audio_buffer.append``) or ``"delta"`` of the event; base64 that is not
spelt in the canonical way stays in the event.

Where the event is not as it was on the wire, ``size`` is how many bytes it was there. ``turn`` is
the turn that it belongs to. Where that was not known yet, or changes later, a
line of its own tells: ``{"turn":3,"seq":12}``, or ``null`` for none.

With ``"audio":false`` in the header no samples were recorded: ``audio_bytes`` in place of ``audio``
tells how many there were, and what is read has silence instead. In version 1 all samples are in
the events, ``audio_bytes`` comes after ``event``, and there are no turns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from ...errors import InvalidEvent, LogError
from ...protocol import Dialect, UnknownEvent
from ..entry import Direction, LogEntry, LoggedEvent, Mark
from ..redaction.outlet import Shown
from ..timeline.audio_facts import AudioFact
from ..turns.turn_numbers import TURN_BITS
from .files import Side, side_of
from .samples import place_of, split, with_samples
from .side_files import silence

__all__ = [
    "FORMAT",
    "VERSION",
    "Header",
    "Line",
    "decode_event",
    "decode_line",
    "entry_line",
    "header_line",
    "read_header",
    "spoken_after",
    "turn_line",
]

FORMAT = "realtime_lab.eventlog"
VERSION = 2


# Bounds that no log comes near: a file from somebody else must not fill the memory.
_Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 38)]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=1 << 26)]


class Header(msgspec.Struct, kw_only=True):
    """The first line of a journal."""

    format: str = FORMAT
    version: int = VERSION
    dialect: str
    started: datetime
    redacted: list[str] | None = None
    """The kinds of personal data that were replaced; ``None`` where it is not known."""
    audio: bool = True
    """Whether the samples are there."""


class Line(msgspec.Struct):
    """Any other line: an event, or the turn of one."""

    seq: _Number
    at: float = 0.0
    dir: Direction = "local"
    event: msgspec.Raw = msgspec.Raw(b"")
    turn: Annotated[int, msgspec.Meta(ge=1, lt=1 << TURN_BITS)] | None = None
    audio: tuple[_Number, _Bytes] | None = None
    audio_bytes: _Bytes = 0
    size: _Number = 0

    @property
    def is_event(self) -> bool:
        return bool(bytes(self.event))

    @property
    def may_have_audio(self) -> bool:
        """Whether there may be samples within the event."""
        beside = self.audio is not None or self.audio_bytes
        return not beside and any(name in bytes(self.event) for name in _AUDIO_EVENTS)

    def audio_fact(self) -> AudioFact | None:
        """What it says of samples that are not within the event."""
        if self.audio is None and not self.audio_bytes:
            return None
        count = self.audio[1] if self.audio is not None else self.audio_bytes
        try:
            ids = _ids_decoder.decode(self.event)
        except (msgspec.DecodeError, UnicodeDecodeError):
            ids = _Ids()
        side = side_of(self.dir)
        return AudioFact(self.seq, self.at, side, count, ids.item_id, ids.response_id)

    def entry(self, dialect: Dialect, samples: Callable[[Side, int, int], bytes]) -> LogEntry:
        """The entry that it tells of.

        ``samples(side, offset, count)`` reads those of a side.
        """
        text = bytes(self.event)
        event = decode_event(text, self.dir, dialect)
        place = place_of(event, text) if self.audio or self.audio_bytes else -1
        if place < 0 or isinstance(event, UnknownEvent):
            text, place = split(event, text)
            return LogEntry(self.seq, self.at, self.dir, event, text, place, self.size)
        if self.audio:
            with_samples(event, samples(side_of(self.dir), *self.audio))
        else:
            with_samples(event, silence(self.audio_bytes))
        return LogEntry(self.seq, self.at, self.dir, event, text, place)


class _Ids(msgspec.Struct):
    item_id: str = ""
    response_id: str = ""


_AUDIO_EVENTS = (b'"input_audio_buffer.append"', b'audio.delta"')
_encoder = msgspec.json.Encoder()
_header_decoder = msgspec.json.Decoder(Header)
_ids_decoder = msgspec.json.Decoder(_Ids)
_mark_decoder = msgspec.json.Decoder(Mark)
decode_line = msgspec.json.Decoder(Line).decode


def header_line(header: Header) -> bytes:
    """The first line."""
    return _encoder.encode(header) + b"\n"


def entry_line(
    shown: Shown, at: float, turn: int | None, audio: tuple[int, int] | None
) -> tuple[bytes, bytes, bytes]:
    """The line of an event, in pieces that an operating system can write without joining them.

    It is formatted by hand around the event itself, which is most of it and need not be copied.
    """
    entry, text, silenced = shown
    start = b'{"seq":%d,"at":%.6f,"dir":"%b"' % (entry.seq, at, entry.direction.encode())
    if turn is not None:
        start += b',"turn":%d' % turn
    if audio is not None:
        start += b',"audio":[%d,%d]' % audio
    elif silenced:
        start += b',"audio_bytes":%d' % silenced
    elif entry.wire_size or text is not entry.text:
        start += b',"size":%d' % entry.size
    return start + b',"event":', text, b"}\n"


def turn_line(seq: int, turn: int | None) -> bytes:
    """The line that tells the turn of an event later than its own line."""
    return b'{"turn":%b,"seq":%d}\n' % (b"null" if turn is None else b"%d" % turn, seq)


def read_header(path: Path, row: bytes) -> Header:
    """The header of a journal from its first line.

    Raises:
        LogError: if it is none, or of a version to come.
    """
    try:
        header = _header_decoder.decode(row)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LogError(
            f"{path}, line 1: not the header of a realtime_lab event log ({error}); a file of "
            "events that another tool wrote is read by import_events()"
        ) from None
    if header.format != FORMAT:
        raise LogError(f"{path}, line 1: the format is {header.format!r}, expected {FORMAT!r}")
    if header.version > VERSION:
        raise LogError(
            f"{path}, line 1: version {header.version} is newer than this package can read "
            f"({VERSION}); update realtime-lab"
        )
    if header.dialect not in ("ga", "preview"):
        raise LogError(f"{path}, line 1: there is no dialect {header.dialect!r}")
    return header


def spoken_after(mark: Mark) -> str | None:
    """The dialect of all that follows a mark, if it tells of another connection."""
    spoken = mark.data.get("dialect") if mark.type == "lab.connected" else None
    return spoken if spoken in ("ga", "preview") else None


def decode_event(data: bytes, direction: Direction, dialect: Dialect) -> LoggedEvent:
    """What a logged JSON text means; what cannot be understood is an `UnknownEvent`."""
    if direction == "local":
        return _mark_decoder.decode(data)
    if direction == "received":
        return dialect.decode_server(data)
    try:
        return dialect.decode_client(data)
    except InvalidEvent as refusal:
        body = msgspec.json.decode(data)
        body = body if isinstance(body, dict) else {"value": body}
        return UnknownEvent(type=str(body.get("type", "")), body=body, problem=str(refusal))
