"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from ...errors import LogError

__all__ = ["write_whole"]


def write_whole(path: Path, pieces: Iterable[bytes], *, overwrite: bool) -> None:
    """Write a file for its owner alone (mode 0600), in one step as others see it.

    Raises:
        LogError: if it exists (unless ``overwrite``) or cannot be written; nothing half-written is
            left.
    """
    if not overwrite and path.exists():
        raise _exists(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
        if overwrite:
            unfinished.replace(path)
        else:
            _put(unfinished, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LogError(f"cannot write {path}: {reason}; choose another place") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _put(unfinished: Path, path: Path) -> None:
    """Give a file its name unless somebody else has taken it meanwhile."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError from None
        unfinished.rename(path)


def _exists(path: Path) -> LogError:
    return LogError(f"{path} exists already; choose another name, or pass overwrite=True")
