"""Files of raw events, as many tools write them, become logs."""

import json

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, import_events, timeline
from realtime_lab.protocol import ErrorEvent, InputAudioBufferAppend, SessionUpdate, UnknownEvent

from .made import conversation, shape
from .talks import spoken_turn

CREATED = {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "id": "s"}}
CLEAR = {"type": "input_audio_buffer.clear", "event_id": "c1"}


def read(tmp_path, *lines: object, **options) -> EventLog:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (tmp_path / "raw.jsonl").write_text(text + "\n")
    return import_events(tmp_path / "raw.jsonl", **options)


def times(log: EventLog) -> list[float]:
    return [round(log.elapsed(entry), 6) for entry in log]


def told(log: EventLog) -> str:
    return "\n".join(log.notes)


def test_what_was_exported_is_read_back(tmp_path):
    made = spoken_turn().log
    back = import_events(made.export(tmp_path / "wire.jsonl", marks=True))
    assert [e[1:] for e in shape(back)] == [e[1:] for e in shape(made)]
    begun = made.elapsed(made[0])
    assert times(back) == pytest.approx([made.elapsed(e) - begun for e in made], abs=2e-6)
    assert abs((back.wall(back[0]) - made.wall(made[0])).total_seconds()) < 1e-5
    assert back.notes == ["imported from wire.jsonl"]
    assert len(timeline(back)) == len(timeline(made))


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_bare_events_are_read_back_in_their_order(tmp_path, dialect):
    made = conversation(dialect).log
    back = import_events(made.export(tmp_path / "wire.jsonl", bare=True))
    wire = [entry for entry in made if entry.direction != "local"]
    assert [(e.direction, e.data) for e in back] == [(e.direction, e.data) for e in wire]
    assert back.dialect == dialect
    assert "no line tells when it was" in told(back)
    assert f"{len(wire)} lines tell no direction" in told(back)


def test_audio_that_was_left_out_has_its_length(tmp_path):
    made = conversation().log
    back = import_events(made.export(tmp_path / "wire.jsonl", audio=False))
    heard = [e.event for e in back if isinstance(e.event, InputAudioBufferAppend)]
    assert [len(event.audio) for event in heard] == [960] * 5


@pytest.mark.parametrize(
    "line",
    [
        {"time": "2026-01-02T03:04:05.5Z", "direction": "received", "event": CREATED},
        {"timestamp": "2026-01-02T03:04:05.500000+00:00", "source": "server", "payload": CREATED},
        {"ts": 1767323045.5, "from": "server", "data": CREATED},
        {"ts": 1767323045500, "dir": "in", "message": CREATED},
        {"ts": 1767323045500000, "dir": "<", "message": json.dumps(CREATED)},
        {"at": "2026-01-02T04:04:05.5+01:00", "type": "server_event", "event": CREATED},
        {"Timestamp": "2026-01-02 03:04:05.5", "Direction": "RECV", "msg": CREATED},
        {**CREATED, "timestamp": "2026-01-02T03:04:05.5Z", "source": "server"},
    ],
)
def test_time_and_direction_have_many_spellings(tmp_path, line):
    log = read(tmp_path, line)
    (entry,) = log
    assert (entry.direction, entry.type) == ("received", "session.created")
    assert log.started.isoformat() == "2026-01-02T03:04:05.500000+00:00"
    assert json.loads(entry.data) == CREATED


@pytest.mark.parametrize(
    ("given", "seconds", "note"),
    [
        ([10.0, 10.5, 12.25], [0.0, 0.5, 2.25], "taken for seconds"),
        ([100, 1600, 2350], [0.0, 1.5, 2.25], "taken for milliseconds"),
        ([0, 1, 2], [0.0, 1.0, 2.0], "taken for seconds"),
        ([1767323045500, 1767323046000], [0.0, 0.5], ""),
    ],
)
def test_numbers_are_seconds_or_milliseconds(tmp_path, given, seconds, note):
    log = read(tmp_path, *({"at": at, "event": CLEAR} for at in given))
    assert times(log) == pytest.approx(seconds)
    assert note in told(log)


def test_a_name_tells_the_unit(tmp_path):
    log = read(tmp_path, *({"t_ms": at, "event": CLEAR} for at in (5, 25.5)))
    assert times(log) == pytest.approx([0.0, 0.0205])


def test_the_direction_follows_from_the_name_where_none_is_told(tmp_path):
    log = read(tmp_path, CREATED, CLEAR, {"type": "response.create"}, {"type": "response.new.one"})
    assert [e.direction for e in log] == ["received", "sent", "sent", "received"]
    assert isinstance(log[3].event, UnknownEvent)
    assert "1 events were not understood and are kept as they are: response.new.one (1)" in told(
        log
    )


def test_an_error_is_an_event(tmp_path):
    error = {"type": "error", "event_id": "e", "error": {"type": "x", "message": "no"}}
    assert isinstance(read(tmp_path, {"event": error})[0].event, ErrorEvent)


def test_lines_that_hold_no_event_are_counted_and_told(tmp_path):
    log = read(tmp_path, "# a note", CREATED, "", '{"level": "info"}', CLEAR, "{torn", "17", '"x"')
    assert len(log) == 2
    assert "5 lines hold no event and were left out: 1, 4, 6, 7, 8" in told(log)


def test_times_that_are_missing_or_go_back_are_told(tmp_path):
    lines = [{"at": 1.0, "event": CLEAR}, {"event": CLEAR}, {"at": 0.5, "event": CLEAR}]
    log = read(tmp_path, *lines, {"at": 2.0, "event": CLEAR})
    assert times(log) == [0.0, 0.0, 0.0, 1.0]
    assert "1 events have no time" in told(log)
    assert "1 events are told to be earlier" in told(log)


def test_one_array_of_events_is_read_too(tmp_path):
    (tmp_path / "raw.json").write_text(json.dumps([CREATED, CLEAR], indent=2))
    log = import_events(tmp_path / "raw.json")
    assert [e.type for e in log] == ["session.created", "input_audio_buffer.clear"]
    assert b"\n" not in log[0].data


def test_the_dialect_is_found_or_given(tmp_path):
    old = {"type": "session.update", "session": {"modalities": ["text"], "voice": "alloy"}}
    log = read(tmp_path, old)
    assert log.dialect == "preview"
    assert isinstance(log[0].event, SessionUpdate)
    assert read(tmp_path, {"type": "response.audio.done"}).dialect == "preview"
    assert read(tmp_path, {"type": "response.output_audio.done"}).dialect == "ga"
    assert read(tmp_path, old, dialect="ga").dialect == "ga"


def test_credentials_of_others_do_not_reach_the_log(tmp_path):
    secret = {**CREATED, "session": {"id": "s", "client_secret": {"value": "ek_abc123"}}}
    assert b"ek_abc123" not in read(tmp_path, secret)[0].data


@pytest.mark.parametrize("text", ["", "nothing\n", '{"a": 1}\n', "\x00\xff", "[1, 2]"])
def test_a_file_without_events_is_refused(tmp_path, text):
    (tmp_path / "raw.jsonl").write_text(text)
    with pytest.raises(LogError, match="holds no event of the Realtime protocol"):
        import_events(tmp_path / "raw.jsonl")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(LogError, match=r"cannot read .*no such file"):
        import_events(tmp_path / "none.jsonl")


def test_loading_such_a_file_says_how_it_is_read(tmp_path):
    read(tmp_path, CREATED)
    with pytest.raises(LogError, match=r"another tool wrote is read by import_events\(\)"):
        EventLog.load(tmp_path / "raw.jsonl")
