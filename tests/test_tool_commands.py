"""``realtime-lab check-tools``: tools of a file, a module or JSON, checked in the shell."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from realtime_lab import cli
from realtime_lab.toolbench import TOOL_RULES
from tests.toolbench.tool_check_cases import text, tool

SOURCE = '''
from __future__ import annotations

from realtime_lab import tool


@tool
def get_weather(city: str, unit: str = "celsius") -> str:
    """Get the current weather for a city.

    Args:
        city: The city, as in 'Oslo'.
        unit: One of celsius, fahrenheit.
    """
    return ""


def get_tides(harbour):
    """Tell when the water is high."""


class Shop:
    TOOLS = [get_weather, {"type": "function", "name": "get tides"}]


NUMBER = 42
'''


@pytest.fixture(autouse=True)
def _same_imports_after(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "tools_of_a_shop.py"
    path.write_text(SOURCE)
    return str(path)


def written(tmp_path: Path, value: object) -> str:
    path = tmp_path / "tools.json"
    path.write_text(json.dumps(value))
    return str(path)


def test_the_tools_of_a_file_are_found_and_checked(capsys, source):
    assert cli.main(["check-tools", source]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Tools: 1 warning in 1 tool; about ")
    assert 'parameters.properties.unit.enum = ["celsius", "fahrenheit"]' in said


def test_a_file_may_be_called_like_a_module(capsys, tmp_path):
    path = tmp_path / "json.py"
    path.write_text(
        "from dataclasses import dataclass\nfrom realtime_lab import tool\n\n"
        "@dataclass\nclass Place:\n    city: 'str'\n\n"
        "@tool\ndef get_tides(place: Place) -> str:\n"
        '    """Tell when the water is high at a place."""\n'
    )
    assert cli.main(["check-tools", str(path)]) == 0
    assert "place.city has no description" in capsys.readouterr().out


def test_a_name_in_a_file_may_be_a_function_or_several_tools(capsys, source):
    assert cli.main(["check-tools", f"{source}:get_tides"]) == 1
    assert "parameter 'harbour'" in capsys.readouterr().out
    assert cli.main(["check-tools", f"{source}:Shop.TOOLS", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["tools"] == 2 and told["counts"]["error"] == 1
    assert "name-invalid" in {finding["rule"] for finding in told["findings"]}


def test_a_module_is_imported(capsys):
    place = "tests.toolbench.well_written_tools:WELL_WRITTEN"
    assert cli.main(["check-tools", place, "--model", "gpt-realtime-mini"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Tools: nothing found in 16 tools; ") and "gpt-realtime-mini" in said


@pytest.mark.parametrize(
    "holder",
    [
        lambda tools: tools,
        lambda tools: tools[0],
        lambda tools: {"tools": tools},
        lambda tools: {"type": "session.update", "session": {"tools": tools}},
        lambda tools: {"jsonrpc": "2.0", "id": 1, "result": {"tools": tools}},
    ],
)
def test_json_may_hold_tools_in_several_ways(capsys, tmp_path, holder):
    path = written(tmp_path, holder([tool(beside={"strict": True})]))
    assert cli.main(["check-tools", path]) == 1
    assert "[strict]" in capsys.readouterr().out
    assert cli.main(["check-tools", path, "--ignore", "strict"]) == 0


def test_what_is_improved_can_be_checked_again(capsys, tmp_path, monkeypatch):
    path = written(tmp_path, [tool("get weather", unit=text("One of celsius, fahrenheit."))])
    assert cli.main(["check-tools", path, "--improved"]) == 1
    better = capsys.readouterr().out
    assert json.loads(better)[0]["name"] == "get_weather"
    monkeypatch.setattr("sys.stdin", io.StringIO(better))
    assert cli.main(["check-tools", "-"]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_several_places_are_checked_together(capsys, tmp_path, source):
    path = written(tmp_path, [tool()])
    assert cli.main(["check-tools", path, source]) == 1
    assert "[name-duplicate]" in capsys.readouterr().out


def test_the_rules_are_listed(capsys):
    assert cli.main(["check-tools", "--rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TOOL_RULES) and lines[0].split()[:2] == ["not-a-tool", "error"]
    assert cli.main(["check-tools", "--rules", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [rule["id"] for rule in told] == [rule.about.id for rule in TOOL_RULES]


def test_what_cannot_be_read_is_told_and_is_another_exit_code(capsys, tmp_path, source):
    broken = tmp_path / "broken_tools.py"
    broken.write_text("raise SystemExit('no')")
    empty = tmp_path / "empty_tools.py"
    empty.write_text("")
    text_file = tmp_path / "bad.json"
    text_file.write_text("{")
    for arguments, told in {
        ("check-tools",): "needs a Python file",
        ("check-tools", str(tmp_path / "none.json")): "cannot read",
        ("check-tools", str(text_file)): "is no JSON",
        ("check-tools", written(tmp_path, 7)): "give a tool or a list of tools",
        ("check-tools", str(tmp_path / "none.py")): "there is no file",
        ("check-tools", "no_such_module:TOOLS"): "cannot be imported",
        ("check-tools", str(broken)): "SystemExit: no",
        ("check-tools", str(empty)): "there is no @tool function",
        ("check-tools", f"{source}:nothing"): "there is no 'nothing'",
        ("check-tools", f"{source}:NUMBER"): "is a int; give a tool",
        ("check-tools", source, "--ignore", "x"): "there is no rule 'x'",
    }.items():
        assert cli.main(arguments) == 2, arguments
        out, err = capsys.readouterr()
        assert told in err and not out, (arguments, err)
