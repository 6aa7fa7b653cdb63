"""Keeps credentials out of the log.

Settings may carry them: the preview service puts an ephemeral key into ``session.client_secret``,
and a remote MCP tool has ``authorization`` and ``headers``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ...protocol import (
    ClientEvent,
    ResponseCreate,
    ServerEvent,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    UnknownEvent,
)

__all__ = ["REDACTED", "may_hold_secrets", "redacted"]

REDACTED = "redacted"
_SECRET_FIELDS = frozenset({"client_secret", "authorization", "headers", "api_key", "api-key"})
_SIGNS = tuple(f'"{name}"'.encode() for name in _SECRET_FIELDS)
_HOLDERS = frozenset({SessionCreated, SessionUpdated, SessionUpdate, ResponseCreate, UnknownEvent})


def may_hold_secrets(event: ServerEvent | ClientEvent | UnknownEvent) -> bool:
    """Whether events of this kind have a place for credentials."""
    return type(event) in _HOLDERS


def redacted(data: bytes) -> bytes | None:
    """The JSON text with every credential replaced; ``None`` if there is none in it."""
    if not any(sign in data for sign in _SIGNS):
        return None
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    clean = _without_secrets(body)
    return None if clean == body else msgspec.json.encode(clean)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _hidden(inner) if name in _SECRET_FIELDS else _without_secrets(inner)
            for name, inner in value.items()
        }
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(inner) for name, inner in value.items()}
    return REDACTED if isinstance(value, str) else value
