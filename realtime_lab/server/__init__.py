"""The embedded realtime server: both dialects of the protocol, with ears, a brain and a voice."""

from __future__ import annotations

from .access import Access
from .app import create_app
from .command import main
from .control import Control
from .deployments import Deployments
from .entra import TestIssuer, TokenIssuer
from .fault_plan import Faults
from .faults import Fault
from .options import ServerOptions
from .run import open_listener, server_config
from .server import Server

__all__ = [
    "Access",
    "Control",
    "Deployments",
    "Fault",
    "Faults",
    "Server",
    "ServerOptions",
    "TestIssuer",
    "TokenIssuer",
    "create_app",
    "main",
    "open_listener",
    "server_config",
]
