"""The life of a response, from ``response.created`` to ``response.done``.

`ResponseWriter` is the server's side: it is told what the model does and gives the events in the
one order the protocol allows. `ResponseTracker` is the client's side: it follows those events and
knows which response is active.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from ..errors import ProtocolError
from .conversation import Conversation
from .items import ContentPart, FunctionCall, Item, McpApprovalRequest, McpCall, Message
from .mcp_calls import CALL_CANCELLED, McpCallWriter
from .responses import Response, ResponseStatus, StatusDetails, Usage
from .server_events import (
    ContentPartAdded,
    ContentPartDone,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    ItemAdded,
    ItemDone,
    McpCallArgumentsDelta,
    McpCallArgumentsDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    UnknownEvent,
)

__all__ = ["ResponseTracker", "ResponseWriter"]

_ARGUMENT = re.compile(r"\w+|\W+")
"""A piece of JSON about as long as the tokens in which a model writes it."""


class _Part:
    """The open content part of a message: what was said in it so far."""

    def __init__(self, kind: Literal["audio", "text"]) -> None:
        self.kind = kind
        self.said = ""
        self.audio_bytes = 0

    def as_streamed(self) -> ContentPart:
        if self.kind == "audio":
            return ContentPart(type="audio", transcript=self.said)
        return ContentPart(type="text", text=self.said)

    def as_item_part(self) -> ContentPart:
        if self.kind == "audio":
            return ContentPart(type="output_audio", transcript=self.said)
        return ContentPart(type="output_text", text=self.said)


class ResponseWriter:
    """Writes the events of one response in order.

    ``response`` is the response as it begins (id, conversation, settings). ``conversation`` is
    ``None`` for an out-of-band response, which makes no conversation items. ``new_id`` gives a
    fresh id for a prefix such as ``item``.

    Each method returns the events to send, in order, without ``event_id``. Methods called out of
    order raise `ProtocolError`: that is a mistake of the caller.
    """

    def __init__(
        self,
        response: Response,
        conversation: Conversation | None,
        new_id: Callable[[str], str],
    ) -> None:
        self.response = response
        self._conversation = conversation
        self._new_id = new_id
        self._item_id = ""
        self._part: _Part | None = None
        self._calls: list[McpCallWriter] = []

    def begin(self) -> list[ServerEvent]:
        """``response.created``."""
        return [ResponseCreated(response=self._snapshot())]

    def open_message(self, kind: Literal["audio", "text"]) -> list[ServerEvent]:
        """Begin a spoken (``audio``) or written (``text``) message."""
        self._expect_part(open_=False)
        self._item_id = self._new_id("item")
        self._part = _Part(kind)
        item = Message(
            id=self._item_id, object="realtime.item", status="in_progress", role="assistant"
        )
        return [
            *self._add_item(item),
            ContentPartAdded(**self._place(), part=self._part.as_streamed()),
        ]

    def write_text(self, delta: str) -> list[ServerEvent]:
        """More words: of the text itself, or of what is being spoken."""
        part = self._expect_part(open_=True)
        part.said += delta
        if part.kind == "audio":
            return [OutputTranscriptDelta(**self._place(), delta=delta)]
        return [OutputTextDelta(**self._place(), delta=delta)]

    def write_audio(self, audio: bytes) -> list[ServerEvent]:
        """More speech, in the session's output format."""
        part = self._expect_part(open_=True)
        if part.kind != "audio":
            raise ProtocolError(
                f"response {self.response.id}: audio was written into a text part; "
                "open an audio message first"
            )
        part.audio_bytes += len(audio)
        return [OutputAudioDelta(**self._place(), delta=audio)]

    def close_message(
        self, status: Literal["completed", "incomplete"] = "completed"
    ) -> list[ServerEvent]:
        """End the open message."""
        part = self._expect_part(open_=True)
        self._part = None
        place = self._place()
        item = Message(
            id=self._item_id,
            object="realtime.item",
            status=status,
            role="assistant",
            content=[part.as_item_part()],
        )
        said: list[ServerEvent] = (
            [OutputAudioDone(**place), OutputTranscriptDone(**place, transcript=part.said)]
            if part.kind == "audio"
            else [OutputTextDone(**place, text=part.said)]
        )
        return [*said, ContentPartDone(**place, part=part.as_streamed()), *self._finish_item(item)]

    def call_function(self, name: str, arguments: str, call_id: str) -> list[ServerEvent]:
        """Ask the client for a function, whole."""
        self._expect_part(open_=False)
        self._item_id = self._new_id("item")
        begun = FunctionCall(
            id=self._item_id,
            object="realtime.item",
            status="in_progress",
            name=name,
            call_id=call_id,
            arguments="",
        )
        done = FunctionCall(
            id=self._item_id,
            object="realtime.item",
            status="completed",
            name=name,
            call_id=call_id,
            arguments=arguments,
        )
        added = self._add_item(begun)
        ids: dict[str, Any] = {
            "response_id": self.response.id,
            "output_index": self._index,
            "item_id": self._item_id,
            "call_id": call_id,
        }
        return [
            *added,
            *(FunctionCallArgumentsDelta(**ids, delta=d) for d in _ARGUMENT.findall(arguments)),
            FunctionCallArgumentsDone(**ids, arguments=arguments, name=name),
            *self._finish_item(done, begun=added),
        ]

    def call_remote(
        self, server_label: str, name: str, arguments: str
    ) -> tuple[list[ServerEvent], McpCallWriter]:
        """Begin a call of a remote tool, with all its arguments; the rest is the call's own."""
        self._expect_part(open_=False)
        self._item_id = self._new_id("item")
        begun = McpCall(
            id=self._item_id,
            server_label=server_label,
            name=name,
            arguments="",
            output=None,
            error=None,
            approval_request_id=None,
        )
        place = {
            "response_id": self.response.id,
            "item_id": self._item_id,
            "output_index": self._index,
        }
        events = [
            *self._add_item(begun),
            *(McpCallArgumentsDelta(**place, delta=d) for d in _ARGUMENT.findall(arguments)),
            McpCallArgumentsDone(**place, arguments=arguments),
        ]
        item = msgspec.structs.replace(begun, arguments=arguments)
        call = McpCallWriter(self.response, self._index, item, self._conversation)
        self._calls.append(call)
        self.response.output.append(item)
        return events, call

    def request_approval(self, call: McpCallWriter) -> list[ServerEvent]:
        """Ask the client whether ``call`` may be made; it waits for the answer."""
        self._expect_part(open_=False)
        request = McpApprovalRequest(
            id=self._new_id("item"),
            server_label=call.item.server_label,
            name=call.item.name,
            arguments=call.item.arguments,
        )
        call.ask(str(request.id))
        added = self._add_item(request)
        return [*added, *self._finish_item(request, begun=added)]

    def finish(
        self,
        status: ResponseStatus,
        details: StatusDetails | None = None,
        usage: Usage | None = None,
    ) -> list[ServerEvent]:
        """End the response, closing what is open; nothing may follow."""
        self._expect_running()
        closing = self.close_message("incomplete") if self._part else []
        for call in self._calls:
            if call.state == "running":
                closing += call.fail(CALL_CANCELLED)
        self.response.status = status
        self.response.status_details = details
        self.response.usage = usage
        return [*closing, ResponseDone(response=self._snapshot())]

    @property
    def item_id(self) -> str:
        """Id of the item last begun, empty before the first."""
        return self._item_id

    @property
    def said(self) -> str:
        """The words of the open message so far."""
        return self._part.said if self._part else ""

    @property
    def _index(self) -> int:
        return len(self.response.output)

    def _place(self) -> dict[str, Any]:
        return {
            "response_id": self.response.id,
            "item_id": self._item_id,
            "output_index": self._index,
            "content_index": 0,
        }

    def _snapshot(self) -> Response:
        values = {name: getattr(self.response, name) for name in self.response.__struct_fields__}
        return Response(**{**values, "output": list(self.response.output)})

    def _add_item(self, item: Item) -> list[ServerEvent]:
        added: list[ServerEvent] = [
            OutputItemAdded(response_id=self.response.id, output_index=self._index, item=item)
        ]
        if self._conversation is not None:
            added.append(ItemAdded(item=item, previous_item_id=self._conversation.last_id))
        return added

    def _finish_item(self, item: Item, begun: Sequence[ServerEvent] = ()) -> list[ServerEvent]:
        """End an item; ``begun`` are the events that add it, if they are not applied yet."""
        finished: list[ServerEvent] = [
            OutputItemDone(response_id=self.response.id, output_index=self._index, item=item)
        ]
        conversation = self._conversation
        for event in begun:
            if isinstance(event, ItemAdded):
                finished.append(ItemDone(item=item, previous_item_id=event.previous_item_id))
        if conversation is not None and str(item.id) in conversation:
            previous = conversation.previous_id(str(item.id))
            finished.append(ItemDone(item=item, previous_item_id=previous))
        self.response.output.append(item)
        return finished

    def _expect_running(self) -> None:
        if self.response.status != "in_progress":
            raise ProtocolError(f"response {self.response.id} has ended, nothing may follow")

    def _expect_part(self, *, open_: bool) -> _Part:
        self._expect_running()
        if (self._part is not None) != open_:
            state = "no content part is open" if open_ else "a content part is still open"
            raise ProtocolError(f"response {self.response.id}: {state}")
        return self._part or _Part("text")


class ResponseTracker:
    """Knows which responses are running.

    At most one response of the conversation is active; out-of-band responses run beside it. A
    response whose ``response.created`` was lost is known from its first item on. What comes of a
    response that has ended does not bring it back.
    """

    CONCERNS: ClassVar[frozenset[str]] = frozenset(
        {ResponseCreated.type, OutputItemAdded.type, ResponseDone.type}
    )
    """Types of the events that matter; `apply` ignores all others."""

    def __init__(self) -> None:
        self._running: dict[str, Response] = {}
        self._ended: deque[str] = deque(maxlen=100)
        """Ids of the last responses to end: nothing comes late of older ones."""

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take one event of the server into account."""
        if isinstance(event, ResponseCreated):
            self._begun(event.response)
        elif isinstance(event, OutputItemAdded):
            self._begun(Response(id=event.response_id, status="in_progress"))
        elif isinstance(event, ResponseDone):
            self.end(event.response.id)

    def end(self, response_id: str) -> None:
        """The response is over, whether or not the server told so."""
        self._running.pop(response_id, None)
        self._ended.append(response_id)

    def forget(self) -> None:
        """The connection is gone: no response will end."""
        self._running.clear()

    @property
    def active(self) -> Response | None:
        """The response that the conversation is waiting for, if any.

        A response belongs to the conversation unless its ``conversation_id`` is ``null``; the
        first preview version has no such field.
        """
        of_conversation = (r for r in self._running.values() if r.conversation_id is not None)
        return next(of_conversation, None)

    def is_running(self, response_id: str) -> bool:
        """Whether that response has begun and not ended."""
        return response_id in self._running

    def _begun(self, response: Response) -> None:
        if response.id not in self._ended:
            self._running.setdefault(response.id, response)
