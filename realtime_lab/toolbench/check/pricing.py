"""How many tokens definitions have, and what it costs to read them.

A response reads the tools again, before the conversation. Tokens are estimated as four characters
each of the JSON that a session is told: the same estimate by which budgets and the embedded server
count. How a service really writes them out for its model is not documented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...eventlog import current_prices
from ...protocol import Cost, Tokens, profile_of
from ...session import text_tokens

__all__ = ["ToolSize", "cost_of", "size_of", "tokens_of_spec"]


@dataclass(frozen=True, slots=True)
class ToolSize:
    """A tool's tokens, and what they cost in a turn in US dollars: read anew, and from the cache.

    ``None`` where no price is known, or the model has no cache.
    """

    tool: str
    tokens: int
    dollars: float | None
    dollars_cached: float | None


def tokens_of_spec(spec: Mapping[str, Any]) -> int:
    """Tokens of one definition, about."""
    return text_tokens(json.dumps(spec, default=str))


def cost_of(tokens: int, model: str, *, cached: bool = False) -> Cost:
    """What it costs to read so many tokens of text once, at the prices in force."""
    if not cached:
        return current_prices().cost(Tokens(text_in=tokens), model)
    profile = profile_of(model)
    if profile is not None and not profile.features.caching:
        return Cost(None, None, f"{model} has no cache")
    return current_prices().cost(Tokens(text_cached=tokens), model)


def size_of(tool: str, tokens: int, model: str) -> ToolSize:
    """The size of a tool, with its cost."""
    cost, cached = cost_of(tokens, model), cost_of(tokens, model, cached=True)
    return ToolSize(tool, tokens, cost.dollars, cached.dollars)
