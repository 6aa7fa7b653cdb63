"""Arguments read quickly are those read carefully."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import ToolError
from realtime_lab.tools import Tool
from tests.tools.signatures import SIGNATURES, STRUCTS, Signature

ALL = {each.name: each for each in (*SIGNATURES, *STRUCTS)}
READERS: dict[str, Any] = {
    name: Tool.from_function(each.function).read_arguments for name, each in ALL.items()
}
ARGUMENTS = [
    arguments for each in ALL.values() for arguments in (*each.valid, *each.invalid) if arguments
]
ODD_TEXTS = [
    "", " ", "{}", "null", "[]", '{"x": 1', '{"x": 1} }', '{"x": NaN}', '{"x": 1, "x": null}',
    '{"x": null, "x": "a"}', "\ufeff{}", '{"x": "\ud800"}', '{"x": "\\ud800"}',
    f'{{"x": {"[" * 5000 + "]" * 5000}}}',
]  # fmt: skip
ODD_VALUES = [
    "3.0", "1e3", "-0", "-0.0", "1e20", "1e400", "123456789012345678.0", "18446744073709551616",
    "9" * 25, "9" * 400, "9" * 5000, "0.1", "1.10", '"a\\nb"', '"\\u0000"', '"2024-10-01T12:00:00"',
    '"24:00:00"', '"P1Y"', '"aGk"', "[3.0, true]", '{"a": 1, "a": 2.0}', '{"a": 2.5}',
]  # fmt: skip
TEXTS = [
    *ODD_TEXTS,
    *(json.dumps(arguments) for arguments in ARGUMENTS),
    *(f'{{"x": {value}}}' for value in ODD_VALUES),
]

PARTS = st.sampled_from(
    [*ODD_VALUES, *(json.dumps(part) for arguments in ARGUMENTS for part in arguments.values())]
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str]:
    """A signature's name, and a text with values of its parameters or of others."""
    name = draw(st.sampled_from(sorted(ALL)))
    first = ALL[name].valid[0]
    names = st.sampled_from([*first, "a", "b", "c", "x"])
    given_parts = {each: json.dumps(part) for each, part in first.items()}
    changed = draw(st.dictionaries(names, PARTS | PARTS.map(lambda part: f"[{part}]"), max_size=3))
    parts = {**given_parts, **changed}
    return name, f"{{{', '.join(f'{json.dumps(each)}: {part}' for each, part in parts.items())}}}"


def outcome(read: Any, text: str) -> str:
    """The values with their types and their order, or the refusal in its words."""
    try:
        return repr(list(read(text).items()))
    except ToolError as error:
        return f"refused: {error}"


@pytest.mark.parametrize("name", ALL)
def test_quick_or_careful_the_outcome_is_the_same(name: str):
    reader = READERS[name]
    for text in TEXTS:
        assert outcome(reader, text) == outcome(reader.careful, text), text


@given(calls())
def test_quick_or_careful_the_outcome_is_the_same_for_any_mixture(call: tuple[str, str]):
    name, text = call
    assert outcome(READERS[name], text) == outcome(READERS[name].careful, text)


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda each: each.name)
def test_what_is_right_is_read_quickly(signature: Signature):
    """All but whole numbers written with a fraction."""
    reader = READERS[signature.name]
    for arguments in signature.valid:
        text = json.dumps(arguments)
        if ".0" not in text:
            assert repr(reader.quick(text)) == repr(reader.careful(text))


def test_parameters_may_have_the_names_of_what_every_class_has():
    def f(__x: int, __dict__: str, __slots__: bool = True): ...

    read = Tool.from_function(f).read_arguments
    assert read('{"__dict__": "a", "__x": 1}') == {"__x": 1, "__dict__": "a", "__slots__": True}


def test_a_default_is_the_very_object_and_is_not_read():
    default: Any = ["as", "it", "is"]

    def f(a: list[int] = default, b: tuple[int, int] = default): ...

    read = Tool.from_function(f).read_arguments
    assert read("{}")["a"] is default
    assert read("")["b"] is default
