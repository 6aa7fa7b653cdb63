"""Runs a comparison: what is kept already, what is asked, what it may cost, what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import BudgetExceeded, LogError, RealtimeLabError
from ...session import Account, Budget, EndpointSource
from .design import Design, Planned, in_order
from .expectations import in_all, of_each, plan_told, projected
from .findings import Findings
from .kept_sessions import KeptSessions
from .places import Place, find_places
from .progress import Tell
from .sessions import Limits, Sessions
from .voice_run import VoiceRun

__all__ = ["compared"]


async def compared(
    sources: Sequence[EndpointSource],
    voices: Sequence[str] | None,
    design: Design,
    limits: Limits,
    *,
    folder: Path | None,
    tell: Tell,
) -> VoiceRun:
    """Have all voices of all endpoints say the text; ``tell`` is told how far it is.

    Raises:
        ConsentMissing: if nobody agreed to one of the endpoints.
        EndpointError: if one of them is there twice.
        BudgetExceeded: if what is to be asked would not fit into the budget.
    """
    found = await find_places(sources, agree=limits.agree, concurrency=design.concurrency)
    places = {place.name: place for place in found}
    listed = [(place.name, v) for place in found for v in dict.fromkeys(voices or place.voices)]
    design = replace(design, order=in_order(listed, design.repeats, design.seed))
    findings, left = Findings(design, tell), list(design.order)
    kept = _kept(design, places, folder) if folder is not None else None
    if kept is not None:
        takes, damaged = await asyncio.to_thread(kept.find)
        findings.notes += damaged
        left = findings.kept(takes)
    projections = projected(design, places, left)
    account = _account(limits.budget)
    refusal = account.refusal(in_all(projections.values())) if projections else ""
    if refusal:
        raise BudgetExceeded(refusal)
    findings.begin(plan_told(projections.values()))
    expected = {name: of_each(projection) for name, projection in projections.items()}
    sessions = Sessions(design, limits, account, expected)

    async def one(planned: Planned) -> None:
        place = places[planned.source]
        async with place.lane.places:
            outcome = await sessions.asked(place, planned)
            findings.ended(planned, outcome)
            if kept is not None and outcome.takes:
                # Before the next one begins: a crash loses what is under way, and no more.
                try:
                    await asyncio.to_thread(kept.keep, planned, outcome.takes)
                except RealtimeLabError as error:
                    findings.notes.append(f"{planned} is in memory only: {error}")
            findings.tell()

    async with asyncio.TaskGroup() as group:
        for planned in left:
            group.create_task(one(planned))
    run = findings.run(listed, projections.values())
    if kept is not None:
        try:
            await asyncio.to_thread(kept.write, run)
        except LogError as error:
            return replace(run, notes=(*run.notes, f"the run is in memory only: {error}"))
    return run


def _kept(design: Design, places: Mapping[str, Place], folder: Path) -> KeptSessions:
    keys = {}
    for planned in design.order:
        place = places[planned.source]
        keys[planned] = design.key(
            planned, model=place.model, dialect=place.source.dialect, address=place.address
        )
    return KeptSessions(folder, keys, len(design.lines))


def _account(budget: Budget | None) -> Account:
    return Account(
        "this comparison",
        "compare_voices(budget=rl.Budget({what}=…))",
        budget,
        comes_next="the sessions that are left to ask",
    )
