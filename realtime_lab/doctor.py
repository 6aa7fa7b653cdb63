"""Says in plain words what works on this machine, by trying it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from .audio import rms_dbfs
from .errors import RealtimeLabError
from .session import Settings, embedded, open_session

__all__ = ["Finding", "examine"]

Verdict = Literal["works", "missing", "broken"]
_SIGNS: dict[Verdict, str] = {"works": "✓", "missing": "–", "broken": "✗"}
SENTENCE = "Say exactly: hello there, how are you"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried; ``missing`` is no fault, only something you do without."""

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
