"""What an event says in a few words, and which events are pieces of one thing."""

from __future__ import annotations

from collections.abc import Iterable

from ...protocol import (
    ErrorEvent,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    InputAudioBufferAppend,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseCreated,
    ResponseDone,
    UnknownEvent,
    item_text,
)
from ..entry import LogEntry, LoggedEvent, Mark, item_id_of, response_id_of

__all__ = ["STREAMED", "Runs", "audio_bytes_of", "joined", "shortened", "words_of"]

_TEXT_PIECES = (
    OutputTranscriptDelta,
    OutputTextDelta,
    InputTranscriptionDelta,
    FunctionCallArgumentsDelta,
)
STREAMED = (InputAudioBufferAppend, OutputAudioDelta, *_TEXT_PIECES)
"""Events that come in runs: each brings a piece of something."""


class Runs:
    """Finds the runs in a stream of entries: pieces of a kind between two other events."""

    def __init__(self) -> None:
        self._heads: dict[tuple[str, str], int] = {}

    def copy(self) -> Runs:
        """Another that goes on from here."""
        other = Runs()
        other._heads = self._heads.copy()
        return other

    def head(self, entry: LogEntry) -> int:
        """The ``seq`` of the first entry of the run that the next entry is in; its own if alone."""
        if not isinstance(entry.event, STREAMED):
            self._heads.clear()
            return entry.seq
        return self._heads.setdefault((entry.direction, entry.type), entry.seq)


def audio_bytes_of(event: LoggedEvent) -> int | None:
    """Bytes of audio that a piece brings; ``None`` where it is not audio."""
    if isinstance(event, InputAudioBufferAppend):
        return len(event.audio)
    return len(event.delta) if isinstance(event, OutputAudioDelta) else None


def words_of(event: LoggedEvent) -> str:
    """What was said or went wrong, in a few words."""
    match event:
        case InputAudioBufferAppend() | OutputAudioDelta():
            return _audio(audio_bytes_of(event) or 0)
        case ErrorEvent():
            return event.error.message
        case UnknownEvent():
            return f"not understood: {event.problem}"
        case Mark():
            return ", ".join(f"{name}={value}" for name, value in event.data.items())
        case OutputTranscriptDone() | InputTranscriptionCompleted():
            return event.transcript
        case OutputTextDone():
            return event.text
        case FunctionCallArgumentsDone():
            return f"{event.name or ''} {event.arguments}".strip()
        case ResponseCreated() | ResponseDone():
            return f"{event.response.id} {event.response.status}"
    if isinstance(event, _TEXT_PIECES):
        return event.delta or ""
    item = getattr(event, "item", None)
    if item is not None:
        return item_text(item) or str(getattr(item, "name", "") or "") or str(item.id or "")
    return item_id_of(event) or response_id_of(event) or ""


def joined(words: Iterable[str], audio_bytes: int | None) -> str:
    """The words of a run, from those of its pieces; ``audio_bytes`` of all, if it is of audio."""
    return "".join(words) if audio_bytes is None else _audio(audio_bytes)


def shortened(words: str, most: int) -> str:
    """At most so many characters; what is left out is told by an ellipsis."""
    return words if len(words) <= most else words[: most - 1] + "…"


def _audio(count: int) -> str:
    return f"{count:,} bytes of audio"
