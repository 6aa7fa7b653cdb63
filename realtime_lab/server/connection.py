"""One WebSocket connection, from the handshake to the close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..errors import EngineError, InvalidEvent
from ..protocol import GA, Conversation, ErrorDetails, ErrorEvent, SessionConfig
from .access import Grant, check_origin
from .admission import admit, service_headers
from .fault_line import ConnectionFaultError
from .fault_plan import SessionFaults
from .fault_session import FaultySession, end_connection
from .handshake import Handshake, HandshakeError
from .hearing import Hearing
from .ids import Ids
from .input_audio import InputAudio
from .items import Items
from .memory import Memory
from .outbox import Outbox
from .remote_tools import RemoteTools
from .responses import Responses
from .roster import OpenSession
from .routing import Opening, read_opening
from .server import SEED_FIELD, Server, SessionSource
from .session import Session, greet
from .settings import Settings
from .state import SessionState

if TYPE_CHECKING:
    from ..engine import Engine

__all__ = ["converse"]

_log = logging.getLogger(__name__)


_FAREWELL_SECONDS = 5.0
"""How long a client that does not read keeps its socket when the server closes it."""
_STOP_SECONDS = 1.5
"""The same when the server stops."""


async def converse(websocket: WebSocket, server: Server) -> None:
    """Serve one connection to its end, however that comes.

    Nothing of it stays: a client that is killed in the middle of an event leaves no work behind.
    """
    handshake = Handshake.of(websocket)
    headers = service_headers(handshake, server.random, server.region)
    try:
        check_origin(handshake.headers.get("origin"))
        grant = server.access.check(handshake)
        opening = read_opening(
            handshake,
            server.deployments,
            grant.session,
            preview_on_openai=server.preview_on_openai,
        )
        if server.roster.closing:
            raise HandshakeError(503, "503", "The server is stopping.")
        headers |= admit(handshake, opening.deployment.limits)
        faults = server.faults.open(opening.deployment.name)
    except HandshakeError as refusal:
        server.roster.refused[refusal.status] += 1
        refusal.headers |= headers
        await _turn_away(websocket, refusal, server)
        return
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    entry = server.roster.open(opening.deployment.name, opening.dialect.name)
    try:
        with contextlib.suppress(WebSocketDisconnect):
            await websocket.accept(subprotocol=opening.subprotocol, headers=told)
            await _serve(websocket, opening, grant, server, entry, faults)
    finally:
        server.roster.leave(entry)
        server.faults.close(faults)


async def _serve(
    websocket: WebSocket,
    opening: Opening,
    grant: Grant,
    server: Server,
    entry: OpenSession,
    faults: SessionFaults,
) -> None:
    source = server.source(websocket.query_params.get(SEED_FIELD))
    # A session that repeats shares nothing that others could change.
    kept_audio = None if source.time.repeats else server.kept_audio
    state = _new_state(opening, source, Memory(kept_audio), entry, faults)
    misfit = _put_in_force(grant, state)
    sender = asyncio.create_task(_deliver(websocket, state))
    session: Session | None = None
    expiry = _expiry(opening.deployment.session_seconds)
    faulty = FaultySession(faults, state.outbox, state.time, expiry)
    try:
        faulty.begin()
        greet(state, opening.dialect)
        if misfit is not None:
            state.outbox.refuse(misfit)
        async with (
            asyncio.timeout(None) as stop,
            state.time.limit(opening.deployment.session_seconds),
        ):
            entry.end = lambda: stop.expired() or stop.reschedule(0)
            try:
                session = _build_session(state, opening, server, await server.engine())
                await _pump(websocket, session, state)
            finally:
                entry.end = None
    except TimeoutError:
        if session is not None:
            session.close()  # so that nothing follows the farewell
        if server.roster.closing:
            await _dismiss(websocket, state)
        else:
            await _expire(websocket, state, opening.deployment.session_seconds)
    except EngineError as error:
        await _close(websocket, state, InvalidEvent(str(error), type="server_error"), 1011)
    finally:
        if session is not None:
            session.close()
        faulty.end()
        sender.cancel()


async def _deliver(websocket: WebSocket, state: SessionState) -> None:
    # A client that is gone (WebSocketDisconnect), or was told goodbye (RuntimeError), gets no more.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        try:
            await state.outbox.deliver(websocket.send_text)
        except ConnectionFaultError as ended:
            await end_connection(websocket, ended.fault)


async def _pump(websocket: WebSocket, session: Session, state: SessionState) -> None:
    while True:
        await state.outbox.patience()
        message = await state.time.next(websocket.receive)
        if message["type"] == "websocket.disconnect":
            return
        await session.receive(message.get("text") or message.get("bytes") or "")


def _new_state(
    opening: Opening,
    source: SessionSource,
    memory: Memory,
    entry: OpenSession,
    faults: SessionFaults,
) -> SessionState:
    ids, time = Ids(source.random), source.time
    conversation = Conversation()
    expires_at = int(time.wall()) + opening.deployment.session_seconds
    return SessionState(
        ids=ids,
        conversation_id=ids("conv"),
        settings=Settings.defaults(
            opening.dialect.name,
            opening.model,
            opening.deployment.profile,
            ids("sess"),
            expires_at,
            opening.kind,
        ),
        conversation=conversation,
        memory=memory,
        outbox=Outbox(opening.dialect, ids, conversation, entry.sent, is_bounded=not time.repeats),
        entry=entry,
        time=time,
        faults=faults,
    )


def _put_in_force(grant: Grant, state: SessionState) -> InvalidEvent | None:
    """Begin with the settings that the client's key was made for.

    They were checked when the key was made, but the client may have asked for another model since:
    what that one does not have is told, and its own settings stay.
    """
    if grant.session is None:
        return None
    try:
        state.settings.update(msgspec.convert(grant.session, SessionConfig), voice_locked=False)
    except InvalidEvent as refusal:
        return refusal
    return None


def _build_session(
    state: SessionState, opening: Opening, server: Server, engine: Engine
) -> Session:
    limits = opening.deployment.limits
    if state.time.repeats:
        limits = limits.fresh(state.time.now)
    hearing = Hearing(state, engine.transcriber)
    remote = RemoteTools(state, server.tool_client)
    remote.announce(state.settings.get("tools") or [])  # of the client's key
    responses = Responses(state, engine.brain, engine.synthesizer, limits, remote)
    return Session(
        state,
        opening.dialect,
        InputAudio(state, hearing, responses, engine.voice_activity),
        Items(state, hearing, remote),
        responses,
        hearing,
        remote,
    )


def _expiry(seconds: int) -> str:
    length = f"{seconds // 60} minutes" if seconds >= 60 else f"{seconds} seconds"
    return f"Your session hit the maximum duration of {length}."


async def _expire(websocket: WebSocket, state: SessionState, seconds: int) -> None:
    reason = _expiry(seconds)
    await _close(websocket, state, InvalidEvent(reason, code="session_expired"), 1001, reason)


async def _dismiss(websocket: WebSocket, state: SessionState) -> None:
    reason = "The server is stopping. Connect again when it is back."
    error = InvalidEvent(reason, type="server_error")
    await _close(websocket, state, error, 1012, reason, seconds=_STOP_SECONDS)
    # The socket would be reset under what the client still sends, and might lose the farewell.
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(
    websocket: WebSocket,
    state: SessionState,
    error: InvalidEvent,
    code: int,
    reason: str = "",
    *,
    seconds: float = _FAREWELL_SECONDS,
) -> None:
    """Say why, then close."""
    state.outbox.refuse(error)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
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
    await websocket.close(refusal.close_code, refusal.close_reason)
