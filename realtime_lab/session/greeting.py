"""The beginning of a connection that takes a session over from another: settings and history."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import EndpointError, SessionClosed
from ..eventlog import LogEntry
from ..protocol import (
    ErrorEvent,
    InputAudioBufferClear,
    InputAudioBufferCleared,
    Item,
    ItemAdded,
    ItemCreate,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    answered,
    rejection,
)
from .failures import explained
from .wire import Wire

__all__ = ["Greeting", "begin", "tell"]

START_SECONDS = 15.0
TELL_SECONDS = 5.0
"""How long a service is waited for that tells nothing any more."""


@dataclass(slots=True)
class Greeting:
    """What came of it: the entries in the order of the log, and the settings now in force."""

    entries: list[LogEntry] = field(default_factory=list)
    created: SessionCreated | None = None
    updated: SessionUpdated | None = None
    told: int = 0
    """Items that were created."""
    unconfirmed: int = 0
    """Those among them that the service refused, or of which nothing is known."""
    items: list[Item] = field(default_factory=list)
    """All but those that it refused, in order, under the ids that they have here."""
    names: dict[str, str] = field(default_factory=dict)
    """Ids that items have here, and those that the service gave them."""


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
    """Create the items, which have ids, in that order, all at once, and wait until they are there.

    They are created one after the other at the end of an empty conversation, which needs no
    ``previous_item_id``. Behind them the audio buffer, which is empty, is cleared: a service
    answers in order, so that ``input_audio_buffer.cleared`` shows that no confirmation of an item
    comes any more: what was neither confirmed nor refused by then is there all the same.

    Raises:
        SessionClosed: if the connection ends meanwhile.
    """
    waiting = [ItemCreate(item=item) for item in items]
    if not waiting:
        return
    greeting.entries += [wire.send(create) for create in waiting]
    greeting.entries.append(wire.send(InputAudioBufferClear()))
    greeting.told = len(waiting)
    greeting.items = [create.item for create in waiting]
    try:
        async with asyncio.timeout(TELL_SECONDS):
            while waiting:
                event = await _next(wire, greeting)
                if isinstance(event, InputAudioBufferCleared):
                    return
                _settle(event, waiting, greeting)
    except TimeoutError:
        greeting.unconfirmed += len(waiting)


def _settle(event: object, waiting: list[ItemCreate], greeting: Greeting) -> None:
    """Take off the list what an event confirms or refuses."""
    done: ItemCreate | None = None
    if isinstance(event, ItemAdded):
        done = answered(waiting, event.item)
        if done is not None and event.item.id != done.item.id:
            greeting.names[str(done.item.id)] = str(event.item.id)
    elif isinstance(event, ErrorEvent):
        done = next((e for e in waiting if e.event_id == event.error.event_id), None)
        if done is not None:
            greeting.unconfirmed += 1
            greeting.items = [item for item in greeting.items if item is not done.item]
    waiting[:] = [create for create in waiting if create is not done]


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
