from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from realtime_lab.audio import RATE, Clip
from realtime_lab.errors import AudioError


def beep(seconds: float = 0.5) -> Clip:
    wave = np.sin(2 * np.pi * 440 * np.arange(int(RATE * seconds)) / RATE)
    return Clip((8000 * wave).astype(np.int16))


def test_length_and_bytes():
    assert beep(0.5).seconds == 0.5
    assert Clip.from_pcm(beep().pcm).pcm == beep().pcm
    assert beep().at_rate(8_000).seconds == pytest.approx(0.5)
    assert beep().at_rate(8_000).rate == 8_000


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_clip_survives_a_file(tmp_path: Path, suffix: str):
    path = beep().write(tmp_path / f"beep.{suffix}")
    # Reading goes through float32, which may move a sample by one step.
    assert np.abs(Clip.read(path).samples.astype(int) - beep().samples).max() <= 1


def test_writing_leaves_one_file_and_replaces_the_old_one(tmp_path: Path):
    beep(1.0).write(tmp_path / "beep.wav")
    beep(0.5).write(tmp_path / "beep.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["beep.wav"]
    assert Clip.read(tmp_path / "beep.wav").seconds == 0.5


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path):
    path = beep(1.0).write(tmp_path / "beep.wav")
    with pytest.raises(AudioError):
        beep(0.5).write(tmp_path / "beep.xyz")
    with pytest.raises(AudioError, match="cannot be written"):
        beep(0.5).write(tmp_path / "nowhere" / "beep.wav")
    assert Clip.read(path).seconds == 1.0
    assert [p.name for p in tmp_path.iterdir()] == ["beep.wav"]


def test_stereo_at_another_rate_becomes_mono_at_24_khz(tmp_path: Path):
    left = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100) * 0.5
    soundfile.write(tmp_path / "stereo.wav", np.stack([left, 0 * left], axis=1), 44_100)
    clip = Clip.read(tmp_path / "stereo.wav")
    assert clip.rate == RATE
    assert clip.seconds == pytest.approx(1.0, abs=0.001)
    assert np.abs(clip.samples[1000:-1000]).max() == pytest.approx(0.25 * 32767, rel=0.02)


def test_files_that_are_no_sound_are_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(AudioError, match="there is no sound file"):
        Clip.read(tmp_path / "missing.wav")
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(AudioError, match="cannot be read as sound"):
        Clip.read(tmp_path / "text.wav")
    soundfile.write(tmp_path / "empty.wav", np.empty(0, np.float32), RATE)
    with pytest.raises(AudioError, match="holds no audio"):
        Clip.read(tmp_path / "empty.wav")


def test_only_mono_int16_makes_a_clip():
    for given in (b"", [0, 1], None):
        with pytest.raises(AudioError, match=f"not {type(given).__name__}; Clip.from_pcm"):
            Clip(given)  # type: ignore[arg-type]
    with pytest.raises(AudioError, match="float64"):
        Clip(np.zeros(10))  # pyright: ignore[reportArgumentType]
    with pytest.raises(AudioError, match="2 dimensions"):
        Clip(np.zeros((2, 10), np.int16))


def test_the_wav_bytes_carry_rate_and_samples():
    with wave.open(io.BytesIO(beep().at_rate(16_000).wav())) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (16_000, 1, 8_000)


def test_a_notebook_shows_a_player():
    html = beep()._repr_html_()
    assert html.startswith("<audio controls")
    assert "data:audio/mpeg;base64," in html


def test_silence_is_told_from_sound():
    assert Clip(np.full(RATE, 20, np.int16)).is_silent
    assert not beep().is_silent
