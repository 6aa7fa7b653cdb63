"""A sealed log answers from its file, and as it did before it was sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.tables.filters import EventFilter
from realtime_lab.eventlog.tables.index import ALL
from realtime_lab.protocol import (
    ContentPart,
    ItemCreate,
    ItemRetrieved,
    Message,
    OutputTranscriptDelta,
    OutputTranscriptDone,
)
from tests.eventlog.made import PLACE, Recorder, conversation
from tests.eventlog.test_index import ADDRESS, FOLDED, PIECES

TABLES = ("events", "turns", "latencies", "moments", "tools", "usage", "transcriptions")


def recorded(dialect: str = "ga") -> Recorder:
    made = conversation(dialect)
    for number, piece in enumerate(PIECES):
        made.at(1 + number / 10, OutputTranscriptDelta(**PLACE, delta=piece))
    made.at(2.0, OutputTranscriptDone(**PLACE, transcript="".join(PIECES)))
    for entry in made.log:
        made.log.assign(entry.seq, 1 if entry.seq > 4 else None)
    return made


def saved(log: EventLog, path: Path) -> EventLog:
    log.write(path)
    return EventLog.load(path)


def answers(log: EventLog) -> dict[str, Any]:
    found: dict[str, Any] = {name: log.query(f"FROM {name}").rows for name in TABLES}
    for row in found["events"]:
        del row["audio_offset"]  # only files have tracks
    index = log.index
    filters = (ALL, FOLDED, EventFilter(turn=1, folded=True), EventFilter(text="E-MAIL"))
    found["pages"] = [index.page(filter, 0, 100) for filter in filters]
    found["histogram"] = index.histogram(ALL, 7)
    found["related"] = [index.related(entry.seq) for entry in log]
    found["events of a type"] = [(e.seq, e.type, e.size) for e in log.events("*.delta")]
    return found


@pytest.mark.parametrize("dialect", ["ga", "preview"])
@pytest.mark.parametrize("name", ["talk.parquet", "talk.jsonl", "talk.zip"])
def test_a_saved_log_answers_as_it_did_in_memory(name: str, dialect: str, tmp_path: Path):
    log = recorded(dialect).log
    assert answers(saved(log, tmp_path / name)) == answers(log)


@pytest.mark.parametrize("name", ["talk.parquet", "talk.jsonl"])
def test_no_row_has_the_samples_of_an_item(name: str, tmp_path: Path):
    made = Recorder()
    voice = ContentPart(type="input_audio", audio=b"\x12\x34" * 500, transcript="Hello")
    said = Message(id="item_u", role="user", content=[voice])
    made.at(0.1, ItemCreate(item=said))
    made.at(0.2, ItemRetrieved(item=said))
    kept = saved(made.log, tmp_path / name)
    for log in (made.log, kept):
        assert all('"audio":""' in text for text in log.events().table()["event"])
        assert log.events(text="EjQSNBI") == []
        assert log.events(text="hello") == list(log)
    assert kept[0].event == made.log[0].event


def test_a_sealed_log_is_not_copied_to_be_asked(tmp_path: Path):
    log = saved(recorded().log, tmp_path / "talk.parquet")
    assert log.query("SELECT count(*) AS n FROM events")[0]["n"] == len(log)
    tables = log.query("SELECT table_name FROM duckdb_tables()")
    assert tables.rows == []


def test_entries_of_a_sealed_log_are_read_when_they_are_looked_at(tmp_path: Path):
    log = saved(recorded().log, tmp_path / "talk.parquet")
    deltas = log.events("response.output_audio.delta")
    assert len(deltas) == 2
    assert deltas[0].event.delta == bytes(1920)  # type: ignore[union-attr]
    assert list(deltas[1:]) == [deltas[-1]]
    assert deltas == list(deltas)
    assert deltas != list(deltas)[:1]


def test_only_the_file_of_the_log_can_be_read(tmp_path: Path):
    log = saved(recorded().log, tmp_path / "talk.parquet")
    other = tmp_path / "other.parquet"
    recorded().log.write(other)
    with pytest.raises(LogError, match="could not answer"):
        log.query(f"FROM read_parquet('{other}')")
    with pytest.raises(LogError, match="could not answer"):
        log.query(f"FROM read_parquet('{tmp_path}/*.parquet')")


def test_what_was_not_redacted_in_a_file_is_when_that_is_wanted_now(tmp_path: Path):
    made = recorded()
    made.log.redaction = Redaction.off()
    log = saved(made.log, tmp_path / "talk.parquet")
    assert ADDRESS in log.turns()["transcript"][0]
    log.redaction = Redaction()
    assert "‹e-mail›" in log.turns()["transcript"][0]
    assert ADDRESS not in str(answers(log))


def test_marks_made_after_loading_are_found(tmp_path: Path):
    log = saved(recorded().log, tmp_path / "talk.parquet")
    count = log.index.count()
    log.mark("lab.note", told="listened to")
    assert log.index.count() == count + 1
    assert [entry.type for entry in log.events(text="listened")] == ["lab.note"]


def test_a_file_that_is_gone_is_told(tmp_path: Path):
    path = tmp_path / "talk.parquet"
    log = saved(recorded().log, path)
    assert log.index.count() == len(log)
    path.unlink()
    with pytest.raises(LogError, match="cannot be read any more"):
        log.index.page(FOLDED, 0, 10)
    with pytest.raises(LogError):
        log.turns()


def test_a_log_with_gaps_keeps_its_numbers(tmp_path: Path):
    path = tmp_path / "talk.jsonl"
    recorded().log.write(path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if '"seq":8,' not in line))
    log = EventLog.load(path)
    assert log.notes
    assert [row.seq for row in log.index.page(ALL, 7, 2)] == [7, 9]
    assert [entry.seq for entry in log.events("response.created")] == [9]
    assert [entry.seq for entry in log.events(text="response.created")] == [9]
    assert log.index.position(ALL, 9) == 8
