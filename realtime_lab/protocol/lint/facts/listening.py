"""What of the model's speech can have been heard."""

from __future__ import annotations

from ...client_events import ItemDelete, ItemTruncate, ResponseCancel
from ...recent import Recent
from ...server_events import (
    ItemTruncated,
    OutputAudioBufferCleared,
    OutputAudioBufferStarted,
    OutputAudioDelta,
    SpeechStarted,
)
from ..record import Handlers, MarkLike, Record
from .items import Items
from .origin import Origin
from .settings import SettingsFacts

__all__ = ["Listening"]

PLAYED = "lab.playback_started"
INTERRUPTED = "lab.interrupted"


class Listening:
    """Bounds on what was heard, by a player that begins at once and never pauses.

    A real one is not faster, so what this one has not played yet nobody has heard. Where the client
    marks what it plays, items that it never began to play have no listener. Over WebRTC the service
    plays, and cuts, by itself (`by_service`).
    """

    def __init__(self, origin: Origin, items: Items, settings: SettingsFacts) -> None:
        self.by_service = False
        self.item_id = ""
        """The item whose speech came last."""
        self.any_speech: Record | None = None
        """The first speech of the model in this session."""
        self.started: Recent[str, Record] = Recent()
        """The mark that each item began to be played."""
        self.settled: Recent[str, Record] = Recent()
        """The mark that what was heard of an item is settled."""
        self._origin = origin
        self._items = items
        self._settings = settings
        self._until = 0.0
        """When all that came would have been played."""

    def handlers(self) -> Handlers:
        return {
            OutputAudioDelta: self._audio,
            OutputAudioBufferStarted: self._service_plays,
            OutputAudioBufferCleared: self._service_plays,
            SpeechStarted: self._interrupted,
            ResponseCancel: self._cut,
            ItemTruncate: self._cut,
            ItemTruncated: self._cut,
            ItemDelete: self._deleted,
            PLAYED: self._played,
            INTERRUPTED: self._settled,
        }

    def unheard(self, now: float) -> float:
        """Seconds of the model's speech that nobody can have heard by ``now``, at least."""
        return max(0.0, self._until - now)

    def has_listener(self, item_id: str) -> bool:
        """Whether somebody may be listening to an item."""
        return not self.by_service and (not self._origin.has_marks or item_id in self.started)

    def _audio(self, event: OutputAudioDelta, record: Record) -> None:
        if self.any_speech is None:
            self.any_speech = record
        self.item_id = event.item_id
        item = self._items.known.get(event.item_id)
        per_ms = (item.bytes_per_ms if item else None) or self._settings.output_bytes_per_ms or 48
        begins = max(record.seconds, self._until)
        self._until = begins + len(event.delta) / per_ms / 1000

    def _service_plays(self, *_: object) -> None:
        self.by_service = True

    def _interrupted(self, *_: object) -> None:
        if self._settings.interrupts is not False:
            self._until = 0.0

    def _cut(self, *_: object) -> None:
        self._until = 0.0

    def _deleted(self, event: ItemDelete, _: Record) -> None:
        if event.item_id == self.item_id:
            self._until = 0.0

    def _played(self, mark: MarkLike, record: Record) -> None:
        self.started.remember(str(mark.data.get("item_id")), record)

    def _settled(self, mark: MarkLike, record: Record) -> None:
        self.settled.remember(str(mark.data.get("item_id")), record)
