"""What sessions are expected to use, told before any is begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ...session import Expected, Projection, project
from .design import Design, Planned, request_for
from .places import Place

__all__ = ["in_all", "of_each", "plan_told", "projected"]

CHARACTERS_PER_SECOND = 15.0
"""Of text that is read aloud, about."""


def projected(
    design: Design, places: Mapping[str, Place], left: Iterable[Planned]
) -> dict[str, Projection]:
    """What the sessions that are left will use, by endpoint; closed ones are left out."""
    lines = design.lines
    mean = sum(map(len, lines)) / len(lines)
    counts = Counter(p.source for p in left if places[p.source].lane.closed is None)
    return {
        name: project(
            turns=len(lines),
            seconds_out=max(0.1, mean / CHARACTERS_PER_SECOND),
            model=places[name].model,
            instructions=design.instructions,
            transcription=None,
            sessions=sessions,
            text=request_for("x" * round(mean)),
        )
        for name, sessions in counts.items()
    }


def in_all(projections: Iterable[Projection]) -> Expected:
    """The sum of them."""
    listed = list(projections)
    costs = [projection.dollars for projection in listed]
    known = [cost for cost in costs if cost is not None]
    dollars = sum(known) if len(known) == len(costs) else None
    return Expected(sum(projection.tokens.total for projection in listed), dollars)


def of_each(projection: Projection) -> Expected:
    """One of its sessions."""
    dollars = projection.dollars
    return Expected(
        projection.tokens.total // projection.sessions,
        None if dollars is None else dollars / projection.sessions,
    )


def plan_told(projections: Iterable[Projection]) -> str:
    """What is expected, in a few words; empty where nothing is asked."""
    listed = list(projections)
    if not listed:
        return ""
    cost = " + ".join(str(projection.cost) for projection in listed)
    return f"about {in_all(listed).tokens:,} tokens, {cost} at list prices"
