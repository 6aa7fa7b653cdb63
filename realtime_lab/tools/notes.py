"""What a description lacks, told rather than guessed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Note"]


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
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.sentence}"
