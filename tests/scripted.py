"""A speech engine that says and hears what a test tells it to, at once and always the same."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from realtime_lab.engine import (
    Hints,
    Prompt,
    SpeechChunk,
    ToolCall,
    Transcript,
)

MS = 48
"""Bytes of 24 kHz PCM16 in a millisecond."""
WORD_SECONDS = 0.1


def tone(ms: int) -> bytes:
    """Loud audio: `ScriptedVoiceActivity` takes it for speech."""
    return b"\x00\x40\x00\xc0" * (ms * MS // 4)


def silence(ms: int) -> bytes:
    """Digital silence."""
    return bytes(ms * MS)


class ScriptedVoiceActivity:
    """Speech is what is not zero."""

    frame_seconds = 0.020

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, pcm: bytes) -> list[float]:
        self._rest += pcm
        size = round(self.frame_seconds * 1000) * MS
        whole = len(self._rest) // size
        frames = [self._rest[n * size : (n + 1) * size] for n in range(whole)]
        self._rest = self._rest[whole * size :]
        return [1.0 if any(frame) else 0.0 for frame in frames]

    def reset(self) -> None:
        self._rest = b""


class ScriptedTranscription:
    """Understands the next line of the script, however it sounds."""

    def __init__(self, words: Callable[[], Transcript], heard: list[bytes]) -> None:
        self._words = words
        self._heard = heard
        self._pcm = bytearray()
        self.paused = False

    def feed(self, pcm: bytes) -> None:
        self._pcm += pcm
        self.paused = False

    def pause(self) -> None:
        self.paused = True

    @property
    def partial(self) -> str:
        return ""

    async def caught_up(self) -> None: ...

    async def finish(self) -> Transcript:
        self._heard.append(bytes(self._pcm))
        return self._words()

    def discard(self) -> None:
        self._pcm.clear()


@dataclass
class ScriptedTranscriber:
    """Each utterance is the next of ``lines``; then nothing is understood.

    An error in place of a line is raised. ``heard`` collects the audio of the finished utterances,
    ``hints`` what was expected.
    """

    lines: list[str | Exception] = field(default_factory=list)
    confidence: float = 1.0
    heard: list[bytes] = field(default_factory=list)
    hints: list[Hints] = field(default_factory=list)

    def open(self, hints: Hints) -> ScriptedTranscription:
        self.hints.append(hints)
        return ScriptedTranscription(self._next, self.heard)

    def _next(self) -> Transcript:
        line = self.lines.pop(0) if self.lines else ""
        if isinstance(line, Exception):
            raise line
        return Transcript(line, self.confidence)

    async def close(self) -> None: ...


Answer = Sequence[str | ToolCall] | Exception


@dataclass
class ScriptedBrain:
    """Answers with the next of ``answers``, then with the user's words.

    ``prompts`` collects what it was asked. While ``gate`` is set to an event, an answer waits for
    it after its first piece, so that a test can interrupt it there.
    """

    answers: list[Answer] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def reply(self, prompt: Prompt) -> AsyncIterator[str | ToolCall]:
        self.prompts.append(prompt)
        answer = self.answers.pop(0) if self.answers else (self._echo(prompt),)
        if isinstance(answer, Exception):
            raise answer
        for index, piece in enumerate(answer):
            if index and self.gate is not None:
                await self.gate.wait()
            yield piece

    def _echo(self, prompt: Prompt) -> str:
        said = [m.text for m in prompt.messages if m.role == "user"]
        return f"You said: {said[-1] if said else ''}."


@dataclass
class ScriptedSynthesizer:
    """Speaks every word as a tone of 100 ms."""

    voices: Sequence[str] = ("alloy", "ash", "coral", "echo", "marin")
    spoken: list[tuple[str, str, float]] = field(default_factory=list)

    async def speak(
        self, text: str, voice: str, *, speed: float = 1.0
    ) -> AsyncIterator[SpeechChunk]:
        self.spoken.append((text, voice, speed))
        for word in re.findall(r"\S+\s*", text):
            yield SpeechChunk(tone(round(WORD_SECONDS * 1000)), word)


@dataclass
class ScriptedEngine:
    """All stages scripted."""

    brain: ScriptedBrain = field(default_factory=ScriptedBrain)
    transcriber: ScriptedTranscriber = field(default_factory=ScriptedTranscriber)
    synthesizer: ScriptedSynthesizer = field(default_factory=ScriptedSynthesizer)

    def voice_activity(self) -> ScriptedVoiceActivity:
        return ScriptedVoiceActivity()

    async def close(self) -> None: ...
