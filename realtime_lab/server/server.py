"""What all connections of a server share."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from .access import Access
from .control import Control
from .deployments import Deployments

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["Server"]


@dataclass(slots=True)
class Server:
    """Who may come in, what is offered, and who answers.

    ``control`` guards the server's own routes. ``engine`` waits until the engine is there.
    ``random`` makes the ids; ``wall`` is the time of day in seconds since 1970.
    """

    access: Access
    engine: Callable[[], Awaitable[Engine]]
    deployments: Deployments = field(default_factory=Deployments)
    control: Control = field(default_factory=Control)
    random: Random = field(default_factory=Random)
    wall: Callable[[], float] = time.time
