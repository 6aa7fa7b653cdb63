"""Where an MCP server is, and the way there: a command (stdio) or an address (streamable HTTP)."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shlex
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from ...errors import ToolError
from .library import Library

__all__ = ["Address", "Command", "Server", "Source", "server_of"]

Source = str | Sequence[str] | Mapping[str, Any]
"""An ``http(s)://`` address, a command, or an entry of an ``mcpServers`` file."""

_CONNECT_SECONDS = 10.0
_TAIL_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class Command:
    """A server that is started as a process and spoken to over its standard input and output."""

    program: str
    arguments: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | Path | None = None

    @property
    def name(self) -> str:
        """What it is called in a sentence, without options, which may be secret."""
        words = [self.program, *self.arguments[:1]]
        return " ".join(Path(word).name for word in words if not word.startswith("-"))

    @contextlib.asynccontextmanager
    async def connected(self, library: Library) -> AsyncIterator[Any]:
        """A client of it; the process ends with it.

        Raises:
            ToolError: saying what the process wrote last, if it does not speak MCP.
        """
        # A real file, because the standard error of a notebook's kernel may be none.
        with tempfile.TemporaryFile() as written:
            try:
                async with library.client(self._transport(library, written)) as client:
                    yield client
            except OSError as error:
                if isinstance(error, TimeoutError):
                    raise
                raise ToolError(
                    f"the MCP server '{self.name}' cannot be started: {error.strerror or error}; "
                    "give the command as in a terminal, or its full path"
                ) from None
            except Exception as error:
                last = _last_line(written)
                raise ToolError(
                    f"the MCP server '{self.name}' ended, or does not speak MCP over its standard "
                    f"output ({_words(error)})" + (f"; it wrote: {last}" if last else "")
                ) from None

    def _transport(self, library: Library, written: BinaryIO) -> Any:
        parameters = library.stdio.StdioServerParameters(
            command=self.program, args=list(self.arguments), env=dict(self.env), cwd=self.cwd
        )
        return library.stdio.stdio_client(parameters, errlog=written)


@dataclass(frozen=True, slots=True)
class Address:
    """A server that runs somewhere; ``headers`` are sent there and told to nobody."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What it is called in a sentence, without what may be secret in the address."""
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}"

    @contextlib.asynccontextmanager
    async def connected(self, library: Library) -> AsyncIterator[Any]:
        """A client of it.

        Raises:
            ToolError: saying what came instead of MCP.
        """
        refusals: list[int] = []

        async def note(response: Any) -> None:
            if response.request.method == "POST":
                refusals[:] = [response.status_code] if response.status_code >= 400 else []

        try:
            async with (
                library.http.AsyncClient(
                    headers=dict(self.headers),
                    # How long a call may take is for whoever calls to say.
                    timeout=library.http.Timeout(_CONNECT_SECONDS, read=None),
                    # A proxy of the environment would take what is meant for this machine.
                    trust_env=not _is_loopback(self.url),
                    event_hooks={"response": [note]},
                ) as line,
                library.client(
                    library.streamable_http.streamable_http_client(self.url, http_client=line)
                ) as client,
            ):
                yield client
        except TimeoutError:
            raise
        except Exception as error:
            why = _refused(refusals[0]) if refusals else _words(_first(error))
            raise ToolError(f"no MCP server answers at {self.name}: {why}") from None


Server = Command | Address


def server_of(
    source: Source,
    *,
    headers: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
) -> Server:
    """Read where a server is.

    Raises:
        ToolError: if that is neither a command nor an address, or what is secret would go over the
            network unencrypted.
    """
    if isinstance(source, Mapping):
        headers, env = headers or source.get("headers"), env or source.get("env")
        cwd = cwd or source.get("cwd")
        source = _of_entry(source)
    if isinstance(source, str) and "://" in source:
        return _address(source, dict(headers or {}))
    parts = _parts(source)
    if headers:
        raise ToolError("headers are for an MCP server with an address; give a command env=…")
    if cwd is not None and not Path(cwd).is_dir():
        raise ToolError(f"there is no folder {cwd} to start the MCP server in; correct cwd=…")
    return Command(parts[0], parts[1:], {k: str(v) for k, v in (env or {}).items()}, cwd)


def _of_entry(entry: Mapping[str, Any]) -> str | list[str]:
    """The address or the command of an entry of an ``mcpServers`` file."""
    servers = entry.get("mcpServers")
    if isinstance(servers, Mapping):
        raise ToolError(
            "give one server of an mcpServers file, as in servers['mcpServers']['name']; there are "
            f"{', '.join(map(str, servers)) or 'none'}"
        )
    arguments = entry.get("args") or ()
    if isinstance(arguments, str):
        raise ToolError(f"args of an MCP server is the text {arguments!r}; it is a list of texts")
    return entry.get("url") or [
        str(part) for part in (entry.get("command"), *arguments) if part is not None
    ]


def _parts(source: Any) -> list[str]:
    """A command in parts."""
    try:
        parts = shlex.split(source) if isinstance(source, str) else [str(part) for part in source]
    except ValueError as error:  # its words are few: "No closing quotation"
        raise ToolError(
            f"the command of an MCP server cannot be split ({str(error).lower()}); give it in "
            "parts, as ['python', 'server.py']"
        ) from None
    except TypeError:
        parts = []
    if not parts:
        raise ToolError(
            "an MCP server is a command, as ['python', 'server.py'], or an address, as "
            "'http://127.0.0.1:8000/mcp'"
        )
    return parts


def _address(url: str, headers: Mapping[str, str]) -> Address:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ToolError(
            "the address of an MCP server begins with http:// or https://, as in "
            "'http://127.0.0.1:8000/mcp'"
        )
    if urlsplit(url).username is not None:
        raise ToolError(
            "give the credentials of an MCP server as headers={'Authorization': …}, not in its "
            "address"
        )
    if headers and url.startswith("http://") and not _is_loopback(url):
        raise ToolError(
            f"the headers for {urlsplit(url).hostname} would be readable on the way there; use "
            "https://"
        )
    return Address(url, headers)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(status: int) -> str:
    phrase = next((f" ({known.phrase})" for known in HTTPStatus if known == status), "")
    advice = ""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        advice = "; give headers={'Authorization': 'Bearer …'}"
    elif status == HTTPStatus.NOT_FOUND:
        advice = "; the path is often /mcp"
    return f"HTTP {status}{phrase}{advice}"


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _words(error: BaseException) -> str:
    first = _first(error)
    return next(iter(str(first).splitlines()), "") or type(first).__name__


def _last_line(written: BinaryIO) -> str:
    size = written.seek(0, os.SEEK_END)
    written.seek(max(0, size - _TAIL_BYTES))
    text = written.read().decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
