"""The user's words: told once for each item, and the sum of their deltas."""

from __future__ import annotations

from ..recent import Recent
from ..server_events import (
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    InputTranscriptionSegment,
    ItemAdded,
    ItemDeleted,
    SpeechStarted,
)
from .violation import Handlers, Tell, named

__all__ = ["HeardRules"]

_Transcription = (
    InputTranscriptionCompleted
    | InputTranscriptionDelta
    | InputTranscriptionFailed
    | InputTranscriptionSegment
)


class HeardRules:
    """The transcription of an item's audio ends once, and adds up.

    Its deltas may come before the audio is committed, as those of some models do.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._known: Recent[str, None] = Recent()
        self._deltas: Recent[tuple[str, int], str] = Recent()
        self._ended: Recent[tuple[str, int], _Transcription] = Recent()

    def handlers(self) -> Handlers:
        return {
            SpeechStarted: lambda event: self._known.remember(event.item_id, None),
            InputAudioBufferCommitted: lambda event: self._known.remember(event.item_id, None),
            ItemAdded: lambda event: self._known.remember(str(event.item.id), None),
            ItemDeleted: self._deleted,
            InputTranscriptionDelta: self._delta,
            InputTranscriptionSegment: self._expect_open,
            InputTranscriptionCompleted: self._completed,
            InputTranscriptionFailed: self._failed,
        }

    def unfinished(self) -> None: ...

    def _deleted(self, event: ItemDeleted) -> None:
        self._known.pop(event.item_id, None)
        for place in [place for place in self._ended if place[0] == event.item_id]:
            del self._ended[place]

    def _delta(self, event: InputTranscriptionDelta) -> None:
        self._expect_open(event)
        place = (event.item_id, event.content_index)
        self._deltas.remember(place, self._deltas.get(place, "") + (event.delta or ""))

    def _completed(self, event: InputTranscriptionCompleted) -> None:
        self._expect_open(event)
        place = (event.item_id, event.content_index)
        said = self._deltas.pop(place, None)
        if said is not None and said != event.transcript:
            self._tell(
                "sum",
                f"{named(event)} tells the words {event.transcript!r} of item {event.item_id}, but "
                f"the deltas were {said!r}.",
            )
        self._ended.remember(place, event)

    def _failed(self, event: InputTranscriptionFailed) -> None:
        self._expect_open(event)
        self._ended.remember((event.item_id, event.content_index), event)

    def _expect_open(self, event: _Transcription) -> None:
        ended = self._ended.get((event.item_id, event.content_index))
        if ended is not None:
            self._tell(
                "heard",
                f"{named(event)} comes after {named(ended)}, the end of what was heard in item "
                f"{event.item_id}.",
            )
        if event.item_id not in self._known and not self._known.forgot:
            self._tell(
                "heard", f"{named(event)} concerns item {event.item_id}, which is not there."
            )
