"""Cases in files: JSON, CSV and TOML, each told with its line where it is wrong."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import ToolError
from ..lines import Lines, separator_of
from ..values import NOT_JSON, decoded, each_key_once, no_constant, shortened, written
from .case import Case
from .rows import FIELDS, JSON_SUFFIX, case_of, row_of
from .toml_text import toml_fits, toml_value

__all__ = ["read_cases", "write_cases"]

_MOST_TOLD = 20
_TOML_HEADER = re.compile(r"^\s*\[\[\s*case\s*\]\]", re.MULTILINE)
_JSON_CELLS = ("result", "contains", "is_json", "answers", "timeout")
_SPACE = re.compile(r"\s*")


class _Row(NamedTuple):
    """A row as a file has it, or what is wrong with it. ``line`` is where it begins, from 1."""

    line: int
    row: Any
    problem: str = ""


def read_cases(path: str | Path) -> list[Case]:
    """The cases of a ``.json``, ``.csv`` or ``.toml`` file.

    Raises:
        ToolError: if the file cannot be read, or any row is wrong: each with its line and what to
            write.
    """
    path = Path(path)
    read = _format_of(path, _READERS)
    try:
        # As bytes: ends of lines within a text of a CSV file are part of it.
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text; save it as UTF-8"
        raise ToolError(f"{path} cannot be read: {reason}") from None
    cases, problems = [], []
    for line, row, problem in read(text):
        try:
            if problem:
                raise ToolError(problem)
            cases.append(case_of(row))
        except ToolError as error:
            problems.append(f"{path}, line {line}: {error}")
    if problems:
        more = len(problems) - _MOST_TOLD
        rest = [f"… and {more} more"] if more > 0 else []
        raise ToolError("\n".join([*problems[:_MOST_TOLD], *rest]))
    return cases


def write_cases(cases: Iterable[Case], path: str | Path) -> Path:
    """Write a ``.json``, ``.csv`` or ``.toml`` file that reads back as the same cases.

    Raises:
        ToolError: if a case cannot be kept in such a file; nothing is written then.
    """
    path = Path(path)
    write = _format_of(path, _WRITERS)
    text = write([row_of(case) for case in cases])
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ToolError(
            f"half a character (a lone surrogate) cannot be written to {path.name}; save the cases "
            "as .json, which has a way to write it"
        ) from None
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ToolError(f"{path} cannot be written: {error.strerror}; give another path") from None
    return path


def _format_of(path: Path, known: Mapping[str, Any]) -> Any:
    if path.suffix.lower() not in known:
        raise ToolError(f"{path.name} is in no format for cases; use {', '.join(known)}")
    return known[path.suffix.lower()]


def _read_json(text: str) -> Iterator[_Row]:
    """The elements of an array, one by one, so that each has its line."""
    decoder = json.JSONDecoder(object_pairs_hook=each_key_once, parse_constant=no_constant)
    lines = Lines(text)
    place = _after_space(text, 0)
    if text[place : place + 1] != "[":
        yield _Row(lines.at(place), None, "a file of cases is a JSON array: [{…}, {…}]")
        return
    place = _after_space(text, place + 1)
    while text[place : place + 1] != "]":
        line = lines.at(place)
        try:
            row, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            yield _Row(error.lineno, None, f"{error.msg} (column {error.colno}); correct the JSON")
            return
        except (ValueError, RecursionError) as error:
            yield _Row(line, None, f"{error}; the rows after it are not read")
            return
        yield _Row(line, row)
        place = _after_space(text, place)
        match text[place : place + 1]:
            case ",":
                place = _after_space(text, place + 1)
            case "]":
                pass
            case _:
                yield _Row(lines.at(place), None, "a comma or ']' is missing here")
                return
    end = _after_space(text, place + 1)
    if end < len(text):
        yield _Row(lines.at(end), None, "there is text after the last ']'; remove it")


def _write_json(rows: list[dict[str, Any]]) -> str:
    lines = ",\n".join(f"  {_json_text(row)}" for row in rows)
    return f"[\n{lines}\n]\n" if rows else "[]\n"


def _json_text(row: dict[str, Any]) -> str:
    text = written(row)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(row)
    return text


def _read_csv(text: str) -> Iterator[_Row]:
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=separator_of(text), strict=True)
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not names:
                names = [cell.strip() for cell in cells]
                if len(set(names)) < len(names):
                    yield _Row(line, None, "a column is there twice; rename one")
                    return
            elif any(cells):
                yield _csv_row(line, names, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        yield _Row(line, None, f"{error}; correct the quotes of this row")


def _csv_row(line: int, names: list[str], cells: list[str]) -> _Row:
    if len(cells) > len(names):
        problem = f"{len(cells)} cells under {len(names)} columns; put text with commas in quotes"
        return _Row(line, None, problem)
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if not cell:
            continue
        if name not in _JSON_CELLS:
            row[name] = cell
            continue
        value = decoded(cell.lower() if name in ("is_json", "answers") else cell)
        if value is NOT_JSON and (name == "timeout" or cell.lstrip()[:1] in ("{", "[", '"')):
            return _Row(line, None, f"{name} is not valid JSON: {shortened(cell)}")
        row[name] = cell if value is NOT_JSON else value
    return _Row(line, row)


def _write_csv(rows: list[dict[str, Any]]) -> str:
    used = [n for n in FIELDS if n in ("name", "tool", "arguments") or any(n in r for r in rows)]
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # lines end with CRLF, as RFC 4180 has it
    writer.writerow(used)
    for row in rows:
        writer.writerow([_cell(name, row[name]) if name in row else "" for name in used])
    return out.getvalue()


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str) and name not in _JSON_CELLS:
        return value
    return written(value)


def _read_toml(text: str) -> Iterator[_Row]:
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        at = int(found[1]) if found else text.count("\n") + 1
        yield _Row(at, None, f"{error}; correct the TOML")
        return
    rows = whole.pop("case", [])
    if whole or not isinstance(rows, list):
        what = next(iter(whole), "case")
        yield _Row(1, None, f"{what!r} is not known here; write each case under [[case]]")
        return
    lines = Lines(text)
    starts = [lines.at(found.end()) for found in _TOML_HEADER.finditer(text)]
    if len(starts) != len(rows):  # such as case = [{…}], or a header inside a text
        starts = [1] * len(rows)
    for line, row in zip(starts, rows, strict=True):
        yield _Row(line, row)


def _write_toml(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(_toml_row, rows))


def _toml_row(row: dict[str, Any]) -> str:
    lines = ["[[case]]"]
    for name, value in row.items():
        if toml_fits(value):
            lines.append(f"{name} = {toml_value(value)}")
        elif name == "arguments":  # text there is read as JSON
            lines.append(f"{name} = {toml_value(written(value))}")
        else:
            lines.append(f"{name}{JSON_SUFFIX} = {toml_value(written(value))}")
    return "\n".join([*lines, ""])


_READERS: Mapping[str, Callable[[str], Iterator[_Row]]] = {
    ".json": _read_json,
    ".csv": _read_csv,
    ".toml": _read_toml,
}
_WRITERS: Mapping[str, Callable[[list[dict[str, Any]]], str]] = {
    ".json": _write_json,
    ".csv": _write_csv,
    ".toml": _write_toml,
}


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place
