"""What the voices of the embedded server sound like, by the measures that researchers have."""

from __future__ import annotations

import tempfile
from pathlib import Path

from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.voices import distances, spread
from realtime_lab.voices.measures import TRAITS
from tests.voices.embedded_voices import (
    SENTENCES,
    error_rate,
    measured,
    plain_clip,
    plain_voice,
    recogniser,
    spoken,
)

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
    words = sum(len(sentence.split()) for sentence in SENTENCES)
    print(f"\nWord error rate over {words} words, any English:")
    hear = recogniser()
    with tempfile.TemporaryDirectory() as folder:
        for model, file in [(n, plain_voice(Path(folder), n)) for n in KLATT_MODELS]:
            rate = error_rate(
                lambda text, f=file: plain_clip(f, WORDS_PER_MINUTE, text), hear, SENTENCES
            )
            print(f"  the synthesizer by itself, Klatt {model}  {rate:.3f}", flush=True)
    for voice in voices:
        rate = error_rate(lambda text, v=voice: spoken(v, text).clip, hear, SENTENCES)
        print(f"  {voice:8} {rate:.3f}", flush=True)


if __name__ == "__main__":
    main()
