"""Columns of plain values as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..eventlog import Table

__all__ = ["table_of"]


def table_of(columns: Mapping[str, tuple[str, Sequence[Any]]]) -> Table:
    """A table of columns by name, each with its SQL type; what is not known is ``None``."""
    arrays = {name: _array(values) for name, (_, values) in columns.items()}
    return Table(arrays, [kind for kind, _ in columns.values()])


def _array(values: Sequence[Any]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
