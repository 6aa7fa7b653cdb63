"""A database in memory that a log is asked in."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from ...errors import LogError
from .sql import literal
from .table import Table

__all__ = ["Database"]


class Database:
    """DuckDB in memory, shut off from everything outside.

    What is asked in it reads no file but ``files``, no network, no variable of the program, and
    changes no setting. May be used from any thread: each has a cursor of its own, and sees what
    was committed when its question began.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        connection = duckdb.connect(":memory:")
        connection.execute("ATTACH ':memory:' AS log (COMPRESS)")
        if files:
            paths = ", ".join(literal(str(path)) for path in files)
            connection.execute(f"SET allowed_paths = [{paths}]")
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        self._files = files
        self._connection = connection
        self._local = threading.local()

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """The cursor of the calling thread."""
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._connection.cursor()
            cursor.execute("USE log")
            self._local.cursor = cursor
        return cursor

    def table(self, sql: str, parameters: object = None) -> Table:
        """The answer to a question."""
        return _table(self._answer(sql, parameters))

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """The answer to a question, row by row."""
        return self._answer(sql, parameters).fetchall()

    def arrays(self, sql: str, parameters: object = None) -> dict[str, np.ndarray]:
        """The answer to a question, column by column."""
        return self._answer(sql, parameters).fetchnumpy()  # type: ignore[return-value]

    def asked(self, sql: str) -> Table:
        """The answer to a question of the user's.

        Raises:
            LogError: unless it is one ``SELECT`` that can be answered.
        """
        try:
            statements = self.cursor.extract_statements(sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise LogError(
                    "a log is only read: ask it one SELECT (or WITH … SELECT, or FROM …)"
                )
            return _table(self.cursor.execute(sql))
        except duckdb.Error as error:
            told = str(error).strip()
            raise LogError(f"the log could not answer: {told}{_advice(sql, error)}") from None

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The cursor of the calling thread, for what reads the files.

        Raises:
            LogError: if they are not there any more.
        """
        try:
            yield self.cursor
        except (duckdb.IOException, duckdb.PermissionException):
            # What is not there is taken for a folder, which must not be read.
            raise LogError(
                f"{', '.join(map(str, self._files))} cannot be read any more; put it back, or "
                "load the log from where it is now"
            ) from None

    def _answer(self, sql: str, parameters: object) -> duckdb.DuckDBPyConnection:
        with self.reading() as cursor:
            return cursor.execute(sql, parameters)


def _table(answer: duckdb.DuckDBPyConnection) -> Table:
    types = [str(type) for _, type, *_ in answer.description or ()]
    if any(type.startswith("ENUM") for type in types):  # as arrays they would need pandas
        names = [str(name) for name, *_ in answer.description or ()]
        columns = list(zip(*answer.fetchall(), strict=True)) or [()] * len(names)
        arrays: Any = dict(zip(names, map(_objects, columns), strict=True))
    else:
        arrays = answer.fetchnumpy()
    return Table(arrays, types)


def _objects(values: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _advice(sql: str, error: duckdb.Error) -> str:
    if isinstance(error, duckdb.ParserException) and 'near "' in str(error) and "at" in sql.split():
        return '\nThe column at is written "at", in double quotes: AT is a word of SQL.'
    return ""
