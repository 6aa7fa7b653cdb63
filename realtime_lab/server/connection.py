"""One WebSocket connection, from the handshake to the close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..errors import EngineError, InvalidEvent
from ..protocol import GA, Conversation, ErrorDetails, ErrorEvent
from .access import check_origin
from .handshake import Handshake, HandshakeError
from .hearing import Hearing
from .ids import Ids
from .input_audio import InputAudio
from .items import Items
from .memory import Memory
from .outbox import Outbox
from .responses import Responses
from .routing import Opening, read_opening
from .server import Server
from .session import Session, greet
from .settings import Settings
from .state import SessionState

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["converse"]

_log = logging.getLogger(__name__)


_FAREWELL_SECONDS = 5.0
"""How long a client that does not read keeps its socket when the server closes it."""


async def converse(websocket: WebSocket, server: Server) -> None:
    """Serve one connection."""
    handshake = Handshake.of(websocket)
    try:
        check_origin(handshake.headers.get("origin"))
        server.access.check(handshake)
        opening = read_opening(handshake, server.deployments)
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
        async with asyncio.timeout(opening.deployment.session_seconds):
            await _pump(websocket, session)
    except TimeoutError:
        await _expire(websocket, state, opening.deployment.session_seconds)
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
    expires_at = int(server.wall()) + opening.deployment.session_seconds
    return SessionState(
        ids=ids,
        conversation_id=ids("conv"),
        settings=Settings.defaults(
            opening.dialect.name, opening.model, opening.deployment.profile, ids("sess"), expires_at
        ),
        conversation=conversation,
        memory=Memory(),
        outbox=Outbox(opening.dialect, ids, conversation),
    )


def _build_session(
    state: SessionState, opening: Opening, server: Server, engine: Engine
) -> Session:
    hearing = Hearing(state, engine.transcriber)
    responses = Responses(state, engine.brain, engine.synthesizer, opening.deployment.limits)
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
        await websocket.send_denial_response(
            JSONResponse(refusal.body, refusal.status, refusal.headers)
        )
        return
    await websocket.accept()
    event = ErrorEvent(
        event_id=Ids(server.random)("event"),
        error=ErrorDetails(message=refusal.message, code=refusal.code),
    )
    await websocket.send_text((GA.encode_server(event) or b"").decode())
    await websocket.close(refusal.close_code, f"invalid_request_error.{refusal.code}")
