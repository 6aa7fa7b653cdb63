"""A recording in one file, to send: a ZIP of a sealed log and its samples."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ...errors import LogError
from .files import SEALED, SIDES, open_private, reason, unwritable
from .side_files import SUFFIXES

__all__ = ["pack", "unpacked"]

_ENDINGS = frozenset({SEALED, *(f".{side}{suffix}" for side in SIDES for suffix in SUFFIXES)})


def pack(files: Sequence[Path], path: Path) -> None:
    """Put the files of a sealed log into one, replacing what was there.

    They are compressed already, so that they are stored as they are.

    Raises:
        LogError: if it cannot be written.
    """
    try:
        with TemporaryDirectory(prefix=f".{path.stem}.", dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            open_private(unfinished).close()
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
                for file in files:
                    archive.write(file, file.name)
            unfinished.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


def unpacked(path: Path, folder: Path) -> Path:
    """Take a sealed log out of a ZIP into a folder; returns its file of rows.

    Only files that belong to such a log are taken out, whatever else the ZIP has, and no name in it
    says where they go.

    Raises:
        LogError: if there is none in it.
    """
    rows: Path | None = None
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                ending = next((e for e in _ENDINGS if info.filename.endswith(e)), None)
                if ending is None or info.is_dir():
                    continue
                place = folder / f"log{ending}"
                with archive.open(info) as content, place.open("xb") as file:
                    shutil.copyfileobj(content, file)
                if ending == SEALED:
                    rows = place
    except FileExistsError:
        raise LogError(f"{path} holds more than one log; unpack it, and load one of them") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise LogError(f"{path} is no ZIP that can be read ({error})") from None
    except OSError as error:
        raise LogError(f"cannot read the event log {path}: {reason(error)}") from error
    if rows is None:
        raise LogError(f"{path} holds no sealed log: there is no file in it that ends in {SEALED}")
    return rows
