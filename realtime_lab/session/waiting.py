"""A handshake that was refused for a rate limit: waited for and tried again, once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..errors import RateLimitedConnect

__all__ = ["connected_within_limits"]

T = TypeVar("T")


async def connected_within_limits(
    connect: Callable[[], Awaitable[T]],
    *,
    longest: float,
    mark: Callable[..., object],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> T:
    """What ``connect`` gives; where the service has no room now, its second answer.

    The wait is what the service names, ``retry-after-ms`` or ``retry-after``, and is marked
    ``lab.rate_limit_wait`` (``seconds``). There is none where it is longer than ``longest``
    seconds, or where the service names no time.

    Raises:
        RateLimitedConnect: if there is no room then either; its message tells when to come back.
    """
    try:
        return await connect()
    except RateLimitedConnect as refused:
        wait = refused.retry_after
        if wait is None or wait > longest:
            raise
        mark("lab.rate_limit_wait", seconds=round(wait, 3), told=str(refused))
    await sleep(wait)
    return await connect()
