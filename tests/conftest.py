"""Fixtures every test may use."""

from collections.abc import Callable
from pathlib import Path

import pytest

SPEECH = Path(__file__).parent.parent.parent / "shared" / "speech"


@pytest.fixture(scope="session")
def speech() -> Callable[[str], Path]:
    """Paths of recorded human speech by name, as in ``speech("goforward")``."""
    if not SPEECH.is_dir():
        pytest.skip("no recorded speech beside the checkout (../shared/speech)")
    return lambda name: SPEECH / f"{name}.flac"
