"""What of a notebook may hold something: sources, outputs, metadata and the state of widgets."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Piece", "is_notebook", "pieces", "widget_pieces"]

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_OLD_NAMES = {"text": "text/plain", "html": "text/html", "svg": "image/svg+xml"}
"""Names of what outputs hold in the format of version 3."""
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""What a terminal is told about colours; it stands between letters and would hide them."""
_CODE_OF_WIDGETS = ("_esm", "_css")
_SOUND = ("audio/", "video/")


class Piece(NamedTuple):
    """A text of a notebook and where it is. ``mime`` is its type; ``is_sound`` says that it is one.

    ``is_source`` is code or prose that somebody wrote.
    """

    place: str
    text: str
    mime: str = "text/plain"
    is_source: bool = False
    is_sound: bool = False


def is_notebook(document: Any) -> bool:
    """Whether a JSON document is a notebook, of version 3 or 4."""
    return isinstance(document, dict) and (
        isinstance(document.get("cells"), list) or isinstance(document.get("worksheets"), list)
    )


def pieces(notebook: dict[str, Any]) -> Iterator[Piece]:
    """Everything in a notebook that is text."""
    sheets = notebook.get("worksheets", [notebook])
    cells = [cell for sheet in _dicts(sheets) for cell in _dicts(sheet.get("cells"))]
    for number, cell in enumerate(cells, start=1):
        yield from _cell(f"cell {number}", cell)
    metadata = dict(notebook.get("metadata") or {})
    widgets = metadata.pop("widgets", None)
    yield Piece("metadata of the notebook", _json(_without_signature(metadata)))
    if isinstance(widgets, dict):
        yield from widget_pieces(widgets.get(WIDGET_STATE, widgets))


def widget_pieces(widgets: Any) -> Iterator[Piece]:
    """What the saved state of widgets holds."""
    models = widgets.get("state", widgets) if isinstance(widgets, dict) else {}
    for model in _dicts(models.values() if isinstance(models, dict) else ()):
        place = f"widget state ({model.get('model_name', 'a model without name')})"
        state = dict(model.get("state") or {})
        for name in _CODE_OF_WIDGETS:
            yield Piece(place, _joined(state.pop(name, "")), is_source=True)
        yield Piece(place, _json(state))
        for buffer in _dicts(model.get("buffers")):
            sounds = str(model.get("model_name", "")).startswith(("Audio", "Video"))
            yield Piece(place, _joined(buffer.get("data")), is_sound=sounds)


def _cell(place: str, cell: dict[str, Any]) -> Iterator[Piece]:
    source = cell.get("source", cell.get("input", ""))
    yield Piece(f"{place}, source", _joined(source), is_source=True)
    yield Piece(f"{place}, metadata", _json(cell.get("metadata") or {}))
    for name, attachment in dict(cell.get("attachments") or {}).items():
        yield from _bundle(f"{place}, attachment {name!r}", attachment)
    outputs = _dicts(cell.get("outputs"))
    # What was printed in one go may be saved in several pieces.
    for (kind, stream), group in itertools.groupby(outputs, key=_stream_of):
        if kind == "stream":
            text = "".join(_joined(output.get("text")) for output in group)
            yield Piece(f"{place}, {stream}", _COLOURS.sub("", text))
            continue
        for output in group:
            yield from _output(f"{place}, output", output)


def _stream_of(output: dict[str, Any]) -> tuple[str, str]:
    is_stream = output.get("output_type") == "stream"
    name = output.get("name", output.get("stream", "stdout"))
    return ("stream", str(name)) if is_stream else ("other", "")


def _output(place: str, output: dict[str, Any]) -> Iterator[Piece]:
    if "data" in output:
        yield from _bundle(place, output["data"])
        yield Piece(f"{place} metadata", _json(output.get("metadata") or {}))
        return
    if output.get("output_type") in ("error", "pyerr"):
        told = [output.get("ename", ""), output.get("evalue", ""), *output.get("traceback", [])]
        yield Piece(f"{place} (error)", _COLOURS.sub("", "\n".join(map(str, told))))
        return
    old = {_OLD_NAMES.get(name, name): value for name, value in output.items()}
    fields = ("output_type", "prompt_number", "metadata", "png", "jpeg")
    yield from _bundle(place, {n: v for n, v in old.items() if n not in fields})
    yield Piece(f"{place} metadata", _json(output.get("metadata") or {}))


def _bundle(place: str, data: Any) -> Iterator[Piece]:
    """What one output shows, in all the forms that it has."""
    for mime, value in data.items() if isinstance(data, dict) else ():
        if mime == WIDGET_VIEW or (mime.startswith("image/") and mime != "image/svg+xml"):
            continue
        if mime == WIDGET_STATE:
            yield from widget_pieces(value)
            continue
        text = _joined(value) if isinstance(value, str | list) else _json(value)
        yield Piece(f"{place} ({mime})", text, mime, is_sound=mime.startswith(_SOUND))


def _without_signature(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name != "signature"}


def _joined(value: Any) -> str:
    """A text, which may be saved line by line."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def _dicts(values: Any) -> list[dict[str, Any]]:
    return [value for value in values or () if isinstance(value, dict)]
