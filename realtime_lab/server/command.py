"""The command line of the server.

With ``--child`` another process holds it on a leash: that writes one JSON line ``{"key": "…"}``
(and ``"control_key"``, if it wants to change the running server) to standard input, reads one JSON
line ``{"port": N}`` from standard output when the server listens, and ends it by closing standard
input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace

from ..errors import ServerError
from .options import ServerOptions, TlsOptions
from .run import open_listener, run_server, serve

__all__ = ["main"]


def main(
    arguments: Sequence[str] | None = None, prog: str = "python -m realtime_lab.server"
) -> int:
    """Run the server; return the exit status. ``prog`` is how help calls the command."""
    parsed = _parser(prog).parse_args(arguments)
    try:
        if parsed.child:
            _run_child(ServerOptions.read(parsed))
        else:
            run_server(ServerOptions.read(parsed))
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description="Run the embedded realtime server.")
    ServerOptions.add_to(parser)
    parser.add_argument("--child", action="store_true", help="be led by the parent process")
    return parser


def _run_child(options: ServerOptions) -> None:
    try:
        told = json.loads(sys.stdin.readline())
        key, control_key = told["key"], told.get("control_key", options.control_key)
    except (ValueError, KeyError, TypeError):
        raise ServerError('--child expects one line {"key": "…"} on standard input.') from None
    if options.tls != TlsOptions():
        raise ServerError("--child speaks with its parent on this machine alone, without TLS.")
    with open_listener(options.host, options.port, anywhere=options.anywhere) as listener:
        port = listener.getsockname()[1]
        asyncio.run(
            serve(
                listener,
                key,
                replace(options, control_key=control_key),
                listening=lambda: print(json.dumps({"port": port}), flush=True),
                until=_standard_input_closed,
            )
        )


async def _standard_input_closed() -> None:
    """Wait for the parent to go. A thread reads, as not every platform can poll a pipe."""
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    def read() -> None:
        while sys.stdin.readline():
            pass
        loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=read, daemon=True).start()
    await closed.wait()
