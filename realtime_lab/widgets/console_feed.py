"""What the console shows, worked out from the events of a session. No I/O, no clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..eventlog import LogEntry, Mark, turn_latency
from ..protocol import (
    ErrorEvent,
    InputAudioBufferCommitted,
    OutputAudioDelta,
    OutputTextDelta,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    shortfall,
)
from .transcript import Transcript

__all__ = ["Activity", "ConsoleFeed", "Status"]

Activity = Literal["idle", "hearing", "thinking", "speaking"]

_HARMLESS = {"response_cancel_not_active"}
"""Errors that answer a stop pressed a moment too late."""


_TOLD = {"lab.budget_reached", "lab.rate_limited", "lab.setting_ignored"}
"""Marks whose sentence the user should see."""
_WARNINGS = {"lab.budget_near", "lab.rate_limit_near"}
"""The same of what has not gone wrong yet."""

_SETTINGS = (SessionCreated, SessionUpdated)
_TIMED = (
    *_SETTINGS,
    SpeechStopped,
    InputAudioBufferCommitted,
    ResponseCreate,
    ResponseCreated,
    Mark,
)
"""What the latency of a turn is measured from, apart from its audio."""


@dataclass(slots=True)
class Status:
    """The state of a session as the console shows it.

    ``latency_ms`` is the time from the end of the user's speech (or from our request, where nothing
    was spoken) to the first audio of the last answer; `eventlog.Latency` defines both.
    """

    session: Literal["open", "reconnecting", "closed"] = "open"
    model: str = ""
    voice: str = ""
    activity: Activity = "idle"
    hands_free: bool = True
    latency_ms: float | None = None
    problem: str = ""


class ConsoleFeed:
    """Turns a session's events into the messages that keep a console up to date."""

    def __init__(self, status: Status | None = None) -> None:
        self.status = status or Status()
        self.transcript = Transcript()
        self._hearing = False
        self._playing = False
        self._response: Literal["none", "expected", "silent", "speaking"] = "none"
        self._turn: list[LogEntry] = []

    def welcome(self) -> dict[str, Any]:
        """Everything that a console which opens now has to show."""
        lines = [line.message() for line in self.transcript]
        return {"type": "welcome", "status": asdict(self.status), "lines": lines}

    def apply(self, entry: LogEntry) -> list[dict[str, Any]]:
        """The messages for one event in either direction."""
        lines = [line.message() for line in self.transcript.apply(entry.event)]
        before = asdict(self.status)
        self._note_timing(entry)
        self._note(entry.event)
        return lines + self._changes(before)

    def playing(self, on: bool) -> list[dict[str, Any]]:
        """The messages for the player having, or no longer having, something to play."""
        before = asdict(self.status)
        self._playing = on
        return self._changes(before)

    def trouble(self, problem: str) -> list[dict[str, Any]]:
        """The messages for something that went wrong on this side."""
        before = asdict(self.status)
        self.status.problem = problem
        return self._changes(before)

    def _note_timing(self, entry: LogEntry) -> None:
        if isinstance(entry.event, _TIMED):
            self._turn.append(entry)
        elif isinstance(entry.event, OutputAudioDelta) and self._response == "silent":
            latency = turn_latency([*self._turn, entry])
            seconds = latency.speech_end_to_first_audio or latency.request_to_first_audio
            self.status.latency_ms = None if seconds is None else round(1000 * seconds, 1)
        elif isinstance(entry.event, ResponseDone):
            self._turn = [e for e in self._turn if isinstance(e.event, _SETTINGS)]

    def _note(self, event: object) -> None:
        match event:
            case SessionCreated() | SessionUpdated():
                self._note_settings(event.session)
            case SpeechStarted():
                self._hearing = True
            case SpeechStopped() | ResponseCreate():
                self._hearing = False
                if self._response == "none":
                    self._response = "expected"
            case ResponseCreated():
                self._response = "silent"
                self.status.problem = ""
            case OutputAudioDelta() | OutputTextDelta():
                self._response = "speaking"
            case ResponseDone():
                self._response = "none"
                self.status.problem = _failure(event.response)
            case ErrorEvent() if event.error.code not in _HARMLESS:
                self.status.problem = event.error.message
                if self._response == "expected":
                    self._response = "none"
            case Mark(type=type) if type in _TOLD:
                self.status.problem = str(event.data.get("told", ""))
            case Mark(type=type) if type in _WARNINGS and not self.status.problem:
                self.status.problem = str(event.data.get("told", ""))
            case Mark(type="lab.connection_lost"):
                self.status.session = "reconnecting"
                self._hearing, self._response = False, "none"
            case Mark(type="lab.reconnected"):
                self.status.session, self.status.problem = "open", _missing(event.data)
            case Mark(type="lab.asked_again"):
                self._response = "expected"
            case Mark(type="lab.closed"):
                self.status.session = "closed"
                self._hearing, self._response = False, "none"

    def _note_settings(self, session: SessionConfig) -> None:
        if session.model:
            self.status.model = session.model
        audio = session.audio
        if not audio:
            return
        if audio.output and isinstance(audio.output.voice, str):
            self.status.voice = audio.output.voice
        if audio.input and (audio.input.turn_detection or audio.input.turn_detection is None):
            self.status.hands_free = audio.input.turn_detection is not None

    def _activity(self) -> Activity:
        if self._hearing:
            return "hearing"
        if self._playing or self._response == "speaking":
            return "speaking"
        return "idle" if self._response == "none" else "thinking"

    def _changes(self, before: dict[str, Any]) -> list[dict[str, Any]]:
        self.status.activity = self._activity()
        after = asdict(self.status)
        changed = {name: value for name, value in after.items() if value != before[name]}
        return [{"type": "status", **changed}] if changed else []


def _missing(told: dict[str, Any]) -> str:
    """What the model does not know any more after the connection was made again."""
    missing = len(told.get("left_out", ())) + int(told.get("unconfirmed", 0))
    if not missing:
        return ""
    things = "1 thing" if missing == 1 else f"{missing} things"
    return f"The connection is back; {things} that was said could not be told again"


def _failure(response: Response) -> str:
    """Why a response failed or is not whole, and what to do; empty if all is well."""
    lack = shortfall(response)
    if lack is None:
        return ""
    failed = response.status == "failed"
    return f"{'The model could not answer' if failed else 'The answer is not whole'}: {lack}"
