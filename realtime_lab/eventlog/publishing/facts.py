"""What a log tells of how it came about: for reports, and for the methods section of a paper."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from ...audio import RATE
from ...protocol import (
    ErrorEvent,
    FunctionCall,
    InputAudioBufferAppend,
    OutputAudioDelta,
    ResponseDone,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
)
from ..entry import LogEntry, Mark
from ..timeline.timeline import Timeline, TimelineFollower
from ..turns.turn import Turn
from ..turns.turn_settings import SettingsHistory
from .formats import Formats, SampleFormat

if TYPE_CHECKING:
    from ..latency.log_waterfall import LogWaterfall
    from ..log import EventLog

__all__ = ["SERVICES", "Agreed", "Connection", "Facts", "Side", "Tally"]

SERVICES = {
    "embedded": "the embedded realtime server of realtime_lab",
    "azure": "Azure OpenAI",
    "openai": "the API of OpenAI",
    "local": "a server on the same machine",
    "other": "a server that is not named here",
    "": "an endpoint that the log does not tell",
}
"""Endpoints by their kind, without the name of any machine."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection: the kind of service (see `SERVICES`), and what was asked of it there."""

    service: str = ""
    model: str = ""
    dialect: str = ""
    api_version: str = ""
    software: str = ""
    """What this side was, with its version."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """That somebody agreed to send what is said to a service: which notice, when (ISO), how."""

    service: str
    notice: str
    date: str
    how: str


@dataclass(slots=True)
class Side:
    """The audio of one side as it was on the wire."""

    samples: int = 0
    rate: int = RATE
    pieces: int = 0

    @property
    def seconds(self) -> float:
        return self.samples / self.rate

    def add(self, count: int, format: SampleFormat) -> None:
        """One more piece of so many bytes."""
        self.rate = format.rate
        self.samples += count // format.width
        self.pieces += 1


@dataclass(slots=True)
class Tally:
    """Counts: events by direction, responses by status, errors by code, calls by tool."""

    events: Counter[str] = field(default_factory=Counter)
    responses: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)


@dataclass
class Facts:
    """Everything that is counted and told of a log. ``settings`` are all that were in force.

    The entries of ``turns`` may have silence in place of samples; `EventLog.turn` has the sound.
    """

    log: EventLog
    turns: list[Turn] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)
    connections: list[Connection] = field(default_factory=list)
    agreements: list[Agreed] = field(default_factory=list)
    settings: list[SessionConfig] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    """The settings that were asked for, the last of each."""
    tally: Tally = field(default_factory=Tally)
    user: Side = field(default_factory=Side)
    model: Side = field(default_factory=Side)

    @classmethod
    def of(cls, log: EventLog) -> Facts:
        """Read a log once, without its samples."""
        facts = cls(log)
        reader, turns, spans = _Reader(facts), _Turns(log), TimelineFollower(log.start)
        for entry in log.without_audio():
            reader.apply(entry)
            turns.apply(entry)
            spans.apply(entry)
        facts.turns = turns.found
        facts.timeline = replace(spans.timeline(log.turn_of), redaction=log.redaction)
        return facts

    @cached_property
    def waterfall(self) -> LogWaterfall:
        """How the stages of a turn are distributed over all turns."""
        return self.log.waterfall()

    @property
    def effective(self) -> SessionConfig | None:
        """The settings in force at the end."""
        return self.settings[-1] if self.settings else None

    @property
    def models(self) -> list[str]:
        """The models that answered, as the service named them, each once."""
        named = [config.model for config in self.settings if config.model]
        asked = [connection.model for connection in self.connections if connection.model]
        return list(dict.fromkeys(named or asked))

    @property
    def dialects(self) -> list[str]:
        """The dialects that were spoken, each once."""
        spoken = [connection.dialect for connection in self.connections if connection.dialect]
        return list(dict.fromkeys(spoken or [self.log.dialect]))

    @property
    def seconds(self) -> float:
        """From the beginning of the log to its last entry."""
        return self.log.elapsed(self.log[-1]) if len(self.log) else 0.0

    @property
    def speech_seconds(self) -> float:
        """How long the user spoke, by the service's turn detection or what was committed."""
        return sum(span.seconds or 0.0 for span in self.timeline.lane("user"))

    @property
    def played_seconds(self) -> float:
        """How long a player played."""
        return sum(span.seconds or 0.0 for span in self.timeline.lane("played"))


class _Turns:
    """Puts every entry into its turn, all turns in one pass."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._settings = SettingsHistory()
        self._turns: dict[int, Turn] = {}

    def apply(self, entry: LogEntry) -> None:
        self._settings.apply(entry)
        number = self._log.turn_of(entry.seq)
        if number is None:
            return
        turn = self._turns.get(number)
        if turn is None:
            settings = self._settings.before(entry.seq)
            turn = self._turns[number] = settings.turn(number, self._log.redaction)
        turn.entries.append(entry)

    @property
    def found(self) -> list[Turn]:
        return [self._turns[number] for number in sorted(self._turns)]


class _Reader:
    """Fills in what each entry tells."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._formats = Formats()

    def apply(self, entry: LogEntry) -> None:
        facts, event = self._facts, entry.event
        facts.tally.events[entry.direction] += 1
        self._formats.apply(entry)
        match event:
            case InputAudioBufferAppend():
                facts.user.add(len(event.audio), self._formats.of("user"))
            case OutputAudioDelta():
                format = self._formats.of("model", event.response_id)
                facts.model.add(len(event.delta), format)
            case SessionCreated() | SessionUpdated():
                facts.settings.append(event.session)
            case SessionUpdate():
                _merge(facts.asked, msgspec.to_builtins(event.session))
            case ResponseDone():
                facts.tally.responses[event.response.status] += 1
                calls = (i for i in event.response.output if isinstance(i, FunctionCall))
                facts.tally.calls.update(call.name for call in calls)
            case ErrorEvent():
                facts.tally.errors[event.error.code or event.error.type or "error"] += 1
            case Mark(type="lab.agreed"):
                self._agree(event)
            case Mark(type="lab.connected"):
                self._connected(event)

    def _connected(self, mark: Mark) -> None:
        names = ("model", "dialect", "api_version", "software")
        told = (str(mark.data.get(name) or "") for name in names)
        self._facts.connections.append(Connection(_service(mark), *told))

    def _agree(self, mark: Mark) -> None:
        told = (str(mark.data.get(name) or "") for name in ("notice", "date", "how"))
        agreed = Agreed(_service(mark), *told)
        if agreed not in self._facts.agreements:
            self._facts.agreements.append(agreed)


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _service(mark: Mark) -> str:
    """The kind of service that a mark tells, or that its host belongs to."""
    told, host = mark.data.get("service"), str(mark.data.get("host") or "")
    if told and told in SERVICES:
        return str(told)
    if host in ("127.0.0.1", "::1", "localhost"):
        return "local"
    if f".{host}".endswith(".openai.com"):
        return "openai"
    return "azure" if ".azure." in host else "other" if host else ""
