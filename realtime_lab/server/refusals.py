"""How the first service told an error, where it told it differently."""

from __future__ import annotations

from ..errors import InvalidEvent

__all__ = ["as_first_told"]

_UNCODED = {
    "conversation_already_has_active_response": None,
    "input_audio_buffer_commit_empty": (
        "Error committing input audio buffer: the buffer is empty."
    ),
    "unsupported_content_type": None,
}
"""Codes that errors of 2024 did not carry yet, with the message of that time if it was another."""


def as_first_told(refusal: InvalidEvent) -> InvalidEvent:
    """The refusal as the service told it in October 2024."""
    if refusal.code not in _UNCODED:
        return refusal
    return InvalidEvent(
        _UNCODED[refusal.code] or refusal.message,
        param=refusal.param,
        event_id=refusal.event_id,
        type=refusal.type,
    )
