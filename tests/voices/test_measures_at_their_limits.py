"""Audio that cannot be measured gives no value and a reason, never a crash."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.errors import AudioError
from realtime_lab.voices import MEASURES, measure, measured_table
from realtime_lab.voices.measures.loudness import levels

from .signals import RATE, measured, silence, sine, take, tone, white

OF_THE_VOICE = ("f0_median", "f0_range", "jitter", "shimmer", "hnr")
ALWAYS = {"duration", "input_tokens", "output_tokens"}


def known(found):
    return {one.name for one in MEASURES if found[one.name] is not None}


def test_no_audio_at_all_has_a_duration_of_0_and_nothing_else():
    found = measured(silence(0.0), first_audio=None)
    assert known(found) == ALWAYS
    assert found["duration"] == 0
    assert found.told("f0_median") == "there is no audio"
    assert found.told("clicks") == "there is no audio"
    assert found.artefacts == ()
    assert found.contour.times.size == 0


def test_silence_has_no_voice():
    found = measured(silence(1.0))
    assert known(found) == ALWAYS | {
        "clippings", "border_clicks", "clicks", "gaps", "dc_offset",
    }  # fmt: skip
    assert found.told("hnr") == "the audio is silent"
    assert found.told("pauses") == "the audio is silent"
    assert found.told("true_peak") == "all samples are 0"
    assert found.told("loudness") == "nothing is louder than -70 LUFS"


@pytest.mark.parametrize("seconds", [1 / RATE, 0.005, 0.015, 0.03, 0.06, 0.09, 0.15, 0.3])
@pytest.mark.parametrize("kind", [tone, sine])
def test_audio_of_any_length_is_measured_as_far_as_it_goes(kind, seconds):
    found = measured(kind(140, seconds + 1 / RATE))
    assert set(found.reasons) == {one.name for one in MEASURES} - known(found)
    assert all(found.reasons.values())
    if seconds < 0.05:
        assert found["f0_median"] is None


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_a_clip_of_less_than_a_block_has_a_loudness_whatever_its_length(rate):
    signal = sine(997, 0.4, rate=rate)
    for count in range(rate // 50, signal.size, 7):
        assert levels(signal[:count], rate)["loudness"] == pytest.approx(-9, abs=7)


def test_noise_has_a_spectrum_and_no_pitch():
    found = measured(white(1.0))
    assert found["spectral_centroid"] is not None
    assert found["f0_median"] is None
    assert {found.told(name) for name in OF_THE_VOICE} == {"no voiced sound was found"}
    assert np.isnan(found.contour.hertz).all()


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_any_sample_rate_will_do(rate):
    found = measured(sine(200, 1.0, rate=rate), rate=rate)
    assert found["f0_median"] == pytest.approx(200, rel=0.01)
    assert found["spectral_tilt"] is not None


def test_random_samples_are_measured_and_have_no_voice():
    noise = np.random.default_rng(7).integers(-32768, 32768, RATE).astype(np.int16)
    found = measured(Clip(noise))
    assert found["spectral_centroid"] == pytest.approx(RATE / 4, rel=0.02)
    assert found.told("f0_median") == "no voiced sound was found"


def test_a_constant_is_silence_with_an_offset():
    found = measured(np.full(RATE, 0.3))
    assert [one.kind for one in found.artefacts] == ["dc_offset"]
    assert found["f0_median"] is None


def test_what_is_no_take_is_told():
    with pytest.raises(AudioError, match=r"Clip is no take; .* or all: run\.measures\(\)"):
        measure(Clip(np.zeros(RATE, np.int16)))  # type: ignore[arg-type]


def test_a_measure_that_there_is_not_is_told_with_those_there_are():
    with pytest.raises(AudioError, match=r"no measure 'pitch'.*f0_median"):
        measured(silence(0.1))["pitch"]
    with pytest.raises(AudioError, match="no measure 'pitch'"):
        measured_table([], ["pitch"])


@pytest.mark.parametrize(
    ("module", "package"), [("parselmouth", "praat-parselmouth"), ("pyloudnorm", "pyloudnorm")]
)
def test_a_library_that_is_not_installed_is_told_with_the_command(monkeypatch, module, package):
    monkeypatch.delitem(sys.modules, module, raising=False)
    imported = importlib.import_module

    def without(name, *rest):
        if name.partition(".")[0] == module:
            raise ImportError(f"No module named {module!r}")
        return imported(name, *rest)

    monkeypatch.setattr("realtime_lab.voices.measures.libraries.import_module", without)
    with pytest.raises(AudioError) as told:
        measured(tone(140, 1.0))
    assert package in str(told.value)
    assert "pip install 'realtime-lab[voices]'" in str(told.value)


def test_nothing_heavy_is_imported_before_it_is_used():
    code = (
        "import sys, realtime_lab.voices\n"
        "print([m for m in ('parselmouth', 'scipy', 'pyloudnorm', 'jiwer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_table_has_a_row_for_each_take_and_a_column_for_each_measure():
    takes = [take(tone(140), voice="alloy"), take(silence(1.0), voice="echo", repeat=1)]
    table = measured_table([measure(one) for one in takes], ["f0_median", "duration"])
    assert table.columns == [
        "source", "voice", "repeat", "line", "f0_median", "duration", "artefacts",
    ]  # fmt: skip
    assert table["voice"] == ["alloy", "echo"]
    assert table["f0_median"] == [pytest.approx(140, rel=0.01), None]


def test_the_table_of_one_take_says_why_a_value_is_missing():
    table = measure(take(silence(1.0))).table()
    rows = {row["measure"]: row for row in table}
    assert rows["f0_median"]["value"] is None
    assert rows["f0_median"]["reason"] == "the audio is silent"
    assert rows["duration"]["value"] == 1.0
    assert rows["duration"]["reason"] is None
