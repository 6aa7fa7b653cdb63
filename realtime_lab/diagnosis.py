"""Says in plain words what works on this machine, and on the way to an endpoint, by trying it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from .audio import rms_dbfs
from .errors import RealtimeLabError
from .session import (
    Call,
    EndpointSource,
    Settings,
    Step,
    embedded,
    open_session,
    probe,
    session_thread,
)

__all__ = ["Diagnosis", "Finding", "doctor", "examine", "examine_endpoint"]

Verdict = Literal["works", "missing", "warns", "broken"]
_SIGNS: dict[Verdict, str] = {"works": "✓", "missing": "–", "warns": "!", "broken": "✗"}
SENTENCE = "Say exactly: hello there, how are you"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried.

    ``missing`` is no fault, only something you do without; ``warns`` works still.
    """

    what: str
    verdict: Verdict
    told: str

    @property
    def is_broken(self) -> bool:
        return self.verdict == "broken"

    def as_dict(self) -> dict[str, str]:
        """As plain data."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{_SIGNS[self.verdict]} {self.what}: {self.told}"


class Diagnosis(Sequence[Finding]):
    """What was found, in the order of trying; shows itself in a cell."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._findings = list(findings)

    def __getitem__(self, index: Any) -> Any:
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken."""
        return not any(finding.is_broken for finding in self)

    def __repr__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td>{_SIGNS[f.verdict]}</td><td style="text-align:left">{escape(f.what)}</td>'
            f'<td style="text-align:left">{escape(f.told)}</td></tr>'
            for f in self
        )
        return f"<table>{rows}</table>"


def doctor(endpoint: EndpointSource | None = None, *, agree: bool | None = None) -> Call[Diagnosis]:
    """Look for trouble: on this machine, or step by step on the way to an endpoint.

    ``await rl.doctor(rl.azure(...))`` names the step that fails (name, network, proxy, certificate,
    access, deployment, api-version, session) and what to do. Nothing is said on the way: no audio,
    no text. Connecting to another machine needs consent all the same; ``agree`` gives it.
    """
    return session_thread().call(_diagnosed(endpoint, agree), "doctor")


async def _diagnosed(endpoint: EndpointSource | None, agree: bool | None) -> Diagnosis:
    if endpoint is None:
        return Diagnosis(await asyncio.to_thread(examine))
    return Diagnosis(await examine_endpoint(endpoint, agree=agree))


async def examine_endpoint(endpoint: EndpointSource, *, agree: bool | None = None) -> list[Finding]:
    """Every step on the way to a session there; the last is the one that fails, if one does."""
    return [_finding(step) for step in await probe(endpoint, agree=agree)]


def _finding(step: Step) -> Finding:
    verdict: Verdict = "warns" if step.warns else "works" if step.is_taken else "broken"
    failure = f"{type(step.failure).__name__}: " if step.failure else ""
    return Finding(step.name, verdict, failure + step.told)


def examine() -> list[Finding]:
    """Try everything, from Python to a spoken turn with the embedded server."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _notebook,
        _front_end,
        _conversation,
        _extras,
        _keys,
    )
    return [finding for check in checks for finding in check()]


def _python() -> Iterator[Finding]:
    machine = f"{platform.system()} {platform.machine()}"
    yield Finding("Python", "works", f"{platform.python_version()} on {machine}")


def _notebook() -> Iterator[Finding]:
    for package, purpose, without in (
        ("jupyterlab", "opens the notebooks", "pip install jupyterlab"),
        ("anywidget", "shows the console", "pip install anywidget"),
        (
            "jupyter-server-proxy",
            "carries audio on JupyterHub and Binder",
            "pip install jupyter-server-proxy",
        ),
    ):
        found = _version(package)
        if found:
            yield Finding(package, "works", f"{found}, {purpose}")
        else:
            yield Finding(package, "broken", f"not installed; {without}")


def _front_end() -> Iterator[Finding]:
    bundle = Path(__file__).parent / "widgets" / "static" / "console.js"
    if bundle.is_file():
        yield Finding("console front end", "works", f"{bundle.stat().st_size // 1024} kB")
    else:
        yield Finding(
            "console front end", "broken", "was not built; install again with pip install ."
        )
    yield Finding(
        "microphone",
        "works",
        "browsers give it to pages on localhost and https:// only; a remote JupyterLab needs https",
    )


def _conversation() -> Iterator[Finding]:
    try:
        yield from asyncio.run(_talk())
    except RealtimeLabError as error:
        yield Finding("embedded server", "broken", str(error))


async def _talk() -> list[Finding]:
    begun = time.perf_counter()
    opened = await open_session(embedded(), Settings())
    ready = time.perf_counter() - begun
    session = opened.session
    findings = [Finding("embedded server", "works", f"ready in {ready:.2f} s, {session.model}")]
    try:
        typed = await session.say(SENTENCE)
        level = rms_dbfs(typed.audio.samples)
        audible = level > -50
        findings.append(
            Finding(
                "voice",
                "works" if audible else "broken",
                f"{typed.audio.seconds:.1f} s of speech at {level:.0f} dBFS",
            )
        )
        if audible:
            findings.append(await _hear(session, typed.audio))
    finally:
        await opened.close()
    return findings


async def _hear(session: Any, clip: Any) -> Finding:
    spoken = await session.speak(clip)
    first = spoken.latency.speech_end_to_first_audio
    if not spoken.transcript_user:
        return Finding("ears", "broken", "the recogniser understood nothing of its own voice")
    delay = f", answered {1000 * first:.0f} ms after the end of speech" if first else ""
    return Finding("ears", "works", f"understood “{spoken.transcript_user}”{delay}")


def _extras() -> Iterator[Finding]:
    for package, extra, purpose in (
        ("openai", "chat", "any OpenAI-compatible chat endpoint as the brain"),
        ("faster-whisper", "whisper", "better ears"),
        ("piper-tts", "piper", "other voices"),
        ("kokoro-onnx", "kokoro", "other voices"),
        ("PyJWT", "entra", "a server that takes Entra-like tokens"),
        ("trustme", "tls", "a server with a certificate of its own making"),
        ("azure-identity", "azure", "signing in with Microsoft Entra ID"),
        ("keyring", "azure", "keys from the keyring of the system"),
        ("python-dotenv", "azure", "keys from a .env file"),
    ):
        found = _version(package)
        if found:
            yield Finding(package, "works", f"{found}, {purpose}")
        else:
            install = f'pip install "realtime-lab[{extra}]"'
            yield Finding(package, "missing", f"{purpose}: {install}")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        yield Finding("chromium", "missing", "only the browser tests need it")


def _keys() -> Iterator[Finding]:
    for variable, service in (
        ("AZURE_OPENAI_API_KEY", "Azure OpenAI"),
        ("OPENAI_API_KEY", "OpenAI"),
    ):
        if os.environ.get(variable):
            yield Finding(variable, "works", f"is set; sessions with {service} can use it")
        else:
            yield Finding(variable, "missing", f"only sessions with {service} need it")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
