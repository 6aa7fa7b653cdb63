"""The openai SDK's own types as judges of what the server says."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import pydantic


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


def judge(text: str, event: dict[str, Any], dialect: str) -> None:
    """Fail unless the SDK of that dialect knows the event and accepts it strictly."""
    assert event["type"] in _models(dialect), f"no {dialect} event is named {event['type']}"
    assert event["event_id"], event
    _models(dialect)[event["type"]].model_validate_json(text, strict=True)
