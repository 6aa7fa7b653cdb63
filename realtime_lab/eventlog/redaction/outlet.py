"""The one way out of memory: entries as they may be written or shown."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from ...protocol import (
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCleared,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    InputTranscriptionSegment,
    ItemDelete,
    ItemDeleted,
    ItemTruncate,
    ItemTruncated,
    McpCallArgumentsDelta,
    McpCallArgumentsDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    RateLimitsUpdated,
    ResponseCancel,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
    UnknownEvent,
)
from ..entry import LogEntry, Mark
from .redaction import Redaction
from .streaming import TextStream

__all__ = ["HELD_EVENTS", "HELD_SECONDS", "Outlet", "Shown"]

HELD_EVENTS = 128
HELD_SECONDS = 2.0
TEXTS_KNOWN, LONGEST_KNOWN = 64, 10_000

# All by their GA names: the classes of the preview dialect are others.
_NO_TEXT = frozenset(
    kind.type
    for kind in (
        InputAudioBufferAppend,
        InputAudioBufferClear,
        InputAudioBufferCleared,
        InputAudioBufferCommit,
        InputAudioBufferCommitted,
        ItemDelete,
        ItemDeleted,
        ItemTruncate,
        ItemTruncated,
        OutputAudioDelta,
        OutputAudioDone,
        RateLimitsUpdated,
        ResponseCancel,
        SpeechStarted,
        SpeechStopped,
    )
)
_HEARD = (InputTranscriptionDelta.type, InputTranscriptionSegment.type)
_PIECES = {
    OutputTextDelta.type: "delta",
    OutputTranscriptDelta.type: "delta",
    InputTranscriptionDelta.type: "delta",
    InputTranscriptionSegment.type: "text",
    FunctionCallArgumentsDelta.type: "delta",
    McpCallArgumentsDelta.type: "delta",
}
"""Events that bring a text piece by piece, and where in them it is."""
_ENDS = {
    OutputTextDone.type: (OutputTextDelta.type,),
    OutputTranscriptDone.type: (OutputTranscriptDelta.type,),
    FunctionCallArgumentsDone.type: (FunctionCallArgumentsDelta.type,),
    McpCallArgumentsDone.type: (McpCallArgumentsDelta.type,),
    InputTranscriptionCompleted.type: _HEARD,
    InputTranscriptionFailed.type: _HEARD,
    OutputItemDone.type: tuple(_PIECES),
}
"""Events after which no piece comes any more of their item."""
_LAST_MARKS = frozenset({"lab.connection_lost", "lab.closed"})
_NO_PROSE = frozenset(
    {"call_id", "conversation_id", "event_id", "id", "item_id", "model", "object"}
    | {"previous_item_id", "response_id", "role", "status", "type", "voice"}
)
"""Fields that hold names and ids."""
_AUDIO_PARTS = frozenset({"input_audio", "audio", "output_audio"})
_encode = msgspec.json.Encoder(enc_hook=str).encode
_decode = msgspec.json.Decoder().decode


class Shown(NamedTuple):
    """An entry as it leaves memory: its JSON text without samples.

    ``audio_bytes`` is how many bytes of audio are not to leave.
    """

    entry: LogEntry
    text: bytes
    audio_bytes: int = 0


@dataclass(slots=True, eq=False)
class _Piece:
    """A waiting piece of a text: where it begins in the whole."""

    stream: _Stream
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(slots=True, eq=False)
class _Stream:
    """One text in pieces, and what of it had to be left out of a piece that went out undecided."""

    text: TextStream
    response_id: str | None
    carried: str = ""

    def copy(self) -> _Stream:
        """Another that goes on from here."""
        return _Stream(self.text.copy(), self.response_id, self.carried)


@dataclass(slots=True, eq=False)
class _Waiting:
    entry: LogEntry
    piece: _Piece | None


class Outlet:
    """Redacts entries on their way, in order, each as soon as it is certain what to redact.

    A number may go on in the next piece of a transcript, so an entry waits while its text could be
    the beginning of something personal: at most until `HELD_EVENTS` more have come or for
    `HELD_SECONDS` of the log's time. Then it goes without that part, which the next piece of the
    same text brings. Texts joined from all pieces read as the whole text does when redacted.

    Without ``audio``, what was spoken is left out, and told how long it was. A text that has
    nothing to be replaced keeps its bytes.
    """

    def __init__(self, redaction: Redaction, *, audio: bool = True) -> None:
        self._redaction = redaction
        self._audio = audio
        self._redacts = bool(redaction)
        self._known: dict[str, str] = {}
        self._waiting: deque[_Waiting] = deque()
        self._streams: dict[tuple[str, str, int], _Stream] = {}

    def put(self, entries: Iterable[LogEntry]) -> list[Shown]:
        """Take more entries; gives those that may leave."""
        if not self._redacts:
            return [self._as_it_is(entry) for entry in entries]
        ready: list[Shown] = []
        for entry in entries:
            kind = _kind(entry)
            if not self._waiting and kind in _NO_TEXT:
                ready.append(self._as_it_is(entry))
                continue
            piece = self._piece(entry) if kind in _PIECES else None
            if piece is None and self._streams:
                self._end_streams(entry)
            self._waiting.append(_Waiting(entry, piece))
            ready.extend(self._decided(entry.at))
        return ready

    def overdue(self) -> list[Shown]:
        """What waits, as it goes after the longest wait: without what is not certain of it."""
        return list(self._decided(math.inf))

    def finish(self) -> list[Shown]:
        """Everything that still waits: nothing more comes."""
        for stream in self._streams.values():
            stream.text.finish()
        self._streams.clear()
        return list(self._decided(None))

    def waiting(self, *, is_end: bool = False) -> list[Shown]:
        """What waits, as far as it is certain what to redact; it goes on waiting.

        With ``is_end`` it is as if nothing more came.
        """
        streams: dict[int, _Stream] = {}
        shown: list[Shown] = []
        for waiting in self._waiting:
            piece = waiting.piece
            if piece is None:
                shown.append(self._shown(waiting.entry))
                continue
            stream = streams.get(id(piece.stream))
            if stream is None:
                stream = streams[id(piece.stream)] = piece.stream.copy()
                if is_end:
                    stream.text.finish()
            shown.append(self._shown_piece(waiting, _Piece(stream, piece.start, piece.text)))
        return shown

    def _piece(self, entry: LogEntry) -> _Piece:
        event: Any = entry.event
        text = getattr(event, _PIECES[event.type]) or ""
        place = getattr(event, "content_index", None) or 0
        key = (event.type, event.item_id, place if isinstance(place, int) else 0)
        stream = self._streams.get(key)
        if stream is None:
            response = getattr(event, "response_id", None)
            stream = self._streams[key] = _Stream(self._redaction.stream(), response)
        elif isinstance(event, InputTranscriptionSegment):
            stream.text.feed(" ")
        start = stream.text.length
        stream.text.feed(text)
        return _Piece(stream, start, text)

    def _end_streams(self, entry: LogEntry) -> None:
        event: Any = entry.event
        kinds = _ENDS.get(_kind(entry), ())
        item = getattr(event, "item", None)
        item_id = getattr(event, "item_id", None) or getattr(item, "id", None)
        response_id = event.response.id if isinstance(event, ResponseDone) else None
        is_last = isinstance(event, Mark) and event.type in _LAST_MARKS
        for key, stream in list(self._streams.items()):
            of_item = key[0] in kinds and key[1] == item_id
            of_response = response_id is not None and stream.response_id == response_id
            if of_item or of_response or is_last:
                stream.text.finish()
                del self._streams[key]

    def _decided(self, now: float | None) -> Iterator[Shown]:
        while self._waiting:
            first = self._waiting[0]
            piece = first.piece
            in_time = now is None or now - first.entry.at <= HELD_SECONDS
            may_wait = in_time and len(self._waiting) <= HELD_EVENTS
            if piece is not None and piece.end > piece.stream.text.decided and may_wait:
                return
            self._waiting.popleft()
            yield self._shown(first.entry) if piece is None else self._shown_piece(first, piece)

    def _shown_piece(self, waiting: _Waiting, piece: _Piece) -> Shown:
        stream = piece.stream
        text = stream.carried + piece.text
        start = piece.start - len(stream.carried)
        certain = min(max(stream.text.decided - start, 0), len(text))
        stream.carried = text[certain:]
        shown = stream.text.rendered(start, text[:certain])
        if shown == piece.text:
            return self._as_it_is(waiting.entry)
        body = _decode(waiting.entry.text)
        body[_PIECES[waiting.entry.type]] = shown
        return Shown(waiting.entry, _encode(body))

    def _shown(self, entry: LogEntry) -> Shown:
        if _kind(entry) in _NO_TEXT:
            return self._as_it_is(entry)
        text = one_line(entry)
        try:
            body = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            clean = self._redaction.redacted(text.decode(errors="replace"))
            return Shown(entry, clean.encode())
        clean = self._clean(body)
        return Shown(entry, text if clean == body else _encode(clean))

    def _as_it_is(self, entry: LogEntry) -> Shown:
        if not self._audio:
            return self._silenced(entry)
        return Shown(entry, one_line(entry))

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._clean_text(value)
        if isinstance(value, list):
            return [self._clean(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        clean = {
            name: inner if name in _NO_PROSE and isinstance(inner, str) else self._clean(inner)
            for name, inner in value.items()
            if name != "audio"
        }
        if "audio" in value:
            clean = {name: clean.get(name) for name in value}
            clean["audio"] = self._audio_of(value)
        return clean

    def _clean_text(self, text: str) -> str:
        # A transcript comes in five events: once more at the end of each thing that it is part of.
        clean = self._known.get(text)
        if clean is None:
            clean = self._redaction.redacted(text)
            if len(text) > LONGEST_KNOWN or len(self._known) >= TEXTS_KNOWN:
                # One long text at a time: what a tool gave, which the service says once more.
                self._known.clear()
            self._known[text] = clean
        return clean

    def _audio_of(self, part: dict[str, Any]) -> Any:
        audio = part["audio"]
        if part.get("type") not in _AUDIO_PARTS or not isinstance(audio, str):
            return self._clean(audio)
        return audio if self._audio else "/" * len(audio)

    def _silenced(self, entry: LogEntry) -> Shown:
        event = entry.event
        if isinstance(event, InputAudioBufferAppend | OutputAudioDelta):
            if entry.place >= 0:
                return Shown(entry, one_line(entry), len(entry.audio))
            body = _decode(entry.text)
            body["audio" if isinstance(event, InputAudioBufferAppend) else "delta"] = ""
            return Shown(entry, _encode(body), len(entry.audio))
        text = one_line(entry)
        if not any(b'"%b"' % part.encode() in text for part in _AUDIO_PARTS):
            return Shown(entry, text)
        try:
            body = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Shown(entry, text)
        clean = self._clean(body)
        return Shown(entry, text if clean == body else _encode(clean))


def _kind(entry: LogEntry) -> str:
    """The name of an event that was understood; empty for others."""
    event = entry.event
    return "" if isinstance(event, UnknownEvent) else event.type


def one_line(entry: LogEntry) -> bytes:
    """The JSON text of an entry, without its samples and without line breaks."""
    event = entry.event
    if isinstance(event, UnknownEvent) and event.problem.startswith("not JSON"):
        return _encode(event.body)
    if b"\n" in entry.text or b"\r" in entry.text:  # pretty-printed JSON is legal on the wire
        return msgspec.json.format(entry.text, indent=-1)
    return entry.text
