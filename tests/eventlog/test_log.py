"""Recording and asking."""

import json
import threading
from datetime import UTC, datetime

import msgspec
import pytest

from realtime_lab.eventlog import EventLog, Mark
from realtime_lab.protocol import (
    GA,
    PREVIEW,
    InputAudioBufferCommit,
    SessionConfig,
    SessionUpdate,
    UnknownEvent,
)

from .made import Recorder, conversation

KEY = "ek_canary_5f3a"


def test_entries_come_in_order_with_their_times():
    made = conversation()
    log = made.log
    assert [e.seq for e in log] == list(range(len(log)))
    assert log[0].type == "input_audio_buffer.append"
    assert log[-1].type == "error"
    assert [e.type for e in log[5:7]] == ["lab.speech_end", "input_audio_buffer.speech_stopped"]
    assert log.elapsed(log[6]) == pytest.approx(0.3)
    assert log.wall(log[6]) == datetime.fromtimestamp(1_700_000_000.3, UTC)


def test_an_entry_keeps_the_text_of_the_wire():
    log = EventLog()
    text = b'{ "type":"input_audio_buffer.commit" }'
    entry = log.record("sent", InputAudioBufferCommit(), text)
    assert entry.data == text
    assert entry.size == len(text)
    assert (entry.direction, entry.type) == ("sent", "input_audio_buffer.commit")


def test_a_cell_that_shows_an_entry_shows_nothing_personal():
    entry = EventLog().mark("lab.note", told="ada@example.org")
    assert repr([entry]) == f"[<0 local lab.note, {entry.size} bytes>]"


def test_preview_events_have_their_ga_names():
    log = conversation("preview").log
    audio = log.events("response.output_audio.delta")
    assert len(audio) == 2
    assert json.loads(audio[0].data)["type"] == "response.audio.delta"


def test_a_mark_is_local():
    log = EventLog()
    entry = log.mark("lab.speech_end", item_id="item_1", where=object)
    assert entry.direction == "local"
    assert entry.event == Mark("lab.speech_end", {"item_id": "item_1", "where": object})
    assert json.loads(entry.data)["data"]["item_id"] == "item_1"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({}, 18),
        ({"type": "response.*"}, 7),
        ({"type": "*.delta"}, 4),
        ({"type": "response.done"}, 1),
        ({"type": "response.exploded"}, 0),
        ({"direction": "sent"}, 5),
        ({"direction": "local"}, 2),
        ({"response_id": "resp_1"}, 7),
        ({"response_id": "resp_2"}, 0),
        ({"item_id": "item_u"}, 4),
        ({"item_id": "item_a"}, 6),
        ({"type": "*.delta", "item_id": "item_a", "direction": "received"}, 4),
        ({"type": "*.delta", "direction": "sent"}, 0),
    ],
)
def test_questions(question, found):
    assert len(conversation().log.events(**question)) == found


def test_ids_of_unknown_events_are_found_too():
    log = EventLog()
    for body in ({"response_id": "r"}, {"response": {"id": "r"}}, {"response": 5}, {}):
        log.record("received", UnknownEvent(type="new.event", body=body), b"{}")
    assert len(log.events(response_id="r")) == 2


def test_a_reader_sees_what_was_there_when_it_began():
    log = conversation().log
    seen = []
    for entry in log:
        seen.append(entry)
        log.mark("lab.note")
    assert len(seen) == 18
    assert len(log) == 36


def test_a_log_can_be_read_while_it_grows():
    log = EventLog()
    event, text = InputAudioBufferCommit(), b'{"type":"input_audio_buffer.commit"}'
    total = 3_000

    def grow() -> None:
        for _ in range(total):
            log.record("sent", event, text)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        while len(log) < total:
            found = log.events("input_audio_buffer.*")
            assert [e.seq for e in found] == list(range(len(found)))
            assert [e.seq for e in log][: len(found)] == [e.seq for e in found]
    finally:
        thread.join()


SECRET_TEXTS = [
    (PREVIEW, "received", '{"type":"session.created","event_id":"e","session":{"voice":"alloy",'
     f'"client_secret":{{"value":"{KEY}","expires_at":5}}}}}}'),
    (GA, "sent", '{"type":"session.update","session":{"type":"realtime","tools":[{"type":"mcp",'
     f'"server_label":"x","authorization":"{KEY}","headers":{{"X-Key":"{KEY}"}}}}]}}}}'),
    (GA, "sent", '{"type":"response.create","response":{"tools":[{"type":"mcp",'
     f'"authorization":"{KEY}"}}]}}}}'),
    (PREVIEW, "received", '{"type":"transcription_session.updated","session":{"client_secret":'
     f'{{"value":"{KEY}","expires_at":5}}}}}}'),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "direction", "text"), SECRET_TEXTS)
def test_secrets_never_get_in(dialect, direction, text, tmp_path):
    decode = dialect.decode_server if direction == "received" else dialect.decode_client
    event = decode(text)
    assert KEY in str(event)
    log = EventLog(dialect=dialect.name)
    log.journal(tmp_path / "journal.jsonl")
    entry = log.record(direction, event, text.encode())
    log.write(tmp_path / "log.jsonl")
    log.close()
    files = (tmp_path / "journal.jsonl").read_text() + (tmp_path / "log.jsonl").read_text()
    assert KEY not in f"{entry} {log!r} {log._repr_html_()} {files}"
    assert "redacted" in files
    assert type(entry.event) is type(event)


def test_what_is_no_secret_stays():
    settings = SessionConfig(type="realtime", instructions='Say "headers" and "api_key".')
    text = GA.encode_client(SessionUpdate(session=settings))
    entry = EventLog().record("sent", SessionUpdate(session=settings), text)
    assert entry.data == text
    nothing = SessionConfig(client_secret=None, temperature=0.7)
    text = msgspec.json.encode(SessionUpdate(session=nothing))
    assert EventLog().record("sent", SessionUpdate(session=nothing), text).data == text


def test_a_log_says_how_large_it_is():
    assert repr(conversation().log).startswith("<EventLog: 18 events, 0.9 s, ")
    assert repr(Recorder().log) == "<EventLog: 0 events, 0.0 s, 0.0 kB>"
