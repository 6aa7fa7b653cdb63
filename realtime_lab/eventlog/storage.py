"""Event logs on disk.

A log is a text file of JSON lines. The first line is a header that names the format, its version,
the dialect and the time of day at the start; every further line is one event::

    {"format":"realtime_lab.eventlog","version":1,"dialect":"ga","started":"2026-11-22T17:02:15Z"}
    {"seq":0,"at":0.0123,"dir":"received","event":{"type":"session.created",…}}

``at`` is in seconds since the start, ``event`` is the JSON as it was on the wire, but for what was
redacted: the header's ``redacted`` lists the kinds (see `Redaction`). With ``"audio":false`` in the
header no audio was recorded: it is empty in the event, and ``audio_bytes`` beside the event tells
how much there was; a log that is read has silence instead.

Files are for their owner alone (mode 0600).
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from ..errors import InvalidEvent, LogError
from ..protocol import Dialect, UnknownEvent
from .entry import Direction, LogEntry, LoggedEvent, Mark
from .outlet import Outlet, Shown, silence

__all__ = ["FORMAT", "VERSION", "Header", "Journal", "lock", "read_header", "read_log", "write_log"]

FORMAT = "realtime_lab.eventlog"
VERSION = 1
GROUP = 64
"""Events that a crash may cost at most."""
GROUP_SECONDS = 0.02


class Header(msgspec.Struct, kw_only=True):
    """The first line of a log file."""

    format: str = FORMAT
    version: int = VERSION
    dialect: str
    started: datetime
    redacted: list[str] | None = None
    """The kinds of personal data that were replaced; ``None`` where it is not known."""
    audio: bool = True
    """Whether the samples are there."""


class _Line(msgspec.Struct):
    seq: int
    at: float
    dir: Direction
    event: msgspec.Raw
    audio_bytes: int = 0


_log = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(_Line)
_header_decoder = msgspec.json.Decoder(Header)
_mark_decoder = msgspec.json.Decoder(Mark)


def lines(shown: Iterable[Shown], start: float) -> list[bytes]:
    """The lines of some entries, in pieces that an operating system can write without joining them.

    ``start`` is the clock's reading at the start of the log. The line around an event is formatted
    by hand, so that the event itself, which is most of it, need not be copied.
    """
    pieces: list[bytes] = []
    for entry, text, audio_bytes in shown:
        place = (entry.seq, entry.at - start, entry.direction.encode())
        pieces.append(b'{"seq":%d,"at":%.6f,"dir":"%b","event":' % place)
        pieces.append(text)
        pieces.append(b',"audio_bytes":%d}\n' % audio_bytes if audio_bytes else b"}\n")
    return pieces


def write_log(
    path: str | Path, header: Header, entries: Sequence[LogEntry], start: float, outlet: Outlet
) -> None:
    """Write a whole log, replacing what was there, never leaving half of it.

    Raises:
        LogError: if the file cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with _open_private(unfinished, "wb") as file:
            file.write(_encoder.encode(header) + b"\n")
            for first in range(0, len(entries), 4096):
                file.writelines(lines(outlet.put(entries[first : first + 4096]), start))
            file.writelines(lines(outlet.finish(), start))
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise LogError(f"cannot write {path}: {_reason(error)}; choose another place") from error


class Journal:
    """Writes the entries of a growing list to a file, in groups, as an outlet gives them.

    `flush` may be called from any thread. After a failed write nothing more is written and
    `problem` says why. While it is open, the file is locked where the system knows locks.
    """

    def __init__(
        self,
        path: str | Path,
        header: Header,
        entries: Sequence[LogEntry],
        start: float,
        outlet: Outlet,
        *,
        overwrite: bool = False,
    ) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        self._entries = entries
        self._start = start
        self._outlet = outlet
        self._written = 0
        self._flushed_at = start
        self._lock = threading.Lock()
        try:
            # Unbuffered: what was written survives the death of this process.
            self._file = _open_private(self.path, "wb" if overwrite else "xb", buffering=0)
        except FileExistsError:
            raise LogError(
                f"{self.path} exists already; choose another name, or begin the log with "
                "EventLog().journal(path, overwrite=True)"
            ) from None
        except OSError as error:
            raise _unwritable(self.path, error) from error
        lock(self._file.fileno())
        try:
            self._write([_encoder.encode(header), b"\n"])
            self._write_new()
        except OSError as error:
            self._file.close()
            raise _unwritable(self.path, error) from error

    def entry_added(self, entry: LogEntry) -> None:
        """Write when a group is full, or when the last write was a while ago."""
        if entry.seq - self._written >= GROUP - 1 or entry.at - self._flushed_at >= GROUP_SECONDS:
            self.flush()
            self._flushed_at = entry.at

    def flush(self) -> None:
        """Write everything that is in memory and not yet in the file, and may be."""
        self._bring_up_to_date(is_last=False)

    def _bring_up_to_date(self, *, is_last: bool) -> None:
        with self._lock:
            if self.problem is not None or self._file.closed:
                return
            written = self._written
            try:
                self._write_new()
                if is_last:
                    self._write(lines(self._outlet.finish(), self._start))
            except OSError as error:
                self.problem = (
                    f"writing {self.path} failed after {written} events: {_reason(error)}; "
                    "the log goes on in memory, save it elsewhere with write()"
                )
                _log.error("%s", self.problem)
                with contextlib.suppress(OSError):
                    self._file.close()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._bring_up_to_date(is_last=True)
        with self._lock, contextlib.suppress(OSError):
            self._file.close()

    def discard(self) -> None:
        """Close the file and remove it."""
        self.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _write_new(self) -> None:
        while fresh := self._entries[self._written : self._written + GROUP]:
            self._written += len(fresh)
            self._write(lines(self._outlet.put(fresh), self._start))

    def _write(self, pieces: list[bytes]) -> None:
        # 4 pieces for each of 64 and of those that waited: fewer than a system takes at once.
        done = os.writev(self._file.fileno(), pieces) if hasattr(os, "writev") else 0
        if done < sum(map(len, pieces)):
            rest = memoryview(b"".join(pieces))[done:]
            while rest:
                rest = rest[self._file.write(rest) :]


def _open_private(path: Path, mode: str, buffering: int = -1) -> IO[bytes]:
    """Open a file for writing that only its owner may read, also where it was there before."""

    def opener(name: str, flags: int) -> int:
        descriptor = os.open(name, flags, 0o600)
        if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(descriptor).st_mode):
            with contextlib.suppress(OSError):
                os.fchmod(descriptor, 0o600)
        return descriptor

    return open(path, mode, buffering=buffering, opener=opener)


def lock(descriptor: int) -> bool:
    """Lock an open file for as long as it is open; false if another has, or nobody can."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _unwritable(path: Path, error: OSError) -> LogError:
    return LogError(f"cannot write the event log {path}: {_reason(error)}; choose another place")


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def read_log(path: str | Path, dialect_named: Any) -> tuple[Header, list[LogEntry], list[str]]:
    """Header, entries (``at`` from 0) and notes about what is missing.

    Raises:
        LogError: naming the line that cannot be read.
    """
    path = Path(path)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise LogError(f"cannot read the event log {path}: {_reason(error)}") from error
    rows = text.split(b"\n")
    complete = not rows[-1]
    if complete:
        rows.pop()
    header = read_header(path, rows[0] if rows else b"")
    dialect = dialect_named(header.dialect)
    entries: list[LogEntry] = []
    notes: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        try:
            entry = _read_entry(row, dialect)
            entries.append(entry)
            if isinstance(entry.event, Mark) and (spoken := spoken_after(entry.event)):
                dialect = dialect_named(spoken)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if number == len(rows) and not complete:
                notes.append(f"line {number}, the last one, is torn and was left out")
                break
            raise LogError(f"{path}, line {number}: not an event of a log ({error})") from None
    notes.extend(_gaps(entries))
    return header, entries, notes


def read_header(path: Path, row: bytes) -> Header:
    try:
        header = _header_decoder.decode(row)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LogError(
            f"{path}, line 1: not the header of a realtime_lab event log ({error})"
        ) from None
    if header.format != FORMAT:
        raise LogError(f"{path}, line 1: the format is {header.format!r}, expected {FORMAT!r}")
    if header.version > VERSION:
        raise LogError(
            f"{path}, line 1: version {header.version} is newer than this package can read "
            f"({VERSION}); update realtime-lab"
        )
    if header.dialect not in ("ga", "preview"):
        raise LogError(f"{path}, line 1: there is no dialect {header.dialect!r}")
    return header


def _read_entry(row: bytes, dialect: Dialect) -> LogEntry:
    line = _line_decoder.decode(row)
    data = bytes(line.event)
    if line.audio_bytes:
        data = silence(data, line.audio_bytes)
    return LogEntry.of(line.seq, line.at, line.dir, decode_event(data, line.dir, dialect), data)


def spoken_after(mark: Mark) -> str | None:
    """The dialect of all that follows a mark, if it tells of another connection."""
    spoken = mark.data.get("dialect") if mark.type == "lab.connected" else None
    return spoken if spoken in ("ga", "preview") else None


def decode_event(data: bytes, direction: Direction, dialect: Dialect) -> LoggedEvent:
    """What a logged JSON text means; what cannot be understood is an `UnknownEvent`."""
    if direction == "local":
        return _mark_decoder.decode(data)
    if direction == "received":
        return dialect.decode_server(data)
    try:
        return dialect.decode_client(data)
    except InvalidEvent as refusal:
        body = msgspec.json.decode(data)
        body = body if isinstance(body, dict) else {"value": body}
        return UnknownEvent(type=str(body.get("type", "")), body=body, problem=str(refusal))


def _gaps(entries: Sequence[LogEntry]) -> Iterator[str]:
    for before, after in itertools.pairwise(entries):
        missing = after.seq - before.seq - 1
        if missing:
            yield f"{missing} events are missing between seq {before.seq} and {after.seq}"
