"""What a docstring says of a function or a class, in Google, NumPy or Sphinx style."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Docstring", "read_docstring"]


@dataclass(frozen=True, slots=True)
class Docstring:
    """The text up to the sections, and the texts of parameters (or attributes) by name."""

    description: str
    parameters: Mapping[str, str]


def read_docstring(text: str) -> Docstring:
    """Read a docstring; one that keeps to no style is a description as a whole."""
    import docstring_parser  # here, so that importing the package stays quick

    cleaned = inspect.cleandoc(text)
    try:
        parsed = docstring_parser.parse(cleaned)
    except docstring_parser.ParseError:
        return Docstring(cleaned, {})
    described = {
        # NumPy's style may tell of several at once, as in "x, y : float".
        name.strip().lstrip("*"): " ".join((parameter.description or "").split())
        for parameter in parsed.params
        for name in parameter.arg_name.split(",")
    }
    return Docstring((parsed.description or "").strip(), described)
