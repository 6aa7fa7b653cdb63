"""What differs between two logs, turn by turn."""

from __future__ import annotations

from pathlib import Path

from ..log import EventLog
from .alignment import aligned
from .differences import Diff, TurnPair
from .turn_diff import Comparison

__all__ = ["diff"]


def diff(a: EventLog | str | Path, b: EventLog | str | Path, *, tolerance_ms: float = 0.0) -> Diff:
    """Compare two logs: what differs in order, times, words, tools, settings, usage and errors.

    Their turns are aligned by what the user said or typed, in order, so that one that was added or
    left out does not upset the rest. Ids and wall time are never compared, and times that differ
    by at most ``tolerance_ms`` count as the same. Two sessions that repeat (with the same seed)
    differ in nothing.

    Raises:
        LogError: if a file cannot be read.
    """
    logs = (_loaded(a), _loaded(b))
    turns = [[log.turn(number) for number in log.turn_numbers] for log in logs]
    places = aligned(*([turn.transcript_user for turn in found] for found in turns))
    pairs = [
        TurnPair(None if i is None else turns[0][i], None if j is None else turns[1][j])
        for i, j in places
    ]
    comparison = Comparison(*logs, tolerance_ms=tolerance_ms)
    differences = list(comparison.outside())
    for pair in pairs:
        differences += comparison.between(pair)
    return Diff(_names(a, b), pairs, differences, tolerance_ms)


def _loaded(log: EventLog | str | Path) -> EventLog:
    return log if isinstance(log, EventLog) else EventLog.load(log)


def _names(a: EventLog | str | Path, b: EventLog | str | Path) -> tuple[str, str]:
    first, second = (
        Path(given).name if isinstance(given, str | Path) else otherwise
        for given, otherwise in ((a, "a"), (b, "b"))
    )
    return (first, second) if first != second else (f"{first} (a)", f"{second} (b)")
