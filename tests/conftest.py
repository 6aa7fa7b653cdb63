"""Fixtures every test may use."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that a test that passed does not fail without a change.
# `HYPOTHESIS_PROFILE=explore` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

SPEECH = Path(__file__).parent.parent.parent / "shared" / "speech"


@pytest.fixture(scope="session")
def speech() -> Callable[[str], Path]:
    """Paths of recorded human speech by name, as in ``speech("goforward")``."""
    if not SPEECH.is_dir():
        pytest.skip("no recorded speech beside the checkout (../shared/speech)")
    return lambda name: SPEECH / f"{name}.flac"
