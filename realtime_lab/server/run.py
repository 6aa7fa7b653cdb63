"""Starting and stopping a server process."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import ssl
from collections.abc import Callable, Coroutine
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import msgspec
import uvicorn

from ..errors import EngineError, ServerError
from .access import Access
from .app import create_app
from .control import Control
from .deployments import Deployments
from .engine_loader import EngineLoader, build
from .entra import TokenIssuer
from .fault_plan import Faults
from .limits import LimitsChange
from .mcp_client import McpClient
from .options import ServerOptions
from .raw_connection import RawConnection
from .roster import Roster
from .server import Server
from .tls import Tls, open_tls

__all__ = ["build_server", "open_listener", "run_server", "serve", "server_config"]

_LARGEST_MESSAGE = 24 * 1024 * 1024
"""An append of 15 MiB is 20 MiB in base64."""
_FAREWELL_SECONDS = 2.0
"""How long sessions have to take what was said to them when the server stops."""


class _Protocol(RawConnection):
    """Uvicorn's WebSockets, for which a refusal with a body is a handshake like any other.

    Without this each refusal is followed by an error in the log, that the application had returned
    without completing the handshake: uvicorn notes only that it accepted, or refused without one.
    """

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = True


def server_config(app: Any, tls: ssl.SSLContext | None = None) -> uvicorn.Config:
    """How uvicorn serves the application: quietly, as its log lines would hold query keys."""
    return uvicorn.Config(
        app,
        ssl_context_factory=(lambda config, default: tls) if tls else None,
        ws=_Protocol,
        ws_max_size=_LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=60,
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )


class _Listening(uvicorn.Server):
    """A uvicorn server that tells when it listens, and tells its sessions when it stops."""

    def __init__(
        self, config: uvicorn.Config, roster: Roster, listening: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._roster = roster
        self._tell = listening

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal. Not raised again afterwards, as the engine is still to be closed."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._roster.dismiss(_FAREWELL_SECONDS)
        for connection in list(self.server_state.connections):
            if isinstance(connection, _Protocol):
                connection.transport.abort()  # its client does not read
        await super().shutdown(sockets)


async def serve(
    listener: socket.socket,
    key: str,
    options: ServerOptions,
    *,
    listening: Callable[[], None],
    tls: ssl.SSLContext | None = None,
    until: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Serve what ``options`` ask for, until SIGINT or SIGTERM, or until ``until()`` returns.

    ``listening`` is called when clients can connect; the engine is built after that. A server that
    nobody leads (without ``until``) ends when the engine cannot be built; one that is led goes on
    and tells each session.

    Raises:
        ServerError: if the engine cannot be built, or the options cannot be had.
    """
    engine = EngineLoader(lambda: build(options.engine))
    watches: list[asyncio.Task[None]] = []

    def ready() -> None:
        listening()
        engine.start()
        if until is None:
            watches.append(asyncio.create_task(_stop_without(engine, server)))

    shared = build_server(options, key, engine)
    server = _Listening(server_config(create_app(shared), tls), shared.roster, ready)
    if until is not None:
        watches.append(asyncio.create_task(_stop_after(until(), server)))
    try:
        await server.serve(sockets=[listener])
        for watch in watches:
            if watch.done():
                watch.result()
    finally:
        for watch in watches:
            watch.cancel()
        await engine.close()


def build_server(options: ServerOptions, key: str, engine: EngineLoader) -> Server:
    """The server that ``options`` ask for, with an engine that may still be loading.

    Raises:
        ServerError: for options that contradict one another, or a file that is not as it should be.
    """
    if options.only_named_deployments and not options.deployments:
        raise ServerError("--only-named-deployments leaves none: name some with --deployment")
    issuer = TokenIssuer.read(options.token_issuer) if options.token_issuer else None
    return Server(
        faults=Faults(options.faults, options.fault_seed),
        access=Access(key, issuer=issuer),
        engine=engine,
        engine_state=engine.state,
        control=Control(key, options.control_key),
        deployments=Deployments(
            options.deployments,
            strict=options.only_named_deployments,
            session_seconds=options.session_seconds,
            limits=_limits(options),
        ),
        preview_on_openai=not options.refuse_preview_on_openai,
        tool_client=McpClient(anywhere=options.mcp_anywhere),
        seed=options.seed,
        region=options.region,
    )


def _limits(options: ServerOptions) -> LimitsChange:
    asked = {
        name: value
        for name in LimitsChange.__struct_fields__
        if (value := getattr(options, name)) is not None
    }
    try:
        return msgspec.convert(asked, LimitsChange)
    except msgspec.ValidationError:
        raise ServerError("a limit is a whole number a minute, of at least 1") from None


async def _stop_after(end: Coroutine[Any, Any, None], server: uvicorn.Server) -> None:
    await end
    server.should_exit = True


async def _stop_without(engine: EngineLoader, server: uvicorn.Server) -> None:
    try:
        await engine()
    except EngineError as error:
        server.should_exit = True
        raise ServerError(f"the speech engine is not usable: {error}") from None


def open_listener(host: str, port: int, *, anywhere: bool = False) -> socket.socket:
    """A listening socket; ``port`` 0 takes a free one.

    Raises:
        ServerError: for an address that is taken, or that is not of this machine alone unless
            ``anywhere`` says that this is meant.
    """
    if not anywhere and not _is_loopback(host):
        raise ServerError(
            f"{host} can be reached from other machines; the server binds to 127.0.0.1 unless "
            "told otherwise (--anywhere)."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
        # Accepted sockets inherit this. asyncio does it only for sockets made with an explicit
        # protocol number; without it small events wait 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise ServerError(
            f"cannot listen on {host}:{port}: {reason}. Choose another --port, or 0 for "
            "any free one."
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run_server(options: ServerOptions) -> None:
    """Run the server alone, until SIGINT or SIGTERM; blocks.

    Raises:
        ServerError: if it cannot listen there, or has no engine.
    """
    key = options.key or secrets.token_urlsafe(18)
    with (
        TemporaryDirectory(prefix="realtime-lab-") as folder,
        open_listener(options.host, options.port, anywhere=options.anywhere) as listener,
    ):
        tls = open_tls(options.tls, options.host, folder)
        port = listener.getsockname()[1]
        banner = _banner(options.host, port, None if options.key else key, tls)
        asyncio.run(
            serve(
                listener,
                key,
                options,
                listening=lambda: print(banner, flush=True),
                tls=tls.context if tls else None,
            )
        )


def _banner(host: str, port: int, key: str | None, tls: Tls | None) -> str:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    ws, http = ("wss", "https") if tls else ("ws", "http")
    lines = [
        f"realtime-lab server listens on {place}",
        f"  Azure, GA       {ws}://{place}/openai/v1/realtime?model=gpt-realtime",
        f"  Azure, preview  {ws}://{place}/openai/realtime?api-version=2025-04-01-preview"
        "&deployment=gpt-4o-realtime-preview",
        f"  OpenAI          {ws}://{place}/v1/realtime?model=gpt-realtime",
        f"  health          {http}://{place}/healthz",
        f"  key             {key}" if key else "  key             the one you gave",
        f"  status          {http}://{place}/lab/status (with the key; so are the next two)",
        f"  limits          {http}://{place}/lab/limits",
        f"  metrics         {http}://{place}/metrics",
        f"  schemas         {http}://{place}/lab/schemas",
    ]
    if tls is not None and tls.ca is not None:
        lines.append(f"  to be trusted   {tls.ca}")
    return "\n".join([*lines, "Stop it with Ctrl+C."])
