"""An answer: rows with named columns, without need of pandas, and for pandas, Polars and Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ...errors import LogError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Table"]


class Table:
    """Rows of an answer, in memory.

    As a sequence it has a ``dict`` for each row: ``table[0]["words"]``; ``table["words"]`` is a
    column. What is not known is ``None``. Texts in it are redacted as the log's `redaction` says,
    as in everything that leaves memory.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], types: list[str]) -> None:
        self._arrays = dict(arrays)
        self._types = dict(zip(self._arrays, types, strict=True))
        self._values: dict[str, list[Any]] = {}

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._arrays)

    @property
    def types(self) -> dict[str, str]:
        """The type of each column, as SQL calls it."""
        return dict(self._types)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rows."""
        return list(self)

    def __len__(self) -> int:
        return len(next(iter(self._arrays.values()), ()))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        columns = [self._column(name) for name in self._arrays]
        return (dict(zip(self._arrays, row, strict=True)) for row in zip(*columns, strict=True))

    @overload
    def __getitem__(self, wanted: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, wanted: str) -> list[Any]: ...
    def __getitem__(self, wanted: int | str) -> dict[str, Any] | list[Any]:
        if isinstance(wanted, int):
            return {name: self._column(name)[wanted] for name in self._arrays}
        if wanted not in self._arrays:
            raise LogError(f"there is no column {wanted!r}; there are {', '.join(self._arrays)}")
        return list(self._column(wanted))

    def pandas(self) -> pandas.DataFrame:
        """As a DataFrame. Whole numbers and truth values that lack some are of nullable types.

        Raises:
            LogError: if pandas is not installed.
        """
        pd: Any = _package("pandas")
        return pd.DataFrame({name: self._series(pd, name) for name in self._arrays})

    def polars(self) -> polars.DataFrame:
        """As a Polars DataFrame.

        Raises:
            LogError: if Polars is not installed.
        """
        pl: Any = _package("polars")
        columns = []
        for name, array in self._arrays.items():
            column = pl.Series(name, self._column(name), strict=False)
            kind = np.asarray(array).dtype
            if kind.kind in "iufb":
                column = column.cast(getattr(pl, _POLARS[kind.name]))
            elif self._is_time(name):
                column = column.cast(pl.Datetime("us", "UTC"))
            elif not column.len() or column.null_count() == column.len():
                column = column.cast(pl.String)
            columns.append(column)
        return pl.DataFrame(columns)

    def arrow(self) -> pyarrow.Table:
        """As an Arrow table.

        Raises:
            LogError: if PyArrow is not installed.
        """
        pa: Any = _package("pyarrow")
        return pa.table({name: self._arrow_array(pa, name) for name in self._arrays})

    def _column(self, name: str) -> list[Any]:
        values = self._values.get(name)
        if values is None:
            convert = _PLAIN.get(self._types[name], _plain)
            found = self._arrays[name].tolist()
            values = [None if value is None else convert(value) for value in found]
            self._values[name] = values
        return values

    def _is_time(self, name: str) -> bool:
        return self._types[name] == "TIMESTAMP WITH TIME ZONE"

    def _series(self, pd: Any, name: str) -> Any:
        array = self._arrays[name]
        if self._is_time(name):
            return pd.to_datetime(pd.Series(self._column(name), dtype="object"), utc=True)
        missing = np.ma.getmaskarray(array)
        if array.dtype == object or (missing.any() and array.dtype.kind not in "iub"):
            values = self._column(name)
            return pd.Series(values, dtype=None if array.dtype != object else object)
        if missing.any():
            kind = "boolean" if array.dtype.kind == "b" else _NULLABLE[array.dtype.name]
            return pd.Series(self._column(name), dtype=kind)
        return pd.Series(np.ma.getdata(array))

    def _arrow_array(self, pa: Any, name: str) -> Any:
        array = self._arrays[name]
        if self._is_time(name):
            return pa.array(self._column(name), type=pa.timestamp("us", "UTC"))
        if array.dtype != object:
            return pa.array(np.ma.getdata(array), mask=np.ma.getmaskarray(array))
        values = self._column(name)
        known = any(value is not None for value in values)
        return pa.array(values) if known else pa.array(values, type=pa.string())

    def __repr__(self) -> str:
        # Without its content: it may be long, and need not be what somebody wants to show.
        return f"<Table: {len(self):,} rows of {', '.join(self._arrays)}>"

    def _repr_html_(self) -> str:
        from ..html import table_html

        return table_html(self)


_NULLABLE = {
    **{f"int{bits}": f"Int{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"UInt{bits}" for bits in (8, 16, 32, 64)},
}
_POLARS = {
    **_NULLABLE,
    "float32": "Float32",
    "float64": "Float64",
    "bool": "Boolean",
}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "TIMESTAMP WITH TIME ZONE": lambda value: value.replace(tzinfo=UTC),
    "DATE": datetime.date,
}


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise LogError(
            f"{name} is not installed, so that a table cannot be turned into its own; "
            f"pip install {name}, or use the table's rows as they are"
        ) from None
