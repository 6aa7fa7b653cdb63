"""The beginning of a connection that takes a session over from another: settings and history."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import EndpointError, SessionClosed
from ..eventlog import LogEntry
from ..protocol import (
    ErrorEvent,
    Item,
    ItemAdded,
    ItemCreate,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    rejection,
)
from .failures import explained
from .wire import Wire

__all__ = ["Greeting", "begin", "tell"]

START_SECONDS = 15.0
TELL_SECONDS = 5.0
"""How long is waited for the last confirmation of an item."""


@dataclass(slots=True)
class Greeting:
    """What came of it: the entries in the order of the log, and the settings now in force."""

    entries: list[LogEntry] = field(default_factory=list)
    created: SessionCreated | None = None
    updated: SessionUpdated | None = None
    told: int = 0
    """Items that were created."""
    unconfirmed: int = 0
    """Those among them of which the service did not say that it has them."""
    names: dict[str, str] = field(default_factory=dict)
    """Ids that items had, and those that the service gave them."""

    @property
    def added(self) -> list[ItemAdded]:
        """The items that the service confirmed under the id that they have here."""
        renamed = set(self.names.values())
        events = (e.event for e in self.entries)
        return [e for e in events if isinstance(e, ItemAdded) and e.item.id not in renamed]


async def begin(wire: Wire, config: SessionConfig) -> Greeting:
    """Wait for ``session.created`` and put the settings in force.

    Raises:
        SessionClosed: if the connection ends first; its message has the service's last words.
        RequestRejected: if the service refuses the settings.
        EndpointError: if nothing comes.
    """
    greeting = Greeting()
    try:
        async with asyncio.timeout(START_SECONDS):
            while greeting.created is None:
                event = await _next(wire, greeting)
                if isinstance(event, SessionCreated):
                    greeting.created = event
            asked = wire.send(SessionUpdate(session=config))
            greeting.entries.append(asked)
            while greeting.updated is None:
                event = await _next(wire, greeting)
                if isinstance(event, SessionUpdated):
                    greeting.updated = event
                elif isinstance(event, ErrorEvent) and _refuses(event, asked):
                    raise rejection(event)
    except TimeoutError:
        raise EndpointError(
            "the connection was accepted but no session began; check that it speaks the Realtime "
            "protocol"
        ) from None
    return greeting


async def tell(wire: Wire, items: Iterable[Item], greeting: Greeting) -> None:
    """Create the items in that order, all at once, and wait for the confirmations.

    They are created one after the other at the end of an empty conversation, which needs no
    ``previous_item_id``. An item that is refused, or never confirmed, is counted in ``greeting``.

    Raises:
        SessionClosed: if the connection ends meanwhile.
    """
    waiting: list[LogEntry] = []
    for item in items:
        entry = wire.send(ItemCreate(item=item))
        greeting.entries.append(entry)
        waiting.append(entry)
    greeting.told = len(waiting)
    try:
        async with asyncio.timeout(TELL_SECONDS):
            while waiting:
                event = await _next(wire, greeting)
                if isinstance(event, ItemAdded):
                    _name(waiting.pop(0), event, greeting)
                elif refused := next((e for e in waiting if _refuses(event, e)), None):
                    waiting.remove(refused)
                    greeting.unconfirmed += 1
    except TimeoutError:
        greeting.unconfirmed += len(waiting)


def _name(asked: LogEntry, added: ItemAdded, greeting: Greeting) -> None:
    wanted = asked.event.item.id if isinstance(asked.event, ItemCreate) else None
    if wanted and added.item.id != wanted:
        greeting.names[str(wanted)] = str(added.item.id)


async def _next(wire: Wire, greeting: Greeting) -> object:
    try:
        entry = await wire.receive()
    except SessionClosed as closed:
        told = [e.event.error.message for e in greeting.entries if isinstance(e.event, ErrorEvent)]
        if told:
            closed = explained(closed, told[-1])
        raise closed from None
    greeting.entries.append(entry)
    return entry.event


def _refuses(event: object, asked: LogEntry) -> bool:
    return isinstance(event, ErrorEvent) and event.error.event_id == getattr(
        asked.event, "event_id", None
    )
