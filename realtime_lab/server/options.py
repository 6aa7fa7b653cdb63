"""How a server is set up, and the same as options of a command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, fields
from typing import Any

__all__ = ["EngineOptions", "ServerOptions"]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which engine answers: names as `realtime_lab.engine.build_engine` takes them."""

    brain: str = "rules"
    ears: str = "pocketsphinx"
    voice: str = "espeak"


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Everything that can be asked of a server before it starts.

    ``port`` 0 takes a free one. ``key`` is what clients must show; ``None`` makes one.
    ``control_key`` is another key, for changing the running server; ``None`` lets nobody.
    ``anywhere`` allows a ``host`` that other machines can reach. ``session_seconds`` ends sessions
    at another time than the model's own; ``deployments`` maps names of deployments to models.
    """

    host: str = "127.0.0.1"
    port: int = 8990
    key: str | None = None
    control_key: str | None = None
    anywhere: bool = False
    session_seconds: int | None = None
    deployments: dict[str, str] = field(default_factory=dict)
    engine: EngineOptions = EngineOptions()

    @staticmethod
    def add_to(parser: argparse.ArgumentParser, *, port: int = 8990) -> None:
        """Declare the options on a command line."""
        add = parser.add_argument
        add("--host", default="127.0.0.1", help="default: %(default)s")
        add("--port", type=int, default=port, help="0 for any free one; default: %(default)s")
        add("--key", help="the key clients must show; default: a new one, printed")
        add(
            "--control-key",
            metavar="KEY",
            help="the key for changing the running server; default: nobody may",
        )
        add(
            "--anywhere",
            action="store_true",
            help="allow a host that other machines can reach",
        )
        add(
            "--session-seconds",
            type=int,
            metavar="N",
            help="end sessions after this time; default: the model's own",
        )
        add(
            "--deployment",
            action="append",
            default=[],
            type=_pair,
            dest="deployments",
            metavar="NAME=MODEL",
            help="a deployment name and the model behind it; may be repeated",
        )
        add("--brain", default="rules", help="rules, or chat:URL#MODEL")
        add("--ears", default="pocketsphinx", help="pocketsphinx, or whisper:PATH")
        add("--voice", default="espeak", help="espeak, piper:PATH or kokoro:PATHS")

    @classmethod
    def read(cls, parsed: argparse.Namespace) -> ServerOptions:
        """The options that were given on the command line."""
        values: dict[str, Any] = {
            one.name: getattr(parsed, one.name) for one in fields(cls) if one.name != "engine"
        }
        values["deployments"] = dict(parsed.deployments)
        engine = EngineOptions(parsed.brain, parsed.ears, parsed.voice)
        return cls(engine=engine, **values)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME=MODEL")
    return name, value
