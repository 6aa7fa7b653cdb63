"""Speech by a model that renders whole sentences."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Executor
from contextlib import aclosing
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from realtime_lab.audio import RATE, Resampler, pcm_to_samples, samples_to_pcm

from .chunks import ChunkCutter
from .espeak_library import WordStart
from .sentences import split_sentences
from .stages import SpeechChunk
from .threaded import Emit, stream_from_thread

__all__ = ["Render", "speak_by_sentence"]

Render = Callable[[str], Iterable[tuple[NDArray[Any], int]]]
"""Renders a sentence as stretches of samples (int16, or float -1 to 1) with their rate."""


async def speak_by_sentence(
    text: str, render: Render, thread: Executor
) -> AsyncIterator[SpeechChunk]:
    """Stream ``text`` at 24 kHz, rendered on ``thread`` one sentence ahead of the reader.

    The model tells no word times: words are spread over a sentence by their length.
    """
    cutter = ChunkCutter()
    for sentence in split_sentences(text):
        work = partial(_render_sentence, cutter, sentence, render)
        async with aclosing(stream_from_thread(thread, work)) as chunks:
            async for chunk in chunks:
                yield chunk
    for chunk in cutter.finish():
        yield chunk


def _render_sentence(cutter: ChunkCutter, sentence: str, render: Render, emit: Emit) -> None:
    parts = []
    if sentence.strip():
        for samples, rate in render(sentence):
            resampler = Resampler(rate, RATE)
            samples = pcm_to_samples(samples_to_pcm(samples))
            parts += [resampler.feed(samples), resampler.finish()]
    speech = np.concatenate(parts) if parts else np.empty(0, np.int16)
    seconds = len(speech) / RATE
    words = [
        WordStart(word.start(), seconds * word.start() / len(sentence))
        for word in re.finditer(r"\S+", sentence)
    ]
    cutter.begin_sentence(sentence)
    emit(cutter.feed(speech, words))
    emit(cutter.end_sentence())
