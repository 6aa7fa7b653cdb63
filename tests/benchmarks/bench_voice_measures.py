"""How many times faster than real time each family of voice measures is, on one core.

CPU time, so that other work on the machine does not count. What several families share is a row of
its own; the rest stands on it. The recogniser of the intelligibility is not counted: it is whatever
is passed in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from realtime_lab.audio import Clip
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.voices import Take, measure
from realtime_lab.voices.measures import FAMILIES
from realtime_lab.voices.measures.utterance import Utterance

TEXT = (
    "The quick brown fox jumps over the lazy dog. My favorite color is green, and I live in a "
    "small town. Turn off the lights before you go to bed. "
)
PARAGRAPH = TEXT * 4
ROUNDS = 3
WANTED = 20


async def takes() -> list[Take]:
    synthesizer = EspeakSynthesizer()
    found = []
    for voice in synthesizer.voices:
        pcm, borders = b"", []
        async with aclosing(synthesizer.speak(PARAGRAPH, voice)) as chunks:
            async for chunk in chunks:
                borders.append(len(pcm) // 2)
                pcm += chunk.pcm
        clip = Clip.from_pcm(pcm)
        text = PARAGRAPH
        found.append(Take("engine", voice, 0, 0, text, text, clip, tuple(borders), 0.1, 0, 0, None))
    return found


def cpu(step: Callable[[Take], object], takes: list[Take]) -> float:
    """CPU seconds of one round over all takes, the best of a few."""

    def round_() -> float:
        begun = time.process_time()
        for take in takes:
            step(take)
        return time.process_time() - begun

    return min(round_() for _ in range(ROUNDS))


def prepared(take: Take) -> Utterance:
    utterance = Utterance(take, lambda clip: take.said)
    _ = utterance.pitch, utterance.sounding
    return utterance


def main() -> None:
    spoken = asyncio.run(takes())
    seconds = sum(take.clip.seconds for take in spoken)
    measure(spoken[0])  # imports
    print(f"{seconds:.0f} s of speech, {len(spoken)} voices")
    shared = cpu(prepared, spoken)
    print(f"{'shared: pitch, pauses':24} {seconds / shared:8,.0f} × real time")
    for family in FAMILIES:
        ready = {id(take): prepared(take) for take in spoken}
        begun = time.process_time()
        for take in spoken:
            family.of(ready[id(take)])
        used = max(time.process_time() - begun, 1e-6)
        print(f"{family.title:24} {seconds / used:8,.0f} × real time")
    whole = cpu(measure, spoken)
    print(f"{'everything':24} {seconds / whole:8,.0f} × real time (wanted: {WANTED})")


if __name__ == "__main__":
    main()
