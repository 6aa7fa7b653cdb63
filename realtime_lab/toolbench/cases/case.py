"""A call that a tool should be able to stand, and what should come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ...errors import ToolError
from ..values import is_number, mapping_of, object_in, shortened, visible, written
from .expectations import Expectation, expectation

__all__ = ["Case"]


@dataclass(frozen=True, slots=True)
class Case:
    """A call and what should come of it.

    ``arguments`` is an object, or the text that a model sent, where that is more than an object
    (broken JSON, a key twice). ``timeout`` is in seconds; ``None`` is the bench's own.

    Raises:
        ToolError: for arguments that JSON cannot hold, or what is no expectation or no timeout.
    """

    tool: str
    arguments: Mapping[str, Any] | str
    expected: Expectation
    name: str = ""
    timeout: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.tool, str) or not self.tool:
            raise ToolError(f"tool is {self.tool!r}; give the name of a tool")
        if not isinstance(self.name, str):
            raise ToolError(f"name is {self.name!r}; give a text, or leave it out")
        if not callable(getattr(self.expected, "difference", None)):
            raise ToolError(
                f"{self.expected!r} is nothing that can be expected; Case.of(…) takes it as a "
                "keyword, such as result=…"
            )
        timeout = self.timeout
        if timeout is not None and not (is_number(timeout) and 0 < timeout < float("inf")):
            raise ToolError(f"timeout is {timeout!r}; give seconds above 0, or leave it out")
        object.__setattr__(self, "arguments", _arguments(self.arguments))

    @classmethod
    def of(
        cls,
        tool: str,
        arguments: Mapping[str, Any] | str = "",
        /,
        *,
        name: str = "",
        timeout: float | None = None,
        **expected: Any,
    ) -> Self:
        """A case with its expectation as a keyword.

        One of ``result`` (exactly this), ``contains`` (a part of it), ``error`` (a piece of the
        error), ``error_regex``, ``predicate`` (a function of the result, or its
        ``module:attribute``), ``is_json=True``, ``answers=True`` (anything but a crash).

        Raises:
            ToolError: if none or several are given, or one that makes no sense.
        """
        return cls(tool, arguments, expectation(expected), name, timeout=timeout)

    @property
    def text(self) -> str:
        """The arguments as a model sends them."""
        return self.arguments if isinstance(self.arguments, str) else written(self.arguments)

    @property
    def title(self) -> str:
        """Its name, or what it calls."""
        return self.name or f"{self.tool} {shortened(visible(self.text), 60)}"


def _arguments(given: Any) -> Mapping[str, Any] | str:
    if isinstance(given, str):
        read = object_in(given)
        return given if read is None else read
    return mapping_of(given, "arguments")
