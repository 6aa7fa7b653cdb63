"""The map and the tree of voices, drawn."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ...eventlog import Axis, Picture

if TYPE_CHECKING:
    from .distances import Distances

__all__ = [
    "dendrogram_picture",
    "dendrogram_told",
    "distances_html",
    "map_picture",
    "map_told",
]

_WIDTH, _MARGIN = 520.0, 50.0
_MOST_HEIGHT, _LEAST_HEIGHT = 420.0, 140.0
_LABEL_HEIGHT, _LETTER = 13.0, 6.6
_ROW = 24.0
_BLUE = "#2f81f7"
_DOT = 7.0


def map_told(distances: Distances) -> str:
    """What the map shows, in words."""
    found = distances.map
    return (
        f"Map of {len(distances.voices)} voices: {100 * found.explained:.0f} % of the variance, "
        f"stress {found.stress:.2f}"
    )


def dendrogram_told(distances: Distances) -> str:
    """What the tree shows, in words."""
    return (
        f"Tree of {len(distances.voices)} voices, average linkage: cophenetic correlation "
        f"{distances.tree.cophenetic:.2f}"
    )


def map_picture(distances: Distances) -> Picture:
    """The map; both axes have one scale, and a bar shows it."""
    points = distances.map.positions
    low, high = points.min(axis=0), points.max(axis=0)
    across = max(float(high[0] - low[0]), 1e-9)
    scale = (_WIDTH - 2 * _MARGIN - 60) / across
    scale = min(scale, (_MOST_HEIGHT - 2 * _MARGIN) / max(float(high[1] - low[1]), 1e-9))
    tall = max(float(high[1] - low[1]) * scale, _LEAST_HEIGHT - 2 * _MARGIN)
    picture = Picture(_WIDTH, tall + 2 * _MARGIN + 40)
    picture.text(0, 13, map_told(distances), size=12, quiet=True)
    taken: list[tuple[float, float, float, float]] = []
    places = [
        (
            _MARGIN + float(x - low[0]) * scale,
            30 + _MARGIN + tall / 2 + float((low[1] + high[1]) / 2 - y) * scale,
        )
        for x, y in points
    ]
    for x, y in places:
        taken.append((x - _DOT / 2, y - _DOT / 2, x + _DOT / 2, y + _DOT / 2))
    for voice, (x, y) in zip(distances.voices, places, strict=True):
        picture.bar(x - _DOT / 2, y - _DOT / 2, _DOT, _DOT, _BLUE, title=voice)
        _label(picture, voice, x, y, taken)
    _scale_bar(picture, scale)
    return picture


def _label(
    picture: Picture, voice: str, x: float, y: float, taken: list[tuple[float, float, float, float]]
) -> None:
    """The name beside its point, where it hides no other."""
    width = _LETTER * len(voice)
    offsets = [(9, 4), (-9 - width, 4), (-width / 2, -9), (-width / 2, 18), (9, -8), (9, 16)]
    boxes = [
        (x + dx, y + dy - _LABEL_HEIGHT, x + dx + width, y + dy + 2)
        for dx, dy in offsets
        if x + dx >= 0 and x + dx + width <= picture.width
    ]
    free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
    box = (free or boxes)[0]
    taken.append(box)
    picture.text(box[0], box[3] - 2, voice, size=12)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale_bar(picture: Picture, scale: float) -> None:
    y, length = picture.height - 8, scale
    shown = "1 SD"
    while length > picture.width / 3:
        length /= 2
        shown = f"{length / scale:g} SD"
    picture.line([(0, y - 3), (0, y), (length, y), (length, y - 3)], opacity=0.6)
    picture.text(length + 6, y + 3, shown, size=10.5, quiet=True)


def dendrogram_picture(distances: Distances) -> Picture:
    """The tree, its leaves on the left, joined to the right at their distance."""
    tree = distances.tree
    count = len(distances.voices)
    left = 14 + _LETTER * max(len(voice) for voice in distances.voices)
    top, bottom = 30.0, 30.0 + _ROW * count
    picture = Picture(_WIDTH, bottom + 22)
    picture.text(0, 13, dendrogram_told(distances), size=12, quiet=True)
    axis = Axis(0.0, float(tree.linkage[-1, 2]) or 1.0, left, _WIDTH - 12)
    for value in axis.ticks():
        picture.line([(axis(value), top), (axis(value), bottom)], opacity=0.13)
        picture.text(axis(value), bottom + 13, f"{value:g}", anchor="middle", size=10.5, quiet=True)
    picture.text(left - 12, bottom + 13, "SD", anchor="end", size=10.5, quiet=True)
    places: dict[int, tuple[float, float]] = {}
    for row, leaf in enumerate(tree.order):
        y = top + _ROW * (row + 0.5)
        picture.text(left - 8, y + 4, distances.voices[leaf], anchor="end", size=12)
        places[leaf] = (axis(0.0), y)
    for step, (one, other, distance, _) in enumerate(tree.linkage):
        (x1, y1), (x2, y2) = places[int(one)], places[int(other)]
        x = axis(float(distance))
        picture.line([(x1, y1), (x, y1), (x, y2), (x2, y2)], _BLUE, width=1.5)
        places[count + step] = (x, (y1 + y2) / 2)
    return picture


def distances_html(distances: Distances) -> str:
    """Map, tree, the nearest pairs, and what was compared."""
    nearest = np.triu_indices(len(distances.voices), 1)
    least = float(distances.matrix[nearest].min())
    left_out = "".join(
        f"<div>{escape(name)} is left out: {escape(why)}.</div>"
        for name, why in distances.left_out.items()
    )
    return (
        "<div>"
        f"<div>Compared by {escape(', '.join(distances.measures))}; the nearest two voices are "
        f"{least:.2f} SD apart.</div>{left_out}"
        f"{distances.map_svg()}{distances.dendrogram_svg()}"
        f"<details><summary>All pairs</summary>{distances.table()._repr_html_()}</details></div>"
    )
