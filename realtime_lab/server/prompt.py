"""From the items of a conversation to what the brain reads."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine import Message as BrainMessage
from ..engine import Prompt, ToolCall
from ..protocol import FunctionCall, FunctionCallOutput, Item, McpCall, Message
from .memory import Memory
from .offered_tools import OfferedTools, usual_name
from .plan import ResponsePlan
from .reading import remote_result, written_text

__all__ = ["read_prompt"]


async def read_prompt(plan: ResponsePlan, memory: Memory, offered: OfferedTools) -> Prompt:
    """The prompt of a response; waits for words of the user that are still being recognised."""
    ids = [str(item.id) for item in plan.items]
    heard = {item_id: await memory.words(item_id) for item_id in ids if item_id in memory.heard}
    messages = [message for item in plan.items for message in _messages(item, heard, memory)]
    return Prompt(
        instructions=plan.instructions,
        messages=messages,
        tools=offered.specs,
        tool_choice=offered.choice,
        voice=plan.voice,
    )


def _messages(item: Item, heard: dict[str, str], memory: Memory) -> Sequence[BrainMessage]:
    if isinstance(item, McpCall):
        call_id = str(item.id)
        call = ToolCall(usual_name(item.name), item.arguments, call_id)
        result = BrainMessage("tool", remote_result(item), call_id=call_id)
        return BrainMessage("assistant", call=call), result
    message = _message(item, heard, memory)
    return () if message is None else (message,)


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
