"""The distances between voices: as a matrix, as a map, as a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import AudioError
from ...eventlog import Table, table_of
from ..measures.libraries import library
from .why import Why, why

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Distances", "VoiceMap", "VoiceTree"]


@dataclass(frozen=True, eq=False)
class VoiceMap:
    """Voices in two dimensions, by classical multidimensional scaling (Torgerson 1952)."""

    positions: NDArray[np.float64]
    """(voices, 2), in the unit of the distances; the axes have no meaning of their own."""
    explained: float
    """Share of the variance that is in the two dimensions, 0 to 1."""
    stress: float
    """Kruskal's stress-1 of the distances on the map: 0 is exact, above 0.2 is poor."""


@dataclass(frozen=True, eq=False)
class VoiceTree:
    """Voices joined by average linkage (UPGMA)."""

    linkage: NDArray[np.float64]
    """As `scipy.cluster.hierarchy` has it: (voices - 1, 4)."""
    order: tuple[int, ...]
    """The voices as they stand beside the tree."""
    cophenetic: float
    """Correlation of the distances with those at which the tree joins; 1 is exact. Of two voices,
    which a tree shows exactly, it is 1."""


@dataclass(frozen=True, eq=False)
class Distances:
    """How far voices are from each other, and by what."""

    voices: tuple[str, ...]
    measures: tuple[str, ...]
    means: NDArray[np.float64] = field(repr=False)
    """(voices, measures): averages over the takes; base-2 logarithms of measures compared so."""
    scales: NDArray[np.float64] = field(repr=False)
    """The standard deviation that each measure is divided by."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Why measures that were asked for are not compared."""

    @cached_property
    def standardised(self) -> NDArray[np.float64]:
        """(voices, measures): the averages around 0, in standard deviations."""
        return (self.means - self.means.mean(axis=0)) / self.scales

    @cached_property
    def matrix(self) -> NDArray[np.float64]:
        """(voices, voices): root mean square of the differences in standard deviations."""
        apart = self.standardised[:, None, :] - self.standardised[None, :, :]
        return np.sqrt(np.mean(np.square(apart), axis=2))

    def between(self, one: str, other: str) -> float:
        """The distance of two voices.

        Raises:
            AudioError: if one of them was not compared.
        """
        return float(self.matrix[self.index(one), self.index(other)])

    def why(self, one: str, other: str) -> Why:
        """Which measures make two voices differ, the one that does most first.

        Raises:
            AudioError: if one of them was not compared.
        """
        return why(self, one, other)

    def index(self, voice: str) -> int:
        """The row of a voice.

        Raises:
            AudioError: if it was not compared.
        """
        if voice not in self.voices:
            raise AudioError(
                f"there is no voice {voice!r} here; there are {', '.join(self.voices)}"
            )
        return self.voices.index(voice)

    @cached_property
    def map(self) -> VoiceMap:
        """The voices in two dimensions."""
        count = len(self.voices)
        centring = np.eye(count) - 1 / count
        values, vectors = np.linalg.eigh(-0.5 * centring @ np.square(self.matrix) @ centring)
        order = np.argsort(values)[::-1][:2]
        strength = np.maximum(values[order], 0.0)
        axes = vectors[:, order]
        # An axis may point either way: the voice farthest along it is on its positive side.
        axes = axes * np.sign(axes[np.argmax(np.abs(axes), axis=0), range(axes.shape[1])])
        positions = axes * np.sqrt(strength)
        on_map = np.sqrt(np.square(positions[:, None] - positions[None]).sum(axis=2))
        whole = float(np.maximum(values, 0.0).sum())
        if not whole:  # Nothing is apart, and the map shows all of that.
            return VoiceMap(positions, 1.0, 0.0)
        stress = np.sqrt(np.square(on_map - self.matrix).sum() / np.square(on_map).sum())
        return VoiceMap(positions, float(strength.sum()) / whole, float(stress))

    @cached_property
    def tree(self) -> VoiceTree:
        """The voices joined step by step, the nearest first."""
        hierarchy = library("scipy.cluster.hierarchy")
        condensed = self.matrix[np.triu_indices(len(self.voices), 1)]
        linkage = hierarchy.linkage(condensed, "average", optimal_ordering=True)
        joined = hierarchy.cophenet(linkage)
        varied = condensed.size > 1 and np.ptp(condensed) > 0 and np.ptp(joined) > 0
        cophenetic = float(np.corrcoef(condensed, joined)[0, 1]) if varied else 1.0
        order = tuple(int(leaf) for leaf in hierarchy.leaves_list(linkage))
        return VoiceTree(linkage, order, cophenetic)

    def table(self) -> Table:
        """One row for each pair, the nearest first, with the measure that differs most."""
        rows, columns = np.triu_indices(len(self.voices), 1)
        pairs = sorted(zip(rows, columns, strict=True), key=lambda pair: self.matrix[pair])
        names = [(self.voices[one], self.voices[other]) for one, other in pairs]
        return table_of(
            {
                "voice": ("VARCHAR", [one for one, _ in names]),
                "other": ("VARCHAR", [other for _, other in names]),
                "distance": ("DOUBLE", [float(self.matrix[pair]) for pair in pairs]),
                "differs_most": ("VARCHAR", [self.why(*pair)[0].measure for pair in names]),
            }
        )

    def map_svg(self) -> str:
        """The map, to be put into a page."""
        from .pictures import map_picture, map_told

        return map_picture(self).svg(map_told(self))

    def map_figure(self) -> Figure:
        """The map as a figure of matplotlib."""
        from .pictures import map_picture

        return map_picture(self).figure()

    def dendrogram_svg(self) -> str:
        """The tree, to be put into a page."""
        from .pictures import dendrogram_picture, dendrogram_told

        return dendrogram_picture(self).svg(dendrogram_told(self))

    def dendrogram_figure(self) -> Figure:
        """The tree as a figure of matplotlib."""
        from .pictures import dendrogram_picture

        return dendrogram_picture(self).figure()

    def _repr_html_(self) -> str:
        from .pictures import distances_html

        return distances_html(self)
