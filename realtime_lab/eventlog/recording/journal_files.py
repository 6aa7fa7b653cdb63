"""The files that a journal is written to."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ...errors import LogError
from .files import SIDES, Side, lock, open_private, side_path
from .growing import Group

__all__ = ["JournalFiles"]

_MOST_PIECES = 1000
"""Fewer than any system takes at once (IOV_MAX is 1024 on Linux and macOS)."""


class JournalFiles:
    """A journal and the samples beside it, locked while they are open where that can be done.

    A file of samples is made when there are some. What is written has left this process when
    `write` returns; samples go before the lines that refer to them.

    Raises:
        LogError: if a file is there already (unless ``overwrite``) or is being written by another
            log.
        OSError: if a file cannot be made.
    """

    def __init__(self, path: Path, first_line: bytes, *, overwrite: bool) -> None:
        self.path = path
        self._sides: dict[Side, IO[bytes]] = {}
        sides = [side_path(path, side) for side in SIDES]
        if not overwrite:
            _refuse_existing(path, *sides)
        try:
            self._file = open_private(path, replace=overwrite)
        except FileExistsError:
            _refuse_existing(path)
            raise
        try:
            if lock(self._file.fileno()) is False:
                raise LogError(
                    f"{path} is being written by another log; choose another name, or close that "
                    "one first"
                )
            _empty(self._file)
            for side in sides:
                side.unlink(missing_ok=True)
            _write(self._file, [first_line])
        except OSError:
            self.remove()
            raise
        except LogError:
            self.close()
            raise

    def write(self, group: Group) -> None:
        """Write a group.

        Raises:
            OSError: if the system refuses; part of it may have been written.
        """
        for side, pieces in group.samples.items():
            if pieces:
                _write(self._side(side), pieces)
        _write(self._file, group.lines)

    @property
    def is_open(self) -> bool:
        return not self._file.closed

    def close(self) -> None:
        """Close the files."""
        for file in (self._file, *self._sides.values()):
            with contextlib.suppress(OSError):
                file.close()

    def remove(self) -> None:
        """Close the files and remove them."""
        self.close()
        for path in (*(side_path(self.path, side) for side in self._sides), self.path):
            with contextlib.suppress(OSError):
                if path.is_file():  # a device is nobody's to remove
                    path.unlink()

    def _side(self, side: Side) -> IO[bytes]:
        file = self._sides.get(side)
        if file is None:
            file = self._sides[side] = open_private(side_path(self.path, side), replace=False)
        return file


def _refuse_existing(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            raise LogError(
                f"{path} exists already; choose another name, or begin the log with "
                "EventLog().journal(path, overwrite=True)"
            )


def _empty(file: IO[bytes]) -> None:
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.truncate(0)


def _write(file: IO[bytes], pieces: Sequence[bytes]) -> None:
    for first in range(0, len(pieces), _MOST_PIECES):
        some = pieces[first : first + _MOST_PIECES]
        done = os.writev(file.fileno(), some) if hasattr(os, "writev") else 0
        if done < sum(map(len, some)):
            rest = memoryview(b"".join(some))[done:]
            while rest:
                rest = rest[file.write(rest) :]
