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
        _voice("alloy", 180, 0.6),
        _voice("ash", 180, 1.9),
        _voice("ballad", 192, 1.8),
        _voice("coral", 180, 1.3),
        _voice("echo", 182, 3.3),
        _voice("sage", 180, 2.0),
        _voice("shimmer", 180, 0.7),
        _voice("verse", 192, 0.0),
        _voice("marin", 194, 1.8),
        _voice("cedar", 185, 5.0),
    )
)
