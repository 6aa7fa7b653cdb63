"""Definitions of tools are checked with no model; what is wrong is told with a better version."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.toolbench import TOOL_RULES, TOOL_TOPICS
from tests.toolbench.tool_check_cases import CASES, Case

BY_RULE = {case.rule: case for case in CASES}


def rules(tools: Any, **more: Any) -> list[str]:
    return [finding.rule for finding in rl.check_tools(tools, **more)]


def case_ids(case: Case) -> str:
    return case.rule


# -- every rule -----------------------------------------------------------------------------------


def test_every_rule_has_a_definition_with_its_fault_and_one_without():
    assert [case.rule for case in CASES] == [rule.about.id for rule in TOOL_RULES]
    assert all(count == 1 for count in Counter(case.rule for case in CASES).values())
    assert [rule for found in TOOL_TOPICS.values() for rule in found] == list(TOOL_RULES)


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_the_fault_is_told_once_with_its_place(case: Case):
    report = rl.check_tools(case.fault)
    assert {finding.rule for finding in report} == {case.rule} | case.also
    (found,) = [finding for finding in report if finding.rule == case.rule]
    assert (found.message, found.json_path) == (case.says, case.path)


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_the_near_miss_passes(case: Case):
    assert not list(map(str, rl.check_tools(case.fine)))


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_what_is_suggested_is_not_found_again(case: Case):
    report = rl.check_tools(case.fault)
    mended = {(f.rule, f.index) for f in report if f.suggestion is not None}
    left = {(f.rule, f.index) for f in rl.check_tools(report.improved())}
    assert not mended & left
