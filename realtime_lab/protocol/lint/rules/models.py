"""What the model at hand can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...base import UNSET
from ...client_events import ItemCreate, ResponseCreate, SessionUpdate
from ...configuration import AudioConfig, SemanticVad, ServerVad, SessionConfig
from ...items import Message
from ...profiles import Features, Profile
from ...responses import ResponseConfig
from ...server_events import UnknownEvent
from ..finding import About
from ..record import UNKNOWN, Handlers, Record
from ..rule import Rule
from .words import listed

__all__ = ["ContentNotTaken", "ModalitiesRefused", "NotOfModel"]

_TAKEN = {
    "system": ("input_text",),
    "user": ("input_text", "input_audio", "input_image"),
    "assistant": ("output_text",),
}
"""Content that a client may create, by role and GA name."""


class NotOfModel(Rule):
    about = About(
        id="not-of-model",
        severity="error",
        title="A voice or a setting that this model does not have",
        why="The service refuses the whole update or response, or leaves the setting out.",
        instead="Look at the model's profile: voices and abilities differ between versions.",
        source="Azure OpenAI and OpenAI, pages of the models; see `realtime_lab.protocol.PROFILES`",
    )

    def handlers(self) -> Handlers:
        return {
            SessionUpdate: lambda event, record: self._look(event.session, record),
            ResponseCreate: lambda event, record: self._look(event.response, record),
            ItemCreate: self._created,
        }

    def _look(self, config: SessionConfig | ResponseConfig | None, record: Record) -> None:
        profile = self.facts.settings.profile
        if config and profile is not None:
            features = profile.features_in(self.facts.origin.dialect)
            lacking = list(_lacking(config, profile, features))
            if lacking:
                self.tell(record, f"{profile.snapshot} has no {listed(lacking)}.")

    def _created(self, event: ItemCreate, record: Record) -> None:
        profile, item = self.facts.settings.profile, event.item
        if profile is None or not isinstance(item, Message):
            return
        has_image = any(part.type == "input_image" for part in item.content)
        if has_image and not profile.features_in(self.facts.origin.dialect).images:
            self.tell(record, f"{profile.snapshot} takes no images.")


def _lacking(
    config: SessionConfig | ResponseConfig, profile: Profile, features: Features
) -> Iterator[str]:
    if config.reasoning and not features.reasoning:
        yield "reasoning"
    if config.tools and not features.mcp and any(t.get("type") == "mcp" for t in config.tools):
        yield "MCP tools"
    audio = config.audio
    if isinstance(audio, AudioConfig):
        yield from _lacking_sound(audio, profile, features)


def _lacking_sound(audio: AudioConfig, profile: Profile, features: Features) -> Iterator[str]:
    heard, output = audio.input, audio.output
    if output and isinstance(output.voice, str) and output.voice not in profile.voices:
        yield f"voice {output.voice} (it has {listed(profile.voices)})"
    if output and output.speed is not UNSET and not features.speed:
        yield "speed"
    if not heard:
        return
    if heard.noise_reduction and not features.noise_reduction:
        yield "noise_reduction"
    model = heard.transcription.model if heard.transcription else UNSET
    if model and features.transcribers and model not in features.transcribers:
        yield f"transcription by {model}"
    detection = heard.turn_detection
    if isinstance(detection, SemanticVad) and not features.semantic_vad:
        yield "semantic_vad"
    if isinstance(detection, ServerVad) and detection.idle_timeout_ms and not features.idle_timeout:
        yield "idle_timeout_ms"
    switches = (getattr(detection, n, UNSET) for n in ("create_response", "interrupt_response"))
    if not features.turn_switches and any(switch is not UNSET for switch in switches):
        yield "create_response or interrupt_response"


class ModalitiesRefused(Rule):
    about = About(
        id="modalities-refused",
        severity="error",
        title="A combination of modalities that is not offered",
        why='GA takes `["audio"]` (which comes with its transcript) or `["text"]`, the preview '
        '`["audio", "text"]` or `["text"]`. Any other combination is refused, and the update '
        "or request with it.",
        instead="Ask for audio where speech is wanted: its words come along in both dialects.",
        source="OpenAI API reference, `output_modalities`; Azure OpenAI, `modalities`",
    )

    def handlers(self) -> Handlers:
        return {
            SessionUpdate: lambda event, record: self._look(event.session, record),
            ResponseCreate: lambda event, record: self._look(event.response, record),
            UNKNOWN: self._not_read,
        }

    def _look(self, config: SessionConfig | ResponseConfig | None, record: Record) -> None:
        wanted = config.output_modalities if config else UNSET
        if wanted and self.facts.origin.dialect == "ga":
            self._judge(wanted, [["audio"], ["text"]], record)

    def _not_read(self, event: UnknownEvent, record: Record) -> None:
        config = event.body.get("session") or event.body.get("response")
        if record.direction != "sent" or not isinstance(config, dict):
            return
        if self.facts.origin.dialect == "ga":
            self._judge(config.get("output_modalities"), [["audio"], ["text"]], record)
        else:
            self._judge(config.get("modalities"), [["audio", "text"], ["text"]], record)

    def _judge(self, wanted: Any, offered: list[list[str]], record: Record) -> None:
        known = isinstance(wanted, list) and all(one in ("audio", "text") for one in wanted)
        if known and sorted(wanted) not in offered:
            self.tell(
                record,
                f"The modalities {listed(wanted) or '(none)'} were asked for together; offered are "
                f"{' or '.join(' with '.join(one) for one in offered)}.",
            )


class ContentNotTaken(Rule):
    about = About(
        id="content-not-taken",
        severity="error",
        title="Content that a message of that role cannot have",
        why="The service refuses the item. Of what the model said only the words can be put back.",
        instead="Create `input_text`, `input_audio` or `input_image` for the user, `input_text` "
        "for the system, `output_text` (preview: `text`) for the assistant.",
        source="OpenAI API reference, `conversation.item.create`",
    )

    def handlers(self) -> Handlers:
        return {ItemCreate: self._created}

    def _created(self, event: ItemCreate, record: Record) -> None:
        item = event.item
        if not isinstance(item, Message):
            return
        wrong = [part.type for part in item.content if part.type not in _TAKEN[item.role]]
        if wrong:
            self.tell(
                record,
                f"A message of the {item.role} with {listed(dict.fromkeys(wrong))}; it can have "
                f"{listed(_TAKEN[item.role])}.",
            )
