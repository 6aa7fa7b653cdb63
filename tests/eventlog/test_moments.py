"""The moments of a turn, found by the fold and by the query alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from realtime_lab.eventlog import (
    MOMENTS,
    PLAYBACK_ENDED,
    PLAYBACK_STARTED,
    SPEECH_END,
    LogEntry,
    Moments,
    latencies_sql,
    moments,
    moments_sql,
    turn_latency,
)
from realtime_lab.eventlog.recording.parquet import create_events, insert
from realtime_lab.eventlog.tables.rows import RowMaker, Rows
from realtime_lab.protocol import (
    AudioConfig,
    AudioInput,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemCreate,
    OutputAudioDelta,
    OutputTranscriptDelta,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SemanticVad,
    ServerVad,
    SessionConfig,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
)

from .made import Recorder, conversation, user_message


def table(turns: Mapping[int | None, Iterable[LogEntry]], start: float) -> DuckDBPyConnection:
    """A database with the events of turns."""
    rows, maker = Rows(), RowMaker(start)
    for turn, entries in turns.items():
        for entry in entries:
            maker.add(rows, entry, entry.data, turn=turn)
    database = duckdb.connect()
    create_events(database)
    if len(rows):
        insert(database, rows, datetime.fromtimestamp(0, UTC))
    return database


def asked(
    turns: Mapping[int | None, Iterable[LogEntry]], start: float = 1000.0
) -> dict[int, dict[str, Any]]:
    """What the query says of these turns."""
    connection = table(turns, start)
    rows = connection.execute(moments_sql()).fetchall()
    names = [column[0] for column in connection.description or ()]
    return {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in rows}


def found(made: Recorder, *, silence_ms: int | None = None) -> Moments:
    """What fold and query say of a log of one turn; they must say the same."""
    folded = moments(made.log, silence_ms=silence_ms)
    before: list[LogEntry] = []
    if silence_ms is not None:
        told = Recorder()
        told.at(0.0, waiting(silence_ms))
        before = [LogEntry(-1, 0.0, "received", told.log[0].event, told.log[0].data)]
    answer = asked({None: before, 1: list(made.log)}, made.start).get(1)
    if answer is None:
        assert folded.at == {}
        return folded
    assert answer.pop("speech_end_is_derived") == folded.speech_end_is_derived
    assert list(answer) == [moment.name for moment in MOMENTS]
    since = {name: at - made.start for name, at in folded.at.items()}
    assert {n: at for n, at in answer.items() if at is not None} == pytest.approx(since, abs=2e-6)
    return Moments(since, folded.speech_end_is_derived)


def waiting(silence_ms: int) -> SessionUpdated:
    """Settings of a session that waits so long in silence."""
    vad = AudioConfig(input=AudioInput(turn_detection=ServerVad(silence_duration_ms=silence_ms)))
    return SessionUpdated(session=SessionConfig(audio=vad))


def place(number: int) -> dict[str, Any]:
    return {"response_id": f"resp_{number}", "item_id": f"item_{number}"}


def created(number: int = 1) -> ResponseCreated:
    return ResponseCreated(response=Response(id=f"resp_{number}", status="in_progress"))


def done(number: int = 1, status: Any = "completed") -> ResponseDone:
    return ResponseDone(response=Response(id=f"resp_{number}", status=status))


def audio(number: int = 1) -> OutputAudioDelta:
    return OutputAudioDelta(**place(number), delta=bytes(10))


def words(number: int = 1) -> OutputTranscriptDelta:
    return OutputTranscriptDelta(**place(number), delta="Hi ")


APPEND = InputAudioBufferAppend(audio=bytes(960))
STOPPED = SpeechStopped(item_id="item_u", audio_end_ms=300)
COMMITTED = InputAudioBufferCommitted(item_id="item_u")


def made_of(*steps: tuple[Any, ...]) -> Recorder:
    """A log of ``(seconds, event or mark[, data of the mark])``."""
    made = Recorder()
    for at, event, *data in steps:
        made.at(at, event, **(data[0] if data else {}))
    return made


def test_every_moment_of_a_spoken_turn():
    heard = InputTranscriptionCompleted(item_id="item_u", transcript="Hello")
    made = made_of(
        (0.00, APPEND),
        (0.02, SpeechStarted(item_id="item_u", audio_start_ms=0)),
        (0.04, APPEND),
        (0.06, APPEND),
        (0.07, SPEECH_END),
        (0.08, APPEND),
        (0.30, STOPPED),
        (0.31, COMMITTED),
        (0.40, created()),
        (0.45, heard),
        (0.50, words()),
        (0.52, audio()),
        (0.60, audio()),
        (0.70, words()),
        (0.75, PLAYBACK_STARTED, {"item_id": "item_1", "ago": 0.05}),
        (0.80, done()),
        (0.95, PLAYBACK_ENDED, {"item_id": "item_1"}),
    )
    assert found(made).at == pytest.approx(
        {
            "microphone": 0.0,
            "speech_started": 0.02,
            "sent": 0.06,
            "speech_end": 0.07,
            "speech_stopped": 0.30,
            "committed": 0.31,
            "created": 0.40,
            "transcribed": 0.45,
            "first_text": 0.50,
            "first_audio": 0.52,
            "last_audio": 0.60,
            "first_played": 0.70,
            "done": 0.80,
            "last_played": 0.95,
        }
    )


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_the_moments_are_the_same_in_both_dialects(dialect: str):
    assert found(conversation(dialect)).at == found(conversation()).at


def test_a_typed_turn_begins_with_what_was_typed():
    item = ItemCreate(item=user_message("Hello"))
    made = made_of((0.0, item), (0.1, ResponseCreate()), (0.3, created()), (0.5, done()))
    assert found(made).at == pytest.approx(
        {"typed": 0.0, "request": 0.1, "created": 0.3, "done": 0.5}
    )


def test_a_turn_with_a_tool_has_the_ends_of_its_last_response():
    called = FunctionCallArgumentsDone(**place(1), call_id="call_1", arguments="{}")
    output = ItemCreate(item=FunctionCallOutput(call_id="call_1", output="3"))
    made = made_of(
        (0.0, ResponseCreate()),
        (0.1, created(1)),
        (0.2, called),
        (0.3, done(1)),
        (0.4, output),
        (0.5, ResponseCreate()),
        (0.6, created(2)),
        (0.7, words(2)),
        (0.8, audio(2)),
        (0.9, done(2)),
    )
    at = found(made).at
    assert (at["tool_called"], at["tool_answered"]) == pytest.approx((0.2, 0.4))
    assert (at["request"], at["created"], at["first_audio"]) == pytest.approx((0.0, 0.1, 0.8))
    assert at["done"] == pytest.approx(0.9)
    assert "typed" not in at


def test_an_answer_that_was_cut_off_by_a_pause_does_not_count():
    made = made_of(
        (0.1, STOPPED),
        (0.1, COMMITTED),
        (0.2, created(1)),
        (0.3, audio(1)),
        (0.35, PLAYBACK_STARTED, {"item_id": "item_1", "response_id": "resp_1"}),
        (0.4, done(1, "cancelled")),
        (2.5, STOPPED),
        (2.5, COMMITTED),
        (2.6, created(2)),
        (2.8, audio(2)),
        (2.9, PLAYBACK_STARTED, {"item_id": "item_2", "response_id": "resp_2"}),
        (3.0, done(2)),
    )
    at = found(made, silence_ms=500).at
    assert (at["speech_end"], at["committed"], at["created"]) == pytest.approx((2.0, 2.5, 2.6))
    assert (at["first_audio"], at["first_played"]) == pytest.approx((2.8, 2.9))


def test_an_answer_that_was_cut_off_for_good_counts():
    made = made_of((0.0, ResponseCreate()), (0.1, created(1)), (0.2, done(1)))
    for at, event in ((0.3, created(2)), (0.5, audio(2)), (0.6, done(2, "cancelled"))):
        made.at(at, event)
    assert found(made)["first_audio"] == pytest.approx(0.5)


def test_speech_over_the_answer_ends_nothing_before_it():
    made = made_of((0.1, SPEECH_END), (0.2, STOPPED), (0.2, COMMITTED), (0.3, created()))
    for at, event in ((0.4, audio()), (0.8, SPEECH_END), (0.9, STOPPED), (0.9, COMMITTED)):
        made.at(at, event)
    at = found(made).at
    assert (at["speech_end"], at["speech_stopped"]) == pytest.approx((0.1, 0.2))


def test_without_a_mark_the_end_of_speech_is_that_of_the_service_less_its_silence():
    made = made_of((0.6, APPEND), (0.9, APPEND), (1.2, APPEND), (1.5, STOPPED), (1.6, created()))
    told = found(made, silence_ms=500)
    assert told.speech_end_is_derived
    assert (told["speech_end"], told["sent"]) == pytest.approx((1.0, 0.9))
    assert found(made)["speech_end"] is None


def test_the_silence_is_that_of_the_last_settings_before_the_end_of_speech():
    made = made_of((0.0, waiting(700)), (1.0, STOPPED), (1.1, waiting(100)), (1.2, created()))
    assert found(made, silence_ms=300)["speech_end"] == pytest.approx(0.3)


def test_settings_that_say_nothing_of_turn_detection_change_nothing():
    made = made_of((0.0, SessionUpdated(session=SessionConfig(model="m"))), (1.0, STOPPED))
    assert found(made, silence_ms=300)["speech_end"] == pytest.approx(0.7)


def test_no_end_of_speech_is_derived_where_the_words_decide():
    config = SessionConfig(audio=AudioConfig(input=AudioInput(turn_detection=SemanticVad())))
    made = made_of((0.0, SessionUpdated(session=config)), (1.0, STOPPED))
    assert found(made, silence_ms=300)["speech_end"] is None


def test_with_push_to_talk_the_commit_ends_the_input():
    made = made_of((0.0, APPEND), (0.1, APPEND), (0.2, InputAudioBufferCommit()))
    for at, event in ((0.2, ResponseCreate()), (0.25, APPEND), (0.3, COMMITTED), (0.4, created())):
        made.at(at, event)
    at = found(made).at
    assert (at["microphone"], at["sent"], at["commit"]) == pytest.approx((0.0, 0.1, 0.2))


def test_a_response_whose_beginning_was_lost_begins_with_its_audio():
    made = made_of((0.1, SPEECH_END), (0.4, audio()), (0.8, SPEECH_END), (0.9, done()))
    assert found(made)["speech_end"] == pytest.approx(0.1)


def test_a_turn_of_nothing_has_no_moments():
    assert found(Recorder()).at == {}


def test_the_query_keeps_turns_apart():
    first = made_of((0.0, waiting(300)), (1.0, STOPPED), (1.1, created(1)), (1.2, done(1)))
    first.at(2.0, waiting(800))
    first.at(3.0, STOPPED, created(2))
    entries = list(first.log)
    rows = asked({1: entries[:5], 2: entries[5:]})
    assert [(n, row["speech_end"]) for n, row in rows.items()] == [
        (1, pytest.approx(0.7)),
        (2, pytest.approx(2.2)),
    ]


def at_random(
    chance: random.Random, turns: int
) -> tuple[Recorder, dict[int | None, list[LogEntry]]]:
    """Turns in which anything may happen in any order."""
    made, cuts, now = Recorder(), {}, 0.0
    for turn in range(1, turns + 1):
        first = len(made.log)
        for _ in range(chance.randint(1, 30)):
            now += chance.choice((0.0, chance.uniform(0.0, 0.3)))
            response = 2 * turn + chance.randint(0, 1)
            event = chance.choice(ANYTHING)(chance, response)
            if isinstance(event, str):
                ago = chance.choice(({}, {"ago": chance.choice((0.0, 0.02, 0.5))}))
                named = chance.choice(({}, {"response_id": f"resp_{response}"}))
                made.at(now, event, **ago, **named)
            else:
                made.at(now, event)
        cuts[turn] = made.log[first:]
    return made, cuts  # type: ignore[return-value]


ANYTHING: tuple[Callable[[random.Random, int], Any], ...] = (
    lambda chance, n: APPEND,
    lambda chance, n: STOPPED,
    lambda chance, n: COMMITTED,
    lambda chance, n: InputAudioBufferCommit(),
    lambda chance, n: SpeechStarted(item_id="item_u", audio_start_ms=0),
    lambda chance, n: ResponseCreate(),
    lambda chance, n: created(n),
    lambda chance, n: words(n),
    lambda chance, n: audio(n),
    lambda chance, n: done(n, chance.choice(("completed", "cancelled"))),
    lambda chance, n: ItemCreate(item=user_message("Hello")),
    lambda chance, n: ItemCreate(item=FunctionCallOutput(call_id="call_1", output="3")),
    lambda chance, n: waiting(chance.choice((100, 300))),
    lambda chance, n: chance.choice((SPEECH_END, PLAYBACK_STARTED, PLAYBACK_ENDED)),
)


@pytest.mark.parametrize("seed", range(5))
def test_fold_and_query_say_the_same_whatever_happens(seed: int):
    made, turns = at_random(random.Random(seed), 80)
    answers = asked(turns, made.start)
    silence_ms: int | None = None
    for turn, entries in turns.items():
        folded = moments(entries, silence_ms=silence_ms)
        answer = dict(answers.get(turn or 0, {}))
        assert answer.pop("speech_end_is_derived", False) == folded.speech_end_is_derived
        found = {name: at for name, at in answer.items() if at is not None}
        since = {name: at - made.start for name, at in folded.at.items()}
        assert found == pytest.approx(since, abs=2e-6), turn
        told = [e.event for e in entries if isinstance(e.event, SessionUpdated)]
        if told:
            silence_ms = told[-1].session.audio.input.turn_detection.silence_duration_ms


def test_the_stages_of_the_query_are_those_of_the_fold():
    made = conversation()
    connection = table({7: list(made.log)}, made.start)
    relation = connection.sql(latencies_sql())
    row = dict(zip(relation.columns, relation.fetchall()[0], strict=True))
    assert row.pop("turn") == 7
    known = {name: round(1000 * s, 1) for name, s in row.items() if s is not None}
    assert known == turn_latency(made.log).as_ms()


def test_each_moment_is_told_in_words():
    assert len({moment.name for moment in MOMENTS}) == len(MOMENTS)
    for moment in MOMENTS:
        assert moment.definition.endswith(".")
        assert moment.clock
        assert moment.uncertainty
