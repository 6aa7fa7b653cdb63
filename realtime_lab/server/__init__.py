"""The embedded realtime server: both dialects of the protocol, with ears, a brain and a voice."""

from __future__ import annotations

from .app import create_app
from .connection import Server
from .run import open_listener, run_server, server_config

__all__ = ["Server", "create_app", "open_listener", "run_server", "server_config"]
