"""Connects to the endpoints of a session, in the order in which it falls back on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from .. import __version__
from .addresses import is_loopback
from .chain import is_text_only, unwrapped
from .consent import Consent
from .consent_file import Agreement
from .embedded import EmbeddedSource
from .endpoints import Endpoint, EndpointSource
from .notices import service_at
from .transport import Transport, open_websocket

__all__ = ["Connector", "service_of"]


class Connector:
    """Knows which of the endpoints is in use, and opens connections to it.

    ``agree`` is the user's consent, for every host of the chain; ``None`` asks for the first one.
    In the middle of a session nobody is asked: an endpoint that was not agreed to, or no longer is,
    is refused then. ``kept`` tells those who are asked what this side keeps.
    ``notice`` is how many seconds a connection may be silent.
    """

    def __init__(
        self,
        sources: Sequence[EndpointSource],
        consent: Consent,
        *,
        agree: bool | None = None,
        notice: float = 10.0,
        kept: str = "",
    ) -> None:
        self._sources = tuple(sources)
        self._place = 0
        self._consent = consent
        self._agree = agree
        self._notice = notice
        self._kept = kept
        self._agreement: Agreement | None = None

    @property
    def source(self) -> EndpointSource:
        """The endpoint in use."""
        return self._sources[self._place]

    @property
    def is_first(self) -> bool:
        """Whether it is the one that the user wants most."""
        return self._place == 0

    @property
    def text_only(self) -> bool:
        """Whether the model shall write there and not speak."""
        return is_text_only(self.source)

    def fall_back(self) -> bool:
        """Go on to the next endpoint; False where there is none."""
        self._place += 1
        if self._place < len(self._sources):
            return True
        self._place -= 1
        return False

    async def find(self, *, ask: bool) -> Endpoint:
        """The endpoint, ready to be connected to and agreed to.

        Raises:
            ConsentMissing: if nobody agreed to it, and nobody was to be asked or agreed then.
            ServerError: if the embedded server does not start.
        """
        endpoint = await self.source.open()
        agree = self._agree if ask or self._agree is not None else False
        self._agreement = await asyncio.to_thread(
            self._consent.require, endpoint, agree, kept=self._kept, standing=not ask
        )
        return endpoint

    async def connect(self, endpoint: Endpoint, mark: Callable[..., object]) -> Transport:
        """Open a connection; ``mark`` writes into the log what it is.

        Raises:
            ConnectError: if there is none.
        """
        transport = await open_websocket(endpoint, notice=self._notice)
        agreed = self._agreement
        if agreed is not None:
            mark(
                "lab.agreed",
                host=agreed.host,
                notice=agreed.notice,
                date=agreed.date.isoformat(),
                how=agreed.how,
            )
        mark(
            "lab.connected",
            host=endpoint.host,
            model=endpoint.model,
            dialect=endpoint.dialect,
            text_only=self.text_only,
            service=service_of(self.source, endpoint),
            api_version=endpoint.api_version,
            software=f"realtime_lab {__version__}",
        )
        for retirement in endpoint.retirements:
            mark("lab.retirement", state=retirement.state, told=str(retirement))
        return transport


def service_of(source: EndpointSource, endpoint: Endpoint) -> str:
    """Whose service it is, without the name of a machine: what may be published of it."""
    if isinstance(unwrapped(source), EmbeddedSource):
        return "embedded"
    return "local" if is_loopback(endpoint.host) else service_at(endpoint.host)
