"""Responses: asked for, running, ended."""

from __future__ import annotations

from dataclasses import dataclass

from ...client_events import ResponseCancel, ResponseCreate
from ...matching import REQUEST_TAG, is_beside, is_busy
from ...recent import Recent
from ...responses import Response
from ...server_events import (
    ErrorEvent,
    OutputItemAdded,
    ResponseCreated,
    ResponseDone,
)
from ..record import Handlers, Record
from .settings import bytes_per_ms

__all__ = ["Asked", "ResponseFacts", "Running"]

MOST_PENDING = 50


@dataclass(eq=False, slots=True)
class Running:
    """A response that has begun; ``begun`` is the first event of it."""

    id: str
    begun: Record
    beside: bool
    bytes_per_ms: int | None = None
    """Of its audio, where it tells its format."""
    cancel: Record | None = None
    """What asked for its end."""


@dataclass(eq=False, slots=True)
class Asked:
    """A ``response.create``, and the response that was active when it was sent."""

    record: Record
    event: ResponseCreate
    active: Running | None

    @property
    def beside(self) -> bool:
        """Whether it is for a response outside of the conversation."""
        return is_beside(self.event)


class ResponseFacts:
    """Which responses run, and which requests have no answer yet.

    Requests are answered in their order, unless the service repeats our tag.
    """

    def __init__(self) -> None:
        self.pending: list[Asked] = []
        """Requests that have neither response nor refusal."""
        self.ended: Recent[str, Record] = Recent()
        """The end of each response."""
        self._running: dict[str, Running] = {}
        self._answered: Recent[str, Asked] = Recent()

    def handlers(self) -> Handlers:
        return {
            ResponseCreate: self._asked,
            ResponseCancel: self._cancelled,
            ResponseCreated: self._created,
            OutputItemAdded: self._item_added,
            ResponseDone: self._done,
            ErrorEvent: self._error,
            "lab.connection_lost": self._lost,
            "lab.recycled": self._lost,
            "lab.closed": self._lost,
        }

    @property
    def active(self) -> Running | None:
        """The response that the conversation is waiting for."""
        return next((r for r in self._running.values() if not r.beside), None)

    @property
    def waiting(self) -> Asked | None:
        """The last request of the conversation that has no answer."""
        return next((a for a in reversed(self.pending) if not a.beside), None)

    def running(self, response_id: str) -> Running | None:
        """The response with that id, if it runs."""
        return self._running.get(response_id)

    def answered_by(self, response: Response) -> Asked | None:
        """The request that a response which begins now answers."""
        tag = (response.metadata or {}).get(REQUEST_TAG)
        if tag:
            return next((a for a in self.pending if a.event.event_id == tag), None)
        beside = response.conversation_id is None
        return next((a for a in self.pending if a.beside == beside), None)

    def refused_by(self, error: ErrorEvent) -> Asked | None:
        """The request that an ``error`` refuses."""
        named = error.error.event_id
        if named:
            asked = (*self.pending, *reversed(self._answered.values()))
            return next((a for a in asked if a.event.event_id == named), None)
        if not is_busy(error):
            return None
        # Not named: it is the oldest that was sent too early, or else was overtaken.
        return next((a for a in self.pending if not a.beside), None) or next(
            (a for a in reversed(self._answered.values()) if not a.beside), None
        )

    def _asked(self, event: ResponseCreate, record: Record) -> None:
        self.pending.append(Asked(record, event, self.active))
        del self.pending[:-MOST_PENDING]

    def _cancelled(self, event: ResponseCancel, record: Record) -> None:
        named = event.response_id
        running = self._running.get(named) if isinstance(named, str) else self.active
        if running is not None and running.cancel is None:
            running.cancel = record

    def _created(self, event: ResponseCreated, record: Record) -> None:
        response = event.response
        asked = self.answered_by(response)
        if asked is not None:
            self.pending.remove(asked)
            self._answered.remember(response.id, asked)
        output = response.audio.output if response.audio else None
        running = Running(response.id, record, response.conversation_id is None)
        running.bytes_per_ms = bytes_per_ms(output.format) if output else None
        self._running[response.id] = running

    def _item_added(self, event: OutputItemAdded, record: Record) -> None:
        known = event.response_id in self._running or event.response_id in self.ended
        if not known:
            self._running[event.response_id] = Running(event.response_id, record, beside=False)

    def _done(self, event: ResponseDone, record: Record) -> None:
        self._running.pop(event.response.id, None)
        self.ended.remember(event.response.id, record)

    def _error(self, event: ErrorEvent, _: Record) -> None:
        refused = self.refused_by(event)
        if refused in self.pending:
            self.pending.remove(refused)
        elif refused is not None:
            # It was taken for the answer to this request: the service began it by itself.
            for response_id, asked in list(self._answered.items()):
                if asked is refused:
                    del self._answered[response_id]

    def _lost(self, *_: object) -> None:
        self.pending.clear()
        self._running.clear()
