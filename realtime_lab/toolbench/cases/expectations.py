"""What a call should come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ...errors import ToolError
from ..calling import CallResult
from ..values import NOT_JSON, decoded, plain, shortened, value_in
from .differences import differences, text_difference, written_or_shown
from .references import function_reference, named

__all__ = [
    "EXPECTATIONS",
    "Answers",
    "Contains",
    "Equals",
    "Expectation",
    "Fails",
    "IsJson",
    "Matches",
    "Satisfies",
    "expectation",
]


class Expectation(Protocol):
    """What the result of a call should be.

    ``field`` is its name in a file and as a keyword.
    """

    field: ClassVar[str]

    def stored(self) -> Any:
        """What a file holds of it: a value that JSON can hold.

        Raises:
            ToolError: if it cannot be kept in a file.
        """
        ...

    def difference(self, result: CallResult) -> str:
        """How the result is not as expected, in lines; empty if it is."""
        ...


@dataclass(frozen=True, slots=True)
class Equals:
    """This very result: the text that the model is told, or the JSON value that it says."""

    value: Any
    field: ClassVar[str] = "result"

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", plain(self.value, "the expected result"))

    def stored(self) -> Any:
        return self.value

    def difference(self, result: CallResult) -> str:
        if result.error is not None:
            return _failed(f"expected {written_or_shown(self.value)}", result)
        if isinstance(self.value, str) and result.output == self.value:
            return ""
        return "\n".join(differences(self.value, value_in(result.output)))

    def __str__(self) -> str:
        return written_or_shown(self.value)


@dataclass(frozen=True, slots=True)
class Contains:
    """A part of the result.

    Of an object some of its keys, at any depth; of an array all elements, each in part; of a text
    a piece of it.
    """

    value: Any
    field: ClassVar[str] = "contains"

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", plain(self.value, "the expected part"))

    def stored(self) -> Any:
        return self.value

    def difference(self, result: CallResult) -> str:
        if result.error is not None:
            return _failed(f"expected {self}", result)
        if isinstance(self.value, str):
            if self.value in result.output:
                return ""
            return f"expected {self}\ngot      {written_or_shown(result.output)}"
        return "\n".join(differences(self.value, value_in(result.output), subset=True))

    def __str__(self) -> str:
        return f"with {written_or_shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Fails:
    """An error that says this, among other things."""

    text: str
    field: ClassVar[str] = "error"

    def __post_init__(self) -> None:
        _check_text(self.text, "error", "a part of the expected error")

    def stored(self) -> Any:
        return self.text

    def difference(self, result: CallResult) -> str:
        if result.error is None:
            return _answered(f"expected {self}", result)
        if self.text in result.error:
            return ""
        return "\n".join(["another error", *text_difference(self.text, result.error)])

    def __str__(self) -> str:
        return f"an error with {written_or_shown(self.text)}"


@dataclass(frozen=True, slots=True)
class Matches:
    """An error in which a regular expression is found."""

    pattern: str
    field: ClassVar[str] = "error_regex"

    def __post_init__(self) -> None:
        _check_text(self.pattern, "error_regex", "a regular expression")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ToolError(
                f"{self.pattern!r} is no regular expression ({error}); correct it, or give the "
                "text itself as error=…"
            ) from None

    def stored(self) -> Any:
        return self.pattern

    def difference(self, result: CallResult) -> str:
        if result.error is None:
            return _answered(f"expected {self}", result)
        if re.search(self.pattern, result.error):
            return ""
        return f"another error\nexpected /{self.pattern}/\ngot      {_words(result.error)}"

    def __str__(self) -> str:
        return f"an error like /{shortened(self.pattern)}/"


@dataclass(frozen=True, slots=True)
class Satisfies:
    """A result that a function says yes to.

    The function gets the JSON value of the result, or its text if that is not JSON. It says no by
    a false answer or an ``AssertionError``. Given as ``module:attribute``, it is imported when it
    is needed and not before.
    """

    predicate: Callable[[Any], Any] | str
    field: ClassVar[str] = "predicate"

    def __post_init__(self) -> None:
        if not callable(self.predicate):
            _check_text(self.predicate, "predicate", "a function, or its 'module:attribute'")

    def stored(self) -> Any:
        if isinstance(self.predicate, str):
            return self.predicate
        return function_reference(self.predicate)

    def difference(self, result: CallResult) -> str:
        if result.error is not None:
            return _failed(f"expected {self}", result)
        got = value_in(result.output)
        try:
            holds = self._function()(got)
        except AssertionError as error:
            said = _words(str(error)) if str(error) else "no"
            return f"{self} says: {said}\ngot      {written_or_shown(got)}"
        except Exception as error:  # somebody's function may fail in any way
            return f"{self} failed: {type(error).__name__}: {_words(str(error))}"
        return "" if holds else f"{self} says no\ngot      {written_or_shown(got)}"

    def _function(self) -> Callable[[Any], Any]:
        found = named(self.predicate) if isinstance(self.predicate, str) else self.predicate
        if not callable(found):
            raise ToolError(f"{self.predicate} is no function")
        return found

    def __str__(self) -> str:
        if isinstance(self.predicate, str):
            return self.predicate
        return getattr(self.predicate, "__qualname__", None) or type(self.predicate).__name__


@dataclass(frozen=True, slots=True)
class IsJson:
    """A result that is JSON, whatever it says."""

    field: ClassVar[str] = "is_json"

    def stored(self) -> Any:
        return True

    def difference(self, result: CallResult) -> str:
        if result.error is not None:
            return _failed("expected JSON", result)
        if decoded(result.output) is NOT_JSON:
            return f"expected JSON\ngot      {written_or_shown(result.output)}"
        return ""

    def __str__(self) -> str:
        return "JSON"


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer of any kind; an error too, if the tool itself tells it as a `ToolError`."""

    field: ClassVar[str] = "answers"

    def stored(self) -> Any:
        return True

    def difference(self, result: CallResult) -> str:
        if result.error is None or result.declined:
            return ""
        return _failed("expected an answer", result)

    def __str__(self) -> str:
        return "an answer"


EXPECTATIONS: Mapping[str, Callable[[Any], Expectation]] = {
    Equals.field: Equals,
    Contains.field: Contains,
    Fails.field: Fails,
    Matches.field: Matches,
    Satisfies.field: Satisfies,
    IsJson.field: lambda value: _sure(IsJson(), value),
    Answers.field: lambda value: _sure(Answers(), value),
}
"""What makes each kind of expectation, by its name in a file and as a keyword."""


def expectation(given: Mapping[str, Any]) -> Expectation:
    """The one expectation that is given by its name.

    Raises:
        ToolError: if none or several are given, or one that makes no sense.
    """
    names = ", ".join(EXPECTATIONS)
    unknown = [name for name in given if name not in EXPECTATIONS]
    if unknown:
        raise ToolError(f"nothing can be expected as {unknown[0]!r}; use one of {names}")
    if len(given) != 1:
        told = " and ".join(given) or "nothing"
        raise ToolError(f"{told} is expected of the call; say one thing, as one of {names}")
    ((name, value),) = given.items()
    return EXPECTATIONS[name](value)


def _sure(made: Expectation, value: Any) -> Expectation:
    if value is not True:
        raise ToolError(f"{made.field} is {value!r}; write true, or leave it out")
    return made


def _check_text(value: Any, field: str, what: str) -> None:
    if not isinstance(value, str) or not value:
        raise ToolError(f"{field} is {value!r}; give {what}")


def _failed(expected: str, result: CallResult) -> str:
    return f"{expected}\ngot an error: {_words(result.error or '')}"


def _answered(expected: str, result: CallResult) -> str:
    return f"{expected}\ngot an answer: {_words(result.output)}"


def _words(text: str) -> str:
    return shortened(text, 300)
