"""Tables of values that no database was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .table import Table

__all__ = ["table_of"]

_ARRAYS: Mapping[str, type] = {"INTEGER": np.int32, "DOUBLE": np.float64}


def table_of(columns: Mapping[str, tuple[str, Sequence[Any]]]) -> Table:
    """A table of columns, each a type of SQL and its values; ``None`` where one is not known."""
    arrays = {name: _array(type, values) for name, (type, values) in columns.items()}
    return Table(arrays, [type for type, _ in columns.values()])


def _array(type: str, values: Sequence[Any]) -> np.ndarray:
    kind = _ARRAYS.get(type)
    if kind is None:
        array = np.empty(len(values), dtype=object)
        array[:] = list(values)
        return array
    missing = [value is None for value in values]
    return np.ma.masked_array([value or 0 for value in values], mask=missing, dtype=kind)
