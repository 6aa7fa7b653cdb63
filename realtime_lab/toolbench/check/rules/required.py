"""Which parameters have to be there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from ....protocol import About
from ..edits import REMOVED, Edit
from ..places import Place
from ..rule import Fault, of_place
from .sources import CHAT, GUIDE, SCHEMA

__all__ = ["required_inside", "required_missing", "required_unknown", "required_with_default"]

_OPTIONAL = re.compile(
    r"\b(?:optional(?:ly)?|default(?:s)?|omit(?:ted)?|leave (?:it )?(?:out|empty|blank)|left out|"
    r"if (?:any|given|known|set|present|absent|missing|not|none|empty|the user|the caller|needed|"
    r"provided|wanted|desired|mentioned|specified)|unless|without it|otherwise|"
    r"when (?:known|given)|may be (?:left|empty|missing|absent)|only (?:if|when|for))\b",
    re.IGNORECASE,
)


@of_place(
    About(
        id="required-missing",
        severity="warning",
        title="Nothing is required, and nothing says what is assumed",
        why="Everything is optional where `required` is missing: the model calls the tool before "
        "the user has said what it needs, and the function gets nothing.",
        instead="List under `required` what the function cannot do without; say of the others what "
        "is assumed.",
        source=f"{SCHEMA}: without `required` every property may be left out",
    )
)
def required_missing(place: Place) -> Iterator[Fault]:
    if place.role == "definition" or place.schema.get("required") or not place.properties:
        return
    needed = [name for name, inner in place.properties.items() if not _is_optional(inner)]
    if needed and len(needed) == len(place.properties):
        message = f"{place.where}: none of {', '.join(needed)} is required."
        yield Fault(message, (place.edit("required", needed),))


def _is_optional(inner: Any) -> bool:
    """Whether something says what holds without the parameter."""
    if not isinstance(inner, dict):
        return False
    if "default" in inner or inner.get("optional") or inner.get("nullable"):
        return True
    kinds, branches = inner.get("type"), inner.get("anyOf")
    null = isinstance(kinds, list) and "null" in kinds
    null = null or (isinstance(branches, list) and {"type": "null"} in branches)
    text = inner.get("description")
    # A parameter that says itself that it is required is not mended here.
    if isinstance(inner.get("required"), bool):
        return True
    return null or (isinstance(text, str) and bool(_OPTIONAL.search(text)))


@of_place(
    About(
        id="required-unknown",
        severity="error",
        title="A required parameter that does not exist",
        why="The schema asks for what it does not describe: the model invents it, or every call is "
        "refused.",
        instead="Correct the name, or leave it out of `required`.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def required_unknown(place: Place) -> Iterator[Fault]:
    told = place.schema.get("required")
    path = (*place.path, "required")
    if told is None or isinstance(told, bool):
        return
    if not isinstance(told, list):
        known = isinstance(told, str) and told in place.properties
        edits = (Edit(path, [told]),) if known else ()
        yield Fault(f"{place.where}: 'required' is no list of names.", edits, path)
        return
    wrong = [name for name in told if not isinstance(name, str) or name not in place.properties]
    if not wrong or place.role == "branch" or place.schema.keys() & {"$ref", "allOf"}:
        return
    mended = []
    for name in told:
        if name in wrong:
            near = difflib.get_close_matches(str(name), place.properties, 1, 0.75)
            name = near[0] if near else None
        if name is not None and name not in mended:
            mended.append(name)
    names = ", ".join(map(repr, wrong))
    edits = (Edit(path, mended),)
    yield Fault(f"{place.where}: there is no {names}.", edits, path)


@of_place(
    About(
        id="required-inside",
        severity="error",
        title="`required` stands inside a parameter",
        why="In JSON Schema `required` is a list of names beside `properties`; true or false "
        "inside a property is not valid, and nothing is required by it.",
        instead="Move the names into the list.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def required_inside(place: Place) -> Iterator[Fault]:
    inside = [
        (name, inner["required"])
        for name, inner in place.properties.items()
        if isinstance(inner, dict) and isinstance(inner.get("required"), bool)
    ]
    if inside:
        names = list(dict.fromkeys([*place.required, *(name for name, need in inside if need)]))
        edits = [Edit((*place.path, "properties", name, "required"), REMOVED) for name, _ in inside]
        if names:
            edits.append(place.edit("required", names))
        told = ", ".join(name for name, _ in inside)
        path = (*place.path, "properties", inside[0][0], "required")
        yield Fault(f"'required' stands inside of {told}.", tuple(edits), path)


@of_place(
    About(
        id="required-with-default",
        severity="advice",
        title="A required parameter with a default",
        why="What has to be given needs no default; the model asks the user for what the function "
        "would have assumed.",
        instead="Take it out of `required`, or leave the default out.",
        source=f"{GUIDE}: do not make the model fill arguments that are known",
    )
)
def required_with_default(place: Place) -> Iterator[Fault]:
    both = [
        name
        for name in place.required
        if isinstance(inner := place.properties.get(name), dict)
        and inner.get("default") is not None
    ]
    if both:
        rest = [name for name in place.required if name not in both]
        path = (*place.path, "required")
        message = f"{', '.join(both)}: required, though there is a default."
        yield Fault(message, (Edit(path, rest or REMOVED),), path)
