"""The tools of one response as the brain sees them: functions and remote tools, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine import ToolSpec

__all__ = ["OfferedTools", "RemoteChoice", "RemoteTool", "function_specs", "offer", "usual_name"]

_LONGEST_NAME = 64
_FOREIGN = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True, slots=True)
class RemoteTool:
    """A tool of a remote server: ``listed`` as its list has it, ``server`` as it was defined."""

    label: str
    listed: Mapping[str, Any]
    server: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The server's own name for it."""
        return self.listed["name"]


@dataclass(frozen=True, slots=True)
class RemoteChoice:
    """A tool choice that means a remote server, or one tool of it."""

    label: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OfferedTools:
    """What the brain may call; ``remote`` by the names that the brain knows.

    ``choice`` is as `realtime_lab.engine.Prompt` has it.
    """

    specs: Sequence[ToolSpec]
    remote: Mapping[str, RemoteTool]
    choice: str


def offer(
    tools: Sequence[Mapping[str, Any]], choice: str | RemoteChoice, known: Sequence[RemoteTool]
) -> OfferedTools:
    """The functions among ``tools`` and the remote tools that are ``known`` by now.

    A choice that means a remote tool offers what it means; one that is not known chooses nothing.
    """
    specs = function_specs(tools)
    remote: dict[str, RemoteTool] = {}
    for tool in known:
        name = _free_name(tool, {spec.name for spec in specs})
        remote[name] = tool
        description = str(tool.listed.get("description") or "")
        specs.append(ToolSpec(name, description, tool.listed["input_schema"]))
    if isinstance(choice, str):
        return OfferedTools(specs, remote, choice)
    meant = [
        name
        for name, tool in remote.items()
        if tool.label == choice.label and choice.name in (None, tool.name)
    ]
    if not meant:
        return OfferedTools(specs, remote, "auto")
    kept = [spec for spec in specs if spec.name in meant]
    return OfferedTools(kept, remote, meant[0] if choice.name else "required")


def function_specs(tools: Sequence[Mapping[str, Any]]) -> list[ToolSpec]:
    """The functions among a session's tools."""
    return [
        ToolSpec(tool["name"], tool.get("description") or "", tool.get("parameters") or {})
        for tool in tools
        if tool.get("type", "function") == "function"
    ]


def usual_name(name: str) -> str:
    """A remote tool's name as a brain may use it: models take no other signs in names."""
    return _FOREIGN.sub("_", name)[:_LONGEST_NAME]


def _free_name(tool: RemoteTool, taken: set[str]) -> str:
    """The tool's name; with its server's label, or a number, where another tool has the name."""
    wanted = [usual_name(tool.name), usual_name(f"{tool.label}_{tool.name}")]
    numbered = (f"{wanted[0][: _LONGEST_NAME - 6]}_{n}" for n in range(2, len(taken) + 3))
    return next(name for name in (*wanted, *numbered) if name not in taken)
