"""Whether a listener listened: targets met, repeated trials answered alike, all of it heard."""

from __future__ import annotations

from dataclasses import dataclass

from .answers import Answer
from .design import ListeningDesign, Trial

__all__ = ["Reliability", "reliability"]

_TARGET_TOLERANCE = 0.05
_ALIKE_ON_SCALE = 0.25
_FEWEST_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Reliability:
    """What the attention checks say of a listener. Nobody is left out for it by itself."""

    listener: str
    answered: int
    trials: int
    targets_met: int
    targets: int
    alike: int
    """Repeated trials that were answered alike: the same side, or within a quarter of the scale."""
    repeats: int
    unheard: int
    """Trials that were answered though a stimulus was never played (where plays are known).
    Targets do not count: they name their answer, whatever is heard."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the answers should be looked at; empty where nothing speaks against them."""
        found = []
        if self.targets_met < self.targets:
            missed = self.targets - self.targets_met
            found.append(f"missed {missed} of {self.targets} named targets")
        if self.repeats >= _FEWEST_REPEATS and self.alike * 2 < self.repeats:
            found.append(f"answered {self.alike} of {self.repeats} repeated trials alike")
        if self.unheard:
            found.append(f"answered {self.unheard} trials without playing everything")
        return tuple(found)

    @property
    def is_flagged(self) -> bool:
        """Whether there is a reason to look."""
        return bool(self.reasons)


def reliability(
    design: ListeningDesign, listener: str, sheet: tuple[Trial, ...], answers: dict[int, Answer]
) -> Reliability:
    """Count a listener's checks over the trials that were answered."""
    targets = [t for t in sheet if t.target is not None and t.number in answers]
    repeats = [t for t in sheet if t.repeats in answers and t.number in answers]
    return Reliability(
        listener=listener,
        answered=len(answers),
        trials=len(sheet),
        targets_met=sum(_meets(design, trial, answers[trial.number]) for trial in targets),
        targets=len(targets),
        alike=sum(
            _alike(design, answers[trial.number], answers[trial.repeats])
            for trial in repeats
            if trial.repeats is not None
        ),
        repeats=len(repeats),
        unheard=sum(
            0 in answer.plays for number, answer in answers.items() if sheet[number].target is None
        ),
    )


def _meets(design: ListeningDesign, trial: Trial, answer: Answer) -> bool:
    scale = design.scale
    tolerance = 0.0 if scale.compares else _TARGET_TOLERANCE * (scale.highest - scale.lowest)
    return trial.target is not None and trial.target.is_met(answer.given, tolerance)


def _alike(design: ListeningDesign, again: Answer, before: Answer) -> bool:
    scale = design.scale
    if scale.compares:
        turned = -1 if again.stimuli != before.stimuli else 1
        return _side(turned * again.given[0]) == _side(before.given[0])
    values = dict(zip(before.stimuli, before.given, strict=True))
    apart = [abs(v - values[s]) for s, v in zip(again.stimuli, again.given, strict=True)]
    return sum(apart) / len(apart) <= _ALIKE_ON_SCALE * (scale.highest - scale.lowest)


def _side(value: float) -> int:
    return (value > 0) - (value < 0)
