"""Many sessions wait together for a service that has no room."""

import asyncio

from realtime_lab.session import Pace


class Clock:
    """Goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_nobody_begins_before_the_service_has_room():
    clock = Clock()

    async def visit():
        pace = Pace(clock, clock.sleep)
        await pace.room()
        assert clock.slept == []
        pace.hold(3.0)
        pace.hold(1.0)
        await pace.room()
        assert clock.slept == [3.0]
        await pace.room()
        assert clock.slept == [3.0]

    asyncio.run(visit())
