"""The events as JSON Schema, for other programs and other languages.

Made from the very types that events are read and written with. Those of the preview dialect follow
by the same tables as its events do. What a client may send is closed: a service refuses unknown
parameters. What a service tells is open: it may tell more than is known here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from .client_events import CLIENT_EVENTS, SessionUpdate
from .codec import (
    FIRST_REQUEST_FIELDS,
    GA_ONLY_EVENTS,
    IGNORED_FIELDS,
    PREVIEW_ONLY_FIELDS,
    READ_ONLY_FIELDS,
    TRANSCRIPTION_PREFIX,
)
from .dialects import (
    EVENT_NAMES,
    RESPONSE_FIELDS,
    RESPONSE_REQUEST_FIELDS,
    SESSION_FIELDS,
    TRANSCRIPTION_SESSION_FIELDS,
    FieldName,
)
from .server_events import SERVER_EVENTS, SessionCreated, SessionUpdated

__all__ = ["SCHEMAS", "event_schema"]

SCHEMAS = tuple((dialect, side) for dialect in ("ga", "preview") for side in ("client", "server"))
"""Dialect and side of every schema there is."""

Schema = dict[str, Any]
_REF = "#/$defs/"
_PREVIEW_NAMES = {ga: preview for preview, ga in EVENT_NAMES.items()}
_OF_SESSIONS = (SessionUpdate, SessionCreated, SessionUpdated)


@cache
def event_schema(dialect: Literal["ga", "preview"], side: Literal["client", "server"]) -> Schema:
    """JSON Schema of any event that this ``side`` sends in that dialect. Not to be changed.

    The events are listed under ``anyOf`` by their place in ``$defs``.

    Raises:
        ValueError: for a dialect or side that there is not.
    """
    if (dialect, side) not in SCHEMAS:
        raise ValueError(f"there is no schema of {dialect!r} and {side!r}: use one of {SCHEMAS}")
    events = CLIENT_EVENTS if side == "client" else SERVER_EVENTS
    defs = _structures(events, told=side == "server")
    names = [event.__name__ for event in events]
    if dialect == "preview":
        ga_only = {event.__name__ for event in GA_ONLY_EVENTS}
        names = [name for name in names if name not in ga_only]
        names += _to_preview(defs, names, side)
    else:
        _to_ga(defs, side)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Realtime events of a {side}, {dialect} dialect",
        "anyOf": [{"$ref": _REF + name} for name in names],
        "$defs": _reachable(defs, names),
    }


def _structures(events: Iterable[Any], *, told: bool) -> dict[str, Schema]:
    """The GA structures by name, each open or closed; what is always ``told`` is required."""
    _, found = msgspec.json.schema_components(events, ref_template=_REF + "{name}")
    defs: dict[str, Schema] = _without(found, "discriminator")
    for schema in defs.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
        properties = schema.get("properties", {})
        always = [name for name, field in properties.items() if "default" in field]
        if told:
            schema["required"] = sorted({*schema.get("required", ()), *always})
            for name in always:
                del properties[name]["default"]
        else:
            schema["additionalProperties"] = False
    return defs


def _without(schema: Any, keyword: str) -> Any:
    """The schema without a keyword that is not JSON Schema's."""
    if isinstance(schema, dict):
        return {name: _without(part, keyword) for name, part in schema.items() if name != keyword}
    return [_without(part, keyword) for part in schema] if isinstance(schema, list) else schema


def _to_ga(defs: dict[str, Schema], side: str) -> None:
    refused = {*PREVIEW_ONLY_FIELDS, *(READ_ONLY_FIELDS if side == "client" else ())}
    _drop(defs["SessionConfig"], refused)
    if side == "server":
        _drop(defs["Response"], PREVIEW_ONLY_FIELDS)
    else:
        _drop(defs["ResponseConfig"], {*PREVIEW_ONLY_FIELDS, *FIRST_REQUEST_FIELDS})
        defs["SessionConfig"]["required"] = ["type"]


def _to_preview(defs: dict[str, Schema], names: Iterable[str], side: str) -> list[str]:
    """Rename what the preview dialect names otherwise; the names of the events it has besides."""
    session, transcription = dict(SESSION_FIELDS), dict(TRANSCRIPTION_SESSION_FIELDS)
    ga = {name: dict(schema) for name, schema in defs.items()}
    if side == "client":
        defs["ResponseConfig"] = _renamed(ga, "ResponseConfig", RESPONSE_REQUEST_FIELDS)
    else:
        defs["Response"] = _renamed(ga, "Response", RESPONSE_FIELDS)
    defs["SessionConfig"] = _renamed(ga, "SessionConfig", session)
    defs["TranscriptionSessionConfig"] = _renamed(ga, "SessionConfig", transcription)
    if side == "client":
        for name in ("SessionConfig", "TranscriptionSessionConfig"):
            _drop(defs[name], READ_ONLY_FIELDS)
        ignored: dict[str, Schema] = {name: {} for name in IGNORED_FIELDS}
        defs["TranscriptionSessionConfig"]["properties"] |= ignored
    for name in names:
        _rename_event(defs[name], lambda kind: _PREVIEW_NAMES.get(kind, kind))
    besides = []
    for event in _OF_SESSIONS:
        if event.__name__ in names:
            name = f"Transcription{event.__name__}"
            defs[name] = _copy(defs[event.__name__])
            _rename_event(defs[name], lambda kind: TRANSCRIPTION_PREFIX + kind)
            defs[name]["title"] = name
            defs[name]["properties"]["session"] = {"$ref": _REF + "TranscriptionSessionConfig"}
            besides.append(name)
    return besides


def _renamed(defs: Mapping[str, Schema], name: str, fields: Mapping[str, FieldName]) -> Schema:
    """The structure as the preview dialect lays it out; ``defs`` are GA's."""
    properties: dict[str, Schema] = {}
    required = []
    for preview, field in fields.items():
        holder, found = defs[name], None
        for step in field.ga:
            holder = defs[found["$ref"].removeprefix(_REF)] if found else holder
            found = holder["properties"].get(step)
            if found is None:
                break
        if found is None:
            continue
        if field.values:
            found = {"enum": list(field.values)}
        if field.also:
            found = {"anyOf": [found, {"enum": list(field.also)}]}
        properties[preview] = found
        if len(field.ga) == 1 and field.ga[0] in defs[name].get("required", ()):
            required.append(preview)
    return {**defs[name], "properties": properties, "required": required}


def _rename_event(schema: Schema, rename: Callable[[str], str]) -> None:
    kind = schema["properties"]["type"]
    schema["properties"]["type"] = {"enum": [rename(name) for name in kind["enum"]]}


def _drop(schema: Schema, names: Iterable[str]) -> None:
    for name in names:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", ()) if name not in set(names)]


def _copy(schema: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(schema))


def _reachable(defs: Mapping[str, Schema], names: Iterable[str]) -> dict[str, Schema]:
    """The structures that the named ones are made of, those included."""
    found: dict[str, Schema] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = defs[name]
            waiting += _references(defs[name])
    return found


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        here = [schema["$ref"].removeprefix(_REF)] if "$ref" in schema else []
        return here + [name for part in schema.values() for name in _references(part)]
    return [n for part in schema for n in _references(part)] if isinstance(schema, list) else []
