"""Items whose announcement the service lost are in the conversation, at their place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from realtime_lab.audio import Clip
from realtime_lab.engine import ToolCall
from realtime_lab.eventlog import UNANNOUNCED, EventLog
from realtime_lab.protocol import FunctionCallOutput, item_text
from realtime_lab.server import Fault
from realtime_lab.session import RealtimeSession, Settings, greeting
from realtime_lab.tools import ToolRegistry
from tests.scripted import ScriptedEngine, tone
from tests.session.test_continuity import (
    PATHS,
    broken_off,
    mark,
    place,
    said,
    visit,
    with_faults,
)

SPEECH = Clip.from_pcm(tone(400))


@pytest.fixture(params=PATHS)
def path(request) -> str:
    return PATHS[request.param]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


def told(session: RealtimeSession) -> list[str]:
    return [item_text(item) for item in session.conversation]


def unannounced(log: EventLog) -> list[tuple[str, str]]:
    return [(m.event.data["event"], m.event.data["item_id"]) for m in log.events(UNANNOUNCED)]


ADDED, DONE = "conversation.item.added", "conversation.item.done"
COMMITTED = "input_audio_buffer.committed"
LOST = [(ADDED,), (ADDED, DONE), (COMMITTED,), (ADDED, DONE, COMMITTED)]


def dropped(names: Sequence[str]) -> list[Fault]:
    return [Fault("drop", at=name) for name in names]


@pytest.mark.parametrize("lost", LOST)
def test_what_was_typed_stands_before_its_answer_and_does_so_on_the_next_connection(
    engine, path, lost
):
    async def use(session):
        await session.say("one")
        await session.say("two")
        before = told(session)
        await broken_off(session, server, *dropped(lost))
        await session.open_again()
        await session.say("three")
        return session, before

    with with_faults(engine, *dropped(lost)) as server:
        session, before = visit(place(server, path), use)
    assert before == ["one", "You said: one.", "two", "You said: two."]
    assert told(session) == [*before, "three", "You said: three."]
    assert [text for _, text in said(engine)] == [*before, "three"]
    assert len({str(item.id) for item in session.conversation}) == 6


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("hands_free", [True, False])
def test_what_was_spoken_stands_before_its_answer_and_is_not_heard_twice(
    engine, path, lost, hands_free
):
    engine.transcriber.lines += ["good morning", "good evening"]

    async def use(session):
        await session.say("Hello")
        turn = await session.speak(SPEECH)
        await broken_off(session, server)
        await session.open_again()
        await session.say("Bye")
        return turn, session

    settings = Settings() if hands_free else Settings(turn_detection=None)
    with with_faults(engine, *dropped(lost)) as server:
        turn, session = visit(place(server, path), use, settings=settings)
    spoken = [
        "Hello",
        "You said: Hello.",
        "good morning",
        "You said: good morning.",
        "Bye",
    ]
    assert turn.transcript_user == "good morning"
    assert told(session)[:5] == spoken
    assert [text for _, text in said(engine)] == spoken
    assert len(engine.transcriber.heard) == 1, "it was sent again as if nobody had heard it"
    assert len(session.turns) == 3


@pytest.mark.parametrize("lost", LOST)
def test_the_output_of_a_tool_stands_behind_its_call(engine, path, lost):
    async def look() -> str:
        """Look."""
        return "42"

    engine.brain.answers += [[ToolCall("look", "{}")], ["It is 42."]]

    async def use(session):
        await session.say("How much?")
        kinds = [type(item) for item in session.conversation]
        await broken_off(session, server)
        await session.open_again()
        await session.say("Sure?")
        return kinds

    with with_faults(engine, *dropped(lost)) as server:
        kinds = visit(place(server, path), use, tools=ToolRegistry([look]))
    assert kinds.index(FunctionCallOutput) == 2
    assert [role for role, _ in said(engine)] == ["user", "assistant", "tool", "assistant", "user"]


def test_what_was_lost_is_told_in_the_log(engine):
    async def use(session):
        await session.say("Hello")
        return session

    with with_faults(engine, Fault("drop", at="conversation.item.created")) as server:
        session = visit(place(server, PATHS["preview"]), use)
    ids = [str(item.id) for item in session.conversation]
    marked = unannounced(session.log)
    assert [event for event, _ in marked] == ["conversation.item.added"] * 2
    assert marked[1][1] == ids[1]
    assert told(session) == ["Hello", "You said: Hello."]


def test_where_nothing_is_lost_nothing_is_missed(engine, path):
    engine.transcriber.lines += ["good morning"]

    async def use(session):
        await session.say("Hello")
        await session.speak(SPEECH)
        return session.log

    with with_faults(engine) as server:
        log = visit(place(server, path), use)
    assert unannounced(log) == []


def test_a_spoken_turn_waits_for_its_words_though_its_commit_was_not_told(engine, path):
    engine.transcriber.lines += ["good morning"]

    async def use(session):
        return (await session.speak(SPEECH)).transcript_user

    lost = Fault("drop", at="input_audio_buffer.committed")
    late = Fault("slow_transcription", ms=300)
    with with_faults(engine, lost, late) as server:
        assert visit(place(server, path), use) == "good morning"


# -- while the history is told ---------------------------------------------------------------------


@pytest.mark.parametrize("which", [{"count": 1}, {"skip": 1, "count": 1}, {"skip": 3}, {}])
def test_a_lost_confirmation_of_the_history_is_not_waited_for(engine, path, which, monkeypatch):
    # The test would not end in time if it were.
    monkeypatch.setattr(greeting, "TELL_SECONDS", 1000.0)

    async def use(session):
        for words in ("one", "two"):
            await session.say(words)
        before = told(session)
        await broken_off(session, server, Fault("drop", at="conversation.item.added", **which))
        await session.open_again()
        turn = await session.say("three")
        return session, before, turn

    with with_faults(engine) as server:
        session, before, turn = visit(place(server, path), use)
    again = mark(session.log, "lab.reconnected")
    assert (again["items"], again["unconfirmed"], again["left_out"]) == (4, 0, [])
    assert turn.status == "completed"
    assert [text for _, text in said(engine)] == [*before, "three"]
    assert told(session) == [*before, "three", "You said: three."]


def test_what_was_in_doubt_and_told_again_unannounced_is_in_the_conversation(engine, path):
    close = Fault("close", code=1006, at="conversation.item.added", count=1)
    lost = Fault("drop", at="conversation.item.added", session=2)

    async def use(session):
        await session.say("Hello")
        return session

    with with_faults(engine, Fault("drop", at=DONE, session=1), close, lost) as s:
        session = visit(place(s, path), use)
    assert told(session) == ["Hello", "You said: Hello."]
    assert said(engine) == [("user", "Hello")]


def test_a_service_that_tells_nothing_any_more_is_waited_for_only_so_long(
    engine, path, monkeypatch
):
    monkeypatch.setattr(greeting, "TELL_SECONDS", 0.05)
    silent = [
        Fault("drop", at="conversation.item.*", session=2),
        Fault("drop", at="input_audio_buffer.cleared", session=2),
    ]

    async def use(session):
        await session.say("Hello")
        await broken_off(session, server, *silent)
        await session.open_again()
        return await session.say("Still there?"), session

    with with_faults(engine) as server:
        turn, session = visit(place(server, path), use)
    assert mark(session.log, "lab.reconnected")["unconfirmed"] == 2
    assert turn.status == "completed"
    assert told(session)[:2] == ["Hello", "You said: Hello."]


def test_a_quick_second_turn_is_not_taken_for_the_first(engine, path):
    async def use(session):
        await asyncio.gather(session.say("same"), session.say("same"))
        return session

    with with_faults(engine, Fault("drop", at="conversation.item.added", count=1)) as server:
        session = visit(place(server, path), use)
    assert told(session).count("same") == 2
