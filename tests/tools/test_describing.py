"""What a model is told about a function."""

import dataclasses
import enum
import inspect
import threading
from typing import Annotated, Any, Literal, Optional

import msgspec
import pydantic
import pytest

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


def test_an_unresolvable_hint_is_told():
    def f(x: "Nowhere"): ...  # noqa: F821

    with pytest.raises(ToolError, match="Nowhere"):
        Tool.from_function(f)


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


def test_a_method_is_described_without_self():
    class Shop:
        def price(self, product: str) -> float:
            return 1.0

    assert list(parameters(Shop().price)["properties"]) == ["product"]


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

    from openai.types.beta.realtime import session as preview
    from openai.types.realtime.realtime_function_tool import RealtimeFunctionTool

    spec = Tool.from_function(weather).spec()
    assert RealtimeFunctionTool(**spec).to_dict() == spec
    assert preview.Tool(**spec).to_dict() == spec
