"""The server as a process: ``python -m realtime_lab.server``.

With ``--child`` another process holds it on a leash: that writes one JSON line ``{"key": "…"}`` to
standard input, reads one JSON line ``{"port": N}`` from standard output when the server listens,
and ends it by closing standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Sequence

from ..errors import ServerError
from .engine_loader import build
from .run import open_listener, run_server, serve

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.child:
            _run_child(options)
        else:
            run_server(
                options.host,
                8990 if options.port is None else options.port,
                options.key,
                brain=options.brain,
                ears=options.ears,
                voice=options.voice,
                anywhere=options.anywhere,
            )
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m realtime_lab.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="default 8990, with --child any free one")
    parser.add_argument("--key", help="the key clients must show; by default one is made")
    parser.add_argument("--brain", default="rules")
    parser.add_argument("--ears", default="pocketsphinx")
    parser.add_argument("--voice", default="espeak")
    parser.add_argument(
        "--anywhere", action="store_true", help="allow a host that other machines can reach"
    )
    parser.add_argument("--child", action="store_true", help="be led by the parent process")
    return parser


def _run_child(options: argparse.Namespace) -> None:
    try:
        key = json.loads(sys.stdin.readline())["key"]
    except (ValueError, KeyError, TypeError):
        raise ServerError('--child expects one line {"key": "…"} on standard input.') from None
    with open_listener(options.host, options.port or 0, anywhere=options.anywhere) as listener:
        port = listener.getsockname()[1]
        asyncio.run(
            serve(
                listener,
                key,
                lambda: build(options.brain, options.ears, options.voice),
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


if __name__ == "__main__":
    sys.exit(main())
