"""A table of signatures, with arguments that each takes and arguments that each refuses."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import pathlib
import uuid
from collections import abc
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    Required,
    TypeVar,
    Union,
)

import annotated_types as at
import msgspec
import pydantic
import typing_extensions
from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

T = TypeVar("T")
NONE: Any = object()


@dataclass(frozen=True)
class Signature:
    """A function, and arguments as JSON values."""

    name: str
    function: abc.Callable[..., Any]
    valid: list[Any]
    invalid: list[Any]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mode(enum.StrEnum):
    """How it is done."""

    FAST = "fast"
    SLOW = "slow"


class Mixed(enum.Enum):
    ONE = 1
    MANY = "many"


class Ratio(enum.Enum):
    HALF = 0.5
    WHOLE = 1.0


@dataclasses.dataclass
class Place:
    """Somewhere on earth.

    Attributes:
        city: Name of the city.
    """

    city: str
    country: str = "NO"


@dataclasses.dataclass
class Limits:
    low: Annotated[int, at.Ge(0)]
    high: Annotated[int, Field(le=10, description="most")] = 10
    steps: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    start: Place
    stops: list[Place] = dataclasses.field(default_factory=list)
    note: str | None = None
    length: float = dataclasses.field(default=0.0, init=False)


@dataclasses.dataclass
class Tree:
    name: str
    children: list[Tree] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Left:
    value: int
    other: Right | None = None


@dataclasses.dataclass
class Right:
    value: int
    other: Left | None = None


@dataclasses.dataclass
class Cat:
    kind: Literal["cat"]
    lives: int


@dataclasses.dataclass
class Dog:
    kind: Literal["dog"]
    tricks: list[str]


@dataclasses.dataclass
class Box(Generic[T]):
    content: T
    label: str = ""


@dataclasses.dataclass
class Twice(Generic[T]):
    first: Box[T]
    second: list[T]
    third: T | None = None


@dataclasses.dataclass
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("an even number, please")


class Point(NamedTuple):
    x: float
    y: float


class Span(NamedTuple):
    start: int
    end: int = 10


Pair = collections.namedtuple("Pair", ["first", "second"])


class Address(TypedDict):
    street: str
    number: NotRequired[int]


class Partial(TypedDict, total=False):
    name: Required[str]
    age: int


class Linked(TypedDict):
    value: int
    after: NotRequired[Linked]


class Person(pydantic.BaseModel):
    """Somebody."""

    name: str = Field(min_length=1, description="full name")
    age: int | None = Field(default=None, ge=0)


class Family(pydantic.BaseModel):
    parents: list[Person] = Field(min_length=1, max_length=2)
    home: Place | None = None


class Node(pydantic.BaseModel):
    value: int
    after: Node | None = None


class Closed(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")

    a: int


class Aliased(pydantic.BaseModel):
    inner_name: int = Field(alias="innerName")


class Bird(pydantic.BaseModel):
    kind: Literal["bird"]
    wings: int = 2


class Fish(pydantic.BaseModel):
    kind: Literal["fish"]
    fins: int


class Checked(pydantic.BaseModel):
    word: str

    @pydantic.field_validator("word")
    @classmethod
    def short(cls, word: str) -> str:
        if len(word) > 5:
            raise ValueError("too long")
        return word


class Page(pydantic.BaseModel, Generic[T]):
    items: list[T]


@pydantic.dataclasses.dataclass
class Parcel:
    weight: float = Field(gt=0)
    to: Place | None = None


UserId = NewType("UserId", int)
Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | int | None")
Numbers = TypeAliasType("Numbers", list[int])
Several = TypeAliasType("Several", list[T], type_params=(T,))
Positive = Annotated[int, at.Gt(0)]


def of(name: str, hint: Any, valid: list[Any], invalid: list[Any]) -> Signature:
    """A function of one argument ``x``; ``valid`` and ``invalid`` are values of it."""

    def f(x): ...

    f.__annotations__ = {"x": hint}
    return Signature(name, f, [{"x": value} for value in valid], [{"x": v} for v in invalid])


def whole(function: Any, valid: list[Any], invalid: list[Any]) -> Signature:
    """A function with arguments as a whole."""
    return Signature(function.__name__, function, valid, invalid)


def nothing() -> None: ...


def defaults(a: int, b: str = "x", c: list[int] | None = None): ...


def keywords_only(*, a: int, b: bool = False): ...


def field_defaults(
    b: str = Field(..., min_length=2, description="two letters"),
    a: int = Field(3, ge=1, le=5),
    c: list[int] = Field(default_factory=list),  # noqa: B008
): ...


def enum_default(colour: Colour = Colour.RED, place: Place = Place("Oslo")): ...  # noqa: B008


async def asynchronous(city: str, days: Annotated[int, Field(ge=1, le=7)] = 1): ...


def reserved(self: str, cls: int, type: str = "", title: str = "", properties: int = 0): ...


def many(
    a: int,
    b: float,
    c: str,
    d: bool,
    e: list[str],
    f: dict[str, int],
    g: Colour,
    h: Place,
    i: Person,
    j: Point | None = None,
): ...


MANY = {
    "a": 1,
    "b": 1.5,
    "c": "",
    "d": True,
    "e": ["x"],
    "f": {"k": 1},
    "g": "red",
    "h": {"city": "Oslo"},
    "i": {"name": "Ada"},
}

PLACES = [{"city": "Oslo"}, {"city": "Oslo", "country": "NO"}, {"city": "Oslo", "more": 1}]
NO_PLACES = [{}, {"city": 1}, {"country": "NO"}, "Oslo", None, ["Oslo"]]

SIGNATURES: list[Signature] = [
    # One JSON value.
    of("str", str, ["", "a", "1"], [1, None, True, ["a"], {}]),
    of("int", int, [0, -1, 10**20, 3.0], ["1", 1.5, True, None, []]),
    of("float", float, [0, 1, -1.5, 1e300], ["1", True, None, []]),
    of("bool", bool, [True, False], [0, 1, "true", None]),
    of("none", None, [None], [0, "", False]),
    of("any", Any, [1, "a", None, [], {"a": 1}], []),
    of("object", object, [1, "a", None, [], {"a": 1}], []),
    of("bytes", bytes, ["", "aGVsbG8="], [1, None, ["aGk="]]),
    of("decimal", decimal.Decimal, ["1.50", 1, 1.5, "-3"], [None, [], True]),
    of("datetime", dt.datetime, ["2024-10-01T12:00:00Z", "2024-10-01T12:00:00+02:00"], [5, None]),
    of("date", dt.date, ["2024-10-01"], ["2024-13-01", "tomorrow", 5, None]),
    of("time", dt.time, ["12:00:00Z", "12:30:15+01:00"], [5, None, {}]),
    of("timedelta", dt.timedelta, ["PT5M", "P1DT2H"], [None, [], {}]),
    of("uuid", uuid.UUID, [str(uuid.UUID(int=5))], ["5", 5, None]),
    of("path", pathlib.Path, ["/tmp/x", ""], [5, None, []]),
    of("ipv4", ipaddress.IPv4Address, ["127.0.0.1"], ["127.0.0.256", "x", None]),
    of("ipv6", ipaddress.IPv6Address, ["::1"], ["127.0.0.1", "x", None]),
    of("newtype", UserId, [1], ["1", None, 1.5]),
    # One of a few.
    of("literal", Literal["a", "b"], ["a", "b"], ["c", "", 1, None]),
    of("literal_one", Literal["a"], ["a"], ["b", None]),
    of("literal_int", Literal[1, 2], [1, 2], [3, "1", True, None]),
    of("literal_bool", Literal[True], [True], [False, 1, "true"]),
    of("literal_mixed", Literal["a", 1, None], ["a", 1, None], ["b", 2, False]),
    of("literal_enum", Literal[Colour.RED], ["red"], ["blue", "RED", None]),
    of("literal_nested", Literal["a", "b", "c"], ["a", "c"], ["d"]),
    of("enum", Colour, ["red", "blue"], ["RED", "green", None, 1]),
    of("int_enum", Level, [1, 2], [0, 3, "1", None]),
    of("str_enum", Mode, ["fast"], ["FAST", None]),
    of("enum_mixed", Mixed, [1, "many"], ["1", 2, None]),
    of("enum_float", Ratio, [0.5, 1.0], [0.25, "0.5"]),
    of("enum_optional", Colour | None, ["red", None], ["green", 1]),
    # Several.
    of("list", list, [[], [1, "a", None]], [{}, "a", None, 1]),
    of("list_str", list[str], [[], ["a"]], [["a", 1], "a", None, {"0": "a"}]),
    of("list_int", list[int], [[], [1, 2.0]], [["1"], [1.5], [None]]),
    of("list_list", list[list[int]], [[], [[]], [[1], [2, 3]]], [[1], [["a"]], [None]]),
    of("list_optional", list[int | None], [[1, None]], [["a"], None]),
    of("list_enum", list[Colour], [["red", "red"]], [["green"], "red"]),
    of("list_place", list[Place], [[], PLACES], [NO_PLACES[:1], PLACES[0], [1]]),
    of("sequence", abc.Sequence[int], [[], [1]], [["a"], None]),
    of("iterable", abc.Iterable[str], [[], ["a"]], ["a", None, 1]),
    of("deque", collections.deque[int], [[1, 2]], [["a"], 1]),
    of("set", set[int], [[], [1, 2]], [[1, 1], ["a"], 1, None]),
    of("frozenset", frozenset[str], [[], ["a", "b"]], [["a", "a"], [1], "a"]),
    of("set_enum", set[Colour], [["red", "blue"]], [["green"], ["red", "red"]]),
    of("tuple", tuple[int, str], [[1, "a"]], [[1], [1, 2], [1, "a", 2], [], "1a", None]),
    of("tuple_any_number", tuple[int, ...], [[], [1, 2, 3]], [["a"], 1]),
    of("tuple_bare", tuple, [[], [1, "a"]], [1, None]),
    of("tuple_empty", tuple[()], [[]], [[1], None]),
    of("tuple_nested", tuple[Place, tuple[int, int]], [[PLACES[0], [1, 2]]], [[1, [1, 2]], [[]]]),
    of("dict", dict, [{}, {"a": 1}], [[], None, "a"]),
    of("dict_str_int", dict[str, int], [{}, {"a": 1}], [{"a": "1"}, [], None]),
    of("dict_of_lists", dict[str, list[int]], [{"a": [1]}], [{"a": 1}, {"a": ["x"]}]),
    of("dict_enum_keys", dict[Colour, int], [{"red": 1}, {}], [{"green": 1}, {"red": "a"}]),
    of("dict_literal_keys", dict[Literal["a", "b"], bool], [{"a": True}], [{"c": True}, {"a": 1}]),
    of("dict_int_keys", dict[int, str], [{"1": "a"}, {}], [{"1": 1}, []]),
    of("dict_uuid_keys", dict[uuid.UUID, int], [{str(uuid.UUID(int=5)): 1}], [{"x": 1}]),
    of("dict_place", dict[str, Place], [{"home": PLACES[0]}], [{"home": 1}, {"home": {}}]),
    of("mapping", abc.Mapping[str, float], [{"a": 1}], [{"a": "1"}, None]),
    # One or the other.
    of("optional", Optional[int], [1, None], ["1", 1.5, []]),  # noqa: UP045
    of("union", int | str, [1, "a"], [None, 1.5, True, []]),
    of("union_old", Union[int, str, None], [1, "a", None], [1.5, []]),  # noqa: UP007
    of("union_numbers", float | int, [1, 1.5], ["1", None]),
    of("union_list", str | list[str], ["a", ["a"], []], [1, [1], None]),
    of("union_date_text", dt.date | int, ["2024-10-01", 5], ["x", None]),
    of("union_dataclasses", Cat | Dog,
       [{"kind": "cat", "lives": 9}, {"kind": "dog", "tricks": []}],
       [{"kind": "cat"}, {"kind": "cow", "lives": 9}, {"lives": 9}, None]),
    of("union_models", Bird | Fish, [{"kind": "bird"}, {"kind": "fish", "fins": 2}],
       [{"kind": "fish"}, {"kind": "cat"}, {}]),
    of("union_discriminated", Annotated[Bird | Fish, Field(discriminator="kind")],
       [{"kind": "bird"}, {"kind": "fish", "fins": 2}], [{"kind": "fish"}, {"kind": "cat"}, {}]),
    of("union_record_or_text", Place | str, [PLACES[0], "Oslo"], [1, {}, None]),
    of("optional_dataclass", Place | None, [*PLACES, None], [{}, {"city": 1}, "Oslo", []]),
    of("optional_list", list[int] | None, [[1], None], [["a"], 1]),
    # Bounds.
    of("ge", Annotated[int, at.Ge(1)], [1, 5], [0, "1", None]),
    of("gt_lt", Annotated[float, at.Gt(0), at.Lt(1)], [0.5], [0, 1, 2, -1]),
    of("interval", Annotated[int, at.Interval(ge=1, le=3)], [1, 3], [0, 4]),
    of("multiple_of", Annotated[int, at.MultipleOf(5)], [0, 10, -5], [3, "5"]),
    of("multiple_of_float", Annotated[float, Field(multiple_of=0.5)], [0.5, 2], [0.3]),
    of("min_len", Annotated[str, at.MinLen(2)], ["ab"], ["a", "", None]),
    of("len_list", Annotated[list[int], at.Len(1, 2)], [[1], [1, 2]], [[], [1, 2, 3], ["a"]]),
    of("max_len_dict", Annotated[dict[str, int], at.MaxLen(1)], [{}, {"a": 1}],
       [{"a": 1, "b": 2}]),
    of("len_set", Annotated[set[int], Field(min_length=2)], [[1, 2]], [[1], [1, 1]]),
    of("field_number", Annotated[int, Field(ge=1, le=7, description="days")], [1, 7], [0, 8, None]),
    of("field_text", Annotated[str, Field(min_length=1, max_length=3)], ["a", "abc"], ["", "abcd"]),
    of("field_pattern", Annotated[str, Field(pattern="^[a-z]+$")], ["abc"], ["ABC", "", 1]),
    of("constraints", Annotated[str, pydantic.StringConstraints(pattern="^a", max_length=3)],
       ["a", "abc"], ["b", "abcd"]),
    of("constr", pydantic.constr(min_length=2), ["ab"], ["a", 1]),
    of("conint", pydantic.conint(gt=3), [4], [3, "4"]),
    of("positive_int", pydantic.PositiveInt, [1], [0, -1, 1.5]),
    of("bound_optional", Annotated[int | None, at.Ge(1)], [1, None], [0, "a"]),
    of("bound_inside_optional", Optional[Annotated[int, at.Ge(1)]], [1, None], [0]),  # noqa: UP045
    of("bound_items", list[Annotated[int, at.Ge(0)]], [[0, 1]], [[-1], [0, -1]]),
    of("bound_values", dict[str, Annotated[float, Field(le=1)]], [{"a": 1}], [{"a": 2}]),
    of("bound_alias", list[Positive], [[1]], [[0]]),
    of("bound_twice", Annotated[Annotated[int, at.Ge(0)], at.Le(5)], [0, 5], [-1, 6]),
    of("bound_decimal", Annotated[decimal.Decimal, at.Ge(1)], [1, 1.5, "2"], [0, 0.5]),
    of("text_metadata", Annotated[str, "what it is"], ["a"], [1]),
    of("doc_metadata", Annotated[str, typing_extensions.Doc("what it is")], ["a"], [1]),
    of("other_metadata", Annotated[str, object(), {"ge": 5}], ["a"], [1]),
    # Records.
    of("dataclass", Place, PLACES, NO_PLACES),
    of("dataclass_bounds", Limits, [{"low": 0}, {"low": 1, "high": 10, "steps": [1]}],
       [{"low": -1}, {"low": 0, "high": 11}, {"low": 0, "steps": ["a"]}, {}]),
    of("dataclass_nested", Trip, [{"start": PLACES[0]}, {"start": PLACES[0], "stops": PLACES}],
       [{}, {"start": {}}, {"start": PLACES[0], "stops": [{}]}, {"start": PLACES[0], "note": 1}]),
    of("dataclass_recursive", Tree, [{"name": "a"}, {"name": "a", "children": [{"name": "b"}]}],
       [{}, {"name": "a", "children": [{}]},
        {"name": "a", "children": [{"name": "b", "children": [1]}]}]),
    of("dataclass_mutual", Left, [{"value": 1}, {"value": 1, "other": {"value": 2}}],
       [{}, {"value": 1, "other": {}}, {"value": 1, "other": {"value": 1, "other": {}}}]),
    of("dataclass_generic", Box[int], [{"content": 1}], [{"content": "a"}, {}]),
    of("dataclass_generic_nested", Box[list[Place]], [{"content": PLACES}], [{"content": [1]}]),
    of("dataclass_generic_inside", tuple[Twice[int], Twice[str]],
       [[{"first": {"content": 1}, "second": [1]}, {"first": {"content": "a"}, "second": ["a"]}]],
       [[{"first": {"content": 1}, "second": [1]}, {"first": {"content": 1}, "second": ["a"]}],
        [{"first": {"content": 1}, "second": ["a"]}, {"first": {"content": "a"}, "second": []}]]),
    of("dataclass_generic_bare", Box, [{"content": 1}, {"content": None}], [{}]),
    of("named_tuple", Point, [[1, 2.5]], [[1], [1, "a"], [1, 2, 3], {"x": 1, "y": 2}]),
    of("named_tuple_default", Span, [[1], [1, 2]], [[], ["a"], [1, 2, 3]]),
    of("named_tuple_untyped", Pair, [[1, "a"]], [[1], 1]),
    of("typed_dict", Address, [{"street": "a"}, {"street": "a", "number": 1}],
       [{}, {"street": 1}, {"street": "a", "number": "b"}, None]),
    of("typed_dict_partial", Partial, [{"name": "a"}, {"name": "a", "age": 1}],
       [{}, {"age": 1}, {"name": "a", "age": "b"}]),
    of("typed_dict_recursive", Linked, [{"value": 1}, {"value": 1, "after": {"value": 2}}],
       [{}, {"value": 1, "after": {}}]),
    of("model", Person, [{"name": "Ada"}, {"name": "Ada", "age": None}, {"name": "Ada", "age": 3}],
       [{}, {"name": ""}, {"name": "Ada", "age": -1}, {"name": "Ada", "age": "3"}, "Ada"]),
    of("model_nested", Family, [{"parents": [{"name": "Ada"}], "home": PLACES[0]}],
       [{"parents": []}, {"parents": [{}]}, {"parents": [{"name": "A"}], "home": {}}]),
    of("model_recursive", Node, [{"value": 1}, {"value": 1, "after": {"value": 2}}],
       [{}, {"value": 1, "after": {"value": "a"}}]),
    of("model_closed", Closed, [{"a": 1}], [{"a": 1, "b": 2}, {}]),
    of("model_alias", Aliased, [{"innerName": 1}], [{"inner_name": 1}, {}]),
    of("model_generic", Page[int], [{"items": [1]}], [{"items": ["a"]}]),
    of("model_list", list[Person], [[{"name": "Ada"}]], [[{}], {"name": "Ada"}]),
    of("model_dict", dict[str, Node], [{"a": {"value": 1}}], [{"a": {}}]),
    of("pydantic_dataclass", Parcel, [{"weight": 1}], [{"weight": 0}, {}, {"weight": 1, "to": {}}]),
    of("pydantic_url", pydantic.AnyUrl, ["http://example.org"], [1, None]),
    of("alias", Numbers, [[1]], [["a"], 1]),
    of("alias_generic", Several[str], [["a"]], [[1]]),
    of("alias_recursive", Json, [{"a": [1, "b", None, {"c": {}}]}, None], [1.5, {"a": 1.5}]),
    # Whole signatures.
    whole(nothing, [{}], [{"a": 1}]),
    whole(defaults, [{"a": 1}, {"a": 1, "b": "", "c": [1]}, {"a": 1, "c": None}],
          [{}, {"a": "1"}, {"a": 1, "b": None}, {"a": 1, "d": 1}, {"a": 1, "c": ["x"]}]),
    whole(keywords_only, [{"a": 1}, {"a": 1, "b": True}], [{}, {"a": 1, "b": "no"}]),
    whole(field_defaults, [{"b": "ab"}, {"a": 5, "b": "ab", "c": [1]}],
          [{}, {"b": "a"}, {"a": 0, "b": "ab"}, {"b": "ab", "c": ["x"]}]),
    whole(enum_default, [{}, {"colour": "blue", "place": {"city": "Rome"}}],
          [{"colour": "green"}, {"place": {}}]),
    whole(asynchronous, [{"city": "Oslo"}, {"city": "Oslo", "days": 7}],
          [{}, {"city": "Oslo", "days": 8}]),
    whole(many, [MANY, {**MANY, "j": [1, 2]}, {**MANY, "j": None}],
          [{}, {**MANY, "j": [1]}, {**MANY, "g": "green"}, {**MANY, "i": {}}, {**MANY, "k": 1},
           {k: v for k, v in MANY.items() if k != "a"}]),
]  # fmt: skip


class Window(msgspec.Struct):
    width: Annotated[int, msgspec.Meta(ge=1)]
    panes: list[str] = []


class Sheet(msgspec.Struct, tag="sheet", forbid_unknown_fields=True, rename="camel"):
    paper_size: str


class Disc(msgspec.Struct, tag="disc"):
    width: float
    inner: Disc | None = None


class Holder(msgspec.Struct):
    person: Person
    where: pathlib.Path | None = None
    node: Node | None = None


STRUCTS: list[Signature] = [
    of("collection", abc.Collection[int], [[1]], [1, None]),
    of("struct", Window, [{"width": 1}, {"width": 1, "panes": ["a"]}],
       [{}, {"width": 0}, {"width": 1, "panes": [1]}, 1]),
    of("struct_described", Annotated[Window, Field(description="where")], [{"width": 1}], [{}]),
    of("struct_list", list[Window], [[{"width": 1}]], [[{}], {"width": 1}]),
    of("struct_optional", Window | None, [None, {"width": 1}], [{"width": 0}]),
    of("struct_tagged", Sheet | Disc,
       [{"type": "sheet", "paperSize": "a4"}, {"type": "disc", "width": 1},
        {"type": "disc", "width": 1, "inner": {"type": "disc", "width": 2}}],
       [{"type": "sheet", "paper_size": "a4"}, {"type": "disc"}, {"type": "cube"},
        {"type": "sheet", "paperSize": "a4", "more": 1},
        {"type": "disc", "width": 1, "inner": {"type": "disc"}}]),
    of("struct_with_others", Holder, [{"person": {"name": "Ada"}, "where": "/tmp"},
       {"person": {"name": "Ada"}, "node": {"value": 1, "after": {"value": 2}}}],
       [{}, {"person": {}}, {"person": {"name": "Ada"}, "where": 1},
        {"person": {"name": "Ada"}, "node": {"value": "a"}}]),
    of("meta", Annotated[int, msgspec.Meta(ge=1, le=3, description="how many")], [1, 3], [0, 4]),
    of("meta_pattern", Annotated[str, msgspec.Meta(pattern="^a", max_length=2)], ["ab"],
       ["b", "abc"]),
]  # fmt: skip
"""Most of msgspec; pydantic describes none of them."""
