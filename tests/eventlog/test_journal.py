"""A journal is written beside the session: what is in it, in which order, and what a kill costs."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.recording import journal as journal_module
from realtime_lab.eventlog.recording import journal_files
from realtime_lab.eventlog.recording.growing import Growing
from realtime_lab.eventlog.recording.journal_lines import Line
from realtime_lab.eventlog.redaction.outlet import Outlet
from realtime_lab.eventlog.turns.turn_numbers import TurnNumbers
from realtime_lab.protocol import InputAudioBufferAppend, InputAudioBufferCommit, OutputAudioDelta

from .made import PLACE, Recorder, conversation, shape

COMMIT = InputAudioBufferCommit()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()[1:]]


class StillThread:
    """In place of the thread: writes when it is told to."""

    def __init__(self) -> None:
        self.due: list[Any] = []
        self.hurried = 0

    def add(self, journal: Any) -> None: ...

    def soon(self, journal: Any) -> None:
        self.due.append(journal)

    def now(self) -> None:
        self.hurried += 1

    def turn(self) -> None:
        """20 ms go by."""
        due, self.due = self.due, []
        for journal in due:
            journal.write()


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> StillThread:
    thread = StillThread()
    monkeypatch.setattr(journal_module, "journal_thread", lambda: thread)
    return thread


# -- when it is written ----------------------------------------------------------------------------


def test_what_is_recorded_waits_for_the_next_turn_of_the_thread(still, tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "a.jsonl")
    made.at(0.1, COMMIT, COMMIT)
    assert len(still.due) == 1, "a group is due once"
    assert lines(tmp_path / "a.jsonl") == []
    still.turn()
    assert [line["seq"] for line in lines(tmp_path / "a.jsonl")] == [0, 1]
    assert still.due == [], "nothing is done while nothing happens"


def test_a_full_group_is_not_kept_waiting(still, tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "a.jsonl")
    made.at(0.1, *[COMMIT] * 64)
    assert still.hurried == 0
    made.at(0.1, COMMIT)
    assert still.hurried == 1


def test_the_thread_writes_without_being_asked(tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "a.jsonl")
    made.at(0.1, COMMIT)
    while not lines(tmp_path / "a.jsonl"):
        threading.Event().wait(0.001)
    made.log.close()


def test_recording_does_not_wait_for_a_disk(tmp_path, monkeypatch):
    disk = threading.Event()
    write = journal_files.JournalFiles.write
    made = Recorder()
    made.log.journal(tmp_path / "a.jsonl")
    reached = threading.Event()

    def slow(files: Any, group: Any) -> None:
        reached.set()
        disk.wait()
        write(files, group)

    monkeypatch.setattr(journal_files.JournalFiles, "write", slow)
    made.at(0.1, COMMIT)
    reached.wait()
    made.at(0.2, *[COMMIT] * 500)
    assert len(made.log) == 501
    assert lines(tmp_path / "a.jsonl") == []
    disk.set()
    made.log.close()
    assert len(lines(tmp_path / "a.jsonl")) == 501


def test_a_log_that_is_never_closed_is_complete_when_the_process_ends(tmp_path):
    program = f"""
        from realtime_lab.eventlog import EventLog
        log = EventLog()
        log.journal({str(tmp_path / "a.jsonl")!r})
        log.mark("lab.note")
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
    assert [e.type for e in EventLog.load(tmp_path / "a.jsonl")] == ["lab.note"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_the_child_of_a_fork_writes_nothing_into_its_parents_journal(tmp_path):
    program = f"""
        import os, sys
        from realtime_lab.eventlog import EventLog
        log = EventLog()
        log.journal({str(tmp_path / "a.jsonl")!r})
        log.mark("lab.note")
        if not os.fork():
            log.mark("lab.child")
            log.flush()
            other = EventLog()
            other.journal({str(tmp_path / "child.jsonl")!r})
            other.mark("lab.own")
            sys.exit()
        os.wait()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
    assert [e.type for e in EventLog.load(tmp_path / "a.jsonl")] == ["lab.note"]
    assert [e.type for e in EventLog.load(tmp_path / "child.jsonl")] == ["lab.own"]


# -- turns -----------------------------------------------------------------------------------------


def test_a_line_waits_for_its_turn(still, tmp_path):
    made = Recorder()
    log, path = made.log, tmp_path / "a.jsonl"
    log.journal(path)
    made.at(0.1, COMMIT)
    log.assign(0, None)
    made.at(0.2, COMMIT, COMMIT)
    still.turn()
    assert [line["seq"] for line in lines(path)] == [0]
    log.assign(2, 1)
    still.turn()
    assert [(line["seq"], line.get("turn")) for line in lines(path)] == [
        (0, None), (1, None), (2, 1),
    ]  # fmt: skip


def test_a_line_does_not_wait_for_ever(still, tmp_path):
    made = Recorder()
    log, path = made.log, tmp_path / "a.jsonl"
    log.journal(path)
    made.at(0.1, COMMIT)
    log.assign(0, 1)
    made.at(0.2, COMMIT)
    for _ in range(30):
        still.turn()
    assert [line.get("turn") for line in lines(path)] == [1, None]
    assert still.due == []
    log.assign(1, 2)
    log.assign(0, None)
    log.assign(1, 2)
    log.flush()
    assert lines(path)[2:] == [{"turn": 2, "seq": 1}, {"turn": None, "seq": 0}]
    log.close()
    read = EventLog.load(path)
    assert [read.turn_of(seq) for seq in range(2)] == [None, 2]
    read.write(path)
    assert [line.get("turn") for line in lines(path)] == [None, 2]


def session(log: EventLog, seed: int) -> Iterator[None]:
    """Records and assigns as a session does, corrections and streamed numbers included."""
    chance = random.Random(seed)
    told = -1
    for step in range(400):
        for _ in range(chance.choice((1, 1, 1, 3))):
            match chance.randrange(4):
                case 0:
                    event: Any = InputAudioBufferAppend(audio=chance.randbytes(960))
                    log.record("sent", event, Recorder().dialect.encode_client(event))
                case 1:
                    event = OutputAudioDelta(**PLACE, delta=chance.randbytes(960))
                    log.record("received", event, Recorder().dialect.encode_server(event) or b"")
                case 2:
                    log.mark("lab.note", told="call 415-555-0123")
                case _:
                    log.record("sent", COMMIT, b'{"type":"input_audio_buffer.commit"}')
            yield
        if chance.random() < 0.9:
            for seq in range(told + 1, len(log)):
                log.assign(seq, chance.choice((None, 1 + step // 40)))
                yield
            told = len(log) - 1
        if chance.random() < 0.1:
            log.assign(chance.randrange(len(log)), chance.choice((None, 1, 2)))
            yield


@pytest.mark.parametrize("redaction", [Redaction(), Redaction.off()])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_written_does_not_depend_on_when_it_is(seed, redaction):
    written: list[tuple[bytes, bytes, bytes]] = []
    for pace in (1, 7, 100_000):
        log = Recorder().log
        growing = Growing(log._entries, log._turns.told, Outlet(redaction), log.start)
        groups = []
        for count, _ in enumerate(session(log, seed)):
            while count % pace == 0 and (group := growing.next(growing.taken)) is not None:
                groups.append(group)
        while (group := growing.next(len(log))) is not None:
            groups.append(group)
        groups.append(growing.finish())
        written.append(
            (
                b"".join(line for group in groups for line in group.lines),
                *(b"".join(p for g in groups for p in g.samples[s]) for s in ("user", "model")),
            )
        )
    assert written[0] == written[1] == written[2]
    assert b'{"turn":' in written[0][0]


def test_turns_come_back_as_they_were_told(tmp_path):
    log = Recorder().log
    log.journal(tmp_path / "a.jsonl")
    for _ in session(log, 1):
        pass
    log.close()
    read = EventLog.load(tmp_path / "a.jsonl")
    assert [read.turn_of(e.seq) for e in read] == [log.turn_of(e.seq) for e in log]
    assert read.turn_numbers == log.turn_numbers


def test_turn_numbers_remember_every_change_in_order():
    numbers = TurnNumbers()
    for seq, turn in ((0, 1), (3, 2), (0, None), (3, 2)):
        numbers.assign(seq, turn)
    assert numbers.assigned(0, 2) + numbers.assigned(2, 99) == [(0, 1), (3, 2), (0, None), (3, 2)]
    assert (numbers.turns, numbers.entries(2), numbers.of(0), numbers.of(9)) == (
        [2],
        [3],
        None,
        None,
    )
    assert numbers.settled().assigned(0, 99) == [(0, None), (1, None), (2, None), (3, 2)]


# -- who writes ------------------------------------------------------------------------------------


def test_two_logs_do_not_write_one_journal(tmp_path):
    path = tmp_path / "a.jsonl"
    first, second = conversation().log, Recorder().log
    first.journal(path)
    for overwrite in (False, True):
        with pytest.raises(LogError, match="exists already" if not overwrite else "another log"):
            second.journal(path, overwrite=overwrite)
    first.close()
    assert len(EventLog.load(path)) == 18, "what the first wrote is untouched"
    second.journal(path, overwrite=True)
    second.mark("lab.note")
    second.close()
    assert [e.type for e in EventLog.load(path)] == ["lab.note"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"], "voices of the old one are gone"


def test_a_journal_that_is_being_written_is_not_replaced(tmp_path):
    log = conversation().log
    log.journal(tmp_path / "a.jsonl")
    for other in (log, conversation().log):
        with pytest.raises(LogError, match="is being written by a log; choose another name"):
            other.write(tmp_path / "a.jsonl")
    log.close()
    conversation().log.write(tmp_path / "a.jsonl")
    assert len(EventLog.load(tmp_path / "a.jsonl")) == 18


def test_another_process_does_not_write_an_open_journal(tmp_path):
    path = tmp_path / "a.jsonl"
    log = conversation().log
    log.journal(path)
    program = f"""
        from realtime_lab.errors import LogError
        from realtime_lab.eventlog import EventLog
        try:
            EventLog().journal({str(path)!r}, overwrite=True)
        except LogError as error:
            print(error)
    """
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "is being written by another log; choose another name" in told.stdout
    log.close()
    assert len(EventLog.load(path)) == 18


def test_a_log_may_begin_its_own_journal_again(tmp_path):
    log = conversation().log
    log.journal(tmp_path / "a.jsonl")
    with pytest.raises(LogError, match="exists already"):
        log.journal(tmp_path / "a.jsonl")
    log.mark("lab.goes_on")
    log.flush()
    assert len(EventLog.load(tmp_path / "a.jsonl")) == 19
    log.journal(tmp_path / "a.jsonl", overwrite=True)
    log.journal(tmp_path / "b.jsonl")
    log.close()
    assert [len(EventLog.load(tmp_path / name)) for name in ("a.jsonl", "b.jsonl")] == [19, 19]


def test_voices_that_are_there_are_not_overwritten_unless_told(tmp_path):
    (tmp_path / "a.user.pcm").write_bytes(b"precious")
    with pytest.raises(LogError, match=r"a\.user\.pcm exists already"):
        conversation().log.journal(tmp_path / "a.jsonl")
    assert [p.name for p in tmp_path.iterdir()] == ["a.user.pcm"]
    conversation().log.journal(tmp_path / "a.jsonl", overwrite=True)
    assert (tmp_path / "a.user.pcm").read_bytes() == bytes(4800)


# -- where there is no room ------------------------------------------------------------------------


def fill_up(log: EventLog) -> int:
    """Record until writing fails; the number of entries."""
    voice = bytes(range(240)) * 4
    while not log.notes:
        event = InputAudioBufferAppend(audio=voice)
        log.record("sent", event, Recorder().dialect.encode_client(event))
        log.mark("lab.note", told="x" * 50)
        log.flush()
        assert len(log) < 10_000
    return len(log)


def check_full(log: EventLog, path: Path) -> None:
    """All that was written before the disk was full is there, with its samples."""
    fill_up(log)
    [mark] = log.events("lab.journal_failed")
    [note] = log.notes
    assert mark.event.data["problem"] == note  # type: ignore[union-attr]
    assert "save it elsewhere with write()" in note
    log.mark("lab.goes_on")
    log.close()
    kept = EventLog.load(path)
    assert 10 < len(kept) < len(log)
    assert shape(kept) == shape(log[: len(kept)])
    assert all("torn" in note for note in kept.notes)


@pytest.mark.parametrize("limit", [30_000, 30_001, 31_000])
def test_a_disk_that_is_full_amid_samples_costs_what_follows(limit, tmp_path):
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = EventLog()
    log.journal(tmp_path / "a.jsonl")
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limits[1]))
    try:
        check_full(log, tmp_path / "a.jsonl")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def disk(tmp_path, request) -> Iterator[Path]:
    """A file system of its own, with these options."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(disk)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("disk", ["ro"], indirect=True)
def test_a_folder_that_cannot_be_written_is_told_at_once_and_memory_goes_on(disk):
    log = conversation().log
    for name in ("a.jsonl", "a.parquet"):
        with pytest.raises(LogError, match=r"cannot write .*read-only file system; choose another"):
            log.journal(disk / name)
        with pytest.raises(LogError, match="read-only file system"):
            log.write(disk / name)
    log.mark("lab.goes_on")
    assert len(log) == 19


@pytest.mark.parametrize("disk", ["size=100k"], indirect=True)
def test_a_disk_that_fills_up_is_told_and_what_is_there_is_exact(disk, tmp_path, caplog):
    log = EventLog()
    log.journal(disk / "a.jsonl")
    check_full(log, disk / "a.jsonl")
    assert "no space left on device" in caplog.messages[0]
    with pytest.raises(LogError, match="no space left on device"):
        log.write(disk / "b.jsonl")
    with pytest.raises(LogError, match="no space left on device"):
        log.write(disk / "b.parquet")
    assert {p.name for p in disk.iterdir()} == {"a.jsonl", "a.user.pcm"}
    log.write(tmp_path / "b.zip")
    assert len(EventLog.load(tmp_path / "b.zip")) == len(log)


# -- what a kill costs -----------------------------------------------------------------------------

KILLED = """
    import random, sys, time
    from realtime_lab.eventlog import EventLog
    from realtime_lab.protocol import GA, InputAudioBufferAppend, OutputAudioDelta

    def audio(number):
        return number.to_bytes(4, "little") * 240

    place = dict(response_id="r", item_id="i", event_id="e", output_index=0, content_index=0)
    log = EventLog()
    log.journal(sys.argv[1])
    for number in range(10 ** 6):
        if number % 3 == 0:
            log.mark("lab.note", number=number)
        elif number % 3 == 1:
            event = InputAudioBufferAppend(audio=audio(number))
            log.record("sent", event, GA.encode_client(event))
        else:
            event = OutputAudioDelta(**place, delta=audio(number))
            log.record("received", event, GA.encode_server(event))
        log.assign(number, 1 + number // 10)
        if number % 50 == 0:
            log.flush()
        print(number, number - number % 50, flush=True)
        time.sleep(float(sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_costs_no_more_than_was_not_written(seed, tmp_path):
    path, chance = tmp_path / "a.jsonl", random.Random(seed)
    command = [
        sys.executable,
        "-c",
        textwrap.dedent(KILLED),
        str(path),
        str(chance.choice((0, 1e-4))),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(chance.randrange(1, 3000)):
            told = child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        whole, _, _ = (told + child.stdout.read()).rpartition("\n")
    recorded, flushed = map(int, whole.splitlines()[-1].split())
    read = EventLog.load(path)
    assert flushed < len(read)
    assert [e.seq for e in read] == list(range(len(read)))
    for entry in read:
        number = entry.seq
        assert read.turn_of(number) in (1 + number // 10, *((None,) if number >= recorded else ()))
        if number % 3:
            assert entry.audio == number.to_bytes(4, "little") * 240
        else:
            assert entry.event.data == {"number": number}  # type: ignore[union-attr]
    assert all("torn" in note for note in read.notes)


def test_a_line_torn_anywhere_is_left_out_and_all_others_are_exact(tmp_path):
    path = tmp_path / "a.jsonl"
    made = Recorder()
    made.at(0.1, COMMIT)
    made.at(0.2, InputAudioBufferAppend(audio=bytes(range(240))))
    made.log.write(path)
    whole, [first, last] = path.read_bytes(), made.log[:]
    begin = whole.rindex(b"\n", 0, -1) + 1
    for end in range(begin + 1, len(whole) - 1):
        path.write_bytes(whole[:end])
        read = EventLog.load(path)
        assert shape(read) == shape([first])
        assert read.notes == ["line 3, the last one, is torn and was left out"]
    for end in (len(whole) - 1, len(whole)):
        path.write_bytes(whole[:end])
        assert shape(EventLog.load(path)) == shape([first, last])


@pytest.mark.parametrize("kept", [None, 0, 1000, 4799])
def test_samples_that_are_missing_are_silence_and_told(kept, tmp_path):
    path = tmp_path / "a.jsonl"
    made, voice = Recorder(), bytes(range(1, 241)) * 4
    for step in range(5):
        made.at(0.02 * step, InputAudioBufferAppend(audio=voice))
    made.at(0.2, OutputAudioDelta(**PLACE, delta=voice))
    made.log.write(path)
    track = tmp_path / "a.user.pcm"
    if kept is None:
        track.unlink()
    else:
        track.write_bytes(track.read_bytes()[:kept])
    read = EventLog.load(path)
    heard = b"".join(entry.audio for entry in read.events("*.append"))
    there = (voice * 5)[: kept or 0]
    assert heard == there + b"\xff" * (4800 - len(there))
    assert [len(entry.audio) for entry in read.events("*.append")] == [960] * 5
    assert read.events("*.delta")[0].audio == voice
    [note] = read.notes
    assert "a.jsonl: the user's audio" in note
    assert "silence" in note
    assert ("is missing" in note) == (kept is None)


def test_a_file_of_voices_that_is_none_is_told(tmp_path):
    path = tmp_path / "a.jsonl"
    conversation().log.write(path)
    (tmp_path / "a.user.pcm").unlink()
    (tmp_path / "a.user.pcm").mkdir()
    [note] = EventLog.load(path).notes
    assert "the user's audio is missing" in note


def test_a_file_from_somebody_else_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "a.jsonl"
    event = '{"type":"input_audio_buffer.append","audio":""}'
    conversation().log.write(path)
    header = path.read_text().splitlines()[0]
    for line in (
        f'{{"seq":0,"at":0,"dir":"sent","audio":[0,1000000000000],"event":{event}}}',
        f'{{"seq":0,"at":0,"dir":"sent","audio_bytes":1000000000000,"event":{event}}}',
        f'{{"seq":100000000000,"at":0,"dir":"sent","turn":1,"event":{event}}}',
        f'{{"seq":-1,"at":0,"dir":"sent","turn":1,"event":{event}}}',
    ):
        path.write_text(f"{header}\n{line}\n")
        with pytest.raises(LogError, match="line 2"):
            EventLog.load(path)
    far = f'{{"seq":0,"at":0,"dir":"sent","audio":[100000000000,2],"event":{event}}}'
    near = f'{{"seq":1,"at":0,"dir":"sent","audio":[0,2],"event":{event}}}'
    path.write_text(f"{header}\n{far}\n{near}\n")
    assert [len(entry.audio) for entry in EventLog.load(path)] == [2, 2]


def test_audio_of_an_event_with_bytes_that_are_no_text_is_counted_without_its_ids():
    line = Line(seq=3, dir="received", event=Raw(b'{"item_id":"\xff"}'), audio_bytes=960)
    fact = line.audio_fact()
    assert fact is not None
    assert (fact.seq, fact.size, fact.item_id) == (3, 960, "")
