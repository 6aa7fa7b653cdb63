"""The recorded streams of both dialects, replayed through a session, are the same conversation."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import Message, UnknownEvent, item_text
from realtime_lab.session import Endpoint, RealtimeSession

from .scripted_service import Line, VirtualLoop

RECORDED = Path(__file__).parents[3] / "shared" / "reference" / "examples"
FILES = {"ga": "ga_server.jsonl", "preview": "beta_server.jsonl"}


def replayed(dialect: Any) -> tuple[RealtimeSession, EventLog]:
    path = RECORDED / FILES[dialect]
    if not path.is_file():
        pytest.skip("no recorded streams beside the checkout (../shared/reference/examples)")
    loop, line = VirtualLoop(), Line()
    log = EventLog(clock=loop.time, dialect=dialect)

    async def opened() -> RealtimeSession:
        here = Endpoint("ws://127.0.0.1/v1/realtime", dialect, "some-model")
        return RealtimeSession(line, here, log, None)

    session = loop.run_until_complete(opened())
    running: asyncio.Task[None] = loop.create_task(session.run())
    for text in path.read_text().splitlines():
        line.deliver(json.dumps(json.loads(text)).encode())
        loop.rest()
    line.cut()
    loop.run_until_complete(running)
    loop.close()
    return session, log


def conversation(session: RealtimeSession) -> list[tuple[Any, ...]]:
    """What each item is and says."""
    return [
        (item.id, type(item), item_text(item))
        if isinstance(item, Message)
        else (item.id, type(item), getattr(item, "name", None), getattr(item, "arguments", None))
        for item in session.conversation
    ]


def turns(session: RealtimeSession) -> list[tuple[Any, ...]]:
    """What each turn was."""
    return [
        (
            turn.transcript_user,
            turn.said,
            turn.heard,
            [(r.id, r.status) for r in turn.responses],
            [(call.name, call.arguments) for call in turn.tool_calls],
            turn.problem,
            turn.usage.total_tokens,
        )
        for turn in session.turns
    ]


def test_both_dialects_tell_the_same_conversation():
    ga, _ = replayed("ga")
    preview, _ = replayed("preview")
    assert conversation(ga) == conversation(preview)
    assert [item[0] for item in conversation(ga)] == ["item_u", "item_a", "item_t", "item_f"]
    assert turns(ga) == turns(preview)


@pytest.mark.parametrize("dialect", FILES)
def test_every_recorded_event_is_understood_and_every_response_ends(dialect):
    session, log = replayed(dialect)
    assert not [e for e in log if isinstance(e.event, UnknownEvent)]
    ended = {r.id: r.status for turn in session.turns for r in turn.responses}
    assert ended == {
        "resp_1": "completed",
        "resp_2": "completed",
        "resp_3": "cancelled",
        "resp_4": "failed",
    }
    assert not log.events("lab.subscriber_failed")
