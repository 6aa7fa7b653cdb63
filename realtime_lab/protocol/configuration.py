"""Session settings, in the GA layout.

All fields may be absent: a ``session.update`` carries only what it changes. The settings that only
one dialect has are marked.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from .base import UNSET, Field, Shape

__all__ = [
    "AudioConfig",
    "AudioFormat",
    "AudioInput",
    "AudioOutput",
    "MaxTokens",
    "NoiseReduction",
    "SemanticVad",
    "ServerVad",
    "SessionConfig",
    "TranscriptionConfig",
    "TurnDetection",
]

Milliseconds = Annotated[int, Meta(ge=0)]
Temperature = Annotated[float, Meta(ge=0.6, le=1.2)]
"""Preview dialect only."""
MaxTokens = Annotated[int, Meta(ge=1, le=4096)] | Literal["inf"]
Modality = Literal["text", "audio"]


class AudioFormat(Shape, kw_only=True):
    """``audio/pcm`` (16 bit, 24 kHz), ``audio/pcmu`` or ``audio/pcma`` (G.711, 8 kHz)."""

    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
    rate: int | Field = UNSET


class ServerVad(Shape, tag_field="type", tag="server_vad", kw_only=True):
    """Turns end after ``silence_duration_ms`` without speech."""

    threshold: Annotated[float, Meta(ge=0, le=1)] | Field = UNSET
    prefix_padding_ms: Milliseconds | Field = UNSET
    silence_duration_ms: Milliseconds | Field = UNSET
    create_response: bool | Field = UNSET
    interrupt_response: bool | Field = UNSET
    idle_timeout_ms: Annotated[int, Meta(ge=5000, le=30000)] | None | Field = UNSET


class SemanticVad(Shape, tag_field="type", tag="semantic_vad", kw_only=True):
    """Turns end when the words seem complete; ``eagerness`` bounds the wait."""

    eagerness: Literal["low", "medium", "high", "auto"] | Field = UNSET
    create_response: bool | Field = UNSET
    interrupt_response: bool | Field = UNSET


TurnDetection = ServerVad | SemanticVad


class TranscriptionConfig(Shape, kw_only=True):
    """How the user's speech is written down beside the model (by another model)."""

    model: str | Field = UNSET
    language: str | Field = UNSET
    languages: list[str] | Field = UNSET
    prompt: str | Field = UNSET
    keywords: list[str] | Field = UNSET
    delay: str | Field = UNSET


class NoiseReduction(Shape, kw_only=True):
    """Filtering of the microphone before VAD and model."""

    type: Literal["near_field", "far_field"]
    strength: float | Field = UNSET


class AudioInput(Shape, kw_only=True):
    """The user's side of the sound."""

    format: AudioFormat | Field = UNSET
    transcription: TranscriptionConfig | None | Field = UNSET
    noise_reduction: NoiseReduction | None | Field = UNSET
    turn_detection: TurnDetection | None | Field = UNSET


class AudioOutput(Shape, kw_only=True):
    """The model's side of the sound; ``voice`` is locked once the model has spoken."""

    format: AudioFormat | Field = UNSET
    voice: str | dict[str, Any] | Field = UNSET
    speed: Annotated[float, Meta(ge=0.25, le=1.5)] | Field = UNSET


class AudioConfig(Shape, kw_only=True):
    """Both sides of the sound."""

    input: AudioInput | Field = UNSET
    output: AudioOutput | Field = UNSET


class SessionConfig(Shape, kw_only=True):
    """A session's settings: all of them when the service tells them, some when a client asks."""

    type: Literal["realtime", "transcription"] | Field = UNSET
    object: str | Field = UNSET
    id: str | Field = UNSET
    model: str | Field = UNSET
    expires_at: int | float | None | Field = UNSET
    output_modalities: list[Modality] | Field = UNSET
    instructions: str | Field = UNSET
    audio: AudioConfig | Field = UNSET
    tools: list[dict[str, Any]] | Field = UNSET
    tool_choice: str | dict[str, Any] | Field = UNSET
    parallel_tool_calls: bool | None | Field = UNSET
    reasoning: dict[str, Any] | None | Field = UNSET
    max_output_tokens: MaxTokens | Field = UNSET
    truncation: str | dict[str, Any] | None | Field = UNSET
    tracing: str | dict[str, Any] | None | Field = UNSET
    prompt: dict[str, Any] | None | Field = UNSET
    include: list[str] | None | Field = UNSET
    temperature: Temperature | Field = UNSET
    client_secret: dict[str, Any] | None | Field = UNSET
    """Preview dialect only."""
