"""What is read again and again, and paid for."""

from __future__ import annotations

from ...client_events import ItemDelete, SessionUpdate
from ...responses import InputTokens
from ...server_events import ResponseDone
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule

__all__ = ["CacheLost", "HistoryRebilled"]

LONG_TOKENS = 10_000
CACHED_TOKENS = 512
LOST_SHARE = 0.5
_COSTS = "OpenAI, managing costs guide"


class CacheLost(Rule):
    about = About(
        id="cache-lost",
        severity="advice",
        title="The cached beginning was lost",
        why="What a response reads comes from the cache as far as it begins like the last one. New "
        "instructions or tools, or an item deleted early in the conversation, make all that "
        "follows it new: it is billed in full once more.",
        instead="Set instructions and tools once; put what changes into a message at the end.",
        source=f"{_COSTS}: caching works on the unchanged beginning",
    )

    _change: tuple[str, Record] | None = None
    _cached = 0

    def handlers(self) -> Handlers:
        return {
            SessionUpdate: self._update,
            ItemDelete: self._delete,
            ResponseDone: self._done,
        }

    def _update(self, event: SessionUpdate, record: Record) -> None:
        names = [n for n in ("instructions", "tools") if getattr(event.session, n)]
        if names:
            self._change = (f"session.update changed {' and '.join(names)}", record)

    def _delete(self, event: ItemDelete, record: Record) -> None:
        self._change = self._change or (f"{event.item_id} was deleted", record)

    def _done(self, event: ResponseDone, record: Record) -> None:
        usage = event.response.usage
        if usage is None or not isinstance(usage.input_token_details, InputTokens):
            return
        cached, before = usage.input_token_details.cached_tokens, self._cached
        change, self._change = self._change, None
        self._cached = cached
        if change is not None and before >= CACHED_TOKENS and cached < LOST_SHARE * before:
            what, shown = change
            self.tell(
                record,
                f"{event.response.id} read {cached:,} of its {usage.input_tokens:,} tokens from "
                f"the cache, the response before it {before:,}; in between {what}.",
                shown,
            )


class HistoryRebilled(Rule):
    about = About(
        id="history-rebilled",
        severity="advice",
        title="A long history is read for every answer",
        why="Each response reads the whole conversation and is billed for it, audio above all; the "
        "cached part is cheaper, not free.",
        instead="Set `truncation` with a `retention_ratio`, delete old items, or put a summary in "
        "their place.",
        source=f"{_COSTS}: truncation",
    )

    def handlers(self) -> Handlers:
        return {ResponseDone: self._done}

    def _done(self, event: ResponseDone, record: Record) -> None:
        usage = event.response.usage
        if usage is None or usage.input_tokens < LONG_TOKENS:
            return
        details = usage.input_token_details
        known = isinstance(details, InputTokens)
        parts = f" ({details.audio_tokens:,} of audio)" if known else ""
        cached = f", {details.cached_tokens:,} of them from the cache" if known else ""
        self.tell_once(
            record,
            f"{event.response.id} read {usage.input_tokens:,} tokens{parts}{cached}, to write "
            f"{usage.output_tokens:,}.",
        )
