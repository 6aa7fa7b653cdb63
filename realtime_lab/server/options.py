"""How a server is set up, and the same as options of a command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ..errors import FaultError
from .fault_reading import fault_of_text
from .faults import Fault

__all__ = ["EngineOptions", "ServerOptions", "TlsOptions"]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which engine answers: names as `realtime_lab.engine.build_engine` takes them."""

    brain: str = "rules"
    ears: str = "pocketsphinx"
    voice: str = "espeak"


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """Whether the server speaks TLS, and as whom.

    ``certificate`` and ``key`` are PEM files. With ``self_signed`` a certificate is made, and that
    of its authority is written to ``ca`` for the clients; ``None`` takes a temporary file.
    """

    self_signed: bool = False
    certificate: str | None = None
    key: str | None = None
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Everything that can be asked of a server before it starts.

    ``port`` 0 takes a free one. ``key`` is what clients must show; ``None`` makes one.
    ``control_key`` is another key, for changing the running server; ``None`` lets nobody.
    ``anywhere`` allows a ``host`` that other machines can reach. ``session_seconds`` ends sessions
    at another time than the model's own, and ``tokens_per_minute`` and its siblings are limits in
    place of the model's own; ``deployments`` maps names of deployments to models, and
    with ``only_named_deployments`` there are no others. ``token_issuer`` is a file that says whose
    tokens do instead of the key. ``refuse_preview_on_openai`` does as OpenAI does today.
    ``mcp_anywhere`` lets sessions use remote tool servers beyond this machine.
    ``region`` is where Azure's answers say they come from. With a ``seed`` the n-th session is the
    same in every run.
    ``faults`` is what shall go wrong, by the chances that ``fault_seed`` settles.
    """

    host: str = "127.0.0.1"
    port: int = 8990
    key: str | None = None
    control_key: str | None = None
    anywhere: bool = False
    session_seconds: int | None = None
    region: str = "East US 2"
    tokens_per_minute: int | None = None
    requests_per_minute: int | None = None
    connections_per_minute: int | None = None
    deployments: dict[str, str] = field(default_factory=dict)
    only_named_deployments: bool = False
    refuse_preview_on_openai: bool = False
    mcp_anywhere: bool = False
    token_issuer: str | None = None
    seed: int | None = None
    tls: TlsOptions = TlsOptions()
    faults: Sequence[Fault] = ()
    fault_seed: int = 0
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
        add("--region", default="East US 2", help="told by Azure's answers; default: %(default)s")
        for limited in ("tokens", "requests", "connections"):
            add(
                f"--{limited}-per-minute",
                type=int,
                metavar="N",
                help=f"{limited} a minute for each deployment; default: the model's own",
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
        add(
            "--only-named-deployments",
            action="store_true",
            help="refuse every deployment that no --deployment names",
        )
        add(
            "--refuse-preview-on-openai",
            action="store_true",
            help="refuse the preview dialect at /v1/realtime, as OpenAI does today",
        )
        add(
            "--mcp-anywhere",
            action="store_true",
            help="let sessions use MCP tool servers on other machines, not only on this one",
        )
        add(
            "--token-issuer",
            metavar="FILE",
            help="JSON file of an issuer whose Entra-like tokens do instead of the key",
        )
        add(
            "--tls",
            choices=["self-signed"],
            help="speak TLS with a certificate made for this run",
        )
        add("--tls-ca", metavar="FILE", help="where to write what clients are to trust then")
        add("--tls-cert", metavar="FILE", help="speak TLS with this certificate (PEM)")
        add("--tls-key", metavar="FILE", help="the private key of that certificate (PEM)")
        add(
            "--seed",
            type=int,
            metavar="N",
            help="the n-th session is the same in every run: ids, times and the order of events",
        )
        add(
            "--fault",
            action="append",
            default=[],
            type=_fault,
            dest="faults",
            metavar="KIND[:NAME=VALUE,…]",
            help="something that shall go wrong, such as "
            "close:code=1011,at=response.output_audio.delta,skip=4; may be repeated",
        )
        add(
            "--fault-seed",
            type=int,
            default=0,
            metavar="N",
            help="settles the chances of faults; default: %(default)s",
        )
        add("--brain", default="rules", help="rules, or chat:URL#MODEL")
        add("--ears", default="pocketsphinx", help="pocketsphinx, or whisper:PATH")
        add("--voice", default="espeak", help="espeak, piper:PATH or kokoro:PATHS")

    @classmethod
    def read(cls, parsed: argparse.Namespace) -> ServerOptions:
        """The options that were given on the command line."""
        values: dict[str, Any] = {
            one.name: getattr(parsed, one.name)
            for one in fields(cls)
            if one.name not in ("engine", "tls")
        }
        values["deployments"] = dict(parsed.deployments)
        engine = EngineOptions(parsed.brain, parsed.ears, parsed.voice)
        tls = TlsOptions(bool(parsed.tls), parsed.tls_cert, parsed.tls_key, parsed.tls_ca)
        return cls(engine=engine, tls=tls, **values)


def _fault(text: str) -> Fault:
    try:
        return fault_of_text(text)
    except FaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME=MODEL")
    return name, value
