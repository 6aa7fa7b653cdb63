"""Which suffix asks for which format."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import LogError
from .audacity import audacity
from .csv_tables import csv_table
from .elan import elan
from .files import write_whole
from .report import report
from .stereo_wav import stereo_wav
from .subtitles import srt, webvtt
from .textgrid import textgrid
from .wire_lines import wire_lines

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["FORMATS", "export"]

FORMATS: dict[str, Callable[..., Iterable[bytes]]] = {
    ".srt": srt,
    ".vtt": webvtt,
    ".TextGrid": textgrid,
    ".eaf": elan,
    ".txt": audacity,
    ".wav": stereo_wav,
    ".csv": csv_table,
    ".html": report,
    ".jsonl": wire_lines,
}
"""What writes the files of each suffix; its keyword arguments are the options of the format."""


def export(log: EventLog, path: str | Path, *, overwrite: bool = False, **options: Any) -> Path:
    """Write a log in the format that the suffix of ``path`` names; see `EventLog.export`."""
    path = Path(path)
    write = {name.lower(): writer for name, writer in FORMATS.items()}.get(path.suffix.lower())
    if write is None:
        raise LogError(
            f"{path.name!r} does not name a format that a log can be exported to; end it in "
            f"{', '.join(FORMATS)}"
        )
    known = [name for name in inspect.signature(write).parameters if name != "log"]
    unknown = next((name for name in options if name not in known), None)
    if unknown is not None:
        told = f"it has {', '.join(known)}" if known else "it has none"
        raise LogError(f"the format {path.suffix} has no option {unknown!r}; {told}")
    write_whole(path, write(log, **options), overwrite=overwrite)
    return path
