"""A table of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableSequence
from pathlib import Path
from typing import Any, Self, overload

from ...errors import ToolError
from ...eventlog import Table, table_of
from ..report_html import Head, frame
from .case import Case
from .files import read_cases, write_cases
from .rows import case_of

__all__ = ["Cases", "checked"]

_MOST_SHOWN = 100


class Cases(MutableSequence[Case]):
    """Cases in the order in which they are run.

    ``cases.add("weather", {"city": "Oslo"}, contains={"degrees": 3})`` adds one; `load` and `save`
    read and write ``.json``, ``.csv`` and ``.toml``. A dict with the fields of such a file, as
    ``{"tool": "weather", "arguments": {"city": "Oslo"}, "contains": {"degrees": 3}}``, is taken for
    a case. Two cases with the same name are told.
    """

    def __init__(self, cases: Iterable[Case | Mapping[str, Any]] = ()) -> None:
        self._cases: list[Case] = []
        self.extend(cases)

    def extend(self, values: Iterable[Case | Mapping[str, Any]]) -> None:
        """Append cases; all of them, or none if one cannot be."""
        added = checked(values)
        _check_names([*self._cases, *added])
        self._cases += added

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file.

        Raises:
            ToolError: naming each row that is wrong with its line, and what to write.
        """
        return cls(read_cases(path))

    def save(self, path: str | Path) -> Path:
        """Write a file that `load` reads back as the same cases; its path is given back.

        Raises:
            ToolError: if a case cannot be kept in such a file; nothing is written then.
        """
        return write_cases(self, path)

    def add(
        self,
        tool: str,
        arguments: Mapping[str, Any] | str = "",
        /,
        *,
        name: str = "",
        timeout: float | None = None,
        **expected: Any,
    ) -> Case:
        """Append a case; the keywords are those of `Case.of`.

        Raises:
            ToolError: for a case that makes no sense, or a name that another has.
        """
        made = Case.of(tool, arguments, name=name, timeout=timeout, **expected)
        self.append(made)
        return made

    def table(self) -> Table:
        """A row for each: ``name``, ``tool``, ``arguments``, ``expect``, ``expected``,
        ``timeout``."""
        return table_of(
            {
                "name": ("VARCHAR", [case.name for case in self]),
                "tool": ("VARCHAR", [case.tool for case in self]),
                "arguments": ("VARCHAR", [case.text for case in self]),
                "expect": ("VARCHAR", [case.expected.field for case in self]),
                "expected": ("VARCHAR", [str(case.expected) for case in self]),
                "timeout": ("DOUBLE", [case.timeout for case in self]),
            }
        )

    def insert(self, index: int, value: Case) -> None:
        """Put a case before another."""
        (value,) = checked([value])
        if value.name and any(case.name == value.name for case in self._cases):
            raise _twice(value.name)
        self._cases.insert(index, value)

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Case | Self:
        if isinstance(index, slice):
            return type(self)(self._cases[index])
        return self._cases[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        changed = list(self._cases)
        changed[index] = value
        self._cases = type(self)(changed)._cases

    def __delitem__(self, index: int | slice) -> None:
        del self._cases[index]

    def __len__(self) -> int:
        return len(self._cases)

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cases) and self._cases == other._cases

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        lines = [f"Cases: {len(self):,}"]
        lines += [f"  {case.title}  →  {case.expected}" for case in self._cases[:_MOST_SHOWN]]
        if len(self) > _MOST_SHOWN:
            lines.append(f"  … {len(self) - _MOST_SHOWN:,} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        heads = [Head("case"), Head("tool"), Head("arguments", code=True), Head("expected")]
        rows = [(c.name or "–", c.tool, c.text, str(c.expected)) for c in self[:_MOST_SHOWN]]
        return frame("Cases", f"{len(self):,}", heads, rows, left_out=len(self) - len(rows))


def checked(cases: Iterable[Case | Mapping[str, Any]]) -> list[Case]:
    """Cases that somebody gave, as such or as rows of a file.

    Raises:
        ToolError: for what is none, and for a row that is wrong, with its number.
    """
    if isinstance(cases, str | Path | Case | Mapping) or not isinstance(cases, Iterable):
        raise ToolError(f"{cases!r} is no list of cases; make one with Cases.load(…) or Case.of(…)")
    found = []
    for number, case in enumerate(cases, 1):
        try:
            found.append(case if isinstance(case, Case) else case_of(case))
        except ToolError as error:
            raise ToolError(f"case {number}: {error}") from None
    return found


def _check_names(cases: Iterable[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.name in seen:
            raise _twice(case.name)
        if case.name:
            seen.add(case.name)


def _twice(name: str) -> ToolError:
    return ToolError(f"two cases are named {name!r}; give one another name")
