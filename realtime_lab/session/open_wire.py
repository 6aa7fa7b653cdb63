"""A connection without a session: events in, events out, all of them logged."""

from __future__ import annotations

from ..eventlog import EventLog
from ..protocol import dialect_named
from .chain import endpoints_of
from .connector import Connector
from .consent import CONSENT
from .endpoints import EndpointSource
from .wire import Wire

__all__ = ["open_wire"]


async def open_wire(source: EndpointSource, log: EventLog, *, agree: bool | None = None) -> Wire:
    """Connect to an endpoint and send nothing; what comes is the caller's to receive.

    ``agree`` is the user's consent to send audio to another machine; ``None`` asks.

    Raises:
        ConnectError: if there is no connection; its subclasses tell why.
    """
    log.mark("lab.connecting")
    connector = Connector(endpoints_of(source), CONSENT, agree=agree, kept=log.kept)
    endpoint = await connector.find(ask=True)
    transport = await connector.connect(endpoint, log.mark)
    return Wire(transport, dialect_named(endpoint.dialect), log)
