"""One session: what the client says goes to the part that handles it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ..errors import InvalidEvent
from ..protocol import (
    ClientEvent,
    ConversationCreated,
    ConversationObject,
    Dialect,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCommit,
    ItemCreate,
    ItemDelete,
    ItemRetrieve,
    ItemTruncate,
    OutputAudioBufferClear,
    ResponseCancel,
    ResponseConfig,
    ResponseCreate,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
)
from .hearing import Hearing
from .input_audio import InputAudio
from .items import Items
from .refusals import as_first_told
from .remote_tools import RemoteTools
from .responses import Responses
from .state import SessionState

__all__ = ["Session", "greet"]

_log = logging.getLogger(__name__)


def greet(state: SessionState, dialect: Dialect) -> None:
    """The first events of a session."""
    state.outbox.emit(SessionCreated(session=state.settings.config))
    if dialect.name == "preview" and state.settings.kind == "realtime":
        created = ConversationObject(id=state.conversation_id, object="realtime.conversation")
        state.outbox.emit(ConversationCreated(conversation=created))


class Session:
    """Handles a client's events, one after the other.

    What takes time (hearing, answering) runs in tasks of the parts, which `close` ends.
    """

    def __init__(
        self,
        state: SessionState,
        dialect: Dialect,
        input_audio: InputAudio,
        items: Items,
        responses: Responses,
        hearing: Hearing,
        remote: RemoteTools,
    ) -> None:
        self._state = state
        self._dialect = dialect
        self._input = input_audio
        self._items = items
        self._responses = responses
        self._hearing = hearing
        self._remote = remote
        self._handlers: dict[type[ClientEvent], Callable[[Any], None]] = {
            InputAudioBufferCommit: lambda event: input_audio.commit(),
            InputAudioBufferClear: lambda event: input_audio.clear(),
            SessionUpdate: self._update,
            ItemCreate: items.create,
            ItemRetrieve: items.retrieve,
            ItemTruncate: items.truncate,
            ItemDelete: items.delete,
            ResponseCreate: self._respond,
            ResponseCancel: lambda event: responses.cancel(event.response_id or None),
            OutputAudioBufferClear: _refuse_output_clear,
        }
        if state.settings.kind == "transcription":
            self._handlers |= dict.fromkeys(_ANSWERS, _refuse_answer)

    async def receive(self, text: str | bytes) -> None:
        """Handle one message of the client. A bad one is answered with ``error``."""
        event: ClientEvent | None = None
        try:
            event = self._dialect.decode_client(text)
            self._state.entry.received(event, len(text))
            if isinstance(event, InputAudioBufferAppend):
                await self._input.append(event.audio)
            else:
                if not isinstance(event, ResponseCancel):
                    await self._state.time.run_on()
                self._handlers[type(event)](event)
        except InvalidEvent as refusal:
            self._refuse(refusal, event)
        except Exception:  # a fault of ours or of an engine must not end the session
            _log.exception("an event of the client could not be handled")
            self._refuse(
                InvalidEvent(
                    "The server had an error while processing your request.", type="server_error"
                ),
                event,
            )
        await self._state.time.settle()

    def close(self) -> None:
        """Stop all work; the client is gone."""
        self._input.close()
        self._responses.close()
        self._remote.close()
        self._hearing.close()
        self._state.memory.close()

    def _refuse(self, refusal: InvalidEvent, event: ClientEvent | None) -> None:
        """Answer with an error; without an ``event`` that could be read it is worded already."""
        if event is not None:
            refusal.event_id = refusal.event_id or event.event_id or None
        coded = self._state.settings.features.error_codes
        told = refusal if coded else as_first_told(refusal)
        self._state.outbox.refuse(told, is_worded=event is None)

    def _update(self, event: SessionUpdate) -> None:
        settings = self._state.settings
        settings.update(event.session, voice_locked=self._state.memory.has_spoken)
        self._input.configure()
        self._state.outbox.emit(SessionUpdated(session=settings.config))
        self._remote.announce(settings.get("tools") or [])

    def _prepare(self, config: ResponseConfig) -> None:
        """Do what a request of the first service wants done before the response."""
        if config.cancel_previous and self._responses.active is not None:
            self._responses.cancel()
        if config.commit and self._input.holds_a_turn:
            self._input.commit()
        for item in config.append_input_items or []:
            self._items.create(ItemCreate(item=item))

    def _respond(self, event: ResponseCreate) -> None:
        config = event.response or ResponseConfig()
        if self._state.settings.features.first_shapes:
            self._prepare(config)
        self._responses.check_free(config)
        items = self._items.inputs(config.input) if isinstance(config.input, list) else None
        self._responses.create(config, items)


_ANSWERS = (ResponseCreate, ResponseCancel, ItemCreate, ItemTruncate)
"""What only a session that answers takes."""


def _refuse_answer(event: ClientEvent) -> None:
    raise InvalidEvent(
        f"'{event.type}' is not supported in a transcription session.",
        code="invalid_value",
        param="type",
    )


def _refuse_output_clear(event: OutputAudioBufferClear) -> None:
    raise InvalidEvent(
        "output_audio_buffer.clear is only available over WebRTC and SIP: over a WebSocket the "
        "client plays the audio and stops it itself.",
        code="invalid_value",
        param="type",
    )
