"""Tables of a log as comma-separated values, read back by pandas."""

import io

import pandas
import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, timeline
from realtime_lab.protocol import ItemCreate

from .made import user_message
from .talks import spoken_turn


def read(log: EventLog, path, **options) -> pandas.DataFrame:
    return pandas.read_csv(log.export(path / "t.csv", overwrite=True, **options))


def test_every_event_is_a_row(tmp_path):
    log = spoken_turn().log
    found = read(log, tmp_path)
    assert list(found["seq"]) == [entry.seq for entry in log]
    assert list(found["type"]) == [entry.type for entry in log]
    assert list(found["at"]) == pytest.approx([log.elapsed(entry) for entry in log])
    assert list(found["size"]) == [entry.size for entry in log]
    assert found["wall"][0] == "2023-11-14T22:13:20.100000+00:00"
    assert "event" not in found
    assert found["audio_bytes"].dropna().sum() == 90 * 960 + 4 * 9600


def test_the_json_of_events_is_there_if_asked_for(tmp_path):
    found = read(spoken_turn().log, tmp_path, json=True)
    assert found["event"][0].startswith('{"type":"session.created"')


@pytest.mark.parametrize("table", ["turns", "latencies", "tools", "usage"])
def test_other_tables_are_those_of_a_query(tmp_path, table):
    log = spoken_turn().log
    text = log.export(tmp_path / "t.csv", table=table).read_text()
    expected = log.query(f"SELECT * FROM {table}")
    assert text.splitlines()[0].split(",") == expected.columns
    assert len(pandas.read_csv(io.StringIO(text))) == len(expected)


def test_the_spans_of_the_timeline_are_a_table_too(tmp_path):
    log = spoken_turn().log
    found = read(log, tmp_path, table="spans")
    line = timeline(log)
    assert list(zip(found["lane"], found["start"], found["end"], strict=True)) == [
        (span.lane, pytest.approx(span.start), pytest.approx(span.end)) for span in line
    ]
    assert found["text"][0] == "What time is it?"


def test_commas_quotes_and_line_breaks_survive(tmp_path):
    made = spoken_turn()
    made.at(4.0, ItemCreate(item=user_message('a, "b"\nc; =1+1')))
    assert read(made.log, tmp_path, table="spans")["text"].iloc[-1] == 'a, "b"\nc; =1+1'


def test_a_table_that_there_is_not_is_told(tmp_path):
    with pytest.raises(LogError, match="no table 'words'; there are events, turns"):
        spoken_turn().log.export(tmp_path / "t.csv", table="words")
    assert list(tmp_path.iterdir()) == []
