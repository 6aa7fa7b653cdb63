"""A blind listening test: who hears what, what they answer, what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from numbers import Integral
from pathlib import Path
from typing import Any, Protocol

from ...audio import Clip
from ...errors import ListeningError
from ..take import Take
from .answers import Answer, Answers, Listener
from .design import ListeningDesign, Trial, keys_of
from .preregistration import write_preregistration
from .results import ListeningResults
from .scales import SCALES, Scale, ScaleName
from .stimuli import stimuli_of

__all__ = ["ListeningTest", "ScaleName"]

_QUESTIONS: Mapping[ScaleName, str] = {
    "preference": "Which voice would you rather talk with?",
    "cmos": "How does B sound, compared with A?",
    "continuous": "How natural does each voice sound?",
    "acr": "How natural does each voice sound?",
}


class _Run(Protocol):
    """What has takes: a `VoiceRun`."""

    @property
    def takes(self) -> Sequence[Take]: ...


def utc_now() -> datetime:
    """The time of day in UTC."""
    return datetime.now(UTC)


class ListeningTest:
    """A blind listening test of voices: a design, and the answers that were given so far.

    Args:
        takes: recordings to compare, or what has ``.takes``, as a run of `compare_voices`.
        scale: ``preference`` (A, B or neither) and ``cmos`` (-3 to 3) compare two at a time;
            ``continuous`` (0 to 100) and ``acr`` (1 to 5) rate several side by side.
        question: what the listener is asked.
        path: a file that the answers are added to as they are given (JSON Lines). A test that was
            broken off goes on from there. Without one they are in memory only.
        repeats: how many of the repeated takes of each voice are used, from the first.
        repeated: the share of trials that are shown a second time, to see who answers alike.
        targets: how many trials ask for a named answer, to see who reads.
        training: how many trials come first and do not count.
        at_once: the most stimuli on one screen.
        loudness: LUFS that every stimulus is brought to; ``None`` to play them as they are.
        seed: what the orders are drawn with.
        clock: gives the time of day, for the times of answers.

    Raises:
        ListeningError: if there are fewer than two voices, if one of them says nothing that another
            says too (in the same repeat), if the file has another design, or for what are no takes
            or no numbers.
    """

    def __init__(
        self,
        takes: Iterable[Take] | _Run,
        *,
        scale: ScaleName = "preference",
        question: str | None = None,
        path: str | Path | None = None,
        repeats: int = 1,
        repeated: float = 0.1,
        targets: int = 1,
        training: int = 1,
        at_once: int = 8,
        loudness: float | None = -23.0,
        seed: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        if scale not in SCALES:
            raise ListeningError(f"there is no scale {scale!r}; there are {', '.join(SCALES)}")
        stimuli = stimuli_of(_first(repeats, _takes_of(takes)))
        self._clips = {stimulus.id: stimulus.clip for stimulus in stimuli}
        self._clock = clock
        self.design = ListeningDesign(
            question=question or _QUESTIONS[scale],
            scale=SCALES[scale],
            stimuli=keys_of(stimuli),
            seed=seed,
            repeated=repeated,
            targets=targets,
            training=training,
            at_once=at_once,
            loudness=loudness,
        )
        self._answers = Answers.opened(self.design, path)

    def begin(self, listener: str, *, number: int | None = None) -> tuple[Trial, ...]:
        """The trials of a listener, who is taken down at the first time.

        ``number`` decides the orders; it counts on by itself, past all in the file. Give it where
        listeners answer on several machines, so that each order is heard equally often.

        Raises:
            ListeningError: for an empty name, a number below 0, or another than at the first time;
                or if the file has the answers to another design by now, or cannot be written.
        """
        name = _named(listener)
        if name not in self._answers.listeners:
            # Somebody may have begun with the same file elsewhere, and has a number then.
            self._answers.refresh()
        known = self._answers.listeners.get(name)
        if known is None:
            number = self._next_number() if number is None else number
            if number < 0:
                raise ListeningError(f"number={number}: listeners are counted from 0")
            known = Listener(name, int(number), self._now())
            self._answers.add(known)
        elif number not in (None, known.number):
            raise ListeningError(f"{name} began as number {known.number}, which cannot change")
        return self._answers.sheet(name)

    def next_trial(self, listener: str) -> Trial | None:
        """The first trial that the listener has not answered; ``None`` when all are."""
        given = self._answers.of(_named(listener))
        return next((t for t in self.begin(listener) if t.number not in given), None)

    def answer(
        self,
        listener: str,
        trial: int,
        given: float | Sequence[float],
        *,
        comment: str = "",
        seconds: float | None = None,
        plays: Sequence[int] = (),
    ) -> Answer:
        """Keep an answer. A later one to the same trial counts instead; both are kept.

        Of a pair ``given`` is one value, above 0 where the second is preferred; otherwise it has a
        value for each stimulus of the trial, in their order.

        Raises:
            ListeningError: if there is no such trial, the value is not on the scale, or it cannot
                be kept.
        """
        sheet = self.begin(listener)
        if not isinstance(trial, Integral) or not 0 <= trial < len(sheet):
            raise ListeningError(
                f"there is no trial {trial}; give its number, .number of what next_trial gives: "
                f"the sheet has 0 to {len(sheet) - 1}"
            )
        stimuli = sheet[trial].stimuli
        values = _values(given, self.design.scale)
        wanted = self.design.scale.answers(len(stimuli))
        if len(values) != wanted:
            raise ListeningError(f"trial {trial} wants {wanted} values, not {len(values)}")
        answer = Answer(
            listener=_named(listener),
            trial=sheet[trial].number,
            stimuli=stimuli,
            given=values,
            comment=comment.strip(),
            seconds=None if seconds is None else float(seconds),
            plays=tuple(map(int, plays)),
            at=self._now(),
        )
        self._answers.add(answer)
        return answer

    def answered(self, listener: str) -> dict[int, Answer]:
        """The answers that count of a listener, by trial."""
        return self._answers.of(_named(listener))

    def clip(self, stimulus: str) -> Clip:
        """The audio of a stimulus, as it was recorded."""
        return self._clips[stimulus]

    @property
    def listeners(self) -> tuple[str, ...]:
        """Everybody who began, in that order."""
        return tuple(self._answers.listeners)

    @property
    def path(self) -> Path | None:
        """Where the answers are kept."""
        return self._answers.path

    def results(self, *others: str | Path) -> ListeningResults:
        """What came of it so far, with the answers in other files of the same design.

        Raises:
            ListeningError: if a file is missing or has another design.
        """
        self._answers.refresh()
        read = []
        for path in (Path(other).expanduser() for other in others):
            if not path.is_file():
                raise ListeningError(f"there are no answers in {path}; check the path")
            if self.path is None or not path.samefile(self.path):
                read.append(Answers.opened(self.design, path))
        return ListeningResults(self.design, self._answers.joined(read))

    def preregistration(self, path: str | Path, *, listeners: int) -> Path:
        """Write down the design, the stimuli by hash and the planned analysis: ``.json``, ``.md``.

        ``listeners`` is how many are planned. What exists is not overwritten.

        Raises:
            ListeningError: for another ending, or if the file exists or cannot be written.
        """
        return write_preregistration(
            self.design, Path(path).expanduser(), listeners=listeners, now=self._clock()
        )

    def __repr__(self) -> str:
        design = self.design
        sheet = design.sheet(0)
        done = [n for n in self.listeners if len(self.answered(n)) == len(sheet)]
        return (
            f"<ListeningTest {design.scale.name}: {len(design.systems)} voices, "
            f"{len(sheet)} trials for each listener, {len(self.listeners)} began, "
            f"{len(done)} finished>"
        )

    def _next_number(self) -> int:
        return max((x.number for x in self._answers.listeners.values()), default=-1) + 1

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")


def _values(given: float | Sequence[float], scale: Scale) -> tuple[float, ...]:
    """What was answered.

    Raises:
        ListeningError: for what is no number, or not on the scale.
    """
    try:
        values = tuple(map(float, given if isinstance(given, Iterable) else (given,)))
    except (TypeError, ValueError):
        raise ListeningError(f"{given!r} is no answer; give numbers on the scale") from None
    for value in values:
        if not scale.allows(value):
            raise ListeningError(
                f"{value:g} is not on the scale: {scale.lowest:g} to {scale.highest:g} in steps of "
                f"{scale.step:g}"
            )
    return values


def _takes_of(given: Iterable[Take] | _Run) -> list[Take]:
    found = given if isinstance(given, Iterable) else getattr(given, "takes", (given,))
    takes: list[Any] = list(found)
    for one in takes:
        if not isinstance(one, Take):
            raise ListeningError(
                f"{type(one).__name__} is no take; give a run of rl.compare_voices(…), or its takes"
            )
    return takes


def _named(listener: str) -> str:
    name = listener.strip() if isinstance(listener, str) else ""
    if not name:
        raise ListeningError(
            f"a listener needs a name or an id as text, as 'L01', not {listener!r}"
        )
    return name


def _first(repeats: int, takes: Sequence[Take]) -> list[Take]:
    """The takes of the first so many repeats.

    Raises:
        ListeningError: if a voice has none among them, which would be left out unseen.
    """
    if not isinstance(repeats, Integral):
        raise ListeningError(f"repeats is {repeats!r}; give a whole number")
    kept = [take for take in takes if take.repeat < repeats]
    heard = {(take.source, take.voice) for take in kept}
    for take in takes:
        if (take.source, take.voice) not in heard:
            raise ListeningError(
                f"{take.voice} has no take in the first {repeats} repeats; give repeats="
                f"{take.repeat + 1}, fill the gaps of the run, or leave the voice out"
            )
    return kept
