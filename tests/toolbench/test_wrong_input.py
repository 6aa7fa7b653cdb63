"""What is wrong is told in a sentence that says what to do, before anything is called."""

from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import EndpointError, SessionError, ToolError
from realtime_lab.toolbench import Case, Cases, ToolBench, one_of, pattern, where
from realtime_lab.tools import Tool, ToolRegistry


def weather(city: str) -> str:
    return city


class Shop:
    def price(self, product: str) -> float:
        return 1.5


def bench() -> ToolBench:
    return ToolBench([weather])


TOOL = rl.tool(weather)
CASE = Case.of("weather", {"city": "Oslo"}, result="Oslo")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: ToolBench(weather), r"weather is no list of tools; .* as in \[weather\]"),
        (lambda: ToolBench(TOOL), r"weather is no list of tools; .* as in \[weather\]"),
        (lambda: ToolBench(None), r"None is no list of tools; .* as in \[get_weather\]"),
        (lambda: ToolBench({"name": "weather"}), "is no list of tools"),
        (lambda: rl.select_tools(weather), "weather is no list of tools"),
        (lambda: rl.select_tools([weather], only="weather"), r"as in only=\['get_weather'\]"),
        (lambda: rl.select_tools([weather], without=3), r"as in without=\['get_weather'\]"),
        (lambda: rl.select_tools([weather], rename=["rain"]), "give new names by old ones"),
        (lambda: Tool.from_function(Shop.price), "give the method of an object"),
        (lambda: rl.check_tools(None), "None is no tool; give a list of tools"),
        (lambda: ToolBench([weather], timeout="60"), "timeout is '60'; give seconds above 0"),
        (lambda: ToolBench([weather], timeout=-1), "timeout is -1; give seconds above 0"),
        (lambda: ToolBench([weather], cases=3), "3 is no list of cases"),
        (lambda: Cases(CASE), "is no list of cases"),
        (lambda: Cases([3]), "case 1: 3 is no case; write one as"),
        (lambda: Cases([CASE, {"tool": "weather"}]), "case 2: nothing is expected of the call"),
        (lambda: Case("weather", {}, 3), "3 is nothing that can be expected"),
        (lambda: bench().call(TOOL, city="Oslo"), "is no name; call a tool by its name"),
        (lambda: bench().call_json("weather", {"city": "Oslo"}), "is no text"),
        (lambda: bench().fuzz(TOOL), "the tools are: weather"),
        (lambda: bench().fuzz(examples="100"), "examples is '100'; give a number above 0"),
        (lambda: bench().fuzz(seed=None), "seed is None; give a whole number"),
        (lambda: bench().keep("Oslo"), "'Oslo' is no result"),
        (lambda: bench().run_cases("cases.json"), r"make one with Cases.load\("),
        (lambda: bench().run_cases([CASE, 3]), "3 is no case"),
        (lambda: rl.run(bench().run_cases([CASE], at_once="2")), "at_once is '2'"),
        (lambda: Tool.from_dict(3, weather), "3 is not the description of a tool"),
        (lambda: Tool.from_dict({"name": "weather"}, 3), "3 cannot answer calls of weather"),
        (lambda: Tool.from_function(weather, parameters=3), "no JSON Schema, but 3"),
        (lambda: Tool.from_function(weather, description=3), "the description of weather is 3"),
        (lambda: Tool.from_function(weather, name=3), "3 cannot name a tool"),
    ],
)
def test_wrong_input_is_told_at_once(wrong: Any, told: str):
    with pytest.raises(ToolError, match=told):
        wrong()


RAIN = (rl.Utterance("Rain in Oslo?", "weather"),)


def measured(utterances: Any = RAIN, **settings: Any) -> Any:
    return rl.measure_tools([weather], utterances, **settings)


@pytest.mark.parametrize(
    ("wrong", "kind", "told"),
    [
        (lambda: measured(None), ToolError, "None is no list of utterances"),
        (lambda: measured(rl.Utterance("Rain?")), ToolError, "is no list of utterances"),
        (lambda: rl.Utterance(3), ToolError, "3 is no utterance; give a text"),
        (lambda: rl.due(3), ToolError, "3 is no name of a tool"),
        (lambda: rl.due("weather", 3), ToolError, "3 are no arguments by name"),
        (lambda: pattern(3), ToolError, "3 is no regular expression"),
        (lambda: one_of(), ToolError, "fits nothing"),
        (lambda: where(3), ToolError, "3 is no function"),
        (lambda: measured(repeats="3"), SessionError, "repeats is '3'; give a whole number"),
        (lambda: measured(concurrency=1.5), SessionError, "concurrency is 1.5"),
        (lambda: measured(timeout="60"), SessionError, "timeout is '60'"),
        (lambda: measured(seed=[1]), SessionError, r"seed is \[1\]"),
        (lambda: measured(budget=3), SessionError, r"budget is 3; give rl.Budget\("),
        (lambda: measured(endpoint=3), EndpointError, r"3 is no endpoint; give rl.azure\("),
        (lambda: rl.project_tools([weather], (), repeats="3"), SessionError, "repeats is '3'"),
    ],
)
def test_a_measurement_that_makes_no_sense_is_told_at_once(wrong: Any, kind: Any, told: str):
    with pytest.raises(kind, match=told):
        wrong()


def test_a_place_of_a_tool_that_says_nothing_is_not_written(tmp_path):
    known = ToolBench([weather], cases=[CASE])
    with pytest.raises(ToolError, match="the place of the tool 'weather' is 3"):
        known.export_pytest(tmp_path / "test_it.py", tools={"weather": 3})
    assert not list(tmp_path.iterdir())


def test_no_case_is_taken_if_one_cannot_be():
    cases = Cases([Case.of("weather", name="one", result=1)])
    with pytest.raises(ToolError, match="two cases are named 'one'"):
        cases.extend([Case.of("weather", name=name, result=1) for name in ("two", "one")])
    assert [case.name for case in cases] == ["one"]


def test_an_exception_that_cannot_be_shown_is_a_result_like_another():
    class Mute(BaseException):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    async def fails() -> None:
        raise Mute

    assert rl.run(ToolBench([fails]).call("fails")).error == "fails failed: Mute"


def test_cases_may_be_dicts_with_the_fields_of_a_file():
    row = {"tool": "weather", "arguments": {"city": "Oslo"}, "result": "Oslo"}
    known = ToolBench([weather], cases=[row])
    assert list(known.cases) == [CASE]
    assert rl.run(known.run_cases([row, CASE])).passed


def test_a_registry_is_made_of_any_number_of_tools():
    assert [tool.name for tool in ToolRegistry(iter([weather]))] == ["weather"]
