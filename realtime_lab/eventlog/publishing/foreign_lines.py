"""Lines of JSON as other tools write them: an event alone, or one with its time and direction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard

import msgspec

from ...protocol import CLIENT_EVENTS
from ..entry import Direction

__all__ = ["Line", "read_line"]

_PAYLOADS = ("event", "payload", "data", "message", "msg", "body", "json", "raw", "content")
_TIMES = (
    *("time", "timestamp", "ts", "at", "t", "datetime", "date", "wall", "created_at"),
    *("received_at", "sent_at", "time_ms", "timestamp_ms", "ts_ms", "at_ms", "t_ms", "elapsed_ms"),
    *("elapsed", "offset", "offset_ms", "monotonic"),
)
_DIRECTIONS = ("direction", "dir", "source", "from", "side", "sender", "origin", "role", "kind")
_ADDED = frozenset({"time", "timestamp", "ts", "direction", "dir", "source", "from"})
"""Names that no event of the protocol has."""
_SENT = "sent send client out outgoing outbound tx > -> → c2s up upstream user browser request"
_RECEIVED = (
    "received receive recv server in incoming inbound rx < <- ← s2c down downstream model "
    "assistant service response openai azure"
)
_SIDES: dict[Direction, frozenset[str]] = {
    "sent": frozenset(_SENT.split()),
    "received": frozenset(_RECEIVED.split()),
    "local": frozenset({"local"}),
}
_CLIENT_TYPES = frozenset(e.type for e in CLIENT_EVENTS) | {"transcription_session.update"}
_object_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_any_decoder = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a file.

    ``data`` is its JSON text, ``type`` its name on the wire. ``time`` is what the line tells of
    when it was: a number in the unit that ``in_ms`` says (``None`` where only its size can tell), a
    time of day, or nothing. ``is_guess`` says that the direction follows from the name alone.
    """

    data: bytes
    type: str
    direction: Direction
    is_guess: bool
    time: float | datetime | None = None
    in_ms: bool | None = None
    audio_bytes: int = 0


def read_line(text: bytes) -> Line | None:
    """The event in a line; ``None`` if there is none."""
    fields = _object(text)
    if fields is None:
        return None
    for name in _PAYLOADS:
        data = _text_in(fields.get(name))
        event = _object(data) if data else None
        if _is_event(event):
            around = {key: raw for key, raw in fields.items() if key != name}
            return _line(data, event, around)
    return _bare(text, fields) if _is_event(fields) else None


def _bare(text: bytes, fields: dict[str, msgspec.Raw]) -> Line:
    """An event alone; some tools put the time and the direction into it."""
    added = {key: raw for key, raw in fields.items() if key.lower() in _ADDED}
    if added:
        fields = {key: raw for key, raw in fields.items() if key not in added}
        text = msgspec.json.encode(fields)
    return _line(text, fields, added)


def _line(data: bytes, event: dict[str, msgspec.Raw], around: dict[str, msgspec.Raw]) -> Line:
    """An event, and what stands around it."""
    name = str(_value(event.get("type")))
    told = {key.lower(): _value(raw) for key, raw in around.items()}
    side = _first_side(told)
    time, in_ms = _time(told)
    audio_bytes = told.get("audio_bytes")
    return Line(
        data,
        name,
        side or _guess(name),
        side is None,
        time,
        in_ms,
        audio_bytes if isinstance(audio_bytes, int) and audio_bytes > 0 else 0,
    )


def _object(text: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    try:
        return _object_decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _value(raw: msgspec.Raw | None) -> Any:
    try:
        return None if raw is None else _any_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text_in(raw: msgspec.Raw | None) -> bytes:
    """JSON text, which may be in a string of its own."""
    data = b"" if raw is None else bytes(raw)
    if data[:1] == b'"':
        inner = _value(raw)
        data = inner.encode(errors="replace") if isinstance(inner, str) else b""
    return data if data[:1] == b"{" else b""


def _is_event(fields: dict[str, msgspec.Raw] | None) -> TypeGuard[dict[str, msgspec.Raw]]:
    name = _value(fields.get("type")) if fields else None
    return isinstance(name, str) and (name == "error" or "." in name)


def _first_side(told: dict[str, Any]) -> Direction | None:
    for key in _DIRECTIONS:
        value = told.get(key)
        word = value.strip().lower() if isinstance(value, str) else ""
        for side, words in _SIDES.items():
            if word in words:
                return side
    return None


def _guess(name: str) -> Direction:
    if name.startswith("lab."):
        return "local"
    return "sent" if name in _CLIENT_TYPES else "received"


def _time(found: dict[str, Any]) -> tuple[float | datetime | None, bool | None]:
    for name in _TIMES:
        value = found.get(name)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                moment = _moment(value)
                if moment is None:
                    continue
                return moment, None
        if isinstance(value, int | float):
            return float(value), True if name.endswith("_ms") else None
    return None, None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
