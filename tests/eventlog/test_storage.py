"""Logs on disk: nothing is lost, and what is missing is told."""

import json
import resource
import signal
from pathlib import Path

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import GA, InputAudioBufferCommit, UnknownEvent

from .made import Recorder, conversation, shape

COMMIT = InputAudioBufferCommit()


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_log_is_read_as_it_was_written(dialect, tmp_path):
    log = conversation(dialect).log
    log.write(tmp_path / "log.jsonl")
    read = EventLog.load(tmp_path / "log.jsonl")
    assert shape(read) == shape(log)
    assert [read.elapsed(e) for e in read] == pytest.approx([log.elapsed(e) for e in log])
    assert (read.dialect, read.started, read.notes) == (dialect, log.started, [])
    assert read.wall(read[3]) == log.wall(log[3])


def test_the_files_are_as_documented(tmp_path):
    made = conversation()
    made.log.assign(0, 1)
    made.log.assign(4, None)
    made.log.write(tmp_path / "log.jsonl")
    header, first, *others = rows(tmp_path / "log.jsonl")
    assert header == {
        "format": "realtime_lab.eventlog", "version": 2, "dialect": "ga",
        "started": "2023-11-14T22:13:20Z", "audio": True,
        "redacted": ["emails", "phones", "cards", "ibans", "keys", "numbers"],
    }  # fmt: skip
    event = json.loads(made.log[0].data)
    assert first == {
        "seq": 0, "at": 0, "dir": "sent", "turn": 1, "audio": [0, 960],
        "event": {**event, "audio": ""},
    }  # fmt: skip
    assert [row.get("audio") for row in others[:5]] == [
        [960, 960], [1920, 960], [2880, 960], [3840, 960], None
    ]  # fmt: skip
    assert (tmp_path / "log.user.pcm").read_bytes() == bytes(4800)
    assert (tmp_path / "log.model.pcm").read_bytes() == bytes(3840)
    assert {path.name for path in tmp_path.iterdir()} == {
        "log.jsonl", "log.user.pcm", "log.model.pcm"
    }  # fmt: skip


VERSION_1 = b"""\
{"format":"realtime_lab.eventlog","version":1,"dialect":"preview","started":"2023-11-14T22:13:20Z"}
{"seq":0,"at":0.020000,"dir":"sent","event":{"type":"input_audio_buffer.append","audio":"AAEC"}}
{"seq":1,"at":0.300000,"dir":"received","event":{"type":"response.audio.delta","response_id":"r",\
"item_id":"i","output_index":0,"content_index":0,"delta":""},"audio_bytes":3}
{"seq":2,"at":0.400000,"dir":"local","event":{"type":"lab.note","data":{}}}
"""


def test_a_log_of_version_1_is_read(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(VERSION_1)
    log = EventLog.load(path)
    assert [entry.audio for entry in log] == [b"\x00\x01\x02", b"\xff\xff\xff", b""]
    assert log[1].type == "response.output_audio.delta"
    assert b'"delta":"////"' in log[1].data
    assert log.redaction.kinds == EventLog().redaction.kinds
    log.write(path)
    assert [entry.data for entry in EventLog.load(path)] == [entry.data for entry in log]
    assert rows(path)[0]["version"] == 2


def test_a_read_log_is_written_the_same(tmp_path):
    conversation().log.write(tmp_path / "one.jsonl")
    EventLog.load(tmp_path / "one.jsonl").write(tmp_path / "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_the_same_session_on_the_same_clock_gives_the_same_bytes(tmp_path):
    for name, start in (("one", 1000.0), ("two", 77.5)):
        made = Recorder(start=start)
        made.at(0.25, COMMIT, "lab.note")
        made.log.write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "text",
    [b"not JSON at all", b'{"broken', b"\xff\xfe", b"[1,2]", b'{\n  "type": "new.event"\r\n}',
     '{"type":"new.event","text":"\u2028 \\n"}'.encode()],
)  # fmt: skip
def test_strange_texts_keep_their_line(text, tmp_path):
    log = EventLog()
    log.record("received", GA.decode_server(text), text)
    log.mark("lab.after")
    log.write(tmp_path / "log.jsonl")
    read = EventLog.load(tmp_path / "log.jsonl")
    assert [e.type for e in read] == [log[0].type, "lab.after"]
    assert isinstance(read[0].event, UnknownEvent)


def test_what_a_service_would_refuse_is_kept_as_unknown(tmp_path):
    log = EventLog()
    log.record("sent", COMMIT, b'{"type":"input_audio_buffer.commit","wrong":1}')
    log.write(tmp_path / "log.jsonl")
    (entry,) = EventLog.load(tmp_path / "log.jsonl")
    assert isinstance(entry.event, UnknownEvent)
    assert entry.type == "input_audio_buffer.commit"
    assert "wrong" in entry.event.problem


def test_a_torn_last_line_is_left_out_and_told(tmp_path):
    path = tmp_path / "log.jsonl"
    conversation().log.write(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    read = EventLog.load(path)
    assert len(read) == 17
    assert "line 19" in read.notes[0]
    assert "torn" in read.notes[0]
    path.write_bytes(whole[:-1])
    assert len(EventLog.load(path)) == 18


@pytest.mark.parametrize(
    ("line", "text", "told"),
    [
        (1, "", "line 1"),
        (1, "{}", "line 1"),
        (1, '{"format":"other","version":1,"dialect":"ga","started":"2026-01-01T00:00:00Z"}',
         "'other'"),
        (1, '{"format":"realtime_lab.eventlog","version":9,"dialect":"ga",'
            '"started":"2026-01-01T00:00:00Z"}', "version 9"),
        (1, '{"format":"realtime_lab.eventlog","version":1,"dialect":"latin",'
            '"started":"2026-01-01T00:00:00Z"}', "'latin'"),
        (4, "rubbish", "line 4"),
        (4, '{"seq":1}', "line 4"),
        (4, '{"seq":2,"at":0,"dir":"sideways","event":{}}', "line 4"),
        (4, "", "line 4"),
    ],
)  # fmt: skip
def test_a_broken_line_is_named(line, text, told, tmp_path):
    path = tmp_path / "log.jsonl"
    conversation().log.write(path)
    lines = path.read_text().splitlines()
    lines[line - 1] = text
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(LogError) as error:
        EventLog.load(path)
    assert told in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00\x01", b"RIFF1234WAVE"])
def test_a_file_that_is_no_log_is_refused(content, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(LogError, match="line 1"):
        EventLog.load(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(LogError, match="no such file"):
        EventLog.load(tmp_path / "none.jsonl")


def test_missing_events_are_told(tmp_path):
    path = tmp_path / "log.jsonl"
    conversation().log.write(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[6:]))
    assert EventLog.load(path).notes == ["3 events are missing between seq 1 and 5"]


def test_an_unwritable_place_is_told_and_leaves_nothing(tmp_path):
    log = conversation().log
    for path in (tmp_path / "no" / "log.jsonl", tmp_path):
        with pytest.raises(LogError, match="cannot write"):
            log.write(path)
        with pytest.raises(LogError):
            log.journal(path)
    assert list(tmp_path.iterdir()) == []
    log.mark("lab.goes_on")
    assert len(log) == 19


def test_a_journal_holds_what_was_there_and_what_comes(tmp_path):
    made = conversation()
    made.log.journal(tmp_path / "journal.jsonl")
    assert len(rows(tmp_path / "journal.jsonl")) == 1 + 18
    made.at(1.0, COMMIT)
    made.at(1.001, COMMIT)
    made.log.flush()
    assert len(rows(tmp_path / "journal.jsonl")) == 1 + 20
    made.at(1.002, COMMIT)
    made.log.close()
    made.at(2.0, COMMIT)
    assert shape(EventLog.load(tmp_path / "journal.jsonl")) == shape(made.log[:21])
    assert len(made.log) == 22


def test_a_journal_and_a_copy_are_the_same_file(tmp_path):
    made = conversation()
    made.log.journal(tmp_path / "journal.jsonl")
    made.log.close()
    made.log.write(tmp_path / "copy.jsonl")
    assert (tmp_path / "journal.jsonl").read_bytes() == (tmp_path / "copy.jsonl").read_bytes()


def test_a_journal_does_not_overwrite_unless_told(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_text("precious")
    log = conversation().log
    with pytest.raises(LogError, match="exists already"):
        log.journal(path)
    assert path.read_text() == "precious"
    log.journal(path, overwrite=True)
    log.close()
    assert len(EventLog.load(path)) == 18


def test_a_full_disk_is_told_at_opening():
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full, a disk that is always full")
    with pytest.raises(LogError, match="no space left"):
        conversation().log.journal("/dev/full", overwrite=True)


def test_a_disk_that_fills_up_is_told_and_memory_goes_on(tmp_path, caplog):
    made = Recorder()
    made.log.journal(tmp_path / "journal.jsonl")
    made.at(0.1, COMMIT)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400, limit[1]))
    try:
        for step in range(2, 30):
            made.at(0.1 * step, COMMIT)
            made.log.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    (note,) = made.log.notes
    assert "journal.jsonl" in note
    assert "write()" in note
    assert caplog.messages == [note]
    (mark,) = made.log.events("lab.journal_failed")
    assert mark.event.data["problem"] == note
    assert len(made.log) == 30
    read = EventLog.load(tmp_path / "journal.jsonl")
    assert 1 <= len(read) < 29
    assert shape(read) == shape(made.log[: len(read)])
