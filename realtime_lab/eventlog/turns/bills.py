"""What a turn used, one item after the other, and when that was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...protocol import Cost, InputTranscriptionCompleted, ResponseDone, Usage
from ..entry import LogEntry
from .prices import current_prices

__all__ = ["Bill", "bills"]


@dataclass(frozen=True, slots=True)
class Bill:
    """What a response used, or the transcription of what the user said.

    ``at`` is when the service told it, in seconds of the log's clock. ``usage`` is ``None`` for a
    transcription: another model counts its tokens, or seconds.
    """

    label: str
    at: float
    usage: Usage | None
    cost: Cost

    @property
    def tokens(self) -> int:
        """All tokens of the response."""
        return self.usage.total_tokens if self.usage else 0


def bills(entries: Iterable[LogEntry], *, model: str, transcriber: str) -> list[Bill]:
    """The bills of these entries, at the prices in force; responses that used nothing have none."""
    prices = current_prices()
    found: dict[str, Bill] = {}
    responses: dict[str, int] = {}
    for entry in entries:
        match entry.event:
            case ResponseDone(response=response):
                number = responses.setdefault(response.id, len(responses) + 1)
                usage = response.usage or None
                if usage is not None and usage.total_tokens:
                    cost = prices.cost(usage, model)
                    found[response.id] = Bill(f"response {number}", entry.at, usage, cost)
            case InputTranscriptionCompleted(item_id=item_id, usage=used):
                cost = prices.transcription(used or None, transcriber)
                found[item_id] = Bill("the user's words", entry.at, None, cost)
    return list(found.values())
