"""The events of a turn by its phases, folded, so that two turns can be compared."""

from __future__ import annotations

from collections.abc import Iterable

from ...protocol import (
    FunctionCallArgumentsDelta,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputTranscriptionDelta,
    OutputAudioDelta,
    OutputItemAdded,
    OutputTextDelta,
    OutputTranscriptDelta,
    RateLimitsUpdated,
    ResponseCreate,
    ResponseCreated,
)
from ..entry import LogEntry, item_id_of, response_id_of

__all__ = ["phases"]

_STREAMED = frozenset(
    {
        OutputAudioDelta.type,
        OutputTextDelta.type,
        OutputTranscriptDelta.type,
        FunctionCallArgumentsDelta.type,
        InputTranscriptionDelta.type,
    }
)
_ARROWS = {"sent": "→", "received": "←"}


def phases(entries: Iterable[LogEntry]) -> dict[str, list[str]]:
    """The order of the events in each phase: ``input``, ``response``, ``tools``, ``response 2``…

    An event is its arrow and its type. Pieces of a stream between two other events of the phase
    stand once, as audio that is sent does in all: how it was cut into pieces is no difference of
    order. Left out are marks, and ``rate_limits.updated``, which comes when it likes.
    """
    sorter = _Sorter()
    found: dict[str, list[str]] = {}
    pieces: dict[str, set[str]] = {}
    for entry in entries:
        if entry.direction == "local" or entry.type == RateLimitsUpdated.type:
            continue
        phase = sorter.phase(entry)
        order = found.setdefault(phase, [])
        event = f"{_ARROWS[entry.direction]} {entry.type}"
        if entry.type == InputAudioBufferAppend.type:
            if event in order:
                continue
        elif entry.type not in _STREAMED:
            pieces[phase] = set()
        elif event in pieces.setdefault(phase, set()):
            continue
        else:
            pieces[phase].add(event)
        order.append(event)
    return found


class _Sorter:
    """Tells the phase of each event, one after the other."""

    def __init__(self) -> None:
        self._responses: dict[str, str] = {}
        self._items: dict[str, str] = {}
        self._latest = "input"

    def phase(self, entry: LogEntry) -> str:
        event = entry.event
        response_id = response_id_of(event) or ""
        if isinstance(event, ResponseCreated) and response_id not in self._responses:
            count = len(self._responses) + 1
            self._latest = "response" if count == 1 else f"response {count}"
            self._responses[response_id] = self._latest
        phase = self._responses.get(response_id)
        if phase and isinstance(event, OutputItemAdded):
            self._items[str(event.item.id)] = phase
        if phase:
            return phase
        item = getattr(event, "item", None)
        if isinstance(item, FunctionCallOutput):
            return "tools"
        if isinstance(event, ResponseCreate):
            return "tools" if self._responses else "input"
        found = self._items.get(item_id_of(event) or "")
        if found:
            return found
        return "input" if _is_input(entry.type) else self._latest


def _is_input(type: str) -> bool:
    return type.startswith(("input_audio_buffer.", "conversation.item.", "session."))
