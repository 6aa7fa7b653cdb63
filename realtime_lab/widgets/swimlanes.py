"""The timeline of a log as an SVG picture, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np
from numpy.typing import NDArray

from .lane_spans import ShownSpan
from .measurements import Measurements, Side

__all__ = ["swimlanes"]

WIDTH, NAMES, TOP = 960, 96, 20
LINE, WAVEFORM, GAP = 16, 30, 4
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200)
MOST_TICKS = 10
QUIETEST = 12
"""Of 127: quiet recordings show as large as loud ones, but noise does not."""
LETTER = 6.0
"""Pixels of a character, about: what does not fit is cut."""
_TEXT = "#808080"
_LANES: tuple[tuple[str, str, str, Side | None], ...] = (
    ("user", "User speech", "#3b82d6", "user"),
    ("vad", "VAD", "#b7791f", None),
    ("response", "Response", "#8957e5", None),
    ("sent", "Audio sent", "#768390", None),
    ("played", "Audio played", "#2da44e", "model"),
    ("tools", "Tools", "#d6499a", None),
)


def swimlanes(measurements: Measurements) -> tuple[str, str]:
    """The picture, and what it shows in words; both empty where there is nothing to show."""
    seconds = measurements.seconds
    spans = measurements.spans(0.0, seconds, WIDTH - NAMES) if seconds else []
    if not spans:
        return "", ""
    scale = (WIDTH - NAMES) / seconds
    parts = list(_ruler(seconds, scale))
    top = TOP
    for lane, label, colour, side in _LANES:
        height = LINE + (WAVEFORM if side else 0)
        parts.append(
            f'<rect x="{NAMES}" y="{top}" width="{WIDTH - NAMES}" height="{height}" '
            f'fill="{_TEXT}" fill-opacity=".08"/>'
            f'<text x="{NAMES - 8}" y="{top + 12}" text-anchor="end">{label}</text>'
        )
        own = [shown for shown in spans if shown.span.lane == lane]
        nexts = [*(shown.span.start for shown in own[1:]), seconds]
        parts += [
            _span(shown, following, top, scale, colour)
            for shown, following in zip(own, nexts, strict=False)
        ]
        if side:
            peaks = measurements.peaks(side, 0.0, seconds, WIDTH - NAMES)
            parts.append(_waveform(peaks, top + LINE + WAVEFORM / 2, colour))
        top += height + GAP
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" '
        f'font-family="system-ui,sans-serif" font-size="11" fill="{_TEXT}">{"".join(parts)}</svg>'
    )
    counts = [
        f"{sum(shown.merged for shown in spans if shown.span.lane == lane)} in {name}"
        for lane, name, *_ in _LANES
    ]
    return svg, f"Timeline of {seconds:.1f} s; spans: {', '.join(counts)}"


def _ruler(seconds: float, scale: float) -> Iterator[str]:
    step = next((step for step in STEPS if seconds / step <= MOST_TICKS), STEPS[-1])
    for n in range(int(seconds / step) + 1):
        x = NAMES + n * step * scale
        yield (
            f'<path d="M{x:.1f} 14V{TOP}" stroke="{_TEXT}"/>'
            f'<text x="{x + 3:.1f}" y="12">{_clock(n * step)}</text>'
        )


def _span(shown: ShownSpan, following: float, top: float, scale: float, colour: str) -> str:
    start, end = shown.span.start, shown.end
    x = NAMES + start * scale
    width = max(1.5, (end - start) * scale)
    told = f"{shown.merged} ×" if shown.merged > 1 else shown.span.text
    # What takes no time, such as words that were typed, has its text behind it.
    room = int((((following - start) * scale if end == start else width) - 6) / LETTER)
    text = told if len(told) <= room else f"{told[: room - 1]}…" if room > 2 else ""
    label = f'<text x="{x + 3:.1f}" y="{top + 12}">{escape(text)}</text>' if text else ""
    return (
        f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{LINE}" fill="{colour}" '
        f'fill-opacity=".25"/>{label}'
    )


def _waveform(peaks: NDArray[np.int8], middle: float, colour: str) -> str:
    """One line from the lowest to the highest sample of each pixel."""
    loudest = max(QUIETEST, int(np.abs(peaks.astype(np.int16)).max(initial=0)))
    scale = WAVEFORM / 2 / loudest
    strokes = [
        f"M{NAMES + n}.5 {middle - high * scale:.1f}V{middle - low * scale + 0.5:.1f}"
        for n, (low, high) in enumerate(peaks.tolist())
        if low or high
    ]
    return f'<path d="{"".join(strokes)}" stroke="{colour}"/>' if strokes else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:04.1f}" if seconds % 1 else f"{rest:02.0f}"
    return f"{hours}:{minutes:02}:{text}" if hours else f"{minutes}:{text}"
