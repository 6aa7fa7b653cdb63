"""Takes to listen to, spoken in the kernel of a test by the embedded voices."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from realtime_lab.audio import Clip, pcm_to_samples
from realtime_lab.engine.espeak import EspeakSynthesizer
from realtime_lab.voices import Take

TEXT = (
    "Good morning, and welcome back. Today I want to read you a short passage, in an even voice. "
    "The weather in Paris was bright and cold; nobody had expected it!"
)
VOICES = (
    "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
)  # fmt: skip
DECIBELS = (0.0, -9.0, -3.0, 3.0, -14.0, 0.0, -6.0, 2.0, -1.0, -4.0)
"""How loud each is recorded, so that there is something to match."""


def clip(text: str, voice: str, *, speed: float = 1.0, decibels: float = 0.0) -> Clip:
    """A voice of the embedded server, says a text."""

    async def spoken() -> bytes:
        synthesizer = EspeakSynthesizer()
        return b"".join([chunk.pcm async for chunk in synthesizer.speak(text, voice, speed=speed)])

    import threading

    found: list[bytes] = []
    # A notebook's own loop is running.
    thread = threading.Thread(target=lambda: found.append(asyncio.run(spoken())))
    thread.start()
    thread.join()
    samples = pcm_to_samples(found[0]) * 10 ** (decibels / 20)
    return Clip(np.clip(samples, -32768, 32767).astype(np.int16))


def take(
    voice: str, text: str = TEXT, said: str = "", source: str = "embedded", **of: float
) -> Take:
    """A take of ``text``; of ``said``, where the voice said something else."""
    repeat, line = int(of.pop("repeat", 0)), int(of.pop("line", 0))
    sound = clip(said or text, voice, **of)
    return Take(source, voice, repeat, line, text, said or text, sound, (0,), 0.21, 40, 480, 0.012)


def a_few(voices: Sequence[str] = VOICES[:4]) -> list[Take]:
    """Voices at paces and loudnesses of their own."""
    speeds = (1.0, 0.8, 1.2, 1.0)
    return [
        take(voice, speed=speeds[i % 4], decibels=DECIBELS[i % 10])
        for i, voice in enumerate(voices)
    ]


def ten_voices() -> list[Take]:
    """Ten voices, nine seconds each."""
    return a_few(VOICES)


def two_models() -> list[Take]:
    """Two models with two voices, twice each; one of them does not keep to the text."""
    other = TEXT.replace("short passage", "brief little passage").replace(" and cold", "")
    return [
        take(
            voice,
            said=other if (model, voice, repeat) == ("gpt-realtime", "coral", 0) else "",
            source=model,
            speed=speed + 0.04 * repeat,
            repeat=repeat,
        )
        for model, speed in (("gpt-realtime", 1.0), ("gpt-4o-realtime-preview", 0.9))
        for voice in ("alloy", "coral")
        for repeat in (0, 1)
    ]


def a_dialogue() -> list[Take]:
    """Two lines by two voices, of which one has no second line."""
    lines = ("How are you today?", "Very well, thank you. And you?")
    return [
        take(voice, text, line=line)
        for line, text in enumerate(lines)
        for voice in ("alloy", "coral")
        if (voice, line) != ("coral", 1)
    ]
