"""A run as files to give away. No key, address or path is in any of them."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from ... import __version__
from ...audio import Clip
from ...eventlog import write_whole
from ..parquet import parquet_of
from ..take import Take
from .place_names import without_places
from .saved_runs import name_of
from .table import columns_of
from .take_files import open_folder_for
from .views import heading, takes_html
from .voice_run import VoiceRun

__all__ = ["export_flac", "export_html", "export_parquet"]

_MANIFEST = "manifest.json"
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2128; --quiet: #59636e }
@media (prefers-color-scheme: dark) { :root { --paper: #12161b; --ink: #dde3ea;
  --quiet: #98a2ad } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 66rem; margin: 0 auto; padding: 2rem 1.2rem 3rem; overflow-x: auto }
h1 { font-size: 1.5rem; margin: 0 0 .3rem }
.quiet, footer { color: var(--quiet) }
footer { margin-top: 2rem; font-size: .82rem }
audio { display: block; width: 100%; max-width: 26rem; height: 2rem; margin: .2rem 0 }
"""


def export_flac(run: VoiceRun, folder: str | Path, *, overwrite: bool = False) -> Path:
    """See `VoiceRun.export_flac`."""
    path = open_folder_for(folder, _MANIFEST, overwrite=overwrite)
    replaced = _listed_in(path)
    run = _for_others(run)
    listed = []
    for name, take in zip(_file_names(run), run.takes, strict=True):
        take.clip.write(path / name)
        listed.append({"file": name, **_facts(take, (path / name).read_bytes())})
    design = run.design
    manifest = {
        "software": f"realtime_lab {__version__}",
        "lines": design.lines,
        "instructions": design.instructions,
        "settings": design.settings,
        "repeats": design.repeats,
        "seed": design.seed,
        "concurrency": design.concurrency,
        "order": [planned._asdict() for planned in design.order],
        "takes": listed,
        "failed": [gap._asdict() for gap in run.failed],
    }
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    write_whole(path / _MANIFEST, [text + b"\n"], overwrite=True)
    # Last, so that what cannot be written costs no take of the export that was there.
    for name in replaced - {one["file"] for one in listed}:
        with contextlib.suppress(OSError):
            (path / name).unlink()
    return path / _MANIFEST


def export_parquet(
    run: VoiceRun, path: str | Path, *, audio: bool = False, overwrite: bool = False
) -> Path:
    """See `VoiceRun.export_parquet`."""
    run = _for_others(run)
    columns = columns_of(run.takes, run.failed)
    blank = [None] * len(run.failed)
    columns["borders"] = ("INTEGER[]", [*(list(take.borders) for take in run.takes), *blank])
    if audio:
        columns["flac"] = ("BLOB", [*(_flac(take.clip) for take in run.takes), *blank])
    path = Path(path).expanduser()
    write_whole(path, [parquet_of(columns)], overwrite=overwrite)
    return path


def export_html(
    run: VoiceRun,
    path: str | Path,
    *,
    players: bool = False,
    title: str = "",
    overwrite: bool = False,
) -> Path:
    """See `VoiceRun.export_html`."""
    path = Path(path).expanduser()
    page = _page(_for_others(run), title or "Voices compared", players=players)
    write_whole(path, (part.encode() for part in page), overwrite=overwrite)
    return path


def _listed_in(folder: Path) -> set[str]:
    """The takes of an export that is there, by the names of their files in it."""
    try:
        manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes())
        names = {Path(take["file"]).name for take in manifest["takes"]}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        return set()
    return {name for name in names if name.endswith(".flac")}


def _for_others(run: VoiceRun) -> VoiceRun:
    """The run without what its gaps and notes say of machines and folders."""
    failed = tuple(gap._replace(told=without_places(gap.told)) for gap in run.failed)
    return replace(run, failed=failed, notes=tuple(map(without_places, run.notes)))


def _page(run: VoiceRun, title: str, *, players: bool) -> Iterator[str]:
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; media-src data:\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="quiet">{escape(heading(run))}</p>\n'
    )
    yield takes_html(run, players=players, most=None)
    yield (
        f"\n<footer>The sessions were begun in the order that seed {run.design.seed} gives, up to "
        f"{run.design.concurrency} at once. Made by realtime_lab "
        f"{__version__}. This page has no script and loads nothing.</footer>\n"
        "</main>\n</body>\n</html>\n"
    )


def _file_names(run: VoiceRun) -> list[str]:
    several = len(run.sources) > 1
    names = [name_of(take, source=several) for take in run.takes]
    many = Counter(names)
    return [
        f"{name}-{number}.flac" if many[name] > 1 else f"{name}.flac"
        for number, name in enumerate(names, 1)
    ]


def _facts(take: Take, file: bytes) -> dict[str, Any]:
    return {
        "source": take.source,
        "voice": take.voice,
        "repeat": take.repeat,
        "line": take.line,
        "asked": take.asked,
        "said": take.said,
        "seconds": take.clip.seconds,
        "rate": take.clip.rate,
        "borders": take.borders,
        "first_audio": take.first_audio,
        "input_tokens": take.input_tokens,
        "output_tokens": take.output_tokens,
        "dollars": take.dollars,
        "sha256": hashlib.sha256(file).hexdigest(),
    }


def _flac(clip: Clip) -> bytes:
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, clip.samples, clip.rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()
