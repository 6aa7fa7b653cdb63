"""Utterances from a file: CSV, JSON or JSON lines, every bad row told with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...errors import RealtimeLabError, ToolError
from ..lines import Lines, separator_of
from .arguments import Match, exact, ignored, like, one_of, pattern
from .utterances import CallsLike, Due, DueCalls, Utterance, all_of, any_of, due

__all__ = ["read_utterances"]

FIELDS = ("text", "clip", "tool", "arguments", "any_of", "all_of", "only", "words", "name")
_CALL = ("tool", "arguments", "only")
_NO_CALL = ("", "none", "(none)")
_TRUE, _FALSE = ("true", "yes", "1", True), ("false", "no", "0", "", False, None)
MOST_TOLD = 10
_MATCHES = {
    "$exact": exact,
    "$like": like,
    "$one_of": lambda values: one_of(*map(_match, values)),
    "$pattern": pattern,
    "$ignore": lambda _: ignored(),
}


def read_utterances(path: str | Path) -> tuple[Utterance, ...]:
    """Read a set of utterances.

    A row (a line of a CSV file with heads, an object of a JSON list, or a line of ``.jsonl``) has
    ``text`` for what is typed or ``clip`` for a sound file (beside this one, unless its path is
    whole), and what is due:

    - ``tool`` and ``arguments`` (an object; in CSV as JSON); no tool, or ``none``, for no call;
      ``one|other`` for any of several;
    - or ``any_of`` / ``all_of``: a list of ``{"tool": …, "arguments": …}``, in ``any_of`` also
      ``null`` (in CSV as JSON).

    An argument is compared as `like` says, or as ``{"$exact": value}``, ``{"$one_of": [values]}``,
    ``{"$pattern": "regular expression"}`` or ``{"$ignore": true}``. ``only`` forbids arguments
    that are not named; ``words`` are those of a clip, ``name`` what the utterance is called.

    Raises:
        ToolError: for a file that cannot be read or has bad rows: each is told with its line.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise ToolError(f"cannot read utterances from {file}: {_reason(error)}") from error
    readers = {".csv": _csv_rows, ".json": _json_rows, ".jsonl": _jsonl_rows}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise ToolError(f"{file.name} is none of {', '.join(readers)}; it has to be one")
    found: list[Utterance] = []
    bad: list[str] = []
    for line, row in reader(text):
        try:
            found.append(_utterance(row, file.parent))
        except RealtimeLabError as error:
            bad.append(f"line {line}: {error}")
    if bad:
        more = [f"… and {len(bad) - MOST_TOLD} more"] if len(bad) > MOST_TOLD else []
        listed = "\n  ".join([*bad[:MOST_TOLD], *more])
        raise ToolError(f"{file.name} has rows that are no utterances:\n  {listed}")
    if not found:
        raise ToolError(f"{file.name} holds no utterances")
    return tuple(found)


def _csv_rows(text: str) -> Iterator[tuple[int, Any]]:
    source = io.StringIO(text, newline="")
    reader = csv.DictReader(source, restkey="…", delimiter=separator_of(text), strict=True)
    line = 2
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield line, ToolError(f"it is no CSV: {error}")
            return
        if row is None:
            return
        if "…" in row:
            yield line, ToolError(f"it has {len(row['…'])} cells more than there are heads")
        else:
            yield line, {name: (value or "").strip() for name, value in row.items()}
        line = reader.line_num + 1


def _jsonl_rows(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _decoded(line)


def _json_rows(text: str) -> Iterator[tuple[int, Any]]:
    """The objects of a list, each with the line that it begins on."""
    # Python's own decoder, because it tells where a value ends.
    decoder, lines = json.JSONDecoder(), Lines(text)
    place = _after_blank(text, 0)
    if text[place : place + 1] != "[":
        yield 1, ToolError("it is no list of objects: write [{…}, {…}]")
        return
    place = _after_blank(text, place + 1)
    while text[place : place + 1] != "]":
        line = lines.at(place)
        try:
            row, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            yield error.lineno, ToolError(f"it is no JSON: {error.msg.lower()}")
            return
        yield line, row
        place = _after_blank(text, place)
        if text[place : place + 1] == ",":
            place = _after_blank(text, place + 1)
        elif text[place : place + 1] != "]":
            line = lines.at(place)
            yield line, ToolError("it is no JSON: a comma or the end of the list is missing")
            return


def _after_blank(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        return ToolError(f"it is no JSON: {error}")


def _utterance(row: Any, folder: Path) -> Utterance:
    if isinstance(row, ToolError):
        raise row
    if not isinstance(row, Mapping):
        raise ToolError("it is no object")
    unknown = [str(name) for name in row if name not in FIELDS]
    if unknown:
        raise ToolError(f"there is no field {unknown[0]!r}; there are {', '.join(FIELDS)}")
    text, clip = row.get("text") or "", row.get("clip") or ""
    if bool(text) == bool(clip) or not isinstance(text, str) or not isinstance(clip, str):
        raise ToolError("it needs either text (typed) or clip (a sound file)")
    said = text or folder / clip
    return Utterance(
        said, _due(row), words=str(row.get("words") or ""), name=str(row.get("name") or "")
    )


def _due(row: Mapping[str, Any]) -> CallsLike:
    several = [name for name in ("any_of", "all_of") if row.get(name) not in (None, "")]
    given = [name for name in _CALL if row.get(name) not in (None, "")]
    if (several and given) or len(several) > 1:
        raise ToolError(f"{(several + given)[0]} and {(several + given)[1]} exclude each other")
    if not several:
        return _call(row)
    listed = _json_of(row[several[0]], several[0])
    if not isinstance(listed, list) or not listed:
        raise ToolError(f'{several[0]} is a list, as in [{{"tool": "get_weather"}}]')
    calls = [None if one is None else _call(_object(one, several[0])) for one in listed]
    if several == ["any_of"]:
        return any_of(*calls)
    whole = [one for one in calls if isinstance(one, Due)]
    if len(whole) < len(calls):
        raise ToolError("all_of lists calls; each needs one tool")
    return all_of(*whole)


def _call(row: Mapping[str, Any]) -> CallsLike:
    tool = row.get("tool")
    arguments = _json_of(row.get("arguments"), "arguments")
    if tool is None or (isinstance(tool, str) and tool.strip().casefold() in _NO_CALL):
        if arguments:
            raise ToolError("it has arguments and no tool")
        return None
    if not isinstance(tool, str):
        raise ToolError(f"tool is {tool!r}; it is a name")
    matches = {k: _match(v) for k, v in _object(arguments or {}, "arguments").items()}
    only = _truth(row.get("only"))
    names = [name.strip() for name in tool.split("|")]
    calls = [due(name, matches).only() if only else due(name, matches) for name in names]
    return calls[0] if len(calls) == 1 else _of_names(calls)


def _of_names(calls: list[Due]) -> DueCalls:
    return any_of(*(None if one.tool.casefold() in _NO_CALL else one for one in calls))


def _match(value: Any) -> Match:
    if not isinstance(value, Mapping) or not any(str(name).startswith("$") for name in value):
        return like(value)
    name, *others = value
    if others or name not in _MATCHES:
        raise ToolError(
            f"an argument cannot be compared by {', '.join(map(str, value))}; there are "
            f"{', '.join(_MATCHES)}, one at a time"
        )
    if name == "$one_of" and not isinstance(value[name], list):
        raise ToolError("$one_of is a list of values")
    return _MATCHES[name](value[name])


def _json_of(value: Any, field: str) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise ToolError(f"{field} is no JSON: {error}") from None


def _object(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ToolError(f"{field} has {value!r}, which is no object")
    unknown = [name for name in value if name not in _CALL] if field != "arguments" else []
    if unknown:
        raise ToolError(f"{field} has no field {unknown[0]!r}; a call has {', '.join(_CALL)}")
    return value


def _truth(value: Any) -> bool:
    plain = value.strip().casefold() if isinstance(value, str) else value
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise ToolError(f"only is {value!r}; it is true or false")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
