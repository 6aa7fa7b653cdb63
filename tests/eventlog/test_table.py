"""A table needs nothing, and becomes what a user works with."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pandas
import polars
import pyarrow
import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog.tables.table import Table
from tests.eventlog.made import conversation

MIXED = """
    SELECT * FROM (VALUES
      (1::BIGINT, 1.5::DOUBLE, 'one', true, timestamptz '2026-01-02 03:04:05+00', [1, 2], {'x': 1}),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    ) AS t(number, measure, words, truth, moment, list, struct)
"""
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def mixed() -> Table:
    return conversation().log.query(MIXED)


def test_rows_are_plain_values_and_what_is_not_known_is_none():
    table = mixed()
    assert len(table) == 2
    assert table[0] == {
        "number": 1, "measure": 1.5, "words": "one", "truth": True, "moment": WHEN,
        "list": [1, 2], "struct": {"x": 1},
    }  # fmt: skip
    assert set(table[1].values()) == {None}
    assert table["words"] == ["one", None]
    assert list(table) == table.rows == [table[0], table[-1]]
    assert type(table[0]["number"]) is int


def test_values_of_an_enumeration_are_texts():
    table = conversation().log.query("SELECT unnest(['a', NULL])::ENUM('a', 'b') AS one")
    assert table["one"] == ["a", None]
    assert list(table.polars()["one"]) == ["a", None]


def test_columns_of_the_same_name_are_told_apart():
    assert conversation().log.query("SELECT 1 AS a, 2 AS a")[0] == {"a": 1, "a_1": 2}


def test_a_column_that_is_not_there_is_told():
    with pytest.raises(LogError, match="no column 'word'; there are number, measure, words"):
        mixed()["word"]


def test_a_table_becomes_a_pandas_frame_with_its_types():
    frame = mixed().pandas()
    assert frame["number"].dtype == "Int64"
    assert frame["truth"].dtype == "boolean"
    assert frame["measure"].dtype == "float64"
    assert str(frame["moment"].dtype).endswith("UTC]")
    assert frame["moment"][0] == pandas.Timestamp(WHEN)
    assert frame["words"][0] == "one"
    assert frame.isna().iloc[1].all()
    whole = conversation().log.events().pandas()
    assert whole["seq"].dtype == "int64"
    assert list(whole["seq"]) == list(range(18))


def test_a_table_becomes_a_polars_frame_with_its_types():
    frame = mixed().polars()
    assert frame.schema["number"] == polars.Int64
    assert frame.schema["measure"] == polars.Float64
    assert frame.schema["truth"] == polars.Boolean
    assert frame.schema["moment"] == polars.Datetime("us", "UTC")
    assert frame["moment"][0] == WHEN
    assert frame["list"][0].to_list() == [1, 2]
    assert frame.row(1) == (None,) * 7
    assert conversation().log.events().polars().height == 18


def test_a_table_becomes_an_arrow_table_with_its_types():
    table = mixed().arrow()
    assert table.schema.field("number").type == pyarrow.int64()
    assert table.schema.field("moment").type == pyarrow.timestamp("us", "UTC")
    assert table.to_pylist() == mixed().rows
    assert conversation().log.events().arrow().num_rows == 18


def test_an_empty_table_keeps_its_columns():
    table = conversation().log.query(f"{MIXED} WHERE false")
    assert table.rows == []
    assert list(table.pandas().columns) == table.columns
    assert table.polars().columns == table.columns
    assert table.arrow().column_names == table.columns


@pytest.mark.parametrize(
    ("how", "package"), [("pandas", "pandas"), ("polars", "polars"), ("arrow", "pyarrow")]
)
def test_what_is_not_installed_is_told(how: str, package: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(LogError, match=f"{package} is not installed.*pip install {package}"):
        getattr(mixed(), how)()


def test_a_table_is_shown_in_bounds_and_nothing_in_it_is_markup():
    log = conversation().log
    html = log.query("SELECT '<b>' AS \"<i>\", 0.1 + 0.2 AS sum, NULL AS nothing")._repr_html_()
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;" in html
    assert "<b>" not in html
    assert ">0.3<" in html
    long = log.query("SELECT range AS n, repeat('long ', 1000) AS words FROM range(100000)")
    assert len(long._repr_html_()) < 30_000
    assert "99,940 rows not shown" in long._repr_html_()


def test_a_repr_says_nothing_of_what_is_in_it():
    table = conversation().log.turns()
    assert "Hi" not in repr(table)
    assert repr(table).startswith("<Table: 1 rows of turn, began")
    assert repr(conversation().log.events("*.delta")) == "<Events: 4 of 18>"
