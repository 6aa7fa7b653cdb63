"""The statistics, against published worked examples."""

from __future__ import annotations

import pytest

from realtime_lab.toolbench import McNemar, Share, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # R. G. Newcombe 1998, Statistics in Medicine 17, 857–872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_newcombes_examples(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilsons_interval_agrees_with_scipys_everywhere():
    stats = pytest.importorskip("scipy.stats")
    for trials in (1, 2, 7, 40, 1000):
        for successes in {0, 1, trials // 3, trials - 1, trials}:
            for confidence in (0.8, 0.95, 0.99):
                theirs = stats.binomtest(successes, trials).proportion_ci(confidence, "wilson")
                ours = wilson(successes, trials, confidence)
                assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_ends_of_an_interval_are_exact_where_all_or_none_is_right():
    assert wilson(0, 9)[0] == 0.0
    assert wilson(9, 9)[1] == 1.0
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("wrong", [(3, 2), (-1, 2)])
def test_what_is_no_proportion_is_refused(wrong):
    with pytest.raises(ValueError, match="no proportion"):
        wilson(*wrong)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [
        # Airway hyper-responsiveness before and after stem cell transplantation: M. W. Fagerland,
        # S. Lydersen, P. Laake 2013, BMC Medical Research Methodology 13:91, table 1.
        (1, 7, 0.0703),
        # Two media for culturing M. tuberculosis: P. Armitage, G. Berry 1994, Statistical Methods
        # in Medical Research, p. 127 (the exact P as Liddell 1983 gives it).
        (12, 2, 0.0129),
    ],
)
def test_mcnemars_test_is_that_of_the_textbooks(only_a, only_b, p):
    assert McNemar(only_a, only_b).p == pytest.approx(p, abs=5e-5)
    assert McNemar(only_b, only_a).p == McNemar(only_a, only_b).p


def test_mcnemars_test_is_a_sign_test():
    stats = pytest.importorskip("scipy.stats")
    for only_a in range(12):
        for only_b in range(12):
            n = only_a + only_b
            theirs = stats.binomtest(only_a, n).pvalue if n else 1.0
            assert McNemar(only_a, only_b, both=5).p == pytest.approx(theirs)


def test_sets_that_never_differ_tell_nothing():
    test = McNemar(0, 0, both=30, neither=2)
    assert (test.p, test.difference) == (1.0, 0.0)
    assert McNemar(0, 0).difference is None


def test_a_share_tells_its_counts_and_its_interval():
    assert str(Share(45, 60)) == "75 % (45/60, 95 % interval 63–84 %)"
    assert (Share(0, 0).value, Share(0, 0).percent, Share(0, 0).interval) == (None, "–", "–")
