"""A run in a folder: ``run.json``, and the takes that it names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from ...errors import LogError
from ...eventlog import write_whole
from ..take import Take
from .design import Design, Planned
from .gap import Gap
from .take_files import TakeFiles, open_folder_for
from .voice_run import VoiceRun

__all__ = ["load_run", "name_of", "save_run", "write_run"]

_NAME = "run.json"


class _Kept(msgspec.Struct, kw_only=True):
    """A take, as ``run.json`` tells it."""

    file: str
    source: str
    voice: str
    repeat: int
    line: int
    asked: str


class _Run(msgspec.Struct, kw_only=True):
    """``run.json``."""

    format: Literal["realtime_lab.voice_run"] = "realtime_lab.voice_run"
    version: Literal[1] = 1
    lines: tuple[str, ...]
    instructions: str
    settings: dict[str, Any]
    repeats: int
    seed: int
    concurrency: int
    order: tuple[Planned, ...]
    takes: list[_Kept]
    failed: list[Gap]
    notes: list[str]


def save_run(run: VoiceRun, folder: str | Path, *, overwrite: bool = False) -> Path:
    """See `VoiceRun.save`."""
    path = open_folder_for(folder, _NAME, overwrite=overwrite)
    files = TakeFiles(path)
    names = [f"{number:03}-{name_of(take)}" for number, take in enumerate(run.takes, 1)]
    for name, take in zip(names, run.takes, strict=True):
        files.write(name, take)
    write_run(run, path, names)
    return path


def write_run(run: VoiceRun, folder: Path, names: Sequence[str]) -> None:
    """Write ``run.json``, where the takes are in the folder already under these names.

    Raises:
        LogError: if it cannot be written.
    """
    design = run.design
    record = _Run(
        lines=design.lines,
        instructions=design.instructions,
        settings=dict(design.settings),
        repeats=design.repeats,
        seed=design.seed,
        concurrency=design.concurrency,
        order=design.order,
        takes=[
            _Kept(
                file=name,
                source=take.source,
                voice=take.voice,
                repeat=take.repeat,
                line=take.line,
                asked=take.asked,
            )
            for name, take in zip(names, run.takes, strict=True)
        ],
        failed=list(run.failed),
        notes=list(run.notes),
    )
    text = msgspec.json.format(msgspec.json.encode(record), indent=1)
    write_whole(folder / _NAME, [text + b"\n"], overwrite=True)


def load_run(folder: str | Path) -> VoiceRun:
    """See `VoiceRun.load`."""
    path = Path(folder).expanduser()
    try:
        record = msgspec.json.decode((path / _NAME).read_bytes(), type=_Run)
    except OSError:
        if any(file.with_suffix(".json").is_file() for file in path.glob("*.flac")):
            raise LogError(
                f"the run in {path} was broken off before its end; compare_voices with the same "
                "arguments goes on where it was"
            ) from None
        raise LogError(f"there is no {_NAME} in {path}; give the folder of a run") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LogError(f"{path / _NAME} cannot be read as a run: {error}") from None
    files = TakeFiles(path)
    takes: list[Take] = []
    gaps = list(record.failed)
    notes = list(record.notes)
    for kept in record.takes:
        try:
            takes.append(files.read(kept.file))
        except LogError as error:
            place = (kept.source, kept.voice, kept.repeat, kept.line, kept.asked)
            gaps.append(Gap(*place, type(error).__name__, str(error)))
            notes.append(f"{kept.voice} cannot be read any more: {error}")
    design = Design(
        lines=record.lines,
        instructions=record.instructions,
        settings=record.settings,
        repeats=record.repeats,
        seed=record.seed,
        concurrency=record.concurrency,
        order=record.order,
    )
    return VoiceRun(design, tuple(takes), tuple(gaps), tuple(notes))


def name_of(take: Take | Gap | Planned, *, source: bool = False) -> str:
    """The beginning of a file's name: voice, repeat and line, counted from 1."""
    line = getattr(take, "line", 0)
    parts = [take.source] if source else []
    parts += [take.voice, f"r{take.repeat + 1}", f"l{line + 1}"]
    return "-".join(_plain(part) for part in parts)


def _plain(text: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in text)
    return kept.strip("_")[:40] or "voice"
