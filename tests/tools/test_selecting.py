"""Some of many tools, under other names."""

from __future__ import annotations

import asyncio

import pytest

from realtime_lab.errors import ToolError
from realtime_lab.protocol import FunctionCall
from realtime_lab.tools import Tool, ToolRegistry, ToolRunner, select_tools


def add(a: int, b: int) -> int:
    return a + b


def look(word: str) -> str:
    return word


TOOLS = [add, {"name": "find", "handler": lambda: "found"}, Tool.from_function(look)]


def names(**options) -> list[str]:
    return [tool.name for tool in select_tools(TOOLS, **options)]


def test_all_are_taken_unless_told_otherwise():
    assert names() == ["add", "find", "look"]
    assert names(only=["look", "add"]) == ["look", "add"]
    assert names(without=["add"]) == ["find", "look"]
    assert names(only=["look", "add"], without=["look"]) == ["add"]


def test_new_names_come_before_the_prefix():
    assert names(rename={"add": "plus"}, prefix="my_") == ["my_plus", "my_find", "my_look"]


def test_a_renamed_tool_is_called_by_its_new_name():
    registry = ToolRegistry(select_tools(TOOLS, prefix="my_"))
    call = FunctionCall(name="my_add", arguments='{"a": 40, "b": 2}', call_id="c")
    assert asyncio.run(ToolRunner(registry).run(call)).output == "42"
    assert registry.specs()[0]["name"] == "my_add"


@pytest.mark.parametrize("option", [{"only": ["plus"]}, {"without": ["plus"]}])
def test_a_name_that_is_not_there_is_told_with_those_that_are(option):
    with pytest.raises(ToolError, match=r"no tool 'plus'; the tools are: add, find, look"):
        names(**option)


def test_a_misspelt_new_name_is_told():
    with pytest.raises(ToolError, match="no tool 'ad'"):
        names(rename={"ad": "plus"})
    with pytest.raises(ToolError, match="cannot name a tool"):
        names(rename={"add": "plus one"})


def test_two_tools_of_one_name_are_told():
    with pytest.raises(ToolError, match="named 'look'"):
        names(rename={"add": "look"})
    with pytest.raises(ToolError, match="named 'add'"):
        select_tools([add, add])
