"""A table of cases, and what is expected of a call."""

import dataclasses
import enum
import re
from typing import Any

import pytest

from realtime_lab.errors import ToolError
from realtime_lab.toolbench import CallResult, Case, Cases


def answered(output: str) -> CallResult:
    return CallResult("", "f", "{}", output, None, 0.25)


def failed(error: str) -> CallResult:
    return CallResult("", "f", "{}", "", error, 0.25)


def difference(result: CallResult, /, **expected: Any) -> str:
    return Case.of("f", **expected).expected.difference(result)


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ({"result": {"a": [1, None]}}, '{"a":[1,null]}'),
        ({"result": {"b": 1, "a": 2}}, '{"a": 2.0, "b": 1}'),
        ({"result": "as it is"}, "as it is"),
        ({"result": "celsius"}, '"celsius"'),
        ({"result": "3"}, "3"),
        ({"result": 3}, "3"),
        ({"contains": {"a": {"b": 1}}}, '{"a": {"b": 1, "c": 2}, "d": 3}'),
        ({"contains": [{"a": 1}]}, '[{"a": 1, "b": 2}]'),
        ({"contains": "sun"}, "a sunny day"),
        ({"predicate": lambda value: value["a"] > 1}, '{"a": 2}'),
        ({"predicate": str.isalpha}, "text"),
        ({"is_json": True}, "[]"),
        ({"answers": True}, "anything"),
    ],
)
def test_an_answer_as_expected(expected, output):
    assert difference(answered(output), **expected) == ""


@pytest.mark.parametrize(
    ("expected", "output", "told"),
    [
        ({"result": {"a": {"b": 1}}}, '{"a":{"b":2}}', "a.b: expected 1, got 2"),
        ({"result": {"a": 1, "b": 2}}, '{"a":1}', "b: missing, expected 2"),
        ({"result": {"a": 1}}, '{"a":1,"b":2}', "b: not expected, got 2"),
        ({"result": [1, 2]}, "[1]", "the array: expected 2 elements, got 1 element"),
        ({"result": [1, 2]}, "[1, 3]", "[1]: expected 2, got 3"),
        ({"result": True}, "1", "the result: expected true, got 1"),
        ({"result": None}, "0", "the result: expected null, got 0"),
        ({"result": {"a": "x"}}, '{"a":"y"}', 'a: expected "x"; got      "y"'),
        ({"result": {"a": 1}}, "no JSON", 'the result: expected {"a": 1}, got "no JSON"'),
        ({"contains": {"a": {"b": 1}}}, '{"a": {"c": 1}}', "a.b: missing, expected 1"),
        ({"contains": [1]}, "[1, 2]", "the array: expected 1 element, got 2 elements"),
        ({"contains": "rain"}, "sun", 'expected with "rain"\ngot      "sun"'),
        ({"is_json": True}, "NaN", 'expected JSON\ngot      "NaN"'),
        ({"error": "no"}, "yes", 'expected an error with "no"\ngot an answer: yes'),
        ({"error_regex": "n+o"}, "yes", "expected an error like /n+o/\ngot an answer: yes"),
        ({"predicate": str.isalpha}, '"12"', 'str.isalpha says no\ngot      "12"'),
    ],
)
def test_an_answer_otherwise_than_expected_is_told_by_its_place(expected, output, told):
    assert difference(answered(output), **expected) == told


@pytest.mark.parametrize(
    "expected", [{"error": "no such city"}, {"error_regex": r"^f failed: \w+: no"}]
)
def test_an_error_as_expected(expected):
    assert difference(failed("f failed: KeyError: no such city"), **expected) == ""
    assert "no such town" in difference(failed("f failed: no such town"), **expected)


@pytest.mark.parametrize(
    "expected",
    [{"result": 1}, {"contains": 1}, {"predicate": bool}, {"is_json": True}, {"answers": True}],
)
def test_an_error_where_an_answer_was_expected_is_told(expected):
    assert "got an error: f failed: ValueError: x" in difference(
        failed("f failed: ValueError: x"), **expected
    )


def test_what_a_tool_refuses_in_its_own_words_is_an_answer():
    declined = dataclasses.replace(failed("no table is free"), raised=ToolError("no table is free"))
    assert difference(declined, answers=True) == ""


def test_a_predicate_that_fails_is_told_and_raises_nothing():
    assert difference(answered("{}"), predicate=lambda value: value["a"]).endswith(
        "failed: KeyError: 'a'"
    )
    where = "tests.toolbench.cases.example_tools"
    assert difference(answered('{"days": 3}'), predicate=f"{where}:a_week") == (
        f'{where}:a_week says: 3 days are no week\ngot      {{"days": 3}}'
    )
    assert difference(answered('{"days": 7}'), predicate=f"{where}:is_sunny").startswith(where)
    assert "cannot be imported" in difference(answered("{}"), predicate="no_such_module:f")


def test_long_texts_are_shown_from_where_they_part():
    same = "x" * 500
    told = difference(answered(f"{same}b"), result=f"{same}a")
    assert "they part at character 500" in told
    assert len(told) < 300


def test_many_differences_are_told_in_bounded_length():
    told = difference(answered(str([0] * 1000)), result=[1] * 1000)
    assert len(told.splitlines()) == 21
    assert told.endswith("… and 980 more")


class Unit(enum.Enum):
    CELSIUS = "celsius"


@dataclasses.dataclass
class Place:
    city: str


def test_arguments_and_results_may_be_given_as_python_has_them():
    case = Case.of("f", {"unit": Unit.CELSIUS, "place": Place("Oslo")}, result=(Place("Oslo"),))
    assert case.arguments == {"unit": "celsius", "place": {"city": "Oslo"}}
    assert case.expected.stored() == [{"city": "Oslo"}]


def test_text_that_is_an_object_is_the_object_and_other_text_stays():
    assert Case.of("f", '{ "a":1 }', result=1).arguments == {"a": 1}
    for text in ('{"a":1,"a":2}', '{"a":', "[1]", '{"a":1e400}', '{"a":"\\ud800"}', "NaN"):
        assert Case.of("f", text, result=1).arguments == text


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "nothing is expected"),
        ({"result": 1, "error": "x"}, "result and error is expected"),
        ({"reslt": 1}, "'reslt'; use one of result"),
        ({"error": ""}, "error is ''"),
        ({"error_regex": "("}, "no regular expression"),
        ({"is_json": False}, "write true, or leave it out"),
        ({"predicate": 3}, "give a function"),
        ({"result": float("nan")}, "there is NaN or an infinity in it"),
        ({"result": {"a": float("inf")}}, "there is NaN or an infinity in it"),
        (
            {"result": object()},
            "there is a value of the type object in it",
        ),
        ({"result": 1, "timeout": 0}, "timeout is 0"),
        ({"result": 1, "timeout": "3"}, "timeout is '3'"),
    ],
)
def test_an_expectation_that_makes_no_sense_is_told(given, problem):
    with pytest.raises(ToolError, match=re.escape(problem)):
        Cases().add("f", **given)


def test_arguments_that_json_cannot_hold_are_told():
    with pytest.raises(ToolError, match="JSON cannot hold arguments: there is a value"):
        Cases().add("f", {"a": object()}, result=1)
    with pytest.raises(ToolError, match="half a character"):
        Cases().add("f", {"a": "\ud800"}, result=1)


def test_two_cases_of_one_name_are_told():
    cases = Cases()
    cases.add("f", name="one", result=1)
    cases.add("f", result=1)
    cases.add("f", result=1)
    with pytest.raises(ToolError, match="'one'"):
        cases.add("g", name="one", result=2)
    with pytest.raises(ToolError, match="'one'"):
        cases[1] = Case.of("g", name="one", result=2)
    with pytest.raises(ToolError, match="is no case"):
        cases.append("f")  # type: ignore[arg-type]
    assert len(cases) == 3


def test_cases_show_as_a_table_everywhere():
    cases = Cases()
    cases.add("weather", {"city": "<Oslo>"}, name="north", contains={"degrees": 3}, timeout=2)
    assert repr(cases) == 'Cases: 1\n  north  →  with {"degrees": 3}'
    assert "&lt;Oslo&gt;" in cases._repr_html_()
    assert cases.table().rows == [
        {
            "name": "north",
            "tool": "weather",
            "arguments": '{"city": "<Oslo>"}',
            "expect": "contains",
            "expected": 'with {"degrees": 3}',
            "timeout": 2.0,
        }
    ]
