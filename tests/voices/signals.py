"""Signals whose measures are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from realtime_lab.audio import RATE, Clip
from realtime_lab.voices import Measured, Take, measure

Signal = NDArray[np.float64]


def take(
    signal: Signal | Clip,
    *,
    rate: int = RATE,
    voice: str = "alloy",
    repeat: int = 0,
    line: int = 0,
    said: str = "",
    asked: str = "",
    borders: Sequence[int] = (),
    first_audio: float | None = None,
    dollars: float | None = None,
) -> Take:
    """A take of a signal, full scale at 1."""
    clip = signal if isinstance(signal, Clip) else Clip(int16(signal), rate)
    return Take(
        "endpoint", voice, repeat, line, asked, said, clip, tuple(borders), first_audio, 3, 7,
        dollars,
    )  # fmt: skip


def measured(signal: Signal | Clip, **told) -> Measured:
    return measure(take(signal, **told))


def int16(signal: Signal) -> NDArray[np.int16]:
    return np.clip(np.rint(signal * 32768), -32768, 32767).astype(np.int16)


def times(seconds: float, rate: int = RATE) -> Signal:
    return np.arange(round(seconds * rate)) / rate


def sine(hertz: float, seconds: float = 2.0, level: float = 0.5, rate: int = RATE) -> Signal:
    return level * np.sin(2 * np.pi * hertz * times(seconds, rate))


def tone(hertz: float | Signal, seconds: float = 2.0, level: float = 0.3) -> Signal:
    """Harmonics that fall by 6 dB per octave; ``hertz`` may change from sample to sample."""
    steps = np.broadcast_to(hertz, times(seconds).shape)
    phase = 2 * np.pi * np.cumsum(steps) / RATE
    found = sum(np.sin(n * phase) / n for n in range(1, 16))
    return level * found / np.abs(found).max()


def silence(seconds: float, rate: int = RATE) -> Signal:
    return np.zeros(round(seconds * rate))


def white(seconds: float = 4.0, level: float = 0.1, seed: int = 0) -> Signal:
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def coloured(slope_db: float, seconds: float = 8.0, level: float = 0.1) -> Signal:
    """Noise whose level per Hz changes by so much per octave."""
    spectrum = np.fft.rfft(white(seconds, 1.0, seed=1))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(round(seconds * RATE), 1 / RATE), 20.0) / 1000)
    signal = np.fft.irfft(spectrum * 10 ** (slope_db * octaves / 20))
    return level * signal / signal.std()


def pulses(
    periods: Sequence[float], amplitudes: Sequence[float] | None = None, rate: int = RATE
) -> Signal:
    """Smooth pulses at times between samples; ``periods`` in seconds."""
    heights = np.ones(len(periods)) if amplitudes is None else np.asarray(amplitudes)
    centres = np.cumsum(periods)
    time = np.arange(round((centres[-1] + 0.05) * rate)) / rate
    signal = np.zeros_like(time)
    width = 0.0005
    for centre, height in zip(centres, heights, strict=True):
        near = slice(max(0, int((centre - 8 * width) * rate)), int((centre + 8 * width) * rate) + 1)
        signal[near] += height * np.exp(-0.5 * np.square((time[near] - centre) / width))
    return 0.6 * signal / np.abs(signal).max()
