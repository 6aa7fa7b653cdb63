"""What became of a comparison of voices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ...eventlog import Table
from ...session import Projection, Spent
from ..distances import Distances
from ..distances.comparing import Unit, distances
from ..measures import TRAITS, MeasuredTakes, Recogniser, Spreads, measure, spread
from ..take import Take
from .design import Design, Planned
from .gap import Gap

__all__ = ["VoiceRun"]


@dataclass(frozen=True, eq=False)
class VoiceRun:
    """The takes of all voices, and the gaps that are left. See `compare_voices`.

    ``takes`` are by source, voice, repeat and line, whatever the order in which they were asked
    for, which is `order`. ``failed`` are those that there are not. ``notes`` are sentences on what
    was kept from before, and on what of that was damaged. ``spent`` is what this run used, takes
    that were kept from before not included, failures included; after `load` it is nothing.
    """

    design: Design
    takes: tuple[Take, ...]
    failed: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    projections: tuple[Projection, ...] = field(default=(), repr=False)
    """What was expected before anything was asked, one of each endpoint."""
    spent: Spent = field(default_factory=Spent)

    @property
    def text(self) -> str:
        """What was to be said, all lines."""
        return self.design.text

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the dialogue; one where it was a text."""
        return self.design.lines

    @property
    def order(self) -> tuple[Planned, ...]:
        """The order in which the sessions were to begin, by the seed; all that were planned."""
        return self.design.order

    @property
    def sources(self) -> tuple[str, ...]:
        """The endpoints, by their names in the tables."""
        return tuple(dict.fromkeys(one.source for one in (*self.takes, *self.failed)))

    @property
    def voices(self) -> tuple[str, ...]:
        """All voices that were asked, failed ones included."""
        return tuple(dict.fromkeys(one.voice for one in (*self.takes, *self.failed)))

    @property
    def dollars(self) -> float | None:
        """What the takes cost, whenever they were made; ``None`` where a price is not known."""
        costs = [take.dollars for take in self.takes]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None

    def table(self) -> Table:
        """A row for each take, then one for each gap (with ``problem``)."""
        from .table import run_table

        return run_table(self.takes, self.failed)

    def __getitem__(self, voice: str) -> tuple[Take, ...]:
        """The takes of a voice; none where it failed.

        Raises:
            KeyError: for a voice that was not asked.
        """
        if voice not in self.voices:
            raise KeyError(f"{voice!r} was not asked; there are {', '.join(self.voices)}")
        return tuple(take for take in self.takes if take.voice == voice)

    def __iter__(self) -> Iterator[Take]:
        return iter(self.takes)

    def __len__(self) -> int:
        return len(self.takes)

    # -- what it sounds like ---------------------------------------------------------------------

    def measures(self, *, recogniser: Recogniser | None = None) -> MeasuredTakes:
        """What can be measured of each take, in the order of `takes`; see `measure`.

        Without a ``recogniser`` (`session_recogniser` gives one) intelligibility is not measured,
        and the second call costs nothing.

        Raises:
            AudioError: if a library is not installed; the message says how to install it.
        """
        if recogniser is None:
            return self._measured
        return MeasuredTakes(measure(take, recogniser=recogniser) for take in self.takes)

    def distances(
        self, measures: str | Sequence[str] = TRAITS, *, unit: Unit = "voices"
    ) -> Distances:
        """How far the voices are from each other; see `distances` of `realtime_lab.voices`.

        Raises:
            AudioError: as that does: for fewer than two voices, say.
        """
        return distances(self._measured, measures, unit=unit)

    def spread(self) -> Spreads:
        """How much repeated runs differ in each measure, by voice.

        Raises:
            AudioError: if there are no takes.
        """
        return spread(self._measured)

    @cached_property
    def _measured(self) -> MeasuredTakes:
        return MeasuredTakes(measure(take) for take in self.takes)

    # -- on disk ---------------------------------------------------------------------------------

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write all takes into a folder, as FLAC and JSON, to be read by `load`; returns it.

        Raises:
            AudioError, LogError: if that cannot be done, or a run is there and not to be replaced.
        """
        from .saved_runs import save_run

        return save_run(self, folder, overwrite=overwrite)

    @classmethod
    def load(cls, folder: str | Path) -> VoiceRun:
        """Read a run that was saved, or the last one that was made with that ``folder``.

        A take that is damaged or missing is a gap, and says so.

        Raises:
            LogError: if there is no run.
        """
        from .saved_runs import load_run

        return load_run(folder)

    def export_flac(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write a FLAC file for each take, and ``manifest.json`` with all figures and digests.

        Returns the manifest. The names tell source, voice, repeat and line, as far as there are
        several. ``overwrite`` replaces another export as a whole: its takes are removed.

        Raises:
            AudioError, LogError: if that cannot be done, or another export is there and not to be
                replaced.
        """
        from .exports import export_flac

        return export_flac(self, folder, overwrite=overwrite)

    def export_parquet(
        self, path: str | Path, *, audio: bool = False, overwrite: bool = False
    ) -> Path:
        """Write the table with the borders of the deltas; with ``audio`` each take as FLAC, too.

        Raises:
            LogError: if that cannot be done, or the file is there and not to be replaced.
        """
        from .exports import export_parquet

        return export_parquet(self, path, audio=audio, overwrite=overwrite)

    def export_html(
        self,
        path: str | Path,
        *,
        players: bool = False,
        title: str = "",
        overwrite: bool = False,
    ) -> Path:
        """Write a page that stands alone, without script: table, waveforms, what was said else.

        With ``players`` the voices are in it, as MP3.

        Raises:
            LogError: if that cannot be done, or the file is there and not to be replaced.
        """
        from .exports import export_html

        return export_html(self, path, players=players, title=title, overwrite=overwrite)

    # -- to look at ------------------------------------------------------------------------------

    def __repr__(self) -> str:
        from .views import run_text

        return run_text(self)

    def _repr_html_(self) -> str:
        from .views import run_html

        return run_html(self)
