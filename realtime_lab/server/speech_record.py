"""What was spoken when, so that a truncation leaves exactly the words that were heard."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SpeechRecord"]

_EXACT_SECONDS = 0.3
"""Chunks up to this length count whole; of longer ones only the words up to the cut."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: float
    seconds: float
    text: str


class SpeechRecord:
    """The words of one spoken message and where in its audio they begin."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self.seconds = 0.0
        """Length of the audio there is: all that was made, or what a truncation left."""
        self.text = ""
        """The words. Joined once: every response of the conversation reads them again."""

    def add(self, text: str, seconds: float) -> None:
        """More speech: ``text`` begins to sound in the next ``seconds``."""
        self.begin(text, seconds)
        self.grow(seconds)

    def begin(self, text: str, seconds: float) -> None:
        """``text`` begins to sound in the next ``seconds``, which are still to come."""
        self._stretches.append(_Stretch(self.seconds, seconds, text))
        self.text += text

    def grow(self, seconds: float) -> None:
        """So much more audio is there."""
        # A sum of many must not fall short of a millisecond that is there.
        self.seconds = round(self.seconds + seconds, 9)

    def truncate(self, seconds: float) -> None:
        """Forget what comes after ``seconds``."""
        kept = [stretch for stretch in self._stretches if stretch.start < seconds]
        if kept:
            kept[-1] = _cut(kept[-1], seconds)
        self._stretches = kept
        self.seconds = min(self.seconds, seconds)
        self.text = "".join(stretch.text for stretch in kept)


def _cut(stretch: _Stretch, seconds: float) -> _Stretch:
    left = seconds - stretch.start
    if left >= stretch.seconds or stretch.seconds <= _EXACT_SECONDS:
        return _Stretch(stretch.start, min(left, stretch.seconds), stretch.text)
    words = stretch.text.split(" ")
    heard = " ".join(words[: round(len(words) * left / stretch.seconds)])
    return _Stretch(stretch.start, left, heard)
