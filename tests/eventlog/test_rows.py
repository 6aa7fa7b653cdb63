"""One row per event, in memory and in a Parquet file."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import duckdb
import pytest

from realtime_lab.eventlog import EventLog
from realtime_lab.eventlog.recording.parquet import DERIVED, read_sql, write_parquet
from realtime_lab.eventlog.tables.rows import COLUMNS, LONGEST_WORDS, RowMaker, Rows
from realtime_lab.protocol import (
    ErrorDetails,
    ErrorEvent,
    FunctionCall,
    FunctionCallOutput,
    ItemCreate,
    OutputAudioDelta,
    OutputItemDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseCancel,
    SessionConfig,
    SessionCreated,
)
from tests.eventlog.made import PLACE, Recorder, conversation


def rows_of(log: EventLog) -> Rows:
    maker, rows = RowMaker(log.start), Rows()
    for entry in log:
        maker.add(rows, entry, entry.text, turn=1 if entry.seq else None)
    return rows


def column(log: EventLog, name: str) -> list[Any]:
    return list(rows_of(log).columns[name])


def test_rows_say_who_said_what_when_and_about_what():
    log = conversation().log
    assert column(log, "type") == [entry.type for entry in log]
    assert column(log, "size") == [entry.size for entry in log]
    assert column(log, "words")[-1] == "That was wrong."
    assert column(log, "response_id")[9:12] == ["resp_1"] * 3
    assert column(log, "item_id")[6:9] == ["item_u"] * 3


def test_a_run_of_pieces_has_one_head_and_two_runs_may_be_open_at_once():
    heads = column(conversation().log, "head")
    assert heads[:5] == [0] * 5
    assert heads[10:14] == [10, 11, 10, 11]
    assert heads[14:] == [14, 15, 16, 17]


def test_a_tool_call_is_known_by_its_id_on_both_sides():
    made = Recorder()
    call = FunctionCall(id="item_c", name="add", call_id="call_1", arguments="{}")
    made.at(0.1, OutputItemDone(response_id="resp_1", item=call))
    made.at(0.2, ItemCreate(event_id="e1", item=FunctionCallOutput(call_id="call_1", output="3")))
    made.at(0.3, "lab.withdrawn", call_id="call_1")
    made.at(0.4, ResponseCancel())
    assert column(made.log, "call_id") == ["call_1", "call_1", "call_1", None]
    assert column(made.log, "event_id") == [None, "e1", None, None]


def test_the_session_is_the_one_that_the_service_named_last():
    made = Recorder()
    made.at(0.0, "lab.connecting")
    made.at(0.1, SessionCreated(session=SessionConfig(type="realtime", id="sess_1")))
    made.at(0.2, ErrorEvent(error=ErrorDetails(message="no")))
    made.at(0.3, SessionCreated(session=SessionConfig(type="realtime", id="sess_2")))
    assert column(made.log, "session_id") == [None, "sess_1", "sess_1", "sess_2"]


def test_samples_are_told_by_their_length():
    log = conversation().log
    assert column(log, "audio_bytes")[:6] == [960] * 5 + [None]
    assert column(log, "event")[0] == '{"type":"input_audio_buffer.append","audio":""}'
    assert column(log, "size")[0] == len(log[0].data)


def test_words_are_few():
    made = Recorder()
    made.at(0.1, OutputTranscriptDone(**PLACE, transcript="well " * 1000))
    (words,) = column(made.log, "words")
    assert len(words) == LONGEST_WORDS
    assert words.endswith("…")


def written(log: EventLog, path: Path) -> duckdb.DuckDBPyRelation:
    write_parquet(path, [rows_of(log)], started=log.started, metadata={"it's": 'a "log"'})
    return duckdb.sql(read_sql(path, log.started))


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_parquet_file_gives_the_columns_as_documented(tmp_path: Path, dialect: str):
    made = conversation(dialect)
    rows = written(made.log, tmp_path / "talk.parquet")
    assert rows.columns == [one.name for one in COLUMNS]
    assert [str(one) for one in rows.types] == [one.type for one in COLUMNS]
    expected = {name: list(values) for name, values in rows_of(made.log).columns.items()}
    found = dict(zip(rows.columns, zip(*rows.fetchall(), strict=True), strict=True))
    assert list(found.pop("wall")) == [made.log.wall(entry) for entry in made.log]
    assert list(found.pop("at")) == [round(at, 6) for at in expected.pop("at")]
    assert {name: list(values) for name, values in found.items()} == expected


def test_what_follows_from_other_columns_is_not_in_the_file(tmp_path: Path):
    path = tmp_path / "talk.parquet"
    written(conversation().log, path)
    columns = duckdb.read_parquet(str(path)).columns
    assert columns == [one.name for one in COLUMNS if one.name not in DERIVED]


def test_a_parquet_file_tells_whose_it_is_and_is_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "it's a talk.parquet"
    written(conversation().log, path)
    quoted = str(path).replace("'", "''")
    told = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{quoted}')")
    assert (b"it's", b'a "log"') in told.fetchall()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_parquet_file_that_cannot_be_written_is_told(tmp_path: Path):
    with pytest.raises(OSError):
        write_parquet(tmp_path / "none" / "x.parquet", [], started=conversation().log.started)


def test_an_event_of_a_run_keeps_its_own_words():
    made = Recorder()
    made.at(
        0.1, OutputTranscriptDelta(**PLACE, delta="Hi "), OutputAudioDelta(**PLACE, delta=b"ab")
    )
    made.at(0.2, OutputTranscriptDelta(**PLACE, delta="you"))
    assert column(made.log, "words") == ["Hi ", "2 bytes of audio", "you"]
