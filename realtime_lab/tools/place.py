"""Where in the source a function and its parameters are."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Place", "place_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """The name of a file and a line; ``None`` where they cannot be known."""

    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return "no source"
        return self.file if self.line is None else f"{self.file}, line {self.line}"


def place_of(function: Callable[..., Any], parameter: str | None = None) -> Place:
    """Where a parameter is written, or the function itself, as far as that can be known."""
    function = inspect.unwrap(function)
    try:
        source, first_line = inspect.getsourcelines(function)
        file = _file_name(inspect.getsourcefile(function) or "?")
    except (OSError, TypeError):
        code = getattr(function, "__code__", None)
        if code is None or code.co_filename.startswith("<"):  # "<string>", made by Python
            return Place()
        return Place(_file_name(code.co_filename), code.co_firstlineno)
    try:
        tree = ast.parse(textwrap.dedent("".join(source)))
    except SyntaxError:  # a lambda in the middle of an expression
        return Place(file, first_line)
    return Place(file, first_line + _line(tree, parameter) - 1)


def _line(tree: ast.AST, parameter: str | None) -> int:
    """The line within the function's own source, decorators included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            if node.arg == parameter:
                return node.lineno
        elif parameter is None and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node.lineno
    return 1


def _file_name(path: str) -> str:
    # The kernel gives each cell a file of its own, with a number for a name.
    return "this notebook" if "ipykernel_" in path else Path(path).name
