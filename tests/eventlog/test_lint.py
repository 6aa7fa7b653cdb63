"""The lint report of a log: live or loaded, in either dialect, in text, rows and HTML."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from realtime_lab.errors import InvalidEvent, LogError
from realtime_lab.eventlog import EventLog, LintReport, LiveLint, Mark, lint
from realtime_lab.protocol import (
    ClientEvent,
    Finding,
    ServerEvent,
    UnknownEvent,
    dialect_named,
)
from tests.entries import error
from tests.protocol.lint_cases import (
    CASES,
    WALL,
    Case,
    Sent,
    Stream,
    answers,
    ask,
    begun,
    busy,
    created,
    types,
    update,
    used,
)

RECORDED = Path(__file__).parents[3] / "shared" / "reference" / "examples"
TOO_EARLY: Stream = [begun(), (1.0, created("resp_7")), (1.312, ask()), (1.35, busy())]


class Written:
    """A log, and its clock."""

    def __init__(self, dialect: str = "ga") -> None:
        self.now = 50.0
        self.log = EventLog(clock=lambda: self.now, wall=lambda: WALL, dialect=dialect)
        self._dialect = dialect_named(dialect)

    def add(self, stream: Stream) -> EventLog:
        """Record events as they come over a wire."""
        for at, event in sorted(stream, key=lambda place: place[0]):
            self.now = 50.0 + at
            self._add(event)
        return self.log

    def _add(self, event: Any) -> None:
        if isinstance(event, Mark):
            self.log.mark(event.type, **event.data)
        elif isinstance(event, Sent | UnknownEvent):
            known = event.event if isinstance(event, Sent) else event
            direction = "sent" if isinstance(event, Sent) else "received"
            self.log.record(direction, known, json.dumps(known.body).encode())
        elif isinstance(event, ClientEvent):
            data = self._dialect.encode_client(event)
            try:
                self.log.record("sent", self._dialect.decode_client(data), data)
            except InvalidEvent:
                self.log.record("sent", event, data)
        else:
            assert isinstance(event, ServerEvent)
            data = self._dialect.encode_server(event)
            if data is not None:
                self.log.record("received", self._dialect.decode_server(data), data)


def log_of(stream: Stream, dialect: str = "ga") -> EventLog:
    return Written(dialect).add(stream)


def shape(report: LintReport) -> list[tuple[Any, ...]]:
    return [(f.rule, f.seqs, f.message, round(f.seconds, 3)) for f in report]


# -- what is found --------------------------------------------------------------------------------

OWN_TIME = {
    case.rule for case in CASES if case.end > max(at for at, _ in case.fault)
}  # a log ends with its last event
ONLY_GA = {
    "append-beyond-limit",  # 16 MiB through JSON and back, once is enough
    "not-of-model",  # of the preview model it is asked in either
    "fixed-setting",
    "modalities-refused",
    "response-in-transcription",
    "wrong-dialect",
    "invalid-event",
    "unknown-event",
}


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.rule not in OWN_TIME | ONLY_GA], ids=lambda case: case.rule
)
@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_what_was_on_the_wire_is_judged_alike_in_both_dialects(case: Case, dialect: str):
    report = lint(log_of(case.fault, dialect))
    assert case.rule in report.rules
    assert case.rule not in lint(log_of(case.fine, dialect)).rules


@pytest.mark.parametrize("rule", sorted(ONLY_GA - {"append-beyond-limit"}))
def test_and_what_is_of_one_dialect_in_that(rule: str):
    (case,) = [case for case in CASES if case.rule == rule]
    assert rule in lint(log_of(case.fault)).rules
    assert rule not in lint(log_of(case.fine)).rules


def test_a_saved_log_gives_the_same_report(tmp_path):
    stream = [*TOO_EARLY, *answers(2.0, "resp_8"), (4.0, used("resp_9", 12_000, 0))]
    log = log_of(stream)
    log.write(tmp_path / "talk.jsonl")
    assert shape(lint(EventLog.load(tmp_path / "talk.jsonl"))) == shape(lint(log)) != []


@pytest.mark.parametrize(("name", "dialect"), [("ga_server", "ga"), ("beta_server", "preview")])
def test_recorded_streams_have_no_mistake_but_the_failure_that_they_tell(name: str, dialect: str):
    path = RECORDED / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip("no recorded streams beside the checkout (../shared/reference/examples)")
    log = EventLog(dialect=dialect)
    for line in path.read_bytes().splitlines():
        log.record("received", dialect_named(dialect).decode_server(line), line)
    (failure,) = lint(log)
    assert failure.message.startswith("resp_4 failed (rate_limit_exceeded)")


def test_rules_can_be_left_out_and_are_checked():
    log = log_of(TOO_EARLY)
    assert len(lint(log)) == 1
    assert list(lint(log, ignore="response-while-active")) == []
    assert len(lint(log, ignore=["input-unanswered", "rate-limited"])) == 1
    with pytest.raises(LogError, match=r"no lint rule 'response-active'.*response-while-active"):
        lint(log, ignore=["response-active"])


def test_a_log_that_still_grows_is_not_accused_of_what_may_still_come():
    written = Written()
    assert list(lint(written.add([begun(), (1.0, types())]))) == []
    written.add([(9.0, update())])
    assert lint(written.log).rules == {"input-unanswered": 1}


# -- how it is shown ------------------------------------------------------------------------------


@pytest.fixture
def report() -> LintReport:
    long_history = (4.0, used("resp_9", 12_000, 0))
    failure = (5.0, error("", "server_error", "secret <words>"))
    return lint(log_of([*TOO_EARLY, *answers(2.0, "resp_8"), long_history, failure]))


def test_it_counts_and_filters(report: LintReport):
    assert report.counts == {"error": 1, "warning": 2, "advice": 1}
    assert report.has_errors
    assert report.summary == "1 error, 2 warnings, 1 advice in 17 events"
    assert [f.rule for f in report.only(severity="error")] == ["response-while-active"]
    assert len(report.only(rule=["error-ignored", "history-rebilled"])) == 2
    assert not report.only(severity="advice").has_errors
    with pytest.raises(LogError, match="no severity 'fatal'"):
        report.only(severity="fatal")  # type: ignore[arg-type]
    with pytest.raises(LogError, match="no lint rule 'x'"):
        report.only(rule="x")


def test_its_rows_say_what_to_do(report: LintReport):
    row = report.table()[0]
    assert row["at"] == pytest.approx(1.312)
    assert (row["rule"], row["severity"]) == ("response-while-active", "error")
    assert row["seqs"] == [1, 2, 3]
    assert row["message"].startswith("response.create 312 ms after resp_7 became active")
    assert "response.done" in row["instead"] and row["why"]
    json.dumps(report.table().rows)


def test_the_entries_that_show_it_are_those_of_the_log(report: LintReport):
    shown = report.entries(report[0])
    assert [e.type for e in shown] == ["response.created", "response.create", "error"]


def test_as_text_it_is_one_line_for_what_and_one_for_where(report: LintReport):
    lines = repr(report).splitlines()
    assert lines[0] == "Lint: 1 error, 2 warnings, 1 advice in 17 events"
    assert lines[1].split(maxsplit=3)[:3] == ["1.312", "s", "error"]
    assert lines[2].strip() == "response-while-active, events 1, 2, 3"
    assert repr(lint(log_of([begun()]))) == "Lint: nothing found in 1 event"


def test_as_html_it_needs_no_script_and_quotes_nobody(report: LintReport):
    html = report._repr_html_()
    Balanced().feed(html)
    assert "<script" not in html and "secret" not in html
    assert "response.create 312 ms after resp_7 became active" in html
    assert html.count("<details>") == len(report)
    assert "<code>response.done</code>" in html, "what to do instead, as code"
    assert "color:#000" not in html and "background:#fff" not in html


class Balanced(HTMLParser):
    """Fails on a tag that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def close(self) -> None:
        assert not self.open


def test_many_findings_are_shown_in_part():
    stream: Stream = [begun()]
    for n in range(120):
        stream += [(2.0 * n, created(f"r{n}")), (2.0 * n + 0.5, used(f"r{n}", 10, 0)),
                   (2.0 * n + 1, error("", "server_error"))]  # fmt: skip
    report = lint(log_of(stream))
    assert len(report) == 120
    assert "… 20 more;" in report._repr_html_()


# -- while it grows -------------------------------------------------------------------------------


def test_live_each_mistake_is_told_once_as_it_happens():
    written, told = Written(), list[Finding]()
    live = LiveLint(written.log, told.append)
    for at, event in TOO_EARLY:
        written.add([(at, event)])
        assert not told
        live(written.log[-1])
    assert [f.rule for f in told] == ["response-while-active"]
    live()
    assert len(told) == 1
    assert len(written.log) == len(TOO_EARLY), "nothing is written into the log"


def test_live_time_that_passes_is_noticed_when_somebody_looks():
    written, told = Written(), list[Finding]()
    live = LiveLint(written.log, told.append, ignore="rate-limited")
    written.add([begun(), (1.0, types())])
    live()
    written.now += 20.0
    live()
    assert not told
    live.look()
    assert [f.rule for f in told] == ["input-unanswered"]


def test_live_and_afterwards_the_same_is_found():
    for case in CASES:
        if case.rule in OWN_TIME or case.rule == "append-beyond-limit":
            continue
        written, told = Written(), list[Finding]()
        live = LiveLint(written.log, told.append)
        for at, event in sorted(case.fault, key=lambda place: place[0]):
            written.add([(at, event)])
            live()
        afterwards = list(lint(written.log))
        missing = [f for f in afterwards if f not in told]
        assert not [f for f in told if f not in afterwards]
        assert {f.rule for f in missing} <= {
            "transcript-missing",
            "call-unanswered",
            "error-ignored",
        }
