"""Calls from a notebook into the session's thread."""

import asyncio

import pytest

from realtime_lab.errors import SessionError
from realtime_lab.session import run, session_thread


async def value():
    return asyncio.get_running_loop()


def test_a_call_runs_on_the_sessions_own_loop_and_can_be_awaited():
    async def cell():
        return await session_thread().call(value(), "value"), asyncio.get_running_loop()

    there, here = asyncio.run(cell())
    assert there is session_thread().loop
    assert there is not here


def test_a_call_can_be_waited_for_without_await():
    assert run(session_thread().call(value(), "value")) is session_thread().loop


def test_a_coroutine_is_run_on_the_sessions_loop():
    assert run(value()) is session_thread().loop


def test_what_nobody_can_wait_for_is_told():
    with pytest.raises(SessionError, match="nothing to wait for in 3"):
        run(3)  # type: ignore[arg-type]


def test_a_call_can_be_waited_for_inside_a_running_loop_as_in_a_cell():
    async def cell():
        return run(session_thread().call(value(), "value"))

    assert asyncio.run(cell()) is session_thread().loop


def test_a_blocked_cell_still_serves_a_call_that_needs_its_loop():
    async def cell():
        cells_loop = asyncio.get_running_loop()

        async def ask_the_cell():
            answer = asyncio.run_coroutine_threadsafe(value(), cells_loop)
            return await asyncio.wrap_future(answer)

        return run(session_thread().call(ask_the_cell(), "ask", needs_caller=True)), cells_loop

    there, here = asyncio.run(cell())
    assert there is here


def test_an_error_reaches_whoever_waits():
    async def fail():
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        run(session_thread().call(fail(), "fail"))


def test_a_call_says_how_to_wait_for_it():
    async def never():
        await asyncio.Event().wait()

    call = session_thread().call(never(), "say")
    assert "await" in repr(call)
    call.cancel()


@pytest.mark.parametrize("needs_caller", [False, True])
def test_a_call_that_is_not_done_in_time_goes_on(needs_caller):
    async def cell():
        begun, end = asyncio.Event(), asyncio.Event()

        async def slow():
            begun.set()
            await end.wait()
            return "done"

        call = session_thread().call(slow(), "slow", needs_caller=needs_caller)
        with pytest.raises(TimeoutError, match="goes on"):
            run(call, 0.01)
        session_thread().loop.call_soon_threadsafe(end.set)
        return await call

    assert asyncio.run(cell()) == "done"


def test_interrupting_a_cell_stops_what_it_waits_for():
    async def cell():
        stopped = asyncio.get_running_loop().create_future()

        async def slow():
            try:
                await asyncio.Event().wait()
            finally:
                stopped.get_loop().call_soon_threadsafe(stopped.set_result, True)

        def interrupt():
            raise KeyboardInterrupt

        call = session_thread().call(slow(), "slow", needs_caller=True)
        asyncio.get_running_loop().call_later(0.05, interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(call)
        return await stopped

    assert asyncio.run(cell())
