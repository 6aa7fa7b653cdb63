"""One text through all voices, over real sockets."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import realtime_lab as rl
from realtime_lab.errors import BudgetExceeded, EndpointError, LogError, SessionError
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import EIGHT_VOICES, OutputAudioDelta
from realtime_lab.session import Settings, open_session, session_thread
from realtime_lab.voices import READ_ALOUD, Planned
from realtime_lab.voices.runs.asking import take_of
from realtime_lab.voices.runs.design import in_order, request_for
from tests.voices.conftest import FaithfulBrain

SENTENCE = "The north wind and the sun disputed which of them was the stronger."


def compared(text, **options) -> rl.VoiceRun:
    async def visit():
        return await rl.compare_voices(text, progress=False, **options)

    return asyncio.run(asyncio.wait_for(visit(), 120))


def test_every_voice_of_the_embedded_server_says_the_text_and_each_its_own_way():
    run = compared(SENTENCE)
    assert run.voices == EIGHT_VOICES
    assert [take.voice for take in run.takes] == list(EIGHT_VOICES)
    assert {take.said for take in run.takes} == {SENTENCE}
    assert len({take.clip.pcm for take in run.takes}) == 8
    assert not run.failed
    assert run.spent.sessions == 8
    for take in run:
        assert 2 < take.clip.seconds < 8
        assert take.first_audio is not None
        assert take.first_audio > 0
        assert take.borders[0] == 0
        assert list(take.borders) == sorted(take.borders)
        assert take.borders[-1] < take.clip.samples.size
    assert run.dollars == pytest.approx(run.spent.dollars)
    assert sum(take.input_tokens for take in run) == run.spent.tokens.read


def test_two_models_in_two_dialects_stand_side_by_side():
    run = compared("Hello there.", endpoint=[rl.embedded(), rl.embedded(dialect="ga")])
    assert run.sources == ("gpt-4o-realtime-preview, embedded", "gpt-realtime, embedded")
    by_source = Counter(take.source for take in run)
    assert by_source == {run.sources[0]: 8, run.sources[1]: 10}
    first, second = run["alloy"]
    assert (first.source, second.source) == run.sources
    assert first.clip.pcm == second.clip.pcm
    assert first.dollars > second.dollars
    assert [take.source for take in run["marin"]] == [run.sources[1]]


def test_the_figures_of_a_take_are_those_of_the_event_log(places):
    place, planned = places["ga"], Planned("here", "ash", 0)
    log = EventLog()

    async def visit():
        settings = Settings(
            voice="ash", instructions=READ_ALOUD, turn_detection=None, transcription=None
        )
        opened = await open_session(place, settings, log=log, reconnect=None)
        await opened.session.say(request_for(SENTENCE))
        await opened.close()

    session_thread().call(visit(), "test").result(30)
    take = take_of(log.turn(1), planned, 0, SENTENCE)
    [turn], [latency], [usage] = log.turns(), log.latencies(), log.usage()
    deltas = [e.event.delta for e in log if isinstance(e.event, OutputAudioDelta)]
    ends = [sum(map(len, deltas[:n])) // 2 for n in range(len(deltas))]
    assert list(take.borders) == ends
    assert take.clip.pcm == b"".join(deltas)
    assert take.first_audio == pytest.approx(latency["request_to_first_audio"], abs=1e-6)
    kinds = ("text_in", "text_cached", "audio_in", "audio_cached")
    assert take.input_tokens == sum(usage[kind] for kind in kinds)
    assert take.output_tokens == usage["text_out"] + usage["audio_out"]
    assert take.dollars == pytest.approx(usage["dollars"])
    assert take.said == turn["transcript"] == SENTENCE


def test_the_order_is_that_of_the_seed_and_every_repeat_has_all_voices(compare, engine):
    options = {"voices": ["alloy", "ash", "coral", "echo"], "repeats": 3, "concurrency": 1}
    run = compare(seed=5, **options)
    spoken = [voice for _, voice, _ in engine.synthesizer.spoken]
    assert spoken == [planned.voice for planned in run.order]
    assert [planned.repeat for planned in run.order] == [0] * 4 + [1] * 4 + [2] * 4
    for begin in (0, 4, 8):
        assert sorted(spoken[begin : begin + 4]) == options["voices"]
    assert compare(seed=5, **options).order == run.order
    assert compare(seed=6, **options).order != run.order
    assert [(t.voice, t.repeat) for t in run["ash"]] == [("ash", 0), ("ash", 1), ("ash", 2)]


def test_a_dialogue_is_said_in_one_session_and_each_line_is_a_take(compare, engine):
    run = compare(["How are you?", "I am well."], voices="ash")
    assert [(take.line, take.asked, take.said) for take in run] == [
        (0, "How are you?", "How are you?"),
        (1, "I am well.", "I am well."),
    ]
    assert run.spent.sessions == 1
    history = [[m.text for m in prompt.messages] for prompt in engine.brain.prompts]
    assert history[1] == [
        "Say exactly this: How are you?",
        "How are you?",
        "Say exactly this: I am well.",
    ]


def test_what_is_said_otherwise_is_shown_word_by_word(compare, engine):
    engine.brain.answers = [("Sure: the south wind ", "and the sun!")]
    run = compare("The north wind, and the SUN.", voices="ash")
    [take] = run
    assert take.said == "Sure: the south wind and the sun!"
    assert run.table()["exact"] == [False]
    assert "ash said: {+Sure:+} The [-north-] {+south+} wind, and the SUN." in repr(run)
    shown = run._repr_html_()
    assert "<del" in shown
    assert ">north</del>" in shown
    assert ">south</ins>" in shown


def test_capitals_and_punctuation_are_no_other_words(compare, engine):
    engine.brain.answers = [("the north wind and the sun",)]
    run = compare("“The North Wind” — and the sun!", voices="ash")
    assert run.table()["exact"] == [True]
    assert "said" not in repr(run)


def test_the_settings_reach_every_session(compare, engine):
    run = compare(voices=["ash", "coral"], speed=1.25, instructions="Whisper.", concurrency=2)
    assert {(voice, speed) for _, voice, speed in engine.synthesizer.spoken} == {
        ("ash", 1.25),
        ("coral", 1.25),
    }
    assert all("Whisper." in prompt.instructions for prompt in engine.brain.prompts)
    assert run.design.settings == {"speed": 1.25}


class MeetingBrain(FaithfulBrain):
    """Answers once so many sessions are waiting for an answer; knows how many ever were."""

    def __init__(self, together: int) -> None:
        super().__init__()
        self._barrier = asyncio.Barrier(together)
        self._active = 0
        self.most = 0

    async def reply(self, prompt):
        self._active += 1
        self.most = max(self.most, self._active)
        await self._barrier.wait()
        self._active -= 1
        async for piece in super().reply(prompt):
            yield piece


def test_as_many_sessions_run_at_once_as_was_said_and_no_more(compare, engine):
    engine.brain = MeetingBrain(together=4)
    run = compare(concurrency=4)
    assert len(run.takes) == 8
    assert engine.brain.most == 4


def test_what_it_is_expected_to_use_is_told_before_anything_is_asked(places):
    told = []
    run = rl.run(rl.compare_voices(SENTENCE, endpoint=places["ga"], progress=told.append), 60)
    first = told[0]
    assert (first.done, first.total) == (0, 10)
    assert first.plan == (
        f"about {run.projections[0].tokens.total:,} tokens, {run.projections[0].cost} at list "
        "prices"
    )
    assert run.projections[0].sessions == 10
    assert [progress.done for progress in told] == list(range(11))
    assert told[-1].is_over
    assert told[-1].dollars == run.spent.dollars


def test_what_goes_beyond_the_budget_is_not_begun(compare, engine):
    with pytest.raises(BudgetExceeded, match=r"the sessions that are left to ask may need \d+"):
        compare(SENTENCE, budget=rl.Budget(tokens=300))
    with pytest.raises(BudgetExceeded, match=r"compare_voices\(budget=rl.Budget\(dollars=…\)\)"):
        compare(SENTENCE, budget=rl.Budget(dollars=0.001))
    assert not engine.synthesizer.spoken


def test_what_turns_out_dearer_than_expected_ends_in_gaps(compare, engine):
    engine.brain.answers = [tuple("word " for _ in range(300))]
    run = compare("Hi.", budget=rl.Budget(tokens=1_000), concurrency=1)
    assert len(run.takes) + len(run.failed) == 8
    assert run.takes
    assert {gap.error for gap in run.failed} == {"BudgetExceeded"}
    assert len(engine.synthesizer.spoken) == len(run.takes)


@pytest.mark.parametrize(
    ("text", "options", "error", "told"),
    [
        ("  ", {}, SessionError, "give a text to say"),
        ([], {}, SessionError, "give a text to say"),
        (["Hello", ""], {}, SessionError, "none of them empty"),
        ("Hello", {"voices": []}, SessionError, "voices is empty"),
        (None, {}, SessionError, "None is no text to say"),
        (Path("text.txt"), {}, SessionError, "is no text to say; give a text, or the lines"),
        ({"A": "Hello"}, {}, SessionError, "is no text to say"),
        ("Hello", {"voices": 3}, SessionError, "voices is 3; give a name, or a list of names"),
        ("Hello", {"voices": ["alloy", 3]}, SessionError, "3 is no name of a voice"),
        ("Hello", {"repeats": 0}, SessionError, "repeats is 0"),
        ("Hello", {"repeats": "2"}, SessionError, "repeats is '2'; give a whole number"),
        ("Hello", {"repeats": 1.5}, SessionError, "repeats is 1.5"),
        ("Hello", {"concurrency": 0}, SessionError, "concurrency is 0"),
        ("Hello", {"concurrency": None}, SessionError, "concurrency is None"),
        ("Hello", {"seed": "x"}, SessionError, "seed is 'x'; give a whole number"),
        ("Hello", {"timeout": "60"}, SessionError, "timeout is '60'; give seconds above 0"),
        ("Hello", {"timeout": 0}, SessionError, "timeout is 0"),
        ("Hello", {"budget": 1.0}, SessionError, r"budget is 1.0; give rl.Budget\("),
        ("Hello", {"speed": 9}, SessionError, "audio.output.speed"),
        ("Hello", {"temperature": 9}, SessionError, "temperature"),
        (
            "Hello",
            {"audio": {"output": {"voice": "echo"}}},
            SessionError,
            r"give voices=\['echo'\]",
        ),
        ("Hello", {"volume": 11}, SessionError, "no setting 'volume'"),
        ("Hello", {"endpoint": "wss://example.com"}, EndpointError, "give an endpoint"),
        ("Hello", {"endpoint": ["wss://example.com"]}, EndpointError, "no key"),
        ("Hello", {"endpoint": []}, EndpointError, "give an endpoint"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(text, options, error, told):
    with pytest.raises(error, match=told):
        rl.compare_voices(text, **options)


def test_a_folder_that_cannot_be_is_refused_at_once(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(LogError, match="cannot keep takes in"):
        rl.compare_voices("Hello", folder=tmp_path / "taken")


def test_a_voice_that_was_not_asked_is_told(compare):
    run = compare(voices=["ash", "coral"])
    with pytest.raises(KeyError, match="'nova' was not asked; there are ash, coral"):
        run["nova"]


def test_names_of_voices_may_come_one_after_the_other(compare):
    assert compare(voices=(name for name in ("ash", "coral"))).voices == ("ash", "coral")


def test_shuffles_are_those_of_pythons_own_generator():
    pairs = [("here", voice) for voice in EIGHT_VOICES]
    expected = [*pairs]
    Random(3).shuffle(expected)
    assert [(p.source, p.voice) for p in in_order(pairs, 1, 3)] == expected


def test_the_same_endpoint_twice_is_refused(compare, places, engine):
    with pytest.raises(EndpointError, match="in the list twice; repeats=2"):
        compare(endpoint=[places["ga"], places["ga"]])
    assert not engine.synthesizer.spoken


def test_whoever_is_told_may_fail(places):
    def tell(_):
        raise ZeroDivisionError

    call = rl.compare_voices("Hi.", voices="ash", endpoint=places["ga"], progress=tell)
    run = rl.run(call, 30)
    assert len(run.takes) == 1
    assert run.notes == ("progress was not told any more: ZeroDivisionError()",)


def test_sessions_that_repeat_give_the_same_figures_each_time():
    first, second = (
        compared("Hello there.", endpoint=rl.embedded(seed=4), voices=["ash", "verse"])
        for _ in range(2)
    )
    assert [t.first_audio for t in first] == [t.first_audio for t in second]
    assert first.dollars == second.dollars
