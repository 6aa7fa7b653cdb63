"""Recordings in a folder: how long, and how much of it, is kept. By default nothing is on disk."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from ...errors import LogError
from .files import JOURNAL, RAW, SEALED, SIDES, lock, side_path, stem_of
from .journal_lines import read_header
from .side_files import SUFFIXES

__all__ = ["Purged", "Recording", "Retention", "purge", "recordings"]

MARKER = ".realtime_lab_recordings"
"""A file that says that recordings are kept in its folder; their names are sealed with what it
holds, so that nothing else is ever taken for one."""
_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"recording-(\d{8}T\d{6}Z)-([0-9a-f]{6})-([0-9a-f]{8})\.(jsonl|parquet)")
_PARQUET = b"PAR1"
_DAY = 86_400.0
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded session on disk: the file of its events, and ``size`` with its samples.

    ``is_open``: it is being written, by whatever process.
    """

    path: Path
    started: datetime
    size: int
    is_open: bool = False

    def __str__(self) -> str:
        state = ", being written" if self.is_open else ""
        return f"{self.path.name} ({self.started:%Y-%m-%d %H:%M} UTC, {_size(self.size)}{state})"


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed, what is still there, and what could not be removed and why."""

    removed: tuple[Recording, ...] = ()
    kept: tuple[Recording, ...] = ()
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [
            f"{_count(self.removed)} removed, {_count(self.kept)} kept",
            *(f"  removed: {recording}" for recording in self.removed),
            *(f"  could not be removed: {problem}" for problem in self.problems),
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


@dataclass(frozen=True, slots=True)
class Retention:
    """Keeps recordings in a folder, each session in files of its own.

    ``days`` is how long after its beginning a recording is kept, ``megabytes`` (10⁶ bytes) how much
    all of them may take together; ``None`` is no limit. Limits are kept when a session begins, and
    by `purge`. Only whole recordings are removed, the oldest first, never one that is being
    written, and nothing that this class has not named: a recording that is renamed, or moved to
    another folder, is yours. The folder is made for its owner alone (0700), and so are the files
    (0600).

    Raises:
        LogError: for limits that are negative.
    """

    folder: str | Path
    days: float | None = None
    megabytes: float | None = None

    def __post_init__(self) -> None:
        for name, limit in (("days", self.days), ("megabytes", self.megabytes)):
            if limit is not None and not limit >= 0:
                raise LogError(f"{name} of a retention must be 0 or more, not {limit!r}")

    def new_path(self, *, now: float | None = None) -> Path:
        """A name for a recording that begins now; makes the folder.

        Raises:
            LogError: if nothing can be written there.
        """
        moment = datetime.fromtimestamp(time.time() if now is None else now, UTC)
        folder = Path(self.folder).expanduser()
        try:
            _make_private(folder)
            seal = _seal_of(folder) or _new_seal(folder)
        except OSError as error:
            raise LogError(
                f"cannot keep recordings in {folder}: {(error.strerror or str(error)).lower()}; "
                "choose another folder"
            ) from error
        stem = f"{moment.strftime(_TIME)}-{secrets.token_hex(3)}"
        return folder / f"recording-{stem}-{_sealed(stem, seal)}.jsonl"

    def recordings(self) -> list[Recording]:
        """The recordings in the folder, the oldest first."""
        folder = Path(self.folder).expanduser()
        seal = _seal_of(folder)
        if seal is None:
            return []
        found: dict[str, Recording] = {}
        for path in sorted(folder.iterdir()):  # .parquet comes after .jsonl, and stands for it
            if (recording := _recording(path, seal)) is not None:
                found[path.stem] = recording
        return sorted(found.values(), key=lambda r: (r.started, r.path.name))

    def purge(self, *, now: float | None = None) -> Purged:
        """Remove the recordings that are not to be kept; ``now`` is in seconds since 1970."""
        moment = time.time() if now is None else now

        def too_old(recording: Recording, _: int) -> bool:
            limit = self.days
            return limit is not None and moment - recording.started.timestamp() > limit * _DAY

        def too_much(_: Recording, total: int) -> bool:
            return self.megabytes is not None and total > self.megabytes * _MEGABYTE

        return _purge(
            self.recordings(), lambda one, total: too_old(one, total) or too_much(one, total)
        )


def recordings(where: Retention | str | Path) -> list[Recording]:
    """The recordings that a `Retention` keeps in a folder, the oldest first."""
    return _retention(where).recordings()


def purge(
    where: Retention | str | Path,
    *,
    days: float | None = None,
    megabytes: float | None = None,
    everything: bool = False,
) -> Purged:
    """Remove recordings now and tell which: by the limits of a `Retention`, or by those given.

    ``everything`` removes all that are not being written.

    Raises:
        LogError: if neither a limit nor ``everything`` is given.
    """
    kept = _retention(where)
    if everything:
        return _purge(kept.recordings(), lambda *_: True)
    limits = Retention(
        kept.folder,
        kept.days if days is None else days,
        kept.megabytes if megabytes is None else megabytes,
    )
    if limits.days is None and limits.megabytes is None:
        raise LogError("purge() needs to know what to keep: days=, megabytes= or everything=True")
    return limits.purge()


def _retention(where: Retention | str | Path) -> Retention:
    return where if isinstance(where, Retention) else Retention(where)


def _purge(found: list[Recording], goes: Callable[[Recording, int], bool]) -> Purged:
    total = sum(recording.size for recording in found)
    removed: list[Recording] = []
    kept: list[Recording] = []
    problems: list[str] = []
    for recording in found:
        if recording.is_open or not goes(recording, total):
            kept.append(recording)
            continue
        problem = _remove(recording)
        if problem:
            kept.append(recording)
            problems.append(f"{recording.path.name}: {problem}")
        else:
            removed.append(recording)
            total -= recording.size
    return Purged(tuple(removed), tuple(kept), tuple(problems))


def _remove(recording: Recording) -> str:
    """Remove a recording unless somebody writes it; returns why it could not be."""
    try:
        with recording.path.open("rb") as file:
            if os.name == "posix" and lock(file.fileno()) is not True:
                return "it is being written"
            # That file goes last: while it is there, all of them can still be found.
            for path in _files_of(recording.path):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def _files_of(path: Path) -> list[Path]:
    """All files of a recording, its own last: samples, and what a process left that was killed."""
    suffixes = (RAW, *SUFFIXES)
    places = [
        *(side_path(path, side, suffix) for side in SIDES for suffix in suffixes),
        *path.parent.glob(f".{stem_of(path)}.*"),
        *(path.with_suffix(suffix) for suffix in (JOURNAL, SEALED)),
    ]
    return [*(place for place in places if place != path and os.path.lexists(place)), path]


def _recording(path: Path, seal: bytes) -> Recording | None:
    """The recording in a file; ``None`` if it is none of ours."""
    name = _NAME.fullmatch(path.name)
    if name is None or not hmac.compare_digest(_sealed(f"{name[1]}-{name[2]}", seal), name[3]):
        return None
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with path.open("rb") as file:
            if name[4] == "jsonl":
                read_header(path, file.readline(65_536).rstrip(b"\n"))
            elif file.read(4) != _PARQUET:
                return None
            is_open = os.name == "posix" and lock(file.fileno()) is not True
    except (OSError, LogError):
        return None
    started = datetime.strptime(name[1], _TIME).replace(tzinfo=UTC)
    size = sum(place.lstat().st_size for place in _files_of(path))
    return Recording(path, started, size, is_open)


def _make_private(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(0, "it is not a folder")


def _seal_of(folder: Path) -> bytes | None:
    try:
        lines = (folder / MARKER).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return lines[0].encode() if lines and lines[0] else None


def _new_seal(folder: Path) -> bytes:
    text = f"{secrets.token_hex(16)}\nRecordings of realtime_lab are kept here and removed by it.\n"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(folder / MARKER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
    return _seal_of(folder) or text.splitlines()[0].encode()


def _sealed(stem: str, seal: bytes) -> str:
    return hmac.new(seal, stem.encode(), hashlib.sha256).hexdigest()[:8]


def _count(found: tuple[Recording, ...]) -> str:
    noun = "recording" if len(found) == 1 else "recordings"
    return f"{len(found)} {noun} ({_size(sum(r.size for r in found))})"


def _size(size: int) -> str:
    return f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{size / 1000:.1f} kB"
