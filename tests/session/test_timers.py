"""A session that is over is kept by nothing that it waited for."""

import asyncio
import gc
import weakref
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.session import session_thread
from realtime_lab.session.timers import Timers


def test_what_was_asked_for_is_called_and_after_the_end_nothing_is():
    called: list[str] = []

    async def wait() -> None:
        timers = Timers()
        timers.later(0, lambda: called.append("first"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        timers.later(0, lambda: called.append("second"))
        timers.end()
        timers.later(0, lambda: called.append("third"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(wait())
    assert called == ["first", "third"]


@pytest.mark.parametrize("given", [{"seed": 3}, {"budget": rl.Budget(minutes=60)}])
def test_a_closed_session_that_nobody_holds_is_gone(given: dict[str, Any]):
    lab = rl.run(rl.connect(**given))
    rl.run(lab.say("Hello there"))
    session = weakref.ref(lab.session)
    rl.run(lab.close())
    del lab

    async def turn_the_loop() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    rl.run(session_thread().call(turn_the_loop(), "a few turns of the loop"))
    gc.collect()
    assert session() is None
