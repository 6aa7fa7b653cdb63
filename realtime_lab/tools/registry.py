"""The tools of a session, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import ToolError
from .tool import Tool

__all__ = ["ToolLike", "ToolRegistry", "as_tool", "listed"]

ToolLike = Tool | Callable[..., Any] | Mapping[str, Any]
"""What is taken for a tool: see `ToolRegistry`."""


class ToolRegistry:
    """Tools by name.

    Takes tools, plain functions (described on the spot) and descriptions as dicts that carry
    their function under ``handler``.

    Raises:
        ToolError: if two tools have the same name, one cannot be described, or it is no list.
    """

    def __init__(self, tools: Iterable[ToolLike] = ()) -> None:
        self._tools: dict[str, Tool] = {}
        for given in listed(tools):
            made = as_tool(given)
            if made.name in self._tools:
                raise ToolError(f"two tools are named {made.name!r}; give one another name")
            self._tools[made.name] = made

    def specs(self) -> list[dict[str, Any]]:
        """What a session is told, in order."""
        return [tool.spec() for tool in self]

    def get(self, name: str) -> Tool | None:
        """The tool of that name, or ``None``."""
        return self._tools.get(name)

    def __getitem__(self, name: str) -> Tool:
        """The tool of that name.

        Raises:
            ToolError: naming those that there are.
        """
        found = self._tools.get(name) if isinstance(name, str) else None
        if found is None:
            raise ToolError(f"there is no tool {name!r}; {self.told}")
        return found

    @property
    def told(self) -> str:
        """Its tools in words, to end a sentence with."""
        return f"the tools are: {', '.join(self._tools) or 'none'}"

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: str) -> bool:
        return name in self._tools


def listed(tools: Iterable[ToolLike]) -> Iterable[ToolLike]:
    """Tools that somebody gave as a list.

    Raises:
        ToolError: if it is one tool, or something else.
    """
    if isinstance(tools, str | Mapping) or not isinstance(tools, Iterable):
        name = getattr(tools, "__name__", "") or getattr(tools, "name", "")
        raise ToolError(
            f"{name or repr(tools)} is no list of tools; give functions, Tool objects or dicts in "
            f"brackets, as in [{name or 'get_weather'}]"
        )
    return tools


def as_tool(given: ToolLike) -> Tool:
    """The tool that a function, a dict or a tool stands for.

    Raises:
        ToolError: if it is none, or cannot be described.
    """
    if isinstance(given, Tool):
        return given
    if isinstance(given, Mapping):
        spec = dict(given)
        handler = spec.pop("handler", None)
        if not callable(handler):
            raise ToolError(
                "a tool given as a dict needs its function under 'handler'; "
                "or use Tool.from_dict(spec, function)"
            )
        return Tool.from_dict(spec, handler)
    if callable(given):
        return Tool.from_function(given)
    raise ToolError(f"{given!r} is not a tool: give a function, a Tool or a dict")
