"""The audio of a log, side by side on its time axis."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from heapq import merge
from itertools import groupby, islice
from operator import attrgetter

import numpy as np

from ...audio import RATE, Clip
from ...errors import LogError
from ..entries import Entries
from ..entry import LogEntry, Mark
from ..publishing.formats import Formats
from ..recording.files import SIDES, Side
from .audio_facts import AudioFact
from .tracks import ModelTrack, Piece, UserTrack

__all__ = ["LogTracks"]

_PAGE = 20_000
_SAMPLE = 1 / RATE


class LogTracks:
    """The tracks of both sides, as far as the log has come; only what is asked for is read.

    ``start`` is the clock's reading at the start of the log.
    """

    _CONCERNS = UserTrack.CONCERNS | ModelTrack.CONCERNS | Formats.CONCERNS

    def __init__(self, entries: Entries, start: float) -> None:
        self._entries = entries
        self._start = start
        self._formats = Formats()
        self._user, self._model = UserTrack(), ModelTrack()
        self._seen = 0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """The length of the log: to its last event, or the last sample of either side."""
        with self._lock:
            self._update()
            last = self._entries[-1].at - self._start if len(self._entries) else 0.0
            return max(last, self._user.end, self._model.end)

    def pieces(self, side: Side, start: float = 0.0, end: float = float("inf")) -> list[Piece]:
        """The pieces of a side that sound between two moments, in the order in which they begin.

        Raises:
            LogError: for a side that is none.
        """
        if side not in SIDES:
            raise LogError(f"there is no side {side!r}; the sides are 'user' and 'model'")
        with self._lock:
            self._update()
            track = self._user if side == "user" else self._model
            return sorted(track.pieces(start, end), key=attrgetter("start"))

    def clip(self, side: Side, start: float = 0.0, end: float | None = None) -> Clip:
        """What a side sounds like between two moments, at 24 kHz; silence where it does not."""
        stop = self.seconds() if end is None else end
        pieces = self.pieces(side, start, stop)
        samples = np.zeros(max(0, round((stop - start) * RATE)), np.int16)
        # For all runs together: a question to a file costs more than what it answers.
        found = self._samples(side, pieces)
        for run in _runs(pieces):
            pcm = b"".join(islice(found, len(run)))
            _lay(samples, run[0].format.samples(pcm), round((run[0].start - start) * RATE))
        return Clip(samples)

    def _samples(self, side: Side, pieces: list[Piece]) -> Iterator[bytes]:
        for _, some in groupby(pieces, lambda piece: piece.seq // _PAGE):
            page = list(some)
            seqs = [piece.seq for piece in page]
            begin, end = map(self._entries.place_of, (min(seqs), max(seqs)))
            found = self._entries.samples(side, begin, end + 1)
            for piece in page:
                yield found[piece.seq][piece.first : piece.first + piece.size]

    def _update(self) -> None:
        while self._seen < (count := len(self._entries)):
            first, self._seen = self._seen, min(self._seen + _PAGE, count)
            facts = self._entries.audio_facts(first, self._seen)
            others = self._entries.of_types(self._CONCERNS, first, self._seen)
            for one in merge(facts, others, key=attrgetter("seq")):
                self._apply(one)

    def _apply(self, one: AudioFact | LogEntry) -> None:
        if isinstance(one, AudioFact):
            track = self._user if one.side == "user" else self._model
            track.add(one, one.at - self._start, self._formats.of(one.side, one.response_id))
        elif isinstance(mark := one.event, Mark):
            at = one.happened_at - self._start
            for track in (self._user, self._model):
                if mark.type in track.CONCERNS:
                    track.note(mark, at)
        else:
            self._formats.apply(one)


def _runs(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces that follow one another without a gap, so that they are decoded as one."""
    run: list[Piece] = []
    for piece in pieces:
        if run and (abs(piece.start - run[-1].end) > _SAMPLE or piece.format != run[-1].format):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _lay(samples: np.ndarray, sound: np.ndarray, place: int) -> None:
    """Put a sound where it belongs, as far as it is within the samples."""
    begin, end = max(place, 0), min(place + len(sound), len(samples))
    if begin < end:
        samples[begin:end] = sound[begin - place : end - place]
