"""A scripted server, recordings made with it, and a way to do things in a session."""

import asyncio

import pytest

import realtime_lab as rl
from tests.scripted import ScriptedEngine
from tests.servers import running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def server(engine: ScriptedEngine):
    with running_server(engine) as running:
        yield running


@pytest.fixture
def places(server):
    """The server in each dialect, by its name."""
    return {
        name: rl.endpoint(server.ws_url + path, api_key=server.key) for name, path in PATHS.items()
    }


@pytest.fixture
def record():
    """Connect to a place, do something there, close; returns the log."""

    def recorded(place, use, **options):
        async def visit():
            async with await rl.connect(place, **options) as lab:
                await use(lab)
            return lab.log

        return asyncio.run(asyncio.wait_for(visit(), 30))

    return recorded
