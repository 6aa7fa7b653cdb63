"""A hundred and more signatures: our schemas beside pydantic's, and what is read by them."""

from __future__ import annotations

import functools
import inspect
import json
from typing import Any

import jsonschema
import pydantic
import pytest

from realtime_lab.errors import ToolError
from realtime_lab.protocol import GA, PREVIEW, Dialect
from realtime_lab.tools import Tool
from tests.tools.on_the_wire import assert_on_the_wire
from tests.tools.signatures import SIGNATURES, STRUCTS, Signature

ALL = [*SIGNATURES, *STRUCTS]


EVERY_ARGUMENTS = [arguments for each in ALL for arguments in (*each.valid, *each.invalid)]


def validator(schema: Any) -> Any:
    kind = jsonschema.Draft202012Validator
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def accepts(schema: Any, arguments: Any) -> bool:
    return validator(schema).is_valid(arguments)


def reads(tool: Tool, arguments: Any) -> bool:
    try:
        tool.read_arguments(json.dumps(arguments))
    except ToolError:
        return False
    return True


def named(signatures: list[Signature]) -> Any:
    return pytest.mark.parametrize("signature", signatures, ids=lambda each: each.name)


def test_the_table_is_as_long_as_it_says():
    assert len({each.name for each in SIGNATURES}) == len(SIGNATURES) >= 100


@named(SIGNATURES)
def test_our_schema_accepts_and_refuses_what_pydantics_does(signature: Signature):
    ours = Tool.from_function(signature.function).parameters
    theirs = pydantic.TypeAdapter(signature.function).json_schema()
    for arguments in signature.valid:
        assert accepts(theirs, arguments), (arguments, theirs)
        assert accepts(ours, arguments), (arguments, ours)
    for arguments in signature.invalid:
        assert not accepts(theirs, arguments), (arguments, theirs)
        assert not accepts(ours, arguments), (arguments, ours)


@named(STRUCTS)
def test_the_schema_of_a_struct_accepts_and_refuses(signature: Signature):
    ours = Tool.from_function(signature.function).parameters
    assert all(accepts(ours, arguments) for arguments in signature.valid)
    assert not any(accepts(ours, arguments) for arguments in signature.invalid)


NOT_IN_A_SCHEMA = {"bytes", "bound_decimal"}
"""What JSON Schema cannot say: that a text is base64, how large the number in a text is."""


@named([each for each in SIGNATURES if each.name not in NOT_IN_A_SCHEMA])
def test_values_meant_for_others_are_judged_as_by_pydantic(signature: Signature):
    """On whatever else the table holds, our schema, our reader and pydantic agree.

    Pydantic's schema may accept what pydantic then refuses (any text for a decimal number); ours
    does not.
    """
    tool = Tool.from_function(signature.function)
    adapter = pydantic.TypeAdapter(signature.function)
    ours, theirs = validator(tool.parameters), validator(adapter.json_schema())
    for arguments in EVERY_ARGUMENTS:
        accepted = ours.is_valid(arguments)
        assert accepted == reads(tool, arguments), arguments
        if accepted != theirs.is_valid(arguments):
            assert not accepted, arguments
            with pytest.raises(pydantic.ValidationError):
                adapter.validate_json(json.dumps(arguments))


@named(STRUCTS)
def test_the_reader_of_a_struct_agrees_with_its_schema(signature: Signature):
    tool = Tool.from_function(signature.function)
    schema = validator(tool.parameters)
    for arguments in EVERY_ARGUMENTS:
        assert schema.is_valid(arguments) == reads(tool, arguments), arguments


@named(ALL)
def test_what_the_schema_accepts_is_read_and_what_it_refuses_is_refused(signature: Signature):
    tool = Tool.from_function(signature.function)
    for arguments in signature.valid:
        tool.read_arguments(json.dumps(arguments))
    for arguments in signature.invalid:
        assert not reads(tool, arguments), arguments


READ_OTHERWISE = {"bytes", "iterable", "literal_enum"}
"""Bytes are base64 here and UTF-8 there; an iterable is a list here and lazy there; a literal enum
pydantic describes by its value, but does not read from it."""


@named([each for each in SIGNATURES if each.name not in READ_OTHERWISE])
def test_what_is_read_is_what_pydantic_reads(signature: Signature):
    """The very values: of the type that the hint names, with the defaults filled in."""
    tool = Tool.from_function(signature.function)
    call = pydantic.TypeAdapter(_giving_back(signature.function))
    for arguments in signature.valid:
        text = json.dumps(arguments)
        ours, theirs = tool.read_arguments(text), call.validate_json(text)
        assert ours == theirs
        assert [type(value) for value in ours.values()] == [type(v) for v in theirs.values()]


@pytest.mark.parametrize("dialect", [GA, PREVIEW], ids=lambda dialect: dialect.name)
@named(ALL)
def test_a_service_takes_the_tool_in_both_dialects(signature: Signature, dialect: Dialect):
    """By the checks of this package and by the strict types of the `openai` SDK."""
    spec = Tool.from_function(signature.function).spec()
    assert_on_the_wire(spec, dialect)


def _giving_back(function: Any) -> Any:
    """A function of the same signature that gives its arguments."""

    @functools.wraps(function)
    def give(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.arguments

    return give
