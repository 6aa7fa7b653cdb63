"""Acoustic measurements of speech, for the tests and benchmarks of voices.

All take int16 samples, mono, at 24 kHz unless a rate is given.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
Samples = NDArray[np.int16]


def frames(signal: NDArray, length: int, hop: int) -> NDArray:
    return np.lib.stride_tricks.sliding_window_view(signal, length)[::hop]


def loudness(samples: Samples, rate: int = RATE) -> float:
    """Integrated loudness in LUFS: ITU-R BS.1770-4, K-weighting applied to the spectrum."""
    signal = samples / 32768
    spectrum = np.fft.rfft(signal)
    s = 2j * np.pi * np.fft.rfftfreq(len(signal), 1 / rate)

    # The two stages of the standard as analog prototypes: a high shelf and a high-pass.
    w0, gain, q = 2 * np.pi * 1681.97, 10 ** (3.99984 / 20), 0.70718
    shelf_mid = gain**0.49967
    shelf = (gain * s**2 + shelf_mid * w0 / q * s + w0**2) / (s**2 + w0 / q * s + w0**2)
    w1, q1 = 2 * np.pi * 38.1355, 0.50033
    high_pass = s**2 / (s**2 + w1 / q1 * s + w1**2)
    weighted = np.fft.irfft(spectrum * shelf * high_pass, len(signal))

    block = int(0.4 * rate)
    if len(weighted) < block:
        weighted = np.pad(weighted, (0, block - len(weighted)))
    power = np.mean(frames(weighted, block, block // 4) ** 2, axis=1)
    level = -0.691 + 10 * np.log10(power + 1e-12)
    loud = power[level > -70]
    if not len(loud):
        return -np.inf
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    return float(-0.691 + 10 * np.log10(power[level > max(gate, -70)].mean()))


def peak(samples: Samples) -> float:
    """Highest sample in dBFS."""
    return float(20 * np.log10(max(1, np.abs(samples.astype(np.int32)).max()) / 32768))


def pitches(samples: Samples, rate: int = RATE) -> NDArray:
    """f0 in Hz of each voiced 10 ms step, by autocorrelation, within 55 to 400 Hz."""
    length = int(0.04 * rate)
    shortest, longest = rate // 400, rate // 55
    windows = frames(samples / 32768, length, rate // 100)
    windows = windows[np.sqrt((windows**2).mean(axis=1)) > 0.02]
    windows = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(length)
    power = np.abs(np.fft.rfft(windows, 2 * length)) ** 2
    window_power = np.abs(np.fft.rfft(np.hanning(length), 2 * length)) ** 2
    lag = slice(shortest, longest + 1)
    correlation = np.fft.irfft(power)
    region = correlation[:, lag] / (correlation[:, :1] + 1e-12)
    # A window of finite length fades the correlation at long lags: divided out.
    fading = np.fft.irfft(window_power)
    region = region * (fading[0] / fading[lag])
    best = region.max(axis=1, keepdims=True)
    # The first lag that is nearly as good as the best: a multiple of the period is no pitch.
    lags = shortest + np.argmax(
        (region > 0.9 * best)
        & (region >= np.roll(region, 1, 1))
        & (region >= np.roll(region, -1, 1)),
        axis=1,
    )
    return rate / lags[best[:, 0] > 0.6]


def spectrum_in_bands(samples: Samples, bands: int = 18, rate: int = RATE) -> NDArray:
    """Long-term average spectrum from 200 Hz to 9 kHz, dB relative to its mean."""
    windows = frames(samples / 32768, 1024, 512)
    windows = windows[np.sqrt((windows**2).mean(axis=1)) > 0.01] * np.hanning(1024)
    power = (np.abs(np.fft.rfft(windows)) ** 2).mean(axis=0)
    frequencies = np.fft.rfftfreq(1024, 1 / rate)
    edges = np.geomspace(200, 9000, bands + 1)
    levels = np.array(
        [
            10 * np.log10(power[(frequencies >= low) & (frequencies < high)].mean() + 1e-12)
            for low, high in pairwise(edges)
        ]
    )
    return levels - levels.mean()


def word_error_rate(reference: str, heard: str) -> float:
    """Word edits needed to make ``heard`` into ``reference``, per word of ``reference``."""
    want, got = reference.split(), heard.split()
    row = list(range(len(got) + 1))
    for i, word in enumerate(want, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / max(1, len(want))
