"""The embedded realtime server, started as a process of its own when a session needs it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, urlsplit

from ..errors import ServerError
from .endpoints import LOOPBACK, PREVIEW_API_VERSION, DialectName, Endpoint, check_dialect
from .secret import Secret

__all__ = ["EmbeddedServer", "embedded"]

START_SECONDS = 30.0


class EmbeddedServer:
    """A running server process; it ends with this process, however that ends.

    The key travels through the child's standard input, where no process list shows it. The same
    pipe is the leash: when it closes, the server stops.
    """

    _running: ClassVar[dict[tuple[str, ...], EmbeddedServer]] = {}
    _starting: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, process: subprocess.Popen[bytes], port: int, key: Secret) -> None:
        self._process = process
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
        key = Secret(secrets.token_urlsafe(24))
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
            process.stdin.write(json.dumps({"key": key.reveal()}).encode() + b"\n")
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
        return cls(process, port, key)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """Starts the embedded server when a session wants to connect."""

    dialect: DialectName
    model: str
    options: tuple[str, ...] = ()
    forwards_to: str = ""

    async def open(self) -> Endpoint:
        server = await asyncio.to_thread(EmbeddedServer.shared, self.options)
        host = f"ws://127.0.0.1:{server.port}"
        name = quote(self.model, safe="")
        path = (
            f"/openai/realtime?api-version={PREVIEW_API_VERSION}&deployment={name}"
            if self.dialect == "preview"
            else f"/openai/v1/realtime?model={name}"
        )
        return Endpoint(
            url=host + path,
            dialect=self.dialect,
            model=self.model,
            key=server.key,
            key_header="api-key",
            forwards_to=self.forwards_to,
        )


def embedded(
    *,
    dialect: DialectName = "preview",
    model: str | None = None,
    brain: str | None = None,
    ears: str | None = None,
    voice: str | None = None,
) -> EmbeddedSource:
    """The server that comes with this package: no key, no network.

    ``model`` is the name it answers to, by default the model of the dialect. ``brain``, ``ears``
    and ``voice`` name other engines, such as ``brain="chat:http://127.0.0.1:11434/v1#llama3"``;
    a chat endpoint that wants a key takes it from ``REALTIME_LAB_CHAT_KEY``. A chat endpoint on
    another machine learns what is said, so it needs your consent as any remote endpoint does.
    """
    check_dialect(dialect)
    default = "gpt-4o-realtime-preview" if dialect == "preview" else "gpt-realtime"
    chosen = {"--brain": brain, "--ears": ears, "--voice": voice}
    options = [part for name, value in chosen.items() if value for part in (name, value)]
    asked = urlsplit(brain.removeprefix("chat:")).hostname if brain else None
    return EmbeddedSource(
        dialect=dialect,
        model=model or default,
        options=tuple(options),
        forwards_to=asked if asked and asked not in LOOPBACK else "",
    )


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
