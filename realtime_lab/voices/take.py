"""One voice saying one text once."""

from __future__ import annotations

from dataclasses import dataclass

from ..audio import Clip

__all__ = ["Take"]


@dataclass(frozen=True, slots=True)
class Take:
    """What a session of its own gave when a voice was asked to say a text."""

    source: str
    """The endpoint and model that spoke, as the tables show it."""
    voice: str
    repeat: int
    """Which of the repeated runs this is, from 0."""
    line: int
    """Which line of the dialogue, from 0; 0 where one text was asked for."""
    asked: str
    """The text that the voice was asked to say."""
    said: str
    """What it said, as the model's own transcript has it."""
    clip: Clip
    borders: tuple[int, ...]
    """Samples of ``clip`` at which its audio deltas begin."""
    first_audio: float | None
    """Seconds from the request to the first audio; ``None`` where there was none."""
    input_tokens: int
    output_tokens: int
    dollars: float | None
    """What it cost; ``None`` where the price of the model is not known."""
