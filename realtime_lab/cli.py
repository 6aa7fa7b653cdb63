"""The ``realtime-lab`` command: open the lab, talk once, serve, look for trouble."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from .audio import Clip
from .errors import EndpointError, RealtimeLabError, RetirementWarning
from .eventlog import Redaction, Turn, latency_line
from .log_commands import add_log_commands
from .session import (
    ANY_KEY,
    EndpointSource,
    Settings,
    azure,
    embedded,
    endpoint,
    key_given_with,
    log_for,
    open_session,
    openai,
    with_seed,
)
from .tool_commands import add_tool_commands

__all__ = ["main"]

FIRST_NOTEBOOK = "00_quickstart.ipynb"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code.

    Anything that goes wrong for a known reason is one sentence on standard error and exit code 1.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["serve"]:
        # Its options are the server's, and nothing else needs the libraries of the server.
        from .server import main as serve

        return serve(words[1:], "realtime-lab serve")
    parsed = _parser().parse_args(words)
    command: Callable[[argparse.Namespace], int] = parsed.command
    try:
        return command(parsed)
    except RealtimeLabError as error:
        print(f"realtime-lab: {error.told}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="realtime-lab",
        description="A laboratory for realtime speech models. Without a command it opens "
        "JupyterLab on the first notebook.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(command=_open_lab, jupyter=[])
    commands = parser.add_subparsers(metavar="command")

    lab = commands.add_parser("lab", help="open JupyterLab on the first notebook")
    lab.add_argument("jupyter", nargs="*", help="arguments for JupyterLab, after --")
    lab.set_defaults(command=_open_lab)

    talk = commands.add_parser("talk", help="one turn without a browser")
    said = talk.add_mutually_exclusive_group(required=True)
    said.add_argument("speech", nargs="?", type=Path, help="a recording of what you say")
    said.add_argument("--text", help="type it instead")
    talk.add_argument("--out", type=Path, help="write the spoken reply here (.wav, .flac)")
    talk.add_argument(
        "--log", type=Path, help="write the event log here (.jsonl, .parquet; .zip for one file)"
    )
    talk.add_argument(
        "--no-redaction",
        action="store_true",
        help="keep e-mail addresses, telephone and card numbers, keys in the event log",
    )
    talk.add_argument("--json", action="store_true", help="print one JSON object")
    talk.add_argument("--voice", default="alloy", help="the model's voice (default: %(default)s)")
    talk.add_argument("--instructions", help="what the model is told about its task")
    _take_endpoint(talk, default="embedded")
    talk.add_argument(
        "--agree", action="store_true", help="agree to send your voice to a remote endpoint"
    )
    talk.add_argument("--timeout", type=float, default=60.0, help="seconds to wait for the answer")
    talk.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="make the turn repeat on the embedded server: the same log, byte for byte",
    )
    talk.set_defaults(command=_talk)

    add_log_commands(commands)
    add_tool_commands(commands)
    commands.add_parser("serve", help="run the embedded realtime server")

    doctor = commands.add_parser(
        "doctor", help="say what works on this machine, or on the way to an endpoint"
    )
    _take_endpoint(doctor, default=None)
    doctor.add_argument(
        "--agree",
        action="store_true",
        help="agree to connect there; nothing is said",
    )
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(command=_doctor)
    return parser


def _take_endpoint(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Options that name an endpoint and the way there."""
    none = "; without it, this machine is looked at" if default is None else ""
    parser.add_argument(
        "--endpoint",
        default=default,
        help="embedded, azure:RESOURCE/DEPLOYMENT (key in AZURE_OPENAI_API_KEY), openai[:MODEL] "
        f"(OPENAI_API_KEY), or an address in any spelling ({ANY_KEY}){none}"
        + (" (default: embedded)" if default else ""),
    )
    parser.add_argument("--dialect", choices=("preview", "ga"), help="default: the endpoint's own")
    parser.add_argument("--api-version", help="of the preview dialect (default: the last one)")
    parser.add_argument(
        "--entra",
        nargs="?",
        const="default",
        choices=("default", "device-code", "browser"),
        help="sign in with Microsoft Entra ID instead of a key",
    )
    parser.add_argument("--scope", default="", help="what the token is for (default: the host's)")
    parser.add_argument(
        "--proxy", help="the proxy's address; one with a password belongs into HTTPS_PROXY"
    )
    parser.add_argument("--no-proxy", action="store_true", help="go straight, whatever is set")
    parser.add_argument("--ca", type=Path, help="certificates to trust beside the machine's (PEM)")


def _endpoint_of(parsed: argparse.Namespace) -> EndpointSource:
    """The endpoint that the options name; what is retired of it is told on standard error."""
    way = {"ca": parsed.ca, "proxy": False if parsed.no_proxy else parsed.proxy}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", RetirementWarning)
        source = endpoint_named(
            parsed.endpoint,
            parsed.dialect,
            api_version=parsed.api_version,
            credential=parsed.entra,
            scope=parsed.scope,
            **way,
        )
    for warning in told:
        print(f"realtime-lab: {warning.message}", file=sys.stderr)
    return source


def _open_lab(parsed: argparse.Namespace) -> int:
    notebook = find_notebook()
    command = [sys.executable, "-m", "jupyterlab", str(notebook), *parsed.jupyter]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container everybody is root, and Jupyter would refuse to start; it still listens on
        # this machine alone and wants its token.
        command.append("--allow-root")
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 0


def find_notebook(start: Path | None = None) -> Path:
    """The first notebook: here, beside the source, or copied here from the installed package."""
    here = (start or Path.cwd()) / "notebooks" / FIRST_NOTEBOOK
    package = Path(__file__).parent
    for found in (here, package.parent / "notebooks" / FIRST_NOTEBOOK):
        if found.is_file():
            return found
    here.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(package / "notebooks" / FIRST_NOTEBOOK, here)
    return here


def _talk(parsed: argparse.Namespace) -> int:
    clip = Clip.read(parsed.speech) if parsed.speech else None
    source = _endpoint_of(parsed)
    if parsed.seed is not None:
        source = with_seed(source, parsed.seed)
    for path in filter(None, (parsed.out, parsed.log)):
        if not path.parent.is_dir():
            raise RealtimeLabError(f"there is no folder {path.parent}; create it first")
        if not os.access(path.parent, os.W_OK):
            raise RealtimeLabError(f"nothing can be written into {path.parent}; choose another")
    if parsed.out:
        Clip.format_of(parsed.out)
    result = asyncio.run(_one_turn(source, clip, parsed))
    if parsed.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print(f"you:   {result['transcript_user']}\nmodel: {result['transcript_assistant']}")
        print(result["figures"])
        if result["problem"]:
            print(f"problem: {result['problem']}", file=sys.stderr)
    return 0


async def _one_turn(
    source: EndpointSource, clip: Clip | None, parsed: argparse.Namespace
) -> dict[str, Any]:
    settings = Settings(voice=parsed.voice, instructions=parsed.instructions)
    log = log_for(source)
    if parsed.no_redaction:
        log.redaction = Redaction.off()
    opened = await open_session(source, settings, log=log, agree=parsed.agree or None)
    session = opened.session
    try:
        if clip is not None:
            turn = await session.in_step(session.speak(clip, timeout=parsed.timeout))
        else:
            turn = await session.in_step(session.say(parsed.text, timeout=parsed.timeout))
        if parsed.out:
            turn.audio.write(parsed.out)
    finally:
        await opened.close()
        if parsed.log:
            log.write(parsed.log)
    return _report(turn, session.model, session.connect_seconds, len(log), parsed.json)


def _report(
    turn: Turn, model: str, connect: float | None, events: int, machine: bool
) -> dict[str, Any]:
    import msgspec

    latency = turn.latency.as_ms()
    if connect is not None:
        latency = {"connect": round(1000 * connect, 1), **latency}
    report = {
        "transcript_user": turn.transcript_user,
        "transcript_assistant": turn.transcript,
        "voice": turn.voice,
        "model": model,
        "status": turn.status,
        "problem": turn.problem,
        "latency_ms": latency,
        "usage": msgspec.to_builtins(turn.usage),
        "events": events,
        "reply_seconds": round(turn.audio.seconds, 3),
    }
    return report if machine else {**report, "figures": latency_line(turn)}


def endpoint_named(name: str, dialect: Any = None, **options: Any) -> EndpointSource:
    """The endpoint that ``--endpoint`` names; ``options`` as `azure` takes them.

    An address that is neither Azure's nor OpenAI's gets the key in ``REALTIME_LAB_API_KEY``, as
    the key of a service goes to that service alone.

    Raises:
        EndpointError: for a name that is none, or options that do not fit it.
        AuthenticationError: if it needs a key and there is none.
    """
    kind, _, rest = name.partition(":")
    given = {option: value for option, value in options.items() if value not in (None, "")}
    if name == "embedded":
        if given:
            raise EndpointError(
                "the embedded server is on this machine: it has no proxy, certificate, sign-in or "
                "api-version; leave those options out"
            )
        return embedded(dialect=dialect or "preview")
    if kind == "azure":
        resource, _, deployment = rest.rpartition("/")
        return azure(resource, deployment, dialect=dialect, **given)
    if kind == "openai":
        unfit = {"credential", "scope", "api_version"} & given.keys()
        if unfit:
            raise EndpointError("OpenAI takes a key, and no api-version; leave those options out")
        return openai(rest or "gpt-realtime", **given)
    if not set(name) & set("./:"):
        raise EndpointError(
            f"{name!r} is no endpoint; use embedded, azure:RESOURCE/DEPLOYMENT, openai:MODEL, or "
            "an address that begins with wss://"
        )
    if "credential" not in given:
        given["api_key"] = key_given_with(name)
    return endpoint(name, dialect=dialect, **given)


def _doctor(parsed: argparse.Namespace) -> int:
    from .diagnosis import examine, examine_endpoint

    if parsed.endpoint:
        source = _endpoint_of(parsed)
        findings = asyncio.run(examine_endpoint(source, agree=parsed.agree or None))
    else:
        findings = examine()
    if parsed.json:
        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
    return 1 if any(finding.is_broken for finding in findings) else 0
