"""Things by the name that another program imports them under: ``module:attribute``."""

from __future__ import annotations

import functools
import pkgutil
import re
import sys
from collections.abc import Callable
from typing import Any

from ...errors import ToolError
from ...tools import Tool, without_partials

__all__ = ["check_reference", "function_reference", "named", "tool_reference"]

_REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def named(reference: str) -> Any:
    """What is at ``module:attribute``; the module is imported.

    Raises:
        ToolError: if there is no such module or attribute, or importing it fails.
    """
    check_reference(reference)
    try:
        return pkgutil.resolve_name(reference)
    except Exception as error:  # importing runs somebody's code
        raise ToolError(
            f"{reference} cannot be imported ({type(error).__name__}: {error}); check its name, "
            "and that its folder is on sys.path"
        ) from None


def check_reference(reference: Any, what: str = "") -> None:
    """Refuse what does not say where something is; nothing is imported.

    Raises:
        ToolError: calling it ``what``.
    """
    if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
        told = f"{what} is {reference!r}, which" if what else repr(reference)
        raise ToolError(f"{told} is no 'module:attribute', such as 'my_tools:weather'")


def function_reference(function: Callable[..., Any]) -> str:
    """``module:attribute`` of a function.

    Raises:
        ToolError: if another program could not import it, saying what to do.
    """
    reference = _reference(function)
    problem = _unreachable(reference, function)
    if problem:
        raise ToolError(f"{_shown(function)} {problem}")
    return reference


def tool_reference(tool: Tool) -> str:
    """``module:attribute`` of a tool, or of the function that it is made of.

    Raises:
        ToolError: if another program could not import it, saying what to do.
    """
    module = sys.modules.get(getattr(without_partials(tool.handler), "__module__", "") or "")
    if module is not None and module.__name__ != "__main__":
        for name, value in vars(module).items():
            if value is tool:
                return f"{module.__name__}:{name}"
    reference = _reference(tool.handler)
    problem = _unreachable(reference, tool.handler)
    if problem:
        raise ToolError(f"the tool {tool.name!r} {problem}")
    if _is_hand_written(tool):
        raise ToolError(
            f"the tool {tool.name!r} has a schema of its own, which its function does not tell: "
            "keep the tool in a variable of its module (weather = rl.Tool.from_dict(…)), or say "
            f"where it is: tools={{{tool.name!r}: 'my_tools:weather'}}"
        )
    return reference


def _reference(function: Callable[..., Any]) -> str:
    module = getattr(function, "__module__", None) or "?"
    return f"{module}:{getattr(function, '__qualname__', '?')}"


def _unreachable(reference: str, function: Callable[..., Any]) -> str:
    """Why another program cannot import it; empty if it can."""
    module, _, name = reference.partition(":")
    if module == "__main__":
        return (
            "lives in the notebook (__main__), where nothing else can import it: move it into a "
            "file (%%writefile my_tools.py), import it from there, and write again"
        )
    if not _REFERENCE.fullmatch(reference):
        if isinstance(function, functools.partial):
            return "is a partial, which has no name to import it by: name it at the top of a module"
        what = "is a lambda" if "<lambda>" in name else "is made inside another function"
        where = f" of {module}" if module != "?" else ""
        return f"{what}{where}, where nothing else can import it: name it at the top of a module"
    try:
        found = pkgutil.resolve_name(reference)
    except Exception:  # importing runs somebody's code
        found = None
    found = found.handler if isinstance(found, Tool) else found
    if found is not function:
        return (
            f"is not found as {reference}, where its function says it is: give it that name there, "
            "or say where it is, as 'module:attribute'"
        )
    return ""


def _is_hand_written(tool: Tool) -> bool:
    try:
        return dict(Tool.from_function(tool.handler, name=tool.name).parameters) != dict(
            tool.parameters
        )
    except ToolError:
        return True


def _shown(function: Any) -> str:
    return f"the function {getattr(function, '__qualname__', None) or function!r}"
