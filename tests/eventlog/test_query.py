"""A log is asked in SQL, and is only read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, prices
from realtime_lab.protocol import (
    ErrorDetails,
    ErrorEvent,
    FunctionCall,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    InputTokens,
    InputTranscriptionCompleted,
    ItemCreate,
    McpCall,
    McpCallArgumentsDone,
    McpCallCompleted,
    McpCallFailed,
    OutputItemAdded,
    OutputItemDone,
    OutputTokens,
    Response,
    ResponseDone,
    SessionConfig,
    SessionCreated,
    Usage,
)
from tests.eventlog.made import Recorder, conversation

MODEL = "gpt-4o-realtime-preview-2024-12-17"


def test_a_question_in_sql_has_a_table_for_an_answer():
    log = conversation().log
    table = log.query(
        "SELECT type, count(*) AS n FROM events GROUP BY type ORDER BY n DESC, type LIMIT 2"
    )
    assert table.columns == ["type", "n"]
    assert table.rows == [
        {"type": "input_audio_buffer.append", "n": 5},
        {"type": "response.output_audio.delta", "n": 2},
    ]


def test_the_tables_of_a_log_can_be_joined():
    joined = conversation().log.query(
        "SELECT turn, events, created_to_first_audio FROM turns JOIN latencies USING (turn)"
    )
    assert joined[0] == {"turn": 1, "events": 11, "created_to_first_audio": pytest.approx(0.12)}


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE settled",
        "DELETE FROM settled",
        "UPDATE settled SET seq = 0",
        "INSERT INTO settled (seq) VALUES (1)",
        "CREATE TABLE mine (x INTEGER)",
        "CREATE VIEW mine AS SELECT 1",
        "ATTACH ':memory:' AS other",
        "USE memory",
        "SET threads = 1",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL pragma_version()",
        "EXPLAIN ANALYZE DELETE FROM settled",
        "SELECT 1; DROP TABLE settled",
        "BEGIN",
        "EXPORT DATABASE 'there'",
        "COPY events TO 'there.csv'",
        "",
    ],
)
def test_a_log_is_only_read(sql: str):
    log = conversation().log
    with pytest.raises(LogError, match="a log is only read: ask it one SELECT"):
        log.query(sql)
    assert len(log.query("FROM events")) == len(log)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM '{file}'",
        "FROM read_text('{file}')",
        "FROM read_csv('{file}')",
        "FROM read_blob('{folder}/*')",
        "FROM glob('{folder}/*')",
        "FROM read_parquet('{folder}/other.parquet')",
        "FROM read_json('https://example.com/a.json')",
        "FROM 's3://bucket/a.parquet'",
        "SELECT getenv('HOME')",
        "FROM secret",
        "FROM log",
        "FROM query('DROP TABLE settled')",
    ],
)
def test_nothing_outside_the_log_can_be_reached(sql: str, tmp_path: Path):
    file = tmp_path / "secret.csv"
    file.write_text("key\nsk-123\n")
    log = conversation().log
    secret = {"key": ["sk-123"]}  # a variable of the program that asks
    with pytest.raises(LogError, match="the log could not answer") as refused:
        log.query(sql.format(file=file, folder=tmp_path))
    assert "sk-123" not in str(refused.value)
    assert secret


def test_a_question_that_makes_no_sense_is_told_why():
    with pytest.raises(LogError, match="nobody"):
        conversation().log.query("SELECT nobody FROM events")


def test_the_column_that_needs_quotes_is_told():
    log = conversation().log
    with pytest.raises(LogError, match='The column at is written "at"'):
        log.query("SELECT at FROM events")
    assert log.query('SELECT max("at") AS last FROM events')[0] == {"last": 0.9}
    assert log.query("SELECT max(e.at) AS last FROM events AS e")[0] == {"last": 0.9}


def spent() -> Recorder:
    made = Recorder()
    made.at(0.0, SessionCreated(session=SessionConfig(type="realtime", model=MODEL)))
    usage = Usage(
        total_tokens=1_000_000, input_tokens=600_000, output_tokens=400_000,
        input_token_details=InputTokens(text_tokens=500_000, audio_tokens=100_000),
        output_token_details=OutputTokens(text_tokens=100_000, audio_tokens=300_000),
    )  # fmt: skip
    response = Response(id="resp_1", status="completed", usage=usage, conversation_id="conv_1")
    made.at(1.0, ResponseDone(response=response))
    return made


def test_what_was_used_is_priced_by_the_list_in_force():
    log = spent().log
    (row,) = log.usage()
    assert (row["model"], row["text_in"], row["audio_out"]) == (MODEL, 500_000, 300_000)
    assert row["dollars"] == row["at_least"] == pytest.approx(2.5 + 4 + 2 + 24)
    kinds = ("text_in", "text_cached", "text_out", "audio_in", "audio_cached", "audio_out")
    free = dict.fromkeys(kinds, 0.0)
    try:
        prices({MODEL: free | {"audio_out": 10.0}})
        assert log.usage()["dollars"] == [pytest.approx(3.0)]
        assert log.turns()["dollars"] == [pytest.approx(3.0)]
    finally:
        prices(reset=True)


def test_what_has_no_price_has_no_cost_and_says_why():
    made = Recorder()
    usage = Usage(total_tokens=10, input_tokens=10)
    done = Response(id="resp_1", status="completed", usage=usage, conversation_id="conv_1")
    made.at(0.0, "lab.connected", model="my-deployment", dialect="ga")
    made.at(0.1, SessionCreated(session=SessionConfig(type="realtime")))
    made.at(1.0, ResponseDone(response=done))
    (row,) = made.log.usage()
    assert (row["model"], row["dollars"], row["total_tokens"]) == ("my-deployment", None, 10)
    assert "no price is known for 'my-deployment'" in row["note"]
    assert made.log.turns()["dollars"] == [None]


def test_a_transcription_has_a_row_of_its_own():
    made = Recorder()
    heard = InputTranscriptionCompleted(
        item_id="item_u", transcript="Hello", usage={"type": "duration", "seconds": 60}
    )
    session = {
        "type": "session.created", "event_id": "e1", "session": {
            "type": "realtime", "id": "sess_1", "object": "realtime.session",
            "audio": {"input": {"transcription": {"model": "whisper-1"}}},
        },
    }  # fmt: skip
    text = msgspec.json.encode(session)
    made.log.record("received", made.dialect.decode_server(text), text)
    made.at(1.0, heard)
    (row,) = made.log.query("FROM transcriptions")
    assert (row["model"], row["transcript"], row["seconds"]) == ("whisper-1", "Hello", 60.0)
    assert row["dollars"] == pytest.approx(0.006)


def place(item_id: str) -> dict[str, str]:
    return {"response_id": "resp_1", "item_id": item_id}


def test_each_call_of_a_function_is_a_row_whatever_became_of_it():
    made = Recorder()
    for number, (status, output) in enumerate(
        [("completed", '{"sum": 3}'), ("completed", '{"error": "no such word"}'),
         ("completed", None), ("incomplete", None), (None, None)]
    ):  # fmt: skip
        call = {"call_id": f"call_{number}", "name": "add"}
        item = FunctionCall(id=f"item_{number}", status="in_progress", **call)
        made.at(number, OutputItemAdded(response_id="resp_1", item=item))
        arguments = {**place(f"item_{number}"), "call_id": f"call_{number}"}
        made.at(number + 0.1, FunctionCallArgumentsDelta(**arguments, delta='{"a":'))
        if status == "completed":
            done = FunctionCallArgumentsDone(**arguments, arguments='{"a":1}')
            made.at(number + 0.2, done)
        if status is not None:
            item = FunctionCall(
                id=f"item_{number}", status=status, arguments='{"a":1}', **call  # type: ignore[arg-type]
            )  # fmt: skip
            made.at(number + 0.3, OutputItemDone(response_id="resp_1", item=item))
        if output is not None:
            answer = FunctionCallOutput(call_id=f"call_{number}", output=output)
            made.at(number + 0.7, ItemCreate(item=answer))
            # What a new connection is told again is no second call, nor another answer.
            made.at(number + 0.8, ItemCreate(item=item), ItemCreate(item=answer))
    rows = made.log.tools()
    assert rows["status"] == ["answered", "failed", "unanswered", "incomplete", "in_progress"]
    assert rows["error"] == [None, "no such word", None, None, None]
    assert rows["call_id"] == [f"call_{number}" for number in range(5)]
    assert rows[0] == {
        "call_id": "call_0", "item_id": "item_0", "response_id": "resp_1", "turn": rows[0]["turn"],
        "kind": "function", "name": "add", "arguments": '{"a":1}', "status": "answered",
        "asked": 0.0, "called": pytest.approx(0.2), "answered": pytest.approx(0.7),
        "duration": pytest.approx(0.5), "output": '{"sum": 3}', "error": None,
    }  # fmt: skip


def test_calls_of_remote_tools_are_rows_too():
    made = Recorder()
    for number, error in enumerate((None, {"type": "http_error", "message": "gone"})):
        call = {"id": f"mcp_{number}", "server_label": "wiki", "name": "search"}
        began = McpCall(**call, arguments="")
        made.at(number, OutputItemAdded(response_id="resp_1", item=began))
        made.at(number + 0.1, McpCallArgumentsDone(**place(f"mcp_{number}"), arguments="{}"))
        end = McpCallFailed if error else McpCallCompleted
        made.at(number + 0.5, end(item_id=f"mcp_{number}"))
        done = McpCall(**call, arguments="{}", output=None if error else "found", error=error)
        made.at(number + 0.6, OutputItemDone(response_id="resp_1", item=done))
    rows = made.log.tools()
    assert rows["kind"] == ["mcp", "mcp"]
    assert rows["status"] == ["answered", "failed"]
    assert rows["output"] == ["found", None]
    assert rows["error"] == [None, "gone"]
    assert rows["duration"] == [pytest.approx(0.4)] * 2


def test_the_tables_of_a_log_without_events_are_empty():
    log = EventLog()
    for name in ("events", "turns", "latencies", "moments", "tools", "usage", "transcriptions"):
        assert log.query(f"FROM {name}").rows == []


def test_a_broken_event_breaks_no_table():
    made = Recorder()
    for text in (b"{", b'{"type":"response.done"}', b'{"type":"response.done","response":7}',
                 b'{"type":"error","error":"no"}', b'"text"', b'{"type":"session.created"}',
                 b'{"type":"response.output_item.added","item":[1]}'):  # fmt: skip
        made.log.record("received", made.dialect.decode_server(text), text)
    broken = ErrorEvent(error=ErrorDetails(message="after that"))
    made.at(1.0, broken)
    for name in ("events", "turns", "latencies", "moments", "tools", "usage", "transcriptions"):
        made.log.query(f"FROM {name}")
    assert len(made.log.query("FROM events")) == 8
