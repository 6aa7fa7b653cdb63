"""A log is sealed, sent in one file, and read again: the same in every form."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import soundfile

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.recording import files, sealing
from realtime_lab.protocol import (
    GA,
    PREVIEW,
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    OutputAudioDelta,
    OutputTranscriptDelta,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
)

from .made import PLACE, Recorder, conversation, shape

FORMS = ("jsonl", "parquet", "zip")
ULAW, ALAW = AudioFormat(type="audio/pcmu"), AudioFormat(type="audio/pcma")


def voice(seed: int, count: int = 960) -> bytes:
    samples = np.random.default_rng(seed).normal(0, 2000, count // 2)
    return samples.astype("<i2").tobytes()


def talk(dialect: str = "ga") -> Recorder:
    """Both sides speak, each differently at each time; turns are known."""
    made = conversation(dialect)
    for step in range(20):
        made.at(1 + 0.02 * step, InputAudioBufferAppend(audio=voice(step)))
        made.at(1 + 0.02 * step, OutputAudioDelta(**PLACE, delta=voice(-step - 1 & 0xFFFF, 1920)))
    for seq in range(len(made.log)):
        made.log.assign(seq, 1 + seq // 20 if seq % 7 else None)
    return made


def told(log: EventLog) -> dict[str, Any]:
    """All that must be the same in every form."""
    return {
        "entries": [(*row, entry.size) for row, entry in zip(shape(log), log, strict=True)],
        "at": [f"{log.elapsed(entry):.6f}" for entry in log],
        "turns": [log.turn_of(entry.seq) for entry in log],
        "header": (log.dialect, log.started, log.redaction, log.record_audio),
        "notes": log.notes,
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_log_is_the_same_in_every_form(form, dialect, tmp_path):
    log = talk(dialect).log
    path = tmp_path / f"talk.{form}"
    log.write(path)
    assert told(EventLog.load(path)) == told(log)


@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
def test_every_form_becomes_every_other(first, second, tmp_path):
    log = talk().log
    log.write(tmp_path / f"a.{first}")
    EventLog.load(tmp_path / f"a.{first}").write(tmp_path / f"b.{second}")
    assert told(EventLog.load(tmp_path / f"b.{second}")) == told(log)


def test_forms_of_one_name_stand_beside_each_other(tmp_path):
    log = talk().log
    for form in FORMS:
        log.write(tmp_path / f"talk.{form}")
    log.write(tmp_path / "talk")
    for name in (*(f"talk.{form}" for form in FORMS), "talk"):
        assert told(EventLog.load(tmp_path / name)) == told(log)


def test_what_is_redacted_and_left_out_is_so_in_every_form(tmp_path):
    made = talk()
    made.at(2.0, OutputTranscriptDelta(**PLACE, delta="Call 415-555-0123, please."))
    made.log.redaction = Redaction(emails=False)
    made.log.record_audio = False
    for form in FORMS:
        made.log.write(tmp_path / f"talk.{form}")
    first, *others = (told(EventLog.load(tmp_path / f"talk.{form}")) for form in FORMS)
    assert others == [first, first]
    [last] = EventLog.load(tmp_path / "talk.zip").events("*transcript.delta")[-1:]
    assert last.event.delta == "Call ‹phone›, please."  # type: ignore[union-attr]
    assert last.size == made.log[-1].size, "the size is that on the wire"
    assert {path.name for path in tmp_path.iterdir()} == {f"talk.{form}" for form in FORMS}


def test_a_sealed_log_is_a_table_with_its_voices_beside_it(tmp_path):
    log = talk().log
    log.write(tmp_path / "talk.parquet")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"talk.parquet", "talk.user.flac", "talk.model.flac"}
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sent = duckdb.sql(
        f"SELECT audio_offset, audio_bytes FROM '{tmp_path / 'talk.parquet'}'"
        " WHERE direction = 'sent' ORDER BY seq"
    ).fetchall()
    assert sent == [(960 * n, 960) for n in range(25)]
    samples, rate = soundfile.read(tmp_path / "talk.user.flac", dtype="int16")
    assert rate == 24_000
    assert samples.tobytes() == b"".join(entry.audio for entry in log.events(direction="sent"))
    assert soundfile.info(tmp_path / "talk.user.flac").subtype == "PCM_16"


def test_a_journal_is_sealed_when_it_is_closed(tmp_path):
    made = talk()
    made.log.journal(tmp_path / "talk.parquet")
    assert made.log.path == tmp_path / "talk.jsonl"
    made.at(3.0, InputAudioBufferCommit())
    made.log.close()
    assert made.log.path == tmp_path / "talk.parquet"
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"talk.parquet", "talk.user.flac", "talk.model.flac"}
    assert told(EventLog.load(tmp_path / "talk.parquet")) == told(made.log)
    made.at(4.0, InputAudioBufferCommit())
    made.log.close()
    assert len(made.log) == len(EventLog.load(tmp_path / "talk.parquet")) + 1


def test_a_journal_that_was_left_behind_is_sealed(tmp_path):
    log = talk().log
    log.write(tmp_path / "talk.jsonl")
    text = (tmp_path / "talk.jsonl").read_bytes()
    (tmp_path / "talk.jsonl").write_bytes(text[:-10])
    with pytest.raises(LogError, match=r"load talk\.jsonl instead, and seal\(\) it"):
        EventLog.load(tmp_path / "talk.parquet")
    assert EventLog.load(tmp_path / "talk.jsonl").seal() == tmp_path / "talk.parquet"
    assert not (tmp_path / "talk.jsonl").exists()
    assert not list(tmp_path.glob("*.pcm"))
    read = EventLog.load(tmp_path / "talk.parquet")
    assert shape(read) == shape(log[:-1])
    assert ["torn" in note for note in read.notes] == [True], "what was missing is still told"


def test_a_journal_of_version_1_is_sealed(tmp_path):
    from .test_storage import VERSION_1

    path = tmp_path / "old.jsonl"
    path.write_bytes(VERSION_1)
    before = [(e.seq, e.data) for e in EventLog.load(path)]
    EventLog.load(path).seal()
    assert {p.name for p in tmp_path.iterdir()} == {
        "old.parquet", "old.user.raw", "old.model.raw"
    }, "three bytes are no samples of 16 bits"  # fmt: skip
    assert [(e.seq, e.data) for e in EventLog.load(tmp_path / "old.parquet")] == before


def test_nothing_is_sealed_twice_or_over_something(tmp_path):
    log = talk().log
    with pytest.raises(LogError, match="in memory; save it"):
        log.seal()
    log.journal(tmp_path / "talk.jsonl")
    (tmp_path / "talk.parquet").write_bytes(b"precious")
    with pytest.raises(LogError, match="exists already"):
        log.seal()
    with pytest.raises(LogError, match="exists already"):
        talk().log.journal(tmp_path / "talk.parquet")
    assert (tmp_path / "talk.parquet").read_bytes() == b"precious"
    assert len(EventLog.load(tmp_path / "talk.jsonl")) == len(log)
    log.seal(overwrite=True)
    with pytest.raises(LogError, match=r"the log is in .*talk\.parquet"):
        log.seal()
    with pytest.raises(LogError, match="as it happens"):
        log.journal(tmp_path / "talk.zip")


@pytest.mark.parametrize("what", ["rows", "samples"])
def test_a_journal_stays_if_what_was_sealed_is_not_the_same(what, tmp_path, monkeypatch, caplog):
    log = talk().log
    log.journal(tmp_path / "talk.parquet")
    log.flush()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    if what == "rows":
        lines = sealing.SealedReader.lines
        monkeypatch.setattr(
            sealing.SealedReader,
            "lines",
            lambda *a: ([line._replace(at=line.at + 1) for line in part] for part in lines(*a)),
        )
    else:
        monkeypatch.setattr(
            sealing, "_write_flac", lambda raw, track: track.write_bytes(raw.read_bytes())
        )
        monkeypatch.setattr(sealing, "_digest", lambda track: track.suffix.encode())
    log.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    [note] = log.notes
    assert "was not sealed" in note
    assert caplog.messages == [note]
    assert told(EventLog.load(tmp_path / "talk.jsonl")) == told(log) | {"notes": []}


def test_a_journal_stays_if_there_is_no_room_for_the_sealed_log(tmp_path, monkeypatch):
    log = talk().log
    log.journal(tmp_path / "talk.jsonl")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealing, "write_parquet", full)
    with pytest.raises(LogError, match="no space left on device"):
        log.seal()
    assert {p.name for p in tmp_path.iterdir()} == {
        "talk.jsonl", "talk.user.pcm", "talk.model.pcm"
    }  # fmt: skip
    assert len(EventLog.load(tmp_path / "talk.jsonl")) == len(log)


def test_a_journal_that_is_not_whole_is_not_sealed(tmp_path):
    log = talk().log
    log.journal(tmp_path / "talk.parquet")
    log._disk.journal._files._file.close()  # type: ignore[union-attr]
    log._disk.journal.problem = "the disk was full"  # type: ignore[union-attr]
    log.close()
    assert any("is not whole" in note for note in log.notes)
    assert (tmp_path / "talk.jsonl").exists()


# -- samples of other kinds ------------------------------------------------------------------------


def settings(user: AudioFormat, model: AudioFormat, kind: Any = SessionCreated) -> Any:
    audio = AudioConfig(input=AudioInput(format=user), output=AudioOutput(format=model))
    return kind(session=SessionConfig(type="realtime", audio=audio))


def test_what_is_no_pcm16_stays_as_it_is(tmp_path):
    made = Recorder()
    made.at(0.0, settings(ULAW, ALAW))
    for step in range(5):
        made.at(0.02 * step, InputAudioBufferAppend(audio=voice(step, 161)))
        made.at(0.02 * step, OutputAudioDelta(**PLACE, delta=voice(step, 160)))
    made.log.journal(tmp_path / "talk.jsonl")
    made.log.seal()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"talk.parquet", "talk.user.ulaw", "talk.model.alaw"}
    assert shape(EventLog.load(tmp_path / "talk.parquet")) == shape(made.log)
    assert (tmp_path / "talk.user.ulaw").read_bytes() == b"".join(
        entry.audio for entry in made.log.events(direction="sent")
    )


def test_a_side_of_two_formats_stays_as_it_is(tmp_path):
    made = Recorder()
    pcm = AudioFormat(type="audio/pcm", rate=24_000)
    made.at(0.0, settings(pcm, pcm), InputAudioBufferAppend(audio=voice(1)))
    made.at(0.1, settings(ULAW, pcm, SessionUpdated), InputAudioBufferAppend(audio=voice(2)))
    made.at(0.2, OutputAudioDelta(**PLACE, delta=voice(3)))
    made.log.journal(tmp_path / "talk.parquet")
    made.log.close()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"talk.parquet", "talk.user.raw", "talk.model.flac"}
    assert shape(EventLog.load(tmp_path / "talk.parquet")) == shape(made.log)


def test_base64_that_is_not_canonical_is_kept_in_the_text(tmp_path):
    log = Recorder().log
    place = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'
    for audio in ("AAB=", "AAA=", "AP9=", ""):
        text = f'{{"type":"response.output_audio.delta",{place},"delta":"{audio}"}}'.encode()
        log.record("received", GA.decode_server(text), text)
    for form in FORMS:
        log.write(tmp_path / f"talk.{form}")
        assert told(EventLog.load(tmp_path / f"talk.{form}")) == told(log)


@pytest.mark.parametrize("kept", [None, 2000])
def test_voices_that_are_missing_beside_a_sealed_log_are_told(kept, tmp_path):
    log = talk().log
    log.write(tmp_path / "talk.parquet")
    track = tmp_path / "talk.user.flac"
    samples, rate = soundfile.read(track, dtype="int16")
    track.unlink()
    if kept is not None:
        soundfile.write(track, samples[:kept], rate, subtype="PCM_16")
    read = EventLog.load(tmp_path / "talk.parquet")
    there = samples[: kept or 0].tobytes()
    heard = b"".join(entry.audio for entry in read.events(direction="sent"))
    assert heard == there + b"\xff" * (25 * 960 - len(there))
    [note] = read.notes
    assert "the user's audio" in note
    track.write_bytes(b"no FLAC")
    [note] = EventLog.load(tmp_path / "talk.parquet").notes
    assert "talk.user.flac cannot be read" in note


# -- files from somebody else ----------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not a table", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_no_sealed_log_is_refused(content, tmp_path):
    path = tmp_path / "talk.parquet"
    path.write_bytes(content)
    with pytest.raises(LogError, match=r"talk\.parquet is not a sealed log"):
        EventLog.load(path)


def test_a_table_of_something_else_is_refused(tmp_path):
    path = tmp_path / "talk.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS seq) TO '{path}'")
    with pytest.raises(LogError, match="no header"):
        EventLog.load(path)
    for header, why in (
        ("{}", "cannot be read"),
        ('{"version":9,"dialect":"ga","started":"2026-01-01T00:00:00Z"}', "version 9"),
        ('{"version":2,"dialect":"latin","started":"2026-01-01T00:00:00Z"}', "'latin'"),
        ('{"version":2,"dialect":"ga","started":"2026-01-01T00:00:00Z"}', "not a sealed log"),
    ):
        metadata = f"KV_METADATA {{'realtime_lab.eventlog': '{header}'}}"
        duckdb.sql(f"COPY (SELECT 1 AS x) TO '{path}' (FORMAT parquet, {metadata})")
        with pytest.raises(LogError, match=why):
            EventLog.load(path)


def test_a_zip_is_read_whatever_else_is_in_it_and_whatever_its_names_say(tmp_path):
    log = talk().log
    log.write(tmp_path / "talk.parquet")
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("readme.txt", "x")
        for name in ("talk.parquet", "talk.user.flac", "talk.model.flac"):
            archive.write(tmp_path / name, f"../{name}")
    assert told(EventLog.load(path)) == told(log)
    assert not (tmp_path.parent / "talk.parquet").exists()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("another.parquet", "x")
    with pytest.raises(LogError, match="more than one log"):
        EventLog.load(path)


@pytest.mark.parametrize(("content", "why"), [(b"", "no ZIP"), (None, "no sealed log")])
def test_a_zip_without_a_log_is_refused(content, why, tmp_path):
    path = tmp_path / "talk.zip"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "x")
    else:
        path.write_bytes(content)
    with pytest.raises(LogError, match=why):
        EventLog.load(path)
    with pytest.raises(LogError, match="no such file"):
        EventLog.load(tmp_path / "none.zip")


def test_what_was_unpacked_is_removed_with_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    talk().log.write(tmp_path / "talk.zip")
    log = EventLog.load(tmp_path / "talk.zip")
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    assert log[5].audio == log[5].audio
    del log
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_place_that_is_none_is_told_and_leaves_nothing(form, tmp_path):
    with pytest.raises(LogError, match=r"cannot write .*no such file"):
        talk().log.write(tmp_path / "no" / f"talk.{form}")
    assert list(tmp_path.iterdir()) == []


# -- as it is asked for ----------------------------------------------------------------------------


@pytest.fixture(params=["jsonl", "parquet"])
def large(request, tmp_path, monkeypatch) -> tuple[EventLog, EventLog]:
    """A log, and the same one read page by page."""
    monkeypatch.setattr("realtime_lab.eventlog.recording.loading.READ_AT_ONCE", 0)
    monkeypatch.setattr("realtime_lab.eventlog.recording.loaded.PAGE", 8)
    made = talk()
    made.at(3.0, "lab.connected", dialect="preview", model="other")
    for step in range(50):
        text = PREVIEW.encode_server(OutputAudioDelta(**PLACE, delta=voice(step)))
        assert text is not None
        made.clock.now += 0.01
        made.log.record("received", PREVIEW.decode_server(text), text)
        made.log.assign(len(made.log) - 1, 9)
    made.log.write(tmp_path / f"talk.{request.param}")
    return made.log, EventLog.load(tmp_path / f"talk.{request.param}")


def test_a_large_log_is_read_as_it_is_asked_for(large):
    log, read = large
    assert not isinstance(read._entries, list)
    assert len(read) == len(log)
    assert told(read) == told(log)
    assert read[-1].data == log[-1].data
    assert [e.data for e in read[5:90]] == [e.data for e in log[5:90]]
    assert [e.seq for e in read[::-7]] == [e.seq for e in log[::-7]]
    assert [e.seq for e in read[1000:]] == []
    with pytest.raises(IndexError, match="the log has"):
        read[len(log)]
    assert read.turn_numbers == log.turn_numbers
    assert [e.seq for e in read.turn(2).entries] == [e.seq for e in log.turn(2).entries]
    assert [e.seq for e in read.events("*.delta")] == [e.seq for e in log.events("*.delta")]
    assert repr(read).startswith("<EventLog: 109 events, 3.5 s, talk.")
    assert "109 events" in read._repr_html_()


def test_a_loaded_log_can_go_on(large):
    _, read = large
    count = len(read)
    entry = read.mark("lab.note", told="later")
    assert (entry.seq, len(read), read[-1]) == (count, count + 1, entry)
    assert read[count - 1 :] == [read[count - 1], entry]
    assert list(read)[-1] is entry
    assert read.events("lab.note")[-1] == entry


def test_a_log_with_gaps_is_read_by_its_places(tmp_path, monkeypatch):
    log = talk().log
    log.write(tmp_path / "talk.jsonl")
    lines = (tmp_path / "talk.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "talk.jsonl").write_bytes(b"".join(lines[:10] + lines[15:]))
    kept = [*log[:9], *log[14:]]
    monkeypatch.setattr("realtime_lab.eventlog.recording.loading.READ_AT_ONCE", 0)
    for again in range(2):
        read = EventLog.load(tmp_path / ("talk.parquet" if again else "talk.jsonl"))
        assert shape(read) == shape(kept)
        assert shape(read[8:12]) == shape(kept[8:12])
        assert read.notes == ["5 events are missing between seq 8 and 14"]
        assert [read.turn_of(e.seq) for e in read] == [log.turn_of(e.seq) for e in kept]
        assert [e.seq for e in read.turn(1).entries] == [
            e.seq for e in log.turn(1).entries if not 9 <= e.seq < 14
        ]
        if not again:
            read.seal()


def test_a_broken_line_of_a_large_journal_is_named_when_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("realtime_lab.eventlog.recording.loading.READ_AT_ONCE", 0)
    monkeypatch.setattr("realtime_lab.eventlog.recording.loaded.PAGE", 8)
    path = tmp_path / "talk.jsonl"
    talk().log.write(path)
    lines = path.read_bytes().splitlines()
    lines[30] = b'{"seq":29,"at":oops}'
    path.write_bytes(b"\n".join(lines) + b"\n")
    read = EventLog.load(path)
    assert read[0].seq == 0
    for ask in (lambda: read[29], lambda: list(read), lambda: read.turn_of(0), lambda: read.notes):
        with pytest.raises(LogError, match="line 31"):
            ask()


def test_what_cannot_be_read_is_not_half_written(tmp_path, monkeypatch):
    monkeypatch.setattr("realtime_lab.eventlog.recording.loading.READ_AT_ONCE", 0)
    monkeypatch.setattr("realtime_lab.eventlog.recording.loaded.PAGE", 8)
    path = tmp_path / "talk.jsonl"
    talk().log.write(path)
    lines = path.read_bytes().splitlines()
    lines[30] = b'{"seq":29,"at":oops}'
    path.write_bytes(b"\n".join(lines) + b"\n")
    before = {p.name for p in tmp_path.iterdir()}
    read = EventLog.load(path)
    for form in FORMS:
        with pytest.raises(LogError, match="line 31"):
            read.write(tmp_path / f"copy.{form}")
    with pytest.raises(LogError, match="line 31"):
        read.seal()
    assert {p.name for p in tmp_path.iterdir()} == before


def test_names_of_files():
    path = Path("folder/talk.of.us.jsonl")
    assert files.side_path(path, "user") == Path("folder/talk.of.us.user.pcm")
    assert files.side_path(Path("talk"), "model", ".flac") == Path("talk.model.flac")
