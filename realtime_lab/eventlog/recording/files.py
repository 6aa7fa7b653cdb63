"""The files of a recorded session, and how they are opened."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path
from typing import IO, Literal

from ...errors import LogError
from ..entry import Direction

__all__ = [
    "JOURNAL",
    "PACKED",
    "RAW",
    "SEALED",
    "SIDES",
    "RandomAccess",
    "Side",
    "lock",
    "open_private",
    "reason",
    "side_of",
    "side_path",
    "stem_of",
    "unwritable",
]

Side = Literal["user", "model"]
"""Whose audio it is: ``user`` is what was sent, ``model`` what was received."""

SIDES: tuple[Side, Side] = ("user", "model")
JOURNAL, SEALED, PACKED = ".jsonl", ".parquet", ".zip"
RAW = ".pcm"
"""Samples beside a journal, as they were sent or received, one after the other."""
_KNOWN = frozenset({JOURNAL, SEALED, PACKED})


class RandomAccess:
    """A file that any thread may read any part of."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._lock = threading.Lock()
        self.length = os.fstat(self._file.fileno()).st_size

    def read(self, offset: int, count: int) -> bytes:
        """So many bytes from there; fewer at the end of the file."""
        with self._lock:
            self._file.seek(offset)
            parts: list[bytes] = []
            while count > 0 and (part := self._file.read(count)):
                parts.append(part)
                count -= len(part)
        return b"".join(parts)


def side_of(direction: Direction) -> Side:
    """The side whose audio an event in that direction brings."""
    return "user" if direction == "sent" else "model"


def stem_of(path: Path) -> str:
    """What the names of all files of a recording begin with, from the name of one."""
    return path.stem if path.suffix in _KNOWN else path.name


def side_path(path: Path, side: Side, suffix: str = RAW) -> Path:
    """The file beside ``path`` with the samples of a side: ``talk.user.pcm``."""
    return path.with_name(f"{stem_of(path)}.{side}{suffix}")


def open_private(path: Path, *, replace: bool = True) -> IO[bytes]:
    """Open a file for writing that only its owner may read, also where it was there before.

    It is neither emptied nor buffered: what is written survives the death of this process.

    Raises:
        FileExistsError: if it is there, and not to be replaced.
    """
    flags = os.O_RDWR | os.O_CREAT | (0 if replace else os.O_EXCL) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(descriptor).st_mode):
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "r+b", buffering=0)


def lock(descriptor: int) -> bool | None:
    """Lock an open file for as long as it is open.

    Returns false if another has it, in whatever process, and ``None`` where nobody can tell.
    """
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def reason(error: OSError) -> str:
    """Why the system refuses something, in its words."""
    return (error.strerror or str(error)).lower()


def unwritable(path: Path, error: OSError) -> LogError:
    """The error that tells that a file cannot be written."""
    return LogError(f"cannot write {path}: {reason(error)}; choose another place")
