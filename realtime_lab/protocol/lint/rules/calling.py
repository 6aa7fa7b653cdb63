"""Calls of functions and their outputs."""

from __future__ import annotations

from typing import Any

from ...client_events import ItemCreate, ResponseCreate
from ...items import FunctionCallOutput
from ...matching import calls_to_answer, is_beside
from ...server_events import ResponseCreated, ResponseDone, SpeechStarted
from ..facts import Call
from ..facts.listening import INTERRUPTED
from ..finding import About
from ..record import Handlers, MarkLike, Record
from ..rule import Rule, span
from .owing import HELD_BACK
from .words import listed

__all__ = [
    "CallUnanswered",
    "OutputBeforeDone",
    "OutputNotAsked",
    "OutputTwice",
    "OutputUnknownCall",
    "ResponseForEachOutput",
]

ANSWER_SECONDS = 30.0
"""How long a tool may take before its call counts as unanswered."""
LEAST_SECONDS = 5.0
"""The same where the log ends."""
ASK_SECONDS = 5.0
_TOOLS = "OpenAI, realtime conversations guide: function calling"


class _OfOutput(Rule):
    """Looks at the outputs that a client sends."""

    def handlers(self) -> Handlers:
        return {ItemCreate: self._created}

    def _created(self, event: ItemCreate, record: Record) -> None:
        if isinstance(event.item, FunctionCallOutput):
            self.look(event.item.call_id, record)

    def look(self, call_id: str, record: Record) -> None:
        """Judge one of them."""


class OutputBeforeDone(_OfOutput):
    about = About(
        id="output-before-done",
        severity="warning",
        title="A tool's output is sent before its response is done",
        why="The call is still part of an active response, which may make more calls. A "
        "`response.create` sent along is refused, and the output is never spoken of.",
        instead="Run calls when `response.done` lists them; send all outputs, then one "
        "`response.create`.",
        source=f"{_TOOLS}; reported by users of several clients",
    )

    def look(self, call_id: str, record: Record) -> None:
        call = self.facts.items.calls.get(call_id)
        running = self.facts.responses.running(call.response_id) if call else None
        if call is not None and running is not None:
            self.tell(
                record,
                f"The output of {call_id} ({call.name}) was sent while {running.id}, which made "
                "the call, was active.",
                call.record,
            )


class OutputTwice(_OfOutput):
    about = About(
        id="output-twice",
        severity="error",
        title="A call is answered twice",
        why="The same call is told in three events (`response.function_call_arguments.done`, "
        "`response.output_item.done`, `response.done`); a client that acts on more than one of "
        "them runs the tool again, and the model reads two results.",
        instead="Keep the `call_id`s that were run, and act on one kind of event.",
        source=f"{_TOOLS}; reported by users of several clients",
    )

    def look(self, call_id: str, record: Record) -> None:
        call = self.facts.items.calls.get(call_id)
        if call is not None and call.output is not None and call.output is not record:
            self.tell(
                record,
                f"The output of {call_id} ({call.name}) was sent again, "
                f"{span(self.since(call.output))} after the first.",
                call.output,
            )


class OutputUnknownCall(_OfOutput):
    about = About(
        id="output-unknown-call",
        severity="error",
        title="An output for a call that nobody made",
        why="The model cannot tell what it is the result of; the service refuses it, or the model "
        "goes on without it.",
        instead="Copy the `call_id` of the function call (it begins with `call_`), not the id of "
        "its item. In a new session the call itself has to be created first.",
        source=_TOOLS,
    )

    def look(self, call_id: str, record: Record) -> None:
        items = self.facts.items
        if call_id in items.calls or not items.is_complete or items.calls.forgot:
            return
        item = items.get(call_id)
        meant = " (it is the id of an item)" if item is not None else ""
        self.tell(
            record,
            f"An output was sent for {call_id}{meant}, which is no call of this session.",
            item.record if item else None,
        )


class CallUnanswered(Rule):
    about = About(
        id="call-unanswered",
        severity="warning",
        title="A call was never answered",
        why="The model waits for a result. Asked for another response it guesses one, or says that "
        "it cannot.",
        instead="Send a `function_call_output` for every call, with an error in words where the "
        "tool failed, and an interim result where it takes long.",
        source=_TOOLS,
    )

    def handlers(self) -> Handlers:
        return {ResponseDone: self._done}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._owed: dict[str, Record] = {}

    def _done(self, event: ResponseDone, record: Record) -> None:
        for item in calls_to_answer(event.response):
            call_id = str(item.call_id)
            self._owed[call_id] = record
            self.later(ANSWER_SECONDS, lambda call_id=call_id: self._look(call_id, ANSWER_SECONDS))

    def ended(self) -> None:
        for call_id in list(self._owed):
            self._look(call_id, LEAST_SECONDS)

    def _look(self, call_id: str, least: float) -> None:
        done = self._owed.get(call_id)
        if done is None or self.since(done) < least:
            return
        del self._owed[call_id]
        call = self.facts.items.calls.get(call_id)
        if call is not None and call.output is None and self.facts.sent.is_heard:
            self.tell(
                done,
                f"{call_id} ({call.name}) has no output {span(self.since(done))} after "
                f"{call.response_id} was done.",
                call.record,
            )


class OutputNotAsked(Rule):
    about = About(
        id="output-not-asked",
        severity="warning",
        title="No response is asked for after the outputs",
        why="An output in the conversation makes the model say nothing. The user asked, the tool "
        "ran, and nobody hears of it.",
        instead="Send one `response.create` when the last output of a response was sent.",
        source=_TOOLS,
    )

    _last: tuple[Call, Record] | None = None
    _is_unwanted = False
    """Whether the user has pressed stop since the last request."""

    def handlers(self) -> Handlers:
        return {
            ItemCreate: self._created,
            ResponseCreate: self._asked,
            ResponseCreated: self._clear,
            SpeechStarted: self._spoken,
            INTERRUPTED: self._interrupted,
            **dict.fromkeys(HELD_BACK, self._clear),
        }

    def _interrupted(self, mark: MarkLike, _: Record) -> None:
        if mark.data.get("by") == "stop":
            self._is_unwanted, self._last = True, None

    def _created(self, event: ItemCreate, record: Record) -> None:
        call = self.facts.items.call_answered_by(event.item)
        if call is None or not call.response_id or self._is_unwanted:
            return
        calls = self.facts.items.calls_of(call.response_id)
        if all(one.output is not None or one is call for one in calls):
            self._last = (call, record)
            self.later(ASK_SECONDS, lambda: self._expect_asked(record))

    def _asked(self, event: ResponseCreate, _: Record) -> None:
        if not is_beside(event):
            self._last, self._is_unwanted = None, False

    def _spoken(self, *_: object) -> None:
        if self.facts.settings.answers is not False:
            self._last = None

    def _clear(self, *_: object) -> None:
        self._last = None

    def _expect_asked(self, record: Record) -> None:
        if self._last is not None and self._last[1] is record:
            call, _ = self._last
            self._last = None
            self.tell(
                record,
                f"The last output of {call.response_id} was sent, and {span(self.since(record))} "
                "later nobody has asked for a response.",
                call.record,
            )


class ResponseForEachOutput(Rule):
    about = About(
        id="response-for-each-output",
        severity="warning",
        title="A response is asked for before all calls of a response are answered",
        why="One response may make several calls. Asked after each output, the model answers with "
        "some results missing, and the other requests are refused.",
        instead="Send the outputs of all calls that `response.done` lists, then one "
        "`response.create`.",
        source=_TOOLS,
    )

    _last: tuple[str, Record] | None = None
    """The response whose call was answered last."""

    def handlers(self) -> Handlers:
        return {ItemCreate: self._created, ResponseCreate: self._asked}

    def _created(self, event: ItemCreate, record: Record) -> None:
        call = self.facts.items.call_answered_by(event.item)
        self._last = (call.response_id, record) if call is not None else None

    def _asked(self, event: ResponseCreate, record: Record) -> None:
        last, self._last = self._last, None
        if last is None or is_beside(event):
            return
        response_id, shown = last
        calls = self.facts.items.calls_of(response_id)
        open_ = [call.call_id for call in calls if call.output is None]
        if open_:
            verb = "has" if len(open_) == 1 else "have"
            self.tell(
                record,
                f"response.create after {len(calls) - len(open_)} of the {len(calls)} outputs for "
                f"{response_id}: {listed(open_)} {verb} none yet.",
                shown,
            )
