"""Signals that stand for speech: a tone for each word, silence for each pause."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from realtime_lab.audio import RATE, Clip
from realtime_lab.voices import Take

LETTER_SECONDS = 0.07


def spoken(words: Sequence[str | float], *, letter: float = LETTER_SECONDS) -> Clip:
    """A clip in which each word sounds for so long as it has letters; numbers are pauses."""
    return Clip(
        np.concatenate([np.zeros(0), *(_part(word, letter) for word in words)]).astype(np.int16)
    )


def starts(words: Sequence[str | float], *, letter: float = LETTER_SECONDS) -> list[float]:
    """When each word of `spoken` begins."""
    found, at = [], 0.0
    for word in words:
        if isinstance(word, str):
            found.append(at)
        at += _seconds(word, letter)
    return found


def take(asked: str, said: str = "", clip: Clip | None = None, **of: object) -> Take:
    """A take that says ``said``, or what it was asked for."""
    facts = {
        "source": "embedded", "voice": "alloy", "repeat": 0, "line": 0, "borders": (0,),
        "first_audio": 0.2, "input_tokens": 10, "output_tokens": 100, "dollars": None,
    }  # fmt: skip
    clip = spoken((said or asked).split()) if clip is None else clip
    return Take(asked=asked, said=said or asked, clip=clip, **{**facts, **of})  # pyright: ignore


def _seconds(word: str | float, letter: float) -> float:
    return (1 + sum(map(str.isalnum, word))) * letter if isinstance(word, str) else word


def _part(word: str | float, letter: float) -> np.ndarray:
    time = np.arange(round(_seconds(word, letter) * RATE)) / RATE
    return np.sin(2 * np.pi * 150 * time) * (9000 if isinstance(word, str) else 0)
