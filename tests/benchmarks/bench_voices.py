"""How fast, how loud, how high and how clear each voice of the embedded engine is."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import aclosing

import numpy as np

from realtime_lab.audio import pcm_to_samples, resample
from realtime_lab.engine import EspeakSynthesizer
from tests.engine.voice_measures import RATE, loudness, peak, pitches, word_error_rate

SENTENCES = (
    "the quick brown fox jumps over the lazy dog",
    "please tell me what the weather will be like tomorrow",
    "she had a little house near the river",
    "we can start the meeting at half past nine",
    "he was not an ill disposed young man",
    "the train to the city leaves in twenty minutes",
    "my favorite color is green and i live in a small town",
    "turn off the lights before you go to bed",
)
FIRST_CHUNKS = 30


async def spoken(synthesizer: EspeakSynthesizer, text: str, voice: str) -> np.ndarray:
    return pcm_to_samples(b"".join([c.pcm async for c in synthesizer.speak(text, voice)]))


async def first_chunk_seconds(synthesizer: EspeakSynthesizer, voice: str) -> list[float]:
    times = []
    for _ in range(FIRST_CHUNKS):
        started = time.perf_counter()
        async with aclosing(synthesizer.speak(" ".join(SENTENCES), voice)) as chunks:
            await anext(chunks)
        times.append(time.perf_counter() - started)
    return times


def transcriber():
    from pocketsphinx import Decoder

    decoder = Decoder(fwdflat=False, loglevel="FATAL")
    noise = np.random.default_rng(0)

    def heard(samples: np.ndarray) -> str:
        padded = np.pad(resample(samples, RATE, 16_000), 4800)
        # Digital silence spoils the recogniser's features.
        noisy = np.clip(padded + noise.normal(0, 30, len(padded)), -32768, 32767)
        decoder.start_utt()
        decoder.process_raw(noisy.astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        return decoder.hyp().hypstr if decoder.hyp() else ""

    return heard


async def measure() -> None:
    synthesizer, heard = EspeakSynthesizer(), transcriber()
    print("voice    f0 median [p10-p90] Hz  wpm   LUFS   peak  WER   first chunk p50 / p95   RTF")
    for voice in synthesizer.voices:
        started = time.perf_counter()
        utterances = [await spoken(synthesizer, text, voice) for text in SENTENCES]
        elapsed = time.perf_counter() - started
        together = np.concatenate(utterances)
        f0 = pitches(together)
        low, middle, high = np.percentile(f0, [10, 50, 90])
        errors = statistics.mean(
            word_error_rate(text, heard(samples))
            for text, samples in zip(SENTENCES, utterances, strict=True)
        )
        seconds = len(together) / RATE
        words = sum(len(text.split()) for text in SENTENCES)
        first = np.percentile(await first_chunk_seconds(synthesizer, voice), [50, 95]) * 1000
        print(
            f"{voice:8} {middle:6.0f} [{low:3.0f}-{high:3.0f}]       {60 * words / seconds:6.0f}"
            f" {loudness(together):6.1f} {peak(together):6.1f}  {errors:.2f}"
            f"  {first[0]:8.2f} / {first[1]:.2f} ms  {elapsed / seconds:8.4f}"
        )


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
