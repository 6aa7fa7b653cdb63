"""From a function to what a model is told of it and how its arguments are read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from ..errors import ToolError
from .arguments import ArgumentReader, RecordReader, SchemaReader
from .callables import docstring_of, hint_of, name_of, parameters_of, written_as
from .docstrings import Docstring, read_docstring
from .kinds import Definitions, Field, Kinds, NoSchema, in_place, told_default
from .notes import Note, missing_descriptions
from .place import place_of

__all__ = ["FunctionShape", "check_takes", "shape_of", "shape_with"]


@dataclass(frozen=True, slots=True)
class FunctionShape:
    """What a signature, its type hints and its docstring say, and what they do not."""

    description: str
    parameters: dict[str, Any]
    read_arguments: ArgumentReader
    notes: tuple[Note, ...]


def shape_of(function: Callable[..., Any], description: str | None = None) -> FunctionShape:
    """Describe a function for a model; ``description`` instead of the docstring's, if given.

    Descriptions of parameters come from ``Annotated[T, "text"]`` (or metadata with a
    ``description`` or ``documentation``), else from the docstring in Google, NumPy or Sphinx style,
    else from the docstring of the type. What a partial has settled is not told.

    Raises:
        ToolError: naming function, parameter and line, for a parameter that has no type hint, has
            a type that JSON cannot express, or takes any number of arguments.
    """
    text = read_docstring(docstring_of(function))
    fields: list[Field] = []
    kinds, definitions = Kinds(), Definitions()
    properties: dict[str, Any] = {}
    for name, parameter in parameters_of(function).items():
        hint = _hint(function, parameter)
        try:
            field = _field(kinds, parameter, hint, text.parameters.get(name, ""))
            properties[name] = field.schema(definitions)
        except NoSchema as problem:
            raise _no_schema(function, name, hint, problem) from None
        fields.append(field)
    schema = {
        "type": "object",
        "properties": properties,
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }
    parameters = in_place(schema, definitions.schemas)
    told = text.description if description is None else description
    return FunctionShape(
        description=told,
        parameters=parameters,
        read_arguments=RecordReader(fields),
        notes=tuple(_notes(function, told, text, parameters)),
    )


def shape_with(
    function: Callable[..., Any], parameters: Mapping[str, Any], description: str | None = None
) -> FunctionShape:
    """Describe a function by its docstring and a hand-written schema of its parameters.

    Raises:
        ToolError: if it is no JSON Schema of an object, or the function does not take what the
            schema says.
    """
    reader = SchemaReader(parameters, name_of(function))
    check_takes(function, parameters)
    text = read_docstring(docstring_of(function))
    told = text.description if description is None else description
    return FunctionShape(
        description=told,
        parameters=dict(parameters),
        read_arguments=reader,
        notes=tuple(_notes(function, told, Docstring("", {}), parameters)),
    )


def check_takes(function: Callable[..., Any], schema: Mapping[str, Any]) -> None:
    """Refuse a schema that a function cannot be called by.

    Raises:
        ToolError: naming function and parameter.
    """
    try:
        parameters = parameters_of(function)
    except ToolError:  # written in C, without a signature: it will tell when it is called
        return
    kinds = {parameter.kind for parameter in parameters.values()}
    named = schema.get("properties", {}).keys()
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        for name in named - parameters.keys():
            problem = f"the schema names '{name}', which {_whole(function)} does not take"
            raise ToolError(f"{problem}; call both the same")
    for name, parameter in parameters.items():
        open_ended = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if parameter.default is parameter.empty and not open_ended and name not in named:
            raise _told(function, name, "is not in the schema, and has no default")


def _field(kinds: Kinds, parameter: inspect.Parameter, hint: Any, text: str) -> Field:
    name, default = parameter.name, parameter.default
    if _is_pydantic_field(default):
        hint, default = Annotated[hint, default], parameter.empty
    if default is not parameter.empty:
        return Field(name, kinds.of(hint), False, default, text)
    for said in reversed(getattr(hint, "__metadata__", ())):
        if _is_pydantic_field(said) and not said.is_required():
            told = told_default(said.default, said.default_factory)
            factory = partial(said.get_default, call_default_factory=True)
            return Field(name, kinds.of(hint), False, told, text, factory)
    return Field(name, kinds.of(hint), description=text)


def _is_pydantic_field(said: Any) -> bool:
    """Whether it is ``Field(…)``, which pydantic takes in a hint and in the place of a default."""
    kind = type(said)
    return kind.__name__ == "FieldInfo" and kind.__module__.startswith("pydantic.")


def _notes(
    function: Callable[..., Any], description: str, text: Docstring, schema: Mapping[str, Any]
) -> Iterator[Note]:
    written, name = written_as(function), name_of(function)
    yield from missing_descriptions(
        name,
        description,
        schema,
        remedy='write Annotated[…, "what it is"], or a line about it in the docstring',
        place_of=lambda parameter: place_of(written, parameter),
    )
    for parameter in text.parameters:
        if parameter not in parameters_of(written):
            place = place_of(written)
            sentence = f"the docstring of {name} describes '{parameter}', which it does not take"
            yield Note(parameter, place.file, place.line, sentence)


def _hint(function: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        problem = "takes any number of arguments, which a model cannot be told; name them"
        raise _told(function, parameter.name, problem)
    try:
        hint = hint_of(function, parameter.name)
    except Exception as error:
        raise _told(
            function,
            parameter.name,
            f"has a type hint that cannot be resolved: {error}; import or define the type outside "
            "of any function, where hints that are text are looked up",
        ) from None
    if hint is parameter.empty and parameter.name in ("self", "cls"):
        *_, owner, name = ("Shop", *name_of(function).split("."))
        problem = (
            "is the object of a method, which there is not yet: give the method of an object, as "
            f"in rl.tool({owner}().{name})"
        )
        raise _told(function, parameter.name, problem)
    if hint is parameter.empty:
        problem = f"has no type hint; write for example '{parameter.name}: str'"
        raise _told(function, parameter.name, problem)
    return hint


def _no_schema(
    function: Callable[..., Any], parameter: str, hint: Any, problem: NoSchema
) -> ToolError:
    why = "" if str(problem).startswith(repr(hint)) else f": {problem}"
    told = f"has the type {hint!r}, which JSON cannot express{why}"
    return _told(function, parameter, f"{told}; take plain values, and make the rest inside")


def _told(function: Callable[..., Any], parameter: str, problem: str) -> ToolError:
    place = place_of(written_as(function), parameter)
    return ToolError(f"parameter '{parameter}' of {name_of(function)} ({place}) {problem}")


def _whole(function: Callable[..., Any]) -> str:
    return f"{name_of(function)} ({place_of(written_as(function))})"
