"""What faults do to the events of a session on their way to the socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .fault_plan import SessionFaults, Strike
from .faults import HANDSHAKE, Fault, Points
from .ids import Ids

__all__ = ["ConnectionFaultError", "FaultLine", "Late"]


@dataclass(frozen=True, slots=True)
class Late:
    """What waits for its time on the way to the socket: text, or the ``end`` of the connection.

    ``due`` is by the clock of the line.
    """

    due: float
    text: str
    end: Fault | None = None


class ConnectionFaultError(Exception):
    """The connection ends here as the fault says (``close`` or ``half_open``)."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class FaultLine:
    """The way of events from the session to the socket, faults on either side of it.

    First in, first out: an event that is late holds up those behind it. ``expiry`` is what a
    session is told when it is at its longest duration; ``clock`` gives seconds.
    """

    def __init__(self, faults: SessionFaults, expiry: str, clock: Callable[[], float]) -> None:
        self._faults = faults
        self._expiry = expiry
        self._clock = clock
        self._due = 0.0
        self._by_type: dict[str, list[Strike]] = {}
        self._known: list[Strike] = []

    @property
    def is_idle(self) -> bool:
        """Whether no fault can strike at any event."""
        return not self._faults.of(Points.EVENTS)

    def begin(self) -> list[str | Late]:
        """What comes before the first event."""
        return self._passed(HANDSHAKE, None)

    def passed(self, event_type: str, text: str) -> list[str | Late]:
        """What goes out where the session says an event of that (GA) type."""
        return self._passed(event_type, text)

    def struck(self, strike: Strike) -> list[str | Late]:
        """What goes out when the time of a fault with ``seconds`` has come."""
        return self._timed([], self._ending(strike)) if strike.at_point() else []

    def _passed(self, event_type: str, text: str | None) -> list[str | Late]:
        texts = [] if text is None else [text]
        delay, added = 0.0, []
        ending: Strike | None = None
        for strike in [s for s in self._strikes(event_type) if s.at_point()]:
            fault = strike.fault
            match fault.kind:
                case "delay":
                    delay += fault["ms"] / 1000
                case "jitter":
                    delay += strike.random.uniform(fault["min_ms"], fault["max_ms"]) / 1000
                case "drop":
                    texts.clear()
                case "duplicate":
                    texts += texts[:1]
                case "unknown_event":
                    added.append(_written(strike, {"type": fault["type"]}))
                case "error":
                    added.append(_written(strike, _error(**_fields_of_error(fault))))
                case _:
                    ending = ending or strike
        if delay:
            self._due = max(self._due, self._clock() + delay)
        return self._timed([*texts, *added], self._ending(ending) if ending else [])

    def _strikes(self, event_type: str) -> list[Strike]:
        known = self._faults.of(Points.EVENTS)
        if known != self._known:
            self._known = known
            self._by_type = {}
        if event_type not in self._by_type:
            self._by_type[event_type] = [s for s in known if s.fault.matches(event_type)]
        return self._by_type[event_type]

    def _ending(self, strike: Strike) -> list[str | Fault]:
        if strike.fault.kind != "expire":
            return [strike.fault]
        told = _error("invalid_request_error", "session_expired", self._expiry, None)
        return [_written(strike, told), Fault("close", code=1001, reason=self._expiry)]

    def _timed(self, texts: list[str], ending: list[str | Fault]) -> list[str | Late]:
        on_time = self._due <= self._clock()
        passed: list[str | Late] = []
        for one in (*texts, *ending):
            if isinstance(one, Fault):
                passed.append(Late(self._due, "", one))
            else:
                passed.append(one if on_time else Late(self._due, one))
        return passed


def _fields_of_error(fault: Fault) -> dict[str, Any]:
    return {name: fault[name] for name in ("type", "code", "message", "param")}


def _error(type: str, code: str | None, message: str, param: str | None) -> dict[str, Any]:
    error = {"type": type, "code": code, "message": message, "param": param, "event_id": None}
    return {"type": "error", "error": error}


def _written(strike: Strike, event: dict[str, Any]) -> str:
    return json.dumps({**event, "event_id": Ids(strike.random)("event")})
