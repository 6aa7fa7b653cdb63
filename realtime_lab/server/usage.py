"""Tokens: how many a response read and wrote.

User audio is one token per 100 ms, the model's audio one per 50 ms (OpenAI, realtime costs guide);
text is estimated at four characters a token, as no tokenizer is at hand. Every response reads the
whole conversation again; the unchanged beginning comes from the cache, in steps of 64 tokens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from ..protocol import UNSET, CachedTokens, Field, InputTokens, OutputTokens, Usage

__all__ = ["Ledger", "Read", "input_audio_tokens", "output_audio_tokens", "text_tokens"]

_CACHE_STEP = 64
_ITEM_OVERHEAD = 4
"""Special tokens around each item."""


def text_tokens(text: str) -> int:
    """Estimated tokens of a text."""
    return math.ceil(len(text) / 4)


def input_audio_tokens(seconds: float) -> int:
    """Tokens of a user's audio."""
    return math.ceil(round(seconds * 10, 6))


def output_audio_tokens(seconds: float) -> int:
    """Tokens of the model's audio."""
    return math.ceil(round(seconds * 20, 6))


@dataclass(frozen=True, slots=True)
class Read:
    """One entry of what a response reads: the instructions, the tools, or an item."""

    key: str
    text: int = 0
    audio: int = 0
    image: int = 0

    @classmethod
    def item(cls, key: str, text: str, audio: int = 0, image: int = 0) -> Read:
        """An item with its special tokens."""
        return cls(key, text_tokens(text) + _ITEM_OVERHEAD, audio, image)

    @property
    def tokens(self) -> int:
        """Tokens of every kind."""
        return self.text + self.audio + self.image


class Ledger:
    """Counts usage and knows what the cache holds: all that the last response read.

    ``images`` says that the model's usage tells of image tokens, even of none; ``caches`` that it
    has a cache at all.
    """

    def __init__(self, *, images: bool = False, caches: bool = True) -> None:
        self._images = images
        self._caches = caches
        self._cached: Sequence[Read] = ()

    def nothing(self) -> Usage:
        """Usage of a response that failed: the services bill none."""
        return Ledger(images=self._images, caches=self._caches).usage([], text=0, audio=0)

    def usage(self, read: Sequence[Read], *, text: int, audio: int) -> Usage:
        """Usage of a response that read ``read`` and wrote so many text and audio tokens."""
        total_in = sum(entry.tokens for entry in read)
        cached = self._from_cache(read)
        self._cached = list(read) if self._caches else ()
        return Usage(
            total_tokens=total_in + text + audio,
            input_tokens=total_in,
            output_tokens=text + audio,
            input_token_details=InputTokens(
                text_tokens=sum(entry.text for entry in read),
                audio_tokens=sum(entry.audio for entry in read),
                image_tokens=self._told(sum(entry.image for entry in read)),
                cached_tokens=cached.text_tokens + cached.audio_tokens + (cached.image_tokens or 0),
                cached_tokens_details=cached if self._caches else UNSET,
            ),
            output_token_details=OutputTokens(text_tokens=text, audio_tokens=audio),
        )

    def _from_cache(self, read: Sequence[Read]) -> CachedTokens:
        pairs = zip(read, self._cached, strict=False)
        same = [now for now, before in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        text = sum(entry.text for entry in same)
        audio = sum(entry.audio for entry in same)
        image = sum(entry.image for entry in same)
        spare = (text + audio + image) % _CACHE_STEP
        from_audio = min(audio, spare)
        from_image = min(image, spare - from_audio)
        return CachedTokens(
            text_tokens=text - (spare - from_audio - from_image),
            audio_tokens=audio - from_audio,
            image_tokens=self._told(image - from_image),
        )

    def _told(self, image_tokens: int) -> int | Field:
        return image_tokens if self._images else UNSET
