"""Who hears what, in which order."""

from collections import Counter
from itertools import combinations, pairwise

import pytest

from realtime_lab.errors import ListeningError
from realtime_lab.voices import ListeningTest
from realtime_lab.voices.listening.latin import williams

from .listeners import VOICES, systems, take, takes


@pytest.mark.parametrize("size", range(2, 13))
def test_a_williams_design_is_balanced_for_place_and_for_what_came_before(size: int):
    rows = williams(size)
    for column in zip(*rows, strict=True):
        assert set(Counter(column).values()) == {len(rows) // size}
    neighbours = Counter(pair for row in rows for pair in pairwise(row))
    assert set(neighbours) == {(a, b) for a in range(size) for b in range(size) if a != b}
    assert len(set(neighbours.values())) == 1


def test_every_pair_of_voices_is_judged_once_for_every_line():
    test = ListeningTest(takes(lines=2), scale="preference")
    judged = [t for t in test.begin("L01") if t.kind == "judged"]
    pairs = Counter((t.text, frozenset(systems(test, t))) for t in judged)
    assert len(pairs) == 2 * len(list(combinations(VOICES, 2)))
    assert set(pairs.values()) == {1}


def test_over_two_listeners_every_pair_is_heard_in_both_orders():
    test = ListeningTest(takes(), scale="preference", repeated=0, targets=0, training=0)
    heard = Counter(tuple(systems(test, t)) for name in ("L01", "L02") for t in test.begin(name))
    assert heard == Counter({(a, b): 1 for a in VOICES for b in VOICES if a != b})


def test_over_as_many_listeners_as_voices_each_voice_is_shown_in_every_place():
    test = ListeningTest(takes(), scale="continuous", repeated=0, targets=0, training=0)
    places = Counter(
        (place, name)
        for n in range(len(VOICES))
        for t in test.begin(f"L{n}")
        for place, name in enumerate(systems(test, t))
    )
    assert set(places.values()) == {1}
    assert len(places) == len(VOICES) ** 2


def test_more_voices_than_a_screen_holds_are_divided_evenly():
    voices = tuple("abcdefghij")
    test = ListeningTest(takes(voices=voices), scale="acr", at_once=4, repeated=0, targets=0)
    judged = [t for t in test.begin("L01") if t.kind == "judged"]
    assert sorted(len(t.stimuli) for t in judged) == [3, 3, 4]
    assert sorted(name for t in judged for name in systems(test, t)) == sorted(voices)


@pytest.mark.parametrize("voices", ["abc", "abcdefghi", "abcdefghij"])
def test_divided_screens_are_balanced_for_place_and_mix_the_voices(voices: str):
    test = ListeningTest(
        takes(voices=tuple(voices)), scale="acr", at_once=len(voices) - 1, repeated=0, targets=0,
        training=0,
    )  # fmt: skip
    places, met = Counter(), Counter()
    for n in range(len(voices) * (1 + len(voices) % 2)):
        for screen, trial in enumerate(test.begin(f"L{n}")):
            shown = systems(test, trial)
            places.update((screen, place, name) for place, name in enumerate(shown))
            met.update(frozenset(pair) for pair in combinations(shown, 2))
    assert len(set(places.values())) == 1
    assert len(places) == len(voices) ** 2
    for voice in voices:
        assert sum(voice in pair for pair in met) >= len(voices) - 2


@pytest.mark.parametrize("repeated", [0.1, 0.5, 1])
def test_a_repeated_trial_is_the_other_way_round_with_another_between(repeated: float):
    for seed in range(30):
        test = ListeningTest(takes(lines=2), repeated=repeated, targets=0, training=2, seed=seed)
        sheet = test.begin("L01")
        again = [t for t in sheet if t.kind == "repeat"]
        assert len(again) == min(round(12 * repeated), 11)
        for trial in again:
            assert trial.repeats is not None
            before = sheet[trial.repeats]
            assert before.kind == "judged"
            assert before.stimuli == trial.stimuli[::-1]
            assert trial.number > before.number + 1


def test_the_only_screen_of_a_test_can_be_repeated():
    test = ListeningTest(takes(), scale="acr", repeated=1, targets=0, training=0)
    assert [t.kind for t in test.begin("L01")] == ["judged", "repeat"]


def test_training_comes_first_and_targets_come_later():
    sheet = ListeningTest(takes(), training=2, targets=2).begin("L01")
    assert [t.kind for t in sheet[:2]] == ["training", "training"]
    assert [t.number for t in sheet] == list(range(len(sheet)))
    targets = [t for t in sheet if t.kind == "target"]
    assert len(targets) == 2
    assert all(t.target and t.target.value in (-1, 1) for t in targets)


def test_the_same_seed_gives_the_same_sheets_and_another_gives_others():
    one, same, other = (ListeningTest(takes(lines=2), seed=s) for s in (1, 1, 2))
    assert one.begin("a") == same.begin("b")
    assert one.begin("a") != other.begin("a")
    assert one.design.fingerprint == same.design.fingerprint != other.design.fingerprint


def test_ids_of_stimuli_tell_no_voice_and_differ_even_for_equal_audio():
    same = [take("alloy"), take("alloy", repeat=1)]
    silent = [take(v) for v in VOICES]
    ids = [s.id for s in ListeningTest([*silent, same[1]], repeats=2).design.stimuli]
    assert len(set(ids)) == 5
    assert not any(voice in told for told in ids for voice in VOICES)


def test_two_sources_are_two_systems_of_the_same_voice():
    both = [take("sage", source=s) for s in ("preview", "GA")]
    assert ListeningTest(both).design.systems == ("GA · sage", "preview · sage")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"repeated": 1.5}, "share of the trials"),
        ({"targets": -1}, "0 or more"),
        ({"at_once": 1}, "nothing to compare"),
        ({"scale": "mushra"}, "there is no scale"),
        ({"repeated": "x"}, "repeated is 'x'; give a number"),
        ({"repeated": None}, "repeated is None"),
        ({"loudness": "loud"}, "loudness is 'loud'; give a number"),
        ({"seed": "x"}, "seed is 'x'; give a whole number"),
        ({"targets": 1.5}, "targets is 1.5; give a whole number"),
        ({"repeats": "1"}, "repeats is '1'; give a whole number"),
    ],
)
def test_a_number_out_of_range_is_told(wrong: dict, told: str):
    with pytest.raises(ListeningError, match=told):
        ListeningTest(takes(), **wrong)


@pytest.mark.parametrize("given", [None, "voices", [take("alloy").clip], 3])
def test_what_are_no_takes_is_told(given):
    with pytest.raises(ListeningError, match=r"is no take; give a run of rl\.compare_voices"):
        ListeningTest(given)


def test_one_voice_alone_cannot_be_compared():
    with pytest.raises(ListeningError, match="no line is said by two"):
        ListeningTest([take("alloy")])


def test_a_voice_that_would_not_be_heard_is_told():
    without_first = [t for t in takes(repeats=2) if (t.voice, t.repeat) != ("echo", 0)]
    with pytest.raises(
        ListeningError, match="echo has no take in the first 1 repeats; give repeat"
    ):
        ListeningTest(without_first)
    assert "echo" in ListeningTest(without_first, repeats=2).design.systems
    with pytest.raises(ListeningError, match="nova: no other voice says the same line"):
        ListeningTest([*takes(), take("nova", line=1)])


def test_the_same_voice_line_and_repeat_twice_is_told():
    with pytest.raises(ListeningError, match="two takes of alloy"):
        ListeningTest([take("alloy"), take("echo"), take("alloy")])
