"""The model's window: what of a long conversation a response still reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InvalidEvent
from ..protocol import FunctionCall, FunctionCallOutput, Item
from .memory import Memory
from .plan import ResponsePlan
from .reading import read_item
from .usage import Read, text_tokens

__all__ = ["Context", "Reading", "read_preface"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one response reads: the plan with the items that fit, and the same in tokens."""

    plan: ResponsePlan
    reads: Sequence[Read]


class Context:
    """Decides which items of a conversation fit the window.

    ``window`` is the model's, in tokens; what a response may write is reserved within it. With
    ``truncation`` "auto" the oldest items are left out, whole, until the rest fits; they stay in
    the conversation. A retention ratio leaves out more at once, and what was left out stays out,
    so that the beginning stays the same, and cached, for a while. An answer to a function call goes
    with the call.
    """

    def __init__(self, window: int, memory: Memory) -> None:
        self._window = window
        self._memory = memory
        self._left_out: set[str] = set()

    def read(self, plan: ResponsePlan, truncation: Any) -> Reading:
        """What a response with that plan reads.

        Raises:
            InvalidEvent: if it does not fit and ``truncation`` is "disabled".
        """
        preface = read_preface(plan)
        kept = [item for item in plan.items if str(item.id) not in self._left_out]
        reads = [read_item(item, self._memory) for item in kept]
        room = self._room(preface, plan.max_tokens, truncation)
        total = sum(read.tokens for read in reads)
        if total > room:
            if truncation == "disabled":
                raise _too_long(total + sum(read.tokens for read in preface), self._window)
            self._left_out |= _oldest(kept, reads, total - round(room * _ratio(truncation)))
            places = [n for n, item in enumerate(kept) if str(item.id) not in self._left_out]
            kept, reads = [kept[n] for n in places], [reads[n] for n in places]
        return Reading(replace(plan, items=kept), [*preface, *reads])

    def _room(self, preface: Sequence[Read], reserved: int, truncation: Any) -> int:
        room = self._window - reserved - sum(read.tokens for read in preface)
        limits = truncation.get("token_limits") if isinstance(truncation, dict) else None
        asked = (limits or {}).get("post_instructions")
        return room if asked is None else min(room, asked)


def read_preface(plan: ResponsePlan) -> list[Read]:
    """What every response reads first: the instructions and the functions."""
    reads = [Read("instructions", text_tokens(plan.instructions))]
    # The tools of a remote server are an item of the conversation.
    functions = [tool for tool in plan.tools if tool["type"] != "mcp"]
    if functions:
        reads.append(Read("tools", text_tokens(json.dumps(functions))))
    return reads


def _ratio(truncation: Any) -> float:
    return truncation.get("retention_ratio", 1.0) if isinstance(truncation, dict) else 1.0


def _oldest(items: Sequence[Item], reads: Sequence[Read], excess: int) -> set[str]:
    """Ids of the oldest items that together have ``excess`` tokens.

    The last item always stays: it is what is to be answered.
    """
    left_out: set[str] = set()
    older = list(zip(items[:-1], reads, strict=False))
    for item, read in older:
        if excess <= 0:
            break
        if read.key not in left_out:
            together = [read, *(r for other, r in older if _answers(other, item))]
            left_out.update(r.key for r in together)
            excess -= sum(r.tokens for r in together)
    return left_out


def _answers(item: Item, call: Item) -> bool:
    return (
        isinstance(item, FunctionCallOutput)
        and isinstance(call, FunctionCall)
        and item.call_id == call.call_id
    )


def _too_long(tokens: int, window: int) -> InvalidEvent:
    return InvalidEvent(
        f"The conversation has {tokens} tokens, more than the model reads within its window of "
        f"{window}, and truncation is disabled. Delete items or enable truncation.",
        code="context_length_exceeded",
        param="session.truncation",
    )
