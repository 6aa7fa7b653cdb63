"""A scripted server that says what it is asked to, and a way to compare its voices."""

from __future__ import annotations

import asyncio
import re

import pytest

import realtime_lab as rl
from realtime_lab.server.fault_reading import fault_of_text
from tests.scripted import ScriptedBrain, ScriptedEngine
from tests.servers import RunningServer, running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}


class FaithfulBrain(ScriptedBrain):
    """Says what it is asked to say, unless the script has another answer."""

    def _echo(self, prompt) -> str:
        said = [m.text for m in prompt.messages if m.role == "user"]
        return re.sub(r"^Say exactly this: ", "", said[-1])


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(brain=FaithfulBrain())


@pytest.fixture
def server(engine: ScriptedEngine):
    with running_server(engine) as running:
        yield running


@pytest.fixture
def places(server: RunningServer) -> dict[str, rl.Endpoint]:
    """The server in each dialect, by its name."""
    return {
        name: rl.endpoint(server.ws_url + path, api_key=server.key) for name, path in PATHS.items()
    }


@pytest.fixture
def go_wrong(server: RunningServer):
    """Let something go wrong in the server from now on: faults as texts."""

    def put(*faults: str) -> None:
        server.server.faults.set([fault_of_text(fault) for fault in faults])

    return put


@pytest.fixture
def compare(places):
    """Compare voices of the scripted server, in the preview dialect unless told otherwise."""

    def compared(text="Hello there.", **options) -> rl.VoiceRun:
        options = {"endpoint": places["preview"], "progress": False, **options}

        async def visit():
            return await rl.compare_voices(text, **options)

        return asyncio.run(asyncio.wait_for(visit(), 60))

    return compared
