"""What a description lacks, told rather than guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ToolError
from .place import Place

__all__ = ["Note", "missing_descriptions"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a model is not told.

    ``parameter`` is ``None`` where it is about the tool as a whole; ``file`` and ``line`` are where
    it is written, ``None`` where that cannot be known.
    """

    parameter: str | None
    file: str | None
    line: int | None
    sentence: str

    def __str__(self) -> str:
        if self.file is None:
            return self.sentence
        return f"{Place(self.file, self.line)}: {self.sentence}"


def missing_descriptions(
    name: str,
    description: str,
    parameters: Mapping[str, Any],
    *,
    remedy: str,
    place_of: Callable[[str | None], Place] = lambda parameter: Place(),
) -> Iterator[Note]:
    """Notes on a tool, and parameters in its schema, that the model is told nothing about.

    ``remedy`` says how to describe a parameter; ``place_of`` where one (or, for ``None``, the tool)
    is written.

    Raises:
        ToolError: if the description is no text.
    """
    if not isinstance(description, str):
        raise ToolError(f"the description of {name} is {description!r}; give a text")
    if not description.strip():
        sentence = (
            f"{name} has no description: the model has only its name to choose it by; say what it "
            "does and when to use it"
        )
        place = place_of(None)
        yield Note(None, place.file, place.line, sentence)
    properties = parameters.get("properties")
    for parameter, schema in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(schema, Mapping) and schema.get("description"):
            continue
        sentence = (
            f"parameter '{parameter}' of {name} has no description: the model has only its name to "
            f"go by; {remedy}"
        )
        place = place_of(parameter)
        yield Note(parameter, place.file, place.line, sentence)
