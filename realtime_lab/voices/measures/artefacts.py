"""Finds clipping, clicks, gaps and an offset in recorded speech.

Thresholds are such that recorded human speech (LibriVox, the test data of CMU Sphinx) and the
voices of the embedded server have none of them, and planted ones are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..flag_runs import runs_of
from .artefact import Artefact
from .definitions import Family, Measure, Values
from .libraries import library
from .utterance import Utterance

__all__ = ["ARTEFACTS", "artefacts"]

_FULL_SCALE = 32767
_SHORTEST_CLIPPING = 3
_FLAT_ABOVE = 0.5
_FLAT_SAMPLES = 4

_CLICK, _BORDER_CLICK = 4.0, 2.0
_SMALLEST_JUMP = 0.003
_SHARP_SECONDS, _AROUND_SECONDS = 0.00015, 0.025
_BORDER_SAMPLES = 2

_SHORTEST_GAP = 0.003
_EDGE_SECONDS = 0.003
_EDGE_BELOW_SPEECH_DB = 20.0
_VERY_EDGE_SECONDS = 0.0003
_STEEP = 0.3

_OFFSET = 0.01


def artefacts(utterance: Utterance) -> tuple[Artefact, ...]:
    """All that are in the audio of an utterance, in the order of time."""
    if not utterance.take.clip.samples.size:
        return ()
    found = (*_clipping(utterance), *_clicks(utterance), *_gaps(utterance), *_offset(utterance))
    return tuple(sorted(found, key=lambda one: one.at))


def _clipping(utterance: Utterance) -> Iterator[Artefact]:
    samples = utterance.take.clip.samples
    highest = int(samples.max())
    lowest = int(samples.min())
    for extreme in {highest, lowest}:
        full = abs(extreme) >= _FULL_SCALE
        if abs(extreme) < _FLAT_ABOVE * _FULL_SCALE:
            continue
        shortest = _SHORTEST_CLIPPING if full else _FLAT_SAMPLES
        # -32768 and -32767 are both what a converter makes of too much.
        at_extreme = samples <= -_FULL_SCALE if full and extreme < 0 else samples == extreme
        for begin, end in runs_of(at_extreme):
            if end - begin >= shortest:
                place = "full scale" if full else f"{extreme / 32768:+.2f} of full scale"
                yield Artefact(
                    "clipping",
                    begin / utterance.rate,
                    (end - begin) / utterance.rate,
                    f"{end - begin} samples flat at {place}",
                )


def _clicks(utterance: Utterance) -> Iterator[Artefact]:
    signal, rate = utterance.signal, utterance.rate
    if signal.size < 3:
        return
    jumps = np.zeros(signal.size)
    jumps[1:-1] = np.abs(np.diff(signal, 2))
    around = _largest_around(jumps, rate)
    excess = jumps / np.maximum(around, _SMALLEST_JUMP / _BORDER_CLICK)
    borders = _near_borders(utterance.take.borders, signal.size)
    suspect = (excess > np.where(borders, _BORDER_CLICK, _CLICK)) & (jumps > _SMALLEST_JUMP)
    sharp = max(2, round(2 * _SHARP_SECONDS * rate))
    places = np.flatnonzero(suspect)
    for group in np.split(places, 1 + np.flatnonzero(np.diff(places) > sharp)):
        if not group.size:
            continue
        worst = int(group[np.argmax(jumps[group])])
        at_border = bool(borders[group].any())
        yield Artefact(
            "click",
            worst / rate,
            0.0,
            f"a jump {20 * np.log10(excess[worst]):.0f} dB above all within "
            f"{1000 * _AROUND_SECONDS:.0f} ms" + (", where two deltas meet" if at_border else ""),
            at_border,
        )


def _largest_around(jumps: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """The largest jump within 25 ms before or after each sample, without those right beside it."""
    beside = int(_SHARP_SECONDS * rate) + 1
    width = max(1, int(_AROUND_SECONDS * rate) - beside)
    largest = library("scipy.ndimage").maximum_filter1d(jumps, width, mode="constant")
    shift = beside + width // 2
    padded = np.pad(largest, shift)
    return np.maximum(padded[: jumps.size], padded[2 * shift : 2 * shift + jumps.size])


def _near_borders(borders: Sequence[int], count: int) -> NDArray[np.bool_]:
    near = np.zeros(count, bool)
    for border in borders:
        if 0 < border < count:
            near[max(0, border - _BORDER_SAMPLES) : border + _BORDER_SAMPLES] = True
    return near


def _gaps(utterance: Utterance) -> Iterator[Artefact]:
    spoken, signal, rate = utterance.sounding, utterance.signal, utterance.rate
    if spoken is None:
        return
    speech = signal[spoken.mask(signal.size, rate)]
    loud = float(speech.std()) * 10 ** (-_EDGE_BELOW_SPEECH_DB / 20)
    edge = max(1, round(_EDGE_SECONDS * rate))
    very = max(1, round(_VERY_EDGE_SECONDS * rate))
    for first, last in runs_of(np.diff(utterance.take.clip.samples) == 0):
        begin, end = first, last + 1
        if end - begin < _SHORTEST_GAP * rate or begin < edge or end + edge > signal.size:
            continue
        rest = signal[begin]
        before, after = signal[begin - edge : begin] - rest, signal[end : end + edge] - rest
        if min(_rms(before), _rms(after)) <= loud:
            continue
        steepness = (_rms(before[-very:]) / _rms(before) + _rms(after[:very]) / _rms(after)) / 2
        if steepness > _STEEP:
            yield Artefact(
                "gap",
                begin / rate,
                (end - begin) / rate,
                f"{1000 * (end - begin) / rate:.0f} ms without sound in the middle of speech",
                bool(_near_borders(utterance.take.borders, signal.size)[begin : end + 1].any()),
            )


def _offset(utterance: Utterance) -> Iterator[Artefact]:
    offset = float(utterance.signal.mean())
    if abs(offset) > _OFFSET:
        told = f"the mean lies at {100 * offset:+.1f} % of full scale"
        yield Artefact("dc_offset", 0.0, utterance.seconds, told)


def _rms(signal: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(signal))))


def _of(utterance: Utterance) -> Values:
    if not utterance.take.clip.samples.size:
        return ARTEFACTS.unknown("there is no audio")
    found = utterance.artefacts
    clicks = [one for one in found if one.kind == "click"]
    return {
        "clippings": float(sum(one.kind == "clipping" for one in found)),
        "border_clicks": float(sum(one.at_border for one in clicks)),
        "clicks": float(sum(not one.at_border for one in clicks)),
        "gaps": float(sum(one.kind == "gap" for one in found)),
        "dc_offset": 100 * float(utterance.signal.mean()),
    }


_OURS = "Defined here."

ARTEFACTS = Family(
    "Artefacts",
    "`Measured.artefacts` has each with its place in seconds. Recorded human speech and the voices "
    "of the embedded server have none by these thresholds. A click that went through a codec or a "
    "resampler is no longer sharp, and is not found unless it is strong.",
    (
        Measure(
            "clippings",
            "",
            "Runs of at least 3 samples at full scale, or of at least 4 that are all the highest "
            "(lowest) of the clip, above half of full scale: the flat top of audio that was "
            "clipped and turned down.",
            _OURS,
        ),
        Measure(
            "border_clicks",
            "",
            "Jumps within two samples of where two audio deltas meet: the second difference is 6 "
            "dB above any other within 25 ms before and after (0.15 ms beside it excepted), and "
            "above 0.003 of full scale.",
            _OURS,
        ),
        Measure(
            "clicks",
            "",
            "Such jumps elsewhere, 12 dB above all others. The burst of a stop is no click: it is "
            "spread over more samples.",
            _OURS,
        ),
        Measure(
            "gaps",
            "",
            "Dropouts: runs of at least 3 ms of one and the same value in the middle of speech. "
            "The 3 ms before and after are both within 20 dB of the level of the speech, and cut "
            "off: their last (first) 0.3 ms have on average more than 0.3 of their RMS, where the "
            "closure of a stop has been faded into.",
            _OURS,
        ),
        Measure(
            "dc_offset",
            "% of full scale",
            "Mean of all samples; an artefact beyond ±1 % (-40 dBFS).",
            _OURS,
        ),
    ),
    _of,
)
