"""Whether the value of an argument is the one that was due."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from ...errors import ToolError

__all__ = [
    "MISSING",
    "Match",
    "exact",
    "ignored",
    "like",
    "match_of",
    "one_of",
    "pattern",
    "plain",
    "where",
]

MISSING: Any = type("Missing", (), {"__repr__": lambda _: "nothing"})()
"""The value of an argument that is not in a call."""
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[, ]\d{3})+)(?:\.\d+)?")
_EDGES = " \t.,;:!?\"'“”‘’"


class Match(Protocol):
    """What an argument has to be; it raises nothing."""

    def problem(self, value: Any) -> str:
        """What is wrong with a value (of JSON, or `MISSING`); empty if it fits."""
        ...


@dataclass(frozen=True, slots=True)
class _Like:
    value: Any

    def problem(self, value: Any) -> str:
        is_absent = value is MISSING or value is None
        if is_absent and self.value is None:
            return ""
        fits = not is_absent and plain(value) == plain(self.value)
        return "" if fits else _instead(value, _shown(self.value))

    def __str__(self) -> str:
        return _shown(self.value)


@dataclass(frozen=True, slots=True)
class _Exact:
    value: Any

    def problem(self, value: Any) -> str:
        fits = value is not MISSING and _same(value, self.value)
        return "" if fits else _instead(value, f"exactly {_shown(self.value)}")

    def __str__(self) -> str:
        return f"exactly {_shown(self.value)}"


@dataclass(frozen=True, slots=True)
class _Ignored:
    def problem(self, value: Any) -> str:
        return ""

    def __str__(self) -> str:
        return "anything"


@dataclass(frozen=True, slots=True)
class _OneOf:
    matches: tuple[Match, ...]

    def problem(self, value: Any) -> str:
        fits = any(not match.problem(value) for match in self.matches)
        return "" if fits else _instead(value, str(self))

    def __str__(self) -> str:
        return " or ".join(map(str, self.matches))


@dataclass(frozen=True, slots=True)
class _Where:
    fits: Callable[[Any], Any]
    told: str

    def problem(self, value: Any) -> str:
        if value is MISSING:
            return _instead(value, self.told)
        try:
            return "" if self.fits(value) else _instead(value, self.told)
        except Exception as error:
            return f"{_instead(value, self.told)} ({type(error).__name__}: {error})"

    def __str__(self) -> str:
        return self.told


def like(value: Any) -> Match:
    """The same but for case, spaces, punctuation around it and the format of numbers: see `plain`.

    What a plain value stands for in `due`. ``None`` is for an argument that is not given.
    """
    return _Like(value)


def exact(value: Any) -> Match:
    """The same JSON value: ``"Oslo"`` is not ``"oslo"``, and ``"3"`` is not ``3``."""
    return _Exact(value)


def ignored() -> Match:
    """Whatever it is, and whether it is given or not."""
    return _Ignored()


def one_of(*values: Any) -> Match:
    """Any of these values, or of these matches.

    Raises:
        ToolError: if there is none.
    """
    if not values:
        raise ToolError("one_of() fits nothing; give at least one value")
    return _OneOf(tuple(match_of(value) for value in values))


def where(fits: Callable[[Any], Any], told: str = "") -> Match:
    """What a function of the value calls right; ``told`` says in words what that is.

    An exception in it counts as no.

    Raises:
        ToolError: if it is no function.
    """
    if not callable(fits):
        raise ToolError(f"{fits!r} is no function; like({fits!r}) compares with a value")
    return _Where(fits, told or f"what {getattr(fits, '__name__', 'the predicate')} takes")


def pattern(expression: str) -> Match:
    """A text that a regular expression matches whole, whatever its case.

    Raises:
        ToolError: if it is no regular expression.
    """
    try:
        compiled = re.compile(expression, re.IGNORECASE)
    except (re.error, TypeError) as error:
        raise ToolError(f"{expression!r} is no regular expression: {error}") from None
    return _Where(lambda value: compiled.fullmatch(str(value)), f"text like {expression!r}")


def match_of(value: Any) -> Match:
    """A match as it is, a function as `where`, any other value as `like`."""
    if hasattr(value, "problem"):
        return value
    return where(value) if callable(value) else like(value)


def plain(value: Any) -> Any:
    """A value without what does not change its meaning.

    Texts lose case, compatibility forms (Unicode NFKC), repeated spaces, and spaces, quotes and
    marks at their ends. What then is a number in digits counts as that number, with separators of
    thousands or without (``"1,200.0"`` is ``1200``), unless it begins with a needless zero, as
    numbers of orders and telephones do. Truth values are the words ``true`` and ``false``. Lists
    keep their order, objects do not.
    """
    match value:
        case bool():
            return str(value).casefold()
        case int():
            return Decimal(value).normalize()
        case float():
            return Decimal(repr(value)).normalize()
        case str():
            text = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
            text = text.strip(_EDGES)
            is_number = _NUMBER.fullmatch(text) is not None
            return Decimal(re.sub("[, ]", "", text)).normalize() if is_number else text
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case Sequence():
            return [plain(inner) for inner in value]
    return value


def _same(value: Any, due: Any) -> bool:
    if isinstance(value, bool) or isinstance(due, bool):
        return value is due
    if isinstance(value, Mapping) and isinstance(due, Mapping):
        return value.keys() == due.keys() and all(_same(value[k], due[k]) for k in due)
    if isinstance(value, list | tuple) and isinstance(due, list | tuple):
        return len(value) == len(due) and all(map(_same, value, due))
    return value == due


def _instead(value: Any, due: str) -> str:
    return f"{_shown(value)} instead of {due}"


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError):
        return repr(value)
