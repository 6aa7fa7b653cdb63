"""The server as an ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from .connection import converse
from .routing import AZURE_GA_PATH, AZURE_PREVIEW_PATH, OPENAI_PATH
from .server import Server

__all__ = ["create_app"]


def create_app(server: Server) -> Starlette:
    """The application: the three realtime paths and ``/healthz``."""

    async def realtime(websocket: WebSocket) -> None:
        await converse(websocket, server)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", "name": "realtime-lab", "version": _version()})

    async def nowhere(websocket: WebSocket) -> None:
        # Left alone, an unknown path would be refused with 403, as a wrong key often is.
        message = f"There is nothing at {websocket.url.path}."
        refusal = JSONResponse({"error": {"code": "404", "message": message}}, 404)
        await websocket.send_denial_response(refusal)

    paths = (AZURE_PREVIEW_PATH, AZURE_GA_PATH, OPENAI_PATH)
    return Starlette(
        routes=[
            Route("/healthz", health),
            *(WebSocketRoute(path, realtime) for path in paths),
            WebSocketRoute("/{rest:path}", nowhere),
        ]
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow, and seldom asked for

    try:
        return version("realtime-lab")
    except PackageNotFoundError:
        return "unknown"
