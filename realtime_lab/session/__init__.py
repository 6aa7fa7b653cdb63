"""Sessions with a realtime model: where to connect, how to talk, what came of it."""

from __future__ import annotations

from .embedded import EmbeddedServer, EmbeddedSource, embedded, with_seed
from .embedded_faults import FaultLike
from .endpoints import Endpoint, EndpointSource, azure, endpoint, openai
from .lockstep import log_for
from .opening import OpenSession, open_session
from .playback import Player
from .secret import Secret
from .session import RealtimeSession
from .settings import HANDS_FREE, Settings, merged, session_config
from .thread import Call, SessionThread, run, session_thread
from .transport import Transport
from .turn import Turn, latency_line
from .turns import TurnFollower

__all__ = [
    "HANDS_FREE",
    "Call",
    "EmbeddedServer",
    "EmbeddedSource",
    "Endpoint",
    "EndpointSource",
    "FaultLike",
    "OpenSession",
    "Player",
    "RealtimeSession",
    "Secret",
    "SessionThread",
    "Settings",
    "Transport",
    "Turn",
    "TurnFollower",
    "azure",
    "embedded",
    "endpoint",
    "latency_line",
    "log_for",
    "merged",
    "open_session",
    "openai",
    "run",
    "session_config",
    "session_thread",
    "with_seed",
]
