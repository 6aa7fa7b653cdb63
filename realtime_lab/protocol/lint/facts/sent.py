"""What the client has sent, so that an error can be traced to it."""

from __future__ import annotations

from typing import Any

from ...client_events import CLIENT_EVENTS, ClientEvent, InputAudioBufferAppend
from ...recent import Recent
from ...server_events import ErrorEvent, UnknownEvent
from ..record import UNKNOWN, Handlers, Record

__all__ = ["Sent"]


class Sent:
    """The last events of the client, audio aside, by the ids that it gave them."""

    def __init__(self) -> None:
        self.by_id: Recent[str, Record] = Recent()
        self.is_heard = False
        """Whether the log has the client's side at all."""

    def handlers(self) -> Handlers:
        kinds = {kind: self._note for kind in CLIENT_EVENTS if kind is not InputAudioBufferAppend}
        return {**kinds, InputAudioBufferAppend: self._hear, UNKNOWN: self._note_unknown}

    def cause_of(self, error: ErrorEvent) -> Record | None:
        """The event that an ``error`` names."""
        return self.by_id.get(error.error.event_id or "")

    def _hear(self, *_: Any) -> None:
        self.is_heard = True

    def _note(self, event: ClientEvent | UnknownEvent, record: Record) -> None:
        self.is_heard = True
        if isinstance(event.event_id, str) and event.event_id:
            self.by_id.remember(event.event_id, record)

    def _note_unknown(self, event: UnknownEvent, record: Record) -> None:
        if record.direction == "sent":
            self._note(event, record)
