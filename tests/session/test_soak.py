"""Many turns amid faults of every kind: each ends, nothing is lost, nothing is left behind."""

from __future__ import annotations

from tests.benchmarks.soak import FAULTS, soak


def test_turns_amid_faults_all_end_and_leave_nothing_behind():
    found = soak(60, 0.05, session_turns=15, patience=0.4)
    assert found.wrong == []
    assert sum(found.ends.values()) == 60
    assert set(found.tasks) == {1}
    assert found.left_open <= 0
    assert len(found.struck) > len(FAULTS) / 2
