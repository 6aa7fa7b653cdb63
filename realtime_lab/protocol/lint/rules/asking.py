"""Asking for responses, and taking it back."""

from __future__ import annotations

from ...client_events import InputAudioBufferCommit, ItemCreate, ResponseCancel, ResponseCreate
from ...matching import is_beside, is_busy
from ...server_events import (
    ErrorEvent,
    InputAudioBufferCommitted,
    ResponseCreated,
)
from ..facts import Asked
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span

__all__ = [
    "CancelWithoutResponse",
    "ResponseInFlight",
    "ResponseRace",
    "ResponseUnderVad",
    "ResponseWhileActive",
]

OUTCOME_SECONDS = 5.0
"""How long an answer to a request is waited for before it counts as none."""
_BUSY = "OpenAI API reference, `response.create`: one response of the conversation at a time"


class ResponseWhileActive(Rule):
    about = About(
        id="response-while-active",
        severity="error",
        title="A response is asked for while another is active",
        why="A conversation has one response at a time. The service refuses the second with "
        "`conversation_already_has_active_response`, and the user waits for an answer that never "
        "comes.",
        instead="Wait for `response.done` before the next `response.create`; to answer something "
        "else at once, send `response.cancel` and wait for its `response.done`.",
        source=_BUSY + "; the error as recorded of the service",
    )

    def handlers(self) -> Handlers:
        return {
            ResponseCreate: self._asked,
            ResponseCreated: self._created,
            ErrorEvent: self._refused,
        }

    def _asked(self, event: ResponseCreate, record: Record) -> None:
        active = self.facts.responses.active
        may = is_beside(event) or (event.response and event.response.cancel_previous is True)
        if active is not None and active.cancel is None and not may:
            self.later(OUTCOME_SECONDS, lambda: self._expect_outcome(record))

    def _refused(self, event: ErrorEvent, record: Record) -> None:
        asked = self.facts.responses.refused_by(event)
        if asked is not None and asked.active is not None and is_busy(event):
            self._tell(asked, "it was refused; wait for response.done", record)

    def _created(self, event: ResponseCreated, record: Record) -> None:
        asked = self.facts.responses.answered_by(event.response)
        if asked is not None and _is_early(asked):
            self._tell(
                asked,
                f"{event.response.id} began all the same {span(self.since(asked.record))} later; "
                "do not rely on it, and wait for response.done",
                record,
            )

    def _expect_outcome(self, record: Record) -> None:
        asked = next((a for a in self.facts.responses.pending if a.record is record), None)
        if asked is not None and not self.is_explained(record):
            self._tell(asked, "nothing came of it; wait for response.done", None)

    def _tell(self, asked: Asked, outcome: str, shown: Record | None) -> None:
        active = asked.active
        assert active is not None
        after = asked.record.seconds - active.begun.seconds
        self.tell(
            asked.record,
            f"response.create {span(after)} after {active.id} became active; {outcome}.",
            active.begun,
            shown,
        )


def _is_early(asked: Asked) -> bool:
    may = asked.event.response and asked.event.response.cancel_previous is True
    return not asked.beside and not may and asked.active is not None and asked.active.cancel is None


class ResponseInFlight(Rule):
    about = About(
        id="response-in-flight",
        severity="error",
        title="A second response is asked for before the first has begun",
        why="The first request is still on its way. When it arrives its response becomes active, "
        "and the second is refused.",
        instead="Keep one request in flight: wait for `response.created` and `response.done`, or "
        "for the `error` that refuses it, before the next `response.create`.",
        source=_BUSY,
    )

    def handlers(self) -> Handlers:
        return {ResponseCreate: self._asked}

    def _asked(self, event: ResponseCreate, record: Record) -> None:
        responses = self.facts.responses
        waiting = responses.waiting
        if is_beside(event) or responses.active is not None or waiting is None:
            return
        after = self.since(waiting.record)
        if after <= OUTCOME_SECONDS:
            self.tell(
                record,
                f"response.create {span(after)} after another, which has neither a response nor a "
                "refusal yet; only one of them can be answered.",
                waiting.record,
            )


class ResponseUnderVad(Rule):
    about = About(
        id="response-under-vad",
        severity="error",
        title="A response is asked for that turn detection creates by itself",
        why="With `create_response` on, the service answers each turn that it detects. A "
        "`response.create` for the same turn is one too many: it is refused, or the user is "
        "answered twice.",
        instead="Leave the asking to turn detection, or set `create_response` to false and ask "
        "for each response yourself.",
        source="OpenAI, voice activity detection guide: `create_response`",
    )

    _owed: tuple[InputAudioBufferCommitted, Record] | None = None

    def handlers(self) -> Handlers:
        return {
            InputAudioBufferCommitted: self._committed,
            InputAudioBufferCommit: self._settled,
            ItemCreate: self._settled,
            ResponseCreated: self._settled,
            ResponseCreate: self._asked,
        }

    def _committed(self, event: InputAudioBufferCommitted, record: Record) -> None:
        by_service = not self.facts.user_audio.is_commit_pending
        owes = by_service and self.facts.settings.answers and self.facts.responses.active is None
        self._owed = (event, record) if owes else None

    def _settled(self, *_: object) -> None:
        self._owed = None

    def _asked(self, event: ResponseCreate, record: Record) -> None:
        owed, self._owed = self._owed, None
        if owed is None or is_beside(event):
            return
        committed, shown = owed
        if self.since(shown) <= OUTCOME_SECONDS:
            self.tell(
                record,
                f"response.create {span(self.since(shown))} after turn detection committed "
                f"{committed.item_id}, which the service answers by itself.",
                shown,
            )


class ResponseRace(Rule):
    about = About(
        id="response-race",
        severity="warning",
        title="A response of the service's own came before the one that was asked for",
        why="The service began a response (turn detection does) while the request was on its way. "
        "The request was refused, and what it was for has no answer.",
        instead="Ask again when the active response is done, or set `create_response` to false.",
        source=_BUSY + "; reported by users of several clients",
    )

    def handlers(self) -> Handlers:
        return {ErrorEvent: self._refused}

    def _refused(self, event: ErrorEvent, record: Record) -> None:
        asked = self.facts.responses.refused_by(event)
        if asked is None or asked.active is not None or not is_busy(event):
            return
        if self.is_explained(asked.record):
            return
        active = self.facts.responses.active
        began = ""
        if active is not None:
            after = active.begun.seconds - asked.record.seconds
            began = f": {active.id} had begun" + (f" {span(after)} later" if after > 0 else "")
        self.tell(
            asked.record,
            f"response.create was refused though no response was known to be active{began}; "
            "perhaps turn detection answers as well.",
            record,
            active.begun if active else None,
        )


class CancelWithoutResponse(Rule):
    about = About(
        id="cancel-without-response",
        severity="advice",
        title="A cancel with nothing to cancel",
        why="The service answers with the error `response_cancel_not_active`. It does no harm, but "
        "says that the client has lost count of its responses; what still sounds is in the "
        "player, and no cancel stops that.",
        instead="Cancel only between `response.created` and `response.done`; afterwards stop the "
        "player and send `conversation.item.truncate`.",
        source="OpenAI API reference, `response.cancel`; the error as recorded of the service",
    )

    _committed_at: Record | None = None

    def handlers(self) -> Handlers:
        return {
            InputAudioBufferCommitted: self._committed,
            ResponseCreated: self._begun,
            ResponseCancel: self._cancelled,
        }

    def _committed(self, _: InputAudioBufferCommitted, record: Record) -> None:
        """A response to it may be about to begin."""
        self._committed_at = record

    def _begun(self, *_: object) -> None:
        self._committed_at = None

    def _cancelled(self, event: ResponseCancel, record: Record) -> None:
        responses = self.facts.responses
        named = event.response_id if isinstance(event.response_id, str) else ""
        ended = responses.ended.get(named)
        if named and ended is not None:
            after = span(self.since(ended))
            self.tell(record, f"response.cancel {after} after {named} was done.", ended)
        elif not named and self._nothing_to_cancel():
            last = next(reversed(responses.ended.items()), None)
            if last is None:
                self.tell(record, "response.cancel before any response was asked for.")
            else:
                self.tell(
                    record,
                    f"response.cancel while no response is active; the last one, {last[0]}, was "
                    f"done {span(self.since(last[1]))} before.",
                    last[1],
                )

    def _nothing_to_cancel(self) -> bool:
        responses, settings = self.facts.responses, self.facts.settings
        coming = self._committed_at is not None and settings.answers is not False
        begun = settings.created is not None
        return begun and not coming and responses.active is None and responses.waiting is None
