"""What is drawn from a schema is allowed by it, and what is changed in it is forbidden."""

import dataclasses
import datetime
import enum
import json
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import hypothesis.strategies as st
import jsonschema
import msgspec
import pydantic
import pytest
from hypothesis import HealthCheck, find, given, settings

from realtime_lab.errors import ToolError
from realtime_lab.toolbench.fuzzing.damage import DAMAGES
from realtime_lab.toolbench.fuzzing.mutations import mutations
from realtime_lab.toolbench.fuzzing.schema_view import SchemaView
from realtime_lab.toolbench.fuzzing.strategies import Strategies
from realtime_lab.tools import Tool

SOME = settings(
    max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def whole(part: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": part}, "required": ["a"], **more}


TREE = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/T"}}}}
PARTS = {
    "anything": {},
    "true": True,
    "null": {"type": "null"},
    "boolean": {"type": "boolean"},
    "const": {"const": [1, {"b": None}]},
    "enum": {"enum": ["x", 3, None]},
    "enum of a type": {"type": "string", "enum": ["x", 3]},
    "integer": {"type": "integer"},
    "integer in a range": {"type": "integer", "minimum": -3, "exclusiveMaximum": 5},
    "integer from a fraction": {"type": "integer", "minimum": 0.5, "maximum": 2.5},
    "large integer": {"type": "integer", "minimum": 2**60},
    "multiple": {"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 40},
    "number": {"type": "number"},
    "number in a range": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "number below": {"type": "number", "maximum": -1e300},
    "halves": {"type": "number", "multipleOf": 0.5, "minimum": 0},
    "string": {"type": "string"},
    "string of a length": {"type": "string", "minLength": 2, "maxLength": 5},
    "long string": {"type": "string", "minLength": 300},
    "pattern": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "pattern anywhere": {"type": "string", "pattern": "[0-9]"},
    "date": {"type": "string", "format": "date"},
    "unknown format": {"type": "string", "format": "no-such-format"},
    "array": {"type": "array", "items": {"type": "integer"}},
    "array of a length": {"type": "array", "items": {}, "minItems": 1, "maxItems": 2},
    "unique": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True},
    "tuple": {
        "type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}],
        "items": False, "minItems": 2, "maxItems": 2,
    },
    "tuple and more": {"type": "array", "prefixItems": [{"type": "null"}], "minItems": 1},
    "tuple of an old draft": {"type": "array", "prefixItems": [{"type": "null"}], "minItems": 2},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"const": 0}},
    "object": {
        "type": "object", "properties": {"b": {"type": "integer"}, "c": {"type": "string"}},
        "required": ["b"], "additionalProperties": False,
    },
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    "map of a size": {"type": "object", "maxProperties": 2, "minProperties": 2},
    "required without a schema": {"type": "object", "required": ["b"]},
    "no type": {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
    "types": {"type": ["integer", "null"], "minimum": 3},
    "anyOf": {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]},
    "anyOf with more beside": {"type": "integer", "anyOf": [{"minimum": 3}, {"maximum": -3}]},
    "oneOf": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]},
    "allOf": {"allOf": [{"type": "integer"}, {"minimum": 3}, {"maximum": 9}]},
    "not": {"type": "integer", "not": {"const": 0}},
    "if": {
        "type": "object", "properties": {"b": {"type": "boolean"}},
        "if": {"properties": {"b": {"const": True}}, "required": ["b"]},
        "then": {"required": ["c"]},
    },
    "reference": {"$ref": "#/$defs/N"},
    "reference with more beside": {"$ref": "#/$defs/N", "maximum": 7},
    "tree": {"$ref": "#/$defs/T"},
    "linked list": {"$ref": "#/$defs/L"},
    "linked list that ends without null": {"$ref": "#/$defs/O"},
    "one in the other": {"$ref": "#/$defs/P"},
}  # fmt: skip
DEFS = {
    "N": {"type": "integer", "minimum": 3},
    "T": TREE,
    "L": {
        "type": "object",
        "properties": {
            "a": {"type": "integer"},
            "next": {"anyOf": [{"$ref": "#/$defs/L"}, {"type": "null"}], "default": None},
        },
    },
    "O": {"type": "object", "properties": {"next": {"$ref": "#/$defs/O"}}},
    "P": {
        "type": "object",
        "properties": {"b": {"anyOf": [{"$ref": "#/$defs/Q"}, {"type": "null"}]}},
    },
    "Q": {
        "type": "object",
        "properties": {"c": {"anyOf": [{"$ref": "#/$defs/P"}, {"type": "integer"}]}},
        "required": ["c"],
    },
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_arguments_that_are_drawn_are_allowed_and_changed_ones_are_not(part):
    schema = whole(part, **{"$defs": DEFS})
    view = SchemaView(schema)
    judge = jsonschema.Draft202012Validator(schema)
    allowed = Strategies(view).arguments()

    @SOME
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        arguments = data.draw(allowed)
        judge.validate(arguments)
        assert json.loads(json.dumps(arguments, allow_nan=False)) == arguments
        before = json.dumps(arguments)
        for mutation in mutations(view, arguments):
            changed = mutation.of(arguments)
            assert not judge.is_valid(changed), mutation
        assert json.dumps(arguments) == before

    holds()


@pytest.mark.parametrize(
    ("part", "simplest"),
    [
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "string"}, ""),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"enum": ["x", "y"]}, "x"),
    ],
)
def test_the_simplest_arguments_are_simple(part, simplest):
    drawn = Strategies(SchemaView(whole(part))).arguments()
    assert find(drawn, lambda _: True, settings=SOME) == {"a": simplest}


@pytest.mark.parametrize(
    "is_there",
    [
        lambda given: "b" in given,
        lambda given: "b" not in given,
        lambda given: given["a"] == "",
        lambda given: len(given["a"]) > 10_000,
        lambda given: not given["a"].isascii(),
        lambda given: "\0" in given["a"],
        lambda given: len(given) == 3,
    ],
    ids=["optional", "not given", "empty", "huge", "unicode", "NUL", "another"],
)
def test_all_sorts_of_arguments_are_drawn(is_there):
    schema = whole({"type": "string"})
    schema["properties"]["b"] = {"type": "integer"}
    drawn = Strategies(SchemaView(schema)).arguments()
    find(drawn, is_there, settings=settings(SOME, max_examples=500))


WHAT = {
    "missing": {"a": 3},
    "null": {"a": 3},
    "wrong type": {"a": 3},
    "number as text": {"a": 3},
    "out of range": {"a": 3},
    "no multiple": {"a": 3},
    "no such argument": {"a": 3},
    "outside enum": {"a": 3, "unit": "x"},
    "too short": {"a": 3, "word": "abc"},
    "too long": {"a": 3, "word": "abc"},
    "not of the pattern": {"a": 3, "word": "abc"},
    "too few": {"a": 3, "list": [{"n": 1}]},
    "too many": {"a": 3, "list": [{"n": 1}]},
    "not unique": {"a": 3, "list": [{"n": 1}]},
}


@pytest.mark.parametrize(("what", "arguments"), WHAT.items(), ids=WHAT.keys())
def test_every_kind_of_change_is_made(what, arguments):
    view = SchemaView(
        {
            "type": "object",
            "properties": {
                "a": {"type": "integer", "minimum": 3, "multipleOf": 3},
                "unit": {"type": "string", "enum": ["x", "y"]},
                "word": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
                "list": {
                    "type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True,
                    "items": {"type": "object", "properties": {"n": {"type": "integer"}}},
                },
            },
            "required": ["a"],
            "additionalProperties": False,
        }
    )  # fmt: skip
    made = [one for one in mutations(view, arguments) if one.what == what]
    assert made
    assert not any(view.is_valid(one.of(arguments)) for one in made)


def test_a_change_says_where_it_is_and_what_a_refusal_should_name():
    part = {
        "type": "object",
        "properties": {"panes": {"type": "array", "items": {"type": "integer"}}},
        "additionalProperties": {"type": "integer"},
    }
    view = SchemaView(whole(part))
    made = mutations(view, {"a": {"panes": [1], "other": 2}})
    assert {(one.spot, one.name) for one in made if one.what == "null"} == {
        ("a", "a"), ("a.panes", "panes"), ("a.panes[]", "panes"), ("a[]", "a"),
    }  # fmt: skip


class Unit(enum.Enum):
    C = "celsius"
    F = "fahrenheit"


@dataclasses.dataclass
class Place:
    city: str
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] = "NO"


class Order(pydantic.BaseModel):
    amount: int = pydantic.Field(gt=0, le=100)
    kind: Literal["tea", "coffee"] = "tea"


def everything(
    place: Place,
    order: Order,
    unit: Unit,
    day: datetime.date,
    at: Annotated[datetime.datetime, msgspec.Meta(tz=True)],
    clock: Annotated[datetime.time, msgspec.Meta(tz=True)],
    span: datetime.timedelta,
    key: uuid.UUID,
    sum: Decimal,
    data: bytes,
    pair: tuple[int, str],
    pairs: dict[str, list[float]],
    choice: int | str | None = None,
    some: frozenset[int] = frozenset(),
    level: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.5,
) -> None: ...


def test_a_tool_takes_all_that_is_drawn_from_its_own_schema():
    made = Tool.from_function(everything)
    drawn = Strategies(SchemaView(made.parameters)).arguments()

    @settings(SOME, max_examples=50)
    @given(drawn)
    def takes(arguments: dict[str, Any]) -> None:
        made.read_arguments(json.dumps(arguments))

    takes()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.what)
@pytest.mark.parametrize("number", [0, 7])
def test_damaged_text_is_refused_in_words_or_taken_and_never_more(damage, number):
    made = Tool.from_function(everything)
    hand = Tool.from_dict({"name": "f", "parameters": whole({})}, lambda **given: given)
    text = damage.apply({"a": 'x"é', "b": [1]}, number)
    assert text is not None
    for tool in (made, hand):
        if damage.refused:
            with pytest.raises(ToolError):
                tool.read_arguments(text)
        else:
            try:
                tool.read_arguments(text)
            except ToolError:
                continue


def test_a_schema_that_is_wrong_is_told_with_its_place():
    with pytest.raises(ToolError, match=r"wrong at \$\.properties\.a\.type: 'strnig'"):
        SchemaView(whole({"type": "strnig"}))
    with pytest.raises(ToolError, match="'#/\\$defs/X', which is not in it"):
        Strategies(SchemaView(whole({"$ref": "#/$defs/X"}))).arguments().validate()
