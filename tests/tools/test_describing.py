"""What a model is told about a function."""

import asyncio
import dataclasses
import datetime
import enum
import inspect
import math
import threading
from collections.abc import Callable
from enum import Enum
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import annotated_types as at
import msgspec
import openai
import pydantic
import pytest
from openai.types.beta.realtime import session as preview
from openai.types.realtime.realtime_function_tool import RealtimeFunctionTool

from realtime_lab.errors import ToolError
from realtime_lab.tools import Tool, ToolRegistry, tool


class Unit(enum.Enum):
    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


@dataclasses.dataclass
class Place:
    """Somewhere on earth."""

    city: str
    country: str = "NO"


class Window(msgspec.Struct):
    width: int
    panes: list[str] = []


class Order(pydantic.BaseModel):
    product: str
    amount: int = pydantic.Field(gt=0, description="how many")
    place: Optional["Stop"] = None


class Stop(pydantic.BaseModel):
    street: str


class Tree(msgspec.Struct):
    name: str
    children: list["Tree"] = []


class Node(pydantic.BaseModel):
    value: int
    after: Optional["Node"] = None


@dataclasses.dataclass
class Even:
    number: int

    def __post_init__(self):
        if self.number % 2:
            raise ValueError("an even number, please")


@dataclasses.dataclass
class Journey:
    stops: list[Place] = dataclasses.field(default_factory=list)
    by: dict[str, Place] = dataclasses.field(default_factory=dict)
    order: Order | None = None
    window: Window | None = None
    unit: Unit = Unit.CELSIUS
    even: Even | None = None
    either: int | str = 1


@dataclasses.dataclass
class Nest:
    inner: "Nest | None" = None


@dataclasses.dataclass
class Circle:
    radius: int


@dataclasses.dataclass
class Ring:
    radius: int
    inner: int = 0


@dataclasses.dataclass
class Described:
    """Somewhere.

    Attributes:
        city: from the docstring
        street: not used
    """

    city: str
    street: Annotated[str, "from the hint"]
    number: int = dataclasses.field(metadata={"description": "from the metadata"})


@dataclasses.dataclass
class Locked:
    key: threading.Event


@dataclasses.dataclass
class Unknown:
    key: "Nowhere"  # noqa: F821


@dataclasses.dataclass
class Cat:
    kind: Literal["cat"]
    lives: int


@dataclasses.dataclass
class Dog:
    kind: Literal["dog"]
    tricks: list[str]


@dataclasses.dataclass
class Carrier:
    cat: Cat


class TaggedCat(msgspec.Struct, tag_field="kind", tag="cat"):
    lives: int


class TaggedDog(msgspec.Struct, tag_field="kind", tag="dog"):
    tricks: list[str]


class Keyed(msgspec.Struct):
    key: threading.Event


def other_tree() -> type:
    class Tree(msgspec.Struct):
        branches: list["Tree"] = []

    # Struct looks its hints up in the module.
    Tree.__annotations__["branches"] = list[Tree]
    return Tree


def is_even(number: int) -> bool:
    return number % 2 == 0


def parameters(function) -> dict[str, Any]:
    return dict(Tool.from_function(function).parameters)


def test_signature_hints_and_defaults_become_a_schema():
    def weather(
        city: Annotated[str, "Name of the city"],
        days: Annotated[int, msgspec.Meta(ge=1, le=7)] = 1,
        unit: Literal["c", "f"] = "c",
        note: str | None = None,
    ) -> str:
        """Tell the weather."""
        return ""

    assert Tool.from_function(weather).spec() == {
        "type": "function",
        "name": "weather",
        "description": "Tell the weather.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of the city"},
                "days": {"type": "integer", "minimum": 1, "maximum": 7, "default": 1},
                "unit": {"type": "string", "enum": ["c", "f"], "default": "c"},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            },
            "required": ["city"],
            "additionalProperties": False,
        },
    }


GOOGLE = """Book a table.

    Only where there is one.

    Args:
        place (str): Where to sit,
            inside or out.
        guests: How many.
    """
NUMPY = """Book a table.

    Only where there is one.

    Parameters
    ----------
    place : str
        Where to sit,
        inside or out.
    guests : int
        How many.
    """
SPHINX = """Book a table.

    Only where there is one.

    :param place: Where to sit,
        inside or out.
    :param guests: How many.
    """


@pytest.mark.parametrize("docstring", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_descriptions_come_from_the_docstring(docstring):
    def book(place: str, guests: int): ...

    book.__doc__ = docstring
    spec = Tool.from_function(book).spec()
    assert spec["description"] == "Book a table.\n\nOnly where there is one."
    properties = spec["parameters"]["properties"]
    assert properties["place"]["description"] == "Where to sit, inside or out."
    assert properties["guests"]["description"] == "How many."


def test_an_annotation_describes_better_than_the_docstring():
    def go(to: Annotated[str, "from the hint"]):
        """Go.

        Args:
            to: from the docstring
        """

    assert parameters(go)["properties"]["to"]["description"] == "from the hint"


def test_types_are_written_in_place_without_references():
    def build(place: Annotated[Place, "where"], unit: Unit, window: Window, order: Order): ...

    schema = parameters(build)
    assert "$ref" not in str(schema)
    assert "title" not in str(schema)
    properties = schema["properties"]
    assert properties["place"] == {
        "type": "object",
        "description": "where",
        "properties": {
            "city": {"type": "string"},
            "country": {"type": "string", "default": "NO"},
        },
        "required": ["city"],
    }
    assert properties["unit"] == {"type": "string", "enum": ["celsius", "fahrenheit"]}
    assert properties["window"]["properties"]["panes"]["items"] == {"type": "string"}
    assert properties["order"]["properties"]["amount"]["exclusiveMinimum"] == 0
    assert properties["order"]["required"] == ["product", "amount"]


def test_a_type_that_contains_itself_keeps_its_definition():
    def plant(tree: Tree): ...

    schema = parameters(plant)
    assert schema["properties"]["tree"]["type"] == "object"
    assert set(schema["$defs"]) == {"Tree"}


def test_a_field_called_title_stays():
    def write(title: str): ...

    assert parameters(write)["properties"] == {"title": {"type": "string"}}


def test_a_function_without_parameters():
    def now() -> str: ...

    assert parameters(now) == {
        "type": "object", "properties": {}, "required": [], "additionalProperties": False,
    }  # fmt: skip


def test_a_parameter_without_hint_is_told_with_its_line():
    def greet(
        name: str,
        polite,
    ): ...

    line = inspect.getsourcelines(greet)[1] + 2
    with pytest.raises(ToolError) as told:
        Tool.from_function(greet)
    message = str(told.value)
    assert "'polite'" in message
    assert "greet" in message
    assert f"test_describing.py, line {line}" in message
    assert "polite: str" in message


def test_a_type_without_schema_is_told():
    def lock(which: threading.Event): ...

    with pytest.raises(ToolError, match=r"'which'.*lock.*line \d+.*Event"):
        Tool.from_function(lock)


def test_any_number_of_arguments_is_refused():
    def add(*numbers: int): ...

    with pytest.raises(ToolError, match=r"'numbers'.*any number"):
        Tool.from_function(add)


def test_an_unresolvable_hint_is_told_with_its_line():
    def f(
        y: int,
        x: "Nowhere",  # noqa: F821
    ): ...

    line = inspect.getsourcelines(f)[1] + 2
    with pytest.raises(ToolError, match=rf"'x' of .*line {line}\).*'Nowhere'.*outside of any fun"):
        Tool.from_function(f)


def test_what_a_function_returns_need_not_be_known():
    def f(x: int) -> "Nowhere": ...  # noqa: F821

    assert list(parameters(f)["properties"]) == ["x"]


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (complex, "complex"),
        (list[dict[str, threading.Event]], "threading.Event'> has no JSON schema"),
        (int | threading.Event, "Event"),
        (Callable[[int], int], "Callable"),
        (Literal[b"x"], "b'x' is not a value that JSON has"),
        (Enum("Pair", {"ONE": (1, 2)}), r"\(1, 2\)"),
        (dict[float, int], "the keys of an object are texts, not number"),
        (Annotated[list[int], at.Ge(3)], "ge=3 says nothing about a value of this type"),
        (Locked, "in 'key' of Locked, .*Event"),
        (Unknown, "a type hint of Unknown cannot be resolved: .*Nowhere"),
        (Keyed, "Event"),
    ],
    ids=str,
)
def test_a_type_that_json_cannot_express_is_told(hint, told):
    def f(x): ...

    f.__annotations__ = {"x": hint}
    with pytest.raises(ToolError, match=rf"'x' of .*f \(test_describing.py, line \d+\).*{told}"):
        Tool.from_function(f)


def test_bounds_are_told_in_words_when_they_are_broken():
    def f(
        days: Annotated[int, at.Interval(ge=1, le=7)] = 1,
        word: Annotated[str, pydantic.Field(pattern="^[a-z]+$", max_length=5)] = "a",
        even: Annotated[int, at.Predicate(is_even)] = 2,
        since: Annotated[datetime.date, at.Ge(datetime.date(2024, 1, 1))] = datetime.date.max,
    ): ...

    read = Tool.from_function(f).read_arguments
    assert read('{"days": 7, "word": "abc", "even": 4, "since": "2024-01-01"}')["days"] == 7
    for arguments, told in [
        ('{"days": 8}', "argument 'days': Expected at most 7, got 8"),
        ('{"word": "A"}', "argument 'word': Expected text that matches '^[a-z]+$', got 'A'"),
        ('{"word": "abcdef"}', "argument 'word': Expected a length of at most 5, got 'abcdef'"),
        ('{"even": 3}', "argument 'even': 3 is not allowed by is_even"),
        ('{"since": "2023-12-31"}', "argument 'since': Expected at least 2024-01-01, got 2023"),
    ]:
        with pytest.raises(ToolError) as error:
            read(arguments)
        assert told in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"trip": {"stops": [{"city": "Oslo"}, {"city": 5}]}}', "'trip.stops[1].city': Expected"),
        ('{"trip": {"stops": [{}]}}', "'trip.stops[0]': a required value is missing: 'city'"),
        ('{"trip": {"by": {"air": {"city": 1}}}}', "'trip.by.air.city': Expected 'str', got 'int'"),
        ('{"trip": {"order": {"product": "a", "amount": 0}}}', "'trip.order.amount': Input"),
        ('{"trip": {"window": {"width": "a"}}}', "'trip.window.width': Expected 'int', got 'str'"),
        ('{"trip": {"unit": "kelvin"}}', "'trip.unit': Expected one of 'celsius', 'fahrenheit'"),
        ('{"trip": {"even": {"number": 3}}}', "'trip.even': an even number, please"),
        ('{"trip": {"either": []}}', "'trip.either': Expected 'int', got 'array'; or: Expected 's"),
    ],
)
def test_a_path_leads_to_what_is_wrong_however_deep(arguments, told):
    def f(trip: Journey): ...

    with pytest.raises(ToolError) as error:
        Tool.from_function(f).read_arguments(arguments)
    assert f"argument {told}" in str(error.value)


def test_a_refusal_names_what_an_optional_value_should_be_not_null():
    def f(x: int | None = None): ...

    with pytest.raises(ToolError) as error:
        Tool.from_function(f).read_arguments('{"x": "a"}')
    assert str(error.value) == "argument 'x': Expected 'int', got 'str'"


@pytest.mark.parametrize(
    "union", [Cat | Dog, Dog | Cat, TaggedCat | TaggedDog, TaggedDog | TaggedCat]
)
@pytest.mark.parametrize(
    ("pet", "told"),
    [
        ('{"kind": "cat"}', "argument 'pet': a required value is missing: 'lives'"),
        ('{"kind": "dog"}', "argument 'pet': a required value is missing: 'tricks'"),
        ('{"kind": "cat", "lives": "a"}', "argument 'pet.lives': Expected 'int', got 'str'"),
        ('{"kind": "dog", "tricks": [1]}', "argument 'pet.tricks[0]': Expected 'str', got 'int'"),
    ],
)
def test_a_refusal_is_that_of_the_kind_whose_tag_was_given(union, pet, told):
    def f(pet: union): ...

    with pytest.raises(ToolError) as error:
        Tool.from_function(f).read_arguments(f'{{"pet": {pet}}}')
    assert str(error.value) == told


def test_a_tag_of_no_kind_is_told_with_those_there_are():
    def f(pet: Cat | Dog): ...

    with pytest.raises(ToolError, match=r"'pet\.kind': Expected one of 'cat'.*; or: .*'dog'"):
        Tool.from_function(f).read_arguments('{"pet": {"kind": "bird"}}')


def test_a_tag_further_in_does_not_make_the_whole_of_another_kind():
    def f(box: Carrier | Dog): ...

    with pytest.raises(ToolError, match=r"'box\.cat\.kind': Expected one of 'cat'"):
        Tool.from_function(f).read_arguments('{"box": {"cat": {"kind": "dog", "lives": 9}}}')


@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_arguments_that_are_nested_too_deep_are_refused(depth):
    def f(tree: Nest): ...

    text = '{"tree": ' + '{"inner": ' * depth + "null" + "}" * depth + "}"
    with pytest.raises(ToolError, match="nested too deep"):
        Tool.from_function(f).read_arguments(text)
    schema = dict(Tool.from_function(f).parameters)
    with pytest.raises(ToolError, match="nested too deep"):
        Tool.from_dict({"name": "f", "parameters": schema}, f).read_arguments(text)


def test_of_two_records_the_one_that_knows_the_fields_is_read():
    def f(shape: Circle | Ring): ...

    read = Tool.from_function(f).read_arguments
    assert read('{"shape": {"radius": 1}}')["shape"] == Circle(1)
    assert read('{"shape": {"radius": 1, "inner": 2}}')["shape"] == Ring(1, 2)


def test_two_types_of_one_name_are_kept_apart():
    def plant(ours: Tree, theirs: list[other_tree()]): ...

    schema = parameters(plant)
    assert set(schema["$defs"]) == {"Tree", "Tree_2"}
    theirs = schema["properties"]["theirs"]["items"]
    assert theirs["properties"]["branches"]["items"] == {"$ref": "#/$defs/Tree_2"}


def test_a_recursive_model_keeps_its_definition():
    def f(first: Node, second: Node): ...

    schema = parameters(f)
    assert set(schema["$defs"]) == {"Node"}
    assert "pydantic" not in str(schema)


def test_fields_are_described_by_hints_metadata_or_the_docstring_of_the_type():
    def f(place: Described): ...

    properties = parameters(f)["properties"]["place"]["properties"]
    assert {name: field["description"] for name, field in properties.items()} == {
        "city": "from the docstring",
        "street": "from the hint",
        "number": "from the metadata",
    }
    assert parameters(f)["properties"]["place"]["description"] == "Somewhere."


def test_examples_and_further_keywords_are_told():
    def f(x: Annotated[int, pydantic.Field(examples=[1], json_schema_extra={"unit": "m"})]): ...

    assert parameters(f)["properties"]["x"] == {"type": "integer", "examples": [1], "unit": "m"}


@pytest.mark.parametrize(
    ("default", "told"),
    [
        (Unit.CELSIUS, "celsius"),
        (Place("Rome"), {"city": "Rome", "country": "NO"}),
        (Stop(street="Main"), {"street": "Main"}),
        (datetime.date(2024, 10, 1), "2024-10-01"),
        (Path("a"), "a"),
        ((1, 2), [1, 2]),
    ],
    ids=str,
)
def test_defaults_are_told_as_json(default, told):
    def f(x: Any = default): ...

    assert parameters(f)["properties"]["x"]["default"] == told


@pytest.mark.parametrize("default", [threading.Event, math.nan, [1.0, -math.inf]], ids=str)
def test_a_default_that_json_cannot_say_is_not_told(default: Any):
    def f(x: Any = default): ...

    schema = parameters(f)
    assert schema["properties"]["x"] == {}
    assert schema["required"] == []


def test_a_numpy_docstring_may_tell_of_several_at_once():
    def f(x: int, y: int):
        """Draw.

        Parameters
        ----------
        x, y : int
            In pixels.
        """

    properties = parameters(f)["properties"]
    assert [field["description"] for field in properties.values()] == ["In pixels."] * 2


def test_a_default_of_pydantic_counts_within_the_hint_too():
    def book(guests: Annotated[int, pydantic.Field(ge=1, default=2)], table: int = 7): ...

    made = Tool.from_function(book)
    assert made.parameters["required"] == []
    assert made.parameters["properties"]["guests"] == {
        "type": "integer", "minimum": 1, "default": 2,
    }  # fmt: skip
    assert made.read_arguments("{}") == {"guests": 2, "table": 7}


def test_what_a_default_factory_makes_is_new_for_each_call():
    def note(word: str, words: list[str] = pydantic.Field(default_factory=list)):  # noqa: B008
        words.append(word)
        return words

    made = Tool.from_function(note)
    for word in ("one", "two"):
        assert made.call_with(made.read_arguments(f'{{"word": "{word}"}}')) == [word]
    assert made.parameters["properties"]["words"]["default"] == []


def test_a_factory_whose_values_differ_is_not_told_as_a_default():
    numbers = iter(range(9))

    def take(number: int = pydantic.Field(default_factory=lambda: next(numbers))): ...

    made = Tool.from_function(take)
    assert made.parameters["properties"]["number"] == {"type": "integer"}
    assert [made.read_arguments("{}")["number"] for _ in range(3)] == [0, 1, 2]


def test_a_lambda_needs_a_name():
    with pytest.raises(ToolError, match="name="):
        Tool.from_function(lambda: 1)
    assert Tool.from_function(lambda: 1, name="one").name == "one"


def test_the_decorator_gives_a_tool_that_can_still_be_called():
    @tool
    def double(x: int) -> int:
        """Double it."""
        return 2 * x

    @tool(name="triple_it", description="Triple.", on="kernel", idempotent=True)
    def triple(x: int) -> int:
        return 3 * x

    assert (double.name, double.description, double.on, double(4)) == (
        "double", "Double it.", "worker", 8,
    )  # fmt: skip
    assert (triple.name, triple.description, triple.on, triple(4)) == (
        "triple_it", "Triple.", "kernel", 12,
    )  # fmt: skip
    assert triple.idempotent
    assert not double.idempotent


def test_a_tool_is_idempotent_when_that_is_said():
    assert not Tool.from_function(is_even).idempotent
    assert Tool.from_function(is_even, idempotent=True).renamed("even").idempotent
    assert tool(idempotent=True)(is_even).idempotent
    assert Tool.from_dict(FLAT, lambda word: word, idempotent=True).idempotent


def test_a_method_is_described_without_self():
    class Shop:
        def price(self, product: str) -> float:
            return 1.0

    assert list(parameters(Shop().price)["properties"]) == ["product"]


class Counter:
    """Counts."""

    def __init__(self, start: int) -> None:
        self.start = start

    async def __call__(self, step: int) -> int:
        """Count on.

        Args:
            step: How far.
        """
        return self.start + step

    @staticmethod
    def double(x: int) -> int:
        return 2 * x

    @classmethod
    def named(cls, name: str) -> str:
        return f"{cls.__name__} {name}"


class Ledger:
    def total(self, year: int) -> int:
        return year


def search(index: threading.Event, word: str, limit: int = 5) -> str:
    """Search."""
    return f"{word} {limit}"


@pytest.mark.parametrize(
    ("function", "name", "names", "arguments", "result"),
    [
        (Counter.double, "double", ["x"], '{"x": 2}', 4),
        (Counter.named, "named", ["name"], '{"name": "a"}', "Counter a"),
        (partial(search, threading.Event()), "search", ["word", "limit"], '{"word": "a"}', "a 5"),
        (partial(search, index=threading.Event(), limit=1), "search", ["word"], '{"word": "a"}',
         "a 1"),
        (partial(partial(search, threading.Event()), limit=2), "search", ["word"],
         '{"word": "a"}', "a 2"),
        (Place, "Place", ["city", "country"], '{"city": "Oslo"}', Place("Oslo")),
    ],
    ids=["static", "class method", "partial", "partial by name", "nested partial", "class"],
)  # fmt: skip
def test_whatever_can_be_called_is_described(function, name, names, arguments, result):
    made = Tool.from_function(function)
    assert (made.name, made.is_async) == (name, False)
    assert list(made.parameters["properties"]) == names
    assert made.call_with(made.read_arguments(arguments)) == result


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "None cannot be called; give a function"),
        (int, "<class 'int'> has no signature .*; write a function that calls it"),
        (Order, "Order is a pydantic model; give a function that takes one"),
        (tool(name="add")(is_even), r"add is a tool already; \.renamed\(…\)"),
        (vars(Counter)["named"], r"describe it after the class, as in rl\.tool\(Counter\.named\)"),
    ],
    ids=["nothing", "no signature", "model", "tool", "class method"],
)
def test_what_is_no_function_is_refused(given, told):
    with pytest.raises(ToolError, match=told):
        Tool.from_function(given)


def test_a_method_without_its_object_says_how_it_is_given():
    with pytest.raises(
        ToolError, match=r"'self' of Ledger\.total \(.*rl\.tool\(Ledger\(\)\.total\)"
    ):
        Tool.from_function(Ledger.total)


async def count_later(to: int):
    yield to


class Countdown:
    def __call__(self, start: int):
        yield start


@pytest.mark.parametrize(
    "function", [count_later, partial(count_later), Countdown()], ids=["async", "partial", "object"]
)
def test_a_generator_is_refused_for_a_call_has_one_result(function):
    with pytest.raises(ToolError, match="one result: collect them, and return a list"):
        Tool.from_function(function)


def test_a_generator_that_a_decorator_collects_is_a_function():
    def collected(function):
        @wraps(function)
        def collect(*args, **kwargs):
            return list(function(*args, **kwargs))

        return collect

    @collected
    def count(to: int):
        yield from range(to)

    made = Tool.from_function(count)
    assert made.call_with(made.read_arguments('{"to": 2}')) == [0, 1]


def test_an_object_that_can_be_called_is_described_by_its_call():
    made = Tool.from_function(Counter(40))
    assert (made.name, made.description, made.is_async) == ("Counter", "Count on.", True)
    assert made.parameters["properties"]["step"]["description"] == "How far."
    assert asyncio.run(made.call_with({"step": 2})) == 42
    assert Tool.from_function(partial(Counter(40))).is_async


def test_a_schema_written_by_hand_stands_beside_a_function():
    schema = {
        "type": "object",
        "properties": {"words": {"type": "array", "items": {"type": "string"}}},
        "required": ["words"],
    }

    @tool(parameters=schema)
    def join(words):
        """Join words."""
        return " ".join(words)

    assert join.spec()["parameters"] == schema
    assert join.description == "Join words."
    assert join.call_with(join.read_arguments('{"words": ["a", "b"]}')) == "a b"
    with pytest.raises(ToolError, match=r"argument 'words\[0\]'"):
        join.read_arguments('{"words": [1]}')


@pytest.mark.parametrize(
    ("function", "schema", "told"),
    [
        (lambda x: x, {"type": "object", "properties": {"y": {}}}, "names 'y', which .*not take"),
        (lambda x, y: x, {"type": "object", "properties": {"x": {}}}, "'y' .*is not in the schema"),
        (lambda: 1, {"properties": {}}, "have the type None: write"),
        (lambda: 1, {"type": "array"}, "have the type 'array'"),
        (lambda x: 1, {"type": "object", "properties": {"x": {"type": "text"}}}, "no JSON Schema"),
        (lambda x: 1, {"type": "object", "properties": [1]}, "no JSON Schema"),
    ],
)
def test_a_schema_that_does_not_fit_is_told_at_once(function, schema, told):
    with pytest.raises(ToolError, match=told):
        Tool.from_function(function, name="f", parameters=schema)
    with pytest.raises(ToolError, match=told):
        Tool.from_dict({"name": "f", "parameters": schema}, function)


def test_a_function_of_any_keywords_takes_any_schema():
    spec = {"name": "f", "parameters": {"type": "object", "properties": {"self": {}}}}
    made = Tool.from_dict(spec, lambda **given: given)
    assert made.call_with(made.read_arguments('{"self": 1}')) == {"self": 1}


def test_what_a_schema_refers_to_elsewhere_is_not_looked_up():
    schema = {"type": "object", "properties": {"x": {"$ref": "http://127.0.0.1:9/schema"}}}
    made = Tool.from_dict({"name": "f", "parameters": schema}, lambda x: x)
    with pytest.raises(ToolError, match=r"refers to 'http://127.0.0.1:9/schema', which is not in"):
        made.read_arguments('{"x": 1}')


FLAT = {
    "type": "function",
    "name": "lookup",
    "description": "Look it up.",
    "parameters": {"type": "object", "properties": {"word": {"type": "string"}}},
}
NESTED = {"type": "function", "function": {k: v for k, v in FLAT.items() if k != "type"}}


@pytest.mark.parametrize("given", [FLAT, NESTED], ids=["flat", "nested"])
def test_hand_written_descriptions_become_flat(given):
    made = Tool.from_dict(given, lambda word: word)
    assert made.spec() == FLAT


def test_what_the_sdk_makes_of_a_model_is_taken():
    made = Tool.from_dict(openai.pydantic_function_tool(Order), lambda **given: given)
    assert (made.name, made.parameters["required"]) == ("Order", ["product", "amount", "place"])
    assert any("'strict' of Order" in note.sentence for note in made.notes)
    with pytest.raises(ToolError, match="argument 'amount'"):
        made.read_arguments('{"product": "a", "amount": 0, "place": null}')


@pytest.mark.parametrize("given", [{"type": "mcp", "server_label": "x"}, {"type": "function"}, {}])
def test_a_dict_that_is_no_function_is_refused(given):
    with pytest.raises(ToolError, match="function"):
        Tool.from_dict(given, print)


def test_a_registry_takes_functions_tools_and_dicts():
    def one(): ...

    @tool
    def two(): ...

    registry = ToolRegistry([one, two, {**FLAT, "handler": lambda word: word}])
    assert [spec["name"] for spec in registry.specs()] == ["one", "two", "lookup"]
    assert "handler" not in registry.specs()[2]
    assert registry.get("two") is two
    assert registry.get("three") is None
    assert "one" in registry
    assert len(registry) == 3


def test_two_tools_of_one_name_are_refused():
    def one(): ...

    with pytest.raises(ToolError, match="'one'"):
        ToolRegistry([one, one])


def test_a_dict_without_its_function_is_refused():
    with pytest.raises(ToolError, match="handler"):
        ToolRegistry([FLAT])


def test_the_spec_is_what_both_dialects_of_the_sdk_take():
    def weather(city: str, days: int = 1): ...

    spec = Tool.from_function(weather).spec()
    assert RealtimeFunctionTool(**spec).to_dict() == spec
    assert preview.Tool(**spec).to_dict() == spec
