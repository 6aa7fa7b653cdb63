"""Sessions whose takes are kept in a folder, by their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...errors import LogError
from ..take import Take
from .design import Planned
from .saved_runs import name_of, write_run
from .take_files import TakeFiles
from .voice_run import VoiceRun

__all__ = ["KeptSessions"]


class KeptSessions:
    """Finds and keeps the takes of sessions. ``keys`` name each session by its content."""

    def __init__(self, folder: Path, keys: Mapping[Planned, str], lines: int) -> None:
        self._files = TakeFiles(folder)
        self._keys = keys
        self._lines = lines

    def find(self) -> tuple[dict[Planned, tuple[Take, ...]], list[str]]:
        """The sessions that are kept whole, and a sentence on each that is damaged."""
        found: dict[Planned, tuple[Take, ...]] = {}
        damaged = []
        for planned, key in self._keys.items():
            names = [self._name(planned, line) for line in range(self._lines)]
            if not all(map(self._files.has, names)):
                continue
            try:
                takes = [self._files.read(name, key=key) for name in names]
            except LogError as error:
                damaged.append(f"what was kept of {planned} is asked again: {error}")
            else:
                found[planned] = tuple(replace(take, source=planned.source) for take in takes)
        return found, damaged

    def keep(self, planned: Planned, takes: tuple[Take, ...]) -> None:
        """Keep what a session gave; if that is not all, it is asked again all the same.

        Raises:
            AudioError, LogError: if it cannot be written.
        """
        for take in takes:
            self._files.write(self._name(planned, take.line), take, key=self._keys[planned])

    def write(self, run: VoiceRun) -> None:
        """Note which takes of the folder are those of a run.

        Raises:
            LogError: if it cannot be written.
        """
        names = [
            self._name(Planned(take.source, take.voice, take.repeat), take.line)
            for take in run.takes
        ]
        write_run(run, self._files.folder, names)

    def _name(self, planned: Planned, line: int) -> str:
        voice = name_of(planned).split("-")[0]
        return f"{voice}-{self._keys[planned][:16]}-{line + 1}"
