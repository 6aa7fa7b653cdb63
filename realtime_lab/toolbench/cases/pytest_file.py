"""Cases as a file of tests that stands alone, and what such a file calls."""

from __future__ import annotations

import pprint
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ...errors import ToolError
from ...session import run
from ...tools import Tool, ToolRegistry
from ..attempts import Attempts
from ..calling import Caller
from .case import Case
from .references import check_reference, named, tool_reference
from .rows import case_of, row_of
from .running import run_cases

__all__ = ["check_case", "write_pytest"]

_FILE = '''"""Cases of tools; run them with `pytest {file}`."""

import pytest

from realtime_lab.toolbench import check_case

TOOLS = {tools}

CASES = {cases}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_case(case):
    check_case(case, TOOLS)
'''


def write_pytest(
    cases: Iterable[Case],
    registry: ToolRegistry,
    path: str | Path,
    *,
    tools: Mapping[str, str] | None = None,
    timeout: float | None = 60.0,
) -> Path:
    """Write a file of tests, one for each case, that needs realtime_lab and pytest alone.

    ``tools`` says where a tool is to be imported from (``{"weather": "my_tools:weather"}``); else
    it is where its function says. ``timeout`` is for cases that have none of their own.

    Raises:
        ToolError: if a tool or a predicate cannot be imported by another program, such as one
            that lives in a notebook; nothing is written then.
    """
    path = Path(path)
    cases = list(cases)
    if not path.name.startswith("test_") or path.suffix != ".py":
        raise ToolError(f"pytest would not find {path.name}; call it test_{path.stem}.py")
    given = dict(tools or {})
    for name, place in given.items():
        check_reference(place, f"the place of the tool {name!r}")
    wanted = dict.fromkeys(case.tool for case in cases)
    places = {
        name: given[name] if name in given else tool_reference(_known(registry, name))
        for name in wanted
    }
    rows = {
        title: {**row_of(case), "timeout": case.timeout or timeout}
        for title, case in zip(_titles(cases), cases, strict=True)
    }
    text = _FILE.format(file=path.name, tools=_literal(places), cases=_literal(rows))
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise ToolError(f"{path} cannot be written: {error.strerror}; give another path") from None
    return path


def check_case(
    row: Mapping[str, Any], tools: Mapping[str, str | Tool | Callable[..., Any]]
) -> None:
    """Run a case as a test does, in a cell too.

    ``row`` is a case as in a file; ``tools`` has each tool, or its ``module:attribute``, by name.

    Raises:
        AssertionError: saying how the result is not as expected.
        ToolError: for a row that is no case, or a tool that cannot be imported.
    """
    case = case_of(row)
    found = tools.get(case.tool)
    if found is None:
        raise ToolError(f"it is not said where the tool {case.tool!r} is; add it to the tools")
    registry = ToolRegistry([_tool(case.tool, found)])
    (outcome,) = run(run_cases([case], Caller(registry, Attempts())))
    if not outcome.passed:
        call = f"{case.tool} with {case.text}"
        raise AssertionError(f"{call}\n{outcome.difference}")


def _tool(name: str, found: Any) -> Any:
    """The tool of that name, whatever is imported."""
    found = named(found) if isinstance(found, str) else found
    if not isinstance(found, Tool | Mapping) and callable(found):
        return Tool.from_function(found, name=name)
    return found


def _known(registry: ToolRegistry, name: str) -> Tool:
    tool = registry.get(name)
    if tool is None:
        raise ToolError(f"a case calls {name!r}, which is no tool here; {registry.told}")
    return tool


def _titles(cases: list[Case]) -> list[str]:
    """Names of tests, each once."""
    titles: dict[str, None] = {}
    for case in cases:
        title, number = case.title, 2
        while title in titles:
            title, number = f"{case.title} ({number})", number + 1
        titles[title] = None
    return list(titles)


def _literal(value: Any) -> str:
    return pprint.pformat(value, width=96, sort_dicts=False)
