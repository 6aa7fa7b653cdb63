"""What the model answered and called, and what was played of it, on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ...protocol import (
    FunctionCall,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    ItemCreate,
    ItemDeleted,
    ItemRetrieved,
    ItemTruncated,
    McpCall,
    McpCallCompleted,
    McpCallFailed,
    McpCallInProgress,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
)
from ..entry import Mark
from ..latency.moments import PLAYBACK_STARTED
from ..publishing.formats import Formats
from ..turns.heard import Spoken, SpokenItems
from .audio_facts import AudioFact
from .lane_drafts import Draft, Drafts, Handlers, Instant
from .tracks import ModelTrack

__all__ = ["ModelLanes", "ToolLane"]

LOST = "lost"


class ModelLanes:
    """The responses, what came of them, and what was played: ``response``, ``sent``, ``played``."""

    def __init__(self, drafts: Drafts, formats: Formats) -> None:
        self._drafts = drafts
        self._formats = formats
        self._spoken = SpokenItems(formats)
        self._track = ModelTrack()

    def sounds(self) -> dict[str, tuple[float, float]]:
        """From where to where each item sounds."""
        found = ((item_id, self._track.span_of(item_id)) for item_id in self.spoken)
        return {item_id: span for item_id, span in found if span is not None}

    @property
    def spoken(self) -> Mapping[str, Spoken]:
        """What the model said, by item."""
        return self._spoken.items

    def text(self, draft: Draft) -> str:
        """What was said in a span, or how a response ended."""
        item = self.spoken.get(draft.item_id or "")
        if item is None:
            return draft.text
        return item.said if draft.lane == "sent" else item.heard.text

    def end(self, draft: Draft) -> float | None:
        """Where a span ends: played is an item to its end, or to where it was cut off."""
        name = draft.item_id or ""
        item = self.spoken.get(name)
        if draft.lane == "response" or item is None:
            return draft.end
        if self._drafts.is_under_way("sent", name) and item.heard_ms is None:
            return None
        sounds = self._track.span_of(name) if draft.lane == "played" else None
        return sounds[1] if sounds else draft.end

    def _words(self, now: Instant, event: object) -> None:
        self._spoken.apply(event)

    def _begun(self, now: Instant, event: ResponseCreated) -> None:
        self._response(now, event.response)

    def _response(self, now: Instant, response: Response) -> None:
        name = response.id
        if self._drafts.known("response", name) is None:
            fields = {"text": response.status, "response_id": name}
            self._drafts.begin("response", name, now, now.at, **fields)

    def _done(self, now: Instant, event: ResponseDone) -> None:
        response = event.response
        self._response(now, response)
        draft = self._drafts.end("response", response.id, now.at)
        if draft is not None:
            reason = response.status_details.reason if response.status_details else None
            draft.text = f"{response.status} ({reason})" if reason else response.status
        for item_id, sent in self._drafts.under_way("sent"):
            if sent.response_id == response.id:
                self._all_sent(item_id)

    def _response_lost(self, now: Instant, event: Mark) -> None:
        if event.type in ModelTrack.CONCERNS:
            self._track.note(event, now.at)
        draft = self._drafts.end("response", str(event.data.get("response_id")), now.at)
        if draft is not None:
            draft.text = LOST

    def _piece(self, now: Instant, event: OutputAudioDelta | OutputTextDelta) -> None:
        self._spoken.apply(event)
        if isinstance(event, OutputAudioDelta):
            ids = (event.item_id, event.response_id)
            fact = AudioFact(now.seq, now.at, "model", len(event.delta), *ids)
            self._track.add(fact, now.at, self._formats.of("model", event.response_id))
        key = event.item_id
        draft = self._drafts.known("sent", key)
        if draft is None:
            ids = {"item_id": key, "response_id": event.response_id}
            draft = self._drafts.begin("sent", key, now, now.at, **ids)
        draft.end = now.at

    def _piece_done(self, now: Instant, event: OutputAudioDone | OutputTextDone) -> None:
        self._spoken.apply(event)
        self._all_sent(event.item_id)

    def _all_sent(self, item_id: str) -> None:
        draft = self._drafts.known("sent", item_id)
        if draft is not None and draft.end is not None:
            self._drafts.end("sent", item_id, draft.end)

    def _heard(self, now: Instant, event: Mark) -> None:
        self._spoken.apply(event)
        self._track.note(event, now.at)

    def _played(self, now: Instant, event: Mark) -> None:
        self._track.note(event, now.at)
        item_id = str(event.data.get("item_id", ""))
        item = self.spoken.get(item_id)
        ids = {"item_id": item_id, "response_id": item.response_id if item else None}
        self._drafts.begin("played", item_id, now, now.at, **ids)

    def _lost(self, now: Instant, event: Mark) -> None:
        for item_id, _ in self._drafts.under_way("sent"):
            self._all_sent(item_id)
        for key, draft in self._drafts.under_way("response"):
            self._drafts.end("response", key, now.at)
            draft.text = LOST

    HANDLERS: ClassVar[Handlers] = {
        ResponseCreated.type: _begun,
        ResponseDone.type: _done,
        OutputAudioDelta.type: _piece,
        OutputTextDelta.type: _piece,
        OutputAudioDone.type: _piece_done,
        OutputTextDone.type: _piece_done,
        OutputTranscriptDelta.type: _words,
        OutputTranscriptDone.type: _words,
        ItemTruncated.type: _words,
        ItemDeleted.type: _words,
        ItemRetrieved.type: _words,
        "lab.interrupted": _heard,
        PLAYBACK_STARTED: _played,
        "lab.cut_off": _response_lost,
        "lab.response_lost": _response_lost,
        "lab.connection_lost": _lost,
        "lab.closed": _lost,
    }


class ToolLane:
    """The calls of tools, each from its arguments to its output: ``tools``."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def text(self, draft: Draft) -> str:
        """The call."""
        return draft.text

    def end(self, draft: Draft) -> float | None:
        """When its output was sent."""
        return draft.end

    def _arguments(self, now: Instant, event: FunctionCallArgumentsDone) -> None:
        if event.name:
            call = FunctionCall(name=event.name, call_id=event.call_id, arguments=event.arguments)
            call.id = event.item_id
            self._call(now, call, event.response_id)

    def _item_done(self, now: Instant, event: OutputItemDone) -> None:
        item = event.item
        if isinstance(item, FunctionCall):
            self._call(now, item, event.response_id)
        elif isinstance(item, McpCall) and (draft := self._drafts.known("tools", str(item.id))):
            draft.text = f"{item.name}({item.arguments})"
            draft.response_id = event.response_id

    def _done(self, now: Instant, event: ResponseDone) -> None:
        for item in event.response.output:
            if isinstance(item, FunctionCall):
                self._call(now, item, event.response.id)

    def _call(self, now: Instant, call: FunctionCall, response_id: str) -> None:
        key = str(call.call_id)
        if self._drafts.known("tools", key) is None:
            draft = self._drafts.begin("tools", key, now, now.at, response_id=response_id)
            draft.text = f"{call.name}({call.arguments})"
            draft.item_id = call.id if isinstance(call.id, str) else None

    def _output(self, now: Instant, event: ItemCreate) -> None:
        if isinstance(event.item, FunctionCallOutput):
            self._drafts.end("tools", event.item.call_id, now.at)

    def _remote_begun(self, now: Instant, event: McpCallInProgress) -> None:
        self._drafts.begin("tools", event.item_id, now, now.at, item_id=event.item_id)

    def _remote_ended(self, now: Instant, event: McpCallCompleted | McpCallFailed) -> None:
        self._drafts.end("tools", event.item_id, now.at)

    HANDLERS: ClassVar[Handlers] = {
        FunctionCallArgumentsDone.type: _arguments,
        OutputItemDone.type: _item_done,
        ResponseDone.type: _done,
        ItemCreate.type: _output,
        McpCallInProgress.type: _remote_begun,
        McpCallCompleted.type: _remote_ended,
        McpCallFailed.type: _remote_ended,
    }
