"""Each rule of the linter finds its mistake, says so in a sentence, and lets the near miss pass."""

from __future__ import annotations

import gc
import itertools
import json
import re
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.eventlog import Mark
from realtime_lab.protocol import (
    GA,
    LINT_RULES,
    LINT_TOPICS,
    PREVIEW,
    SEVERITIES,
    AudioFormat,
    ContentPart,
    FunctionCall,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    InputTranscriptionCompleted,
    ItemCreate,
    ItemDelete,
    Linter,
    LintRecord,
    Message,
    OutputAudioBufferStarted,
    Response,
    ResponseCancel,
    ResponseCreated,
    SemanticVad,
    ServerVad,
    SessionUpdated,
    UnknownEvent,
)
from realtime_lab.protocol.lint.rules.turns import SHORTEST_MS
from tests.entries import audio, created, done, error
from tests.protocol.lint_cases import (
    ASIDE,
    CASES,
    MANUAL,
    PCM,
    ULAW,
    WALL,
    Case,
    Stream,
    answers,
    append,
    ask,
    begun,
    calls,
    config,
    falls_silent,
    gives,
    input_of,
    limits,
    microphone,
    output_of,
    records,
    refused,
    speaks,
    starts,
    truncates,
    turn,
    types,
    update,
)
from tests.protocol.streams import GA_BODIES, PREVIEW_BODIES

MARKS = (
    "lab.connected", "lab.connection_lost", "lab.recycling", "lab.recycled", "lab.microphone",
    "lab.playback_started", "lab.interrupted", "lab.lost_race", "lab.withdrawn", "lab.closed",
)  # fmt: skip
ANY_EVENT: list[tuple[Any, Any]] = [
    *(("received", GA.decode_server(json.dumps(body))) for body in GA_BODIES),
    *(("received", PREVIEW.decode_server(json.dumps(body))) for body in PREVIEW_BODIES),
    *(
        (record.direction, record.event)
        for case in CASES
        for record in records(case.fault)
        if not isinstance(record.event, InputAudioBufferAppend)
    ),
    ("sent", append(20)),
    ("sent", append(3.3)),
    ("sent", InputAudioBufferAppend(audio=b"")),
    *(("local", Mark(name, {})) for name in MARKS),
]
RULES = {rule.about.id: rule.about for rule in LINT_RULES}
BY_RULE = {case.rule: case for case in CASES}


def linted(stream: Stream, end: float = 0.0, dialect: str = "ga") -> list[Any]:
    """What is found in a stream, to its end."""
    linter = Linter(dialect, wall=WALL)
    in_time = sorted(stream, key=lambda place: place[0])
    found = [finding for record in records(in_time) for finding in linter.apply(record)]
    return [*found, *linter.advance(end), *linter.finish()]


def rules(*given: Any, **more: Any) -> list[str]:
    return [finding.rule for finding in linted(*given, **more)]


def message(rule: str, stream: Stream, end: float = 0.0) -> str:
    (found,) = [finding for finding in linted(stream, end) if finding.rule == rule]
    return found.message


# -- every rule -----------------------------------------------------------------------------------


def test_every_rule_has_a_stream_with_its_mistake_and_one_without():
    assert Counter(case.rule for case in CASES) == Counter(RULES.keys())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_mistake_is_told_once_with_what_shows_it(case: Case):
    found = linted(case.fault, case.end)
    (told,) = [finding for finding in found if finding.rule == case.rule]
    assert told.message == case.says
    assert told.seqs == case.seqs
    assert {finding.rule for finding in found} == {case.rule, *case.also}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_near_miss_is_let_pass(case: Case):
    assert {finding.rule for finding in linted(case.fine, case.end)} == set(case.fine_also)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_finding_quotes_nobody(case: Case):
    for stream in (case.fault, case.fine):
        assert not [f for f in linted(stream, case.end) if "secret" in str(f)]


@pytest.mark.parametrize("about", RULES.values(), ids=lambda about: about.id)
def test_a_rule_says_why_it_matters_what_to_do_and_where_the_fact_is_from(about: Any):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", about.id)
    assert about.severity in SEVERITIES
    assert not about.title.endswith(".")
    assert about.why.endswith((".", ")")) and about.instead.endswith(".")
    assert about.source


def test_ids_are_used_once_and_topics_hold_all_rules():
    assert len(RULES) == len(LINT_RULES)
    assert [rule for topic in LINT_TOPICS.values() for rule in topic] == list(LINT_RULES)


# -- asking for responses -------------------------------------------------------------------------


def test_the_first_service_named_neither_the_event_nor_a_code():
    told = error("", None, "Conversation already has an active response")
    stream = [begun(), (1.0, created("resp_7")), (1.5, ask("")), (1.6, told)]
    assert "it was refused" in message("response-while-active", stream)


def test_a_request_that_was_too_early_may_be_answered_or_forgotten():
    early = [begun(), (1.0, created("a")), (1.5, ask())]
    answered: Stream = [*early, (1.6, done("a")), (1.7, created("b"))]
    assert "b began all the same 200 ms later" in message("response-while-active", answered)
    assert "nothing came of it" in message("response-while-active", [*early, (9.0, done("a"))])


def test_a_request_after_a_cancel_is_not_too_early():
    stream = [begun(), (1.0, created("a")), (1.4, ResponseCancel()), (1.4, ask()),
              (1.5, done("a", "cancelled")), (1.6, created("b")), (1.7, done("b"))]  # fmt: skip
    assert rules(stream) == []


def test_the_first_preview_could_cancel_along_with_the_request():
    stream = [begun(), (1.0, created("a")), (1.4, ask(cancel_previous=True)),
              (1.5, done("a", "cancelled")), (1.6, created("b")), (1.7, done("b"))]  # fmt: skip
    assert rules(stream) == []


def test_responses_beside_the_conversation_are_in_nobodys_way():
    aside = ResponseCreated(response=Response(id="b", status="in_progress", conversation_id=None))
    stream = [begun(), (1.0, ask("a", **ASIDE)), (1.1, aside), (1.2, ask("c")), (1.3, created("c"))]
    assert rules(stream) == []


def test_turn_detection_that_does_not_answer_has_to_be_asked():
    manual = {"detection": ServerVad(create_response=False)}
    asked = [begun(transcription=None, **manual), *turn(1.0), (2.1, ask())]
    assert rules(asked) == []
    assert rules(asked[:-1], end=9.0) == []  # nobody knows whether anybody is there to ask
    heard = [*asked[:-1], (0.5, append())]
    assert rules(heard, end=9.0) == ["input-unanswered"]


def test_a_cancel_of_a_named_response_that_has_ended():
    stream = [
        begun(),
        *answers(1.0),
        (2.0, created("other")),
        (2.2, ResponseCancel(response_id="resp_1")),
    ]
    assert (
        message("cancel-without-response", stream) == "response.cancel 1.0 s after resp_1 was done."
    )


def test_a_cancel_may_come_before_the_answer_that_turn_detection_owes():
    assert rules([begun(transcription=None), *turn(1.0), (2.05, ResponseCancel())]) == []


# -- what was heard -------------------------------------------------------------------------------


def test_positions_count_by_the_format_of_the_response():
    def told(at: float) -> Stream:
        output = output_of(format=ULAW)
        response = Response(id="r", status="in_progress", conversation_id="c", audio=output)
        return [begun(), (at, ResponseCreated(response=response)), *speaks(at, "r")[1:4]]

    spoken = [*told(1.0), (1.1, audio("r", "item_a", 100))]  # 4,800 bytes: 600 ms of G.711
    assert "truncate-beyond-audio" not in rules([*spoken, (2.0, truncates(600))])
    assert "truncate-beyond-audio" in rules([*spoken, (2.0, truncates(602))])


def test_what_was_cut_cannot_be_truncated_further_on():
    stream = [begun(), *speaks(1.0), (2.0, truncates(500)), (3.0, truncates(900))]
    assert "it had been truncated at 500 ms before" in message("truncate-beyond-audio", stream)


def test_calls_and_written_answers_cannot_be_truncated():
    called = [begun(), *calls(1.0), (1.2, truncates(100, "item_call_1"))]
    assert "it is a function_call" in message("truncate-not-speech", called)


def test_an_interruption_is_settled_by_deleting_the_item():
    cut_off = [(1.3, starts()), *falls_silent(1.3, status="cancelled")]
    stream = [begun(), *microphone(0.5, 7.0), *speaks(1.0, ms=5000), *cut_off,
              (1.4, ItemDelete(item_id="item_a"))]  # fmt: skip
    assert rules(stream) == []


def test_over_webrtc_the_service_knows_what_was_heard():
    stream = BY_RULE["interrupted-not-truncated"].fault
    played = (1.1, OutputAudioBufferStarted(response_id="resp_1"))
    assert "interrupted-not-truncated" not in rules([*stream, played], end=6.0)


def test_what_is_not_interrupted_by_voice_is_not_to_be_truncated():
    goes_on = {"detection": ServerVad(interrupt_response=False)}
    stream = [begun(**goes_on), *microphone(0.5, 7.0), *speaks(1.0, ms=5000), (1.3, starts()),
              *falls_silent(2.0)]  # fmt: skip
    assert rules(stream, end=6.0) == []


def test_a_client_with_marks_is_judged_by_what_it_played():
    fault = BY_RULE["interrupted-not-truncated"].fault
    connected = (0.0, Mark("lab.connected", {"dialect": "ga"}))
    played = (1.2, Mark("lab.playback_started", {"item_id": "item_a"}))
    settled = (2.1, Mark("lab.interrupted", {"item_id": "item_a", "action": "none"}))
    rule = "interrupted-not-truncated"
    assert rule not in rules([connected, *fault], end=6.0), "nobody listened"
    assert rule in rules([connected, *fault, played], end=6.0)
    assert rule not in rules([connected, *fault, played, settled], end=6.0)


def test_typing_after_the_answer_was_played_interrupts_nothing():
    assert rules([begun(), *answers(1.0, ms=500), (3.0, types()), (3.0, ask())]) == []


# -- tools ----------------------------------------------------------------------------------------


def test_an_output_of_parallel_calls_may_be_asked_about_once():
    stream = [begun(), *calls(1.0, "a", "b"), (2.0, gives("a")), (2.0, gives("b")), (2.0, ask())]
    assert rules(stream) == []


def test_a_call_that_a_client_puts_back_is_known():
    put_back = ItemCreate(item=FunctionCall(id="f", name="f", call_id="old"))
    assert rules([begun(), (1.0, put_back), (1.1, gives("old"))], end=9.0) == []


def test_a_call_that_was_cut_off_need_not_be_answered():
    cut = [*calls(1.0)[:-1], (1.1, done("resp_1", "cancelled", reason="turn_detected"))]
    assert "call-unanswered" not in rules([begun(), *cut, (2.0, ask())], end=60.0)


def test_a_user_who_pressed_stop_wants_to_hear_of_no_output():
    answered = [begun(), *calls(1.0), (1.5, gives())]
    assert rules([*answered, (1.6, Mark("lab.withdrawn", {}))], end=9.0) == []
    stopped = Mark("lab.interrupted", {"by": "stop", "item_id": ""})
    assert rules([*answered, (1.4, stopped)], end=9.0) == []


# -- the user's turns and the microphone ----------------------------------------------------------


def test_the_least_commit_is_what_the_service_takes():
    for ms, found in ((SHORTEST_MS - 1, ["commit-too-short"]), (SHORTEST_MS, [])):
        stream = [begun(**MANUAL), (1.0, append(ms)), (1.1, InputAudioBufferCommit())]
        assert rules(stream) == found
    g711 = {"input_format": ULAW}
    stream = [begun(**MANUAL, **g711), (1.0, append(100, 8)), (1.1, InputAudioBufferCommit())]
    assert rules(stream) == []


def test_a_refused_commit_is_told_where_the_buffer_is_not_known():
    commit = InputAudioBufferCommit(event_id="c")
    refusal = error("c", "input_audio_buffer_commit_empty")
    found = linted([begun(), (1.0, commit), (1.2, refusal)])
    assert [f.rule for f in found] == ["commit-under-vad"], "it is told already"
    assert rules([(1.0, commit), (1.2, refusal)]) == ["commit-too-short"]


def test_history_that_is_put_back_need_not_be_answered():
    said = Message(role="assistant", content=[ContentPart(type="output_text", text="Hi")])
    stream = [begun(), (1.0, types()), (1.0, ItemCreate(item=said)), (1.0, types())]
    assert rules(stream, end=9.0) == []


def test_context_that_is_added_while_the_model_speaks_need_not_be_answered():
    system = Message(role="system", content=[ContentPart(type="input_text", text="It rains.")])
    stream = [begun(), *speaks(1.0), (1.5, ItemCreate(item=system)), *falls_silent(2.0)]
    assert rules(stream, end=9.0) == []


def test_a_pause_of_push_to_talk_after_a_commit_leaves_nothing_behind():
    stream = [begun(**MANUAL), *microphone(1.0, 2.0), (2.0, InputAudioBufferCommit()), (2.0, ask()),
              *microphone(7.0, 8.0)]  # fmt: skip
    assert rules(stream) == []


@pytest.mark.parametrize(
    ("per_ms", "input_format", "meant"),
    [
        (8, PCM, "G.711"),
        (16, PCM, "sampled at 8 kHz"),
        (44.1 * 2, PCM, "sampled at 44.1 kHz"),
        (96, PCM, "stereo"),
        (48, ULAW, "24 kHz PCM16"),
    ],
)
def test_the_pace_of_the_bytes_tells_their_format(
    per_ms: float, input_format: AudioFormat, meant: str
):
    stream = [
        begun(input_format=input_format),
        *[(1 + n / 50, append(20, per_ms)) for n in range(300)],  # type: ignore[arg-type]
    ]
    assert meant in message("audio-wrong-rate", stream)


def test_a_microphone_that_pauses_has_its_own_speed_all_the_same():
    spoken = [place for n in range(10) for place in microphone(2.0 * n, 2.0 * n + 1.4)]
    assert rules([begun(), *spoken]) == []


def test_audio_that_was_recorded_before_does_not_come_too_fast():
    late = Mark("lab.microphone", {"again_ms": 0, "late_ms": 9000, "dropped_ms": 0})
    burst = [(1.0 + n / 1000, append(1000)) for n in range(9)]
    assert "audio-too-fast" in rules([begun(), *burst])
    assert rules([begun(), (0.9, late), *burst, *microphone(1.02, 9.0)]) == []


# -- transcripts, settings, items -----------------------------------------------------------------


def test_a_transcript_that_never_comes_is_missed_in_time():
    stream = [begun(), *turn(1.0), *answers(2.0)]
    assert rules(stream, end=3.0) == [], "it may still come"
    assert "transcript-missing" in rules(stream, end=17.0)


def test_without_transcription_no_words_are_missed():
    stream = [begun(transcription=None), *turn(1.0), *answers(2.0)]
    assert rules(stream, end=60.0) == []


def test_a_voice_of_one_response_is_locked_too():
    stream = [begun(), *answers(1.0), (4.0, ask(audio=output_of(voice="coral")))]
    assert "response.create asks for the voice coral" in message("voice-after-speech", stream)


def test_what_differs_of_a_text_is_not_shown():
    stream = [begun(), (1.0, update(instructions="secret one")),
              (1.1, SessionUpdated(session=config(instructions="secret two")))]  # fmt: skip
    assert message("setting-not-in-force", stream) == "instructions is not as it was asked for."


def test_a_difference_is_told_once():
    asked = input_of(turn_detection=SemanticVad(eagerness="low"))
    stream: Stream = [begun()]
    for n in (1.0, 2.0):
        stream += [(n, update(f"up_{n}", audio=asked)), (n + 0.1, SessionUpdated(session=config()))]
    found = [f.message for f in linted(stream) if f.rule == "setting-not-in-force"]
    assert len(found) == len(set(found)) == 2, "the type, and its eagerness"


def test_a_model_is_asked_for_what_it_has():
    old = "gpt-4o-realtime-preview-2024-12-17"
    asked = input_of(turn_detection=ServerVad(idle_timeout_ms=6000))
    assert "has no idle_timeout_ms" in message(
        "not-of-model", [begun(model=old), (1.0, update(audio=asked))]
    )
    image = Message(role="user", content=[ContentPart(type="input_image", image_url="data:,")])
    stream = [begun(model=old), (1.0, ItemCreate(item=image)), (1.0, ask())]
    assert "takes no images" in message("not-of-model", stream)
    assert rules([begun(model="my-deployment"), *stream[1:]]) == [], "nobody knows what that is"


def test_modalities_of_the_preview_are_told_in_its_own_words():
    alone = refused({"type": "response.create", "response": {"modalities": ["audio"]}}, PREVIEW)
    (found,) = linted([begun(), (1.0, alone)], dialect="preview")
    assert found.rule == "modalities-refused"
    assert "offered are audio with text or text" in found.message


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_the_other_dialect_is_recognised(dialect: str):
    own = {"ga": GA, "preview": PREVIEW}[dialect]
    body = {"type": "session.update", "session": {"voice": "coral"}}
    if dialect == "preview":
        body["session"] = {"type": "realtime", "audio": {"output": {"voice": "coral"}}}
    (found,) = linted([begun(), (1.0, refused(body, own))], dialect=dialect)
    assert found.rule == "wrong-dialect"
    assert ("(voice)" if dialect == "ga" else "(type and audio)") in found.message


def test_a_service_that_speaks_the_other_dialect_is_told_once():
    delta = {"type": "response.audio.delta", "response_id": "r", "item_id": "a", "delta": ""}
    unread = UnknownEvent(type=delta["type"], body={**delta, "output_index": 0, "content_index": 0})
    assert rules([begun(), (1.0, unread), (1.1, unread)]) == ["wrong-dialect"]


# -- a session and the next -----------------------------------------------------------------------


def test_what_belongs_to_a_session_ends_with_it():
    again = (5.0, begun()[1])
    stream = [begun(), (1.0, created("a")), (4.0, types(item_id="mine")), again,
              (5.1, types(item_id="mine")), (5.2, ask()), (5.3, created("b"))]  # fmt: skip
    assert rules(stream, end=100.0) == ["response-never-done"], "of b; nothing ends a"


def test_the_next_connection_is_told_what_is_known_already():
    moving = [
        (2.0, Mark("lab.recycling", {})),
        (2.1, begun()[1]),
        (2.2, update()),
        (2.3, SessionUpdated(session=config())),
        (2.4, answers(0, "resp_2", "item_b", 500)),
        (3.0, types(item_id="mine")),
        (3.5, Mark("lab.recycled", {})),
    ]
    stream: Stream = [begun(), (1.0, types(item_id="mine")), (1.0, ask()), *answers(1.1, ms=300)]
    for at, event in moving:
        stream += [(at, one) for _, one in event] if isinstance(event, list) else [(at, event)]
    assert rules(stream, end=4.0) == []


def test_a_log_with_gaps_or_without_a_beginning_accuses_nobody_of_what_may_be_missing():
    linter = Linter()
    shown = records([begun(), *answers(1.0), (5.0, ItemDelete(item_id="item_9"))])
    found = [f for record in shown if record.seq != 4 for f in linter.apply(record)]
    assert [f.rule for f in found] == []
    assert rules([(1.0, ItemDelete(item_id="item_9")), *answers(2.0)[3:]]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_log_without_times_accuses_nobody_of_what_only_time_can_tell(case: Case):
    in_order = sorted(case.fine, key=lambda place: place[0])
    found = rules([(0.0, event) for _, event in in_order])
    # Requests that were minutes apart are then on their way at the same time.
    assert set(found) <= {*case.fine_also, "response-in-flight"} - {case.rule}


def test_marks_that_nobody_knows_pass():
    assert rules([begun(), (1.0, Mark("lab.new", {"x": 1}))]) == []


def test_a_rule_that_is_left_out_does_not_look():
    case = BY_RULE["response-while-active"]
    wanted = [rule for rule in LINT_RULES if rule.about.id != case.rule]
    linter = Linter(rules=wanted)
    assert [f for record in records(case.fault) for f in linter.apply(record)] == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(range(len(ANY_EVENT))),
            st.sampled_from([0.0, 0.02, 0.4, 3.0, 40.0]),
        ),
        max_size=60,
    ),
    st.sampled_from(["ga", "preview"]),
)
def test_no_stream_however_odd_makes_it_fail(places: list[tuple[int, float]], dialect: str):
    linter, now = Linter(dialect, wall=WALL), 0.0
    for seq, (index, pause) in enumerate(places):
        now += pause
        direction, event = ANY_EVENT[index]
        linter.apply(LintRecord(seq, now, direction, event))
    linter.finish()


def test_what_is_remembered_does_not_grow_with_the_log():
    def talk(first: int, count: int) -> None:
        for n in range(first, first + count):
            at = 10.0 * n
            stream: Stream = [
                *turn(at, f"u{n}"),
                (at + 1, InputTranscriptionCompleted(item_id=f"u{n}", transcript="hello " * 20)),
                *answers(at + 2, f"r{n}", f"a{n}", ms=200),
                (at + 3, types(item_id=f"t{n}")),
                (at + 3, ask(f"ask_{n}")),
                *answers(at + 3.1, f"s{n}", f"b{n}", ms=200),
                (at + 5, limits(9000)),
            ]
            for record in records(stream):
                linter.apply(record._replace(seq=next(numbers)))

    numbers = itertools.count(1)
    linter = Linter()
    linter.apply(records([begun()])[0])
    talk(0, 1100)
    before = memory_blocks()
    talk(1100, 300)
    grown = (memory_blocks() - before) / 300
    # The order of the items of one conversation is all that grows: 5 items a turn.
    assert grown < 40


def memory_blocks() -> int:
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.parametrize(("begin", "last"), [(1.94, 2.77), (14.52, 15.19), (126.18, 126.21)])
def test_a_rest_that_rounding_leaves_is_not_waited_for_for_ever(begin: float, last: float):
    stream = [begun(), (begin, starts()), (last, append())]
    assert rules(stream, end=200.0) == ["no-silence-after-speech"]
