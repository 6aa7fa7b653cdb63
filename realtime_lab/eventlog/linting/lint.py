"""Mistakes and races in an event log, in plain words, with the events that show them."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ...errors import LogError
from ...protocol import LINT_RULES, SEVERITIES, Finding, Linter, LintRecord, Severity
from ..entry import LogEntry
from ..log import EventLog
from ..tables.table import Table
from ..tables.tables import table_of
from .findings import FindingsReport

__all__ = ["LintReport", "LiveLint", "lint"]

_PAGE = 1024


@dataclass(frozen=True, repr=False)
class LintReport(FindingsReport[Finding]):
    """What was found in a log, in the order in which it happened.

    A sequence of `Finding`; in a notebook it shows as a table that needs no script. Sentences quote
    nothing that anybody said.
    """

    findings: tuple[Finding, ...]
    log: EventLog
    events: int
    """How many entries of the log were looked at."""

    @property
    def rules(self) -> dict[str, int]:
        """How many of each rule, the most frequent first."""
        return dict(Counter(finding.rule for finding in self.findings).most_common())

    def only(
        self, *, severity: Severity | None = None, rule: str | Iterable[str] | None = None
    ) -> LintReport:
        """The findings of a severity, or of some rules.

        Raises:
            LogError: for a rule or a severity that there is none of.
        """
        if severity is not None and severity not in SEVERITIES:
            raise LogError(f"there is no severity {severity!r}; use {', '.join(SEVERITIES)}")
        wanted = None if rule is None else _rules_named(rule)
        found = tuple(
            finding
            for finding in self.findings
            if (severity is None or finding.severity == severity)
            and (wanted is None or finding.rule in wanted)
        )
        return LintReport(found, self.log, self.events)

    def entries(self, finding: Finding) -> list[LogEntry]:
        """The entries of the log that show a finding."""
        places = (bisect_left(self.log, seq, key=lambda entry: entry.seq) for seq in finding.seqs)
        return [self.log[place] for place in places]

    def table(self) -> Table:
        """One row for each finding: ``at`` in seconds since the start of the log, ``severity``,
        ``rule``, ``message``, ``instead`` (what to do), ``why``, ``seqs``."""
        found = self.findings
        return table_of(
            {
                "at": ("DOUBLE", [round(one.seconds, 6) for one in found]),
                "severity": ("VARCHAR", [one.severity for one in found]),
                "rule": ("VARCHAR", [one.rule for one in found]),
                "message": ("VARCHAR", [one.message for one in found]),
                "instead": ("VARCHAR", [one.about.instead for one in found]),
                "why": ("VARCHAR", [one.about.why for one in found]),
                "seqs": ("BIGINT[]", [list(one.seqs) for one in found]),
            }
        )

    @property
    def summary(self) -> str:
        """The counts in words."""
        of = "event" if self.events == 1 else "events"
        return f"{', '.join(self.told.values()) or 'nothing found'} in {self.events:,} {of}"

    def __repr__(self) -> str:
        lines = [f"Lint: {self.summary}"]
        for finding in self.findings:
            lines.append(f"{finding.seconds:10.3f} s  {finding.severity:<7}  {finding.message}")
            lines.append(f"{'':23}{finding.rule}, events {_numbers(finding.seqs)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from .lint_html import report_html

        return report_html(self)


def lint(log: EventLog | str | Path, *, ignore: str | Iterable[str] = ()) -> LintReport:
    """Look for mistakes in a log: live, loaded or at a path, of this client or of another.

    ``ignore`` are rules not to look for (see docs/lint.md). Of a log that still grows, what there
    is now is judged, and what is awaited within its time is not missed yet.

    Raises:
        LogError: for a file that cannot be read, or a rule that does not exist.
    """
    log = log if isinstance(log, EventLog) else EventLog.load(log)
    reader = _Reader(log, ignore)
    found = [*reader.read(), *reader.linter.finish()]
    return LintReport(_sorted(found), log, reader.done)


class LiveLint:
    """Looks for mistakes while a log grows; each is told once, to ``tell``.

    Give it to a session: ``lab.session.subscribe(LiveLint(lab.log, print))``. It is called with
    each new entry and reads on from where it was, in the order of the log; nothing is written into
    the log. Time without events is seen with the next event, or by `look`. The cost of an event
    does not grow with the log.

    Raises:
        LogError: for a rule to ``ignore`` that does not exist.
    """

    def __init__(
        self, log: EventLog, tell: Callable[[Finding], object], *, ignore: str | Iterable[str] = ()
    ) -> None:
        self._reader = _Reader(log, ignore)
        self._tell = tell
        self._lock = threading.RLock()

    def __call__(self, entry: LogEntry | None = None) -> None:
        """Read what is new in the log; from any thread."""
        with self._lock:
            for finding in self._reader.read():
                self._tell(finding)

    def look(self) -> None:
        """The same, and notice that time has passed without events."""
        with self._lock:
            self()
            for finding in self._reader.pass_time():
                self._tell(finding)


class _Reader:
    """Takes the entries of a log to a linter, from where it was."""

    def __init__(self, log: EventLog, ignore: str | Iterable[str]) -> None:
        ignored = _rules_named(ignore)
        rules = [rule for rule in LINT_RULES if rule.about.id not in ignored]
        self.linter = Linter(log.dialect, wall=log.started.timestamp(), rules=rules)
        self.done = 0
        self._log = log

    def read(self) -> Iterator[Finding]:
        log, start, apply = self._log, self._log.start, self.linter.apply
        while entries := log[self.done : self.done + _PAGE]:
            for entry in entries:
                self.done += 1
                record = LintRecord(entry.seq, entry.at - start, entry.direction, entry.event)
                yield from apply(record)

    def pass_time(self) -> list[Finding]:
        return self.linter.advance(self._log.clock() - self._log.start)


def _rules_named(names: str | Iterable[str]) -> set[str]:
    """Ids of rules, checked."""
    wanted = {names} if isinstance(names, str) else set(names)
    known = {rule.about.id for rule in LINT_RULES}
    for name in sorted(wanted - known):
        near = get_close_matches(name, known, cutoff=0.4)
        hint = f"; do you mean {' or '.join(near)}?" if near else ""
        raise LogError(f"there is no lint rule {name!r}{hint or ': look at docs/lint.md'}")
    return wanted


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: (finding.seconds, finding.seqs)))


def _numbers(seqs: Sequence[int]) -> str:
    return ", ".join(map(str, seqs))
