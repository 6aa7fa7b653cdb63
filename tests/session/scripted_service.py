"""A service on the other end of a session, without a socket, that does what it is told to.

Everything it does is legal, races included: what either side says is on its way until a test lets
it arrive.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

from realtime_lab.errors import SessionClosed
from realtime_lab.protocol import (
    UNSET,
    AudioConfig,
    AudioInput,
    AudioOutput,
    ContentPart,
    Conversation,
    ErrorDetails,
    ErrorEvent,
    FunctionCallOutput,
    InputAudioBufferCleared,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    Item,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemTruncated,
    Message,
    OutputTokens,
    Response,
    ResponseCreate,
    ResponseWriter,
    ServerEvent,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
    TranscriptionConfig,
    Usage,
    dialect_named,
)
from realtime_lab.session.incoming import Ended, Incoming, Take

MS = 48
"""Bytes of 24 kHz PCM16 in a millisecond."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which time passes only when it is told to."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def rest(self) -> None:
        """Let everything happen that is ready to."""

        async def turns() -> None:
            for _ in range(25):
                await asyncio.sleep(0)

        self.run_until_complete(turns())


class Line:
    """A `Transport` in memory: what was sent is on its way until it is taken out."""

    def __init__(self) -> None:
        self.to_service: deque[bytes] = deque()
        self.sent: list[bytes] = []
        self.delivered: list[bytes] = []
        self._incoming = Incoming()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False
        self.pause, self.receive = self._incoming.pause, self._incoming.receive

    def send(self, data: bytes) -> None:
        if self._is_closed:
            raise SessionClosed("the line is cut", code=1006)
        self.to_service.append(data)
        self.sent.append(data)

    def listen(self, take: Take, ended: Ended) -> None:
        self._loop = asyncio.get_running_loop()
        self._incoming.listen(take, ended)

    async def close(self) -> None:
        self.cut()

    def cut(self) -> None:
        self._is_closed = True
        self._arrive(self._incoming.end, SessionClosed("the line is cut", code=1006))

    def deliver(self, data: bytes) -> None:
        self.delivered.append(data)
        self._arrive(self._incoming.put, data)

    def _arrive(self, put: Callable[[Any], None], what: object) -> None:
        # Whoever listens is called from the loop, as a socket would.
        if self._loop is None:
            put(what)
        else:
            self._loop.call_soon(put, what)


class ScriptedService:
    """One session of a service.

    ``repeats`` says whether it repeats the ``metadata`` of a request, ``takes_metadata`` whether
    it knows them at all; without ``has_codes`` its errors are those of the first service. With
    ``keeps_ids`` an item has the id that the client gives it. ``numbers`` are those of its ids.
    """

    def __init__(
        self,
        dialect: str,
        *,
        repeats: bool = True,
        takes_metadata: bool = True,
        has_codes: bool = True,
        keeps_ids: bool = False,
        numbers: Iterator[int] | None = None,
    ) -> None:
        self.dialect = dialect_named(dialect)
        self.line = Line()
        self.repeats = repeats
        self.takes_metadata = takes_metadata
        self.has_codes = has_codes
        self.keeps_ids = keeps_ids
        self.outgoing: deque[ServerEvent] = deque()
        self.conversation = Conversation()
        self.writer: ResponseWriter | None = None
        self.answered: Counter[str] = Counter()
        """How often each call was answered."""
        self.began_by_itself = 0
        self.untranscribed: list[str] = []
        self.speaking = ""
        self.stopped = ""
        self.heard_ms = 0
        self.audio_ms: dict[str, int] = {}
        self.part: str | None = None
        self._numbers = numbers or itertools.count(1)
        self.tell(SessionCreated(session=self._session()))

    # -- what the test does ----------------------------------------------------------------------

    def take(self) -> bool:
        """Handle the next event of the client; whether there was one."""
        if not self.line.to_service:
            return False
        event: Any = self.dialect.decode_client(self.line.to_service.popleft())
        handler = getattr(self, "_" + event.type.replace(".", "_"), None)
        if handler is not None:
            handler(event)
        return True

    @property
    def next(self) -> ServerEvent | None:
        """The event that arrives at the client next."""
        while self.outgoing and self.dialect.encode_server(self.outgoing[0]) is None:
            self.outgoing.popleft()
        return self.outgoing[0] if self.outgoing else None

    def deliver(self, *, times: int = 1) -> bool:
        """Let the next event arrive at the client, so many times; whether there was one."""
        event = self.next
        if event is None:
            return False
        self.outgoing.popleft()
        data = self.dialect.encode_server(event)
        assert data is not None
        for _ in range(times):
            self.line.deliver(data)
        return True

    def user_starts(self) -> None:
        self.speaking = self._new_id("item_u")
        self.tell(SpeechStarted(item_id=self.speaking, audio_start_ms=self.heard_ms))
        if self.writer is not None:
            self.end("cancelled", "turn_detected")

    def user_stops(self) -> None:
        self.stopped, self.speaking = self.speaking, ""
        self.tell(SpeechStopped(item_id=self.stopped, audio_end_ms=self.heard_ms))

    def commit(self) -> None:
        """What was spoken becomes an item."""
        item_id, self.stopped = self.stopped, ""
        before = self.conversation.last_id
        self.tell(InputAudioBufferCommitted(item_id=item_id, previous_item_id=before))
        self._add(Message(id=item_id, role="user", content=[ContentPart(type="input_audio")]))
        self.untranscribed.append(item_id)

    def begin_by_itself(self) -> None:
        """The service answers what was spoken."""
        if self.writer is None:
            self.began_by_itself += 1
            self._begin(None)

    def transcribe(self, index: int, *, fails: bool = False) -> None:
        item_id = self.untranscribed.pop(index)
        if fails:
            error = {"type": "transcription_error", "message": "no words"}
            self.tell(InputTranscriptionFailed(item_id=item_id, content_index=0, error=error))
        else:
            self.tell(
                InputTranscriptionCompleted(item_id=item_id, transcript=f"words of {item_id}")
            )

    def open_message(self) -> None:
        assert self.writer
        self.part = "audio"
        self.tell(*self.writer.open_message("audio"))

    def speak(self, ms: int) -> None:
        assert self.writer
        item_id = self.writer.item_id
        self.audio_ms[item_id] = self.audio_ms.get(item_id, 0) + ms
        self.tell(*self.writer.write_text(f"{ms} "), *self.writer.write_audio(bytes(ms * MS)))

    def close_message(self) -> None:
        assert self.writer
        self.part = None
        self.tell(*self.writer.close_message())

    def call(self, name: str) -> None:
        assert self.writer
        self.tell(*self.writer.call_function(name, "{}", self._new_id("call")))

    def end(self, status: Any, reason: str = "") -> None:
        writer, self.writer, self.part = self.writer, None, None
        assert writer
        details = StatusDetails(type=status, reason=reason) if reason else None
        tokens = OutputTokens(audio_tokens=7)
        usage = Usage(total_tokens=7, output_tokens=7, output_token_details=tokens)
        self.tell(*writer.finish(status, details, usage))

    def tell(self, *events: ServerEvent) -> None:
        for event in events:
            event.event_id = self._new_id("event")
            self.conversation.apply(event)
            self.outgoing.append(event)

    # -- what the client asks for ----------------------------------------------------------------

    def _session_update(self, _: Any) -> None:
        self.tell(SessionUpdated(session=self._session()))

    def _input_audio_buffer_commit(self, _: Any) -> None:
        self.stopped = self._new_id("item_u")
        self.commit()

    def _input_audio_buffer_clear(self, _: Any) -> None:
        self.tell(InputAudioBufferCleared())

    def _conversation_item_create(self, event: Any) -> None:
        if isinstance(event.item, FunctionCallOutput):
            self.answered[event.item.call_id] += 1
        if not (self.keeps_ids and event.item.id):
            event.item.id = self._new_id("item")
        self._add(event.item, event.previous_item_id)

    def _conversation_item_delete(self, event: Any) -> None:
        if event.item_id in self.conversation:
            self.tell(ItemDeleted(item_id=event.item_id))
        else:
            self._refuse(event, "item_delete_invalid_item_id", "the item does not exist")

    def _conversation_item_truncate(self, event: Any) -> None:
        if event.item_id not in self.conversation:
            self._refuse(event, "item_truncate_invalid_item_id", "the item does not exist")
            return
        assert 0 < event.audio_end_ms <= self.audio_ms[event.item_id]
        self.tell(
            ItemTruncated(
                item_id=event.item_id,
                content_index=event.content_index,
                audio_end_ms=event.audio_end_ms,
            )
        )

    def _response_create(self, event: ResponseCreate) -> None:
        metadata = (event.response and event.response.metadata) or None
        if metadata and not self.takes_metadata:
            self._refuse(event, "unknown_parameter", "Unknown parameter: 'response.metadata'.")
        elif event.response and event.response.conversation == "none":
            self._aside(metadata)
        elif self.writer is not None:
            told = f"Conversation already has an active response in progress: {self._active}."
            self._refuse(event, "conversation_already_has_active_response", told)
        else:
            self._begin(metadata if self.repeats else None)

    def _response_cancel(self, event: Any) -> None:
        named = event.response_id or ""
        if self.writer is None or (named and named != self._active):
            self._refuse(event, "response_cancel_not_active", "no active response found")
        else:
            self.end("cancelled", "client_cancelled")

    @property
    def _active(self) -> str:
        return self.writer.response.id if self.writer else ""

    def _begin(self, metadata: dict[str, str] | None) -> None:
        response = Response(
            id=self._new_id("resp"),
            status="in_progress",
            conversation_id="conv",
            metadata=metadata,
        )
        self.writer = ResponseWriter(response, self.conversation, self._new_id)
        self.tell(*self.writer.begin())

    def _aside(self, metadata: dict[str, str] | None) -> None:
        told = metadata if self.repeats else None
        response = Response(
            id=self._new_id("resp"), status="in_progress", conversation_id=None, metadata=told
        )
        writer = ResponseWriter(response, None, self._new_id)
        self.tell(*writer.begin(), *writer.open_message("text"), *writer.write_text("aside"))
        self.tell(*writer.finish("completed"))

    def _add(self, item: Item, previous: Any = UNSET) -> None:
        before = previous or self.conversation.last_id
        self.tell(ItemAdded(item=item, previous_item_id=before))
        self.tell(ItemDone(item=item, previous_item_id=before))

    def _refuse(self, event: Any, code: str, message: str) -> None:
        self.tell(
            ErrorEvent(
                error=ErrorDetails(
                    type="invalid_request_error",
                    code=code if self.has_codes else None,
                    message=message,
                    event_id=event.event_id,
                )
            )
        )

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers)}"

    def _session(self) -> SessionConfig:
        heard = AudioInput(
            turn_detection=ServerVad(), transcription=TranscriptionConfig(model="whisper-1")
        )
        return SessionConfig(
            type="realtime",
            id="sess",
            model="some-model",
            audio=AudioConfig(input=heard, output=AudioOutput(voice="alloy")),
        )
