"""The time of a session that repeats."""

from __future__ import annotations

import asyncio

import pytest

from realtime_lab.server.session_time import VirtualTime


class Speech:
    """Work that speaks in parts and writes down when."""

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.said: list[tuple[str, float]] = []

    async def speak(self, name: str, seconds: float = 1.0) -> None:
        for _ in range(2):
            # However long the machine takes, the others wait.
            await asyncio.to_thread(lambda: None)
            self.said.append((name, self.time.now()))
            await self.time.spoken(seconds)


def test_speech_comes_as_fast_as_it_can_while_nobody_streams():
    async def run() -> Speech:
        speech = Speech(VirtualTime())
        speech.time.start(speech.speak("a"))
        await speech.time.settle()
        return speech

    assert asyncio.run(run()).said == [("a", 0.0), ("a", 0.5)]


def test_speech_keeps_pace_with_audio_that_streams_in():
    async def run() -> list[int]:
        speech = Speech(VirtualTime())
        await speech.time.heard(0.1)
        speech.time.start(speech.speak("a"))
        counts = []
        for _ in range(3):
            await speech.time.settle()
            counts.append(len(speech.said))
            await speech.time.heard(0.25)
        return counts

    assert asyncio.run(run()) == [1, 1, 2]


def test_side_by_side_the_one_that_is_due_first_goes_on():
    async def run() -> Speech:
        speech = Speech(VirtualTime())
        speech.time.start(speech.speak("slow", 1.0))
        speech.time.start(speech.speak("quick", 0.2))
        await speech.time.settle()
        return speech

    assert asyncio.run(run()).said == [
        ("slow", 0.0),
        ("quick", 0.0),
        ("quick", pytest.approx(0.1)),
        ("slow", 0.5),
    ]


def test_work_that_is_cancelled_holds_nobody_up():
    async def run() -> list[str]:
        speech = Speech(VirtualTime())
        await speech.time.heard(0.1)
        tasks = [speech.time.start(speech.speak(name)) for name in "abcd"]
        tasks[0].cancel()
        await asyncio.wait([tasks[0]])
        tasks[1].cancel()
        await speech.time.settle()
        tasks[2].cancel()
        await speech.time.run_on()
        return [name for name, _ in speech.said]

    assert asyncio.run(run()) == ["c", "d", "d"]


def test_only_what_is_owed_makes_time_run_on():
    async def run() -> list[str]:
        time, told = VirtualTime(), []
        time.after(5.0, lambda: told.append("watch"))
        time.after(2.0, lambda: told.append("owed"), owed=True)
        time.after(1.0, lambda: told.append("on the way"))
        time.after(1.0, lambda: told.append("never"))()
        await time.settle()
        await time.heard(2.9)
        told.append("not yet")
        await time.heard(0.2)
        return told

    assert asyncio.run(run()) == ["on the way", "owed", "not yet", "watch"]


def test_a_limit_ends_the_session_between_two_messages():
    async def run() -> None:
        time = VirtualTime()
        async with time.limit(1.0):
            await time.heard(1.5)
            await time.next(lambda: asyncio.sleep(0))

    with pytest.raises(TimeoutError):
        asyncio.run(run())
