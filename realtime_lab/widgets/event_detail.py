"""One event as a page shows it: its JSON in full, its causes and its consequences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from ..errors import LogError
from ..eventlog import EventFilter

if TYPE_CHECKING:
    from ..eventlog import EventIndex, EventRow

__all__ = ["event_detail", "readable"]

MOST_RELATED = 40
LONGEST_WORDS = 160
_AUDIO_PARTS = frozenset({"input_audio", "audio", "output_audio"})


def event_detail(index: EventIndex, seq: int) -> dict[str, Any]:
    """What there is to say about an event.

    Raises:
        LogError: if there is no event of that number.
    """
    found = index.events(np.array([seq]))
    if not len(found):
        raise LogError(f"there is no event {seq} in the log")
    row = found[0]
    causes, consequences = index.related(seq)
    run = index.seqs(EventFilter(head=row["head"]))
    return {
        "seq": seq,
        "at": row["at"],
        "wall": row["wall"].isoformat(timespec="microseconds"),
        "direction": row["direction"],
        "type": row["type"],
        "turn": row["turn"],
        "response": row["response_id"] or "",
        "item": row["item_id"] or "",
        "size": row["size"],
        "piece": int(np.searchsorted(run, seq)) + 1,
        "pieces": len(run),
        "json": readable(row["event"], row["audio_bytes"]),
        "causes": _links(causes),
        "consequences": _links(consequences),
    }


def readable(text: str, audio_bytes: int | None = None) -> str:
    """The JSON of an event, indented, with the length of audio in its place.

    ``audio_bytes`` is that of an event of nothing but audio, whose samples were left out.
    """
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return text
    if audio_bytes is not None and isinstance(body, dict):
        field = "audio" if "audio" in body else "delta"
        body[field] = _told(audio_bytes)
    return msgspec.json.format(msgspec.json.encode(_without_audio(body)), indent=2).decode()


def _without_audio(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_audio(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    whole = {name: _without_audio(inner) for name, inner in value.items()}
    audio = whole.get("audio")
    if whole.get("type") in _AUDIO_PARTS and isinstance(audio, str) and audio:
        whole["audio"] = _told(len(audio) * 3 // 4 - audio[-2:].count("="))
    return whole


def _told(count: int) -> str:
    return f"[{count:,} bytes of audio]"


def _links(rows: Iterable[EventRow]) -> list[dict[str, Any]]:
    return [
        {
            "seq": row.seq,
            "at": row.at,
            "type": row.type,
            "direction": row.direction,
            "words": row.words[:LONGEST_WORDS],
        }
        for row in list(rows)[:MOST_RELATED]
    ]
