"""The voices of the embedded server saying two texts, for tests and benchmarks.

The texts are the passages that phonetics compares speakers by: Aesop's The North Wind and the Sun,
as in the Handbook of the International Phonetic Association, and the beginning of the Rainbow
Passage (Fairbanks 1960).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from realtime_lab.audio import RATE, Clip, resample
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.engine.espeak_library import espeak_library
from realtime_lab.engine.espeak_voices import ESPEAK_VOICES
from realtime_lab.voices import Measured, Take, measure

NORTH_WIND = (
    "The north wind and the sun were disputing which was the stronger, when a traveler came along "
    "wrapped in a warm cloak. They agreed that the one who first succeeded in making the traveler "
    "take his cloak off should be considered stronger than the other. Then the north wind blew as "
    "hard as he could, but the more he blew the more closely did the traveler fold his cloak "
    "around him. And at last the north wind gave up the attempt. Then the sun shone out warmly, "
    "and immediately the traveler took off his cloak."
)
RAINBOW = (
    "When the sunlight strikes raindrops in the air, they act as a prism and form a rainbow. The "
    "rainbow is a division of white light into many beautiful colors. These take the shape of a "
    "long round arch, with its path high above, and its two ends apparently beyond the horizon. "
    "There is, according to legend, a boiling pot of gold at one end. People look, but no one ever "
    "finds it."
)
TEXTS = (NORTH_WIND, RAINBOW)
REPEATS = 2
EIGHT = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
"""The voices of the first realtime model."""


def spoken(voice: str, text: str, *, repeat: int = 0, line: int = 0) -> Take:
    """What the embedded server's synthesizer gives, in its own chunks."""

    async def collect() -> list[bytes]:
        return [chunk.pcm async for chunk in EspeakSynthesizer().speak(text, voice)]

    chunks = asyncio.run(collect())
    borders = np.cumsum([0, *(len(pcm) // 2 for pcm in chunks[:-1])]).tolist()
    clip = Clip.from_pcm(b"".join(chunks))
    return Take("embedded", voice, repeat, line, text, text, clip, tuple(borders), None, 0, 0, None)


def measured(voices: Iterable[str]) -> list[Measured]:
    """Both texts, as often as they are repeated."""
    known: dict[bytes, Measured] = {}

    def once(take: Take) -> Measured:
        # A repeat that is the same byte for byte measures the same.
        found = known.setdefault(take.clip.pcm, known.get(take.clip.pcm) or measure(take))
        return replace(found, repeat=take.repeat)

    return [
        once(spoken(voice, text, repeat=repeat, line=line))
        for voice in voices
        for repeat in range(REPEATS)
        for line, text in enumerate(TEXTS)
    ]


def recogniser() -> Callable[[Clip], str]:
    """The embedded server's model of speech, in this process; the same clip gives the same words.

    It knows nothing of what it will hear: any English, by the model's own language model.
    """
    from pocketsphinx import Decoder

    decoder = Decoder(fwdflat=False, loglevel="FATAL")

    def heard(clip: Clip) -> str:
        samples = np.pad(resample(clip.samples, clip.rate, 16_000), 4800)
        # Digital silence spoils the recogniser's features.
        noise = np.random.default_rng(0).normal(0, 30, samples.size)
        pcm = np.clip(samples + noise, -32768, 32767).astype("<i2").tobytes()
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        return decoder.hyp().hypstr if decoder.hyp() else ""

    return heard


def plain_voice(folder: Path, klatt: int) -> Path:
    """A voice file of the synthesizer's own American English with one of its Klatt models."""
    ours = Path(ESPEAK_VOICES["alloy"].file).read_text().splitlines()
    kept = [line for line in ours if not line.startswith(("name", "klatt", "pitch", "formant"))]
    file = folder / f"plain{klatt}"
    file.write_text("\n".join([f"name plain{klatt}", *kept, f"klatt {klatt}", ""]))
    return file


def plain_clip(voice_file: Path, words_per_minute: int, text: str) -> Clip:
    """The synthesizer by itself: a voice file of its own, nothing levelled."""
    parts: list[np.ndarray] = []

    def sink(samples, words) -> bool:
        parts.append(samples)
        return True

    library = espeak_library()
    library.synthesize(
        text, voice_file, words_per_minute=words_per_minute, volume=60, end_pause=False, sink=sink
    )
    return Clip(resample(np.concatenate(parts), library.rate, RATE))
