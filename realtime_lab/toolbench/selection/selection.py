"""What was measured with one set of definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean, median, stdev
from typing import TYPE_CHECKING

import msgspec

from ...eventlog import Redaction, Table, table_of
from .answers import Answer
from .arguments import plain
from .confusion import Confusion
from .judging import OUTCOMES, Outcome, Verdict
from .statistics import Share
from .utterances import Utterance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Selection", "ToolFigures", "Trial", "is_mostly_right", "trials_table"]


@dataclass(frozen=True, slots=True)
class Trial:
    """An utterance put once to a model.

    ``answer`` is ``None`` where it was not asked; ``verdict`` is ``None`` there and where the
    session failed.
    """

    utterance: Utterance
    repeat: int
    answer: Answer | None = None
    verdict: Verdict | None = None

    @property
    def outcome(self) -> str:
        """One of `OUTCOMES`, ``failed`` or ``not_asked``."""
        if self.verdict is not None:
            return self.verdict.outcome
        return "failed" if self.answer is not None else "not_asked"

    @property
    def is_right(self) -> bool:
        """Whether it was judged to be right."""
        return self.verdict is not None and self.verdict.is_right


@dataclass(frozen=True, slots=True)
class ToolFigures:
    """What was measured of one tool, or of ``(none)`` and ``(several)``.

    ``right`` is the share of the answers where it was due that were right in all; ``precision`` and
    ``recall`` look at the tool alone (see `Confusion`). An answer with several calls counts as
    ``(several)`` and not for the tools that are among them.
    """

    name: str
    right: Share
    precision: Share
    recall: Share


class Selection:
    """How a model chose among the tools of one set.

    Failed sessions are counted, and are in no share. Intervals are Wilson's at 95 %. They take the
    answers as independent, which repeats of one utterance are not: they tell about this set asked
    again, and ``by_utterance`` tells about other utterances like these.
    """

    def __init__(
        self,
        name: str,
        tools: Sequence[str],
        trials: Sequence[Trial],
        *,
        model: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        self.name = name
        """What the set is called."""
        self.tools = tuple(tools)
        """The names of its tools."""
        self.trials = tuple(trials)
        """Each utterance each time, in the order in which they were given."""
        self.model = model
        """The model as the service names it."""
        self.notes = tuple(notes)
        """What is worth knowing: why it is not complete, what was passed over in a file."""

    # -- what came of it -------------------------------------------------------------------------

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Of all answers that were judged."""
        return tuple(one.verdict for one in self.trials if one.verdict is not None)

    @cached_property
    def outcomes(self) -> dict[str, int]:
        """How many trials had each outcome, from right to furthest off; those that there were."""
        counted = Counter(one.outcome for one in self.trials)
        return {name: counted[name] for name in (*OUTCOMES, "failed", "not_asked") if counted[name]}

    @cached_property
    def failures(self) -> dict[str, int]:
        """How many sessions failed, by the class of the error."""
        failed = (one.answer.failure for one in self.trials if one.answer and not one.verdict)
        return dict(Counter(failed).most_common())

    def of(self, outcome: Outcome | str) -> list[Trial]:
        """The trials with one of `outcomes`."""
        return [one for one in self.trials if one.outcome == outcome]

    @property
    def mistakes(self) -> list[Trial]:
        """The trials that were judged and not right."""
        return [one for one in self.trials if one.verdict and not one.verdict.is_right]

    # -- shares ----------------------------------------------------------------------------------

    @cached_property
    def accuracy(self) -> Share:
        """Right in all: the tool, its arguments, no call too many, none where none was due."""
        return _share([one.is_right for one in self.verdicts])

    @cached_property
    def right_tool(self) -> Share:
        """The right tools, whatever the arguments; also no call where none was due."""
        return _share([one.has_right_tools for one in self.verdicts])

    @cached_property
    def right_arguments(self) -> Share:
        """Of the answers that called the right tools, those with the right arguments."""
        called = [one for one in self.verdicts if one.is_call_due and one.has_right_tools]
        return _share([one.is_right for one in called])

    @cached_property
    def restraint(self) -> Share:
        """Of the answers where no call was due, those without one."""
        return _share([one.is_right for one in self.verdicts if not one.is_call_due])

    @cached_property
    def confusion(self) -> Confusion:
        """What was due by what was called."""
        return Confusion(self.verdicts, self.tools)

    @cached_property
    def by_tool(self) -> tuple[ToolFigures, ...]:
        """Accuracy, precision and recall of each tool that was due or called."""
        return tuple(
            ToolFigures(
                name,
                _share([one.is_right for one in self.verdicts if one.expected == name]),
                self.confusion.precision(name),
                self.confusion.recall(name),
            )
            for name in self.confusion.called
        )

    # -- over repeats ----------------------------------------------------------------------------

    @cached_property
    def by_repeat(self) -> tuple[Share, ...]:
        """The accuracy of each repeat."""
        numbers = sorted({one.repeat for one in self.trials})
        judged = [one for one in self.trials if one.verdict]
        return tuple(_share([o.is_right for o in judged if o.repeat == n]) for n in numbers)

    @property
    def spread(self) -> tuple[float, float, float, float] | None:
        """Mean, standard deviation, lowest and highest of `by_repeat`; ``None`` for one repeat."""
        values = [share.value for share in self.by_repeat if share.value is not None]
        if len(values) < 2:
            return None
        return mean(values), stdev(values), min(values), max(values)

    @cached_property
    def repeated(self) -> dict[str, list[Trial]]:
        """The trials that were judged, by utterance (its `Utterance.content`)."""
        found: dict[str, list[Trial]] = {one.utterance.content: [] for one in self.trials}
        for one in self.trials:
            if one.verdict:
                found[one.utterance.content].append(one)
        return {content: trials for content, trials in found.items() if trials}

    @cached_property
    def by_utterance(self) -> Share:
        """The utterances that were right in more than half of their repeats."""
        return _share([is_mostly_right(trials) for trials in self.repeated.values()])

    @cached_property
    def consistency(self) -> Share:
        """The utterances that had the same calls (as `plain` compares them) in all repeats.

        Of those that were judged at least twice.
        """
        several = [trials for trials in self.repeated.values() if len(trials) > 1]
        return _share([len({_calls(one) for one in trials}) == 1 for trials in several])

    # -- what it took ----------------------------------------------------------------------------

    @cached_property
    def latencies(self) -> list[float]:
        """Seconds from the end of the utterance to the first call being complete, sorted."""
        found = (one.answer.latency for one in self.trials if one.answer and one.verdict)
        return sorted(seconds for seconds in found if seconds is not None)

    @property
    def latency(self) -> float | None:
        """The median of `latencies`."""
        return median(self.latencies) if self.latencies else None

    @property
    def answers(self) -> list[Answer]:
        """All answers, those of failed sessions included."""
        return [one.answer for one in self.trials if one.answer]

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens read (cached ones included) and written."""
        return sum(a.tokens_in for a in self.answers), sum(a.tokens_out for a in self.answers)

    @property
    def dollars(self) -> float | None:
        """What the answers cost by the price list; ``None`` where a price is not known."""
        found = [answer.dollars for answer in self.answers]
        return None if None in found else sum(d for d in found if d is not None)

    # -- how it shows ----------------------------------------------------------------------------

    def table(self) -> Table:
        """One row for each trial."""
        return trials_table([self])

    def figure(self) -> Figure:
        """The confusion table, and the accuracy of each tool with its interval."""
        from .figures import selection_figure

        return selection_figure([self])

    def __repr__(self) -> str:
        from .views import selection_text

        return selection_text(self)

    def _repr_html_(self) -> str:
        from .views import selection_html

        return selection_html(self)


def is_mostly_right(trials: Sequence[Trial]) -> bool:
    """Whether more than half of the repeats of an utterance were right."""
    return 2 * sum(one.is_right for one in trials) > len(trials)


def trials_table(selections: Sequence[Selection]) -> Table:
    """The trials of several sets, one row each."""
    rows = [(one, trial) for one in selections for trial in one.trials]
    texts = {
        "definitions": [one.name for one, _ in rows],
        "utterance": [trial.utterance.name for _, trial in rows],
        "said": ["spoken" if trial.utterance.clip else "typed" for _, trial in rows],
        "due": [str(trial.utterance.due) for _, trial in rows],
        "called": [trial.answer and trial.answer.called for _, trial in rows],
        "outcome": [trial.outcome for _, trial in rows],
        "problem": [_problem(trial) for _, trial in rows],
        "heard": [(trial.answer and trial.answer.heard) or None for _, trial in rows],
        "model_said": [(trial.answer and trial.answer.said) or None for _, trial in rows],
    }
    numbers = {
        "repeat": ("INTEGER", [trial.repeat for _, trial in rows]),
        **{
            name: (kind, [trial.answer and getattr(trial.answer, name) for _, trial in rows])
            for name, kind in (
                ("latency", "DOUBLE"),
                ("tokens_in", "INTEGER"),
                ("tokens_cached", "INTEGER"),
                ("tokens_out", "INTEGER"),
                ("dollars", "DOUBLE"),
            )
        },
    }
    redacted = Redaction().redacted
    columns = {
        name: ("VARCHAR", [None if value is None else redacted(value) for value in values])
        for name, values in texts.items()
    }
    return table_of({**columns, **numbers})


def _problem(trial: Trial) -> str | None:
    if trial.verdict is not None:
        return "; ".join(trial.verdict.problems) or None
    return trial.answer.told if trial.answer else None


def _share(rights: Sequence[bool]) -> Share:
    return Share(sum(rights), len(rights))


def _calls(trial: Trial) -> str:
    """The calls of an answer, so that the same ones are equal, in whatever order."""
    calls = trial.answer.calls if trial.answer else ()
    told = []
    for call in calls:
        try:
            told.append(f"{call.name} {_ordered(plain(msgspec.json.decode(call.arguments)))}")
        except msgspec.MsgspecError:
            told.append(f"{call.name} {call.arguments}")
    return "\n".join(sorted(told))


def _ordered(value: object) -> object:
    """With the fields of objects in one order."""
    if isinstance(value, dict):
        return sorted((name, _ordered(inner)) for name, inner in value.items())
    return [_ordered(inner) for inner in value] if isinstance(value, list) else value
