"""Cases as a file of tests, run by pytest itself."""

import asyncio
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import realtime_lab
from realtime_lab.errors import ToolError
from realtime_lab.toolbench import ToolBench, check_case
from realtime_lab.tools import Tool, tool

from . import example_tools

HERE = Path(realtime_lab.__file__).parents[1]


def run_pytest(path: Path) -> subprocess.CompletedProcess[str]:
    """Run a file of tests in a folder of its own, as somebody would who was given it."""
    options = ["-q", "-p", "no:cacheprovider", "--rootdir", str(path.parent), "-c", os.devnull]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(path)],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=False,
    )


def bench_of_everything() -> ToolBench:
    bench = ToolBench(
        [
            example_tools.weather,
            example_tools.later,
            Tool.from_function(example_tools.Shop.price, name="cost"),
            example_tools.lookup,
        ]
    )
    cases = bench.cases
    cases.add("weather", {"city": 'Os"lo\n\\ é'}, result={"city": 'Os"lo\n\\ é', "days": 1})
    cases.add("weather", {"city": "Oslo"}, name="a part", contains={"days": 1}, timeout=2)
    cases.add("weather", {"city": 3}, error="argument 'city'")
    cases.add("weather", '{"city":', error_regex="not valid JSON: .*")
    cases.add("weather", '{"city": "\ud800"}', error="surrogates not allowed")
    cases.add("forecast", {"city": "Oslo"}, predicate=example_tools.is_sunny)
    cases.add("cost", {"product": "tea"}, result=1.5)
    cases.add("lookup", {"word": [None, True]}, result=[None, True])
    cases.add("lookup", {"word": [None, True]}, is_json=True)
    cases.add("lookup", {"word": 1}, answers=True)
    return bench


def test_a_case_can_be_checked_in_a_cell_where_a_loop_runs():
    async def cell() -> None:
        row = {"tool": "lookup", "arguments": {"word": 1}, "result": 1}
        check_case(row, {"lookup": example_tools.lookup})
        with pytest.raises(AssertionError, match="expected 2, got 1"):
            check_case({**row, "result": 2}, {"lookup": example_tools.lookup})

    asyncio.run(cell())


def test_the_file_runs_green_and_stands_alone(tmp_path):
    path = bench_of_everything().export_pytest(tmp_path / "test_tools.py")
    done = run_pytest(path)
    assert "10 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    imported = [line for line in path.read_text().splitlines() if "import" in line]
    assert imported == ["import pytest", "from realtime_lab.toolbench import check_case"]


def test_the_file_runs_red_and_says_why(tmp_path):
    bench = ToolBench([example_tools.weather])
    bench.cases.add("weather", {"city": "Oslo"}, name="two days", contains={"days": 2})
    bench.cases.add("weather", {"city": "Oslo"}, name="one day", contains={"days": 1})
    done = run_pytest(bench.export_pytest(tmp_path / "test_tools.py"))
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "test_case[two days]" in done.stdout
    assert 'weather with {"city": "Oslo"}' in done.stdout
    assert "days: expected 2, got 1" in done.stdout


def test_each_test_has_a_name_of_its_own(tmp_path):
    bench = ToolBench([example_tools.weather])
    for _ in range(2):
        bench.cases.add("weather", {"city": "Oslo"}, contains={"days": 1})
    text = bench.export_pytest(tmp_path / "test_tools.py").read_text()
    assert '\'weather {"city": "Oslo"}\': {' in text
    assert '\'weather {"city": "Oslo"} (2)\': {' in text


def hand_written(word: str) -> str:
    return word


@tool
def hidden(word: str) -> str:
    return word


visible = hidden
del hidden


def test_a_tool_of_a_partial_is_found_where_it_has_a_name(tmp_path):
    bench = ToolBench([example_tools.in_oslo])
    bench.cases.add("in_oslo", {}, contains={"city": "Oslo"})
    text = bench.export_pytest(tmp_path / "test_tools.py").read_text()
    assert f"'in_oslo': '{example_tools.__name__}:in_oslo'" in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lambda: Tool.from_function(lambda: 1, name="f"), "is a lambda"),
        (lambda: Tool.from_function(notebook_function(), name="f"), "lives in the notebook"),
        (lambda: Tool.from_function(inner_function(), name="f"), "inside another function"),
        (
            lambda: Tool.from_function(partial(hand_written, "a"), name="f"),
            "is a partial, which has",
        ),
        (lambda: Tool.from_function(max_of_names(), name="f"), "is not found as"),
        (
            lambda: Tool.from_dict(
                {"name": "f", "parameters": {"type": "object", "properties": {"word": {}}}},
                hand_written,
            ),
            "has a schema of its own",
        ),
    ],
    ids=["lambda", "notebook", "inner", "partial", "renamed", "hand-written"],
)
def test_a_tool_that_nothing_can_import_is_told_with_what_to_do(given, told, tmp_path):
    bench = ToolBench([given()])
    bench.cases.add("f", answers=True)
    with pytest.raises(ToolError, match=told):
        bench.export_pytest(tmp_path / "test_tools.py")
    assert not (tmp_path / "test_tools.py").exists()
    where = f"{example_tools.__name__}:weather"
    path = bench.export_pytest(tmp_path / "test_tools.py", tools={"f": where})
    assert f"'f': '{where}'" in path.read_text()


def notebook_function():
    names: dict = {"__name__": "__main__"}
    exec("def f() -> int:\n    return 1\n", names)
    return names["f"]


def inner_function():
    def f() -> int:
        return 1

    return f


def max_of_names():
    def f() -> int:
        return 1

    f.__qualname__ = "no_such_name"
    return f


def test_a_tool_that_is_kept_under_another_name_is_found(tmp_path):
    bench = ToolBench([visible])
    bench.cases.add("hidden", {"word": "x"}, result="x")
    assert f"{__name__}:visible" in bench.export_pytest(tmp_path / "test_x.py").read_text()


def test_what_pytest_would_not_find_is_told(tmp_path):
    with pytest.raises(ToolError, match=r"call it test_tools\.py"):
        ToolBench([]).export_pytest(tmp_path / "tools.py")


def test_a_case_of_an_unknown_tool_is_told(tmp_path):
    bench = ToolBench([example_tools.weather])
    bench.cases.add("wether", answers=True)
    with pytest.raises(ToolError, match="'wether', which is no tool here; the tools are: weather"):
        bench.export_pytest(tmp_path / "test_tools.py")


def test_a_case_is_checked_with_a_tool_or_its_place():
    row = {"tool": "weather", "arguments": {"city": "Oslo"}, "contains": {"days": 1}}
    check_case(row, {"weather": example_tools.weather})
    check_case(row, {"weather": f"{example_tools.__name__}:weather"})
    with pytest.raises(AssertionError, match="days: expected 2"):
        check_case({**row, "contains": {"days": 2}}, {"weather": example_tools.weather})
    with pytest.raises(ToolError, match="cannot be imported"):
        check_case(row, {"weather": "no_such_module:weather"})
    with pytest.raises(ToolError, match="is no 'module:attribute'"):
        check_case(row, {"weather": "weather"})
    with pytest.raises(ToolError, match="where the tool 'weather' is"):
        check_case(row, {})
