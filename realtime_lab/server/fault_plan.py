"""The faults in force, and what they decide: for the server, and for each session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any

from .cut_short import CutShort
from .fault_refusal import refusal_of
from .faults import KINDS, Fault, Points

__all__ = ["Faults", "SessionFaults", "Strike"]


class _Active:
    """A fault in force; ``struck`` is how often it did what it does, in all sessions."""

    def __init__(self, fault: Fault, number: int) -> None:
        self.fault = fault
        self.number = number
        self.seen = 0
        self.struck = 0


class Strike:
    """A fault in force as one session meets it: what it saw there, and its own chance."""

    def __init__(self, active: _Active, seed: int, session: int) -> None:
        self.fault = active.fault
        self.random = Random(f"{seed}/{active.number}/{session}")
        self._active = active
        self._seen = 0
        self._struck = 0

    def at_point(self) -> bool:
        """Pass a point: whether the fault strikes there."""
        fault, active = self.fault, self._active
        ends = KINDS[fault.kind].ends
        if KINDS[fault.kind].points is Points.CONNECTIONS:
            active.seen += 1
            seen = active.seen
        else:
            self._seen += 1
            seen = self._seen
        passed = seen - fault.skip - 1
        if passed < 0 or passed % fault.every:
            return False
        if fault.count is not None and (active.struck if ends else self._struck) >= fault.count:
            return False
        if fault.probability < 1 and self.random.random() >= fault.probability:
            return False
        self._struck += 1
        active.struck += 1
        return True

    def is_of(self, active: _Active) -> bool:
        """Whether this is that fault."""
        return self._active is active


class SessionFaults:
    """The faults of one session: asked at each point, they say what strikes.

    ``number`` is the session's among the server's connections. ``changed`` is called, from any
    thread, when other faults come into force.
    """

    def __init__(self, deployment: str, number: int) -> None:
        self.number = number
        self.changed: Callable[[], None] = _nothing
        self._deployment = deployment
        self._strikes: list[Strike] = []

    def renew(self, actives: Iterable[_Active], seed: int) -> None:
        """Follow the server; faults that stay keep their count."""
        self._strikes = [
            next((s for s in self._strikes if s.is_of(active)), None)
            or Strike(active, seed, self.number)
            for active in actives
            if self._concerns(active.fault)
        ]
        self.changed()

    def _concerns(self, fault: Fault) -> bool:
        return fault.deployment in (None, self._deployment) and fault.session in (
            None,
            self.number,
        )

    def of(self, points: Points) -> list[Strike]:
        """What can strike at such points, in the order of the plan."""
        return [strike for strike in self._strikes if KINDS[strike.fault.kind].points is points]

    def _striking(self, points: Points) -> Iterator[Fault]:
        if self._strikes:
            # Every one of them passes the point, whatever the others do.
            yield from [strike.fault for strike in self.of(points) if strike.at_point()]

    def response(self, *, spoken: bool) -> CutShort | None:
        """A response begins: how it is to end, if not by itself."""
        fault = next(self._striking(Points.RESPONSES), None)
        if fault is None:
            return None
        return CutShort(fault, spoken=spoken)

    def transcription(self) -> Sequence[Fault]:
        """The user's words are about to be understood: what befalls their events."""
        return list(self._striking(Points.TRANSCRIPTIONS))

    def check_connection(self) -> None:
        """The connection is about to be accepted.

        Raises:
            HandshakeError: if a fault refuses it.
        """
        fault = next(self._striking(Points.CONNECTIONS), None)
        if fault is not None:
            raise refusal_of(fault)


class Faults:
    """The faults of a server; change them at any time, from any thread.

    ``seed`` settles all chances: the same faults, seed and events of the n-th connection give the
    same strikes, whatever other sessions do (but for ``count`` of what ends connections).
    """

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._seed = seed
        self._connections = 0
        self._sessions: set[SessionFaults] = set()
        self._actives: list[_Active] = []
        self.set(faults)

    @property
    def seed(self) -> int:
        """What settles the chances."""
        return self._seed

    def set(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Put these in force, in open sessions too; all counts begin anew."""
        self._seed = self._seed if seed is None else seed
        self._actives = [_Active(fault, number) for number, fault in enumerate(faults)]
        self._tell()

    def add(self, faults: Iterable[Fault]) -> None:
        """Put these in force beside the others, which keep their counts."""
        first = len(self._actives)
        self._actives = [
            *self._actives,
            *(_Active(fault, number) for number, fault in enumerate(faults, first)),
        ]
        self._tell()

    def clear(self) -> None:
        """Let everything go well."""
        self.set(())

    def __iter__(self) -> Iterator[Fault]:
        return iter([active.fault for active in self._actives])

    def as_dict(self) -> dict[str, Any]:
        """As JSON: ``seed``, ``faults``, and how often each ``struck``."""
        return {
            "seed": self._seed,
            "faults": [active.fault.as_dict() for active in self._actives],
            "struck": [active.struck for active in self._actives],
        }

    def open(self, deployment: str) -> SessionFaults:
        """A connection with a good key comes. `close` it when it ends.

        Raises:
            HandshakeError: if a fault refuses it.
        """
        self._connections += 1
        session = SessionFaults(deployment, self._connections)
        session.renew(self._actives, self._seed)
        session.check_connection()
        self._sessions.add(session)
        return session

    def close(self, session: SessionFaults) -> None:
        """The connection has ended."""
        self._sessions.discard(session)

    def _tell(self) -> None:
        for session in list(self._sessions):
            session.renew(self._actives, self._seed)


def _nothing() -> None: ...
