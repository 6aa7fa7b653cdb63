"""What the service does wrong, and what it complains of."""

from __future__ import annotations

from typing import Any

from ...client_events import CLIENT_EVENTS, ClientEvent
from ...recent import Recent
from ...rules import StreamChecker
from ...server_events import (
    SERVER_EVENTS,
    ErrorEvent,
    OutputAudioDelta,
    ServerEvent,
    SessionCreated,
)
from ..finding import About
from ..record import Handlers, MarkLike, Record
from ..rule import Rule, span
from .words import code_of

__all__ = ["AudioBehindPlayback", "ErrorIgnored", "ServiceOutOfOrder"]

BEHIND_SECONDS = 0.25
REACTION_SECONDS = 5.0
LEAST_SECONDS = 1.0
"""The same where the log ends."""
MOST_OF_A_KIND = 3
HARMLESS = frozenset({"response_cancel_not_active"})
_NOT_TOLD = frozenset({"response-begin", "output", "sum", "position"})
"""What services are known to break without harm (a beginning lost in a fast interruption, deltas
left out), and what a shortened log breaks."""


class ServiceOutOfOrder(Rule):
    about = About(
        id="service-out-of-order",
        severity="warning",
        title="The service broke the order of its own events",
        why="An event came twice, after the end of what it belongs to, or without what has to come "
        "before: a client that relies on the order plays, shows or runs something twice, or "
        "nothing.",
        instead="Drop an event whose `event_id` was seen, and whatever belongs to a response or an "
        "item that has ended.",
        source="OpenAI API reference, order of server events; recorded streams of both dialects",
    )

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._checker: StreamChecker | None = None
        self._counts: dict[str, int] = {}

    def handlers(self) -> Handlers:
        kinds = dict.fromkeys((k for k in SERVER_EVENTS if k is not SessionCreated), self._check)
        return {SessionCreated: self._begin, **kinds}

    def _begin(self, event: SessionCreated, record: Record) -> None:
        if not self.facts.origin.moving:
            self._checker = StreamChecker(self.facts.origin.dialect)
            self._check(event, record)

    def _check(self, event: ServerEvent, record: Record) -> None:
        if self.facts.origin.moving or self.facts.origin.has_gaps:
            # Two connections tell their events at the same time, or some are missing.
            self._checker = None
        if self._checker is None:
            return
        violations = [v for v in self._checker.apply(event) if v.rule not in _NOT_TOLD]
        if violations:
            first = violations[0]
            self._counts[first.rule] = self._counts.get(first.rule, 0) + 1
            if self._counts[first.rule] <= MOST_OF_A_KIND:
                self.tell(record, first.message)


class ErrorIgnored(Rule):
    about = About(
        id="error-ignored",
        severity="warning",
        title="An error that nothing came of",
        why="An `error` event says that something was not done, while the session goes on: whoever "
        "waits for what was asked waits in vain.",
        instead="Look up the event that `error.event_id` names, and tell whoever asked for it; ask "
        "again where the error is one of the server.",
        source="OpenAI API reference, `error`",
    )

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._last: dict[str, Record] = {}
        """The last event of each kind that the client sent."""
        self._open: Recent[int, tuple[ErrorEvent, Record, Record]] = Recent()
        """Errors to which a reaction may come, with what caused them."""

    def handlers(self) -> Handlers:
        return {
            ErrorEvent: self._error,
            "lab.lost_race": self._lost_race,
            **dict.fromkeys(CLIENT_EVENTS, self._sent),
        }

    def ended(self) -> None:
        for seq, (_, record, _) in list(self._open.items()):
            if self.since(record) >= LEAST_SECONDS:
                self._expect_reaction(seq)

    def _sent(self, event: ClientEvent, record: Record) -> None:
        self._last[event.type] = record

    def _lost_race(self, mark: MarkLike, _: Record) -> None:
        """The client says that the error came of a race, and means no harm."""
        named = mark.data.get("event_id")
        for seq, (error, _, _) in list(self._open.items()):
            if error.error.event_id == named:
                del self._open[seq]

    def _error(self, event: ErrorEvent, record: Record) -> None:
        cause = self.facts.sent.cause_of(event)
        if event.error.code in HARMLESS or self.is_explained(record):
            return
        if cause is not None:
            self._open.remember(record.seq, (event, record, cause))
            self.later(REACTION_SECONDS, lambda: self._expect_reaction(record.seq))
            return
        named = event.error.event_id
        of = f"about {named}, which is not in the log" if named else "that names no event"
        self.tell(record, f"An error ({_told(event)}) {of}.")

    def _expect_reaction(self, seq: int) -> None:
        if seq not in self._open:
            return
        event, record, cause = self._open.pop(seq)
        again = self._last.get(cause.event.type)
        has_reacted = again is not None and again.seq > seq
        if has_reacted or self.is_explained(record) or self.is_explained(cause):
            return
        self.tell(
            record,
            f"{cause.event.type} was refused ({_told(event)}), and {span(self.since(record))} "
            "later nothing has been sent in its place.",
            cause,
        )


def _told(event: ErrorEvent) -> str:
    error = event.error
    return code_of(error.type, error.code) + (f", {error.param}" if error.param else "")


class AudioBehindPlayback(Rule):
    about = About(
        id="audio-behind-playback",
        severity="warning",
        title="Speech comes slower than it is played",
        why="A player that began with the first audio has run dry: the voice stutters.",
        instead="Let the player gather 100 to 200 ms before it begins, and look for what delays "
        "the events: a blocked event loop, a slow network, a busy service.",
        source="reported by users of browser clients; services send audio faster than it is played",
    )

    def handlers(self) -> Handlers:
        return {OutputAudioDelta: self._audio}

    def _audio(self, event: OutputAudioDelta, record: Record) -> None:
        if self._told:
            return
        item = self.facts.items.known.get(event.item_id)
        if item is None or item.first_audio is None or not item.bytes_per_ms:
            return
        passed = record.seconds - item.first_audio.seconds
        behind = passed - item.audio_bytes / item.bytes_per_ms / 1000
        if behind > BEHIND_SECONDS and event.response_id == item.response_id:
            self.tell_once(
                record,
                f"{span(passed)} after its first audio, {item.id} had brought "
                f"{span(passed - behind)} of speech: the player was without sound for "
                f"{span(behind)}.",
                item.first_audio,
            )
