"""What the voices of the embedded server sound like, by the measures that researchers have."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from realtime_lab.audio import Clip
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.voices import distances, session_recogniser, spread
from realtime_lab.voices.measures import TRAITS
from tests.voices.embedded_voices import (
    measured,
    plain_clip,
    plain_voice,
    recogniser,
    spoken,
)
from tests.voices.everyday_sentences import EVERYDAY
from tests.voices.word_errors import WordErrors, word_errors

PAIRS = 6
KLATT_MODELS = (3, 4, 5, 6)
WORDS_PER_MINUTE = 175


def main() -> None:
    voices = EspeakSynthesizer().voices
    takes = measured(voices)
    found = spread(takes)
    names = (*TRAITS, "pause_mean", "loudness", "true_peak")
    print("Means over two texts; artefacts of both.")
    print(f"{'':8}", *(f"{name:>17}" for name in names), f"{'artefacts':>10}")
    for voice in voices:
        faults = sum(len(one.artefacts) for one in takes if one.voice == voice)
        values = (found[voice][name].mean for name in names)
        print(f"{voice:8}", *(f"{value:17.2f}" for value in values), f"{faults:10}")
    for unit in ("voices", "spread"):
        apart = distances(takes, unit=unit)
        print(f"\nThe nearest, in standard deviations ({unit}):")
        for row in apart.table().rows[:PAIRS]:
            print(f"  {row['voice']:8} {row['other']:8} {row['distance']:6.2f}")
        print(f"  map: {apart.map.explained:.0%} of the variance, stress {apart.map.stress:.2f}")
    words = sum(len(sentence.split()) for sentence in EVERYDAY)
    print(f"\nWord error rate over {len(EVERYDAY)} sentences of everyday life, {words} words.")
    with tempfile.TemporaryDirectory() as folder, session_recogniser() as in_session:
        speakers: dict[str, Callable[[str], Clip]] = {
            f"Klatt {n}": partial(plain_clip, plain_voice(Path(folder), n), WORDS_PER_MINUTE)
            for n in KLATT_MODELS
        } | {voice: partial(_said, voice) for voice in voices}
        _clarity("any English", speakers, recogniser())
        _clarity("a session's own transcription", speakers, in_session)


def _said(voice: str, text: str) -> Clip:
    return spoken(voice, text).clip


def _clarity(
    setting: str, speakers: Mapping[str, Callable[[str], Clip]], hear: Callable[[Clip], str]
) -> None:
    print(f"\nBy {setting}; Klatt N is the synthesizer by itself. In brackets 95 % of what chance")
    print("gives; then the same of the difference to the best of the synthesizer by itself:")
    plain: list[WordErrors] = []
    for name, speak in speakers.items():
        found = word_errors(speak, hear, EVERYDAY)
        if name.startswith("Klatt"):
            plain.append(found)
        low, high = found.interval()
        below, above = found.above(min(plain, key=lambda one: one.rate))
        print(
            f"  {name:8} {found.rate:.3f} [{low:.3f} {high:.3f}]  [{below:+.3f} {above:+.3f}]",
            flush=True,
        )


if __name__ == "__main__":
    main()
