"""From the items of a conversation to what the brain reads, and to what that costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..engine import Message as BrainMessage
from ..engine import Prompt, ToolCall, ToolSpec
from ..protocol import FunctionCall, FunctionCallOutput, Item, Message
from .memory import Memory
from .plan import ResponsePlan
from .usage import Read, input_audio_tokens, output_audio_tokens, text_tokens

__all__ = ["read_prompt", "reads_of", "tool_specs"]


async def read_prompt(plan: ResponsePlan, memory: Memory) -> Prompt:
    """The prompt of a response; waits for words of the user that are still being recognised."""
    messages = [await _message(item, memory) for item in plan.items]
    return Prompt(
        instructions=plan.instructions,
        messages=[message for message in messages if message is not None],
        tools=tool_specs(plan.tools),
        tool_choice=plan.tool_choice,
        voice=plan.voice,
    )


def tool_specs(tools: Sequence[dict[str, Any]]) -> list[ToolSpec]:
    """The functions among a session's tools."""
    return [
        ToolSpec(tool["name"], tool.get("description") or "", tool.get("parameters") or {})
        for tool in tools
        if tool.get("type", "function") == "function"
    ]


async def _message(item: Item, memory: Memory) -> BrainMessage | None:
    if isinstance(item, FunctionCall):
        call_id = item.call_id or ""
        return BrainMessage("assistant", call=ToolCall(item.name, item.arguments, call_id))
    if isinstance(item, FunctionCallOutput):
        return BrainMessage("tool", item.output, call_id=item.call_id)
    if not isinstance(item, Message):
        return None
    if item.role != "assistant":
        written = _text(item, heard=str(item.id) in memory.heard)
        heard = await memory.words(str(item.id))
        return BrainMessage(item.role, " ".join(filter(None, (written, heard))))
    record = memory.spoken.get(str(item.id))
    said = record.text if record is not None else _text(item)
    return BrainMessage("assistant", said) if said else None


def _text(item: Message, *, heard: bool = False) -> str:
    """The words of an item; without transcripts if it was ``heard`` and has better words."""
    words = (part.text or ("" if heard else part.transcript) for part in item.content)
    return " ".join(text for text in words if text)


def reads_of(plan: ResponsePlan, memory: Memory) -> list[Read]:
    """What the response reads, entry by entry, in tokens."""
    reads = [Read("instructions", text_tokens(plan.instructions))]
    if plan.tools:
        reads.append(Read("tools", text_tokens(json.dumps(list(plan.tools)))))
    return [*reads, *(_read(item, memory) for item in plan.items)]


def _read(item: Item, memory: Memory) -> Read:
    key = str(item.id)
    if isinstance(item, FunctionCall):
        return Read.item(key, item.name + item.arguments)
    if isinstance(item, FunctionCallOutput):
        return Read.item(key, item.output)
    if not isinstance(item, Message):
        return Read.item(key, "")
    if record := memory.spoken.get(key):
        return Read.item(key, record.text, output_audio_tokens(record.seconds))
    heard = memory.heard.get(key)
    audio = input_audio_tokens(heard.seconds) if heard else 0
    return Read.item(key, _text(item, heard=heard is not None), audio)
