"""What is said to a session while it changes connections: kept, and told afterwards."""

from __future__ import annotations

from typing import ClassVar

from ..protocol import (
    ClientEvent,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCommit,
    ItemDelete,
    ItemTruncate,
    ResponseCancel,
    ServerEvent,
    SessionConfig,
    SessionUpdate,
    UnknownEvent,
)
from .history import History
from .microphone_buffer import MicrophoneBuffer
from .wanted import Wanted

__all__ = ["Meanwhile"]


class Meanwhile:
    """Sees every event of the client before it is sent, and those of the service.

    While `holding`, audio goes into the microphone buffer, truncations and deletions into the
    account of the conversation, and whatever else matters later is kept in order.
    """

    CONCERNS: ClassVar = History.CONCERNS | MicrophoneBuffer.CONCERNS | Wanted.CONCERNS
    SENT: ClassVar = frozenset({SessionUpdate.type})
    """Types of the events of ours that `sent` looks at."""

    def __init__(self, history: History, wanted: SessionConfig, microphone_seconds: float) -> None:
        self.history = history
        self.wanted = Wanted(wanted)
        self.microphone = MicrophoneBuffer(microphone_seconds)
        self.holding = False
        self._held: list[ClientEvent] = []

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account, before the conversation does."""
        if event.type in History.CONCERNS:
            self.history.apply(event)
        if event.type in MicrophoneBuffer.CONCERNS:
            self.microphone.apply(event)
        if event.type in Wanted.CONCERNS:
            self.wanted.apply(event)

    def keeps(self, event: ClientEvent) -> bool:
        """Whether an event is not to be sent now. What is audio is remembered in any case."""
        match event:
            case InputAudioBufferAppend():
                self.microphone.add(event.audio, sent=not self.holding)
            case InputAudioBufferCommit():
                self.microphone.commit(sent=not self.holding)
            case InputAudioBufferClear():
                self.microphone.clear()
            case ItemTruncate() if self.holding:
                self.history.shorten(event.item_id, event.audio_end_ms)
            case ItemDelete() if self.holding:
                self.history.forget(event.item_id)
            case ResponseCancel() if self.holding:
                pass
            case _ if self.holding:
                self._held.append(event)
        return self.holding

    def sent(self, event: ClientEvent) -> None:
        """An event went out; it has its ``event_id`` now."""
        if isinstance(event, SessionUpdate):
            self.wanted.sent(event)

    def connection_lost(self) -> None:
        """What was sent and not answered is to be sent again."""
        self.holding = True
        self.microphone.lost()
        self._held[:0] = self.wanted.lost()

    def taken_out(self) -> list[ClientEvent]:
        """What was kept besides audio, in order; it is kept no longer."""
        held, self._held = self._held, []
        return held
