"""Statistics against published examples, against packages that others wrote, and simulations."""

from itertools import combinations, permutations

import choix
import numpy as np
import pytest
from scipy.optimize import minimize

from realtime_lab.errors import ListeningError
from realtime_lab.voices import (
    SCALES,
    Comparison,
    ListeningTest,
    Rating,
    bradley_terry,
    krippendorff_alpha,
    mean_opinions,
    pair_tests,
)
from realtime_lab.voices.listening.pair_tests import holm

from .listeners import chooses, listen, rates, takes

# American League, Eastern Division, 1987: wins of the home team and of the visitors. Source:
# A. Agresti, Categorical Data Analysis (2nd ed., 2002), table 10.10.
BASEBALL = """
Milwaukee  Detroit 4-3, Toronto 4-2, NewYork 4-3, Boston 6-1, Cleveland 4-2, Baltimore 6-0
Detroit    Milwaukee 3-3, Toronto 4-2, NewYork 4-3, Boston 6-0, Cleveland 6-1, Baltimore 4-3
Toronto    Milwaukee 2-5, Detroit 4-3, NewYork 2-4, Boston 4-3, Cleveland 4-2, Baltimore 6-0
NewYork    Milwaukee 3-3, Detroit 5-1, Toronto 2-5, Boston 4-3, Cleveland 4-2, Baltimore 6-1
Boston     Milwaukee 5-1, Detroit 2-5, Toronto 3-3, NewYork 4-2, Cleveland 5-2, Baltimore 6-0
Cleveland  Milwaukee 2-5, Detroit 3-3, Toronto 3-4, NewYork 4-3, Boston 4-2, Baltimore 2-4
Baltimore  Milwaukee 2-5, Detroit 1-5, Toronto 1-6, NewYork 2-4, Boston 1-6, Cleveland 3-4
"""


def baseball() -> list[Comparison]:
    games = []
    for line in BASEBALL.split("\n"):
        home, _, rest = line.partition(" ")
        for entry in filter(None, rest.split(",")):
            away, score = entry.split()
            won, lost = map(int, score.split("-"))
            games += [Comparison(home, away, -1)] * won + [Comparison(home, away, 1)] * lost
    return games


@pytest.mark.parametrize(
    ("team", "score", "error"),
    [("Boston", 1.1438, 0.3378), ("Cleveland", 0.7047, 0.3350), ("Detroit", 1.4754, 0.3446),
     ("Milwaukee", 1.6196, 0.3474), ("NewYork", 1.2813, 0.3404), ("Toronto", 1.3271, 0.3403)],
)  # fmt: skip
def test_scores_are_those_of_agrestis_baseball_teams_with_home_advantage(
    team: str, score: float, error: float
):
    """H. Turner and D. Firth, Bradley-Terry models in R, J. Stat. Software 48 (2012), no. 9."""
    fitted = bradley_terry(baseball())
    assert fitted.difference(team, "Baltimore") == pytest.approx((score, error), abs=6e-5)
    assert fitted.order is not None
    assert fitted.order.value == pytest.approx(0.3023, abs=6e-5)
    half = (fitted.order.high - fitted.order.low) / 2
    assert half / 1.959964 == pytest.approx(0.1309, abs=6e-5)


def test_without_an_effect_of_order_scores_are_those_of_another_package():
    games = [
        Comparison(g.second, g.first, -g.outcome) if g.second < g.first else g for g in baseball()
    ]
    fitted = bradley_terry(games)
    assert fitted.order is None
    place = {name: i for i, name in enumerate(fitted.systems)}
    won = [
        (place[g.second], place[g.first]) if g.outcome > 0 else (place[g.first], place[g.second])
        for g in games
    ]
    judged = choix.ilsr_pairwise(len(place), won)
    ours = [fitted.scores[name].value for name in fitted.systems]
    assert ours == pytest.approx(list(judged - judged.mean()), abs=1e-6)


def test_ties_follow_davidsons_model():
    """Every parameter lies where the likelihood, written down directly, is highest."""
    table = {("a", "b"): (10, 4, 6), ("b", "a"): (5, 9, 3), ("b", "c"): (8, 5, 7),
             ("c", "a"): (2, 12, 4), ("a", "c"): (9, 3, 5)}  # fmt: skip
    games = [
        Comparison(*pair, outcome)
        for pair, counts in table.items()
        for outcome, n in zip((-1, 1, 0), counts, strict=True)
        for _ in range(n)
    ]

    def loss(x: np.ndarray) -> float:
        pi = dict(zip("abc", np.exp([0, x[0], x[1]]), strict=True))
        total = 0.0
        for (one, other), (won, lost, tied) in table.items():
            first, second = pi[one] * np.exp(x[3]), pi[other]
            tie = np.exp(x[2]) * np.sqrt(first * second)
            whole = first + second + tie
            total -= won * np.log(first / whole)
            total -= lost * np.log(second / whole) + tied * np.log(tie / whole)
        return total

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9}).x
    fitted = bradley_terry(games)
    assert fitted.difference("b", "a")[0] == pytest.approx(best[0], abs=1e-5)
    assert fitted.difference("c", "a")[0] == pytest.approx(best[1], abs=1e-5)
    assert fitted.tie == pytest.approx(best[2], abs=1e-5)
    assert fitted.order is not None
    assert fitted.order.value == pytest.approx(best[3], abs=1e-5)


def test_a_voice_that_always_won_is_told_and_still_has_a_score():
    games = [Comparison("a", "b", 1), Comparison("b", "a", -1), Comparison("c", "a", 1),
             Comparison("a", "c", 1), Comparison("c", "b", 1)]  # fmt: skip
    fitted = bradley_terry(games)
    assert "a, c" in fitted.note
    assert fitted.scores["b"].value > fitted.scores["a"].value
    assert all(np.isfinite(estimate.value) for estimate in fitted.scores.values())


def _every_pair(outcome: int, listeners: int) -> list[Comparison]:
    return [
        Comparison(first, second, outcome, f"L{n}")
        for n in range(listeners)
        for first, second in permutations("abc", 2)
    ]


@pytest.mark.parametrize("outcome", [0, -1, 1], ids=["all ties", "all first", "all second"])
@pytest.mark.parametrize("listeners", [1, 3, 8])
def test_answers_that_say_nothing_of_the_voices_leave_them_together(outcome: int, listeners: int):
    fitted = bradley_terry(_every_pair(outcome, listeners))
    assert "prior" in fitted.note
    for estimate in fitted.scores.values():
        assert estimate.value == pytest.approx(0, abs=1e-6)
        assert -5 < estimate.low < -0.3
        assert 0.3 < estimate.high < 5
    assert fitted.order is not None
    assert abs(fitted.order.value) < 10


def test_listeners_who_all_prefer_the_same_leave_an_interval():
    fitted = bradley_terry([Comparison("a", "b", 1, f"L{n}") for n in range(8)])
    assert fitted.scores["b"].low < fitted.scores["b"].value - 0.5


def test_few_answers_of_all_kinds_never_lead_the_fit_astray():
    rng = np.random.default_rng(5)
    for _ in range(150):
        pairs = [rng.choice(4, 2, replace=False) for _ in range(rng.integers(3, 12))]
        games = [Comparison(f"s{a}", f"s{b}", int(rng.integers(-1, 2))) for a, b in pairs]
        fitted = bradley_terry(games)
        values = [estimate.value for estimate in fitted.scores.values()]
        assert (
            np.abs([*values, fitted.tie or 0, fitted.order.value if fitted.order else 0]).max() < 30
        )


def test_before_anybody_listened_there_are_no_scores():
    with pytest.raises(ListeningError, match="listen first"):
        bradley_terry([])


def test_simulated_listeners_give_back_the_scores_they_answer_by():
    true = {"alloy": -1.0, "echo": -0.2, "marin": 0.3, "sage": 0.9}
    test = ListeningTest(takes(lines=2), repeated=0, targets=0, training=0)
    for n in range(60):
        listen(test, f"L{n:02}", chooses(true, seed=n, ties=0.1))
    scores = test.results().scores
    assert scores.interval == "spread between 60 listeners"
    for name, value in true.items():
        assert scores.scores[name].low < value < scores.scores[name].high
        assert scores.scores[name].value == pytest.approx(value, abs=0.25)
    assert scores.order is not None
    assert scores.order.low < 0 < scores.order.high


def test_intervals_of_the_information_matrix_hold_what_they_promise():
    """Of 200 simulated experiments about 95 % have the true difference in their interval."""
    rng = np.random.default_rng(7)
    true = np.array([-0.5, 0.0, 0.5])
    inside = 0
    for _ in range(200):
        games = [
            Comparison("abc"[i], "abc"[j], 1 if rng.random() < odds / (1 + odds) else -1)
            for i, j in combinations(range(3), 2)
            for odds in [np.exp(true[j] - true[i])]
            for _ in range(40)
        ]
        value, error = bradley_terry(games).difference("c", "a")
        inside += abs(value - 1.0) < 1.959964 * error
    assert 180 <= inside <= 199


def test_answers_given_many_times_over_do_not_make_the_interval_of_listeners_narrower():
    rng = np.random.default_rng(3)
    once = [Comparison("a", "b", 1 if rng.random() < 0.7 else -1, f"L{n}") for n in range(30)]
    often = once * 20
    one, many = (bradley_terry(games).difference("a", "b") for games in (once, often))
    assert many == pytest.approx(one)
    alone = [Comparison(c.first, c.second, c.outcome, "L0") for c in often]
    assert bradley_terry(alone).difference("a", "b")[1] < many[1] / 4


def test_intervals_of_listeners_hold_what_they_promise_where_each_has_a_taste_of_their_own():
    """Listeners differ by a normal taste; of 200 experiments about 95 % hold the average one."""
    rng = np.random.default_rng(11)
    # What an average listener's probabilities come to on the scale of the model.
    tastes = 0.5 + rng.normal(0, 1, 200_000)
    share = float((1 / (1 + np.exp(-tastes))).mean())
    true = np.log(share / (1 - share))
    inside = 0
    for _ in range(200):
        games = []
        for n in range(20):
            chance = 1 / (1 + np.exp(-(0.5 + rng.normal(0, 1))))
            games += [
                Comparison("a", "b", 1 if rng.random() < chance else -1, f"L{n}") for _ in range(12)
            ]
        fitted = bradley_terry(games)
        # Of two systems the difference is twice the score, and so is half its interval.
        half = fitted.scores["b"].high - fitted.scores["b"].low
        inside += abs(fitted.difference("b", "a")[0] - true) < half
    assert 180 <= inside <= 199


KRIPPENDORFF = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_agreement_is_that_of_krippendorffs_own_example(level, alpha: float):
    """K. Krippendorff, Computing Krippendorff's alpha-reliability (2011), section E."""
    answers = [
        (observer, unit, float(value))
        for observer, values in KRIPPENDORFF.items()
        for unit, value in enumerate(values.split())
        if value != "."
    ]
    assert krippendorff_alpha(answers, level) == pytest.approx(alpha, abs=6e-4)


def test_agreement_of_one_listener_or_of_answers_that_are_all_the_same_is_not_known():
    assert krippendorff_alpha([("a", 1, 1.0), ("a", 2, 2.0)], "interval") is None
    assert krippendorff_alpha([("a", 1, 1.0), ("b", 1, 1.0)], "interval") is None


def test_the_interval_of_a_mean_is_that_of_students_sleep_data():
    """Student, The probable error of a mean, Biometrika 6 (1908); R's t.test(sleep group 1)."""
    slept = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    ratings = [Rating("drug", value, f"patient {n}") for n, value in enumerate(slept)]
    mean = mean_opinions(ratings)["drug"].mean
    assert (mean.value, mean.low, mean.high) == pytest.approx((0.75, -0.5297804, 2.0297804))


def test_many_ratings_of_a_listener_do_not_make_the_interval_narrower():
    once = [Rating("x", v, name) for name, v in (("a", 1), ("b", 3), ("c", 5))]
    often = once * 10
    assert mean_opinions(often)["x"].mean.low == pytest.approx(mean_opinions(once)["x"].mean.low)
    alone = mean_opinions([Rating("x", v, "a") for v in (1, 3, 5)])["x"]
    assert alone.of == "ratings of one listener"


def test_holms_correction_is_that_of_a_worked_example():
    """S. Holm (1979) as worked in R's p.adjust: 0.01, 0.02, 0.03, 0.04 and 0.05 of five tests."""
    assert holm([0.01, 0.04, 0.03, 0.02, 0.05]) == pytest.approx([0.05, 0.09, 0.09, 0.08, 0.09])


def test_pairs_are_tested_by_wins_or_by_ranks():
    games = [Comparison("a", "b", 1)] * 9 + [Comparison("b", "a", 1)] + [Comparison("a", "b", 0)]
    ratings = [Rating(s, v, f"L{n}") for n in range(8) for s, v in (("a", n), ("b", n + 10 + n))]
    (signs,) = pair_tests(SCALES["preference"], games, ratings)
    assert signs.p == pytest.approx(2 * (1 + 10) / 2**10)
    assert (signs.one, signs.difference) == ("a", pytest.approx(-0.4))
    (ranks,) = pair_tests(SCALES["continuous"], [], ratings)
    assert ranks.p == pytest.approx(2 / 2**8)
    assert ranks.difference == pytest.approx(-13.5)


def test_answers_of_one_person_to_several_lines_are_one_preference():
    def answers(listener: str, *outcomes: int) -> list[Comparison]:
        return [Comparison("x", "y", outcome, listener) for outcome in outcomes]

    given = [*answers("a", 1, 1, 1), *answers("b", 1, 1, -1), *answers("c", 1, -1, 0)]
    [pair] = pair_tests(SCALES["preference"], given, _both(given))
    assert (pair.n, pair.difference, pair.p) == (3, -0.5, pytest.approx(0.5))
    assert pair.test == "exact sign test over listeners"
    alone = answers("a", *[-1] * 6, 0)
    [pair] = pair_tests(SCALES["preference"], alone, _both(alone))
    assert (pair.n, pair.difference, pair.p) == (7, 0.5, pytest.approx(2 / 2**6))
    assert pair.test == "exact sign test over answers of one listener"


def _both(given: list[Comparison]) -> list[Rating]:
    return [
        Rating(system, value, c.listener)
        for c in given
        for system, value in ((c.first, -c.outcome), (c.second, c.outcome))
    ]


def test_ratings_give_back_the_means_they_were_drawn_from():
    true = {"alloy": 30, "echo": 45, "marin": 60, "sage": 80}
    test = ListeningTest(takes(), scale="continuous")
    for n in range(20):
        listen(test, f"L{n}", rates(true, seed=n))
    results = test.results()
    for name, opinion in results.opinions.items():
        assert opinion.mean.value == pytest.approx(true[name], abs=3 * 5 / 20**0.5)
        assert opinion.listeners == 20
    assert results.agreement is not None
    assert results.agreement > 0.8
    assert all(pair.p_holm is not None and pair.p_holm < 0.01 for pair in results.pairs)
