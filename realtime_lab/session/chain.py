"""Several endpoints in the order in which a session falls back on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import EndpointError
from .endpoints import DialectName, Endpoint, EndpointSource

__all__ = ["Chain", "TextOnly", "chained", "endpoints_of", "is_text_only", "text_only", "unwrapped"]


@dataclass(frozen=True, slots=True)
class TextOnly:
    """An endpoint whose model shall write and not speak."""

    source: EndpointSource

    @property
    def dialect(self) -> DialectName:
        return self.source.dialect

    @property
    def seed(self) -> int | None:
        return self.source.seed

    async def open(self) -> Endpoint:
        return await self.source.open()


def text_only(source: EndpointSource) -> TextOnly:
    """The same endpoint with answers in text alone: cheaper, and a step of a fallback chain.

    It still hears; ``output_modalities`` is ``["text"]``.
    """
    return TextOnly(source)


@dataclass(frozen=True, slots=True)
class Chain:
    """Endpoints to be tried one after the other; as one endpoint it is the first."""

    sources: tuple[EndpointSource, ...]

    @property
    def dialect(self) -> DialectName:
        return self.sources[0].dialect

    @property
    def seed(self) -> int | None:
        return None

    async def open(self) -> Endpoint:
        return await self.sources[0].open()


def chained(sources: Sequence[EndpointSource]) -> EndpointSource:
    """One source for a list of them.

    Raises:
        EndpointError: for an empty list, or one that holds what is no endpoint, such as a bare
            address, or one that repeats by a seed.
    """
    if not sources:
        raise EndpointError("the list of endpoints is empty; give at least one")
    for source in sources:
        if isinstance(source, str) or not hasattr(source, "open"):
            raise EndpointError("an address alone has no key; give rl.endpoint(address, api_key=…)")
    if len(sources) == 1:
        return sources[0]
    flat = tuple(one for source in sources for one in endpoints_of(source))
    if any(one.seed is not None for one in flat):
        raise EndpointError("a session that repeats has one endpoint: leave the seed out")
    return Chain(flat)


def endpoints_of(source: EndpointSource) -> tuple[EndpointSource, ...]:
    """The endpoints of a source, in the order in which they are tried."""
    return source.sources if isinstance(source, Chain) else (source,)


def is_text_only(source: EndpointSource) -> bool:
    """Whether the model shall write there and not speak."""
    return isinstance(source, TextOnly)


def unwrapped(source: EndpointSource) -> EndpointSource:
    """The endpoint itself, without what was said about how it is used."""
    return source.source if isinstance(source, TextOnly) else source
