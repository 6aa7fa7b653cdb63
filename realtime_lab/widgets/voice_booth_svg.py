"""A take as a picture: its waveform, and the course of its pitch in Hz."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..voices import Contour, Take
from .peaks import Peaks

__all__ = ["take_svg"]

WIDTH, WAVE, PITCH, AXIS = 480, 34, 46, 30
LOWEST_HZ, HIGHEST_HZ = 50.0, 500.0
"""The range of the pitch, on a logarithmic axis: an octave is as high everywhere."""
TICKS = (100, 200, 400)
LONGEST_GAP = 0.03
"""Seconds without voice that break the line."""
_WAVE, _PITCH, _QUIET = "#768390", "#bf3989", "#808080"


def take_svg(take: Take, contour: Contour, longest: float) -> str:
    """The picture; a take as long as ``longest`` seconds has all of the width."""
    scale = (WIDTH - AXIS) / max(longest, 0.01)
    ticks = "".join(
        f'<path d="M0 {_y(hz):.1f}H{WIDTH - AXIS}" stroke="{_QUIET}" stroke-opacity=".25"/>'
        f'<text x="{WIDTH - AXIS + 4}" y="{_y(hz) + 3.5:.1f}" fill="{_PITCH}">{hz}</text>'
        for hz in TICKS
    )
    lines = "".join(
        "M" + "L".join(f"{x * scale:.1f} {_y(hz):.1f}" for x, hz in points)
        for points in _voiced(contour)
    )
    height = WAVE + PITCH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="system-ui,sans-serif" font-size="10">'
        f"{_waveform(take, scale)}{ticks}"
        f'<path d="{lines}" fill="none" stroke="{_PITCH}" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _waveform(take: Take, scale: float) -> str:
    samples, rate = take.clip.samples, take.clip.rate
    width = round(take.clip.seconds * scale)
    if not width:
        return ""

    def read(start: float, end: float) -> np.ndarray:
        return samples[round(start * rate) : round(end * rate)]

    peaks = Peaks(read, rate)
    while peaks.measure(take.clip.seconds):
        pass
    found = peaks.between(0.0, take.clip.seconds, width)
    loudest = max(1, int(np.abs(found.astype(np.int16)).max(initial=1)))
    middle, half = WAVE / 2, (WAVE - 2) / 2
    strokes = "".join(
        f"M{x}.5 {middle - half * high / loudest:.1f}V{middle - half * low / loudest + 0.5:.1f}"
        for x, (low, high) in enumerate(found.tolist())
    )
    return f'<path d="{strokes}" stroke="{_WAVE}"/>'


def _y(hertz: float) -> float:
    octaves = math.log2(HIGHEST_HZ / LOWEST_HZ)
    share = math.log2(min(max(hertz, LOWEST_HZ), HIGHEST_HZ) / LOWEST_HZ) / octaves
    return WAVE + PITCH - 2 - share * (PITCH - 4)


def _voiced(contour: Contour) -> Iterator[list[tuple[float, float]]]:
    """The stretches of it that are voiced."""
    points: list[tuple[float, float]] = []
    for time, hertz in zip(contour.times.tolist(), contour.hertz.tolist(), strict=True):
        if math.isnan(hertz):
            continue
        if points and time - points[-1][0] > LONGEST_GAP:
            yield points
            points = []
        points.append((time, hertz))
    if points:
        yield points
