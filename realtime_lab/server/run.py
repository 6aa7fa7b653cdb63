"""Starting and stopping a server process."""

from __future__ import annotations

from typing import Any

import uvicorn

__all__ = ["server_config"]

_LARGEST_MESSAGE = 24 * 1024 * 1024
"""An append of 15 MiB is 20 MiB in base64."""


def server_config(app: Any) -> uvicorn.Config:
    """How uvicorn serves the application: quietly, as its log lines would hold query keys."""
    return uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=_LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=60,
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
