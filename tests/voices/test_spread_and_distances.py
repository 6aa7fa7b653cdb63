"""Repeated runs, and how far voices are from each other."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from realtime_lab.errors import AudioError
from realtime_lab.voices import Measured, distances, measure, spread
from realtime_lab.voices.measures import MEASURES, Contour

from .signals import pulses, silence, take, tone, white


def of(voice, *, source="endpoint", repeat=0, line=0, **values):
    every = {one.name: values.get(one.name) for one in MEASURES}
    reasons = {name: "left out" for name, value in every.items() if value is None}
    return Measured(source, voice, repeat, line, every, reasons, Contour())


# -- spread ----------------------------------------------------------------------------------------


def test_repeated_runs_give_a_mean_with_its_interval():
    runs = [of("alloy", repeat=n, f0_median=hz) for n, hz in enumerate([100, 102, 104, 106])]
    found = spread(runs)["alloy"]["f0_median"]
    assert (found.n, found.mean) == (4, 103)
    assert found.sd == pytest.approx(2.5820, abs=1e-4)
    # t(0.975, 3) = 3.1824: a table of Student's t.
    half = 3.1824 * 2.5820 / 2
    assert (found.low, found.high) == (
        pytest.approx(103 - half, abs=1e-3),
        pytest.approx(103 + half, abs=1e-3),
    )


def test_one_run_has_no_interval_and_none_has_no_mean():
    found = spread([of("alloy", f0_median=100)])["alloy"]
    assert str(found["f0_median"]) == "100 (n = 1)"
    assert (found["f0_median"].sd, found["f0_median"].low) == (None, None)
    assert (found["hnr"].n, found["hnr"].mean, str(found["hnr"])) == (0, None, "–")


def test_lines_of_a_run_are_averaged_before_runs_are_counted():
    takes = [
        of("alloy", repeat=repeat, line=line, f0_median=100 + 10 * line + repeat)
        for repeat in range(3)
        for line in range(2)
    ]
    found = spread(takes)["alloy"]["f0_median"]
    assert (found.n, found.mean, found.sd) == (3, 106, pytest.approx(1))


def test_runs_in_which_a_measure_is_unknown_do_not_count_for_it():
    runs = [of("alloy", repeat=0, f0_median=100), of("alloy", repeat=1), of("alloy", repeat=2)]
    assert spread(runs)["alloy"]["f0_median"].n == 1


def test_the_same_voice_of_two_sources_is_two_voices():
    two = [of("alloy", source="one", hnr=1.0), of("alloy", source="two", hnr=2.0)]
    assert list(spread(two)) == ["one · alloy", "two · alloy"]
    assert distances(two, ["hnr"]).voices == ("one · alloy", "two · alloy")


def test_the_table_of_a_spread_has_units():
    rows = list(spread([of("alloy", f0_median=100)]).table())
    assert {(row["measure"], row["unit"]) for row in rows} == {(m.name, m.unit) for m in MEASURES}


def test_a_voice_that_was_not_measured_is_told_with_those_that_were():
    with pytest.raises(KeyError, match="there are: alloy"):
        spread([of("alloy")])["echo"]
    with pytest.raises(AudioError, match="nothing was measured"):
        spread([])


# -- distances -------------------------------------------------------------------------------------


THREE = [
    of("low", f0_median=100, hnr=10.0, jitter=1.0),
    of("middle", f0_median=200, hnr=10.0, jitter=1.0),
    of("high", f0_median=400, hnr=10.0, jitter=1.0),
]


def test_pitch_is_compared_by_ratios():
    apart = distances(THREE, ["f0_median"])
    assert apart.between("low", "middle") == pytest.approx(1)
    assert apart.between("middle", "high") == pytest.approx(1)
    assert apart.between("low", "high") == pytest.approx(2)


def test_a_distance_is_the_root_mean_square_over_measures():
    two = [of("a", hnr=0.0, jitter=0.0), of("b", hnr=2.0, jitter=6.0)]
    apart = distances(two, ["hnr", "jitter"])
    # Two values are √2 standard deviations from each other, whatever they are.
    assert apart.between("a", "b") == pytest.approx(np.sqrt(2))
    assert np.allclose(apart.matrix, apart.matrix.T)
    assert np.allclose(np.diag(apart.matrix), 0)


def test_a_measure_that_never_differs_or_is_not_known_is_left_out_and_told():
    some = [*THREE[:2], replace(THREE[2], values={**THREE[2].values, "jitter": None})]
    apart = distances(some, ["f0_median", "hnr", "jitter"])
    assert apart.measures == ("f0_median",)
    assert apart.left_out == {
        "hnr": "it is the same everywhere",
        "jitter": "it is not known of high",
    }
    with pytest.raises(AudioError, match="no measure to compare"):
        distances(THREE, ["hnr"])


def test_the_spread_within_voices_can_be_the_unit():
    takes = [
        of(voice, repeat=repeat, hnr=mean + off)
        for voice, mean in (("a", 10.0), ("b", 16.0))
        for repeat, off in enumerate((-1.0, 0.0, 1.0))
    ]
    assert distances(takes, ["hnr"], unit="spread").between("a", "b") == pytest.approx(6.0)
    with pytest.raises(AudioError, match="measured once"):
        distances(THREE, ["f0_median"], unit="spread")


def test_one_measure_may_be_named_alone_and_another_unit_is_told():
    assert distances(THREE, "f0_median").measures == ("f0_median",)
    with pytest.raises(AudioError, match="unit is 'voice'; give 'voices' or 'spread'"):
        distances(THREE, ["f0_median"], unit="voice")  # type: ignore[arg-type]


def test_voices_that_are_apart_but_never_vary_say_so_where_the_spread_is_the_unit():
    takes = [of(v, repeat=r, hnr=m) for v, m in (("a", 10.0), ("b", 16.0)) for r in range(2)]
    with pytest.raises(AudioError, match="hnr: it never varies within a voice"):
        distances(takes, ["hnr"], unit="spread")


def test_voices_that_are_all_the_same_have_no_distance_and_it_is_told():
    # The mean of three such numbers is not the number, for rounding.
    same = [of(voice, hnr=0.1, f0_median=100.1) for voice in "abc"]
    with pytest.raises(AudioError, match="hnr: it is the same everywhere"):
        distances(same, ["hnr", "f0_median"])


def test_voices_with_the_same_averages_are_on_one_spot_of_the_map():
    takes = [of(v, repeat=r, hnr=m) for v in "abc" for r, m in enumerate((9.0, 11.0))]
    apart = distances(takes, ["hnr"], unit="spread")
    assert np.allclose(apart.map.positions, 0)
    assert (apart.map.stress, apart.map.explained) == (0.0, 1.0)
    assert "stress 0.00" in apart._repr_html_()


def test_between_voices_all_pairs_are_the_root_of_two_apart_in_the_mean():
    apart = distances(THREE, ["f0_median"])
    pairs = apart.matrix[np.triu_indices(3, 1)]
    assert np.sqrt(np.mean(np.square(pairs))) == pytest.approx(np.sqrt(2))


def test_why_tells_the_measures_that_make_two_voices_differ():
    voices = [
        of("a", f0_median=100, hnr=10.0),
        of("b", f0_median=100, hnr=20.0),
        of("c", f0_median=200, hnr=11.0),
    ]
    why = distances(voices, ["f0_median", "hnr"]).why("a", "b")
    assert [part.measure for part in why] == ["hnr", "f0_median"]
    assert (why[0].one, why[0].other, why[0].unit) == (10, 20, "dB")
    assert why[0].share == pytest.approx(1.0)
    assert why[1].one == pytest.approx(100)
    assert sum(part.share for part in distances(voices).why("b", "c")) == pytest.approx(1.0)
    assert repr(why).startswith("a and b differ by:\n  hnr")


def test_the_map_of_voices_in_a_plane_is_exact():
    corners = [of(n, hnr=x, jitter=y) for n, x, y in (("a", 0, 0), ("b", 3, 0), ("c", 3, 5))]
    apart = distances(corners, ["hnr", "jitter"])
    places = apart.map.positions
    for i, one in enumerate(apart.voices):
        for j, other in enumerate(apart.voices):
            expected = apart.between(one, other)
            assert np.linalg.norm(places[i] - places[j]) == pytest.approx(expected, abs=1e-9)
    assert apart.map.explained == pytest.approx(1.0)
    assert apart.map.stress == pytest.approx(0.0, abs=1e-9)


def test_a_map_says_what_it_cannot_show():
    names = ("hnr", "jitter", "shimmer", "f0_range")
    corners = [
        of(name, **{n: float(n == name) for n in names}) for name in names
    ]  # the corners of a tetrahedron: no plane holds them
    apart = distances(corners, names)
    assert apart.map.explained == pytest.approx(2 / 3)
    on_map, real = pdist(apart.map.positions), squareform(apart.matrix, checks=False)
    # Formula 1 of J. B. Kruskal, Psychometrika 29 (1964), 1-27: in parts of what is on the map.
    stress = np.sqrt(np.square(on_map - real).sum() / np.square(on_map).sum())
    assert apart.map.stress == pytest.approx(stress)
    assert stress > 0.1


def test_the_tree_joins_the_nearest_first():
    voices = [of(n, hnr=x) for n, x in (("a", 0.0), ("far", 9.0), ("b", 1.0), ("farther", 11.0))]
    apart = distances(voices, ["hnr"])
    first = {apart.voices[int(one)] for one in apart.tree.linkage[0, :2]}
    assert first == {"a", "b"}
    assert apart.tree.cophenetic > 0.9
    assert [row["distance"] for row in apart.table()] == sorted(
        row["distance"] for row in apart.table()
    )
    assert apart.table()[0]["differs_most"] == "hnr"


def test_pictures_name_every_voice_and_say_how_far_they_can_be_trusted():
    apart = distances(THREE, ["f0_median"])
    for svg in (apart.map_svg(), apart.dendrogram_svg()):
        assert all(f">{voice}<" in svg for voice in apart.voices)
    assert "stress 0.00" in apart.map_svg()
    assert "cophenetic correlation" in apart.dendrogram_svg()
    assert len(apart.map_figure().axes[0].texts) >= 4
    assert len(apart.dendrogram_figure().axes[0].lines) >= 2
    assert "the nearest two voices are 1.00 SD apart" in apart._repr_html_()


def test_names_in_pictures_cannot_be_code():
    apart = distances([of("<b>", hnr=1.0), of("c", hnr=2.0)], ["hnr"])
    assert "<b>" not in apart._repr_html_()


def test_too_few_voices_and_unknown_ones_are_told():
    with pytest.raises(AudioError, match="one voice alone"):
        distances(THREE[:1])
    with pytest.raises(AudioError, match="no measure 'pitch'"):
        distances(THREE, ["pitch"])
    with pytest.raises(AudioError, match="no voice 'nova'"):
        distances(THREE, ["f0_median"]).why("low", "nova")


def test_real_measures_tell_real_differences():
    count = 300
    rough = pulses([(1 + 0.02 * n) / 120 for n in np.random.default_rng(1).standard_normal(count)])
    takes = [
        take(pulses([1 / 120] * count), voice="even"),
        take(rough, voice="rough"),
        take(pulses([1 / 240] * count), voice="high"),
    ]
    apart = distances([measure(one) for one in takes])
    assert apart.why("even", "rough")[0].measure in {"jitter", "hnr", "shimmer"}
    assert apart.why("even", "high")[0].measure in {"f0_median", "spectral_tilt"}


def test_voices_of_which_one_is_silent_are_compared_by_nothing():
    takes = [take(silence(1.0), voice="a"), take(white(1.0), voice="b"), take(tone(140), voice="c")]
    with pytest.raises(AudioError, match="not known of a"):
        distances([measure(one) for one in takes])
