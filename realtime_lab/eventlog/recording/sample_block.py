"""Samples of consecutive lines, read at once."""

from __future__ import annotations

from collections.abc import Sequence

from .files import SIDES, Side, side_of
from .journal_lines import Line
from .side_files import Samples, silence

__all__ = ["SampleBlock"]


class SampleBlock:
    """The samples that some lines refer to, read at once; silence where there are no samples."""

    def __init__(self, lines: Sequence[Line], samples: Samples | None) -> None:
        self._begins: dict[Side, int] = {}
        self._pcm: dict[Side, bytes] = {}
        self._lines = lines
        self._samples = samples
        for side in SIDES:
            places = [line.audio for line in lines if line.audio and side_of(line.dir) == side]
            begin = min((offset for offset, _ in places), default=0)
            end = max((offset + count for offset, count in places), default=0)
            if samples is not None and 0 < end - begin <= 2 * sum(count for _, count in places):
                self._begins[side] = begin
                self._pcm[side] = samples.read(side, begin, end - begin)

    def by_seq(self) -> dict[int, bytes]:
        """The samples of each line that has some."""
        return {
            line.seq: self.read(side_of(line.dir), *line.audio)
            if line.audio
            else silence(line.audio_bytes)
            for line in self._lines
            if line.audio or line.audio_bytes
        }

    def read(self, side: Side, offset: int, count: int) -> bytes:
        """So many bytes of a side, from ``offset`` on."""
        if self._samples is None:
            return silence(count)
        if side not in self._pcm:
            return self._samples.read(side, offset, count)
        start = offset - self._begins[side]
        return self._pcm[side][start : start + count]
