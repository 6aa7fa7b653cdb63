"""Voice files are found wherever the package is installed."""

import shutil
from pathlib import Path

import pytest

from realtime_lab.engine import espeak_paths
from realtime_lab.engine.espeak_library import espeak_library
from realtime_lab.engine.espeak_paths import voice_folder
from realtime_lab.errors import EngineError

VOICES = Path(espeak_paths.__file__).parent / "data" / "voices"


@pytest.mark.parametrize("folder", ["Users/Ada/Lab", "a" * 90, "with space", "ümlaut"])
def test_a_voice_speaks_from_any_folder(tmp_path, folder):
    place = tmp_path / folder
    shutil.copytree(VOICES, place)
    heard = []
    espeak_library().synthesize(
        "Hello.",
        place / "alloy",
        words_per_minute=175,
        volume=100,
        end_pause=False,
        sink=lambda samples, _: heard.append(samples.size) or True,
    )
    assert sum(heard) > 1000


def test_a_machine_without_a_fitting_folder_is_told_what_to_do(tmp_path, monkeypatch):
    place = tmp_path / "Upper"
    shutil.copytree(VOICES, place)
    monkeypatch.setattr(espeak_paths, "_SHORT_FOLDERS", (str(place),))
    with pytest.raises(EngineError, match="TMPDIR"):
        voice_folder(place)
