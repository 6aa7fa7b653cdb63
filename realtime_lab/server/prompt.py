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
    ids = [str(item.id) for item in plan.items]
    heard = {item_id: await memory.words(item_id) for item_id in ids if item_id in memory.heard}
    messages = [_message(item, heard, memory) for item in plan.items]
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


def _message(item: Item, heard: dict[str, str], memory: Memory) -> BrainMessage | None:
    if isinstance(item, FunctionCall):
        call_id = item.call_id or ""
        return BrainMessage("assistant", call=ToolCall(item.name, item.arguments, call_id))
    if isinstance(item, FunctionCallOutput):
        return BrainMessage("tool", item.output, call_id=item.call_id)
    if not isinstance(item, Message):
        return None
    if item.role != "assistant":
        words = heard.get(str(item.id))
        written = written_text(item, heard=words is not None)
        return BrainMessage(
            item.role, f"{written} {words}" if written and words else words or written
        )
    record = memory.spoken.get(str(item.id))
    said = record.text if record is not None else written_text(item)
    return BrainMessage("assistant", said) if said else None
