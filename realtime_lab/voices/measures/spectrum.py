"""The long-term average spectrum: where its middle is, and how it falls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .definitions import Family, Measure, Values
from .utterance import Utterance

__all__ = ["SPECTRUM"]

_WINDOW = 0.032
_LOWEST, _HIGHEST = 100.0, 6400.0
_PER_OCTAVE = 3
_FEWEST_BANDS = 6


def _of(utterance: Utterance) -> Values:
    spoken = utterance.sounding
    if spoken is None:
        return SPECTRUM.unknown(utterance.silent_reason)
    sounds = utterance.signal[spoken.mask(utterance.signal.size, utterance.rate)]
    size = round(_WINDOW * utterance.rate)
    if sounds.size < size:
        return SPECTRUM.unknown(f"the voice sounds for less than {1000 * _WINDOW:.0f} ms")
    power, frequencies = _long_term(sounds, size, utterance.rate)
    audible = frequencies >= _LOWEST / 2
    weights = power[audible]
    if not weights.sum():
        return SPECTRUM.unknown("nothing sounds above 50 Hz")
    centroid = float((frequencies[audible] * weights).sum() / weights.sum())
    tilt = _tilt(power, frequencies, utterance.rate)
    if tilt is None:
        return {**SPECTRUM.unknown("the sample rate is too low"), "spectral_centroid": centroid}
    return {"spectral_centroid": centroid, "spectral_tilt": tilt}


def _long_term(
    signal: NDArray[np.float64], size: int, rate: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean power of Hann windows that overlap by half, and the frequencies in Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(signal, size)[:: size // 2]
    spectra = np.fft.rfft(frames * np.hanning(size), axis=1)
    power = np.mean(np.square(spectra.real) + np.square(spectra.imag), axis=0)
    return power, np.fft.rfftfreq(size, 1 / rate)


def _tilt(power: NDArray[np.float64], frequencies: NDArray[np.float64], rate: int) -> float | None:
    """Slope in dB per octave of the level per Hz, each third of an octave weighing the same."""
    highest = min(_HIGHEST, 0.45 * rate)
    steps = int(np.floor(_PER_OCTAVE * np.log2(highest / _LOWEST)))
    if steps < _FEWEST_BANDS:
        return None
    edges = _LOWEST * 2 ** (np.arange(steps + 1) / _PER_OCTAVE)
    # Power up to each frequency: a band narrower than the lines of the spectrum has its share.
    width = frequencies[1] - frequencies[0]
    total = np.concatenate([[0.0], np.cumsum(power)])
    borders = np.concatenate([[frequencies[0] - width / 2], frequencies + width / 2])
    bands = np.diff(np.interp(edges, borders, total)) / np.diff(edges)
    levels = 10 * np.log10(bands + 1e-20)
    octaves = np.log2(np.sqrt(edges[:-1] * edges[1:]))
    return float(np.polyfit(octaves, levels, 1)[0])


SPECTRUM = Family(
    "Spectrum",
    "Of the long-term average spectrum of what sounds (see Time): Hann windows of 32 ms that "
    "overlap by half, their power averaged. Audio that was resampled ends at half its first rate; "
    "compare voices at the same one.",
    (
        Measure(
            "spectral_centroid",
            "Hz",
            "Mean frequency weighted by power, from 50 Hz on. White noise has a quarter of its "
            "sample rate.",
            "Praat's “Get centre of gravity” with power 2.",
            scale="log",
            is_trait=True,
        ),
        Measure(
            "spectral_tilt",
            "dB/octave",
            "Slope of the straight line through the level per Hz of each third of an octave from "
            "100 Hz to 6.4 kHz (of those below 0.45 of the sample rate), by least squares. White "
            "noise has 0, pink noise -3.01.",
            "Slope of the long-term average spectrum; Löfqvist & Mandersson (1987), Folia "
            "Phoniatrica 39, 221, on the long-term spectrum of voices.",
            is_trait=True,
        ),
    ),
    _of,
)
