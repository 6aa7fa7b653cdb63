"""Whether a service takes a tool."""

from __future__ import annotations

from typing import Any

from openai.types.beta.realtime import session as preview
from openai.types.realtime.realtime_function_tool import RealtimeFunctionTool

from realtime_lab.protocol import (
    GA,
    Dialect,
    SessionConfig,
    SessionUpdate,
    check_asked,
    check_tools,
)
from tests.protocol.sdk import judge

__all__ = ["assert_on_the_wire"]


def assert_on_the_wire(spec: dict[str, Any], dialect: Dialect) -> None:
    """Fail unless the `openai` SDK's strict types, and our own server, take the tool as it is."""
    check_asked({"tools": [spec]}, "session")
    check_tools([spec], "session", mcp=False)
    kind = RealtimeFunctionTool if dialect is GA else preview.Tool
    read = kind.model_validate(spec, strict=True)
    assert read.to_dict() == spec
    assert not read.model_extra
    update = SessionUpdate(session=SessionConfig(type="realtime", tools=[spec]))
    judge(dialect.name, dialect.encode_client(update), side="Client")
