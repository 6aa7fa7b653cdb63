"""Spans on the log's axis: who spoke, what was sent, heard and called, and when."""

import pytest

from realtime_lab.eventlog import EventLog, Span, TimelineFollower, timeline
from realtime_lab.protocol import (
    ContentPart,
    ErrorDetails,
    ErrorEvent,
    FunctionCall,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCleared,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    ItemAdded,
    ItemCreate,
    McpCallCompleted,
    McpCallInProgress,
    Message,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    ServerVad,
    SpeechStarted,
    SpeechStopped,
)

from .made import PLACE, Recorder, user_message
from .talks import CANCELLED, MS, created, done, microphone, session, spoken_turn


def spans(made: Recorder | EventLog, lane: str) -> list[tuple]:
    """Start, end and text of a lane, times rounded to a tenth of a millisecond."""
    log = made.log if isinstance(made, Recorder) else made
    return [
        (round(s.start, 4), None if s.end is None else round(s.end, 4), s.text)
        for s in timeline(log).lane(lane)
    ]


def test_the_users_speech_lies_where_its_audio_was_sent_without_padding_and_silence():
    made = spoken_turn()
    assert spans(made, "user") == [(1.0, 2.0, "What time is it?")]
    assert spans(made, "vad") == [(1.1, 2.3, "")]


def test_the_answer_was_sent_faster_than_it_was_played():
    made = spoken_turn()
    assert spans(made, "response") == [(2.4, 2.71, "completed")]
    assert spans(made, "sent") == [(2.5, 2.65, "word0 word1 word2 word3")]
    assert spans(made, "played") == [(2.6, 3.4, "word0 word1 word2 word3")]
    assert timeline(made.log).seconds == pytest.approx(3.4)


def test_nobody_who_listens_is_made_up():
    made = spoken_turn()
    unheard = Recorder()
    for entry in made.log:
        if entry.direction != "local":
            unheard.at(made.log.elapsed(entry), entry.event)
    assert spans(unheard, "played") == []
    assert spans(unheard, "sent") == spans(made, "sent")


def test_telephone_audio_has_eight_bytes_in_a_millisecond():
    assert timeline(spoken_turn("audio/pcmu", 8).log).spans == timeline(spoken_turn().log).spans


def test_spans_know_their_turn_item_and_response():
    line = timeline(spoken_turn().log)
    assert {(s.lane, s.turn, s.item_id, s.response_id) for s in line} == {
        ("user", 1, "item_u", None),
        ("vad", 1, "item_u", None),
        ("response", 1, None, "resp_1"),
        ("sent", 1, "item_a", "resp_1"),
        ("played", 1, "item_a", "resp_1"),
    }
    starts = [s.start for s in line]
    assert starts == sorted(starts)


def test_a_gap_in_the_microphone_moves_what_follows():
    made = Recorder()
    made.at(0.0, session(ServerVad(prefix_padding_ms=0, silence_duration_ms=0)))
    microphone(made, 1.0, 2.0)
    microphone(made, 5.0, 6.0)
    made.at(6.1, SpeechStarted(item_id="item_u", audio_start_ms=1500))
    made.at(6.2, SpeechStopped(item_id="item_u", audio_end_ms=1900))
    assert spans(made, "user") == [(5.5, 5.9, "")]


def test_audio_sent_all_at_once_was_recorded_before():
    made = Recorder()
    made.at(0.0, session(ServerVad(prefix_padding_ms=0, silence_duration_ms=0)))
    made.at(4.0, InputAudioBufferAppend(audio=bytes(3000 * MS)))
    made.at(4.1, SpeechStarted(item_id="item_u", audio_start_ms=500))
    made.at(4.2, SpeechStopped(item_id="item_u", audio_end_ms=2500))
    assert spans(made, "user") == [(1.5, 3.5, "")]


def test_without_the_users_audio_the_service_s_word_stands_when_it_came():
    made = Recorder()
    made.at(1.1, SpeechStarted(item_id="item_u", audio_start_ms=200))
    assert spans(made, "user") == [(1.1, None, "")]
    made.at(2.3, SpeechStopped(item_id="item_u", audio_end_ms=1700))
    assert spans(made, "user") == [(1.1, 2.3, "")]


def test_push_to_talk_is_what_was_committed_to_the_last_voiced_sample():
    made = Recorder()
    made.at(0.0, session())
    microphone(made, 0.0, 1.0)
    made.at(1.0, InputAudioBufferClear())
    made.at(1.1, InputAudioBufferCleared())
    microphone(made, 2.0, 2.8)
    made.at(2.8, "lab.speech_end")
    microphone(made, 2.8, 3.0)
    made.at(3.0, InputAudioBufferCommit(event_id="c1"))
    microphone(made, 3.2, 3.4)
    made.at(3.4, InputAudioBufferCommitted(item_id="item_1"))
    made.at(3.5, InputAudioBufferCommit(event_id="c2"))
    made.at(3.6, ErrorEvent(error=ErrorDetails(message="too small", event_id="c2")))
    microphone(made, 4.0, 5.0)
    made.at(5.0, InputAudioBufferCommit(event_id="c3"))
    made.at(5.1, InputAudioBufferCommitted(item_id="item_2"))
    assert spans(made, "user") == [(2.0, 2.8, ""), (3.2, 5.0, "")]


def test_what_was_typed_is_a_moment_and_stands_once():
    made = Recorder()
    made.at(1.0, ItemCreate(item=user_message("Hello")))
    made.at(1.1, ItemAdded(item=user_message("Hello"), previous_item_id=None))
    typed = Message(role="user", content=[ContentPart(type="input_text", text="Again")])
    made.at(2.0, ItemCreate(item=typed))
    named = Message(id="item_2", role="user", content=typed.content)
    made.at(2.1, ItemAdded(item=named, previous_item_id=None))
    assert spans(made, "user") == [(1.0, 1.0, "Hello"), (2.0, 2.0, "Again")]
    assert [s.item_id for s in timeline(made.log).lane("user")] == ["item_u", "item_2"]


def test_what_another_client_typed_is_known_by_what_the_service_tells():
    made = Recorder()
    made.at(1.1, ItemAdded(item=user_message("Hello"), previous_item_id=None))
    assert spans(made, "user") == [(1.1, 1.1, "Hello")]


def test_what_a_new_connection_is_told_again_was_not_said_again():
    made = Recorder()
    made.at(0.1, "lab.connected")
    made.at(0.2, "lab.started")
    microphone(made, 0.3, 0.5)
    made.at(1.0, ItemCreate(item=user_message("Hello")))
    made.at(1.1, created())
    made.at(1.2, "lab.connection_lost", code=1006)
    made.at(2.0, "lab.connected")
    made.at(2.1, session(ServerVad(prefix_padding_ms=0, silence_duration_ms=0)))
    made.at(2.2, ItemCreate(item=user_message("Hello")))
    made.at(2.3, "lab.reconnected")
    microphone(made, 3.0, 4.0)
    made.at(3.5, SpeechStarted(item_id="item_v", audio_start_ms=100))
    assert spans(made, "user") == [(1.0, 1.0, "Hello"), (3.1, None, "")]
    assert spans(made, "response") == [(1.1, 1.2, "lost")]


def test_what_is_under_way_has_no_end():
    made = Recorder()
    made.at(1.0, created())
    made.at(1.1, OutputAudioDelta(**PLACE, delta=bytes(100 * MS)))
    made.at(1.2, "lab.playback_started", item_id="item_a")
    assert [(s.lane, s.end) for s in timeline(made.log)] == [
        ("response", None),
        ("sent", None),
        ("played", None),
    ]
    assert timeline(made.log).spans[0].seconds is None
    made.at(1.5, done(status="cancelled", status_details=CANCELLED))
    assert spans(made, "response") == [(1.0, 1.5, "cancelled (turn_detected)")]
    assert spans(made, "sent") == [(1.1, 1.1, "")]
    assert spans(made, "played") == [(1.2, 1.3, "")]


def test_an_interruption_ends_what_is_played_where_it_was_heard():
    made = spoken_turn()
    data = {"item_id": "item_a", "response_id": "resp_1", "heard_ms": 390, "received_ms": 800}
    made.at(3.0, "lab.interrupted", **data)
    assert spans(made, "played") == [(2.6, 2.99, "word0 word1")]
    assert spans(made, "sent") == [(2.5, 2.65, "word0 word1 word2 word3")]


def test_a_mark_written_late_counts_when_it_happened():
    made = Recorder()
    made.at(1.0, created(), OutputAudioDelta(**PLACE, delta=bytes(100 * MS)), done())
    made.at(1.9, "lab.playback_started", item_id="item_a", at=made.start + 1.5)
    assert spans(made, "played") == [(1.5, 1.6, "")]
    other = Recorder()
    other.at(1.0, created(), OutputAudioDelta(**PLACE, delta=bytes(100 * MS)), done())
    other.at(1.9, "lab.playback_started", item_id="item_a", ago=0.4)
    assert spans(other, "played") == [(1.5, 1.6, "")]


def test_a_written_answer_was_sent_too():
    made = Recorder()
    made.at(1.0, created())
    made.at(1.1, OutputTextDelta(**PLACE, delta="In "))
    made.at(1.3, OutputTextDelta(**PLACE, delta="writing."))
    made.at(1.4, OutputTextDone(**PLACE, text="In writing."))
    assert spans(made, "sent") == [(1.1, 1.3, "In writing.")]


def test_a_tool_runs_from_its_call_to_its_output():
    made = Recorder()
    made.at(1.0, created())
    call = FunctionCall(id="item_c", name="add", call_id="call_1", arguments='{"a":1}')
    made.at(
        1.2,
        FunctionCallArgumentsDone(
            response_id="resp_1",
            item_id="item_c",
            call_id="call_1",
            name="add",
            arguments='{"a":1}',
        ),
    )
    made.at(1.3, done(output=[call]))
    assert spans(made, "tools") == [(1.2, None, 'add({"a":1})')]
    made.at(1.8, ItemCreate(item=FunctionCallOutput(call_id="call_1", output="3")))
    assert spans(made, "tools") == [(1.2, 1.8, 'add({"a":1})')]
    made.at(2.0, McpCallInProgress(item_id="item_m"))
    made.at(2.4, McpCallCompleted(item_id="item_m"))
    assert spans(made, "tools")[1] == (2.0, 2.4, "")


def test_the_preview_dialect_gives_the_same_spans():
    made = spoken_turn()
    other = Recorder("preview")
    for entry in made.log:
        events = [entry.type] if entry.direction == "local" else [entry.event]
        data = entry.event.data if entry.direction == "local" else {}
        other.at(made.log.elapsed(entry), *events, **data)
    assert timeline(other.log).spans == timeline(made.log).spans


def test_a_loaded_log_has_the_same_timeline(tmp_path):
    made = spoken_turn()
    made.log.write(tmp_path / "log.jsonl")
    line = timeline(EventLog.load(tmp_path / "log.jsonl"))
    assert [s.text for s in line] == [s.text for s in timeline(made.log)]
    assert [s.start for s in line] == pytest.approx([s.start for s in timeline(made.log)], abs=1e-6)


def test_what_is_shown_is_redacted_as_the_logs_files_are():
    made = spoken_turn()
    made.at(3.0, ItemCreate(item=user_message("Call 415-555-0123")))
    assert spans(made, "user")[1][2] == "Call 415-555-0123"
    assert timeline(made.log, shown=True).lane("user")[1].text == "Call ‹phone›"
    assert "415" not in repr(timeline(made.log))


def test_a_timeline_can_follow_a_log_as_it_grows():
    made = spoken_turn()
    follower = TimelineFollower(made.log.start)
    for entry in made.log:
        follower.apply(entry)
        follower.timeline()
    assert follower.timeline({2: 7}.get).spans != []
    assert [(s.lane, s.start, s.end) for s in follower.timeline()] == [
        (s.lane, s.start, s.end) for s in timeline(made.log)
    ]


def test_an_empty_log_has_an_empty_timeline():
    line = timeline(EventLog())
    assert (line.spans, line.seconds, len(line)) == ([], 0.0, 0)
    assert Span("user", 1.0, 2.5).seconds == 1.5
