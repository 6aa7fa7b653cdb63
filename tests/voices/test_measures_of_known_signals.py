"""Each measure against a signal whose answer is known, within a stated tolerance."""

import numpy as np
import pytest

from realtime_lab.voices import measure

from .signals import (
    RATE,
    coloured,
    measured,
    pulses,
    silence,
    sine,
    take,
    times,
    tone,
    white,
)

# -- fundamental frequency -------------------------------------------------------------------------


@pytest.mark.parametrize("hertz", [62.0, 110.0, 220.0, 440.0])
def test_the_median_of_a_steady_tone_is_its_frequency(hertz):
    found = measured(tone(hertz))
    assert found["f0_median"] == pytest.approx(hertz, rel=0.002)
    assert found["f0_range"] == pytest.approx(0, abs=0.05)


def test_the_contour_follows_a_glide():
    seconds = 3.0
    glide = 120 * 2 ** (times(seconds) / seconds)  # an octave
    contour = measured(tone(glide, seconds)).contour
    voiced = ~np.isnan(contour.hertz)
    expected = 120 * 2 ** (contour.times / seconds)
    semitones = 12 * np.log2(contour.hertz[voiced] / expected[voiced])
    assert voiced.mean() > 0.95
    assert np.abs(semitones).max() < 0.2
    assert measured(tone(glide, seconds))["f0_range"] == pytest.approx(9.6, abs=0.2)  # 80 % of 12


def test_the_contour_has_no_value_where_nothing_is_voiced():
    contour = measured(np.concatenate([tone(150, 1.0), white(1.0, 0.02), tone(150, 1.0)])).contour
    within = (contour.times > 1.1) & (contour.times < 1.9)
    assert np.isnan(contour.hertz[within]).all()
    assert not np.isnan(contour.hertz[(contour.times > 0.1) & (contour.times < 0.9)]).any()


def test_a_range_counts_semitones_between_the_tenth_and_the_ninetieth_percentile():
    low, high = tone(100, 1.0), tone(200, 1.0)
    assert measured(np.concatenate([low, high]))["f0_range"] == pytest.approx(12, abs=0.1)


# -- loudness --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_a_full_scale_sine_of_997_hz_in_one_channel_reads_minus_3_lufs(rate):
    full = sine(997, 5.0, level=32767 / 32768, rate=rate)
    assert measured(full, rate=rate)["loudness"] == pytest.approx(-3.01, abs=0.05)


def test_loudness_falls_as_the_level_does():
    loud, quiet = (measured(sine(997, 3.0, level))["loudness"] for level in (0.5, 0.05))
    assert loud - quiet == pytest.approx(20, abs=0.01)


def test_silence_is_gated_out():
    speech = sine(997, 4.0)
    assert measured(np.concatenate([speech, silence(6.0)]))["loudness"] == pytest.approx(
        measured(speech)["loudness"], abs=0.3
    )


def test_a_clip_shorter_than_a_block_is_one_block():
    assert measured(sine(997, 0.2))["loudness"] == pytest.approx(-9.03, abs=0.3)


def test_the_true_peak_between_the_samples_is_found():
    # A quarter of the rate, 45° from its peaks: every sample is 3.01 dB below the peak.
    quarter = 0.9999 * np.sin(2 * np.pi * np.arange(2 * RATE) / 4 + np.pi / 4)
    edge = np.minimum(1.0, np.minimum(times(2.0), times(2.0)[::-1]) / 0.01)
    found = measured(quarter * edge)
    assert found["sample_peak"] == pytest.approx(-3.01, abs=0.01)
    assert found["true_peak"] == pytest.approx(0.0, abs=0.1)


def test_the_true_peak_of_a_slow_sine_is_its_sample_peak():
    found = measured(sine(100, level=0.5))
    assert found["true_peak"] == pytest.approx(-6.02, abs=0.02)
    assert found["sample_peak"] == pytest.approx(-6.02, abs=0.02)


# -- spectrum --------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [0.0, -3.01, -6.02, -12.04])
def test_the_tilt_of_coloured_noise_is_its_slope(slope):
    assert measured(coloured(slope))["spectral_tilt"] == pytest.approx(slope, abs=0.3)


def test_the_centroid_of_white_noise_is_a_quarter_of_the_rate():
    assert measured(white())["spectral_centroid"] == pytest.approx(RATE / 4, rel=0.01)


def test_the_centroid_of_a_sine_is_its_frequency():
    assert measured(sine(1500))["spectral_centroid"] == pytest.approx(1500, rel=0.005)


def test_silence_between_does_not_change_the_spectrum():
    noise = coloured(-6.02, 3.0)
    broken = np.concatenate([noise[:RATE], silence(2.0), noise[RATE:]])
    for name in ("spectral_tilt", "spectral_centroid"):
        assert measured(broken)[name] == pytest.approx(measured(noise)[name], rel=0.03)


# -- voice quality ---------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [0.5, 1.0, 2.0])
def test_jitter_is_the_difference_between_neighbouring_periods(percent):
    period, count = 1 / 120, 300
    periods = period * (1 + percent / 200 * (-1.0) ** np.arange(count))
    found = measured(pulses(periods))
    assert found["jitter"] == pytest.approx(percent, rel=0.05)
    assert found["shimmer"] < 0.3


@pytest.mark.parametrize("deviation", [0.005, 0.01, 0.03])
def test_jitter_of_periods_at_random_is_as_they_were_drawn(deviation):
    periods = (1 + deviation * np.random.default_rng(5).standard_normal(300)) / 120
    drawn = 100 * np.abs(np.diff(periods)).mean() / periods.mean()
    assert measured(pulses(periods))["jitter"] == pytest.approx(drawn, rel=0.05)


@pytest.mark.parametrize("percent", [2.0, 5.0, 10.0])
def test_shimmer_is_the_difference_between_neighbouring_amplitudes(percent):
    period, count = 1 / 120, 300
    amplitudes = 1 + percent / 200 * (-1.0) ** np.arange(count)
    found = measured(pulses([period] * count, amplitudes))
    assert found["shimmer"] == pytest.approx(percent, rel=0.1)
    assert found["jitter"] < 0.1


def test_a_regular_voice_has_next_to_no_jitter_and_shimmer():
    found = measured(pulses([1 / 150] * 300))
    assert found["jitter"] < 0.05
    assert found["shimmer"] < 0.3


@pytest.mark.parametrize("decibel", [5.0, 10.0, 20.0])
def test_the_harmonics_to_noise_ratio_is_the_one_it_was_made_with(decibel):
    harmonic = tone(130, 4.0)
    noise = white(4.0, 1.0, seed=3)
    noise *= harmonic.std() / noise.std() / 10 ** (decibel / 20)
    assert measured(harmonic + noise)["hnr"] == pytest.approx(decibel, abs=1.0)


# -- time and pauses -------------------------------------------------------------------------------


def test_pauses_of_known_length_are_found():
    said = [tone(140, 0.6), silence(0.3), tone(140, 0.5), silence(0.7), tone(140, 0.4)]
    found = measured(np.concatenate([silence(0.2), *said, silence(0.4)]))
    assert found["pauses"] == 2
    assert found["pause_total"] == pytest.approx(1.0, abs=0.03)
    assert found["pause_mean"] == pytest.approx(0.5, abs=0.015)
    assert found["pause_longest"] == pytest.approx(0.7, abs=0.015)
    assert found["duration"] == pytest.approx(3.1, abs=1e-6)
    assert found["speech_onset"] == pytest.approx(0.2, abs=0.015)
    assert found["speech_duration"] == pytest.approx(2.5, abs=0.03)


@pytest.mark.parametrize(("seconds", "count"), [(0.2, 0), (0.23, 0), (0.28, 1), (0.3, 1)])
def test_a_silence_is_a_pause_from_a_quarter_of_a_second_on(seconds, count):
    found = measured(np.concatenate([tone(140, 0.5), silence(seconds), tone(140, 0.5)]))
    assert found["pauses"] == count


def test_a_click_in_a_pause_does_not_make_two_of_it():
    pause = silence(1.0)
    pause[RATE // 2 : RATE // 2 + 100] = 0.2
    found = measured(np.concatenate([tone(140, 0.5), pause, tone(140, 0.5)]))
    assert found["pauses"] == 1
    assert found["pause_longest"] == pytest.approx(1.0, abs=0.02)


def test_pauses_do_not_slow_articulation_down():
    def rates(pause):
        parts = [tone(140, 1.0), silence(pause), tone(140, 1.0)]
        return measured(np.concatenate(parts), said="one more banana")

    short, long = rates(0.5), rates(1.5)
    assert short["syllables"] == 5
    assert short["articulation_rate"] == pytest.approx(2.5, rel=0.02)
    assert long["articulation_rate"] == pytest.approx(2.5, rel=0.02)
    assert short["speaking_rate"] == pytest.approx(5 / 2.5, rel=0.02)
    assert long["speaking_rate"] == pytest.approx(5 / 3.5, rel=0.02)


@pytest.mark.parametrize("count", [4, 9])
def test_syllable_nuclei_are_peaks_of_intensity(count):
    seconds = count / 4
    beats = 0.5 - 0.5 * np.cos(2 * np.pi * 4 * times(seconds))
    assert measured(tone(140, seconds) * (0.05 + beats))["nuclei"] == count


def test_without_a_text_to_count_the_nuclei_that_are_heard_are_counted():
    beats = 0.05 + 0.5 - 0.5 * np.cos(2 * np.pi * 4 * times(2.0))
    found = measured(tone(140, 2.0) * beats, said="It is 1984, 你好.")
    assert found["syllables"] is None
    assert "digits" in found.told("syllables")
    assert found["articulation_rate"] == pytest.approx(4.0, rel=0.1)


# -- what came with the take -----------------------------------------------------------------------


def test_what_the_session_told_is_taken_over():
    found = measure(take(tone(140), first_audio=0.25, dollars=0.002))
    assert [found[n] for n in ("first_audio", "input_tokens", "output_tokens", "cost")] == [
        0.25, 3, 7, 0.002,
    ]  # fmt: skip
    unknown = measure(take(tone(140)))
    assert unknown["cost"] is None
    assert unknown.told("cost") == "the price of the model is not known"
    assert unknown.told("first_audio") == "no audio came"
