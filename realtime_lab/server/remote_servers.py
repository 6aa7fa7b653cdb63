"""The remote tool servers that a session has defined, and what each lets the model do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

__all__ = ["RemoteServers", "is_allowed", "needs_approval"]

_SECRETS = ("authorization", "headers")
_WAYS = ("server_url", "connector_id", "tunnel_id")


class RemoteServers:
    """Definitions by label, with their credentials, which the settings do not show.

    A label that was defined once may be named alone from then on, in the same session.
    """

    def __init__(self) -> None:
        self._defined: dict[str, dict[str, Any]] = {}

    @property
    def labels(self) -> Collection[str]:
        """Labels of all servers defined so far."""
        return self._defined.keys()

    def __getitem__(self, label: str) -> Mapping[str, Any]:
        return self._defined[label]

    def define(self, tools: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Remember the servers among ``tools``; the same tools, complete and without secrets."""
        return [self._define(tool) if tool["type"] == "mcp" else tool for tool in tools]

    def _define(self, tool: dict[str, Any]) -> dict[str, Any]:
        label = tool["server_label"]
        known = {} if any(tool.get(way) for way in _WAYS) else self._defined.get(label, {})
        whole = self._defined[label] = {**known, **tool}
        return {name: value for name, value in whole.items() if name not in _SECRETS}


def is_allowed(tool: Mapping[str, Any], server: Mapping[str, Any]) -> bool:
    """Whether the model may know of the tool at all (``allowed_tools``)."""
    allowed = server.get("allowed_tools")
    if allowed is None:
        return True
    if isinstance(allowed, list):
        return tool["name"] in allowed
    return _matches(tool, allowed)


def needs_approval(tool: Mapping[str, Any], server: Mapping[str, Any]) -> bool:
    """Whether a person must agree to each call (``require_approval``): always, unless told.

    Of two filters ``always`` goes first, and a tool that neither means needs approval; where only
    ``always`` is given, it means all that do.
    """
    asked = server.get("require_approval")
    if not isinstance(asked, dict):
        return asked != "never"
    always, never = asked.get("always"), asked.get("never")
    if always is not None and _matches(tool, always):
        return True
    return always is None if never is None else not _matches(tool, never)


def _matches(tool: Mapping[str, Any], which: Mapping[str, Any]) -> bool:
    """Whether a filter (``tool_names``, ``read_only``) means the tool; an empty one means all."""
    names, read_only = which.get("tool_names"), which.get("read_only")
    if names is not None and tool["name"] not in names:
        return False
    hints = tool.get("annotations") or {}
    return read_only is None or bool(hints.get("readOnlyHint")) == read_only
