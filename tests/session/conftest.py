"""Fixtures of the session's tests."""

from __future__ import annotations

from typing import Any

import pytest

from .scene import Scene


@pytest.fixture
def scene(request: pytest.FixtureRequest):
    scenes: list[Scene] = []

    def opened(*args: Any, **options: Any) -> Scene:
        scenes.append(Scene(*args, **options))
        return scenes[-1]

    yield opened
    for one in scenes:
        one.close()
