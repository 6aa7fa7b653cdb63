"""Faults as data: what shall go wrong, where, how often, and with which figures."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from ..errors import FaultError
from ..protocol import EVENT_NAMES, SERVER_EVENTS

__all__ = ["HANDSHAKE", "KINDS", "Fault", "Kind", "Points", "type_of"]

HANDSHAKE = "handshake"
"""The point before the first event, for ``at``: the connection is open and nothing was said."""

_CLOSE_CODES = (1000, 1001, 1002, 1003, *range(1006, 1015), *range(3000, 5000))
_STATUSES = (400, 401, 403, 404, 408, 429, 500, 502, 503, 504)
_REASON_BYTES = 123


class Points(Enum):
    """Where a kind of fault can strike."""

    CONNECTIONS = "connections"
    EVENTS = "server events"
    RESPONSES = "responses"
    TRANSCRIPTIONS = "transcriptions"


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be said of a kind of fault.

    ``parameters`` maps each name to its default: ``None`` where the kind finds one by itself, and
    `_REQUIRED` for what must be given. A kind that ``ends`` the connection can strike each one
    once. Only what ``adds`` to the events can strike before the first.
    """

    points: Points
    parameters: Mapping[str, Any]
    ends: bool = False
    adds: bool = False


_REQUIRED = object()
_TYPES: Mapping[str, type] = {
    "skip": int,
    "every": int,
    "count": int,
    "session": int,
    "probability": float,
    "ms": float,
    "min_ms": float,
    "max_ms": float,
    "audio_ms": float,
    "seconds": float,
    "lasts": float,
    "retry_after": float,
    "status": int,
}
"""Types of values; all others are texts (see `type_of`)."""

KINDS: Mapping[str, Kind] = {
    "delay": Kind(Points.EVENTS, {"ms": _REQUIRED}, adds=True),
    "jitter": Kind(Points.EVENTS, {"max_ms": _REQUIRED, "min_ms": 0.0}, adds=True),
    "drop": Kind(Points.EVENTS, {}),
    "duplicate": Kind(Points.EVENTS, {}),
    "unknown_event": Kind(Points.EVENTS, {"type": "realtime_lab.unknown"}, adds=True),
    "error": Kind(
        Points.EVENTS,
        {
            "type": "server_error",
            "code": None,
            "message": "The server had an error while processing your request.",
            "param": None,
        },
        adds=True,
    ),
    "close": Kind(
        Points.EVENTS, {"code": 1011, "reason": "", "seconds": None}, ends=True, adds=True
    ),
    "half_open": Kind(Points.EVENTS, {"lasts": 60.0, "seconds": None}, ends=True, adds=True),
    "expire": Kind(Points.EVENTS, {"seconds": None}, ends=True, adds=True),
    "refuse": Kind(
        Points.CONNECTIONS,
        {"status": 429, "code": None, "message": None, "retry_after": None},
        ends=True,
    ),
    "fail_response": Kind(
        Points.RESPONSES,
        {
            "type": "server_error",
            "code": None,
            "message": "The server had an error while processing your request.",
            "audio_ms": 0.0,
        },
    ),
    "content_filter": Kind(Points.RESPONSES, {"audio_ms": 500.0}),
    "slow_transcription": Kind(Points.TRANSCRIPTIONS, {"ms": _REQUIRED}),
    "fail_transcription": Kind(Points.TRANSCRIPTIONS, {"code": None, "message": None}),
    "drop_transcription": Kind(Points.TRANSCRIPTIONS, {}),
}


def type_of(kind: str, name: str) -> type:
    """What a value of a fault must be: ``int``, ``float`` or ``str``."""
    if name == "code":
        return int if kind == "close" else str
    return _TYPES.get(name, str)


@dataclass(frozen=True, slots=True, init=False)
class Fault:
    """Something that shall go wrong.

    Each kind has points where it can strike; ``skip`` lets the first ones pass, ``every`` takes
    each n-th from there on, ``probability`` draws whether it strikes (from the seed), and
    ``count`` says how often at most. All of that is counted in each session for itself, except
    that the ``count`` of a kind that ends a connection is of connections. ``deployment`` and
    ``session`` keep it to a deployment's name and to the n-th connection of the server (from 1,
    those that were refused included).

    What a client sees, by kind. At server events; ``at`` is a pattern of event types as
    ``response.output_audio.delta`` or ``response.*``, in the names of either dialect:

    - ``delay`` (``ms``): the event comes later. The order stays: what follows waits behind it.
    - ``jitter`` (``max_ms``, ``min_ms``): the same with a time drawn for each event.
    - ``drop``: the event never comes; for the server it was sent.
    - ``duplicate``: the event comes twice, with one and the same ``event_id``.
    - ``unknown_event`` (``type``): after the event one comes that no client knows.
    - ``error`` (``type``, ``code``, ``message``, ``param``): after the event an ``error`` that no
      event of the client caused; the session goes on.
    - ``close`` (``code``, ``reason``, ``seconds``): after the event the server closes the socket;
      1006 breaks the TCP connection off without a close frame.
    - ``half_open`` (``lasts``, ``seconds``): after the event the server neither reads nor writes
      nor answers pings, but the TCP connection stays; after ``lasts`` seconds it is broken off.
    - ``expire`` (``seconds``): after the event the session ends as at its longest duration: an
      ``error`` with code ``session_expired``, then close 1001.

    The last three can come at ``seconds`` after the beginning instead of at an event, and, as
    whatever adds to the events, before the first event (``at="handshake"``).

    At connections (those with a good key):

    - ``refuse`` (``status``, ``code``, ``message``, ``retry_after`` seconds): the handshake ends
      in that HTTP status with a body as Azure writes it.

    At responses:

    - ``fail_response`` (``type``, ``code``, ``message``, ``audio_ms``): ``response.done`` with
      status ``failed`` and that error, after so much audio (a written answer: after its first
      words), at once for 0.
    - ``content_filter`` (``audio_ms``): the same, but ``incomplete`` for ``content_filter``.

    At transcriptions of the user's words (which the model understands all the same):

    - ``slow_transcription`` (``ms``): its events come so much later.
    - ``fail_transcription`` (``code``, ``message``): ``….failed`` comes instead.
    - ``drop_transcription``: nothing comes.

    Raises:
        FaultError: for what makes no sense.
    """

    kind: str
    at: str | None
    skip: int
    every: int
    count: int | None
    probability: float
    deployment: str | None
    session: int | None
    parameters: Mapping[str, Any]

    def __init__(
        self,
        /,
        kind: str,
        *,
        at: str | None = None,
        skip: int = 0,
        every: int = 1,
        count: int | None = None,
        probability: float = 1.0,
        deployment: str | None = None,
        session: int | None = None,
        **parameters: Any,
    ) -> None:
        if kind not in KINDS:
            raise FaultError(f"there is no fault {kind!r}; there are {_listed(KINDS)}", "kind")
        _check_parameters(kind, parameters)
        values = {
            "kind": kind,
            "at": at,
            "skip": _whole("skip", skip, 0),
            "every": _whole("every", every, 1),
            "count": None if count is None else _whole("count", count, 1),
            "probability": _number("probability", probability, 1.0),
            "deployment": None if deployment is None else _text("deployment", deployment),
            "session": None if session is None else _whole("session", session, 1),
            "parameters": {name: _checked(kind, name, value) for name, value in parameters.items()},
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if at is not None:
            self._check_place(_text("at", at))
        if self["min_ms"] is not None and self["min_ms"] > self["max_ms"]:
            raise FaultError("min_ms is more than max_ms", "min_ms")

    def __getitem__(self, name: str) -> Any:
        """The value of a parameter, given or default; ``None`` for what the kind does not have."""
        return self.parameters.get(name, KINDS[self.kind].parameters.get(name))

    def __hash__(self) -> int:
        return hash(str(self))

    def matches(self, event_type: str) -> bool:
        """Whether an event of that (GA) type is one of its points."""
        if self["seconds"] is not None or KINDS[self.kind].points is not Points.EVENTS:
            return False
        return event_type in _matching(self.at or "*")

    def as_dict(self) -> dict[str, Any]:
        """As JSON: ``kind`` and whatever differs from the defaults."""
        return {
            name: value
            for name, value in (*_own_values(self), *self.parameters.items())
            if value != _OWN_DEFAULTS.get(name)
        }

    def __str__(self) -> str:
        """As one writes it on a command line: ``close:code=1011,at=response.created``."""
        values = self.as_dict()
        kind = values.pop("kind")
        pairs = ",".join(f"{name}={_quoted(value)}" for name, value in values.items())
        return f"{kind}:{pairs}" if pairs else kind

    def __repr__(self) -> str:
        values = self.as_dict()
        kind = values.pop("kind")
        return f"Fault({', '.join([repr(kind), *(f'{n}={v!r}' for n, v in values.items())])})"

    def _check_place(self, at: str) -> None:
        kind = KINDS[self.kind]
        if kind.points is not Points.EVENTS:
            raise FaultError(f"{self.kind} strikes at {kind.points.value}: it takes no 'at'", "at")
        if self["seconds"] is not None:
            raise FaultError(f"{self.kind} takes either 'at' or 'seconds', not both", "at")
        if at == HANDSHAKE and not kind.adds:
            raise FaultError(f"{self.kind} needs an event, there is none at the handshake", "at")
        if not _matching(at):
            raise FaultError(f"no server event is called {at!r}", "at")


_OWN_DEFAULTS = {"skip": 0, "every": 1, "probability": 1.0}


def _own_values(fault: Fault) -> list[tuple[str, Any]]:
    names = (one.name for one in fields(fault) if one.name != "parameters")
    return [(name, getattr(fault, name)) for name in names]


@cache
def _matching(pattern: str) -> frozenset[str]:
    """GA types of the points that a pattern means."""
    if pattern == HANDSHAKE:
        return frozenset({HANDSHAKE})
    ga = {event.type for event in SERVER_EVENTS if fnmatchcase(event.type, pattern)}
    renamed = {ga for preview, ga in EVENT_NAMES.items() if fnmatchcase(preview, pattern)}
    return frozenset(ga | renamed)


def _check_parameters(kind: str, parameters: Mapping[str, Any]) -> None:
    known = KINDS[kind].parameters
    own = [one.name for one in fields(Fault) if one.name not in ("kind", "parameters")]
    if KINDS[kind].points is not Points.EVENTS:
        own.remove("at")
    for name in parameters:
        if name not in known:
            raise FaultError(f"{kind} has no {name!r}; it has {_listed((*known, *own))}", name)
    for name, default in known.items():
        if default is _REQUIRED and name not in parameters:
            raise FaultError(f"{kind} needs {name!r}", name)


def _checked(kind: str, name: str, value: Any) -> Any:
    if kind == "close" and name == "code":
        return _one_of(name, value, _CLOSE_CODES, "a code that can close a WebSocket, or 1006")
    if name == "status":
        return _one_of(name, value, _STATUSES, f"one of {_listed(_STATUSES)}")
    if type_of(kind, name) is float:
        return _number(name, value)
    text = _text(name, value)
    if name == "reason" and len(text.encode()) > _REASON_BYTES:
        raise FaultError(f"reason is longer than {_REASON_BYTES} bytes", name)
    return text


def _one_of(name: str, value: Any, allowed: tuple[int, ...], meant: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise FaultError(f"{name} must be {meant}, not {value!r}", name)
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise FaultError(f"{name} must be a text, not {value!r}", name)
    return value


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise FaultError(f"{name} must be a whole number, {least} or more, not {value!r}", name)
    return value


def _number(name: str, value: Any, most: float = math.inf) -> float:
    meant = f"between 0 and {most:g}" if most < math.inf else "0 or more"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= most or value == math.inf:
        raise FaultError(f"{name} must be a number, {meant}, not {value!r}", name)
    return value


def _quoted(value: Any) -> str:
    if not isinstance(value, str):
        return str(value).removesuffix(".0")
    if value and not set(value) & set(',"\\') and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)


def _listed(names: Any) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last
