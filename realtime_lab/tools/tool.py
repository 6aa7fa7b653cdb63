"""A function that a model may call."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, overload

from ..errors import ToolError
from .schema import ArgumentReader, SchemaReader, call_arguments, shape_of

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

    A tool can still be called like the function it was made from.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    handler: Callable[..., Any] = field(repr=False)
    read_arguments: ArgumentReader = field(repr=False)
    on: Where = "worker"
    idempotent: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
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
        on: Where = "worker",
        idempotent: bool = False,
    ) -> Self:
        """Describe a function by its signature, type hints and docstring.

        Raises:
            ToolError: naming function, parameter and line, if a parameter cannot be described.
        """
        shape = shape_of(function)
        return cls(
            name=name or getattr(function, "__name__", type(function).__name__),
            description=shape.description if description is None else description,
            parameters=shape.parameters,
            handler=function,
            read_arguments=shape.read_arguments,
            on=on,
            idempotent=idempotent,
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

        ``handler`` gets the arguments as keywords, checked against the schema.

        Raises:
            ToolError: if it is not the description of a function.
        """
        inner = spec.get("function", spec)
        name = inner.get("name") if isinstance(inner, Mapping) else None
        if spec.get("type", "function") != "function" or not isinstance(name, str):
            raise ToolError(
                'a tool description needs "type": "function" and a name, as in '
                '{"type": "function", "name": "get_time", "parameters": {…}}'
            )
        parameters = inner.get("parameters") or {"type": "object", "properties": {}}
        return cls(
            name=name,
            description=inner.get("description", ""),
            parameters=parameters,
            handler=handler,
            read_arguments=SchemaReader(parameters),
            on=on,
            idempotent=idempotent,
        )

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
        function = self.handler
        if inspect.isroutine(function):
            return inspect.iscoroutinefunction(function)
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            type(function).__call__
        )

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
    on: Where = "worker",
    idempotent: bool = False,
) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    on: Where = "worker",
    idempotent: bool = False,
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a `Tool` of a function: ``@tool`` or ``@tool(name=…, on="kernel", idempotent=True)``.

    Raises:
        ToolError: naming function, parameter and line, if a parameter cannot be described.
    """
    if function is not None:
        return Tool.from_function(function)

    def made(function: Callable[..., Any]) -> Tool:
        return Tool.from_function(
            function, name=name, description=description, on=on, idempotent=idempotent
        )

    return made
