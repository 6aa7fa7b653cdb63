"""What a run has found so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...session import Projection, Spent
from ..take import Take
from .asking import Outcome
from .design import Design, Planned
from .gap import Gap, gaps_after
from .progress import Progress, Tell, quiet
from .voice_run import VoiceRun

__all__ = ["Findings"]


class Findings:
    """Collects takes, gaps and notes, and tells how far the run is."""

    def __init__(self, design: Design, tell: Tell) -> None:
        self.notes: list[str] = []
        self._design = design
        self._tell = tell
        self._takes: dict[Planned, tuple[Take, ...]] = {}
        self._gaps: dict[Planned, list[Gap]] = {}
        self._spent = Spent(what="by this comparison")
        self._progress = Progress(len(design.order), 0)

    def kept(self, found: dict[Planned, tuple[Take, ...]]) -> list[Planned]:
        """What is there from before; returns what is left to ask, in order."""
        self._takes.update(found)
        if found:
            some = f"{len(found)} of {len(self._design.order)} sessions"
            self.notes.insert(0, f"{some} were kept from before and not asked again")
        self._progress = replace(self._progress, kept=len(found))
        return [planned for planned in self._design.order if planned not in found]

    def begin(self, plan: str) -> None:
        """Nothing was asked yet; ``plan`` is what is expected."""
        self._progress = replace(self._progress, plan=plan)
        self.tell()

    def ended(self, planned: Planned, outcome: Outcome) -> None:
        """A session is over."""
        self._takes[planned] = outcome.takes
        if outcome.error is not None:
            said = len(outcome.takes)
            self._gaps[planned] = gaps_after(planned, self._design.lines, said, outcome.error)
        self._spent += outcome.spent
        self._progress = replace(
            self._progress,
            done=self._progress.done + 1,
            failed=self._progress.failed + (outcome.error is not None),
            dollars=self._spent.dollars,
        )

    def tell(self) -> None:
        """Tell how far it is."""
        try:
            self._tell(self._progress)
        except Exception as error:
            # What somebody else's function does must not end the run.
            self._tell = quiet
            self.notes.append(f"progress was not told any more: {error!r}")

    def run(self, listed: Iterable[tuple[str, str]], projections: Iterable[Projection]) -> VoiceRun:
        """All of it, in the order in which sources and voices are listed."""
        repeats = range(self._design.repeats)
        sessions = [Planned(*pair, repeat) for pair in listed for repeat in repeats]
        return VoiceRun(
            design=self._design,
            takes=tuple(take for one in sessions for take in self._takes.get(one, ())),
            failed=tuple(gap for one in sessions for gap in self._gaps.get(one, ())),
            notes=tuple(self.notes),
            projections=tuple(projections),
            spent=self._spent,
        )
