"""The `openai` SDK's own types as a judge of what we write."""

from __future__ import annotations

import typing
from functools import cache
from typing import Any

import msgspec
import pydantic


def judge(dialect: str, data: bytes, side: str = "Server") -> None:
    """Fail unless the SDK's model of this event type accepts the JSON text."""
    name = msgspec.json.decode(data)["type"]
    models = _models(dialect, side)
    assert name in models, f"the SDK knows no {dialect} event {name}"
    models[name].model_validate_json(data)


def knows(dialect: str, name: str, side: str = "Server") -> bool:
    return name in _models(dialect, side)


@cache
def _models(dialect: str, side: str) -> dict[str, type[pydantic.BaseModel]]:
    if dialect == "ga":
        import openai.types.realtime as types
    else:
        import openai.types.beta.realtime as types
    return {_type_of(model): model for model in _members(getattr(types, f"Realtime{side}Event"))}


def _members(union: Any) -> list[Any]:
    if hasattr(union, "model_fields"):
        return [union]
    return [model for part in typing.get_args(union) for model in _members(part)]


def _type_of(model: Any) -> str:
    return typing.get_args(model.model_fields["type"].annotation)[0]
