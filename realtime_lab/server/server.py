"""What all connections of a server share."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Literal

from .access import Access
from .control import Control
from .deployments import Deployments
from .fault_plan import Faults
from .kept_audio import KeptAudio
from .mcp_client import McpClient, ToolClient
from .roster import Roster
from .session_time import RealTime, SessionTime, VirtualTime

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["SEED_FIELD", "EngineState", "Server", "SessionSource"]

EngineState = Literal["loading", "ready", "failed"]

SEED_FIELD = "lab_seed"
"""Field of the query in which a client may give a seed; the services ignore unknown fields."""


@dataclass(frozen=True, slots=True)
class SessionSource:
    """Where a session gets its ids and its time from."""

    random: Random
    time: SessionTime


def _ready() -> EngineState:
    return "ready"


@dataclass(slots=True)
class Server:
    """Who may come in, what is offered, and who answers.

    ``control`` guards the server's own routes. ``faults`` is what shall go wrong.
    ``engine`` waits until the engine is there; ``engine_state`` tells without waiting.
    ``random`` makes the ids; ``wall`` is the time of day in seconds since 1970.
    ``preview_on_openai`` keeps the preview dialect on OpenAI's address, where the service itself no
    longer speaks it. ``tool_client`` speaks with remote tool servers. ``region`` is
    where Azure's answers say they come from.
    """

    access: Access
    engine: Callable[[], Awaitable[Engine]]
    engine_state: Callable[[], EngineState] = _ready
    deployments: Deployments = field(default_factory=Deployments)
    control: Control = field(default_factory=Control)
    roster: Roster = field(default_factory=Roster)
    faults: Faults = field(default_factory=Faults)
    kept_audio: KeptAudio = field(default_factory=KeptAudio)
    region: str = "East US 2"
    preview_on_openai: bool = True
    tool_client: ToolClient = field(default_factory=McpClient)
    random: Random = field(default_factory=Random)
    wall: Callable[[], float] = time.time
    seed: int | None = None
    _repeating: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Numbers of the sessions that repeat."""

    def source(self, asked: str | None = None) -> SessionSource:
        """What a new session is made of: by ``asked``, a seed its client gave, always the same."""
        if asked is not None:
            return SessionSource(Random(asked), VirtualTime())
        if self.seed is not None:
            return SessionSource(Random(f"{self.seed}/{next(self._repeating)}"), VirtualTime())
        return SessionSource(self.random, RealTime(self.wall))
