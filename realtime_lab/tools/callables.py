"""One view of whatever can be called: functions, methods, partials, classes, callable objects."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from ..errors import ToolError

__all__ = [
    "call_arguments",
    "docstring_of",
    "hint_of",
    "is_coroutine_function",
    "is_generator_function",
    "name_of",
    "parameters_of",
    "short_name",
    "without_partials",
    "written_as",
]


def parameters_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The parameters that a caller gives, without what a partial has settled.

    Raises:
        ToolError: if the function has no signature.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise ToolError(
            f"{function!r} has no signature to describe: {error}; write a function that calls it"
        ) from None
    settled = _settled(function)
    return {name: each for name, each in parameters.items() if name not in settled}


def hint_of(function: Callable[..., Any], parameter: str) -> Any:
    """A parameter's type hint, with what `Annotated` says; an empty one is `Parameter.empty`.

    Raises:
        NameError, or whatever else a hint written as text may raise when it is looked up.
    """
    written = written_as(function)
    annotations = inspect.get_annotations(written)
    if parameter not in annotations:
        return inspect.Parameter.empty
    # Each by itself: others, the returned one's too, may name what only a type checker imports.
    holder = types.SimpleNamespace(__annotations__={parameter: annotations[parameter]})
    variables = {each.__name__: each for each in getattr(written, "__type_params__", ())}
    names = getattr(written, "__globals__", {})
    return get_type_hints(holder, names, variables, include_extras=True)[parameter]


def written_as(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is written somewhere: what a partial, an object or a wrapper calls."""
    function = without_partials(function)
    if inspect.isclass(function):
        return function.__init__
    if not inspect.isroutine(function):
        function = type(function).__call__
    return inspect.unwrap(function)


def docstring_of(function: Callable[..., Any]) -> str:
    """The docstring; a callable object's is its ``__call__``'s, or else its class's."""
    function = without_partials(function)
    if inspect.isclass(function) or inspect.isroutine(function):
        return inspect.getdoc(function) or ""
    return inspect.getdoc(type(function).__call__) or inspect.getdoc(function) or ""


def name_of(function: Callable[..., Any]) -> str:
    """Its name in a sentence; a callable object's is its class's."""
    function = without_partials(function)
    return getattr(function, "__qualname__", type(function).__qualname__)


def short_name(function: Callable[..., Any]) -> str:
    """Its name as a tool is called by; a callable object's is its class's."""
    function = without_partials(function)
    return getattr(function, "__name__", type(function).__name__)


def is_coroutine_function(function: Callable[..., Any]) -> bool:
    """Whether calling it gives a coroutine, however it is wrapped."""
    function = without_partials(function)
    if inspect.isroutine(function) or inspect.isclass(function):
        return inspect.iscoroutinefunction(function)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        type(function).__call__
    )


def is_generator_function(function: Callable[..., Any]) -> bool:
    """Whether calling it gives one thing after the other, sync or async, however it is wrapped."""
    function = without_partials(function)
    if not inspect.isroutine(function) and not inspect.isclass(function):
        function = type(function).__call__
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


def call_arguments(
    function: Callable[..., Any], values: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments, as the signature wants them."""
    parameters = inspect.signature(function).parameters
    first = [n for n, p in parameters.items() if p.kind is p.POSITIONAL_ONLY and n in values]
    return [values[n] for n in first], {n: v for n, v in values.items() if n not in first}


def without_partials(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a partial, or a partial of one, calls; of anything else that itself."""
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _settled(function: Callable[..., Any]) -> set[str]:
    settled: set[str] = set()
    while isinstance(function, functools.partial):
        settled |= function.keywords.keys()
        function = function.func
    return settled
