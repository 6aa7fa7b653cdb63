"""Takes without speech, and listeners who answer by a rule."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import numpy as np

from realtime_lab.audio import Clip
from realtime_lab.voices import ListeningTest, Take, Trial

VOICES = ("alloy", "echo", "marin", "sage")
TEXTS = ("The rainbow is a division of white light.", "Please call Stella.")


def take(voice: str, line: int = 0, repeat: int = 0, source: str = "embedded") -> Take:
    samples = np.random.default_rng(hash_of(voice, line, repeat, source)).integers(
        -1000, 1000, 2400, dtype=np.int16
    )
    return Take(
        source=source, voice=voice, repeat=repeat, line=line, asked=TEXTS[line], said=TEXTS[line],
        clip=Clip(samples), borders=(0,), first_audio=0.2, input_tokens=20, output_tokens=60,
        dollars=None,
    )  # fmt: skip


def takes(lines: int = 1, repeats: int = 1, voices: tuple[str, ...] = VOICES) -> list[Take]:
    return [take(v, n, r) for v in voices for n in range(lines) for r in range(repeats)]


def hash_of(*parts: object) -> int:
    return int.from_bytes(repr(parts).encode()) % 2**32


Rule = Callable[[ListeningTest, Trial], list[float]]


def listen(test: ListeningTest, listener: str, rule: Rule) -> None:
    """Answer the whole sheet as the rule says."""
    while (trial := test.next_trial(listener)) is not None:
        test.answer(listener, trial.number, rule(test, trial), plays=[1] * len(trial.stimuli))


def systems(test: ListeningTest, trial: Trial) -> list[str]:
    return [test.design.key[stimulus].system for stimulus in trial.stimuli]


def chooses(scores: Mapping[str, float], seed: int, *, ties: float = 0.0) -> Rule:
    """Prefer as a Bradley-Terry model with these scores does; do as targets ask."""
    chance = random.Random(seed)

    def answer(test: ListeningTest, trial: Trial) -> list[float]:
        if trial.target is not None:
            return [trial.target.value]
        first, second = systems(test, trial)
        if chance.random() < ties:
            return [0]
        odds = np.exp(scores[second] - scores[first])
        return [1 if chance.random() < odds / (1 + odds) else -1]

    return answer


def rates(means: Mapping[str, float], seed: int, sd: float = 5.0) -> Rule:
    """Rate around these means; do as targets ask."""
    chance = random.Random(seed)

    def answer(test: ListeningTest, trial: Trial) -> list[float]:
        scale = test.design.scale
        given = [
            float(min(scale.highest, max(scale.lowest, round(chance.gauss(means[name], sd)))))
            for name in systems(test, trial)
        ]
        if trial.target is not None and trial.target.stimulus is not None:
            given[trial.target.stimulus] = trial.target.value
        return given

    return answer
