"""The parts of the ``realtime-lab`` command that are about recordings and notebooks."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .errors import LogError
from .eventlog import KINDS, diff, lint, scan
from .protocol import LINT_RULES

__all__ = ["add_log_commands"]


def add_log_commands(commands: Any) -> None:
    """Add ``diff``, ``lint`` and ``scan-notebook`` to the command's subparsers."""
    compare = commands.add_parser(
        "diff",
        help="say what differs between two event logs",
        description="Say what differs between two event logs, turn by turn: order, times, words, "
        "tools, settings, usage, errors. The exit code is 0 if nothing does, 1 if something does, "
        "and 2 if a log cannot be read.",
    )
    compare.add_argument("a", type=Path, help="an event log")
    compare.add_argument("b", type=Path, help="another one")
    compare.add_argument(
        "--tolerance-ms",
        type=float,
        default=0.0,
        metavar="MS",
        help="times that differ by no more count as the same (default: %(default)s)",
    )
    compare.add_argument("--json", action="store_true", help="print one JSON object")
    compare.set_defaults(command=_diff)

    scanned = commands.add_parser(
        "scan-notebook",
        help="find keys, personal data and voices in notebooks before they are published",
        description="Looks through notebooks, HTML pages made of them and other text files; a "
        "folder stands for those in it. Tells where something was found and what kind of thing it "
        "is, never the thing itself. Exit code: 0 nothing, 1 something was found, 2 a file could "
        "not be read.",
    )
    scanned.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    scanned.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=KINDS,
        help="what may be there; may be given more than once",
    )
    scanned.add_argument("--json", action="store_true", help="print one JSON object")
    scanned.set_defaults(command=_scan)

    linter = commands.add_parser(
        "lint",
        help="tell the mistakes in an event log",
        description="Tell the mistakes and races in an event log, with the events that show them. "
        "The exit code is 0 if there is no error among them, 1 if there is one, and 2 if the log "
        "cannot be read.",
    )
    linter.add_argument("log", nargs="?", type=Path, help="an event log")
    linter.add_argument(
        "--ignore", action="append", default=[], metavar="RULE", help="a rule not to look for"
    )
    linter.add_argument("--rules", action="store_true", help="list the rules, and what they say")
    linter.add_argument("--json", action="store_true", help="print one JSON object")
    linter.set_defaults(command=_lint)


def _diff(parsed: argparse.Namespace) -> int:
    try:
        found = diff(parsed.a, parsed.b, tolerance_ms=parsed.tolerance_ms)
    except LogError as error:
        print(f"realtime-lab: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found.as_dict(), ensure_ascii=False) if parsed.json else found)
    return 1 if found else 0


def _lint(parsed: argparse.Namespace) -> int:
    if parsed.rules:
        rules = [asdict(rule.about) for rule in LINT_RULES]
        if parsed.json:
            print(json.dumps(rules, ensure_ascii=False))
        else:
            for rule in rules:
                print(f"{rule['id']:28} {rule['severity']:8} {rule['title']}")
        return 0
    try:
        if parsed.log is None:
            raise LogError("lint needs the path of an event log, or --rules")
        report = lint(parsed.log, ignore=parsed.ignore)
    except LogError as error:
        print(f"realtime-lab: {error}", file=sys.stderr)
        return 2
    if parsed.json:
        found = {"events": report.events, "counts": report.counts, "findings": report.table().rows}
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(report)
    return 1 if report.has_errors else 0


def _scan(parsed: argparse.Namespace) -> int:
    found = scan(parsed.paths, allow=parsed.allow)
    if parsed.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        for finding in found.findings:
            print(finding)
    for problem in found.unreadable:
        print(f"realtime-lab: cannot read {problem}", file=sys.stderr)
    if found.findings and not parsed.json:
        print(
            "realtime-lab: clear those outputs before you publish this; what may be there, "
            "--allow lets pass",
            file=sys.stderr,
        )
    return 2 if found.unreadable else 1 if found.findings else 0
