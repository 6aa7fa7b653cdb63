"""Paths that the espeak-ng library can open.

It copies the path of its data into buffers of 160 bytes, and the path of a voice file into one of
60, where it turns it into lower case. Folders that do not fit are copied or linked to a place that
does.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from realtime_lab.errors import EngineError

__all__ = ["data_folder", "voice_folder"]

_LONGEST_DATA_PATH = 130
_LONGEST_VOICE_PATH = 59
_SHORT_FOLDERS = (None, "/tmp", "/var/tmp")
"""Where temporary folders may be made; the first is the system's own choice."""


@cache
def data_folder(folder: Path) -> Path:
    """The library's data, at ``folder`` itself, a link to it or a copy."""
    if len(os.fsencode(folder)) <= _LONGEST_DATA_PATH:
        return folder
    short = _temporary_folder(None) / "data"
    try:
        short.symlink_to(folder, target_is_directory=True)
    except OSError:
        shutil.copytree(folder, short)
    return short


@cache
def voice_folder(folder: Path) -> Path:
    """A folder with the voice files of ``folder``: itself, or a copy of it.

    Raises `EngineError` if this machine has no place with a path that fits.
    """
    names = [path.name for path in folder.iterdir()]
    if _fits(folder, names):
        return folder
    for place in _SHORT_FOLDERS:
        if place is not None and not os.access(place, os.W_OK):
            continue
        private = _temporary_folder(place)
        if _fits(private, names):
            for name in names:
                shutil.copyfile(folder / name, private / name)
            return private
    raise EngineError(
        "espeak-ng needs a folder for its voice files whose path is short and in lower case; "
        f"set TMPDIR to one ({tempfile.gettempdir()} does not fit)"
    )


def _fits(folder: Path, names: list[str]) -> bool:
    paths = [str(folder / name) for name in names]
    # Where the file system ignores case, the library's lower case does no harm.
    ignores_case = os.name == "nt"
    return all(
        len(os.fsencode(path)) <= _LONGEST_VOICE_PATH and (ignores_case or path == path.lower())
        for path in paths
    )


def _temporary_folder(place: str | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rl-", dir=place))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
