"""The endpoints whose voices are compared."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ... import __version__
from ...errors import (
    ConnectError,
    ConsentMissing,
    EndpointError,
    RealtimeLabError,
    ServerError,
)
from ...protocol import profile_of
from ...session import CONSENT, EmbeddedSource, Endpoint, EndpointSource, service_of
from .lane import Lane

__all__ = ["Place", "find_places"]

_DEFAULT_MODELS = {"ga": "gpt-realtime", "preview": "gpt-4o-realtime-preview"}
_SERVICES = {
    "azure": "Azure OpenAI",
    "openai": "OpenAI",
    "local": "this machine",
    "other": "another service",
}


@dataclass(frozen=True)
class Place:
    """An endpoint: its name in tables, where it is, and the way to sessions with it."""

    name: str
    source: EndpointSource
    model: str
    address: tuple[str, ...]
    lane: Lane

    @property
    def voices(self) -> tuple[str, ...]:
        """Every voice of the model; of a deployment under a name of its own, of the dialect's."""
        profile = profile_of(self.model) or profile_of(_DEFAULT_MODELS[self.source.dialect])
        assert profile is not None
        return profile.voices


async def find_places(
    sources: Sequence[EndpointSource], *, agree: bool | None, concurrency: int
) -> tuple[Place, ...]:
    """The endpoints, ready to be asked. One that cannot be reached has a closed lane.

    Raises:
        ConsentMissing: if nobody agreed to one of them; nothing was sent anywhere then.
        EndpointError: if one is there twice.
    """
    found: list[tuple[EndpointSource, Endpoint | None, RealtimeLabError | None]] = []
    for source in sources:
        try:
            endpoint = await source.open()
            await asyncio.to_thread(CONSENT.require, endpoint, agree)
            found.append((source, endpoint, None))
        except ConsentMissing:
            raise
        except (ConnectError, ServerError) as problem:
            found.append((source, None, problem))
    where = [(s.dialect, _model(s, e), _address(s, e)) for s, e, problem in found if not problem]
    if len(set(where)) < len(where):
        raise EndpointError(
            "an endpoint is in the list twice; repeats=2 has all voices speak once more"
        )
    names = _names((source, endpoint) for source, endpoint, _ in found)
    return tuple(
        Place(
            name,
            source,
            _model(source, endpoint),
            _address(source, endpoint),
            Lane(concurrency, closed=problem),
        )
        for name, (source, endpoint, problem) in zip(names, found, strict=True)
    )


def _model(source: EndpointSource, endpoint: Endpoint | None) -> str:
    model = endpoint.model if endpoint else str(getattr(source, "model", ""))
    return model or _DEFAULT_MODELS[source.dialect]


def _address(source: EndpointSource, endpoint: Endpoint | None) -> tuple[str, ...]:
    """Where it is, whatever port an embedded server has this time. It never holds a key."""
    if isinstance(source, EmbeddedSource):
        return ("embedded", __version__, *source.options)
    return (type(source).__name__, endpoint.url if endpoint else "")


def _names(found: Iterable[tuple[EndpointSource, Endpoint | None]]) -> list[str]:
    """A name for each, as short as it can be and with that of no machine."""
    pairs = list(found)
    short = [f"{_model(*pair)}, {_service(*pair)}" for pair in pairs]
    many = Counter(short)
    longer = [
        f"{name}, {source.dialect}" if many[name] > 1 else name
        for name, (source, _) in zip(short, pairs, strict=True)
    ]
    seen: Counter[str] = Counter()
    names = []
    for name in longer:
        seen[name] += 1
        names.append(f"{name}, {seen[name]}" if seen[name] > 1 else name)
    return names


def _service(source: EndpointSource, endpoint: Endpoint | None) -> str:
    service = "embedded" if endpoint is None else service_of(source, endpoint)
    return _SERVICES.get(service, service)
