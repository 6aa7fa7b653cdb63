"""The words of a conversation as lines to show: both sides, as they come. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ..audio import RATE
from ..eventlog import Mark, estimate
from ..protocol import (
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    ItemAdded,
    ItemDeleted,
    ItemTruncated,
    Message,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseDone,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    item_text,
)

__all__ = ["Line", "Transcript"]

_PCM_BYTES_PER_MS = 2 * RATE // 1000
_G711_BYTES_PER_MS = 8


@dataclass(slots=True)
class Line:
    """What one item says.

    ``heard`` is the number of characters spoken before an interruption, as `eventlog.estimate` has
    them.
    """

    id: str
    role: Literal["user", "assistant"]
    text: str = ""
    state: Literal["partial", "final", "interrupted"] = "partial"
    heard: int | None = None

    def message(self) -> dict[str, Any]:
        """The line as it is sent to the browser."""
        fields = {"type": "line", "id": self.id, "role": self.role, "text": self.text}
        if self.heard is None:
            return {**fields, "state": self.state}
        return {**fields, "state": self.state, "heard": self.heard}


class Transcript:
    """Follows a session's events and keeps its lines, in the order of the conversation."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._pieces: dict[str, list[tuple[str, int]]] = {}
        """The words of each item of the model as they came, each with the audio before it in ms."""
        self._audio_bytes: dict[str, int] = {}
        self._bytes_per_ms = _PCM_BYTES_PER_MS

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines.values())

    def apply(self, event: object) -> list[Line]:
        """The lines that `event` changed."""
        match event:
            case SpeechStarted() | InputAudioBufferCommitted():
                # Made now, because the words of a spoken turn come after the answer has begun.
                return [] if event.item_id in self._lines else [self._line(event.item_id, "user")]
            case InputTranscriptionDelta():
                return self._extend(event.item_id, "user", event.delta or "")
            case InputTranscriptionCompleted():
                return self._finish(event.item_id, "user", event.transcript.strip() or "(no words)")
            case InputTranscriptionFailed():
                return self._finish(event.item_id, "user", "(could not be transcribed)")
            case Mark(type="lab.no_transcript"):
                item_id = str(event.data["item_id"])
                text = self._line(item_id, "user").text or "(no transcript came)"
                return self._finish(item_id, "user", text)
            case OutputTranscriptDelta() | OutputTextDelta():
                pieces = self._pieces.setdefault(event.item_id, [])
                pieces.append((event.delta, self._received_ms(event.item_id)))
                return self._extend(event.item_id, "assistant", event.delta)
            case OutputTranscriptDone():
                return self._replace(event.item_id, event.transcript)
            case OutputTextDone():
                return self._replace(event.item_id, event.text)
            case OutputAudioDelta():
                received = self._audio_bytes.get(event.item_id, 0)
                self._audio_bytes[event.item_id] = received + len(event.delta)
                return []
            case ItemAdded(item=Message() as item):
                return self._typed(item)
            case ItemTruncated():
                return self._truncate(event.item_id, event.audio_end_ms)
            case ItemDeleted():
                # An answer of which nothing was heard cannot be truncated: it is deleted instead.
                return self._truncate(event.item_id, 0)
            case ResponseDone():
                return self._end_response(event)
            case SessionCreated() | SessionUpdated():
                self._note_format(event)
                return []
            case Mark(type="lab.cut_off" | "lab.unheard"):
                return self._cut_off(str(event.data.get("item_id", "")), event.data)
        return []

    def _line(self, item_id: str, role: Literal["user", "assistant"]) -> Line:
        return self._lines.setdefault(item_id, Line(item_id, role))

    def _extend(self, item_id: str, role: Literal["user", "assistant"], text: str) -> list[Line]:
        line = self._line(item_id, role)
        line.text += text
        return [line]

    def _replace(self, item_id: str, text: str) -> list[Line]:
        line = self._line(item_id, "assistant")
        if line.state == "interrupted":
            return []
        line.text = text
        return [line]

    def _finish(self, item_id: str, role: Literal["user", "assistant"], text: str) -> list[Line]:
        line = self._line(item_id, role)
        line.text, line.state = text, "final"
        return [line]

    def _typed(self, item: Message) -> list[Line]:
        text = item_text(item)
        if item.role != "user" or not isinstance(item.id, str) or not text:
            return []
        return self._finish(item.id, "user", text)

    def _truncate(self, item_id: str, audio_end_ms: int) -> list[Line]:
        line = self._lines.get(item_id)
        if line is None or line.role == "user":
            return []
        line.state, line.heard = "interrupted", self._heard(line, audio_end_ms)
        return [line]

    def _heard(self, line: Line, heard_ms: int) -> int:
        received_ms = self._received_ms(line.id)
        if heard_ms >= received_ms > 0:
            return len(line.text)
        pieces = self._pieces.get(line.id) or [(line.text, 0)]
        heard = estimate(pieces, received_ms, heard_ms).text
        return max(0, line.text.find(heard)) + len(heard) if heard else 0

    def _received_ms(self, item_id: str) -> int:
        return self._audio_bytes.get(item_id, 0) // self._bytes_per_ms

    def _cut_off(self, item_id: str, told: dict[str, Any]) -> list[Line]:
        """The connection was lost in the middle of an answer."""
        line = self._lines.get(item_id)
        if line is None or line.state != "partial":
            return []
        line.state = "interrupted"
        if "heard_ms" not in told:
            line.heard = 0
        return [line]

    def _end_response(self, event: ResponseDone) -> list[Line]:
        changed = []
        for item in event.response.output:
            line = self._lines.get(item.id) if isinstance(item.id, str) else None
            if line is None or line.state != "partial":
                continue
            line.state = "interrupted" if event.response.status == "cancelled" else "final"
            changed.append(line)
        return changed

    def _note_format(self, event: SessionCreated | SessionUpdated) -> None:
        audio = event.session.audio
        output = audio.output if audio else None
        output_format = output.format if output else None
        if output_format:
            is_pcm = output_format.type == "audio/pcm"
            self._bytes_per_ms = _PCM_BYTES_PER_MS if is_pcm else _G711_BYTES_PER_MS
