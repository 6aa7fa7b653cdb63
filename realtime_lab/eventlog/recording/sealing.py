"""Seals a journal: its lines into a Parquet file, its samples into FLAC."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import msgspec
import numpy as np

from ...audio import RATE
from ...errors import LogError
from ..entry import LogEntry
from ..publishing.formats import PCM16, Formats, SampleFormat
from ..tables.rows import RowMaker, Rows
from ..turns.turn_numbers import TurnNumbers
from .files import SIDES, Side, open_private, side_path, stem_of, unwritable
from .journal_lines import Line
from .journal_reader import JournalReader
from .parquet import write_parquet
from .sealed_reader import METADATA, SealedHeader, SealedReader
from .side_files import FLAC, MIXED, SUFFIXES

__all__ = ["seal"]

_BATCH = 20_000
_BLOCK = 1 << 20
_SUFFIXES = {"ulaw": ".ulaw", "alaw": ".alaw"}


def seal(journal: JournalReader, turns: TurnNumbers, path: Path) -> list[Path]:
    """Write a journal (of version 2) as a sealed log, replacing what was there; returns its files.

    Samples of PCM16 at 24 kHz become FLAC, others stay the bytes that they are. All of it is read
    again, and compared, before anything is replaced.

    Raises:
        LogError: if the journal cannot be read, the files not be written, or what was written is
            not what was to be.
    """
    try:
        with TemporaryDirectory(prefix=f".{stem_of(path)}.", dir=path.parent) as folder:
            sealing = _Sealing(journal, turns, Path(folder) / path.name)
            files = sealing.files()
            for file in files:
                _sync(file)
            placed = [path.with_name(file.name) for file in files]
            for side in SIDES:
                for suffix in SUFFIXES:
                    old = side_path(path, side, suffix)
                    if old not in placed:
                        old.unlink(missing_ok=True)
            # The rows last: where they are, all is.
            for new, place in reversed(list(zip(files, placed, strict=True))):
                new.replace(place)
            return placed
    except OSError as error:
        raise unwritable(path, error) from error
    except duckdb.Error as error:
        raise LogError(f"cannot write {path}: {error}") from error


class _Sealing:
    def __init__(self, journal: JournalReader, turns: TurnNumbers, path: Path) -> None:
        self._journal = journal
        self._turns = turns
        self._path = path
        self._formats: dict[Side, set[SampleFormat]] = {side: set() for side in SIDES}
        self._written = hashlib.blake2b()

    def files(self) -> list[Path]:
        """Make the files: that of the rows, then those of samples."""
        header = self._journal.header
        sealed = SealedHeader(
            dialect=header.dialect,
            started=header.started,
            redacted=header.redacted,
            audio=header.audio,
            notes=self._journal.damages,
        )
        metadata = {METADATA: msgspec.json.encode(sealed).decode()}
        write_parquet(self._path, self._rows(), started=header.started, metadata=metadata)
        self._compare_rows()
        return [self._path, *self._tracks()]

    def _rows(self) -> Iterator[Rows]:
        maker, formats = RowMaker(0.0), Formats()
        for first in range(0, self._journal.count, _BATCH):
            rows = Rows()
            last = min(first + _BATCH, self._journal.count)
            for line, entry in self._journal.recorded(first, last, audio=False):
                formats.apply(entry)
                self._add(rows, maker, line, entry)
                if fact := line.audio_fact():
                    self._formats[fact.side].add(formats.of(fact.side, fact.response_id))
            yield rows

    def _add(self, rows: Rows, maker: RowMaker, line: Line, entry: LogEntry) -> None:
        turn = self._turns.of(line.seq)
        offset, count = line.audio or (None, line.audio_bytes or len(entry.audio) or None)
        maker.add(
            rows,
            entry,
            entry.text,
            turn=turn,
            audio_offset=offset,
            audio_bytes=count,
        )
        at = round(line.at * 1e6)
        _feed(self._written, (line.seq, at, line.dir, turn, entry.size, offset, count), entry.text)

    def _compare_rows(self) -> None:
        read = hashlib.blake2b()
        reader = SealedReader(self._path)
        for lines in reader.lines(0, reader.count):
            for *values, text in lines:
                _feed(read, tuple(values), text)
        if read.digest() != self._written.digest():
            raise LogError(
                f"{self._path.name} does not hold what its journal does; the journal stays. Please "
                "report this"
            )

    def _tracks(self) -> Iterator[Path]:
        for side, formats in self._formats.items():
            raw = side_path(self._journal.path, side)
            if not raw.is_file():
                continue
            [only] = formats if len(formats) == 1 else [None]
            is_pcm16 = only == PCM16 and raw.stat().st_size % 2 == 0
            suffix = FLAC if is_pcm16 else _SUFFIXES.get(only.name if only else "", MIXED)
            track = side_path(self._path, side, suffix)
            open_private(track).close()
            if is_pcm16:
                _write_flac(raw, track)
            else:
                shutil.copyfile(raw, track)
            if _digest(raw) != _digest(track):
                raise LogError(
                    f"{track.name} does not hold what {raw.name} does; please report this"
                )
            yield track


def _feed(digest: hashlib.blake2b, values: tuple[object, ...], text: bytes) -> None:
    digest.update(b"%r %d " % (values, len(text)))
    digest.update(text)


def _write_flac(raw: Path, track: Path) -> None:
    import soundfile

    with (
        raw.open("rb") as pcm,
        soundfile.SoundFile(track, "w", RATE, 1, "PCM_16", format="FLAC") as file,
    ):
        while block := pcm.read(_BLOCK):
            file.write(np.frombuffer(block, "<i2"))


def _digest(track: Path) -> bytes:
    """The digest of the bytes of a track, whatever the form it is kept in."""
    digest = hashlib.blake2b()
    if track.suffix == FLAC:
        import soundfile

        with soundfile.SoundFile(track) as file:
            for block in file.blocks(_BLOCK, dtype="int16"):
                digest.update(block.astype("<i2").tobytes())
    else:
        with track.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.digest()


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
