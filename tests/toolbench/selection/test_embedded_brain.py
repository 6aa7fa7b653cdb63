"""The embedded model, with utterances that were not made for it: its score is what it is."""

from __future__ import annotations

import asyncio

import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.toolbench import Selection, due

from .household import TOOLS, UTTERANCES


def spoken(words: str, voice: str) -> Clip:
    """The words by a voice of the embedded engine."""

    async def said() -> bytes:
        return b"".join([chunk.pcm async for chunk in EspeakSynthesizer().speak(words, voice)])

    return Clip.from_pcm(asyncio.run(said()))


def add_up(found: Selection, utterances: int, repeats: int) -> None:
    """What must hold whatever the score is."""
    assert len(found.trials) == utterances * repeats
    assert sum(found.outcomes.values()) == len(found.trials)
    assert found.failures == {}
    assert found.confusion.total == found.accuracy.trials == len(found.trials)
    assert sum(one.right.trials for one in found.by_tool) == found.accuracy.trials
    assert sum(one.right.successes for one in found.by_tool) == found.accuracy.successes
    assert found.right_tool.successes >= found.accuracy.successes
    assert all(one.answer is not None and one.answer.tokens_in > 0 for one in found.trials)


@pytest.fixture(scope="module")
def typed() -> Selection:
    return rl.run(rl.measure_tools(TOOLS, UTTERANCES, repeats=2, concurrency=4))


def test_it_handles_typed_utterances_and_everything_adds_up(typed):
    add_up(typed, len(UTTERANCES), 2)


def test_its_score_is_far_from_chance_and_far_from_perfect(typed):
    # Calling nothing at all would be right 10 times in 40, any one tool always less often.
    print(typed)
    assert 0.4 < typed.accuracy.value < 0.95
    assert typed.right_tool.value > 0.5


def test_a_model_of_rules_does_the_same_each_time(typed):
    assert typed.consistency.value == 1.0
    assert typed.by_repeat[0] == typed.by_repeat[1]


SPOKEN = {
    "Turn on the light in the kitchen": "alloy",
    "Set a timer for ten minutes": "coral",
    "What is the weather in Oslo?": "sage",
    "Go forward three meters": "ash",
    "Hello there": "echo",
}


def test_it_handles_what_its_own_voices_say():
    by_words = {one.words: one for one in UTTERANCES}
    utterances = [
        rl.Utterance(spoken(words, voice), by_words[words].due, words=words)
        for words, voice in SPOKEN.items()
    ]
    found = rl.run(rl.measure_tools(TOOLS, utterances, repeats=1, concurrency=2))
    print(found)
    add_up(found, len(SPOKEN), 1)
    assert all(one.answer.heard for one in found.trials)
    assert all(one.answer.latency > 0 for one in found.trials if one.answer.calls)


def test_it_hears_a_person(speech):
    person = rl.Utterance(
        speech("goforward"),
        due("move", direction="forward", meters=10),
        words="go forward ten meters",
    )
    reader = rl.Utterance(
        speech("librivox-0880"), None, words="he was not an ill disposed young man"
    )
    found = rl.run(rl.measure_tools(TOOLS, [person, reader], repeats=1))
    print(found)
    add_up(found, 2, 1)
    assert "forward" in found.trials[0].answer.heard.lower()
