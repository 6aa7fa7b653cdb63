"""The settings a session asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

__all__ = ["HANDS_FREE", "Settings", "merged", "session_config"]

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
    down the user's words, ``None`` for no transcript. ``extra`` is merged into the ``session``
    object, for settings that have no name here.
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
        """The ``session`` object of a ``session.update``, in the GA layout.

        Raises:
            SessionError: if ``extra`` holds what no session has.
        """
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
        return session_config(merged(msgspec.to_builtins(config), self.extra))


def session_config(fields: Mapping[str, Any]) -> SessionConfig:
    """A ``session`` object with these fields, as the GA dialect names them.

    Raises:
        SessionError: for a field that does not exist or a value that it cannot have.
    """
    import msgspec

    plain = msgspec.to_builtins(fields)
    try:
        config = msgspec.convert(plain, SessionConfig)
    except msgspec.ValidationError as error:
        raise SessionError(f"a session cannot be set so: {error}") from None
    unknown = next(_left_out(plain, msgspec.to_builtins(config)), None)
    if unknown is not None:
        raise SessionError(
            f"a session has no setting {unknown!r}; settings are named as in the GA dialect, for "
            "example audio={'output': {'speed': 1.2}}"
        )
    return config


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with everything of ``over``, which keeps its neighbours inside nested objects."""
    result = dict(base)
    for name, value in over.items():
        before = result.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            # An object of another type shares no fields with the one it replaces.
            same_type = value.get("type", before.get("type")) == before.get("type")
            value = merged(before, value) if same_type else value
        result[name] = value
    return result


def _left_out(given: Any, kept: Any, path: str = "") -> Iterator[str]:
    if isinstance(given, Mapping) and isinstance(kept, Mapping):
        for name, value in given.items():
            if name in kept:
                yield from _left_out(value, kept[name], f"{path}{name}.")
            else:
                yield path + name
