"""From a function's signature to a JSON Schema and a reader of arguments."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from ..errors import ToolError

__all__ = ["ArgumentReader", "FunctionShape", "SchemaReader", "StructReader", "shape_of"]

ArgumentReader = Callable[[str], dict[str, Any]]
"""Reads the JSON text of a call's arguments; raises `ToolError` naming the path at fault."""


@dataclass(frozen=True, slots=True)
class FunctionShape:
    """What a signature, its type hints and its docstring say."""

    description: str
    parameters: dict[str, Any]
    read_arguments: ArgumentReader


class StructReader:
    """Reads arguments into the types of a signature."""

    def __init__(self, struct: type[msgspec.Struct]) -> None:
        self._struct = struct

    def __call__(self, text: str) -> dict[str, Any]:
        values = _json_object(text)
        try:
            read = msgspec.convert(values, self._struct, dec_hook=_read_foreign)
        except msgspec.ValidationError as error:
            raise ToolError(_in_words(str(error))) from None
        return {name: getattr(read, name) for name in self._struct.__struct_fields__}


class SchemaReader:
    """Checks arguments against a hand-written JSON Schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    def __call__(self, text: str) -> dict[str, Any]:
        # Slow to import, and only hand-written schemas need it.
        from jsonschema.validators import validator_for

        values = _json_object(text)
        validator = validator_for(self._schema)(self._schema)
        problem = next(iter(validator.iter_errors(values)), None)
        if problem is not None:
            path = problem.json_path.removeprefix("$").removeprefix(".")
            raise ToolError(f"argument '{path}': {problem.message}" if path else problem.message)
        return values


def shape_of(function: Callable[..., Any]) -> FunctionShape:
    """Describe a function for a model.

    Parameter descriptions come from ``Annotated[T, "text"]`` (or metadata with a ``description``
    or ``documentation``), else from the docstring in Google, NumPy or Sphinx style.

    Raises:
        ToolError: naming function, parameter and line, for a parameter that has no type hint, has
            a type that JSON cannot express, or takes any number of arguments.
    """
    import docstring_parser  # here, so that importing the package stays quick

    text = docstring_parser.parse(inspect.getdoc(function) or "")
    described = {p.arg_name: " ".join((p.description or "").split()) for p in text.params}
    hints = _hints(function)
    fields: list[Any] = []
    defaults: dict[str, Any] = {}
    for parameter in _signature(function).parameters.values():
        _refuse_undescribable(function, parameter, hints)
        hint = _with_description(hints[parameter.name], described.get(parameter.name, ""))
        try:
            msgspec.json.schema(hint, schema_hook=_schema_of_foreign)
        except Exception as error:
            problem = f"has the type {hints[parameter.name]!r}, which has no JSON schema ({error})"
            raise _told(function, parameter.name, problem) from None
        if parameter.default is parameter.empty:
            fields.append((parameter.name, hint))
        else:
            defaults[parameter.name] = parameter.default
            fields.append((parameter.name, hint, _field_with(parameter.default)))
    struct = msgspec.defstruct("Arguments", fields, kw_only=True, forbid_unknown_fields=True)
    return FunctionShape(
        description=(text.description or "").strip(),
        parameters=_parameters(struct, defaults),
        read_arguments=StructReader(struct),
    )


def call_arguments(
    function: Callable[..., Any], values: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments, as the signature wants them."""
    parameters = inspect.signature(function).parameters
    first = [n for n, p in parameters.items() if p.kind is p.POSITIONAL_ONLY and n in values]
    return [values[n] for n in first], {n: v for n, v in values.items() if n not in first}


def _field_with(default: Any) -> Any:
    # A factory, because msgspec copies or refuses mutable defaults and ours must arrive as it is.
    return msgspec.field(default_factory=lambda: default)


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise ToolError(f"{function!r} has no signature to describe: {error}") from None


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    target = function if inspect.isroutine(function) else type(function).__call__
    try:
        return get_type_hints(inspect.unwrap(target), include_extras=True)
    except Exception as error:
        raise ToolError(
            f"a type hint of {_name(function)} cannot be resolved: {error}; "
            "import or define the type where the function is defined"
        ) from None


def _refuse_undescribable(
    function: Callable[..., Any], parameter: inspect.Parameter, hints: Mapping[str, Any]
) -> None:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        problem = "takes any number of arguments, which a model cannot be told; name them"
        raise _told(function, parameter.name, problem)
    if parameter.name not in hints:
        problem = f"has no type hint; write for example '{parameter.name}: str'"
        raise _told(function, parameter.name, problem)


def _told(function: Callable[..., Any], parameter: str, problem: str) -> ToolError:
    return ToolError(
        f"parameter '{parameter}' of {_name(function)} ({_place(function, parameter)}) {problem}"
    )


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", None) or repr(function)


def _place(function: Callable[..., Any], parameter: str) -> str:
    """File and line of a parameter, as far as they can be known."""
    function = inspect.unwrap(function)
    try:
        source, first_line = inspect.getsourcelines(function)
        file = Path(inspect.getsourcefile(function) or "?").name
    except (OSError, TypeError):
        code = getattr(function, "__code__", None)
        return f"{Path(code.co_filename).name}, line {code.co_firstlineno}" if code else "no source"
    try:
        tree = ast.parse(textwrap.dedent("".join(source)))
    except SyntaxError:  # a lambda in the middle of an expression
        return f"{file}, line {first_line}"
    lines = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.arg) and n.arg == parameter]
    return f"{file}, line {first_line + (lines[0] if lines else 1) - 1}"


def _with_description(hint: Any, from_docstring: str) -> Any:
    """The hint with its description in the form that msgspec writes into the schema."""
    if get_origin(hint) is not Annotated:
        if not from_docstring:
            return hint
        return Annotated[hint, msgspec.Meta(description=from_docstring)]
    base, *extras = get_args(hint)
    described = next(filter(None, map(_description_in, extras)), from_docstring)
    for extra in extras:
        if isinstance(extra, msgspec.Meta):
            base = Annotated[base, extra]
    return Annotated[base, msgspec.Meta(description=described)] if described else base


def _description_in(extra: Any) -> str:
    if isinstance(extra, str):
        return extra
    found = getattr(extra, "description", None) or getattr(extra, "documentation", None)
    return found if isinstance(found, str) else ""


def _parameters(struct: type[msgspec.Struct], defaults: Mapping[str, Any]) -> dict[str, Any]:
    (whole,), definitions = msgspec.json.schema_components(
        [struct], schema_hook=_schema_of_foreign, ref_template="#/$defs/{name}"
    )
    schema = _inlined(whole, definitions, ())
    for name, default in defaults.items():
        try:
            schema["properties"][name]["default"] = msgspec.to_builtins(default)
        except (TypeError, ValueError):  # the model need not know a default that JSON cannot say
            continue
    recursive = _recursive(schema, definitions)
    return {**schema, "$defs": recursive} if recursive else schema


def _inlined(schema: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """The schema without references, except those of a type to itself; models read it better."""
    if isinstance(schema, list):
        return [_inlined(part, definitions, inside) for part in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref", "")
    name = reference.removeprefix("#/$defs/")
    if reference and name in definitions and name not in inside:
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        whole = {**definitions[name], **beside}
        return _inlined(whole, definitions, (*inside, name))
    plain = {
        key: {name: _inlined(inner, definitions, inside) for name, inner in value.items()}
        if key == "properties"
        else value
        if key in ("enum", "default", "const", "examples")
        else _inlined(value, definitions, inside)
        for key, value in schema.items()
        if key != "title"
    }
    kinds = {_JSON_TYPES.get(type(value)) for value in plain.get("enum", ())}
    if "type" not in plain and len(kinds) == 1 and None not in kinds:
        plain = {"type": kinds.pop(), **plain}
    return plain


_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def _recursive(schema: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that are still referred to, and those they refer to."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
            waiting.extend(part.values())
    return found


def _schema_of_foreign(kind: type) -> dict[str, Any]:
    """Schema of a pydantic model, which describes itself."""
    describe = getattr(kind, "model_json_schema", None)
    if describe is None:
        raise NotImplementedError("a type that JSON cannot express")
    schema = describe()
    return _inlined(schema, schema.pop("$defs", {}), ())


def _read_foreign(kind: type, value: Any) -> Any:
    read = getattr(kind, "model_validate", None)
    if read is None:
        raise NotImplementedError(f"{kind} cannot be read from JSON")
    return read(value)


def _json_object(text: str) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ToolError(f"the arguments are not valid JSON: {error}") from None
    except RecursionError:
        raise ToolError("the arguments are nested too deep to be read") from None
    if not isinstance(values, dict):
        raise ToolError("the arguments are not a JSON object")
    return values


def _in_words(problem: str) -> str:
    what, _, path = problem.partition(" - at `$")
    path = path.rstrip("`").removeprefix(".")
    what = what.replace("`", "'")
    what = what.replace("Object contains unknown field", "there is no argument")
    what = what.replace("Object missing required field", "a required value is missing:")
    return f"argument '{path}': {what}" if path else what
