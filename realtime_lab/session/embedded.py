"""The embedded realtime server, started as a process of its own when a session needs it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from ..errors import EndpointError, ServerError
from .addresses import DialectName, check_dialect, is_loopback
from .credentials import KeyCredential
from .embedded_faults import FaultLike, fault_options, read_faults, write_faults
from .endpoints import Endpoint, EndpointSource
from .secret import Secret

__all__ = ["EmbeddedServer", "embedded", "with_seed"]

START_SECONDS = 30.0
PREVIEW_API_VERSION = "2024-10-01-preview"
"""That of the model as its documentation describes it; this server speaks it for good."""


class EmbeddedServer:
    """A running server process; it ends with this process, however that ends.

    The keys travel through the child's standard input, where no process list shows them. The same
    pipe is the leash: when it closes, the server stops.
    """

    _running: ClassVar[dict[tuple[str, ...], EmbeddedServer]] = {}
    _starting: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, key: Secret, control_key: Secret
    ) -> None:
        self._process = process
        self._control_key = control_key
        self.port = port
        self.key = key

    @classmethod
    def shared(cls, options: Sequence[str] = ()) -> EmbeddedServer:
        """The server with these options, started unless it runs already. Blocks meanwhile.

        Raises:
            ServerError: if it does not come up.
        """
        with cls._starting:
            server = cls._running.get(tuple(options))
            if server is None or not server.is_running:
                server = cls._running[tuple(options)] = cls._start(options)
            return server

    @classmethod
    def _start(cls, options: Sequence[str]) -> EmbeddedServer:
        key, control_key = (Secret(secrets.token_urlsafe(24)) for _ in range(2))
        process = subprocess.Popen(
            [sys.executable, "-m", "realtime_lab.server", "--child", "--port", "0", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl+C, and Jupyter's "interrupt the kernel", go to the whole process group: they are
            # meant for the call that waits, not for the server of every session.
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            told = {"key": key.reveal(), "control_key": control_key.reveal()}
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
        watchdog = threading.Timer(START_SECONDS, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        try:
            port = int(json.loads(line)["port"])
        except (ValueError, KeyError, TypeError):
            raise _did_not_start(process) from None
        _keep_reading(process)
        return cls(process, port, key, control_key)

    @classmethod
    def running(cls, options: Sequence[str] = ()) -> EmbeddedServer | None:
        """The server with these options, if it runs."""
        server = cls._running.get(tuple(options))
        return server if server is not None and server.is_running else None

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def faults(self) -> list[dict[str, Any]]:
        """What shall go wrong, in all sessions of this server; set it to texts or dicts::

            lab.server.faults = ["delay:ms=200", "close:code=1011,at=response.created,count=1"]
            lab.server.faults = []

        What there is to say: `realtime_lab.server.Fault`. Open sessions follow at once.

        Raises:
            FaultError: when set, for a fault that makes no sense; those before stay.
            ServerError: if the server does not answer.
        """
        return read_faults(self.port, self._control_key)

    @faults.setter
    def faults(self, faults: Iterable[FaultLike]) -> None:
        write_faults(self.port, self._control_key, faults)


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """Starts the embedded server when a session wants to connect."""

    dialect: DialectName
    model: str
    options: tuple[str, ...] = ()
    forwards_to: str = ""
    seed: int | None = None

    def seeded(self, seed: int) -> EmbeddedSource:
        """The same for a session that repeats."""
        return replace(self, seed=seed)

    @property
    def server(self) -> EmbeddedServer | None:
        """The server, if it runs."""
        return EmbeddedServer.running(self.options)

    def with_faults(self, faults: Iterable[FaultLike], seed: int | None = None) -> EmbeddedSource:
        """The same with a server of its own in which these go wrong."""
        return replace(self, options=(*self.options, *fault_options(faults, seed)))

    async def open(self) -> Endpoint:
        server = await asyncio.to_thread(EmbeddedServer.shared, self.options)
        host = f"ws://127.0.0.1:{server.port}"
        name = quote(self.model, safe="")
        path = (
            f"/openai/realtime?api-version={PREVIEW_API_VERSION}&deployment={name}"
            if self.dialect == "preview"
            else f"/openai/v1/realtime?model={name}"
        )
        found = Endpoint(
            url=host + path,
            dialect=self.dialect,
            model=self.model,
            credential=KeyCredential(server.key, "api-key"),
            forwards_to=self.forwards_to,
        )
        return found if self.seed is None else found.seeded(self.seed)


def embedded(
    *,
    dialect: DialectName = "preview",
    model: str | None = None,
    brain: str | None = None,
    ears: str | None = None,
    voice: str | None = None,
    seed: int | None = None,
    faults: Iterable[FaultLike] = (),
    fault_seed: int | None = None,
    session_seconds: int | None = None,
) -> EmbeddedSource:
    """The server that comes with this package: no key, no network.

    ``model`` is the name it answers to, by default the model of the dialect. ``brain``, ``ears``
    and ``voice`` name other engines, such as ``brain="chat:http://127.0.0.1:11434/v1#llama3"``;
    a chat endpoint that wants a key takes it from ``REALTIME_LAB_CHAT_KEY``. A chat endpoint on
    another machine learns what is said, so it needs your consent as any remote endpoint does.
    With a ``seed`` the session repeats: see `connect`.

    ``faults`` are what shall go wrong, such as ``"close:code=1011,at=response.created"`` or a dict
    of the same (see `realtime_lab.server.Fault`), by the chances that ``fault_seed`` settles.
    ``session_seconds`` is how long a session lasts at most, by default as long as the model's own.
    With any of these a server of its own is started.
    """
    check_dialect(dialect)
    default = "gpt-4o-realtime-preview" if dialect == "preview" else "gpt-realtime"
    chosen = {"--brain": brain, "--ears": ears, "--voice": voice}
    options = [part for name, value in chosen.items() if value for part in (name, value)]
    if session_seconds is not None:
        options += ["--session-seconds", str(session_seconds)]
    asked = urlsplit(brain.removeprefix("chat:")).hostname if brain else None
    source = EmbeddedSource(
        dialect=dialect,
        model=model or default,
        options=tuple(options),
        forwards_to=asked if asked and not is_loopback(asked) else "",
        seed=seed,
    )
    return source.with_faults(faults, fault_seed)


def with_seed(source: EndpointSource, seed: int) -> EndpointSource:
    """The same for a session that repeats.

    Raises:
        EndpointError: if it is not on this machine, where the embedded server is.
    """
    if not isinstance(source, EmbeddedSource | Endpoint):
        raise EndpointError("only a session with the embedded server can be made to repeat")
    return source.seeded(seed)


def _did_not_start(process: subprocess.Popen[bytes]) -> ServerError:
    process.kill()
    _, errors = process.communicate()
    lines = errors.decode(errors="replace").strip().splitlines()
    said = f": {lines[-1]}" if lines else ""
    return ServerError(
        f"the embedded server did not start{said}; `python -m realtime_lab.server` shows more"
    )


def _keep_reading(process: subprocess.Popen[bytes]) -> None:
    # An unread pipe would fill up and stop the server.
    def drain() -> None:
        assert process.stderr is not None
        for _ in process.stderr:
            pass

    threading.Thread(target=drain, name="realtime_lab.server-stderr", daemon=True).start()
