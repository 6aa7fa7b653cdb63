"""When the value of an argument is the one that was due."""

from __future__ import annotations

import pytest

from realtime_lab.errors import ToolError
from realtime_lab.toolbench import exact, ignored, like, one_of, pattern, where
from realtime_lab.toolbench.selection.arguments import MISSING, match_of


def fits(match, value) -> bool:
    return not match_of(match).problem(value)


@pytest.mark.parametrize(
    ("due", "given"),
    [
        ("Oslo", " oslo. "),
        ("New York", "new  york"),
        ("“Yesterday”", "yesterday"),
        (21, "21"),
        (21, 21.0),
        ("21", 21),
        (1200, "1,200"),
        (1200, "1 200.0"),
        (1_234_567, "1,234,567"),
        (-3.5, "-3.50"),
        (True, "True"),
        (["Milk", 2], ["milk", "2"]),
        ({"city": "Oslo", "days": 3}, {"days": "3", "city": "OSLO"}),
        ("ﬁne", "fine"),
        (None, MISSING),
        (None, None),
    ],
)
def test_a_plain_value_is_compared_without_case_spaces_and_formats_of_numbers(due, given):
    assert fits(due, given)


@pytest.mark.parametrize(
    ("due", "given"),
    [
        ("Oslo", "Paris"),
        ("Oslo", MISSING),
        (21, 22),
        (1200, "1,2,00"),
        ("0042", 42),  # a number of an order is no quantity
        (True, 1),
        (["a", "b"], ["b", "a"]),
        ({"city": "Oslo"}, {"city": "Oslo", "days": 1}),
        (None, "Oslo"),
        (0, False),
    ],
)
def test_what_means_something_else_does_not_fit(due, given):
    assert not fits(due, given)


@pytest.mark.parametrize(
    ("due", "given", "fits_it"),
    [
        ("Oslo", "Oslo", True),
        ("Oslo", "oslo", False),
        (3, "3", False),
        (3, 3.0, True),
        (True, 1, False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": [1]}, {"a": [True]}, False),
    ],
)
def test_exact_is_the_same_json_value(due, given, fits_it):
    assert fits(exact(due), given) is fits_it


def test_other_ways_to_compare():
    assert fits(one_of("Oslo", exact("Kristiania")), "oslo")
    assert not fits(one_of("Oslo", exact("Kristiania")), "kristiania")
    assert fits(ignored(), MISSING)
    assert fits(pattern(r"\+47 ?\d{8}"), "+47 12345678")
    assert not fits(pattern("os.*"), "Paris")
    assert fits(lambda city: city.startswith("O"), "Oslo")


def test_a_predicate_says_what_it_wants_and_may_fail():
    positive = where(lambda n: n > 0, "a number above 0")
    assert positive.problem(-1) == "-1 instead of a number above 0"
    assert positive.problem(MISSING) == "nothing instead of a number above 0"
    assert "TypeError" in positive.problem("many")


def test_a_problem_names_both_values():
    assert like("Oslo").problem("Paris") == '"Paris" instead of "Oslo"'
    assert exact(3).problem("3") == '"3" instead of exactly 3'


def test_a_bad_expression_is_told_at_once():
    with pytest.raises(ToolError, match="no regular expression"):
        pattern("(")
