"""What of an interrupted answer was made, sent, heard, believed and paid for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...protocol import Response
from .heard import Spoken

__all__ = ["Ledger", "ledger"]

MS_PER_TOKEN = 50
"""An audio token of output is 50 ms (OpenAI's guide to the costs of Realtime)."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of the speech in an interrupted turn, in milliseconds.

    ``generated_ms`` is what the model made, by the audio tokens that the service counted, and
    ``sent_ms`` what of it was received. ``played_ms`` is what the player played; ``None`` where
    there was no player, so that nobody knows what was heard. ``believed_ms`` is what the model
    takes for said: all of it, until the service confirms that it was truncated or deleted.
    ``unheard_tokens`` are audio tokens paid for and not heard. ``None`` stands for what the
    service did not tell.
    """

    generated_ms: int | None
    sent_ms: int
    played_ms: int | None
    believed_ms: int
    unheard_tokens: int | None

    def as_dict(self) -> dict[str, Any]:
        """The figures by name."""
        return asdict(self)

    def __str__(self) -> str:
        figures = [
            ("generated", self.generated_ms, "ms"),
            ("sent", self.sent_ms, "ms"),
            ("played", self.played_ms, "ms"),
            ("believed by the model", self.believed_ms, "ms"),
            ("paid for unheard", self.unheard_tokens, "tokens"),
        ]
        return " · ".join(
            f"{what} {'unknown' if value is None else f'{value} {unit}'}"
            for what, value, unit in figures
        )


def ledger(items: Sequence[Spoken], responses: Sequence[Response]) -> Ledger:
    """The account of the responses of a turn, of which at least one was interrupted."""
    sent = sum(item.sent_ms for item in items)
    believed = sum(
        item.sent_ms if item.believed_ms is None else min(item.believed_ms, item.sent_ms)
        for item in items
    )
    is_played = any(item.heard_ms is not None for item in items) or not sent
    played = sum(
        item.sent_ms if item.heard_ms is None else min(item.heard_ms, item.sent_ms)
        for item in items
    )
    tokens = _audio_tokens(responses)
    return Ledger(
        generated_ms=None if tokens is None else max(sent, tokens * MS_PER_TOKEN),
        sent_ms=sent,
        played_ms=played if is_played else None,
        believed_ms=believed,
        unheard_tokens=max(0, tokens - math.ceil(played / MS_PER_TOKEN))
        if tokens is not None and is_played
        else None,
    )


def _audio_tokens(responses: Sequence[Response]) -> int | None:
    """Audio tokens of the responses together; ``None`` where one was not counted."""
    counted = [r.usage.output_token_details if r.usage else None for r in responses]
    if not counted or not all(counted):
        return None
    return sum(details.audio_tokens for details in counted if details)
