"""What came of a listening test, and how far it can be trusted."""

import json
import random
from typing import Any

import pytest

from realtime_lab.errors import ListeningError
from realtime_lab.voices import ListeningTest, Trial
from tests.notebook_cells import is_picture

from .listeners import chooses, listen, rates, systems, takes

SCORES = {"alloy": -1.0, "echo": -0.3, "marin": 0.3, "sage": 1.0}


def judged(listeners: int = 3, **changes: Any) -> ListeningTest:
    test = ListeningTest(takes(), repeated=1.0, **changes)
    for n in range(listeners):
        listen(test, f"L{n}", steady)
    return test


def steady(test: ListeningTest, trial: Trial) -> list[float]:
    """Always prefer the voice that is first in the alphabet; do as targets ask."""
    if trial.target is not None:
        return [trial.target.value]
    first, second = systems(test, trial)
    return [1.0 if second < first else -1.0]


def test_only_judged_trials_count():
    results = judged(targets=2, training=2).results()
    assert len(results.comparisons) == 3 * 6
    assert {c.listener for c in results.comparisons} == {"L0", "L1", "L2"}


def test_a_listener_who_misses_targets_is_flagged_and_counts_until_left_out():
    test = judged(targets=2)
    listen(test, "hasty", lambda *_: [0.0])
    results = test.results()
    assert "missed 2 of 2 named targets" in results.flagged["hasty"]
    assert "hasty" in results.listeners
    left = results.without_flagged()
    assert "hasty" not in left.listeners
    assert len(results.comparisons) - len(left.comparisons) == 6
    assert "left out" in repr(left)
    assert "hasty (left out): missed 2 of 2" in repr(left)


def test_a_listener_who_contradicts_herself_is_flagged():
    test = ListeningTest(takes(), repeated=1.0)
    listen(test, "first", lambda _, t: [t.target.value if t.target else -1.0])
    listen(test, "steady", steady)
    flagged = test.results().flagged
    assert flagged["first"] == ("answered 0 of 5 repeated trials alike",)
    assert "steady" not in flagged


def test_an_answer_without_playing_everything_is_flagged():
    test = ListeningTest(takes(), targets=0, repeated=0)
    test.answer("anna", 0, 1, plays=[1, 0])
    assert test.results().flagged["anna"] == ("answered 1 trials without playing everything",)


def test_whoever_does_what_a_target_asks_without_playing_anything_has_read_it():
    test = ListeningTest(takes(), targets=2, repeated=0)
    for trial in test.begin("anna"):
        if trial.target is not None:
            test.answer("anna", trial.number, trial.target.value, plays=[0, 0])
    assert test.results().reliability[0].targets_met == 2
    assert test.results().flagged == {}


def test_repeated_ratings_are_alike_within_a_quarter_of_the_scale():
    test = ListeningTest(takes(lines=2), scale="continuous", repeated=1.0)
    listen(test, "steady", rates({"alloy": 20, "echo": 40, "marin": 60, "sage": 80}, seed=0))
    chance = random.Random(1)
    listen(test, "random", lambda _, t: [chance.choice((0, 100)) for _ in t.stimuli])
    by_name = {r.listener: r for r in test.results().reliability}
    assert (by_name["steady"].alike, by_name["steady"].repeats) == (1, 1)
    assert by_name["random"].alike == 0


def test_somebody_who_always_prefers_what_came_first_is_told_as_an_effect_of_order():
    test = ListeningTest(takes(lines=2), targets=0, repeated=0)
    for n in range(4):
        chance = random.Random(n)
        listen(test, f"L{n}", lambda _, t, chance=chance: [-1 if chance.random() < 0.9 else 1])
    assert "whatever was heard first was preferred" in repr(test.results())


def test_a_scale_that_rates_one_by_one_has_no_bradley_terry_scores():
    with pytest.raises(ListeningError, match=r"see \.opinions"):
        _ = ListeningTest(takes(), scale="acr").results().scores


def test_the_best_is_ranked_first():
    likes = {"alloy": -2.0, "echo": -1.0, "marin": 1.0, "sage": 2.0}
    pairs = ListeningTest(takes(lines=2), targets=0)
    rated = ListeningTest(takes(lines=2), scale="continuous", targets=0)
    for n in range(12):
        listen(pairs, f"L{n}", chooses(likes, seed=n))
        listen(rated, f"L{n}", rates({name: 50 + 20 * v for name, v in likes.items()}, seed=n))
    for test in (pairs, rated):
        ranking = test.results().ranking
        assert list(ranking) == ["sage", "marin", "echo", "alloy"]
    assert repr(rated.results()).index("sage") < repr(rated.results()).index("marin")


def test_leaving_out_somebody_who_did_not_listen_is_told():
    with pytest.raises(ListeningError, match="zoe did not listen; there is L0"):
        judged(1).results().without("zoe")


def test_comparison_categories_give_scores_and_means():
    test = ListeningTest(takes(), scale="cmos", targets=0, repeated=0, training=0)
    worth = {"alloy": 0, "echo": 1, "marin": 2, "sage": 3}

    def answer(test: ListeningTest, trial: Trial) -> list[float]:
        first, second = (worth[system] for system in systems(test, trial))
        return [float(second - first)]

    for n in range(2):
        listen(test, f"L{n}", answer)
    results = test.results()
    assert [results.opinions[name].mean.value for name in worth] == [-2.0, -2 / 3, 2 / 3, 2.0]
    scores = results.scores.scores
    assert sorted(scores, key=lambda name: scores[name].value) == list(worth)


@pytest.mark.parametrize("scale", ["preference", "cmos", "continuous", "acr"])
def test_results_are_shown_before_and_after_anybody_listened(scale):
    test = ListeningTest(takes(), scale=scale, question="Which is <b>clearer</b>?")
    assert "nothing judged yet" in test.results()._repr_html_()
    chance = random.Random(0)
    span = test.design.scale

    def answer(_: ListeningTest, trial: Trial) -> list[float]:
        count = span.answers(len(trial.stimuli))
        return [float(chance.randint(int(span.lowest), int(span.highest))) for _ in range(count)]

    listen(test, "anna", answer)
    shown = test.results()._repr_html_()
    assert "&lt;b&gt;clearer&lt;/b&gt;" in shown
    assert "<b>clearer" not in shown
    assert "<script" not in shown
    assert all(voice in shown for voice in SCORES)
    assert test.results().table()["system"] == sorted(SCORES)
    figure = test.results().figure()
    assert is_picture(figure)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_what_one_answer_cannot_tell_is_left_out():
    test = ListeningTest(takes(), scale="acr", training=0, targets=0, repeated=0)
    test.answer("anna", 0, [3] * 4)
    results = test.results()
    assert "mean 3.00\n" in repr(results)
    row = results.table().rows[0]
    assert (row["mean"], row["mean_low"], row["mean_high"], row["sd"]) == (3.0, None, None, None)
    assert json.loads(json.dumps(results.table().rows, allow_nan=False)) == results.table().rows


def test_one_is_not_told_as_many():
    test = ListeningTest(takes()[:2], training=0, targets=0, repeated=0)
    test.begin("anna")
    assert "of 1 listener: nothing" in repr(test.results())
    test.answer("anna", 0, 1)
    assert "1 listener, 1 answer, " in repr(test.results())


def test_a_test_tells_how_far_it_is():
    test = judged(1)
    assert "4 voices" in repr(test)
    assert "1 began, 1 finished" in repr(test)
