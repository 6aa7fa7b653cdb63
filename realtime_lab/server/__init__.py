"""The embedded realtime server: both dialects of the protocol, with ears, a brain and a voice."""

from __future__ import annotations

from .access import Access
from .app import create_app
from .command import main
from .control import Control
from .deployments import Deployments
from .options import ServerOptions
from .run import open_listener, server_config
from .server import Server

__all__ = [
    "Access",
    "Control",
    "Deployments",
    "Server",
    "ServerOptions",
    "create_app",
    "main",
    "open_listener",
    "server_config",
]
