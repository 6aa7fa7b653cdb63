"""What values a parameter takes, and whether the schema says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ....protocol import About
from ..edits import REMOVED, Edit
from ..places import Place
from ..rule import Fault, of_place
from ..strings import meant_by
from .sources import CHAT, GUIDE, HOUSE, NO_STRICT, SCHEMA

__all__ = [
    "default_mismatch",
    "enum_empty",
    "enum_large",
    "enum_mismatch",
    "enum_repeats",
    "free_enum",
    "string_boolean",
    "string_date",
    "string_number",
]

MOST_VALUES = 40
_OF_STRINGS = ("minLength", "maxLength", "pattern", "format", "enum")
_CHECKS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@of_place(
    About(
        id="free-enum",
        severity="warning",
        title="A free string whose description lists its values",
        why="Nothing but the sentence holds the model to the list: it writes `Celsius`, `°C` or "
        "`metric`, and the function gets a value that it does not know.",
        instead="List the values under `enum`; the description then only says what they mean.",
        source=f"{GUIDE}: use enums and object structure to make invalid states unrepresentable",
    )
)
def free_enum(place: Place) -> Iterator[Fault]:
    meant = meant_by(place)
    if meant and meant.kind == "enum" and place.is_free_string:
        values: list[Any] = [*meant.values, *([None] if place.is_nullable else [])]
        told = ", ".join(map(repr, meant.values[:4])) + (", …" if len(meant.values) > 4 else "")
        message = f"{place.label} takes any text, but is said to be {told}."
        yield Fault(message, (place.edit("enum", values),))


@of_place(
    About(
        id="string-boolean",
        severity="warning",
        title="A string that is really true or false",
        why="The model writes `yes`, `Yes`, `true` or `True`, and a function that tests the text "
        "takes `false` for true.",
        instead="Make it a `boolean`.",
        source=f"{GUIDE}: use types that make invalid states unrepresentable",
    )
)
def string_boolean(place: Place) -> Iterator[Fault]:
    meant = meant_by(place)
    if meant and meant.kind == "boolean":
        yield Fault(f"{place.label} is a string, but means yes or no.", _typed(place, "boolean"))


@of_place(
    About(
        id="string-number",
        severity="warning",
        title="A string that is really a number",
        why="The model writes what it heard, `twenty-five` or `25 please`, where the function "
        "needs 25.",
        instead="Make it an `integer` or a `number`, and name the unit.",
        source=f"{GUIDE}: use types that make invalid states unrepresentable",
    )
)
def string_number(place: Place) -> Iterator[Fault]:
    meant = meant_by(place)
    if meant and meant.kind in ("integer", "number"):
        message = f"{place.label} is a string, but means a number."
        yield Fault(message, _typed(place, meant.kind))


def _typed(place: Place, kind: str) -> tuple[Edit, ...]:
    """Another type, without what only strings have."""
    removed = [place.edit(key, REMOVED) for key in _OF_STRINGS if key in place.schema]
    default = place.schema.get("default")
    if isinstance(default, str):
        removed.append(place.edit("default", _read(default, kind)))
    return (place.edit("type", [kind, "null"] if place.is_nullable else kind), *removed)


def _read(default: str, kind: str) -> Any:
    if kind == "boolean":
        return default.lower() in ("true", "yes")
    try:
        return int(default) if kind == "integer" else float(default)
    except ValueError:
        return REMOVED


@of_place(
    About(
        id="string-date",
        severity="warning",
        title="A date or a time without a form",
        why="Asked for a date the model writes `tomorrow`, `May 3rd` or `03/05/2026`, each time "
        "another.",
        instead="Say the form in the description, and the format in the schema: `As YYYY-MM-DD.` "
        "The model also has to be told what day it is.",
        source=f"{GUIDE}: describe the format of each parameter",
    )
)
def string_date(place: Place) -> Iterator[Fault]:
    meant = meant_by(place)
    if meant and meant.kind in ("date", "time", "date-time"):
        edits = [place.edit("format", meant.kind)]
        if place.text:
            edits.append(place.edit("description", f"{place.text.rstrip('. ')}. {meant.told}"))
        yield Fault(f"{place.label}: nothing says how it is written.", tuple(edits))


def _fits(value: Any, kinds: tuple[str, ...]) -> bool:
    known = [_CHECKS[kind] for kind in kinds if kind in _CHECKS]
    if not known or len(known) < len(kinds):
        return True
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return True
    return any(isinstance(value, types) for types in known)


@of_place(
    About(
        id="enum-empty",
        severity="error",
        title="An enum that allows nothing",
        why="No value is valid: every call is refused, or the service refuses the schema.",
        instead="List the values, or leave `enum` out.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def enum_empty(place: Place) -> Iterator[Fault]:
    if "enum" in place.schema:
        listed = place.schema["enum"]
        if not isinstance(listed, list) or not listed:
            path = (*place.path, "enum")
            yield Fault(f"{place.label}: its enum lists no values.", (Edit(path, REMOVED),), path)


@of_place(
    About(
        id="enum-repeats",
        severity="warning",
        title="An enum that lists a value twice",
        why="Values that are the same, or differ only in capitals, are one to the model and two to "
        "the function.",
        instead="List each once.",
        source=f"{SCHEMA}: the elements of `enum` should be unique",
    )
)
def enum_repeats(place: Place) -> Iterator[Fault]:
    listed = place.schema.get("enum")
    if not isinstance(listed, list):
        return
    once: dict[str, Any] = {}
    for value in listed:
        key = value.strip().lower() if isinstance(value, str) else _key(value)
        once.setdefault(key, value)
    if len(once) < len(listed):
        path = (*place.path, "enum")
        message = f"{place.label}: {len(listed)} values, of which {len(once)} differ."
        yield Fault(message, (Edit(path, list(once.values())),), path)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


@of_place(
    About(
        id="enum-mismatch",
        severity="error",
        title="An enum with values of another type",
        why="A value of the list is refused for its type, and one of the type because it is not in "
        "the list: no call is valid.",
        instead="Write the values in the type of the parameter.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def enum_mismatch(place: Place) -> Iterator[Fault]:
    listed = place.schema.get("enum")
    if not isinstance(listed, list) or not place.kinds:
        return
    wrong = [value for value in listed if value is not None and not _fits(value, place.kinds)]
    if wrong:
        path = (*place.path, "enum")
        mended = [_as_kind(value, place.kinds[0]) for value in listed]
        whole = all(value is None or _fits(value, place.kinds) for value in mended)
        edits = (Edit(path, mended),) if whole else ()
        message = f"{place.label}: {wrong[0]!r} is not of type {' or '.join(place.kinds)}."
        yield Fault(message, edits, path)


def _as_kind(value: Any, kind: str) -> Any:
    if kind == "string" and isinstance(value, bool | int | float):
        return json.dumps(value)
    if kind in ("integer", "number") and isinstance(value, str):
        read = _read(value, kind)
        return value if read is REMOVED else read
    return value


@of_place(
    About(
        id="enum-large",
        severity="advice",
        title="An enum with very many values",
        why="The whole list is read, and billed, in every turn, and the model finds the right "
        "value less surely.",
        instead="Take the text as it was said and look it up in the function, or add a tool that "
        "searches.",
        source=f"{HOUSE}: {MOST_VALUES} values",
    )
)
def enum_large(place: Place) -> Iterator[Fault]:
    listed = place.schema.get("enum")
    if isinstance(listed, list) and len(listed) > MOST_VALUES:
        message = f"{place.label}: its enum has {len(listed)} values."
        yield Fault(message, (), (*place.path, "enum"))


@of_place(
    About(
        id="default-mismatch",
        severity="warning",
        title="A default that the schema does not allow",
        why="The model is told two different things, and a call that repeats the default is "
        "refused.",
        instead="Correct the default, or allow it.",
        source=f"{SCHEMA}; {NO_STRICT}",
    )
)
def default_mismatch(place: Place) -> Iterator[Fault]:
    default = place.schema.get("default")
    if default is None:
        return
    listed = place.schema.get("enum")
    path = (*place.path, "default")
    if isinstance(listed, list) and listed and default not in listed:
        same = [v for v in listed if isinstance(v, str) and v.lower() == str(default).lower()]
        edits = (Edit(path, same[0] if same else REMOVED),)
        yield Fault(f"{place.label}: the default {default!r} is not in the enum.", edits, path)
    elif not _fits(default, place.kinds):
        read = _as_kind(default, place.kinds[0])
        edits = (Edit(path, read if _fits(read, place.kinds) else REMOVED),)
        told = " or ".join(place.kinds)
        yield Fault(f"{place.label}: the default {default!r} is not of type {told}.", edits, path)
