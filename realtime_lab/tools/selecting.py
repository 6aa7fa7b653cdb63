"""Some of many tools, under other names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import ToolError
from .registry import ToolLike, ToolRegistry
from .tool import Tool

__all__ = ["names_in", "select_tools"]


def select_tools(
    tools: Iterable[ToolLike],
    *,
    only: Iterable[str] | None = None,
    without: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    prefix: str = "",
) -> list[Tool]:
    """Choose tools by name, and name them otherwise.

    Args:
        tools: functions, tools or tool dicts.
        only: the names of those to take, in this order; by default all.
        without: the names of those to leave out.
        rename: new names by old ones.
        prefix: what every name shall begin with, after renaming; it keeps the tools of two servers
            apart.

    Raises:
        ToolError: if there is no tool of a name that is given, a new name cannot name a tool, or
            two tools would have one name.
    """
    known = ToolRegistry(tools)
    everything = [tool.name for tool in known]
    chosen = everything if only is None else list(dict.fromkeys(names_in(only, "only")))
    left_out = set(names_in(without, "without"))
    if not isinstance(rename, Mapping | None):
        raise ToolError(f"rename is {rename!r}; give new names by old ones, as {{'old': 'new'}}")
    names = dict(rename or {})
    meant = {name: known[name] for name in (*chosen, *left_out, *names)}
    selected = [
        meant[name].renamed(prefix + names.get(name, name))
        for name in chosen
        if name not in left_out
    ]
    twice = {tool.name for tool in selected if [t.name for t in selected].count(tool.name) > 1}
    if twice:
        raise ToolError(f"two tools would be named {min(twice)!r}; rename one of them")
    return selected


def names_in(given: Iterable[str], what: str) -> list[str]:
    """Names of tools that somebody gave as a list, called ``what``.

    Raises:
        ToolError: if it is one text, or no list of texts.
    """
    names = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if isinstance(given, str) or not all(isinstance(name, str) for name in names):
        raise ToolError(f"{what} is {given!r}; give a list of names, as in {what}=['get_weather']")
    return names
