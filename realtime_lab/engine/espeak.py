"""Speech by espeak-ng: ten voices of its own, no model to download."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import cache, partial

import numpy as np

from realtime_lab.audio import RATE, Resampler, Samples
from realtime_lab.errors import EngineError

from .chunks import ChunkCutter
from .espeak_library import WordStart, espeak_library
from .espeak_voices import ESPEAK_VOICES, EspeakVoice
from .sentences import split_sentences
from .stages import SpeechChunk
from .stretch import TimeStretch
from .threaded import Emit, stream_from_thread

__all__ = ["EspeakSynthesizer"]

_SLOWEST_WPM, _FASTEST_WPM = 80, 450
"""The library's own limits; slower speech is stretched."""
_SLOWEST, _FASTEST = 0.25, 1.5
_VOLUME = 60
_FADE = RATE * 5 // 1000


class EspeakSynthesizer:
    """Satisfies `Synthesizer`. Needs no closing; all instances share one synthesis thread.

    Text is synthesised sentence by sentence, the next one when the reader has taken the last, so a
    reader that stops costs no more memory than one sentence. The same text, voice and speed give
    the same chunks, byte for byte.
    """

    @property
    def voices(self) -> Sequence[str]:
        """Names accepted by `speak`."""
        return tuple(ESPEAK_VOICES)

    async def speak(
        self, text: str, voice: str, *, speed: float = 1.0
    ) -> AsyncIterator[SpeechChunk]:
        """Stream ``text``: a first chunk of 60 ms, then chunks of 200 ms.

        A text that ends in white space ends with the pause that follows a sentence, so that the
        next one can be spoken by another call. Raises `EngineError` for an unknown voice or a
        speed outside 0.25 to 1.5.
        """
        chosen = ESPEAK_VOICES.get(voice)
        if chosen is None:
            raise EngineError(
                f"there is no voice {voice!r}. Choose one of: {', '.join(ESPEAK_VOICES)}."
            )
        if not _SLOWEST <= speed <= _FASTEST:
            raise EngineError(f"a speed of {speed:g} is outside {_SLOWEST} to {_FASTEST}.")
        utterance = _Utterance(chosen, speed)
        steps = [partial(utterance.say, sentence) for sentence in split_sentences(text)]
        for step in (*steps, utterance.finish):
            async with aclosing(stream_from_thread(_synthesis_thread(), step)) as chunks:
                async for chunk in chunks:
                    yield chunk


class _Utterance:
    """One text on its way from the library to chunks at 24 kHz. Used by the synthesis thread."""

    def __init__(self, voice: EspeakVoice, speed: float) -> None:
        wanted = voice.words_per_minute * speed
        self._voice = voice
        self._words_per_minute = round(min(max(wanted, _SLOWEST_WPM), _FASTEST_WPM))
        self._slower = max(1.0, _SLOWEST_WPM / wanted)
        self._gain = 10 ** (voice.gain_db / 20)
        self._to_rate: _ToRate | None = None
        self._cutter = ChunkCutter()

    def say(self, sentence: str, emit: Emit) -> None:
        library = espeak_library()
        to_rate = self._to_rate = self._to_rate or _ToRate(library.rate, self._slower)
        # Only now, so that the last sentence ends together with the rest from `finish`.
        emit(self._cutter.end_sentence())
        self._cutter.begin_sentence(sentence)

        def sink(samples: Samples, words: Sequence[WordStart]) -> bool:
            timed = [WordStart(w.position, w.seconds * self._slower) for w in words]
            ready = to_rate.feed(_levelled(samples, self._gain))
            return emit(self._cutter.feed(ready, timed))

        library.synthesize(
            sentence,
            self._voice.file,
            words_per_minute=self._words_per_minute,
            volume=_VOLUME,
            end_pause=sentence[-1:].isspace(),
            sink=sink,
        )

    def finish(self, emit: Emit) -> None:
        if self._to_rate is not None:
            emit(self._cutter.feed(self._to_rate.finish(), ()))
            emit(self._cutter.end_sentence())
        emit(self._cutter.finish())


class _ToRate:
    """The library's rate to 24 kHz, stretched, with soft edges at the start and the end."""

    def __init__(self, rate: int, slower: float) -> None:
        self._stretch = TimeStretch(slower, rate)
        self._resampler = Resampler(rate, RATE)
        self._held = np.empty(0, np.int16)
        self._begun = False

    def feed(self, samples: Samples) -> Samples:
        return self._hold_back(self._resampler.feed(self._stretch.feed(samples)))

    def finish(self) -> Samples:
        rest = self._resampler.feed(self._stretch.finish())
        end = np.concatenate([self._held, rest, self._resampler.finish()])
        fade = min(_FADE, len(end))
        end[len(end) - fade :] = (end[len(end) - fade :] * np.linspace(1, 0, fade)).astype(np.int16)
        return end

    def _hold_back(self, samples: Samples) -> Samples:
        """Keep the last samples, for they may be the last of all and need the fade."""
        held = np.concatenate([self._held, samples])
        if not self._begun and len(held) >= 2 * _FADE:
            self._begun = True
            held[:_FADE] = (held[:_FADE] * np.linspace(0, 1, _FADE)).astype(np.int16)
        ready = max(0, len(held) - _FADE) if self._begun else 0
        self._held = held[ready:]
        return held[:ready]


_KNEE, _CEILING = 0.6, 0.8


def _levelled(samples: Samples, gain: float) -> Samples:
    """Samples times gain; above -4.4 dBFS bent so that they stay below -1.9 dBFS."""
    signal = samples.astype(np.float32) * (gain / 32768)
    over = np.abs(signal) > _KNEE
    room = _CEILING - _KNEE
    excess = np.abs(signal[over]) - _KNEE
    signal[over] = np.sign(signal[over]) * (_KNEE + room * np.tanh(excess / room))
    return (signal * 32767).astype(np.int16)


@cache
def _synthesis_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "realtime-lab-synthesis")
