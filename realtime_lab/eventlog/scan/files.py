"""Scans files: notebooks, pages made of them, and any other text."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .finders import find
from .notebooks import Piece, is_notebook, pieces
from .pages import page_pieces

__all__ = ["Scan", "ScanFinding", "scan"]

_PAGES = (".html", ".htm", ".xhtml", ".svg")
_IN_FOLDERS = (".ipynb", ".html", ".htm")


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """Something that must not be published: what it is and where, never the thing itself."""

    path: str
    place: str
    kind: str
    count: int = 1

    def __str__(self) -> str:
        times = f"{self.count} × " if self.count > 1 else ""
        return f"{self.path}: {self.place}: {times}{self.kind}"


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in some files, and which of them could not be read and why."""

    findings: tuple[ScanFinding, ...]
    unreadable: tuple[str, ...]
    files: int

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        found = [asdict(finding) for finding in self.findings]
        return {"files": self.files, "findings": found, "unreadable": list(self.unreadable)}


def scan(paths: Iterable[str | Path], *, allow: Collection[str] = ()) -> Scan:
    """Look for keys, personal data and sound in files; kinds in ``allow`` may be there.

    A folder stands for the notebooks and HTML pages in it. Of a notebook all is looked at: outputs,
    metadata, attachments, the state of widgets, and sources for keys alone; of any other file its
    text. What is looked for: `KINDS`.
    """
    findings: list[ScanFinding] = []
    unreadable: list[str] = []
    files = 0
    for path in paths:
        for file in _files(Path(path)):
            files += 1
            try:
                found = list(_scan_file(file))
            except (OSError, ValueError, RecursionError) as error:
                unreadable.append(f"{file}: {_reason(error)}")
                continue
            findings += [one for one in found if one.kind not in allow]
    return Scan(tuple(findings), tuple(unreadable), files)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for found in sorted(path.rglob("*")):
        inner = found.relative_to(path).parts
        hidden = any(part.startswith(".") or part == "node_modules" for part in inner)
        if found.suffix.lower() in _IN_FOLDERS and found.is_file() and not hidden:
            yield found


def _scan_file(path: Path) -> Iterator[ScanFinding]:
    text = _text_of(path)
    suffix = path.suffix.lower()
    if suffix == ".ipynb":
        document = json.loads(text)
        if not is_notebook(document):
            raise ValueError("it is no notebook: it has no cells")
        found = pieces(document)
    elif suffix in _PAGES:
        found = page_pieces("page", text)
    else:
        yield from _scan_lines(str(path), text)
        return
    counts: Counter[tuple[str, str]] = Counter()
    for piece in found:
        counts.update((piece.place, kind) for kind in _kinds_in(piece))
    for (place, kind), count in counts.items():
        yield ScanFinding(str(path), place, kind, count)


def _kinds_in(piece: Piece) -> Iterator[str]:
    if piece.is_sound and piece.text:
        yield "audio"
    elif piece.mime in ("text/html", "image/svg+xml"):
        for inner in page_pieces(piece.place, piece.text):
            yield from _kinds_in(inner)
    elif piece.text:
        yield from (kind for kind, _ in find(piece.text, is_source=piece.is_source))


def _scan_lines(path: str, text: str) -> Iterator[ScanFinding]:
    """One finding for each kind: a log has something in almost every line."""
    lines: dict[str, list[int]] = {}
    line, at = 1, 0
    for kind, place in find(text):
        line += text.count("\n", at, place)
        at = place
        lines.setdefault(kind, []).append(line)
    for kind, found in lines.items():
        first, last = found[0], found[-1]
        place = f"line {first}" if first == last else f"lines {first} to {last}"
        yield ScanFinding(path, place, kind, len(found))


def _text_of(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    if b"\0" in data[:65_536]:
        raise ValueError("it is no text")
    return data.decode("utf-8-sig", errors="replace")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON ({error})"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
