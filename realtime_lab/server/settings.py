"""The settings in force in a session, and what may change them."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from ..errors import InvalidEvent
from ..protocol import (
    Features,
    Profile,
    SessionConfig,
    check_asked,
    check_tools,
    invalid_value,
    unknown_parameter,
)
from .defaults import (
    DEFAULT_INSTRUCTIONS,
    PCM,
    SessionKind,
    default_settings,
    default_turn_detection,
)
from .remote_servers import RemoteServers

__all__ = ["DEFAULT_INSTRUCTIONS", "Settings", "check_format", "check_modalities", "check_voice"]

_SWITCHES = ("create_response", "interrupt_response")
_OF_TRANSCRIPTION = frozenset({"type", "audio", "include"})
_DELAYS = ("minimal", "low", "medium", "high", "xhigh")
_STREAMING_TRANSCRIBER = "gpt-realtime-whisper"


class Settings:
    """A session's effective settings, in the GA layout.

    ``config`` is replaced as a whole by a successful `update`, never changed in place.
    ``features`` is what the session's model can do in the session's dialect, ``remote_servers``
    the tool servers that were defined, whose credentials no setting shows.
    """

    def __init__(self, config: dict[str, Any], profile: Profile, dialect: str = "ga") -> None:
        self._plain = config
        self.profile = profile
        self.features = profile.features_in(dialect)
        self.remote_servers = RemoteServers()
        self.config = msgspec.convert(config, SessionConfig)

    @classmethod
    def defaults(
        cls,
        dialect: str,
        model: str,
        profile: Profile,
        session_id: str,
        expires_at: int,
        kind: SessionKind = "realtime",
    ) -> Settings:
        """The settings a service starts a session with."""
        config = default_settings(dialect, model, profile, session_id, expires_at, kind)
        return cls(config, profile, dialect)

    def update(self, change: SessionConfig, *, voice_locked: bool) -> None:
        """Change the given settings: all of them, or none.

        ``voice_locked`` says that the model has spoken, after which its voice stays. The model of
        a session cannot be changed either: another name in ``change`` is ignored, as clients
        repeat their own name for it there.

        Raises:
            InvalidEvent: and nothing is changed.
        """
        asked = msgspec.to_builtins(change)
        # The preview has an event of its own for each kind of session, and no type inside.
        kind = asked.setdefault("type", "realtime")
        if kind != self.kind:
            raise InvalidEvent(
                f"Passing a {kind} session update event to a {self.kind} session is not allowed.",
                code="invalid_parameter",
                param="session.type",
            )
        _refuse_absent(asked, self.features, self.kind)
        check_asked(asked, "session")
        asked.pop("model", None)
        self._check_output(asked)
        merged = self._merged(asked)
        self._check_merged(merged, voice_locked)
        if "tools" in asked:
            merged["tools"] = self.remote_servers.define(asked["tools"])
        self.config = msgspec.convert(merged, SessionConfig)
        self._plain = merged

    @property
    def kind(self) -> SessionKind:
        """Whether the session answers or only transcribes."""
        return self._plain["type"]

    @property
    def voice(self) -> str:
        """Name of the voice in force."""
        return self._plain["audio"]["output"]["voice"]

    @property
    def input(self) -> dict[str, Any]:
        """``audio.input``: format, transcription, noise reduction, turn detection."""
        return self._plain["audio"]["input"]

    @property
    def output(self) -> dict[str, Any]:
        """``audio.output``: format, voice, speed. A session that only transcribes has none."""
        return self._plain["audio"]["output"]

    def get(self, name: str) -> Any:
        """A top-level setting."""
        return self._plain.get(name)

    def _check_output(self, asked: dict[str, Any]) -> None:
        for side, fields in asked.get("audio", {}).items():
            check_format(fields.get("format"), f"session.audio.{side}")
        if "output_modalities" in asked:
            check_modalities(asked["output_modalities"], "session")
        if "tools" in asked:
            mcp, labels = self.features.mcp, self.remote_servers.labels
            check_tools(asked["tools"], "session", mcp=mcp, labels=labels)
        tracing = self.get("tracing")
        if tracing is not None and asked.get("tracing") not in (None, tracing):
            raise InvalidEvent(
                "Cannot update a session's tracing configuration once tracing is enabled.",
                code="invalid_value",
                param="session.tracing",
            )

    def _merged(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The settings with ``asked`` laid over them; below ``audio`` field by field."""
        result = {**self._plain, **{k: v for k, v in asked.items() if k != "audio"}}
        result["audio"] = copy.deepcopy(self._plain["audio"])
        for side, fields in asked.get("audio", {}).items():
            for name, value in fields.items():
                present = result["audio"][side].get(name)
                result["audio"][side][name] = self._replaced(present, name, value)
        return result

    def _replaced(self, present: Any, name: str, asked: Any) -> Any:
        if name == "turn_detection" and isinstance(asked, dict):
            same = isinstance(present, dict) and present["type"] == asked["type"]
            usual = default_turn_detection(asked["type"], self.features, self.kind)
            if self.kind == "transcription":  # which answers nothing: the switches say nothing
                asked = {k: v for k, v in asked.items() if k not in (*_SWITCHES, "idle_timeout_ms")}
            return {**(present if same else usual), **asked}
        if name == "format":
            return dict(PCM) if asked["type"] == "audio/pcm" else {"type": asked["type"]}
        merges = name in ("transcription", "noise_reduction")
        if merges and isinstance(asked, dict) and isinstance(present, dict):
            return {**present, **asked}
        return asked

    def _check_merged(self, merged: dict[str, Any], voice_locked: bool) -> None:
        hearing = merged["audio"]["input"]
        _check_transcription(hearing["transcription"] or {}, self.features)
        if self.kind == "transcription":
            model = (hearing["transcription"] or {}).get("model")
            if model == _STREAMING_TRANSCRIBER and hearing["turn_detection"] is not None:
                raise InvalidEvent(
                    f"Turn detection is not supported with '{model}' and must be null.",
                    code="invalid_value",
                    param="session.audio.input.turn_detection",
                )
            return
        voice = merged["audio"]["output"]["voice"]
        if voice != self.voice:
            check_voice(voice, self.profile, "session")
            if voice_locked:
                raise InvalidEvent(
                    "Cannot update a conversation's voice if assistant audio is present.",
                    code="cannot_update_voice",
                )


def check_modalities(modalities: list[str], root: str) -> None:
    """Refuse what is neither text alone nor audio alone."""
    if modalities not in (["text"], ["audio"]):
        raise InvalidEvent(
            f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and "
            "['audio'].",
            code="invalid_value",
            param=f"{root}.output_modalities",
        )


def check_voice(voice: Any, profile: Profile, root: str) -> None:
    """Refuse a voice that the model does not have, and custom voices: there are none here."""
    path = f"{root}.audio.output.voice"
    if isinstance(voice, dict):
        if not isinstance(voice.get("id"), str):
            raise InvalidEvent(
                f"Missing required parameter: '{path}.id'.",
                code="missing_required_parameter",
                param=f"{path}.id",
            )
        raise InvalidEvent(
            f"Custom voice '{voice['id']}' not found.", code="invalid_value", param=f"{path}.id"
        )
    if voice not in profile.voices:
        raise invalid_value(path, voice, profile.voices)


def check_format(format_: Any, place: str) -> None:
    """Refuse a sample rate that the format does not have."""
    rate = (format_ or {}).get("rate", 24000)
    if (format_ or {}).get("type") == "audio/pcm" and rate != 24000:
        raise InvalidEvent(
            f"Invalid value: {rate}. Supported values are: 24000.",
            code="invalid_value",
            param=f"{place}.format.rate",
        )


def _refuse_absent(asked: dict[str, Any], features: Features, kind: SessionKind) -> None:
    """Refuse settings that this kind of session, or its model, does not have."""
    audio = asked.get("audio", {})
    if kind == "transcription":
        for name in asked:
            if name not in _OF_TRANSCRIPTION:
                raise unknown_parameter(f"session.{name}")
        if "output" in audio:
            raise unknown_parameter("session.audio.output")
    hearing, speaking = audio.get("input", {}), audio.get("output", {})
    detection = hearing.get("turn_detection") or {}
    absent = {
        "audio.input.noise_reduction": "noise_reduction" in hearing
        and not features.noise_reduction,
        "audio.output.speed": "speed" in speaking and not features.speed,
        "audio.input.turn_detection.idle_timeout_ms": "idle_timeout_ms" in detection
        and not features.idle_timeout,
        **{
            f"audio.input.turn_detection.{name}": name in detection and not features.turn_switches
            for name in _SWITCHES
        },
    }
    for path, is_absent in absent.items():
        if is_absent:
            raise unknown_parameter(f"session.{path}")
    if detection.get("type") == "semantic_vad" and not features.semantic_vad:
        path = "session.audio.input.turn_detection.type"
        raise invalid_value(path, "semantic_vad", ("server_vad",))


def _check_transcription(asked: dict[str, Any], features: Features) -> None:
    path = "session.audio.input.transcription"
    model = asked.get("model")
    if model is not None and features.transcribers and model not in features.transcribers:
        raise invalid_value(f"{path}.model", model, features.transcribers)
    delay = asked.get("delay")
    if delay is not None and delay not in _DELAYS:
        raise invalid_value(f"{path}.delay", delay, _DELAYS)
