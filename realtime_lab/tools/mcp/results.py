"""What a model reads of an MCP tool's result."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["as_text"]


def as_text(result: Any) -> str:
    """The result as text: texts as they are, and a line about each thing that is none.

    A session's model hears and reads; it is told that there is a picture, not its bytes. A result
    with no parts is told by its structured content.
    """
    parts = [_part(part) for part in result.content]
    if not parts and result.structured_content is not None:
        return json.dumps(result.structured_content, ensure_ascii=False)
    return "\n".join(parts)


def _part(part: Any) -> str:
    match part.type:
        case "text":
            return part.text
        case "image" | "audio":
            return f"[{part.type}: {part.mime_type}, {_size(part.data)}]"
        case "resource_link":
            return _said("resource", part.title or part.name, part.uri, part.description)
        case "resource":
            return _resource(part.resource)
        case other:
            return f"[{other}]"


def _resource(resource: Any) -> str:
    text = getattr(resource, "text", None)
    if text is not None:
        return f"{_said('resource', resource.uri, resource.mime_type)}\n{text}"
    return _said("resource", resource.uri, resource.mime_type, _size(resource.blob))


def _said(kind: str, *facts: str | None) -> str:
    return f"[{kind}: {', '.join(fact for fact in facts if fact)}]"


def _size(base64: str) -> str:
    size = len(base64) * 3 // 4 - base64[-2:].count("=")
    return f"{size:,} bytes"
