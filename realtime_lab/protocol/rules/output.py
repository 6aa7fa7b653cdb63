"""What a response says: items one after the other, their parts, and the deltas in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..items import FunctionCall, McpCall, Message
from ..recent import Recent
from ..server_events import (
    ContentPartAdded,
    ContentPartDone,
    ContentPartEvent,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
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
)
from .violation import Handlers, Tell, named

__all__ = ["OutputRules"]

_STREAMS = {"audio": ("audio", "transcript"), "text": ("text",)}
"""What streams within a content part; each has a ``done`` before the part's own."""


@dataclass(slots=True)
class _Stream:
    """Deltas of one kind: the words so far (none of audio), and whether their ``done`` came."""

    said: str = ""
    over: bool = False


@dataclass(slots=True)
class _Part:
    streams: dict[str, _Stream]
    over: bool = False

    @property
    def words(self) -> str:
        return "".join(stream.said for stream in self.streams.values())


@dataclass(slots=True)
class _Item:
    index: int
    outlasts: bool = False
    """Whether it may end after its response: a remote call that waits for approval, or works."""
    parts: list[_Part] = field(default_factory=list)
    arguments: _Stream = field(default_factory=_Stream)
    over: bool = False


@dataclass(slots=True)
class _Output:
    """The items of one response, by id, in the order in which they were added."""

    items: dict[str, _Item] = field(default_factory=dict)
    done: ResponseDone | None = None

    def awaits(self, item_id: str) -> bool:
        """Whether that item is still to end, though the response has."""
        item = self.items.get(item_id)
        return item is not None and item.outlasts and not item.over


class OutputRules:
    """Deltas belong to an open part of an open item of a running response, and add up."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._outputs: Recent[str, _Output] = Recent()

    def handlers(self) -> Handlers:
        return {
            ResponseCreated: self._created,
            ResponseDone: self._response_done,
            OutputItemAdded: self._item_added,
            OutputItemDone: self._item_done,
            ContentPartAdded: self._part_added,
            ContentPartDone: self._part_done,
            OutputTextDelta: lambda event: self._delta(event, "text", event.delta),
            OutputTranscriptDelta: lambda event: self._delta(event, "transcript", event.delta),
            OutputAudioDelta: lambda event: self._delta(event, "audio", ""),
            OutputTextDone: lambda event: self._stream_done(event, "text", event.text),
            OutputTranscriptDone: (
                lambda event: self._stream_done(event, "transcript", event.transcript)
            ),
            OutputAudioDone: lambda event: self._stream_done(event, "audio", ""),
            FunctionCallArgumentsDelta: self._arguments_delta,
            FunctionCallArgumentsDone: self._arguments_done,
            McpCallArgumentsDelta: self._arguments_delta,
            McpCallArgumentsDone: self._arguments_done,
        }

    def unfinished(self) -> None:
        """Nothing: a response without its end is told by `ResponseRules`."""

    def _created(self, event: ResponseCreated) -> None:
        if event.response.id not in self._outputs:
            self._outputs.remember(event.response.id, _Output())

    def _response_done(self, event: ResponseDone) -> None:
        response = event.response
        output = self._outputs.get(response.id)
        if output is None:
            output = _Output()
            self._outputs.remember(response.id, output)
        output.done = output.done or event
        for item_id, item in output.items.items():
            if not item.over and not item.outlasts:
                self._tell(
                    "open-item",
                    f"{named(event)} ends response {response.id} while its item {item_id} is open.",
                )
        told = [item.id for item in response.output]
        if told != list(output.items):
            self._tell(
                "output",
                f"{named(event)} lists the items {told} of response {response.id}, which made "
                f"{list(output.items)}.",
            )

    def _item_added(self, event: OutputItemAdded) -> None:
        items = self._running(event).items
        item_id = str(event.item.id)
        if item_id in items:
            self._tell("output", f"{named(event)} adds item {item_id} a second time.")
        if event.output_index != len(items):
            self._tell(
                "index",
                f"{named(event)} has the output_index {event.output_index}; the next is "
                f"{len(items)}.",
            )
        items[item_id] = _Item(event.output_index, isinstance(event.item, McpCall))

    def _item_done(self, event: OutputItemDone) -> None:
        item_id = str(event.item.id)
        item = self._open_item(event, item_id)
        if item is None:
            return
        item.over = True
        for number, part in enumerate(item.parts):
            if not part.over:
                self._tell(
                    "open-part",
                    f"{named(event)} ends item {item_id} while its content part {number} is open.",
                )
        if isinstance(event.item, FunctionCall | McpCall):
            self._compare(event, "arguments", item.arguments.said, event.item.arguments)
        elif isinstance(event.item, Message):
            said = [part.words for part in item.parts]
            told = [part.text or part.transcript or "" for part in event.item.content]
            self._compare(event, "words", said, told)

    def _part_added(self, event: ContentPartAdded) -> None:
        item = self._open_item(event, event.item_id)
        if item is None:
            return
        if event.content_index != len(item.parts):
            self._tell(
                "index",
                f"{named(event)} has the content_index {event.content_index}; the next is "
                f"{len(item.parts)}.",
            )
        kinds = _STREAMS.get(event.part.type.removeprefix("output_"), ())
        item.parts.append(_Part({kind: _Stream() for kind in kinds}))

    def _part_done(self, event: ContentPartDone) -> None:
        part = self._open_part(event)
        if part is None:
            return
        part.over = True
        for kind, stream in part.streams.items():
            if not stream.over:
                self._tell(
                    "open-part", f"{named(event)} ends a content part before its {kind} is done."
                )
        self._compare(event, "words", part.words, event.part.text or event.part.transcript or "")

    def _delta(self, event: ContentPartEvent, kind: str, delta: str) -> None:
        stream = self._open_stream(event, kind)
        if stream is not None:
            stream.said += delta

    def _stream_done(self, event: ContentPartEvent, kind: str, told: str) -> None:
        stream = self._open_stream(event, kind)
        if stream is not None:
            stream.over = True
            self._compare(event, kind, stream.said, told)

    def _arguments_delta(self, event: FunctionCallArgumentsDelta | McpCallArgumentsDelta) -> None:
        arguments = self._open_arguments(event)
        if arguments is not None:
            arguments.said += event.delta

    def _arguments_done(self, event: FunctionCallArgumentsDone | McpCallArgumentsDone) -> None:
        arguments = self._open_arguments(event)
        if arguments is not None:
            arguments.over = True
            self._compare(event, "arguments", arguments.said, event.arguments)

    def _running(self, event: Any, item_id: str = "") -> _Output:
        output = self._outputs.get(event.response_id)
        if output is None:
            self._tell(
                "response-begin",
                f"{named(event)} belongs to response {event.response_id}, which no "
                "response.created began.",
            )
            output = _Output()
            self._outputs.remember(event.response_id, output)
        elif output.done is not None and not output.awaits(item_id):
            self._tell(
                "after-done",
                f"{named(event)} comes after {named(output.done)}, the end of response "
                f"{event.response_id}.",
            )
        return output

    def _open_item(self, event: Any, item_id: str) -> _Item | None:
        item = self._running(event, item_id).items.get(item_id)
        if item is None:
            self._tell(
                "open-item",
                f"{named(event)} belongs to item {item_id}, which response {event.response_id} "
                "did not begin.",
            )
            return None
        if item.over:
            self._tell("open-item", f"{named(event)} comes after the end of item {item_id}.")
        if item.index != event.output_index:
            self._tell(
                "index",
                f"{named(event)} has the output_index {event.output_index}, but item {item_id} "
                f"has {item.index}.",
            )
        return item

    def _open_part(self, event: ContentPartEvent) -> _Part | None:
        item = self._open_item(event, event.item_id)
        if item is None:
            return None
        place = f"content part {event.content_index} of item {event.item_id}"
        if not 0 <= event.content_index < len(item.parts):
            self._tell("open-part", f"{named(event)} belongs to {place}, which was not added.")
            return None
        part = item.parts[event.content_index]
        if part.over:
            self._tell("open-part", f"{named(event)} comes after the end of {place}.")
        return part

    def _open_stream(self, event: ContentPartEvent, kind: str) -> _Stream | None:
        part = self._open_part(event)
        if part is None:
            return None
        stream = part.streams.get(kind)
        if stream is None:
            self._tell("open-part", f"{named(event)} belongs to a content part without {kind}.")
        elif stream.over:
            self._tell("open-part", f"{named(event)} comes after the {kind} was done.")
        return stream

    def _open_arguments(self, event: Any) -> _Stream | None:
        item = self._open_item(event, event.item_id)
        if item is None:
            return None
        if item.arguments.over:
            self._tell("open-item", f"{named(event)} comes after the arguments were done.")
        return item.arguments

    def _compare(self, event: Any, what: str, said: Any, told: Any) -> None:
        if said != told:
            self._tell(
                "sum", f"{named(event)} tells the {what} {told!r}, but the deltas were {said!r}."
            )
