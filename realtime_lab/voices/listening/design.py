"""Who hears what, in which order: the design of a listening test."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Literal, TypeVar

import msgspec
from msgspec.structs import replace

from ...errors import ListeningError
from .latin import williams_row
from .scales import Scale
from .stimuli import Stimulus

__all__ = ["ListeningDesign", "StimulusKey", "Target", "Trial", "TrialKind", "keys_of"]

T = TypeVar("T")

TrialKind = Literal["training", "judged", "repeat", "target"]


class StimulusKey(msgspec.Struct, frozen=True):
    """A stimulus without its audio: what the design and the raw data say of it."""

    id: str
    sha256: str
    system: str
    line: int
    repeat: int
    text: str


class Target(msgspec.Struct, frozen=True):
    """The answer that a trial asks for, to see whether the listener reads and listens."""

    value: float
    stimulus: int | None
    """Which of the stimuli, from 0, is to be given that value; ``None`` on a comparing scale."""

    def names(self, place: int) -> bool:
        """Whether the answer at that place is the one that is asked for."""
        return place == (self.stimulus or 0)

    def is_met(self, given: Sequence[float], tolerance: float) -> bool:
        """Whether the answer is the one that was asked for."""
        return abs(given[self.stimulus or 0] - self.value) <= tolerance


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One screen of the test: what is heard, in the order of its letters A, B, C …"""

    number: int
    """Its place in the listener's sheet, from 0."""
    kind: TrialKind
    stimuli: tuple[str, ...]
    """Ids, in the order that they are shown in."""
    text: str
    target: Target | None = None
    repeats: int | None = None
    """The number of the trial that this one shows again, the other way round."""


class ListeningDesign(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is settled before anybody listens. The same design gives the same sheets.

    On a comparing scale a trial has two stimuli that say the same line: every pair of systems for
    every line. Otherwise it has one stimulus of every system; more than ``at_once`` are divided
    over several screens. Orders come from Williams designs by the listener's number: over as many
    listeners as one has rows (the number of things to order, twice that where it is odd) each thing
    is met in every place, and after every other, equally often.

    Raises:
        ListeningError: for a number out of its range, where fewer than two systems say the same
            line, or where one says no line that another says.
    """

    question: str
    scale: Scale
    stimuli: tuple[StimulusKey, ...]
    seed: int = 0
    repeated: float = 0.1
    """The share of judged trials that are shown a second time, later; never the last of several."""
    targets: int = 1
    """How many trials ask for a named answer."""
    training: int = 1
    """How many trials come first and do not count."""
    at_once: int = 8
    """The most stimuli on one screen of a scale that does not compare."""
    loudness: float | None = None
    """LUFS that every stimulus is brought to; ``None`` where they are played as they are."""

    def __post_init__(self) -> None:
        for name in ("seed", "targets", "training", "at_once"):
            if not isinstance(value := getattr(self, name), int):
                raise ListeningError(f"{name} is {value!r}; give a whole number")
        for name in ("repeated", "loudness"):
            value = getattr(self, name)
            if not isinstance(value, int | float) and (name, value) != ("loudness", None):
                raise ListeningError(f"{name} is {value!r}; give a number")
        if not 0 <= self.repeated <= 1:
            raise ListeningError(f"repeated={self.repeated:g} is no share of the trials: 0 to 1")
        if self.targets < 0 or self.training < 0:
            raise ListeningError("targets and training are numbers of trials: give 0 or more")
        if self.at_once < 2:
            raise ListeningError(f"at_once={self.at_once} leaves nothing to compare: 2 or more")
        if not self._lines():
            raise ListeningError(
                "a listening test compares systems, and no line is said by two of them "
                f"({', '.join(self.systems) or 'there is no audio'}); give takes of more voices"
            )
        if alone := set(self.systems) - {one.system for line in self._lines() for one in line}:
            raise ListeningError(
                f"{', '.join(sorted(alone))}: no other voice says the same line in the same "
                "repeat, so there is nothing to compare; give more takes, or leave it out"
            )

    @property
    def systems(self) -> tuple[str, ...]:
        """The voices (with their sources where there are several) that are compared."""
        return tuple(dict.fromkeys(stimulus.system for stimulus in self.stimuli))

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with anything in the design."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:16]

    @property
    def key(self) -> dict[str, StimulusKey]:
        """What is hidden from the listener: stimuli by their ids."""
        return {stimulus.id: stimulus for stimulus in self.stimuli}

    def sheet(self, number: int) -> tuple[Trial, ...]:
        """The trials of a listener, in order. ``number`` counts listeners from 0."""
        chance = random.Random(f"{self.seed}/{number}")
        judged = self._judged(number)
        trials = list(judged)
        # Not the last one, of which nothing would be between, unless it is all there is.
        several = judged[:-1] or judged
        again = chance.sample(several, min(round(self.repeated * len(judged)), len(several)))
        for trial in sorted(again, key=lambda trial: -trial.number):
            turned = replace(
                trial, kind="repeat", stimuli=trial.stimuli[::-1], repeats=trial.number
            )
            earliest = min(trials.index(trial) + 2, len(trials))
            trials.insert(chance.randint(earliest, len(trials)), turned)
        for _ in range(self.targets):
            trial = chance.choice(judged)
            asked = replace(trial, kind="target", target=self._target(trial, chance))
            trials.insert(chance.randint(1, len(trials)), asked)
        training = [replace(chance.choice(judged), kind="training") for _ in range(self.training)]
        return _numbered([*training, *trials])

    def _lines(self) -> list[list[StimulusKey]]:
        """Stimuli that can be compared: they say the same line, and are of two systems or more."""
        lines: dict[tuple[int, int], list[StimulusKey]] = {}
        for stimulus in self._shuffled(self.stimuli):
            lines.setdefault((stimulus.line, stimulus.repeat), []).append(stimulus)
        return [lines[place] for place in sorted(lines) if len(lines[place]) > 1]

    def _shuffled(self, things: Sequence[T]) -> list[T]:
        return random.Random(self.seed).sample(list(things), len(things))

    def _judged(self, number: int) -> list[Trial]:
        """The trials that count, in the order of this listener, numbered from 0."""
        groups: list[tuple[list[str], str]] = []
        for line in williams_row(self._lines(), number):
            # By the line too: nobody hears the systems of every line in the same order.
            row = number + line[0].line + line[0].repeat
            if self.scale.compares:
                made = williams_row(_pairs(line, row), number)
            else:
                made = self._screens(williams_row(line, row))
            groups += [([stimulus.id for stimulus in group], line[0].text) for group in made]
        return [
            Trial(number=place, kind="judged", stimuli=tuple(ids), text=text)
            for place, (ids, text) in enumerate(groups)
        ]

    def _screens(self, line: list[StimulusKey]) -> list[list[StimulusKey]]:
        """The stimuli of a line, divided as evenly as can be where they are too many for one.

        Those that follow one another in the order of this listener share a screen: with other
        listeners they share it with others.
        """
        screens = -(-len(line) // self.at_once)
        borders = [len(line) * screen // screens for screen in range(screens + 1)]
        return [line[begin:end] for begin, end in pairwise(borders)]

    def _target(self, trial: Trial, chance: random.Random) -> Target:
        """An answer at one end of the scale, where nobody who only hurries through would be."""
        value = chance.choice((self.scale.lowest, self.scale.highest))
        one = None if self.scale.compares else chance.randrange(len(trial.stimuli))
        return Target(value, one)


def keys_of(stimuli: Sequence[Stimulus]) -> tuple[StimulusKey, ...]:
    """The stimuli without their audio."""
    return tuple(StimulusKey(s.id, s.sha256, s.system, s.line, s.repeat, s.text) for s in stimuli)


def _pairs(line: list[StimulusKey], row: int) -> list[list[StimulusKey]]:
    """Every pair once. Which is heard first changes from pair to pair and listener to listener."""
    return [
        [line[b], line[a]] if (a + b + row) % 2 else [line[a], line[b]]
        for a, b in combinations(range(len(line)), 2)
    ]


def _numbered(trials: list[Trial]) -> tuple[Trial, ...]:
    """The trials with their places in the sheet, and repeats pointing at those places."""
    places = {trial.number: n for n, trial in enumerate(trials) if trial.kind == "judged"}
    return tuple(
        replace(trial, number=n, repeats=None if trial.repeats is None else places[trial.repeats])
        for n, trial in enumerate(trials)
    )
