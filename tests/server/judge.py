"""Judges of what the server says: the openai SDK's own types, and the schemas it gives out."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

import pydantic
from jsonschema import Draft202012Validator

from realtime_lab.protocol import event_schema

_LEFT_OUT = {"preview": {"transcription_session.created": "transcription_session.updated"}}
"""Events of the service that the SDK's types leave out (its .NET sibling has them), and the event
by whose type they are judged."""


@cache
def _models(dialect: str) -> dict[str, type[pydantic.BaseModel]]:
    if dialect == "ga":
        from openai.types.realtime import RealtimeServerEvent as Union
    else:
        from openai.types.beta.realtime import RealtimeServerEvent as Union
    union, *_ = get_args(Union)
    found = {}
    for model in get_args(union):
        (name,) = get_args(model.model_fields["type"].annotation)
        found[name] = model
    return found


@cache
def _schemas(dialect: Any) -> dict[str, Draft202012Validator]:
    schema = event_schema(dialect, "server")
    found = {}
    for one in schema["anyOf"]:
        event = schema["$defs"][one["$ref"].removeprefix("#/$defs/")]
        (name,) = event["properties"]["type"]["enum"]
        found[name] = Draft202012Validator({"$defs": schema["$defs"], **one})
    return found


def judge(text: str, event: dict[str, Any], dialect: str) -> None:
    """Fail unless the SDK of that dialect, and its schema, accept the event strictly."""
    name = event["type"]
    known_as = _LEFT_OUT.get(dialect, {}).get(name, name)
    assert known_as in _models(dialect), f"no {dialect} event is named {name}"
    assert event["event_id"], event
    if known_as != name:
        text = json.dumps({**event, "type": known_as})
    _models(dialect)[known_as].model_validate_json(text, strict=True)
    _schemas(dialect)[event["type"]].validate(event)
