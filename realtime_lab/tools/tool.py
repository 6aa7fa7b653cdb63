"""A function that a model may call."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, overload

from ..errors import ToolError
from .arguments import ArgumentReader, SchemaReader
from .callables import (
    call_arguments,
    is_coroutine_function,
    is_generator_function,
    short_name,
)
from .notes import Note
from .shape import FunctionShape, check_takes, shape_of, shape_with
from .specs import read_spec

__all__ = ["Tool", "Where", "tool"]

Where = Literal["worker", "kernel"]
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model is told about a function, and how a call of it is made.

    ``parameters`` is a JSON Schema object. ``read_arguments`` turns the JSON text of a call into
    values by name, or raises `ToolError`. ``on`` says where the function runs: ``worker`` beside
    the session (a thread for a sync function, the session's loop for an async one), ``kernel`` on
    the notebook kernel's own loop, for functions that touch widgets or shared variables.
    ``idempotent`` declares that the same call twice comes to the same and does no more than once.
    ``notes`` are what a model is not told and would need, with file and line.

    A tool can still be called like the function it was made from.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    handler: Callable[..., Any] = field(repr=False)
    read_arguments: ArgumentReader = field(repr=False)
    on: Where = "worker"
    idempotent: bool = False
    notes: tuple[Note, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ToolError(
                f"{self.name!r} cannot name a tool: use 1 to 64 letters, digits, '_' or '-' "
                "(give it as name=…)"
            )
        if self.on not in ("worker", "kernel"):
            raise ToolError(f"tool {self.name} cannot run on {self.on!r}: 'worker' or 'kernel'")

    @classmethod
    def from_function(
        cls,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        description: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        on: Where = "worker",
        idempotent: bool = False,
    ) -> Self:
        """Describe a function by its signature, type hints and docstring.

        The function may also be a method, a partial (what it has settled is not told to the model),
        a class, or an object with ``__call__``. ``parameters`` is a JSON Schema to tell instead of
        what the type hints say; the function then gets plain JSON values.

        Raises:
            ToolError: naming function, parameter and line, if a parameter cannot be described, or
                does not fit to ``parameters``; or for what is no function, or gives one thing after
                the other.
        """
        _check_is_function(function)
        if parameters is None:
            shape = shape_of(function, description)
        else:
            shape = shape_with(function, parameters, description)
        return cls._of(name or short_name(function), shape, function, on, idempotent)

    @classmethod
    def _of(
        cls,
        name: str,
        shape: FunctionShape,
        handler: Callable[..., Any],
        on: Where,
        idempotent: bool,
    ) -> Self:
        if is_generator_function(handler):
            raise ToolError(
                f"{name} gives one thing after the other, and a call has one result: collect them, "
                "and return a list"
            )
        return cls(
            name=name,
            description=shape.description,
            parameters=shape.parameters,
            handler=handler,
            read_arguments=shape.read_arguments,
            on=on,
            idempotent=idempotent,
            notes=shape.notes,
        )

    @classmethod
    def from_dict(
        cls,
        spec: Mapping[str, Any],
        handler: Callable[..., Any],
        *,
        on: Where = "worker",
        idempotent: bool = False,
    ) -> Self:
        """Take a hand-written description, flat or with everything under ``function``.

        ``handler`` gets the arguments as keywords, checked against the schema. Fields that a
        realtime session does not have, such as ``strict``, are left out, and told in ``notes``.

        Raises:
            ToolError: if it is not the description of a function, its parameters are no JSON Schema
                of an object, or the handler does not take them.
        """
        flat = read_spec(spec)
        if not callable(handler):
            raise ToolError(f"{handler!r} cannot answer calls of {flat.name}; give its function")
        reader = SchemaReader(flat.parameters, flat.name)
        check_takes(handler, flat.parameters)
        shape = FunctionShape(
            description=flat.description,
            parameters=dict(flat.parameters),
            read_arguments=reader,
            notes=flat.notes,
        )
        return cls._of(flat.name, shape, handler, on, idempotent)

    def renamed(self, name: str) -> Self:
        """The same tool under another name.

        Raises:
            ToolError: if it cannot name a tool.
        """
        return dataclasses.replace(self, name=name)

    def spec(self) -> dict[str, Any]:
        """The tool as a session is told of it; the same in both dialects."""
        return {
            "type": "function",
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.parameters),
        }

    def call_with(self, values: Mapping[str, Any]) -> Any:
        """Call the function with values that `read_arguments` gave."""
        first, named = call_arguments(self.handler, values)
        return self.handler(*first, **named)

    @property
    def is_async(self) -> bool:
        """Whether the function is a coroutine function."""
        return is_coroutine_function(self.handler)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself, unchecked."""
        return self.handler(*args, **kwargs)


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    on: Where = "worker",
    idempotent: bool = False,
) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    on: Where = "worker",
    idempotent: bool = False,
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a `Tool` of a function: ``@tool`` or ``@tool(name=…, on="kernel", idempotent=True)``.

    See `Tool.from_function` for what each means.

    Raises:
        ToolError: naming function, parameter and line, if a parameter cannot be described.
    """
    if function is not None:
        return Tool.from_function(function)

    def made(function: Callable[..., Any]) -> Tool:
        return Tool.from_function(
            function,
            name=name,
            description=description,
            parameters=parameters,
            on=on,
            idempotent=idempotent,
        )

    return made


def _check_is_function(given: object) -> None:
    if isinstance(given, Tool):
        raise ToolError(f"{given.name} is a tool already; .renamed(…) gives it another name")
    if isinstance(given, type) and hasattr(given, "model_fields"):
        raise ToolError(
            f"{given.__name__} is a pydantic model; give a function that takes one, as in "
            f"def order(what: {given.__name__}): …"
        )
    if isinstance(given, classmethod):
        raise ToolError(
            f"{given.__func__.__qualname__} has no class yet; describe it after the class, as in "
            f"rl.tool({given.__func__.__qualname__})"
        )
    if not callable(given):
        raise ToolError(f"{given!r} cannot be called; give a function")
