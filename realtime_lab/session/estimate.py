"""What the next response will use, as far as can be said before it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from ..protocol import (
    ClientEvent,
    Item,
    ItemCreate,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionConfig,
    SpeechStarted,
    SpeechStopped,
    Tokens,
    UnknownEvent,
    item_text,
    tokens_of,
)

__all__ = [
    "INPUT_AUDIO_TOKENS",
    "ITEM_OVERHEAD",
    "MOST_OUTPUT",
    "OUTPUT_AUDIO_TOKENS",
    "NextResponse",
    "text_tokens",
    "tool_tokens",
]

INPUT_AUDIO_TOKENS = 10
"""Tokens in a second of the user's audio (OpenAI, realtime costs guide)."""
OUTPUT_AUDIO_TOKENS = 20
"""Tokens in a second of the model's audio."""
ITEM_OVERHEAD = 4
"""Special tokens around an item, about."""
MOST_OUTPUT = 4_096
"""What a response may write at most where nothing less is set."""
_FIRST_TEXT, _FIRST_AUDIO = 40, 160
"""What a first answer is taken to have: eight seconds of speech with its words."""


def text_tokens(text: str) -> int:
    """Tokens of a text, about: no tokenizer is at hand, and four characters are one in English."""
    return math.ceil(len(text) / 4)


def tool_tokens(tools: Sequence[Mapping[str, Any]]) -> int:
    """Tokens of the definitions of tools, about; 0 for none."""
    return text_tokens(json.dumps(list(tools), default=str)) if tools else 0


class NextResponse:
    """Follows a session and estimates the response that comes next.

    A response reads the whole conversation: all that the last one read and wrote, and what came
    since. It is taken to write as much as the longest answer so far, and nothing to come from the
    cache: rather too much than too little.
    """

    CONCERNS: ClassVar = frozenset(
        {ResponseCreated.type, ResponseDone.type, SpeechStarted.type, SpeechStopped.type}
    )
    SENT: ClassVar = frozenset({ItemCreate.type})

    def __init__(self, settings: Callable[[], SessionConfig]) -> None:
        self._settings = settings
        self._history: Tokens | None = None
        self._since = Tokens()
        self._written = Tokens(text_out=_FIRST_TEXT, audio_out=_FIRST_AUDIO)
        self._answered = False
        self._started_ms = 0

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        match event:
            case SpeechStarted():
                self._started_ms = event.audio_start_ms
            case SpeechStopped():
                seconds = max(0, event.audio_end_ms - self._started_ms) / 1000
                heard = math.ceil(seconds * INPUT_AUDIO_TOKENS)
                self._since += Tokens(text_in=ITEM_OVERHEAD, audio_in=heard)
            case ResponseDone():
                self._note_done(event)

    def sent(self, event: ClientEvent) -> None:
        """Take an item of ours into account."""
        if isinstance(event, ItemCreate):
            self._since += _of_item(event.item)

    def tokens(self, request: ResponseCreate | None = None) -> Tokens:
        """What the next response will use, or that one."""
        return self._read(request) + self._to_write(request)

    def reserved(self, request: ResponseCreate | None = None) -> int:
        """The tokens that a service sets aside when the response begins.

        That is what it reads and all that it may write (OpenAI, ``rate_limits.updated``).
        """
        return self._read(request).total + self._bound(request)

    def _read(self, request: ResponseCreate | None) -> Tokens:
        wanted = (request.response or None) if request else None
        if wanted and wanted.input:
            items = [_of_item(item) for item in wanted.input]
            return sum(items, Tokens(text_in=text_tokens(wanted.instructions or "")))
        if self._history is None:
            return self._preface() + self._since
        return self._history + self._since

    def _preface(self) -> Tokens:
        config = self._settings()
        instructions = text_tokens(config.instructions or "")
        return Tokens(text_in=instructions + tool_tokens(config.tools or ()))

    def _to_write(self, request: ResponseCreate | None) -> Tokens:
        config, wanted = self._settings(), (request.response or None) if request else None
        modalities = (wanted.output_modalities if wanted else None) or config.output_modalities
        text, audio = self._written.text_out, self._written.audio_out
        if modalities and "audio" not in modalities:
            text, audio = max(text, audio), 0
        bound = self._bound(request)
        if text + audio > bound:
            text = text * bound // (text + audio)
            audio = bound - text if audio else 0
        return Tokens(text_out=text, audio_out=audio)

    def _bound(self, request: ResponseCreate | None) -> int:
        wanted = (request.response or None) if request else None
        asked = wanted.max_output_tokens if wanted else None
        bound = asked or self._settings().max_output_tokens
        return bound if isinstance(bound, int) else MOST_OUTPUT

    def _note_done(self, event: ResponseDone) -> None:
        usage = event.response.usage
        if usage is None or not usage.total_tokens:
            return  # it failed: the conversation is as it was
        told = tokens_of(usage)
        longest = (self._written.text_out, self._written.audio_out) if self._answered else (0, 0)
        self._answered = True
        self._written = Tokens(
            text_out=max(longest[0], told.text_out + told.out_untold),
            audio_out=max(longest[1], told.audio_out),
        )
        if event.response.conversation_id is not None:
            self._since = Tokens()
            self._history = Tokens(
                text_in=told.text_in + told.text_cached + told.text_out,
                audio_in=told.audio_in + told.audio_cached + told.audio_out,
                image_in=told.image_in + told.image_cached,
                in_untold=told.in_untold + told.out_untold,
            )


def _of_item(item: Item) -> Tokens:
    text = item_text(item) or "".join(
        str(getattr(item, name, "") or "") for name in ("name", "arguments", "output")
    )
    return Tokens(text_in=text_tokens(text) + ITEM_OVERHEAD)
