"""Recorded people, measured here and by Praat with its own standard settings."""

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.voices import measure

from .signals import RATE, take

parselmouth = pytest.importorskip("parselmouth")

NAMES = ("librivox-0880", "librivox-0890", "librivox-0930", "goforward", "cards-001")


@pytest.fixture(params=NAMES)
def recording(request, speech):
    clip = Clip.read(speech(request.param))
    return measure(take(clip)), parselmouth.Sound(clip.samples / 32768, RATE)


def by_praat(sound, *, floor=50, ceiling=300):
    call = parselmouth.praat.call
    pitch = call(sound, "To Pitch (ac)", 0, floor, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, ceiling)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    periods = (0, 0, 0.0001, 0.02, 1.3)
    harmonicity = call(sound, "To Harmonicity (cc)", 0.01, 75, 0.1, 1.0)
    return {
        "f0_median": call(pitch, "Get quantile", 0, 0, 0.5, "Hertz"),
        "f0_low": call(pitch, "Get quantile", 0, 0, 0.1, "Hertz"),
        "f0_high": call(pitch, "Get quantile", 0, 0, 0.9, "Hertz"),
        "jitter": 100 * call(pulses, "Get jitter (local)", *periods),
        "shimmer": 100 * call([sound, pulses], "Get shimmer (local)", *periods, 1.6),
        "hnr": call(harmonicity, "Get mean", 0, 0),
    }


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("f0_median", {"rel": 0.03}),
        ("f0_low", {"rel": 0.06}),
        ("f0_high", {"rel": 0.08}),
        ("jitter", {"rel": 0.25}),
        ("shimmer", {"rel": 0.15}),
        ("hnr", {"abs": 1.0}),
    ],
)
def test_recorded_speech_measures_as_praat_measures_it(recording, name, tolerance):
    found, sound = recording
    assert found[name] == pytest.approx(by_praat(sound)[name], **tolerance)


def test_the_contour_is_that_of_praat(recording):
    found, sound = recording
    pitch = sound.to_pitch_ac(0.01, 50, pitch_ceiling=300)
    theirs = np.array([pitch.get_value_at_time(time) for time in found.contour.times])
    both = ~np.isnan(theirs) & ~np.isnan(found.contour.hertz)
    cents = 1200 * np.abs(np.log2(found.contour.hertz[both] / theirs[both]))
    assert both.sum() > 0.8 * np.count_nonzero(~np.isnan(theirs))
    assert np.median(cents) < 10


def test_the_loudness_of_speech_is_near_its_level(recording):
    """No loudness of these recordings is known; speech lies within 3 dB of its gated RMS."""
    found, sound = recording
    values = sound.values[0] - sound.values[0].mean()
    frames = values[: values.size // 2400 * 2400].reshape(-1, 2400)
    level = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    gated = np.square(frames)[level > level.max() - 20].mean()
    assert found["loudness"] == pytest.approx(10 * np.log10(gated), abs=3)


def test_syllables_that_are_heard_are_about_those_that_were_said(speech):
    said = {
        "librivox-0880": "he was not an ill disposed young man",
        "librivox-0890": "unless to be rather cold hearted and rather selfish "
        "is to be ill disposed",
        "librivox-0930": "he might even have been made amiable himself",
        "goforward": "go forward ten meters",
    }  # fmt: skip
    found = [measure(take(Clip.read(speech(n)), said=text)) for n, text in said.items()]
    told, heard = (sum(one[name] for one in found) for name in ("syllables", "nuclei"))
    assert told == 9 + 20 + 13 + 6
    assert heard == pytest.approx(told, rel=0.2)
