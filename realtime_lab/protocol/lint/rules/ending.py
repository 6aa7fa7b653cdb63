"""How responses end."""

from __future__ import annotations

from ...server_events import (
    ContentPartEvent,
    ErrorEvent,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTranscriptDelta,
    RateLimitsUpdated,
    ResponseCreated,
    ResponseDone,
)
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span
from .words import code_of

__all__ = [
    "RateLimitNear",
    "RateLimited",
    "ResponseFailed",
    "ResponseIncomplete",
    "ResponseNeverDone",
]

SILENT_SECONDS = 60.0
"""How long a response may say nothing before it counts as never done."""
NEAR, CLEAR = 0.1, 0.2
"""Shares of a limit: below the first little is left, above the second there is room again."""


class ResponseFailed(Rule):
    about = About(
        id="response-failed",
        severity="error",
        title="A response failed",
        why="`response.done` has the status `failed`: the user gets no answer, or half of one, and "
        "no `error` event tells so.",
        instead="Look at `status_details.error` of every `response.done`, tell the user, and ask "
        "once more where the error is one of the server.",
        source="OpenAI API reference, `response.done`",
    )

    def handlers(self) -> Handlers:
        return {ResponseDone: self._done}

    def _done(self, event: ResponseDone, record: Record) -> None:
        response = event.response
        error = response.status_details.error if response.status_details else None
        if response.status == "failed" and not is_limit(error and error.code):
            told = code_of(error and error.type, error and error.code)
            self.tell(record, f"{response.id} failed ({told}); it gave no whole answer.")


class RateLimited(Rule):
    about = About(
        id="rate-limited",
        severity="error",
        title="The rate limit was reached",
        why="The response failed before it said anything. Nothing but `response.done` tells so: a "
        "client that does not look goes silent.",
        instead="Read what is left from `rate_limits.updated` and wait `reset_seconds` before the "
        "next response; lower `max_output_tokens`, of which so much is set aside; ask for more "
        "quota.",
        source="Azure OpenAI, quotas and limits; OpenAI API reference, `rate_limits.updated`",
    )

    _last: tuple[RateLimitsUpdated, Record] | None = None

    def handlers(self) -> Handlers:
        return {
            RateLimitsUpdated: self._limits,
            ResponseDone: self._done,
            ErrorEvent: self._error,
        }

    def _limits(self, event: RateLimitsUpdated, record: Record) -> None:
        self._last = (event, record)

    def _done(self, event: ResponseDone, record: Record) -> None:
        details = event.response.status_details
        error = details.error if details else None
        if event.response.status == "failed" and error and is_limit(error.code):
            self._tell(record, f"{event.response.id} failed ({error.code})")

    def _error(self, event: ErrorEvent, record: Record) -> None:
        if is_limit(event.error.code):
            self._tell(record, f"The service refused a request ({event.error.code})")

    def _tell(self, record: Record, what: str) -> None:
        if self._last is None:
            self.tell(record, f"{what}; what is left of the limits was not told before.")
            return
        event, shown = self._last
        left = ", ".join(
            f"{one.remaining:,} of {one.limit:,} {one.name}"
            for one in event.rate_limits
            if isinstance(one.remaining, int) and isinstance(one.limit, int)
        )
        self.tell(
            record,
            f"{what}; {span(self.since(shown))} before {left or 'nothing'} were left.",
            shown,
        )


class RateLimitNear(Rule):
    about = About(
        id="rate-limit-near",
        severity="warning",
        title="The rate limit is nearly used up",
        why="The next response sets aside what it reads and the most it may write. Where that does "
        "not fit it fails, and the user hears nothing.",
        instead="Wait `reset_seconds`, set a `max_output_tokens`, or ask for more quota.",
        source="OpenAI API reference, `rate_limits.updated`; Azure OpenAI, quotas and limits",
    )

    _near: frozenset[str] = frozenset()

    def handlers(self) -> Handlers:
        return {RateLimitsUpdated: self._limits}

    def _limits(self, event: RateLimitsUpdated, record: Record) -> None:
        for one in event.rate_limits:
            left, most, name = one.remaining, one.limit, one.name
            if not isinstance(left, int) or not isinstance(most, int) or not most or not name:
                continue
            if left > CLEAR * most:
                self._near -= {name}
            elif left < NEAR * most and name not in self._near:
                self._near |= {name}
                back = one.reset_seconds
                when = f"; all are back in {span(back)}" if isinstance(back, int | float) else ""
                self.tell(record, f"{left:,} of {most:,} {name} are left{when}.")


class ResponseIncomplete(Rule):
    about = About(
        id="response-incomplete",
        severity="warning",
        title="A response was cut off",
        why="The answer ended at `max_output_tokens`, or a content filter stopped it. It ends in "
        "the middle of a sentence, and a call in it has half its arguments.",
        instead="Raise `max_output_tokens` or ask for shorter answers; tell the user when a filter "
        "stopped it; run no call of such a response.",
        source="OpenAI API reference, `response.done`: `status_details`",
    )

    def handlers(self) -> Handlers:
        return {ResponseDone: self._done}

    def _done(self, event: ResponseDone, record: Record) -> None:
        response = event.response
        if response.status == "incomplete":
            reason = (response.status_details.reason if response.status_details else "") or ""
            used = response.usage.output_tokens if response.usage else None
            tokens = f" after {used:,} tokens" if used else ""
            self.tell(record, f"{response.id} was cut off{tokens} ({reason or 'no reason told'}).")


class ResponseNeverDone(Rule):
    about = About(
        id="response-never-done",
        severity="error",
        title="A response has no end",
        why="A client that waits for `response.done` waits for ever: every later request of it is "
        "held back.",
        instead="Give up waiting after a time of your own, cancel the response, and go on.",
        source="OpenAI API reference: every `response.created` has its `response.done`",
    )

    _last_said: Record | None = None

    def handlers(self) -> Handlers:
        return {
            ResponseCreated: self._created,
            OutputAudioDelta: self._said,
            OutputTextDelta: self._said,
            OutputTranscriptDelta: self._said,
        }

    def _created(self, event: ResponseCreated, record: Record) -> None:
        response_id = event.response.id
        self.later(SILENT_SECONDS, lambda: self._expect_done(response_id, record))

    def _said(self, _: ContentPartEvent, record: Record) -> None:
        self._last_said = record

    def _expect_done(self, response_id: str, begun: Record) -> None:
        running = self.facts.responses.running(response_id)
        if running is None or running.begun is not begun:
            return
        last = self._last_said
        if last is None or last.seconds < begun.seconds:
            last = begun
        silent = self.since(last)
        if silent < SILENT_SECONDS:
            self.later(SILENT_SECONDS - silent, lambda: self._expect_done(response_id, begun))
            return
        self.tell(
            begun,
            f"{response_id} has no response.done {span(self.since(begun))} after it began; it has "
            f"said nothing for {span(silent)}.",
            last,
        )


def is_limit(code: object) -> bool:
    """Whether an error tells of a limit of use."""
    return isinstance(code, str) and ("rate_limit" in code or code == "insufficient_quota")
