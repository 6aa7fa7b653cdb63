"""Items in tokens."""

from __future__ import annotations

import json

from ..protocol import (
    ContentPart,
    FunctionCall,
    FunctionCallOutput,
    Item,
    McpApprovalRequest,
    McpCall,
    McpListTools,
    Message,
)
from .images import image_tokens
from .memory import Memory
from .usage import Read, input_audio_tokens, output_audio_tokens

__all__ = ["read_item", "remote_result", "written_text"]


def read_item(item: Item, memory: Memory) -> Read:
    """What reading an item takes."""
    key = str(item.id)
    if isinstance(item, FunctionCall):
        return Read.item(key, item.name + item.arguments)
    if isinstance(item, FunctionCallOutput):
        return Read.item(key, item.output)
    if not isinstance(item, Message):
        return Read.item(key, _remote_text(item))
    if record := memory.spoken.get(key):
        return Read.item(key, record.text, output_audio_tokens(record.seconds))
    heard = memory.heard.get(key)
    audio = input_audio_tokens(heard.seconds) if heard else 0
    text = written_text(item, heard=heard is not None)
    return Read.item(key, text, audio, sum(map(_image_tokens, item.content)))


def written_text(item: Message, *, heard: bool = False) -> str:
    """The words of an item; without transcripts if it was ``heard`` and has better words."""
    if len(item.content) == 1:  # nearly always, and read again by every response
        part = item.content[0]
        return part.text or ("" if heard else part.transcript) or ""
    words = (part.text or ("" if heard else part.transcript) for part in item.content)
    return " ".join(text for text in words if text)


def remote_result(call: McpCall) -> str:
    """What the model reads as the result of a remote call, even of one that was not made yet."""
    if call.error:
        return f"Error: {call.error.get('message', '')}"
    return call.output if isinstance(call.output, str) else "The call has not been made yet."


def _remote_text(item: Item) -> str:
    if isinstance(item, McpListTools):
        return json.dumps(item.tools)
    if isinstance(item, McpCall):
        return item.name + item.arguments + remote_result(item)
    return item.name + item.arguments if isinstance(item, McpApprovalRequest) else ""


def _image_tokens(part: ContentPart) -> int:
    return image_tokens(part.image_url, part.detail or "auto") if part.image_url else 0
