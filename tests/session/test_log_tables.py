"""The tables of a log tell of real conversations what their turns tell."""

from __future__ import annotations

from typing import Any

import pytest

from realtime_lab.eventlog import EventLog, Turn
from tests.session.test_continuity import PATHS
from tests.session.test_turn_numbers import SCENES, talked


def told(turn: Turn) -> dict[str, Any]:
    dollars = turn.cost.dollars
    return {
        "turn": turn.index,
        "transcript_user": turn.transcript_user,
        "transcript": turn.transcript,
        "status": turn.status,
        "interrupted": turn.interrupted,
        "responses": len(turn.responses),
        "tool_calls": len(turn.tool_calls),
        "tokens": turn.usage.total_tokens,
        "dollars": dollars if dollars is None else pytest.approx(dollars),
        "problem": turn.problem,
        "events": len(turn.entries),
        "received_ms": round(1000 * turn.audio.seconds),
        "sent_ms": round(1000 * turn.audio_user.seconds),
    }


def rows_like(log: EventLog, like: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in one} for row, one in zip(log.turns(), like, strict=True)]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SCENES)
def test_the_table_of_turns_tells_what_the_turns_tell(name: str, path: str):
    log = talked(name, path).log
    turns = [told(log.turn(number)) for number in log.turn_numbers]
    assert turns
    assert rows_like(log, turns) == turns


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SCENES)
def test_the_table_of_latencies_tells_what_the_turns_tell(name: str, path: str):
    log = talked(name, path).log
    turns = [log.turn(number) for number in log.turn_numbers]
    for row, turn in zip(log.latencies(), turns, strict=True):
        assert row.pop("turn") == turn.index
        known = {name: 1000 * seconds for name, seconds in row.items() if seconds is not None}
        assert known == pytest.approx(turn.latency.as_ms(), abs=0.2)


@pytest.mark.parametrize("path", PATHS)
def test_the_table_of_tools_tells_what_was_called_and_answered(path: str):
    log = talked("tools", path).log
    first, second = log.tools()
    assert first["name"] == second["name"] == "look_up"
    assert first["arguments"] == '{"word": "tide"}'
    assert first["output"] == "tide is a word"
    assert first["status"] == second["status"] == "answered"
    assert first["asked"] <= first["called"] <= first["answered"]
    assert first["duration"] == pytest.approx(first["answered"] - first["called"])
    assert first["call_id"] != second["call_id"]
    assert {first["turn"], second["turn"]} == {1}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SCENES)
def test_the_bill_adds_up(name: str, path: str):
    log = talked(name, path).log
    used, heard, turns = log.usage(), log.query("FROM transcriptions"), log.turns()
    responses = log.query(
        "SELECT count(DISTINCT response_id) AS n FROM events WHERE type = 'response.done'"
    )[0]["n"]
    assert len(used) == responses
    whole = sum(d for d in (*used["dollars"], *heard["dollars"]) if d is not None)
    assert whole == pytest.approx(sum(d for d in turns["dollars"] if d is not None))
    kinds = (
        "text_in",
        "text_cached",
        "audio_in",
        "audio_cached",
        "image_in",
        "image_cached",
        "text_out",
        "audio_out",
        "in_untold",
        "out_untold",
    )
    for row in used:
        if row["total_tokens"]:
            assert sum(row[kind] for kind in kinds) == row["total_tokens"]
