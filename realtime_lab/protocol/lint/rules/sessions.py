"""The session as a whole: its end, its kind, its transport."""

from __future__ import annotations

from ...client_events import OutputAudioBufferClear, ResponseCreate
from ...server_events import ErrorEvent, SessionCreated
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span

__all__ = ["ClearOnWebSocket", "ResponseInTranscription", "SessionExpired", "SessionExpires"]

NEAR_SECONDS, NEAR_SHARE = 30.0, 0.1


class SessionExpires(Rule):
    about = About(
        id="session-expires",
        severity="warning",
        title="The session is about to expire",
        why="At `expires_at` the service closes it, in the middle of a word if need be. A session "
        "cannot be prolonged or resumed.",
        instead="Read `expires_at`, open the next session between two turns, and tell it the items "
        "of the old one.",
        source="OpenAI API reference, `session.created`: `expires_at`; 15 to 60 minutes, by "
        "service and year",
    )

    def handlers(self) -> Handlers:
        return {SessionCreated: self._created}

    def _created(self, event: SessionCreated, record: Record) -> None:
        end, wall = event.session.expires_at, self.facts.origin.wall
        if not isinstance(end, int | float) or wall is None:
            return
        remaining = end - wall - record.seconds
        near = min(NEAR_SECONDS, NEAR_SHARE * remaining)
        if remaining > 0:
            self.later(remaining - near, lambda: self._expect_another(record, near))

    def _expect_another(self, record: Record, near: float) -> None:
        if not self.facts.origin.moving and self.facts.settings.created is record:
            self.tell(
                record,
                f"The session ends in {span(near)}, {span(self.since(record) + near)} after it "
                "began, and is still in use.",
            )


class SessionExpired(Rule):
    about = About(
        id="session-expired",
        severity="error",
        title="The session expired",
        why="The service closed it at its longest duration: what was under way is lost, and the "
        "next session knows nothing of this one. Some clients take the close (1001) for a normal "
        "end.",
        instead="Open the next session before `expires_at`, and tell it the items of the old one.",
        source="the error `session_expired` as recorded of the service",
    )

    def handlers(self) -> Handlers:
        return {ErrorEvent: self._error}

    def _error(self, event: ErrorEvent, record: Record) -> None:
        if event.error.code == "session_expired":
            created, active = self.facts.settings.created, self.facts.responses.active
            after = f" after {span(self.since(created))}" if created else ""
            cut = f"; {active.id} was cut off" if active else ""
            self.tell(
                record,
                f"The session expired{after}{cut}.",
                created,
                active.begun if active else None,
            )


class ResponseInTranscription(Rule):
    about = About(
        id="response-in-transcription",
        severity="error",
        title="A response is asked for where the session only transcribes",
        why="A transcription session writes down what is said and answers nothing.",
        instead="Open a session of type `realtime` for conversation.",
        source="OpenAI, realtime transcription guide",
    )

    def handlers(self) -> Handlers:
        return {ResponseCreate: self._asked}

    def _asked(self, _: ResponseCreate, record: Record) -> None:
        settings = self.facts.settings
        if settings.kind == "transcription":
            self.tell(
                record, "response.create in a session of type transcription.", settings.created
            )


class ClearOnWebSocket(Rule):
    about = About(
        id="clear-on-websocket",
        severity="error",
        title="output_audio_buffer.clear over a WebSocket",
        why="Over a WebSocket the service plays nothing, so that it has nothing to clear: it "
        "refuses the event, and the player goes on.",
        instead="Stop your own player, send `response.cancel` and `conversation.item.truncate`.",
        source="OpenAI API reference, `output_audio_buffer.clear`: WebRTC and SIP only",
    )

    def handlers(self) -> Handlers:
        return {OutputAudioBufferClear: self._clear}

    def _clear(self, _: OutputAudioBufferClear, record: Record) -> None:
        spoken, last = self.facts.listening.any_speech, self.facts.user_audio.last
        shown = spoken or last
        if shown is not None:
            what = "the model's" if spoken else "the user's"
            self.tell(
                record,
                f"output_audio_buffer.clear where {what} audio comes as events, as over a "
                "WebSocket.",
                shown,
            )
