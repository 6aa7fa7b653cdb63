"""The transcriber and its worker processes, with a stand-in for the recogniser."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realtime_lab.engine import Hints, PocketSphinxTranscriber, Transcript, transcription
from realtime_lab.errors import EngineError

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in_recogniser.py")))
SPEECH = (3000 * np.sin(np.arange(2400))).astype(np.int16).tobytes()
QUIET = np.random.default_rng(0).normal(0, 5, 2400).astype(np.int16).tobytes()


def with_transcriber(
    story: Callable[[PocketSphinxTranscriber], Awaitable[Any]], *arguments: str, **settings: Any
) -> Any:
    async def run() -> Any:
        transcriber = PocketSphinxTranscriber(command=(*STAND_IN, *arguments), **settings)
        try:
            return await asyncio.wait_for(story(transcriber), 30)
        finally:
            await transcriber.close()

    return asyncio.run(run())


async def spoken(transcriber: PocketSphinxTranscriber, *pieces: bytes) -> Transcript:
    utterance = transcriber.open(Hints())
    for pcm in pieces:
        utterance.feed(pcm)
    return await utterance.finish()


def test_an_utterance_is_understood_without_a_start():
    assert with_transcriber(lambda t: spoken(t, SPEECH)) == Transcript("4800 bytes.", 0.5)


def test_a_phrase_comes_back_as_the_caller_wrote_it():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        utterance = transcriber.open(Hints(phrases=["turn on the TV"]))
        utterance.feed(SPEECH)
        return (await utterance.finish()).text

    assert with_transcriber(story) == "turn on the TV"


def test_quiet_after_a_pause_is_not_part_of_the_utterance():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        utterance = transcriber.open(Hints())
        for pcm in (SPEECH, QUIET):
            utterance.feed(pcm)
        utterance.pause()
        utterance.feed(QUIET)
        return (await utterance.finish()).text

    assert with_transcriber(story) == "9600 bytes."


def test_speech_after_a_pause_takes_the_pause_back_and_nothing_is_lost():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        utterance = transcriber.open(Hints())
        for pcm in (SPEECH, QUIET):
            utterance.feed(pcm)
        utterance.pause()
        for pcm in (QUIET, SPEECH, SPEECH):
            utterance.feed(pcm)
        return (await utterance.finish()).text

    assert with_transcriber(story) == "24000 bytes."


def test_more_utterances_than_workers_take_turns():
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        results = await asyncio.gather(
            *(spoken(transcriber, SPEECH * count) for count in range(1, 6))
        )
        return [result.text for result in results]

    texts = with_transcriber(story, workers=1, quick_workers=2)
    texts = [text.replace(" quickly", "") for text in texts]
    assert texts == [f"{4800 * count} bytes." for count in range(1, 6)]


def test_partial_words_arrive_while_somebody_speaks():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        utterance = transcriber.open(Hints())
        utterance.feed(SPEECH)
        while not utterance.partial:  # noqa: ASYNC110 - there is nothing to wait on
            await asyncio.sleep(0)
        utterance.discard()
        return utterance.partial

    assert with_transcriber(story) == "4800 so far"


def test_a_worker_that_dies_loses_one_utterance_and_no_more():
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        lost = await spoken(transcriber, b"die!", SPEECH)
        return [lost.text, (await spoken(transcriber, SPEECH)).text]

    assert with_transcriber(story, workers=1) == ["", "4800 bytes."]


def test_a_worker_that_hangs_is_replaced():
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        lost = await spoken(transcriber, b"hang", SPEECH)
        transcriber._patience = 20.0
        return [lost.text, (await spoken(transcriber, SPEECH)).text]

    settings = {"workers": 1, "quick_workers": 0, "patience": 0.5}
    assert with_transcriber(story, **settings) == ["", "4800 bytes."]


def test_a_discarded_utterance_frees_its_worker():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        await transcriber.start()
        dropped = transcriber.open(Hints())
        dropped.feed(SPEECH)
        waiting = asyncio.ensure_future(spoken(transcriber, SPEECH, SPEECH))
        dropped.discard()
        dropped.discard()
        dropped.feed(SPEECH)
        return (await waiting).text

    assert with_transcriber(story, workers=1) == "9600 bytes."


@pytest.mark.parametrize(("fault", "reason"), [("fail", "no model here"), ("end", "status 3")])
def test_a_recogniser_that_cannot_start_says_why(fault: str, reason: str):
    async def start(transcriber: PocketSphinxTranscriber) -> None:
        await transcriber.start()

    for story in (start, lambda t: spoken(t, SPEECH)):
        with pytest.raises(EngineError, match=reason):
            with_transcriber(story, fault)


def test_a_closed_transcriber_opens_nothing():
    async def story(transcriber: PocketSphinxTranscriber) -> None:
        await transcriber.close()
        transcriber.open(Hints())

    with pytest.raises(EngineError, match="closed"):
        with_transcriber(story)


def test_closing_ends_the_utterances_in_progress():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        await transcriber.start()
        utterance = transcriber.open(Hints())
        utterance.feed(b"hang")
        asking = asyncio.ensure_future(utterance.finish())
        await asyncio.sleep(0)
        await transcriber.close()
        return (await asking).text

    assert with_transcriber(story) == ""


def test_audio_in_small_pieces_is_all_heard():
    assert with_transcriber(lambda t: spoken(t, *[SPEECH[:960]] * 7)).text == "6720 bytes."


@pytest.mark.parametrize(("seconds", "later"), [(0.0, ""), (3600.0, " quickly")])
def test_many_at_once_are_recognised_quickly_and_few_thoroughly(
    seconds: float, later: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transcription, "_CROWD_SECONDS", seconds)

    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        first = transcriber.open(Hints())
        first.feed(SPEECH)
        await worker_taken(transcriber, 1)
        second = transcriber.open(Hints())
        second.feed(SPEECH)
        texts = [(await second.finish()).text, (await first.finish()).text]
        return [*texts, (await spoken(transcriber, SPEECH)).text]

    texts = with_transcriber(story, workers=1, quick_workers=1)
    assert texts == ["4800 bytes quickly.", "4800 bytes.", f"4800 bytes{later}."]


def test_what_is_to_be_steady_waits_for_a_thorough_worker():
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        first = transcriber.open(Hints())
        first.feed(SPEECH)
        await worker_taken(transcriber, 1)
        steady = transcriber.open(Hints(steady=True))
        behind = transcriber.open(Hints())
        for utterance in (steady, behind):
            utterance.feed(SPEECH)
        texts = [(await behind.finish()).text, (await first.finish()).text]
        return [*texts, (await steady.finish()).text]

    texts = with_transcriber(story, workers=1, quick_workers=1)
    assert texts == ["4800 bytes quickly.", "4800 bytes.", "4800 bytes."]


def test_the_words_can_be_waited_for():
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        utterance = transcriber.open(Hints())
        partials = []
        for _ in range(2):
            utterance.feed(SPEECH)
            await utterance.caught_up()
            partials.append(utterance.partial)
        utterance.discard()
        await utterance.caught_up()
        return partials

    assert with_transcriber(story) == ["4800 so far", "9600 so far"]


def test_too_many_at_once_are_refused_aloud_and_the_others_heard():
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        await transcriber.start()
        heard = [transcriber.open(Hints()) for _ in range(2)]
        assert (transcriber.load().decoding, transcriber.load().waiting) == (1, 1)
        refused = transcriber.open(Hints())
        for utterance in (*heard, refused):
            utterance.feed(SPEECH)
        with pytest.raises(EngineError, match="overloaded: 1 utterances are being"):
            await refused.finish()
        assert transcriber.load().refused == 1
        texts = [(await utterance.finish()).text for utterance in heard]
        return [*texts, (await spoken(transcriber, SPEECH)).text]

    assert with_transcriber(story, workers=1, quick_workers=0) == ["4800 bytes."] * 3


def test_who_waited_in_vain_is_told():
    async def story(transcriber: PocketSphinxTranscriber) -> None:
        await transcriber.start()
        transcriber.open(Hints()).feed(SPEECH)
        await spoken(transcriber, SPEECH)

    with pytest.raises(EngineError, match="overloaded"):
        with_transcriber(story, workers=1, quick_workers=0, patience=0.01)


@pytest.mark.parametrize(
    "rule", [{"idle_seconds": 0.0}, {"idle_seconds": 1e9, "piece_seconds": 0.1}]
)
def test_an_utterance_gives_way_to_one_that_waits_and_goes_on_later(rule: dict[str, float]):
    async def story(transcriber: PocketSphinxTranscriber) -> list[str]:
        await transcriber.start()
        long = transcriber.open(Hints())
        long.feed(SPEECH)
        short = await spoken(transcriber, SPEECH * 2)
        assert long.partial == "4800 bytes"
        long.feed(SPEECH * 3)
        return [short.text, (await long.finish()).text]

    texts = with_transcriber(story, workers=1, quick_workers=0, **rule)
    assert texts == ["9600 bytes.", "4800 bytes 14400 bytes."]


def test_an_utterance_that_gave_way_and_heard_no_more_needs_no_worker():
    async def story(transcriber: PocketSphinxTranscriber) -> list[Transcript]:
        await transcriber.start()
        first = transcriber.open(Hints(phrases=["turn on the TV"]))
        first.feed(SPEECH)
        second = await spoken(transcriber, SPEECH)
        third = transcriber.open(Hints())
        third.feed(b"hang")
        return [await first.finish(), second]

    first, second = with_transcriber(story, workers=1, quick_workers=0, idle_seconds=0.0)
    assert (first.text, second.text) == ("turn on the TV", "4800 bytes.")


def test_an_utterance_that_gave_way_in_a_pause_keeps_its_words_once():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        await transcriber.start()
        first = transcriber.open(Hints())
        first.feed(SPEECH)
        first.feed(QUIET)
        first.pause()
        await spoken(transcriber, SPEECH)
        first.feed(QUIET)
        return (await first.finish()).text

    text = with_transcriber(story, workers=1, quick_workers=0, idle_seconds=0.0)
    assert text == "9600 bytes."


def test_nobody_gives_way_while_nobody_waits():
    async def story(transcriber: PocketSphinxTranscriber) -> str:
        await transcriber.start()
        utterance = transcriber.open(Hints())
        for _ in range(3):
            utterance.feed(SPEECH)
            utterance.feed(QUIET)
            utterance.pause()
        return (await utterance.finish()).text

    settings = {"workers": 1, "quick_workers": 0, "idle_seconds": 0.0, "piece_seconds": 0.0}
    assert with_transcriber(story, **settings) == "28800 bytes."


def test_nobody_is_called_from_the_line_while_the_workers_catch_up(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(transcription, "_PROCESSORS", 1)

    async def story(transcriber: PocketSphinxTranscriber) -> str:
        await transcriber.start(2)
        late = transcriber.open(Hints())
        late.feed(b"hang" + SPEECH * 16)
        assert transcriber.load().behind_seconds > 1.5
        other = transcriber.open(Hints())
        other.feed(SPEECH)
        assert (transcriber.load().decoding, transcriber.load().waiting) == (1, 1)
        late.discard()
        assert (transcriber.load().decoding, transcriber.load().waiting) == (1, 0)
        other.discard()
        return "done"

    assert with_transcriber(story, workers=2, quick_workers=0) == "done"


def test_what_was_decoded_is_no_longer_behind():
    async def story(transcriber: PocketSphinxTranscriber) -> float:
        await spoken(transcriber, SPEECH * 20)
        return transcriber.load().behind_seconds

    assert with_transcriber(story) == 0.0


def test_a_quick_worker_ends_when_it_has_nothing_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transcription, "_RETIRE_SECONDS", 0.0)

    async def story(transcriber: PocketSphinxTranscriber) -> int:
        first = transcriber.open(Hints())
        first.feed(SPEECH)
        await worker_taken(transcriber, 1)
        await spoken(transcriber, SPEECH)
        while transcriber.load().workers > 1:  # noqa: ASYNC110 - there is nothing to wait on
            await asyncio.sleep(0)
        await first.finish()
        assert transcriber.load().lost == 0
        return transcriber.load().workers

    assert with_transcriber(story, workers=1, quick_workers=1) == 1


async def worker_taken(transcriber: PocketSphinxTranscriber, count: int) -> None:
    while transcriber.load().decoding < count:  # noqa: ASYNC110 - there is nothing to wait on
        await asyncio.sleep(0)
