"""The settings a session asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import SessionError
from ..protocol import (
    UNSET,
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    ServerVad,
    SessionConfig,
    TranscriptionConfig,
    TurnDetection,
    profile_of,
)

__all__ = ["Settings"]

PCM = AudioFormat(type="audio/pcm", rate=24000)
HANDS_FREE = ServerVad(
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    create_response=True,
    interrupt_response=True,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose about a session; everything has a default.

    ``turn_detection`` is ``None`` for push-to-talk. ``transcription`` names the model that writes
    down the user's words, ``None`` for no transcript. ``extra`` is merged over the ``session``
    object as it is, for settings that have no name here.
    """

    voice: str = "alloy"
    instructions: str | None = None
    turn_detection: TurnDetection | None = field(default_factory=lambda: HANDS_FREE)
    transcription: str | None = "whisper-1"
    speed: float | None = None
    temperature: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def check(self, model: str) -> None:
        """Raise `SessionError` for a voice that the model is known not to have."""
        profile = profile_of(model)
        if profile and self.voice not in profile.voices:
            raise SessionError(
                f"{model} has no voice {self.voice!r}; it has {', '.join(profile.voices)}"
            )

    def config(self, tools: list[dict[str, Any]]) -> SessionConfig:
        """The ``session`` object of a ``session.update``, in the GA layout."""
        import msgspec

        config = SessionConfig(
            type="realtime",
            output_modalities=["audio"],
            instructions=UNSET if self.instructions is None else self.instructions,
            temperature=UNSET if self.temperature is None else self.temperature,
            tools=tools or UNSET,
            audio=AudioConfig(
                input=AudioInput(
                    format=PCM,
                    turn_detection=self.turn_detection,
                    transcription=TranscriptionConfig(model=self.transcription)
                    if self.transcription
                    else None,
                ),
                output=AudioOutput(
                    format=PCM,
                    voice=self.voice,
                    speed=UNSET if self.speed is None else self.speed,
                ),
            ),
        )
        if not self.extra:
            return config
        return msgspec.convert({**msgspec.to_builtins(config), **self.extra}, SessionConfig)
