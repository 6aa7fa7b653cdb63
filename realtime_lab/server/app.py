"""The server as an ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from .client_secrets import mint_routes
from .connection import converse
from .fault_routes import fault_routes
from .routing import AZURE_GA_PATH, AZURE_PREVIEW_PATH, OPENAI_PATH
from .server import Server
from .status import lab_routes

__all__ = ["create_app"]


def create_app(server: Server) -> Starlette:
    """The application: the three realtime paths, the makers of ephemeral keys, the lab's own.

    It keeps everything in memory and writes no file: a full disk does not concern it.
    """

    async def realtime(websocket: WebSocket) -> None:
        await converse(websocket, server)

    async def nowhere(websocket: WebSocket) -> None:
        # Left alone, an unknown path would be refused with 403, as a wrong key often is.
        message = f"There is nothing at {websocket.url.path}."
        refusal = JSONResponse({"error": {"code": "404", "message": message}}, 404)
        await websocket.send_denial_response(refusal)

    paths = (AZURE_PREVIEW_PATH, AZURE_GA_PATH, OPENAI_PATH)
    return Starlette(
        routes=[
            *lab_routes(server),
            *mint_routes(server),
            *fault_routes(server),
            *(WebSocketRoute(path, realtime) for path in paths),
            WebSocketRoute("/{rest:path}", nowhere),
        ]
    )
