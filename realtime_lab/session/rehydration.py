"""What a new conversation is told of an old one, so that the model knows what was said.

A session cannot be resumed: another connection is another session, with an empty conversation. Of
the old one, items can be created again, as text: a service takes no speech of the model back, only
its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from ..protocol import (
    UNSET,
    ContentPart,
    FunctionCall,
    FunctionCallOutput,
    Item,
    Message,
)

__all__ = ["LeftOut", "Retold", "retold"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item, or a part of one, that a new conversation cannot be told."""

    item_id: str
    why: str


@dataclass(slots=True)
class Retold:
    """Items for a new conversation, in order, and what is missing there."""

    items: list[Item] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def retold(
    items: Iterable[Item],
    *,
    heard: Mapping[str, str] | None = None,
    audio: Mapping[str, bytes] | None = None,
) -> Retold:
    """The items of a conversation as another can be told them.

    Each keeps its id and its place; what is said keeps its words. The user's speech becomes its
    transcript, or is the audio again where there is none and ``audio`` has it by item id. The
    model's speech becomes its transcript, or what ``heard`` says instead, by item id. Calls of
    functions stay as they are, and an output stays with its call. Left out, and told why: what
    is unfinished, has no words left, or is made by the service alone.
    """
    heard, audio = heard or {}, audio or {}
    result = Retold()
    calls: set[str] = set()
    for item in items:
        item_id = str(item.id or "")
        made: Item | None = None
        why = "the service alone can make it"
        match item:
            case Message(role="assistant"):
                text = heard.get(item_id, _words(item))
                said = [ContentPart(type="output_text", text=text)]
                made = _message(item, said) if text else None
                why = "nothing of it was heard"
            case Message():
                parts = list(_told(item, audio.get(item_id), result.left_out))
                if parts:
                    result.items.append(_message(item, parts))
                continue
            case FunctionCall() if item.status in ("in_progress", "incomplete") or not item.call_id:
                why = "the call was not finished"
            case FunctionCall():
                calls.add(str(item.call_id))
                made = msgspec.structs.replace(item, **_NEW)
            case FunctionCallOutput():
                made = msgspec.structs.replace(item, **_NEW) if item.call_id in calls else None
                why = "its call is missing"
        if made is None:
            result.left_out.append(LeftOut(item_id, why))
        else:
            result.items.append(made)
    return result


_NEW = {"object": UNSET, "status": UNSET}
"""Fields that the service fills in."""


def _message(item: Message, parts: list[ContentPart]) -> Message:
    return Message(id=item.id, role=item.role, content=parts)


def _words(item: Message) -> str:
    return " ".join(text for part in item.content if (text := part.text or part.transcript))


def _told(item: Message, audio: bytes | None, left_out: list[LeftOut]) -> Iterator[ContentPart]:
    """The parts of what a user or the system said."""
    item_id = str(item.id or "")
    if not item.content:
        left_out.append(LeftOut(item_id, "it is empty"))
    for part in item.content:
        words = part.text or part.transcript
        if words:
            yield ContentPart(type="input_text", text=words)
        elif part.type == "input_image" and part.image_url:
            yield part
        elif part.type == "input_image":
            left_out.append(LeftOut(item_id, "the image was not kept"))
        elif part.type == "input_audio" and audio:
            yield ContentPart(type="input_audio", audio=audio)
        else:
            left_out.append(LeftOut(item_id, "it has no transcript and its audio was not kept"))
