"""The transcriber and its worker processes, with a stand-in for the recogniser."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realtime_lab.engine import Hints, PocketSphinxTranscriber, Transcript
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

    texts = with_transcriber(story, workers=1)
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

    assert with_transcriber(story, workers=1, patience=0.5) == ["", "4800 bytes."]


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
