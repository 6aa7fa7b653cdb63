"""Faults that were planted are found where they are; what only looks like one is not."""

import asyncio

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.engine import EspeakSynthesizer
from realtime_lab.voices import measure

from .signals import RATE, int16, measured, silence, sine, take, times, tone, white

TEXT = "Turn off the lights before you go to bed, please."
HUMAN = (
    "librivox-0880",
    "librivox-0890",
    "librivox-0930",
    "cards-001",
    "cards-002",
    "cards-003",
    "goforward",
)


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    async def collect():
        return b"".join([c.pcm async for c in EspeakSynthesizer().speak(TEXT, "alloy")])

    return Clip.from_pcm(asyncio.run(collect())).samples / 32768


def of_kind(found, kind):
    return [one for one in found.artefacts if one.kind == kind]


def loud_places(signal, count, seed=0, length=0):
    """Samples in the middle of speech, well away from its ends, and loud ``length`` later, too."""
    level = np.convolve(np.abs(signal), np.ones(240) / 240, "same")
    loud = level > np.percentile(level, 60)
    places = np.flatnonzero(loud & np.roll(loud, -length))
    inner = places[(places > RATE // 4) & (places < signal.size - RATE // 4)]
    return np.random.default_rng(seed).choice(inner, count, replace=False)


# -- clipping --------------------------------------------------------------------------------------


def test_speech_that_was_too_loud_is_clipped_where_it_was(spoken):
    found = of_kind(measured(np.clip(3 * spoken, -1, 1)), "clipping")
    assert found
    for one in found:
        begin = round(one.at * RATE)
        assert (np.abs(3 * spoken[begin : begin + round(one.seconds * RATE)]) > 0.99).all()


def test_clipping_that_was_turned_down_again_is_still_seen():
    clipped = 0.7 * np.clip(3 * sine(200), -1, 1)
    found = of_kind(measured(clipped), "clipping")
    assert len(found) == 2 * 2 * 200  # both peaks of each period of two seconds
    assert "0.70 of full scale" in found[0].told


@pytest.mark.parametrize("level", [0.999, 32767 / 32768])
def test_a_sine_up_to_full_scale_is_not_clipped(level):
    assert measured(sine(440, level=level)).artefacts == ()


def test_digital_silence_and_a_quiet_square_wave_are_not_clipped():
    assert measured(np.concatenate([tone(140), silence(1.0)]))["clippings"] == 0
    assert measured(0.2 * np.sign(sine(100)))["clippings"] == 0


# -- clicks ----------------------------------------------------------------------------------------


def test_planted_clicks_are_found_where_they_are(spoken):
    missed = 0
    for place in loud_places(spoken, 15):
        signal = spoken.copy()
        signal[place] += 0.4 * (-1 if signal[place] > 0 else 1)
        clicks = of_kind(measured(signal), "click")
        missed += not any(abs(one.at - place / RATE) < 0.0002 for one in clicks)
        assert len(clicks) <= 1
    assert missed == 0


def test_a_delta_that_does_not_continue_the_last_is_a_click_at_the_border(spoken):
    found = 0
    for place in loud_places(spoken, 40, seed=1):
        # What a wrong join does: 5 ms of the stream are missing.
        signal = np.concatenate([spoken[:place], spoken[place + RATE // 200 :]])
        clicks = of_kind(measured(signal, borders=[0, int(place)]), "click")
        found += any(one.at_border and abs(one.at - place / RATE) < 0.0002 for one in clicks)
        assert all(one.at_border for one in clicks)
    # Some joins fit by chance, as they would for a listener.
    assert found >= 15


def test_deltas_that_continue_each_other_do_not_click(spoken):
    borders = range(0, spoken.size, RATE // 50)
    assert measured(spoken, borders=borders)["border_clicks"] == 0


def test_a_smooth_bump_and_the_onset_of_noise_are_not_clicks(spoken):
    bump = spoken + 0.3 * np.exp(-0.5 * np.square((times(spoken.size / RATE) - 1.5) / 0.002))
    assert measured(bump)["clicks"] == 0
    onset = np.concatenate([silence(0.5), white(0.5, 0.1), silence(0.5)])
    assert measured(onset)["clicks"] == 0


# -- gaps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("milliseconds", [5, 20, 60])
def test_dropouts_are_found_with_place_and_length(spoken, milliseconds):
    length = RATE * milliseconds // 1000
    found = 0
    places = loud_places(spoken, 20, seed=2, length=length)
    for place in places:
        signal = spoken.copy()
        signal[place : place + length] = 0
        gaps = of_kind(measured(signal), "gap")
        found += any(
            abs(one.at - place / RATE) < 0.001 and abs(one.seconds - length / RATE) < 0.002
            for one in gaps
        )
    assert found >= 19


def test_a_dropout_that_holds_the_last_value_is_found():
    signal = tone(140, 2.0)
    signal[RATE : RATE + 480] = signal[RATE - 1]
    [gap] = of_kind(measured(signal), "gap")
    assert gap.at == pytest.approx(1.0, abs=0.001)
    assert gap.seconds == pytest.approx(0.020, abs=0.001)


def test_a_pause_that_is_faded_into_is_no_gap():
    edge = np.minimum(1, np.minimum(times(0.5), times(0.5)[::-1]) / 0.005)
    word = tone(140, 0.5) * edge
    assert of_kind(measured(np.concatenate([word, silence(0.1), word])), "gap") == []


# -- offset ----------------------------------------------------------------------------------------


def test_an_offset_is_measured_and_told_when_it_is_large(spoken):
    shifted = measured(spoken + 0.02)
    assert shifted["dc_offset"] == pytest.approx(2.0, abs=0.2)
    assert [one.kind for one in shifted.artefacts] == ["dc_offset"]
    assert measured(spoken).artefacts == ()


# -- people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HUMAN)
def test_recorded_people_have_no_artefacts(speech, name):
    assert measure(take(Clip.read(speech(name)))).artefacts == ()


def test_a_border_click_counts_apart_from_the_others(spoken):
    place = int(loud_places(spoken, 1, seed=4)[0])
    signal = spoken.copy()
    signal[place] += 0.4 * (-1 if signal[place] > 0 else 1)
    inside, at_border = measured(signal), measured(signal, borders=[place])
    assert (inside["clicks"], inside["border_clicks"]) == (1, 0)
    assert (at_border["clicks"], at_border["border_clicks"]) == (0, 1)


def test_samples_are_counted_exactly():
    signal = np.zeros(RATE, np.int16)
    signal[1000:1003] = 32767
    signal[5000:5002] = 32767
    signal[9000:9004] = -32768
    found = of_kind(measure(take(Clip(signal))), "clipping")
    assert [round(one.at * RATE) for one in found] == [1000, 9000]
    assert int16(np.array([2.0, -2.0])).tolist() == [32767, -32768]
