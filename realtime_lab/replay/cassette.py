"""The service's side of a recording, served again over a socket."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from ..errors import InvalidEvent, SessionError
from ..eventlog import EventLog
from ..protocol import Dialect, SessionCreated, UnknownEvent, dialect_named
from ..session import DialectName, Endpoint, endpoint
from .tape import ABNORMAL, Difference, Step, Tape, connections

__all__ = ["Cassette"]

NOTHING_LEFT = 1013


class Cassette:
    """A recording that answers a client as the service did, and checks what the client sends.

    ::

        tape = rl.cassette("session.jsonl")
        lab = await rl.connect(tape)  # or any client that connects to tape.url with tape.key
        await lab.say("Hello there")
        await lab.close()
        tape.differences  # what this client did otherwise; empty when nothing

    Each recorded connection is served once, to the next client that connects, and breaks off where
    the recorded one did. An event goes out
    when the client has sent what had been sent before it (see `Tape`): ``speed`` 1.0 keeps the
    recorded pace, ``None`` serves everything at once. ``patience`` is how many seconds it waits for
    the client before it goes on and tells what was missing; by default it waits for ever.
    ``dialect`` is that of the recording unless another is given: a recording of one dialect serves
    clients of the other.

    It listens on 127.0.0.1 and a free port, asks for its key, and lets no web page in.
    """

    def __init__(
        self,
        recording: EventLog,
        *,
        speed: float | None = None,
        dialect: DialectName | None = None,
        patience: float | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._tapes = connections(recording, recording.dialect)
        if not any(len(tape) for tape in self._tapes):
            raise SessionError("there is nothing to serve: no service says anything in this log")
        self._dialect: DialectName = dialect or recording.dialect  # type: ignore[assignment]
        self._served = 0
        self._speed = speed
        self._patience = patience
        self._sleep = sleep
        self._model = _model(recording)
        self._server: Server | None = None
        self.key = secrets.token_urlsafe(24)
        """What a client has to show, as a bearer token or as ``api-key``."""

    @property
    def dialect(self) -> DialectName:
        """The dialect that is spoken."""
        return self._dialect

    @property
    def seed(self) -> None:
        """A recording repeats without one."""

    @property
    def differences(self) -> list[Difference]:
        """What the clients did otherwise, so far."""
        return [found for tape in self._tapes for found in tape.differences]

    @property
    def url(self) -> str:
        """The address to connect to, once `open` was awaited.

        Raises:
            SessionError: before that.
        """
        if self._server is None:
            raise SessionError("the recording is not served yet: await its open() first")
        port = next(iter(self._server.sockets)).getsockname()[1]
        model = quote(self._model, safe="")
        path = (
            f"/openai/realtime?api-version=2024-10-01-preview&deployment={model}"
            if self._dialect == "preview"
            else f"/v1/realtime?model={model}"
        )
        return f"ws://127.0.0.1:{port}{path}"

    async def open(self) -> Endpoint:
        """Listen, unless it does already; gives the endpoint to connect to."""
        if self._server is None:
            self._server = await serve(
                self._serve,
                "127.0.0.1",
                0,
                process_request=self._check,
                compression=None,
                max_size=None,
                max_queue=None,
                close_timeout=1.0,
            )
        return endpoint(self.url, api_key=self.key, dialect=self._dialect)

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        headers = request.headers
        if "Origin" in headers:
            return connection.respond(HTTPStatus.FORBIDDEN, "no web page may connect here\n")
        shown = headers.get("api-key") or headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), self.key.encode()):
            return connection.respond(HTTPStatus.UNAUTHORIZED, "the key is wrong\n")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        if self._served == len(self._tapes):
            await connection.close(NOTHING_LEFT, "the recording has no further connection")
            return
        tape = self._tapes[self._served]
        self._served += 1
        heard = asyncio.Event()
        playing = asyncio.create_task(self._play(tape, connection, heard))
        try:
            async for message in connection:
                self._take(tape, message)
                heard.set()
        except ConnectionClosed:
            pass
        finally:
            playing.cancel()
            tape.finish()

    def _take(self, tape: Tape, message: str | bytes) -> None:
        try:
            tape.sent(dialect_named(self._dialect).decode_client(message))
        except InvalidEvent as refusal:
            tape.refused(refusal)

    async def _play(self, tape: Tape, connection: ServerConnection, heard: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        speed = self._speed
        with contextlib.suppress(ConnectionClosed):
            while not tape.is_over:
                begun, reached = loop.time(), tape.reached
                for step in tape.due():
                    if speed is not None:
                        due = begun + (step.at - reached) / speed
                        await self._sleep(max(due - loop.time(), 0.0))
                    if (data := self._as_spoken(step, tape.spoken)) is not None:
                        await connection.send(data, text=True)
                await self._hear(tape, heard)
            if tape.lost_with == ABNORMAL:
                connection.transport.abort()
            elif tape.lost_with is not None:
                await connection.close(tape.lost_with)

    async def _hear(self, tape: Tape, heard: asyncio.Event) -> None:
        """Wait until the client has sent what the next event waits for."""
        while tape.waits_for:
            heard.clear()
            try:
                await asyncio.wait_for(heard.wait(), self._patience)
            except TimeoutError:
                tape.give_up_waiting()

    def _as_spoken(self, step: Step, recorded: Dialect) -> bytes | None:
        """The event in the client's dialect; ``None`` where that has none like it."""
        spoken = dialect_named(self._dialect)
        event = recorded.decode_server(step.data)
        if spoken is recorded or isinstance(event, UnknownEvent):
            return step.data
        return spoken.encode_server(event)

    def __repr__(self) -> str:
        served = f"{self._served} of {len(self._tapes)} connections served"
        lines = [f"<Cassette: {self._dialect} dialect, {served}>"]
        waiting = [tape.waits_for for tape in self._tapes[: self._served] if tape.waits_for]
        lines += [f"  waits for the client's {what}" for what in waiting]
        return "\n".join([*lines, *(f"  {found}" for found in self.differences)])


def _model(recording: EventLog) -> str:
    created = recording.events(SessionCreated.type)
    named = getattr(getattr(created[0].event, "session", None), "model", None) if created else None
    return named or "recorded"
