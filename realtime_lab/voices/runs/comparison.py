"""Runs a comparison: what is kept already, what is asked, what it may cost, what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import (
    ApiVersionRetired,
    AuthenticationError,
    BetaShapeDisabled,
    BudgetExceeded,
    DeploymentNotFound,
    InsecureTransport,
    LogError,
    ModelNotRealtime,
    NetworkBlocked,
    RateLimitedConnect,
    RateLimitedResponse,
    RealtimeLabError,
)
from ...session import (
    Account,
    Budget,
    EndpointSource,
    Expected,
    Projection,
    Spent,
    project,
)
from ..take import Take
from .asking import Outcome, ask
from .design import Design, Planned, in_order, request_for
from .gap import Gap, gaps_after
from .places import Place, find_places
from .progress import Progress, Tell, quiet
from .saved_runs import name_of, write_run
from .take_files import TakeFiles
from .voice_run import VoiceRun

__all__ = ["TRIES", "Comparison", "Limits"]

TRIES = 4
"""Sessions that are begun for one take at most, where the service has no room for the first."""
LONGEST_WAIT = 60.0
"""Seconds that a service may ask for; limits are per minute."""
CHARACTERS_PER_SECOND = 15.0
"""Of text that is read aloud, about."""
_FOR_GOOD = (
    AuthenticationError, DeploymentNotFound, ModelNotRealtime, ApiVersionRetired,
    BetaShapeDisabled, InsecureTransport, NetworkBlocked,
)  # fmt: skip
"""What an endpoint says to one session and would say to all."""


@dataclass(frozen=True)
class Limits:
    """What a run may do: send to other machines, wait so long for a line, use so much."""

    agree: bool | None = None
    timeout: float = 60.0
    budget: Budget | None = None


class Comparison:
    """One run. ``tell`` is told how far it is."""

    def __init__(
        self,
        design: Design,
        voices: Sequence[str] | None,
        limits: Limits,
        *,
        folder: Path | None,
        tell: Tell,
    ) -> None:
        self._design = design
        self._voices = voices
        self._limits = limits
        self._files = TakeFiles(folder) if folder is not None else None
        self._tell = tell
        self._places: dict[str, Place] = {}
        self._closed: dict[str, RealtimeLabError] = {}
        """Endpoints that are not asked any more."""
        self._keys: dict[Planned, str] = {}
        self._takes: dict[Planned, tuple[Take, ...]] = {}
        self._gaps: dict[Planned, list[Gap]] = {}
        self._notes: list[str] = []
        self._spent = Spent(what="by this comparison")
        self._account = Account(
            "this comparison",
            "compare_voices(budget=rl.Budget({what}=…))",
            limits.budget,
            comes_next="the sessions that are left to ask",
        )
        self._progress = Progress(0, 0)

    async def run(self, sources: Sequence[EndpointSource]) -> VoiceRun:
        """Ask all voices of all endpoints.

        Raises:
            ConsentMissing: if nobody agreed to one of the endpoints.
            EndpointError: if one of them is there twice.
            BudgetExceeded: if what is to be asked would not fit into the budget.
        """
        found = await find_places(
            sources, agree=self._limits.agree, concurrency=self._design.concurrency
        )
        self._places = {place.name: place for place in found}
        pairs = [(p.name, v) for p in found for v in dict.fromkeys(self._voices or p.voices)]
        design = self._design = replace(
            self._design, order=in_order(pairs, self._design.repeats, self._design.seed)
        )
        for planned in design.order:
            place = self._places[planned.source]
            self._keys[planned] = design.key(
                planned,
                model=place.model,
                dialect=place.source.dialect,
                address=place.address,
            )
        if self._files is not None:
            await asyncio.to_thread(self._look_up)
        self._closed = {p.name: p.problem for p in found if p.problem is not None}
        left = [planned for planned in design.order if planned not in self._takes]
        projections = self._projected(left)
        self._admit(projections.values())
        self._begin(left, projections.values())
        expected = {name: _each(projection) for name, projection in projections.items()}
        async with asyncio.TaskGroup() as group:
            for planned in left:
                group.create_task(self._session(planned, expected.get(planned.source)))
        run = self._result(pairs, tuple(projections.values()))
        if self._files is not None:
            run = await asyncio.to_thread(self._written, run)
        return run

    # -- before anything is asked ----------------------------------------------------------------

    def _look_up(self) -> None:
        """Find the sessions that are kept whole."""
        assert self._files is not None
        for planned in self._design.order:
            key, names = self._keys[planned], self._names(planned)
            if not any(map(self._files.has, names)):
                continue
            try:
                takes = [self._files.read(name, key=key) for name in names]
            except LogError as error:
                if all(map(self._files.has, names)):
                    self._notes.append(f"what was kept of {planned} is asked again: {error}")
                continue
            self._takes[planned] = tuple(replace(t, source=planned.source) for t in takes)
        if self._takes:
            some = f"{len(self._takes)} of {len(self._design.order)} sessions"
            self._notes.insert(0, f"{some} were kept from before and not asked again")

    def _names(self, planned: Planned) -> list[str]:
        """Names of the files of a session, line by line."""
        key = self._keys[planned][:16]
        voice = name_of(planned).split("-")[0]
        return [f"{voice}-{key}-{line + 1}" for line in range(len(self._design.lines))]

    def _projected(self, left: Iterable[Planned]) -> dict[str, Projection]:
        """What the sessions that are left are expected to use, by endpoint."""
        lines = self._design.lines
        mean = sum(map(len, lines)) / len(lines)
        counts: dict[str, int] = {}
        for planned in left:
            if planned.source not in self._closed:
                counts[planned.source] = counts.get(planned.source, 0) + 1
        return {
            name: project(
                turns=len(lines),
                seconds_out=max(0.1, mean / CHARACTERS_PER_SECOND),
                model=self._places[name].model,
                instructions=self._design.instructions,
                transcription=None,
                sessions=sessions,
                text=request_for("x" * round(mean)),
            )
            for name, sessions in counts.items()
        }

    def _admit(self, projections: Iterable[Projection]) -> None:
        listed = list(projections)
        costs = [projection.dollars for projection in listed]
        known = [cost for cost in costs if cost is not None]
        tokens = sum(projection.tokens.total for projection in listed)
        dollars = sum(known) if len(known) == len(costs) else None
        refusal = self._account.refusal(Expected(tokens, dollars)) if listed else ""
        if refusal:
            raise BudgetExceeded(refusal)

    def _begin(self, left: Sequence[Planned], projections: Iterable[Projection]) -> None:
        listed = list(projections)
        tokens = sum(projection.tokens.total for projection in listed)
        cost = " + ".join(str(projection.cost) for projection in listed)
        plan = f"about {tokens:,} tokens, {cost} at list prices" if listed else ""
        total = len(self._design.order)
        self._progress = Progress(total, total - len(left), plan=plan)
        self._tell_progress()

    # -- one session -----------------------------------------------------------------------------

    async def _session(self, planned: Planned, expected: Expected | None) -> None:
        place = self._places[planned.source]
        async with place.lane.place():
            outcome = await self._asked(place, planned, expected)
            self._note(place, planned, outcome)
            if self._files is not None and outcome.takes:
                # Before the next one begins: a crash loses what is under way, and no more.
                await asyncio.to_thread(self._keep, planned)
            self._tell_progress()

    def _note(self, place: Place, planned: Planned, outcome: Outcome) -> None:
        self._takes[planned] = outcome.takes
        if outcome.error is not None:
            if isinstance(outcome.error, _FOR_GOOD):
                self._closed.setdefault(place.name, outcome.error)
            self._gaps[planned] = gaps_after(
                planned, self._design.lines, len(outcome.takes), outcome.error
            )
        self._spent += outcome.spent
        self._progress = replace(
            self._progress,
            done=self._progress.done + 1,
            failed=self._progress.failed + (outcome.error is not None),
            dollars=self._spent.dollars,
        )

    async def _asked(self, place: Place, planned: Planned, expected: Expected | None) -> Outcome:
        """Ask, and once more each time that the service had no room and says when it has."""
        spent = Spent()
        outcome = Outcome()
        for tries in range(1, TRIES + 1):
            await place.lane.room()
            problem = self._closed.get(place.name)
            if problem is not None:
                return Outcome(error=problem, spent=spent)
            refusal = self._account.set_aside(planned, expected or Expected(0, 0.0))
            if refusal:
                return Outcome(error=BudgetExceeded(refusal), spent=spent)
            outcome = await ask(
                place,
                planned,
                self._design,
                agree=self._limits.agree,
                timeout=self._limits.timeout,
            )
            self._account.give_back(planned)
            self._account.charge(outcome.spent)
            spent += outcome.spent
            wait = _wait(outcome.error)
            if wait is None or wait > LONGEST_WAIT or tries == TRIES:
                break
            place.lane.hold(wait)
        return replace(outcome, spent=spent)

    def _keep(self, planned: Planned) -> None:
        assert self._files is not None
        takes = self._takes[planned]
        try:
            for name, take in zip(self._names(planned), takes, strict=False):
                self._files.write(name, take, key=self._keys[planned])
        except RealtimeLabError as error:
            self._notes.append(f"{planned} is in memory only: {error}")

    def _tell_progress(self) -> None:
        try:
            self._tell(self._progress)
        except Exception as error:
            # What somebody else's function does must not end the run.
            self._tell = quiet
            self._notes.append(f"progress was not told any more: {error!r}")

    # -- afterwards ------------------------------------------------------------------------------

    def _result(
        self, pairs: Iterable[tuple[str, str]], projections: tuple[Projection, ...]
    ) -> VoiceRun:
        listed = [Planned(*pair, n) for pair in pairs for n in range(self._design.repeats)]
        return VoiceRun(
            design=self._design,
            takes=tuple(take for one in listed for take in self._takes.get(one, ())),
            failed=tuple(gap for one in listed for gap in self._gaps.get(one, ())),
            notes=tuple(self._notes),
            projections=projections,
            spent=self._spent,
        )

    def _written(self, run: VoiceRun) -> VoiceRun:
        """Note in the folder which takes are those of this run."""
        assert self._files is not None
        names = [
            self._names(Planned(take.source, take.voice, take.repeat))[take.line]
            for take in run.takes
        ]
        try:
            write_run(run, self._files.folder, names)
        except LogError as error:
            return replace(run, notes=(*run.notes, f"the run is in memory only: {error}"))
        return run


def _each(projection: Projection) -> Expected:
    dollars = projection.dollars
    return Expected(
        projection.tokens.total // projection.sessions,
        None if dollars is None else dollars / projection.sessions,
    )


def _wait(error: RealtimeLabError | None) -> float | None:
    """Seconds after which it is worth another session; ``None`` where it is not."""
    if isinstance(error, RateLimitedConnect | RateLimitedResponse):
        return error.retry_after
    return None
