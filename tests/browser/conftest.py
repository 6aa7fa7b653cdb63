"""Fixtures for tests in a real JupyterLab and a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from .lab import MISSING, Browser, Lab, Notebook, find_chromium, running_lab, write_microphone


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium."""
    found = find_chromium()
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def jupyter_lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def notebook_page(jupyter_lab: Lab, chromium: str) -> Iterator[Callable[..., Notebook]]:
    """Open a new notebook of the given cells, see `Browser.open`."""
    with ExitStack() as stack:
        yield Browser(stack, chromium, jupyter_lab).open


@pytest.fixture
def wav(tmp_path: Path) -> Callable[..., Path]:
    """Make a WAV file for the microphone, of recordings and silences (seconds)."""
    return partial(write_microphone, tmp_path / "microphone.wav")
