"""Logs on disk: nothing is lost, and what is missing is told."""

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
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


def test_the_file_is_as_documented(tmp_path):
    log = conversation().log
    log.write(tmp_path / "log.jsonl")
    header, first, *_ = rows(tmp_path / "log.jsonl")
    assert header == {
        "format": "realtime_lab.eventlog", "version": 1, "dialect": "ga",
        "started": "2023-11-14T22:13:20Z", "audio": True,
        "redacted": ["emails", "phones", "cards", "ibans", "keys", "numbers"],
    }  # fmt: skip
    assert first["seq"] == 0
    assert first["at"] == 0
    assert first["dir"] == "sent"
    assert first["event"] == json.loads(log[0].data)


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


def test_a_journal_is_at_most_64_events_behind(tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "journal.jsonl")
    for count in range(1, 300):
        made.at(0.0, COMMIT)
        written = len(rows(tmp_path / "journal.jsonl")) - 1
        assert count - written < 64


def test_a_journal_does_not_wait_for_a_group_when_events_are_rare(tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "journal.jsonl")
    for step in range(1, 5):
        made.at(0.05 * step, COMMIT)
        assert len(rows(tmp_path / "journal.jsonl")) == 1 + step


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


def test_what_was_flushed_survives_a_kill(tmp_path):
    path = tmp_path / "journal.jsonl"
    program = textwrap.dedent(f"""
        import os, signal
        from realtime_lab.eventlog import EventLog
        from realtime_lab.protocol import InputAudioBufferCommit
        log = EventLog(clock=lambda: 0.0)
        log.journal({str(path)!r})
        for _ in range(1000):
            log.record("sent", InputAudioBufferCommit(), b'{{"type":"input_audio_buffer.commit"}}')
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", program], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    read = EventLog.load(path)
    assert 1000 - 64 <= len(read) <= 1000
    assert [e.seq for e in read] == list(range(len(read)))
