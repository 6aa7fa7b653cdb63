"""The four stages of a speech engine, as small interfaces.

A realtime server hears (`VoiceActivity`, `Transcriber`), thinks (`Brain`) and speaks
(`Synthesizer`). Every implementation in this room satisfies one of these protocols; none knows
about events, sessions or sockets. All audio that crosses a stage is PCM16 little-endian mono at
24 kHz unless said otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

__all__ = [
    "Brain",
    "Hints",
    "Message",
    "Prompt",
    "SpeechChunk",
    "Synthesizer",
    "ToolCall",
    "ToolSpec",
    "Transcriber",
    "Transcript",
    "Transcription",
    "VoiceActivity",
]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function the brain may call; ``parameters`` is a JSON Schema object."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the brain asks for; ``arguments`` is a JSON object as text."""

    name: str
    arguments: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the conversation as the brain sees it.

    ``role`` is ``tool`` for the result of a call, whose ``call_id`` it carries. An assistant
    message that was a call has ``call`` set and no text.
    """

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    call: ToolCall | None = None
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything a brain may know when it answers.

    ``tool_choice`` is ``auto``, ``none``, ``required`` or the name of the one tool that must be
    called. ``voice`` is the name under which the answer will be spoken.
    """

    instructions: str
    messages: Sequence[Message]
    tools: Sequence[ToolSpec] = ()
    tool_choice: str = "auto"
    voice: str = "alloy"


class Brain(Protocol):
    """Decides what to say."""

    def reply(self, prompt: Prompt) -> AsyncIterator[str | ToolCall]:
        """Stream the answer: pieces of text in order, and any tool calls.

        Concatenated, the pieces are the answer. Closing the iterator abandons the answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """A stretch of speech and the words that begin to sound in it.

    ``text`` keeps its spacing, so that the chunks of an utterance join to the text spoken.
    """

    pcm: bytes
    text: str = ""


class Synthesizer(Protocol):
    """Turns text into speech."""

    @property
    def voices(self) -> Sequence[str]:
        """Names accepted by `speak`."""
        ...

    def speak(self, text: str, voice: str, *, speed: float = 1.0) -> AsyncIterator[SpeechChunk]:
        """Stream ``text`` as speech, the first chunk as early as possible.

        Closing the iterator stops the synthesis at once. Raises `EngineError` for a voice that
        does not exist.
        """
        ...


@dataclass(frozen=True, slots=True)
class Hints:
    """What a recogniser may expect to hear: whole phrases and single words.

    ``steady`` asks for the same result however busy the recogniser is.
    """

    phrases: Sequence[str] = ()
    words: Sequence[str] = ()
    language: str = "en"
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood; empty ``text`` when nothing was. ``confidence`` is 0 to 1."""

    text: str
    confidence: float = 0.0


class Transcription(Protocol):
    """One utterance being recognised while it is spoken."""

    def feed(self, pcm: bytes) -> None:
        """Take more audio; returns at once."""
        ...

    def pause(self) -> None:
        """The speaker fell silent and may have finished.

        A recogniser may get its result ready now; more `feed` takes that back.
        """
        ...

    @property
    def partial(self) -> str:
        """The words understood so far; they may still change."""
        ...

    async def caught_up(self) -> None:
        """Wait until all that was fed has been listened to and is in `partial`."""
        ...

    async def finish(self) -> Transcript:
        """End the utterance and return what was understood. Called once."""
        ...

    def discard(self) -> None:
        """Drop the utterance without a result. Harmless after `finish`."""
        ...


class Transcriber(Protocol):
    """Opens a `Transcription` for each utterance."""

    def open(self, hints: Hints) -> Transcription:
        """Begin a new utterance."""
        ...

    async def close(self) -> None:
        """Release workers and models."""
        ...


class VoiceActivity(Protocol):
    """Tells speech from everything else; one instance per audio stream."""

    frame_seconds: float
    """Length of audio that each probability speaks for."""

    def feed(self, pcm: bytes) -> list[float]:
        """Take audio of any length; return one speech probability (0 to 1) per full frame."""
        ...

    def reset(self) -> None:
        """Forget the past, as at the start of a stream."""
        ...
