"""The outline of a sound as a picture."""

from __future__ import annotations

from html import escape
from itertools import pairwise

import numpy as np

from ...audio import Clip

__all__ = ["waveform_svg"]

_COLUMNS = 240
_HEIGHT = 30


def waveform_svg(clip: Clip, *, seconds: float, peak: int, label: str) -> str:
    """The outline of a clip on an axis of so many seconds, as SVG in the colour of the page.

    Each column shows the lowest and the highest sample of its time; a sample of ``peak`` reaches
    the edge. With the same axis and peak for all, long and loud voices look it.
    """
    columns = max(1, min(_COLUMNS, round(_COLUMNS * clip.seconds / seconds) if seconds else 1))
    edges = np.linspace(0, clip.samples.size, columns + 1).astype(int)
    middle, scale = _HEIGHT / 2, (_HEIGHT / 2 - 1) / max(peak, 1)
    strokes = []
    for column, (begin, end) in enumerate(pairwise(edges)):
        part = clip.samples[begin:end]
        if not part.size:
            continue
        top = middle - int(part.max()) * scale
        depth = max(0.6, (int(part.max()) - int(part.min())) * scale)
        strokes.append(f"M{column + 0.5:g} {top:.1f}v{depth:.1f}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {_COLUMNS} {_HEIGHT}" width="{_COLUMNS}" height="{_HEIGHT}" '
        'style="display:block" fill="none" stroke="currentColor">'
        f'<path d="M0 {middle:g}h{_COLUMNS}" opacity=".18"/>'
        f'<path d="{"".join(strokes)}" stroke-width=".8" opacity=".85"/></svg>'
    )
