"""What an answer is worth, by the calls in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from realtime_lab.toolbench import all_of, any_of, due
from realtime_lab.toolbench.selection.answers import Called
from realtime_lab.toolbench.selection.judging import NONE, SEVERAL, judge
from realtime_lab.toolbench.selection.utterances import due_calls
from realtime_lab.tools import Tool


def get_weather(city: str, unit: str = "celsius", days: int = 1) -> str:
    """Tell the weather."""
    return f"{city} {unit} {days}"


def set_light(room: str, on: bool) -> str:
    """Switch a light."""
    return f"{room} {on}"


TOOLS = {f.__name__: Tool.from_function(f) for f in (get_weather, set_light)}


def call(name: str, **arguments: Any) -> Called:
    return Called(name, json.dumps(arguments))


OSLO = call("get_weather", city="Oslo")
PARIS = call("get_weather", city="Paris")
LIGHT = call("set_light", room="kitchen", on=True)


def verdict(expected, *calls):
    return judge(due_calls(expected), calls, TOOLS)


@pytest.mark.parametrize(
    ("expected", "calls", "outcome"),
    [
        (due("get_weather", city="oslo"), [OSLO], "right"),
        ("get_weather", [OSLO], "right"),
        (None, [], "right"),
        (due("get_weather", city="Oslo"), [PARIS], "wrong_arguments"),
        (due("get_weather", city="Oslo"), [call("get_weather")], "invalid_arguments"),
        (due("get_weather"), [call("get_weather", city="Oslo", days="x")], "invalid_arguments"),
        ("get_weather", [Called("get_weather", "{")], "invalid_arguments"),
        ("get_weather", [Called("get_weather", "[1]")], "invalid_arguments"),
        ("get_weather", [OSLO, PARIS], "too_many_calls"),
        ("get_weather", [OSLO, LIGHT], "too_many_calls"),
        (all_of("get_weather", "set_light"), [LIGHT], "too_few_calls"),
        ("get_weather", [LIGHT], "wrong_tool"),
        ("get_weather", [LIGHT, LIGHT], "wrong_tool"),
        ("get_weather", [call("get_wether", city="Oslo")], "wrong_tool"),
        ("get_weather", [], "no_call"),
        (None, [OSLO], "call_not_due"),
    ],
)
def test_every_kind_of_answer(expected, calls, outcome):
    assert verdict(expected, *calls).outcome == outcome


def test_a_type_that_reads_itself_may_fail_in_any_way():
    def fails(_: str) -> dict:
        raise KeyError("no such city")

    tools = {"get_weather": replace(TOOLS["get_weather"], read_arguments=fails)}
    found = judge(due_calls("get_weather"), [OSLO], tools)
    assert found.outcome == "invalid_arguments"
    assert "no such city" in found.problems[0]


def test_the_place_in_the_confusion_table():
    assert verdict("get_weather", LIGHT).expected == "get_weather"
    assert verdict("get_weather", LIGHT).called == "set_light"
    assert verdict(None, OSLO, PARIS).called == SEVERAL
    assert verdict(None).called == NONE
    assert verdict(all_of("get_weather", "set_light")).expected == SEVERAL


def test_problems_name_the_argument():
    found = verdict(due("get_weather", city="Oslo", days=3), PARIS)
    assert found.problems == ('city: "Paris" instead of "Oslo"', "days: 1 instead of 3")
    (invalid,) = verdict("set_light", call("set_light", room="kitchen")).problems
    assert invalid.startswith("set_light cannot be called so: ")
    assert "on" in invalid


def test_an_argument_that_is_left_out_has_its_default():
    assert verdict(due("get_weather", unit="celsius", days=1), OSLO).is_right
    assert not verdict(due("get_weather", unit="fahrenheit"), OSLO).is_right


def test_arguments_that_are_not_named_are_free_unless_they_must_not_be_there():
    more = call("get_weather", city="Oslo", unit="kelvin")
    assert verdict(due("get_weather", city="Oslo"), more).is_right
    only = verdict(due("get_weather", city="Oslo").only(), more)
    assert (only.outcome, only.problems) == ("wrong_arguments", ("unit: not due",))


def test_calls_that_are_due_together_may_come_in_any_order():
    both = all_of(due("get_weather", city="Oslo"), due("get_weather", city="Paris"))
    assert verdict(both, PARIS, OSLO).is_right
    assert verdict(both, OSLO, OSLO).outcome == "wrong_arguments"


def test_a_call_is_not_taken_from_the_only_one_it_is_right_for():
    both = all_of(due("get_weather"), due("get_weather", city="Oslo"))
    assert verdict(both, OSLO, PARIS).is_right
    assert verdict(both, PARIS, OSLO).is_right


def test_of_several_alternatives_the_nearest_counts():
    either = any_of(due("get_weather", city="Oslo"), due("set_light"), None)
    assert verdict(either).is_right
    assert verdict(either, LIGHT).is_right
    near = verdict(either, PARIS)
    assert (near.outcome, near.expected) == ("wrong_arguments", "get_weather")


def test_an_alternative_that_this_set_has_no_tool_for_is_left_out():
    either = any_of("forecast", "get_weather")
    assert verdict(either, OSLO).is_right
    assert verdict(either, LIGHT).expected == "get_weather"
