"""One WebSocket connection, from the handshake to the close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..errors import EngineError, InvalidEvent
from ..protocol import GA, Conversation, ErrorDetails, ErrorEvent
from .auth import check_key, check_origin
from .handshake import HandshakeError
from .hearing import Hearing
from .ids import Ids
from .input_audio import InputAudio
from .items import Items
from .limits import RateLimits
from .memory import Memory
from .outbox import Outbox
from .responses import Responses
from .routing import Opening, read_opening
from .session import Session, greet
from .settings import Settings
from .state import SessionState

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["Server", "converse"]

_log = logging.getLogger(__name__)


_FAREWELL_SECONDS = 5.0
"""How long a client that does not read keeps its socket when the server closes it."""


@dataclass(slots=True)
class Server:
    """What all connections of a server share.

    ``engine`` waits until the engine is there. ``random`` makes the ids; ``wall`` is the time of
    day in seconds since 1970. ``session_seconds`` ends sessions at another time than the
    model's own.
    """

    key: str
    engine: Callable[[], Awaitable[Engine]]
    random: Random = field(default_factory=Random)
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    session_seconds: int | None = None
    limits: dict[str, RateLimits] = field(default_factory=dict)

    def longest_session(self, opening: Opening) -> int:
        """Seconds after which a session is closed."""
        if self.session_seconds is None:
            return opening.profile.session_seconds
        return self.session_seconds

    def limits_of(self, opening: Opening) -> RateLimits:
        """The rate limits of a deployment, shared by its sessions."""
        profile = opening.profile
        if opening.model not in self.limits:
            self.limits[opening.model] = RateLimits(
                profile.requests_per_minute, profile.tokens_per_minute, self.clock
            )
        return self.limits[opening.model]


async def converse(websocket: WebSocket, server: Server) -> None:
    """Serve one connection."""
    try:
        check_origin(websocket.headers.get("origin"))
        headers, query = websocket.headers, websocket.query_params
        subprotocols = websocket.scope.get("subprotocols", ())
        check_key(server.key, headers, query, subprotocols)
        opening = read_opening(websocket.url.path, query, headers, subprotocols)
    except HandshakeError as refusal:
        await _turn_away(websocket, refusal, server)
        return
    await websocket.accept(subprotocol=opening.subprotocol)
    with contextlib.suppress(WebSocketDisconnect):
        await _serve(websocket, opening, server)


async def _serve(websocket: WebSocket, opening: Opening, server: Server) -> None:
    state = _new_state(opening, server)
    sender = asyncio.create_task(_deliver(websocket, state))
    session: Session | None = None
    try:
        greet(state, opening.dialect)
        session = _build_session(state, opening, server, await server.engine())
        async with asyncio.timeout(server.longest_session(opening)):
            await _pump(websocket, session)
    except TimeoutError:
        await _expire(websocket, state, server.longest_session(opening))
    except EngineError as error:
        await _close(websocket, state, InvalidEvent(str(error), type="server_error"), 1011)
    finally:
        if session is not None:
            session.close()
        sender.cancel()


async def _deliver(websocket: WebSocket, state: SessionState) -> None:
    # A client that is gone (WebSocketDisconnect), or was told goodbye (RuntimeError), gets no more.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await state.outbox.deliver(websocket.send_text)


async def _pump(websocket: WebSocket, session: Session) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        await session.receive(message.get("text") or message.get("bytes") or "")


def _new_state(opening: Opening, server: Server) -> SessionState:
    ids = Ids(server.random)
    conversation = Conversation()
    expires_at = int(server.wall()) + server.longest_session(opening)
    return SessionState(
        ids=ids,
        conversation_id=ids("conv"),
        settings=Settings.defaults(
            opening.dialect.name, opening.model, opening.profile, ids("sess"), expires_at
        ),
        conversation=conversation,
        memory=Memory(),
        outbox=Outbox(opening.dialect, ids, conversation),
    )


def _build_session(
    state: SessionState, opening: Opening, server: Server, engine: Engine
) -> Session:
    hearing = Hearing(state, engine.transcriber)
    responses = Responses(state, engine.brain, engine.synthesizer, server.limits_of(opening))
    return Session(
        state,
        opening.dialect,
        InputAudio(state, hearing, responses, engine.voice_activity),
        Items(state, hearing),
        responses,
        hearing,
    )


async def _expire(websocket: WebSocket, state: SessionState, seconds: int) -> None:
    length = f"{seconds // 60} minutes" if seconds >= 60 else f"{seconds} seconds"
    reason = f"Your session hit the maximum duration of {length}."
    await _close(websocket, state, InvalidEvent(reason, code="session_expired"), 1001, reason)


async def _close(
    websocket: WebSocket, state: SessionState, error: InvalidEvent, code: int, reason: str = ""
) -> None:
    """Say why, then close."""
    state.outbox.refuse(error)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await state.outbox.empty()
    await websocket.close(code, reason)


async def _turn_away(websocket: WebSocket, refusal: HandshakeError, server: Server) -> None:
    if refusal.close_code is None:
        await websocket.send_denial_response(JSONResponse(refusal.body, refusal.status))
        return
    await websocket.accept()
    event = ErrorEvent(
        event_id=Ids(server.random)("event"),
        error=ErrorDetails(message=refusal.message, code=refusal.code),
    )
    await websocket.send_text((GA.encode_server(event) or b"").decode())
    await websocket.close(refusal.close_code, f"invalid_request_error.{refusal.code}")
