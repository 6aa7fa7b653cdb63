"""What a notebook user types about a session that was recorded, or is being recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .eventlog import Diff, EventLog, LintReport
from .eventlog import diff as compare_logs
from .eventlog import lint as lint_log
from .lab import Lab
from .session import (
    Call,
    EndpointSource,
    chained,
    embedded,
    session_thread,
)

if TYPE_CHECKING:
    from .replay import Cassette, WhatIf
    from .widgets import Inspector

__all__ = ["cassette", "diff", "inspect", "lint", "load", "resend", "what_if"]

Recorded = Lab | EventLog | str | Path
"""A session: open, as its log, or as the file of one."""


def load(path: str | Path) -> EventLog:
    """Read a saved log: a journal (``.jsonl``), a sealed one (``.parquet``), or a ``.zip``.

    Raises:
        LogError: if it cannot be read; the message says where and why.
    """
    return EventLog.load(path)


def inspect(recorded: Recorded) -> Inspector:
    """Look into a session: its events, their causes, its timeline with both voices.

    Raises:
        LogError: if a file cannot be read.
    """
    from .widgets import Inspector

    return Inspector(_log_of(recorded))


def lint(recorded: Recorded, *, ignore: str | Iterable[str] = ()) -> LintReport:
    """Tell the mistakes and races of a session, with the events that show them.

    ``ignore`` are rules not to look for.

    Raises:
        LogError: if a file cannot be read, or for a rule that does not exist.
    """
    return lint_log(_log_of(recorded), ignore=ignore)


def diff(a: Recorded, b: Recorded, *, tolerance_ms: float = 0.0) -> Diff:
    """Compare two sessions turn by turn: order, times, words, tools, settings, usage, errors.

    Times that differ by at most ``tolerance_ms`` count as the same.

    Raises:
        LogError: if a file cannot be read.
    """
    logs = (one.log if isinstance(one, Lab) else one for one in (a, b))
    return compare_logs(*logs, tolerance_ms=tolerance_ms)


def resend(
    recorded: Recorded,
    endpoint: EndpointSource | Sequence[EndpointSource] | None = None,
    *,
    speed: float | None = 1.0,
    agree: bool | None = None,
    log: EventLog | None = None,
) -> Call[EventLog]:
    """Send what a client said once more: ``log = await rl.resend("talk.jsonl", rl.azure(…))``.

    ``speed`` is that of the microphone: 1.0 as it was, ``None`` as fast as the service answers.
    ``endpoint`` is the embedded server by default. ``agree`` is as in `connect`. What comes of it
    is a log of its own, to be compared: ``rl.diff("talk.jsonl", log)``.

    Raises:
        LogError: at once, if a file cannot be read.

    Raises (when awaited):
        SessionError: if the recording holds nothing that a client said.
        ConnectError: if there is no connection.
        SessionClosed: if the connection ends before everything was sent.
    """
    from .replay import resend

    source = chained(endpoint) if isinstance(endpoint, Sequence) else endpoint or embedded()
    sent = resend(_log_of(recorded), source, speed=speed, agree=agree, log=log)
    return session_thread().call(sent, "resend")


def cassette(recorded: Recorded, **options: Any) -> Cassette:
    """Serve a recorded service once more: ``lab = await rl.connect(rl.cassette("talk.jsonl"))``.

    ``options`` are those of `realtime_lab.replay.Cassette`: ``speed``, ``dialect``, ``patience``.

    Raises:
        LogError: if a file cannot be read.
        SessionError: if the recording holds nothing that a service said.
    """
    from .replay import Cassette

    return Cassette(_log_of(recorded), **options)


def what_if(recorded: Recorded, **grid: Any) -> WhatIf:
    """Try other settings of the turn detection on what the microphone of a session picked up.

    ``grid`` is as in `realtime_lab.replay.what_if`: ``thresholds``, ``silences_ms``,
    ``prefixes_ms``, ``utterances``.

    Raises:
        LogError: if a file cannot be read.
        AudioError: if there is no audio, or nobody speaks in it.
    """
    from .replay import what_if

    return what_if(_log_of(recorded), **grid)


def _log_of(recorded: Recorded) -> EventLog:
    if isinstance(recorded, Lab):
        return recorded.log
    return recorded if isinstance(recorded, EventLog) else EventLog.load(recorded)
