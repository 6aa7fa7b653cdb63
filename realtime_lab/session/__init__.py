"""Sessions with a realtime model: where to connect, how to talk, what came of it."""

from __future__ import annotations

from .embedded import EmbeddedServer, embedded
from .endpoints import Endpoint, EndpointSource, azure, endpoint, openai
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
    "Endpoint",
    "EndpointSource",
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
    "merged",
    "open_session",
    "openai",
    "run",
    "session_config",
    "session_thread",
]
