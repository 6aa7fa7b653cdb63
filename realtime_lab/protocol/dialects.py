"""The preview dialect, told as differences from the GA one.

Inside this package everything has GA names. This table and the few functions below translate the
JSON objects of the preview dialect (gpt-4o-realtime-preview, 2024-10-01 and later) both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "EVENT_NAMES",
    "FIRST_RESPONSE_FIELDS",
    "FIRST_RESPONSE_REQUEST_FIELDS",
    "FORMAT_NAMES",
    "RESPONSE_FIELDS",
    "RESPONSE_REQUEST_FIELDS",
    "SESSION_FIELDS",
    "TRANSCRIPTION_SESSION_FIELDS",
    "FieldName",
    "ga_object",
    "ga_parts",
    "preview_object",
    "preview_parts",
    "preview_path",
]

EVENT_NAMES: Mapping[str, str] = {
    "conversation.item.created": "conversation.item.added",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}
"""Preview event name → GA event name, where they differ."""

_FORMATS = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
FORMAT_NAMES = tuple(_FORMATS)
"""Audio formats of the preview dialect."""
_PART_TYPES = {"text": "output_text", "audio": "output_audio"}


def _same(value: Any) -> Any:
    return value


def _format_to_ga(value: Any) -> Any:
    known = isinstance(value, str) and value in _FORMATS
    return dict(_FORMATS[value]) if known else {"type": value}


def _format_to_preview(value: Any) -> Any:
    kind = value.get("type") if isinstance(value, dict) else value
    return next((name for name, ga in _FORMATS.items() if ga["type"] == kind), kind)


def _modalities_to_ga(value: Any) -> Any:
    return ["audio"] if value in (["audio", "text"], ["text", "audio"]) else value


def _modalities_to_preview(value: Any) -> Any:
    return ["audio", "text"] if value == ["audio"] else value


def _detection_to_ga(value: Any) -> Any:
    return None if isinstance(value, dict) and value.get("type") == "none" else value


@dataclass(frozen=True, slots=True)
class FieldName:
    """Where a field of the preview dialect stands in the GA layout, and how its value reads.

    ``values`` are those of the preview dialect where they are spelt in its own way; ``also`` are
    more of a client's than GA has.
    """

    ga: tuple[str, ...]
    to_ga: Callable[[Any], Any] = _same
    to_preview: Callable[[Any], Any] = _same
    values: tuple[Any, ...] = ()
    also: tuple[Any, ...] = ()


_MODALITIES = FieldName(
    ("output_modalities",),
    _modalities_to_ga,
    _modalities_to_preview,
    values=(["text"], ["audio", "text"], ["text", "audio"]),
)
_VOICE = FieldName(("audio", "output", "voice"))
_OUTPUT_FORMAT = FieldName(
    ("audio", "output", "format"), _format_to_ga, _format_to_preview, values=FORMAT_NAMES
)


def _unchanged(*names: str) -> dict[str, FieldName]:
    return {name: FieldName((name,)) for name in names}


SESSION_FIELDS: Mapping[str, FieldName] = {
    **_unchanged("id", "object", "model", "expires_at", "instructions", "tools", "tool_choice"),
    "modalities": _MODALITIES,
    "voice": _VOICE,
    "speed": FieldName(("audio", "output", "speed")),
    "input_audio_format": FieldName(
        ("audio", "input", "format"), _format_to_ga, _format_to_preview, values=FORMAT_NAMES
    ),
    "output_audio_format": _OUTPUT_FORMAT,
    "input_audio_transcription": FieldName(("audio", "input", "transcription")),
    "input_audio_noise_reduction": FieldName(("audio", "input", "noise_reduction")),
    "turn_detection": FieldName(
        ("audio", "input", "turn_detection"), _detection_to_ga, also=({"type": "none"},)
    ),
    "max_response_output_tokens": FieldName(("max_output_tokens",)),
    **_unchanged("temperature", "client_secret"),
}
TRANSCRIPTION_SESSION_FIELDS: Mapping[str, FieldName] = {
    name: SESSION_FIELDS.get(name, FieldName((name,)))
    for name in (
        "id",
        "object",
        "expires_at",
        "input_audio_format",
        "input_audio_transcription",
        "input_audio_noise_reduction",
        "turn_detection",
        "include",
        "client_secret",
    )
}
"""Of a session that only transcribes; `SESSION_FIELDS` are those of one that answers."""
RESPONSE_FIELDS: Mapping[str, FieldName] = {
    **_unchanged("id", "object", "status", "status_details", "output", "conversation_id"),
    "modalities": _MODALITIES,
    "voice": _VOICE,
    "output_audio_format": _OUTPUT_FORMAT,
    **_unchanged("temperature", "max_output_tokens", "usage", "metadata"),
}
RESPONSE_REQUEST_FIELDS: Mapping[str, FieldName] = {
    **_unchanged("conversation", "input", "instructions", "tools", "tool_choice", "metadata"),
    "modalities": _MODALITIES,
    "voice": _VOICE,
    "output_audio_format": _OUTPUT_FORMAT,
    "max_response_output_tokens": FieldName(("max_output_tokens",)),
    **_unchanged("temperature"),
}
FIRST_RESPONSE_FIELDS: Mapping[str, FieldName] = _unchanged(
    "id", "object", "status", "status_details", "output", "usage", "metadata"
)
"""A response as the service of October 2024 told it."""
FIRST_RESPONSE_REQUEST_FIELDS: Mapping[str, FieldName] = {
    **_unchanged("commit", "cancel_previous", "append_input_items", "instructions"),
    "input_items": FieldName(("input",)),
    "modalities": _MODALITIES,
    "voice": _VOICE,
    "output_audio_format": _OUTPUT_FORMAT,
    **_unchanged("tools", "tool_choice", "temperature", "max_output_tokens"),
}
"""What a response was asked for with then (Azure's first interface description)."""


def ga_object(preview: Mapping[str, Any], fields: Mapping[str, FieldName]) -> dict[str, Any]:
    """The GA form of a preview object; fields that the table does not list stay where they are."""
    result: dict[str, Any] = {}
    for name, value in preview.items():
        field = fields.get(name, FieldName((name,)))
        place = result
        for step in field.ga[:-1]:
            place = place.setdefault(step, {})
        place[field.ga[-1]] = field.to_ga(value)
    return result


def preview_object(ga: Mapping[str, Any], fields: Mapping[str, FieldName]) -> dict[str, Any]:
    """The preview form of a GA object, without the fields that dialect does not have."""
    result: dict[str, Any] = {}
    for name, field in fields.items():
        place: Any = ga
        for step in field.ga[:-1]:
            place = place.get(step) or {}
        if field.ga[-1] in place:
            result[name] = field.to_preview(place[field.ga[-1]])
    return result


def ga_parts(item: dict[str, Any]) -> dict[str, Any]:
    """An item with its content parts named as GA names them."""
    return _rename_parts(item, _PART_TYPES)


def preview_parts(item: dict[str, Any]) -> dict[str, Any]:
    """An item with its content parts named as the preview dialect names them."""
    return _rename_parts(item, {ga: preview for preview, ga in _PART_TYPES.items()})


def _rename_parts(item: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    content = item.get("content")
    if not isinstance(content, list):
        return item
    parts = [
        {**part, "type": names[part["type"]]}
        if isinstance(part, dict) and isinstance(part.get("type"), str) and part["type"] in names
        else part
        for part in content
    ]
    return {**item, "content": parts}


def preview_path(path: str, root: str, fields: Mapping[str, FieldName]) -> str:
    """The preview spelling of a GA field path such as ``session.audio.output.voice``."""
    for name, field in fields.items():
        prefix = ".".join((root, *field.ga))
        if path == prefix or path.startswith((prefix + ".", prefix + "[")):
            return f"{root}.{name}{path[len(prefix) :]}"
    return path
