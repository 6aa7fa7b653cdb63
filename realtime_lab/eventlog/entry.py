"""One line of an event log."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ..protocol import ClientEvent, ServerEvent, UnknownEvent
from .recording.samples import INLINE, base64_size, joined, place_of, samples_of, split

__all__ = ["Direction", "LogEntry", "Mark", "item_id_of", "response_id_of"]

Direction = Literal["sent", "received", "local"]


class Mark(msgspec.Struct, frozen=True):
    """Something that happened on this side and never was on the wire.

    Names begin with ``lab.``: ``lab.speech_end`` when the last voiced sample was sent,
    ``lab.playback_started`` when the first sample of an answer was played. A mark written later
    than what it tells of carries ``ago`` in its data: how many seconds before it happened.
    """

    type: str
    data: dict[str, Any] = {}


LoggedEvent = ServerEvent | ClientEvent | UnknownEvent | Mark


class LogEntry(msgspec.Struct, frozen=True, gc=False):
    """What happened, when, in which direction, and the bytes that said so.

    ``at`` is in seconds of the log's clock (monotonic); `EventLog.elapsed` and `EventLog.wall`
    turn it into time since the start and time of day. ``event`` is what was said, under its GA
    name; `data` is the JSON text as on the wire, in the dialect that was spoken.

    Samples are kept once, in the event: ``text`` is the JSON text without them, and ``place``
    where in it their base64 belongs (negative where nothing was taken out). Of a text that is not
    as it was on the wire any more, ``wire_size`` is how many bytes it had there.
    """

    seq: int
    at: float
    direction: Direction
    event: LoggedEvent
    text: bytes
    place: int = INLINE
    wire_size: int = 0

    @classmethod
    def of(
        cls, seq: int, at: float, direction: Direction, event: LoggedEvent, data: bytes
    ) -> LogEntry:
        """An entry from its JSON text, which must say what ``event`` is."""
        text, place = split(event, data)
        return cls(seq, at, direction, event, text, place)

    def with_text(self, event: LoggedEvent, text: bytes) -> LogEntry:
        """The same entry with another text, which is without samples if the one before was."""
        text, place = split(event, text) if self.place < 0 else (text, place_of(event, text))
        return LogEntry(self.seq, self.at, self.direction, event, text, place, self.size)

    @property
    def type(self) -> str:
        """GA name of the event."""
        return self.event.type

    @property
    def happened_at(self) -> float:
        """When it happened, by the log's clock: a mark tells how long ``ago`` that was."""
        ago = self.event.data.get("ago") if isinstance(self.event, Mark) else None
        return self.at - ago if isinstance(ago, int | float) else self.at

    @property
    def data(self) -> bytes:
        """The JSON text as on the wire."""
        if self.place < 0:
            return self.text
        return joined(self.text, self.place, self.audio)

    @property
    def size(self) -> int:
        """Bytes of JSON on the wire."""
        if self.wire_size:
            return self.wire_size
        if self.place < 0:
            return len(self.text)
        return len(self.text) + base64_size(len(self.audio))

    @property
    def audio(self) -> bytes:
        """The samples of an audio event, in the format of the session; empty for any other."""
        return samples_of(self.event)

    def __repr__(self) -> str:
        # Without its content: a cell that shows entries must not show what is personal in them.
        return f"<{self.seq} {self.direction} {self.type}, {self.size} bytes>"


def response_id_of(event: LoggedEvent) -> str | None:
    """Id of the response that the event is about, if it is about one."""
    return _id_of(event, "response")


def item_id_of(event: LoggedEvent) -> str | None:
    """Id of the conversation item that the event is about, if it is about one."""
    return _id_of(event, "item")


def _id_of(event: LoggedEvent, thing: str) -> str | None:
    if isinstance(event, UnknownEvent | Mark):
        values = event.body if isinstance(event, UnknownEvent) else event.data
        whole = values.get(thing)
        found = values.get(f"{thing}_id") or (isinstance(whole, dict) and whole.get("id"))
    else:
        found = getattr(event, f"{thing}_id", None)
        found = found or getattr(getattr(event, thing, None), "id", None)
    return found if isinstance(found, str) else None
