"""From the items of a conversation to what the brain reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine import Message as BrainMessage
from ..engine import Prompt, ToolCall, ToolSpec
from ..protocol import FunctionCall, FunctionCallOutput, Item, Message
from .memory import Memory
from .plan import ResponsePlan
from .reading import written_text

__all__ = ["read_prompt", "tool_specs"]


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
        written = written_text(item, heard=str(item.id) in memory.heard)
        heard = await memory.words(str(item.id))
        return BrainMessage(item.role, " ".join(filter(None, (written, heard))))
    record = memory.spoken.get(str(item.id))
    said = record.text if record is not None else written_text(item)
    return BrainMessage("assistant", said) if said else None
