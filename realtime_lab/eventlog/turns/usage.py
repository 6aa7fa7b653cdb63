"""Sums of tokens."""

from __future__ import annotations

from collections.abc import Iterable

from ...protocol import CachedTokens, InputTokens, OutputTokens, Usage

__all__ = ["add_usage"]


def add_usage(usages: Iterable[Usage]) -> Usage:
    """All tokens together, by kind; cached tokens stay a part of the input."""
    total = Usage(
        input_token_details=InputTokens(cached_tokens_details=CachedTokens()),
        output_token_details=OutputTokens(),
    )
    for usage in usages:
        total.total_tokens += usage.total_tokens
        total.input_tokens += usage.input_tokens
        total.output_tokens += usage.output_tokens
        if usage.input_token_details and total.input_token_details:
            _add(total.input_token_details, usage.input_token_details)
            cached = usage.input_token_details.cached_tokens_details
            if cached and total.input_token_details.cached_tokens_details:
                _add(total.input_token_details.cached_tokens_details, cached)
        if usage.output_token_details and total.output_token_details:
            _add(total.output_token_details, usage.output_token_details)
    return total


def _add(total: InputTokens | OutputTokens | CachedTokens, more: object) -> None:
    for name in total.__struct_fields__:
        value = getattr(more, name)
        if isinstance(value, int):
            setattr(total, name, (getattr(total, name) or 0) + value)
