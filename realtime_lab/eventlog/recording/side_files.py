"""The samples of a recording that is read: each side in a file of its own, or missing."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import Protocol

from .files import RAW, SEALED, SIDES, RandomAccess, Side, reason, side_path

__all__ = ["FLAC", "MIXED", "SUFFIXES", "Samples", "found_sides", "silence"]

FLAC, MIXED = ".flac", ".raw"
SUFFIXES = (FLAC, ".ulaw", ".alaw", MIXED)
"""How a side of a sealed log may be kept: PCM16 as FLAC, anything else as the bytes that were sent
or received, in one format or in several."""


class _Track(Protocol):
    """Bytes that were sent or received, one after the other."""

    length: int

    def read(self, offset: int, count: int) -> bytes: ...


class _Flac:
    def __init__(self, path: Path) -> None:
        import soundfile

        self._file = soundfile.SoundFile(path)
        self._lock = threading.Lock()
        self.length = 2 * self._file.frames

    def read(self, offset: int, count: int) -> bytes:
        first, last = offset // 2, -(-(offset + count) // 2)
        with self._lock:
            self._file.seek(min(first, self._file.frames))
            pcm = self._file.read(last - first, dtype="int16").astype("<i2").tobytes()
        return pcm[offset - 2 * first :][:count]


class Samples:
    """The samples of both sides of the recording ``path``.

    What is missing is read as silence. `notes` tells of it once it is known how much there should
    be: see `expect`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: dict[Side, str] = {}
        self._short: dict[Side, str] = {}

    def read(self, side: Side, offset: int, count: int) -> bytes:
        """So many bytes of a side, from ``offset`` on."""
        track = self._tracks.get(side)
        pcm = track.read(offset, count) if track is not None else b""
        return pcm + silence(count - len(pcm)) if len(pcm) < count else pcm

    def expect(self, side: Side, length: int) -> None:
        """The log refers to so many bytes of a side."""
        track = self._tracks.get(side)
        if not length or (track is not None and track.length >= length):
            return
        name = f"{self._path.name}: the {side}'s audio"
        if track is None:
            why = self._problems.get(side, f"there is no {side_path(self._path, side).name}")
            self._short[side] = f"{name} is missing, and silence stands in its place: {why}"
        else:
            self._short[side] = (
                f"{name} lacks its last {length - track.length} of {length} bytes, and silence "
                "stands in their place"
            )

    @property
    def notes(self) -> list[str]:
        """What is missing."""
        return list(self._short.values())

    def paths(self) -> list[Path]:
        """The files that there are."""
        return [path for path in found_sides(self._path).values() if path is not None]

    @cached_property
    def _tracks(self) -> dict[Side, _Track]:
        tracks: dict[Side, _Track] = {}
        for side, path in found_sides(self._path).items():
            if path is None:
                continue
            try:
                tracks[side] = _Flac(path) if path.suffix == FLAC else RandomAccess(path)
            except OSError as error:
                self._problems[side] = f"{path.name} cannot be read: {reason(error)}"
            except RuntimeError as error:  # of soundfile, for what is no FLAC
                self._problems[side] = f"{path.name} cannot be read: {error}"
        return tracks


def found_sides(path: Path) -> dict[Side, Path | None]:
    """The file with the samples of each side beside ``path``, if it is there."""
    order = SUFFIXES if path.suffix == SEALED else (RAW,)
    found: dict[Side, Path | None] = {}
    for side in SIDES:
        places = (side_path(path, side, suffix) for suffix in order)
        found[side] = next((place for place in places if place.is_file()), None)
    return found


def silence(count: int) -> bytes:
    """So many bytes of silence.

    All bits are ones: the quietest sample but one in PCM16, silence in G.711 μ-law.
    """
    return b"\xff" * count
