"""Keywords that are unknown, or that realtime models are not held to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....protocol import About
from ..definition import Definition
from ..edits import REMOVED, Edit
from ..places import TYPES, Place
from ..rule import Fault, of_place, of_tool
from ..word_set import word_set
from .sources import NO_STRICT, SCHEMA

__all__ = ["MEANT", "keyword_misspelt", "keyword_noise", "keyword_unsupported"]

_KEYWORDS = word_set(
    "type properties required description enum const items default title examples format "
    "pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength "
    "minItems maxItems uniqueItems contains minContains maxContains prefixItems additionalItems "
    "additionalProperties patternProperties propertyNames minProperties maxProperties anyOf "
    "oneOf allOf not if then else dependentRequired dependentSchemas dependencies "
    "unevaluatedProperties unevaluatedItems $ref $defs definitions $schema $id $comment $anchor "
    "$dynamicRef $dynamicAnchor $vocabulary deprecated readOnly writeOnly contentEncoding "
    "contentMediaType contentSchema nullable discriminator"
)
MEANT = {
    **dict.fromkeys(("desc", "descr", "doc", "help", "hint", "descripton", "desription"),
                    "description"),
    **dict.fromkeys(("choices", "options", "values", "enums", "allowed", "allowed_values",
                     "allowedValues", "oneof", "one_of"), "enum"),
    **dict.fromkeys(("props", "propertys", "fields", "members"), "properties"),
    **dict.fromkeys(("item", "element", "elements", "itemType", "item_type"), "items"),
    **dict.fromkeys(("min", "minValue", "min_value"), "minimum"),
    **dict.fromkeys(("max", "maxValue", "max_value"), "maximum"),
    "min_length": "minLength", "max_length": "maxLength", "min_items": "minItems",
    "max_items": "maxItems", "example": "examples", "regex": "pattern", "require": "required",
    "requires": "required", "mandatory": "required", "additional_properties":
    "additionalProperties", "dataType": "type", "data_type": "type", "types": "type",
}  # fmt: skip
_UNSUPPORTED = (
    "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies",
    "patternProperties", "propertyNames", "minProperties", "maxProperties", "contains",
    "minContains", "maxContains", "unevaluatedProperties", "unevaluatedItems", "additionalItems",
    "$dynamicRef", "contentEncoding", "contentMediaType", "contentSchema", "discriminator",
)  # fmt: skip
_NOISE = ("title", "$schema", "$id", "$comment", "$anchor", "readOnly", "writeOnly")


@of_place(
    About(
        id="keyword-misspelt",
        severity="warning",
        title="A keyword that JSON Schema does not know",
        why="Unknown keywords count for nothing: what should be told or demanded by them is "
        "neither, and nobody says so.",
        instead="Use the keyword of JSON Schema: `description` for `desc`, `enum` for `choices`.",
        source=f"{SCHEMA}: unknown keywords are ignored",
    )
)
def keyword_misspelt(place: Place) -> Iterator[Fault]:
    for key, value in place.schema.items():
        if key in _KEYWORDS or key.startswith("x-"):
            continue
        if place.role == "root" and isinstance(value, dict) and "type" not in place.schema:
            continue  # the parameters without the object around them
        meant = MEANT.get(key)
        path = (*place.path, key)
        hint = f"; {meant!r} is meant" if meant else ""
        edits = tuple(_respelt(place, key, meant, value)) if meant else ()
        yield Fault(f"{place.where}: no keyword {key!r}{hint}.", edits, path)


def _respelt(place: Place, key: str, meant: str, value: Any) -> Iterator[Edit]:
    if meant in place.schema:
        return
    if meant == "examples" and not isinstance(value, list):
        value = [value]
    if meant == "enum" and not isinstance(value, list):
        return
    if meant in ("properties", "items") and not isinstance(value, dict):
        if not (meant == "items" and value in TYPES):
            return
        value = {"type": value}
    if meant == "required" and not isinstance(value, bool | list):
        return
    changed = {
        meant if old == key else old: value if old == key else v for old, v in place.schema.items()
    }
    yield Edit(place.path, changed, f"{'.'.join(map(str, place.path))}: {meant} instead of {key}")


@of_place(
    About(
        id="keyword-unsupported",
        severity="advice",
        title="A condition that the model is not held to",
        why="Realtime models have no structured outputs: such keywords cost tokens in every turn "
        "and hold nobody to anything, and models rarely read them right.",
        instead="Say the condition in the description, and check it in the function.",
        source=f"{NO_STRICT}; OpenAI, structured outputs: these keywords are not supported there "
        "either",
    )
)
def keyword_unsupported(place: Place) -> Iterator[Fault]:
    found = [key for key in _UNSUPPORTED if key in place.schema]
    if place.role == "root":
        found = [key for key in found if key != "not"]
    if found:
        told = ", ".join(map(repr, found))
        yield Fault(f"{place.where}: the model is not held to {told}.", (), (*place.path, found[0]))


@of_tool(
    About(
        id="keyword-noise",
        severity="advice",
        title="Keywords that tell the model nothing",
        why="Generated schemas carry titles and ids that repeat the names; they are read, and "
        "billed, in every turn.",
        instead="Leave them out.",
        source="the tools are a part of what each response reads (OpenAI, realtime costs guide)",
    )
)
def keyword_noise(tool: Definition) -> Iterator[Fault]:
    edits = [
        place.edit(key, REMOVED) for place in tool.places for key in _NOISE if key in place.schema
    ]
    if edits:
        names = ", ".join(sorted({repr(edit.path[-1]) for edit in edits}))
        many = f"{len(edits)} times" if len(edits) > 1 else "once"
        message = f"{names} {many}, which tell the model nothing."
        yield Fault(message, tuple(edits), tool.parameters_path)
