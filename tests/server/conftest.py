"""A server with a scripted engine for each test."""

from collections.abc import Iterator

import pytest

from tests.scripted import ScriptedEngine
from tests.servers import RunningServer, scripted_server


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def server(engine: ScriptedEngine) -> Iterator[RunningServer]:
    with scripted_server(engine) as running:
        yield running


@pytest.fixture(params=["ga", "preview"])
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param
