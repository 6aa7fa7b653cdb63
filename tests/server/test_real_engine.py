"""Recorded human speech, the real ears, brain and voice, and the stock openai SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from realtime_lab.audio import Clip, pcm_to_samples, rms_dbfs
from tests.conformance.openai_clients import Connect, azure_beta, beta, ga, spoken_turn
from tests.scripted import silence
from tests.servers import RunningServer, running_server


@pytest.fixture(scope="module")
def real_server() -> Iterator[RunningServer]:
    from realtime_lab.engine import build_engine

    engine = build_engine()
    with running_server(engine) as server:
        yield server
        asyncio.run_coroutine_threadsafe(engine.transcriber.close(), server.loop).result(30)


@pytest.mark.parametrize(
    ("connect", "dialect"),
    [
        pytest.param(ga, "ga", id="ga"),
        pytest.param(beta, "preview", id="beta"),
        pytest.param(azure_beta, "preview", id="azure-beta"),
    ],
)
@pytest.mark.shows("words")
def test_a_person_is_understood_and_answered(
    real_server: RunningServer, speech: Callable[[str], Path], connect: Connect, dialect: str
):
    clip = Clip.read(speech("cards-003"))

    async def run() -> None:
        async with connect(real_server) as connection:
            pcm = clip.pcm + silence(600)
            heard, said, audio = await spoken_turn(connection, dialect, pcm)
            assert "seven of clubs" in heard.lower()
            assert said
            samples = pcm_to_samples(audio)
            assert len(samples) > 12_000, "half a second of speech at least"
            assert rms_dbfs(samples) > -40, "and it can be heard"

    asyncio.run(run())
