"""A session that loses its connection goes on over another: over a real socket, with faults."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import SessionClosed, TurnTimeout
from realtime_lab.eventlog import EventLog, LogEntry
from realtime_lab.protocol import item_text
from realtime_lab.server import Fault, Faults
from realtime_lab.session import (
    OpenSession,
    RealtimeSession,
    Reconnect,
    Settings,
    Surroundings,
    chained,
    open_session,
    session_config,
)
from realtime_lab.tools import ToolRegistry
from tests.scripted import ScriptedEngine, silence, tone
from tests.servers import KEY, RunningServer, running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}
QUICK = Reconnect(notice=30.0)


@pytest.fixture(params=PATHS)
def path(request) -> str:
    return PATHS[request.param]


@pytest.fixture
def ga() -> str:
    """For what has nothing to do with the dialect."""
    return PATHS["ga"]


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


class World:
    """Sleeps that end at once and are remembered, and timers that a test lets ring."""

    def __init__(self, wall: Callable[[], float] | None = None) -> None:
        self.slept: list[float] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self._wall = wall

    def surroundings(self) -> Surroundings:
        given: dict[str, Any] = {"wall": self._wall} if self._wall else {}
        return Surroundings(Random(1), sleep=self._sleep, later=self._later, **given)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def _later(self, seconds: float, function: Callable[[], None]) -> Any:
        self.timers.append((seconds, function))
        return self

    def cancel(self) -> None: ...


async def joined(source: Any, world: World | None = None, **options: Any) -> OpenSession:
    around = (world or World()).surroundings()
    settings = options.pop("settings", Settings())
    options.setdefault("reconnect", QUICK)
    return await open_session(chained([source]), settings, around=around, **options)


def place(server: RunningServer, path: str, **options: Any) -> rl.Endpoint:
    return rl.endpoint(server.ws_url + path, api_key=server.key, **options)


def with_faults(engine: ScriptedEngine, *faults: Fault, **options: Any):
    return running_server(engine, faults=Faults(faults), **options)


def visit(source: Any, use: Callable[[RealtimeSession], Any], **options: Any) -> Any:
    async def there() -> Any:
        opened = await joined(source, **options)
        try:
            return await asyncio.wait_for(use(opened.session), 20)
        except TimeoutError:
            last = [entry.type for entry in opened.session.log][-60:]
            pytest.fail(f"not over within 20 s; the log ends with {last}")
        finally:
            await opened.close()

    return asyncio.run(there())


def seen(session: RealtimeSession, what: str) -> asyncio.Future[LogEntry]:
    """The next entry of that type from this call on, be it there before anybody waits for it."""
    # It listens within this call. A task would begin to a step later, and where the machine pauses
    # amid what is done next, the answer to that is read before.
    found: asyncio.Future[LogEntry] = asyncio.get_running_loop().create_future()

    def look(entry: LogEntry) -> None:
        if entry.type == what and not found.done():
            found.set_result(entry)

    stop = session.subscribe(look)
    found.add_done_callback(lambda _: stop())
    return found


async def broken_off(session: RealtimeSession, server: RunningServer, *faults: Fault) -> None:
    """Have the server break the connection off, with these faults in force afterwards."""
    lost = seen(session, "lab.connection_lost")
    cut = Fault("close", code=1006, seconds=0.0, count=1)
    server.loop.call_soon_threadsafe(server.server.faults.set, (cut, *faults))
    await lost


def names(log: EventLog) -> list[str]:
    return [entry.type for entry in log.events("lab.*")]


def said(engine: ScriptedEngine) -> list[tuple[str, str]]:
    """What the model was told last."""
    return [(m.role, m.text) for m in engine.brain.prompts[-1].messages]


def mark(log: EventLog, name: str) -> dict[str, Any]:
    return log.events(name)[-1].event.data  # type: ignore[union-attr]


@pytest.mark.parametrize("code", [1001, 1006, 1012])
def test_a_typed_turn_that_had_no_answer_is_asked_again_once(engine, path, code):
    lost = Fault("close", code=code, at="response.created", count=1)

    async def use(session):
        turn = await session.say("Hello there")
        return turn, session

    with with_faults(engine, lost) as server:
        turn, session = visit(place(server, path), use)
    log = session.log
    assert (turn.transcript_user, turn.transcript) == ("Hello there", "You said: Hello there.")
    assert (turn.status, turn.problem, len(session.turns)) == ("completed", "", 1)
    assert said(engine) == [("user", "Hello there")]
    assert names(log)[3:7] == [
        "lab.connection_lost",
        "lab.asked_again",
        "lab.reconnecting",
        "lab.connected",
    ]
    assert mark(log, "lab.reconnected")["items"] == 1
    assert mark(log, "lab.connection_lost")["code"] == code
    assert [item_text(item) for item in session.conversation] == [
        "Hello there",
        "You said: Hello there.",
    ]
    assert session.state == "closed"


def test_the_history_reads_the_same_on_the_new_connection(engine, path):
    engine.transcriber.lines.append("and who are you")
    engine.brain.answers += [["Nice to meet you."], ["I am a model."]]

    async def use(session):
        await session.say("I am Ann")
        await session.speak(Clip.from_pcm(tone(400)))
        before = [(i.id, item_text(i)) for i in session.conversation]
        server.server.faults.set((Fault("close", at="*", count=1),))
        turn = await session.say("Good")
        return turn, before, [(i.id, item_text(i)) for i in session.conversation]

    with with_faults(engine) as server:
        turn, before, after = visit(place(server, path), use)
    assert said(engine) == [
        ("user", "I am Ann"),
        ("assistant", "Nice to meet you."),
        ("user", "and who are you"),
        ("assistant", "I am a model."),
        ("user", "Good"),
    ]
    assert after[:4] == before
    assert turn.transcript == "You said: Good."


def test_an_answer_of_which_something_was_heard_stays_cut_off(engine, path):
    engine.brain.gate = asyncio.Event()
    engine.brain.answers.append(["Once upon a time. ", "Never told."])
    lost = Fault("close", at="response.output_audio_transcript.delta", count=1, code=1006)

    async def use(session):
        turn = await session.say("Tell me a story")
        engine.brain.gate = None
        return turn, await session.say("Go on"), session

    with with_faults(engine, lost) as server:
        story, after, session = visit(place(server, path), use)
    assert (story.status, story.interrupted) == ("cancelled", True)
    assert "broke off" in story.problem
    assert story.transcript.startswith("Once")
    assert after.status == "completed"
    assert said(engine)[1][1].strip() == story.transcript
    assert "lab.asked_again" not in names(session.log)
    cut_off = mark(session.log, "lab.cut_off")
    assert (cut_off["turn"], cut_off["heard_ms"]) == (1, None)
    assert cut_off["received_ms"] == round(1000 * story.audio.seconds)
    assert f"problem: {story.problem}" in repr(story)
    # Nobody needs advice to connect again while that is done.
    assert mark(session.log, "lab.connection_lost")["reason"] == "the connection broke off"


class Listener:
    """A player that has played nothing yet."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self.stopped = 0

    def play(self, item_id: str, pcm: bytes) -> None:
        self.queued.append(item_id)

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None:
        self.stopped += 1


def test_an_answer_of_which_nothing_was_heard_is_asked_for_again(engine, path):
    lost = Fault("close", at="response.output_audio.delta", count=1, code=1006)
    listener = Listener()

    async def use(session):
        session.attach_player(listener)
        return await session.say("Hello"), session

    with with_faults(engine, lost) as server:
        turn, session = visit(place(server, path), use)
    assert turn.transcript == "You said: Hello."
    assert [r.status for r in turn.responses] == ["completed"]
    assert [(i.role, item_text(i)) for i in session.conversation] == [
        ("user", "Hello"),
        ("assistant", "You said: Hello."),
    ]
    assert listener.stopped == 1
    assert said(engine) == [("user", "Hello")]


def test_a_turn_that_is_lost_twice_fails_and_the_session_goes_on(engine, path):
    lost = Fault("close", at="response.created", count=2)

    async def use(session):
        with pytest.raises(SessionClosed, match="second time"):
            await session.say("Hello")
        return await session.say("Still there?")

    with with_faults(engine, lost) as server:
        turn = visit(place(server, path), use)
    assert turn.status == "completed"
    assert [text for role, text in said(engine) if role == "user"] == ["Hello", "Still there?"]


def test_a_spoken_turn_that_was_not_committed_is_heard_by_the_new_connection(engine, path):
    engine.transcriber.lines += ["the whole of it"] * 2
    lost = Fault("close", at="input_audio_buffer.speech_started", count=1, code=1006)

    async def use(session):
        return await session.speak(Clip.from_pcm(tone(600) + silence(100))), session

    with with_faults(engine, lost) as server:
        turn, session = visit(place(server, path), use)
    assert turn.transcript_user == "the whole of it"
    assert len(session.turns) == 1
    assert mark(session.log, "lab.microphone")["dropped_ms"] == 0
    heard = engine.transcriber.heard[-1]
    assert heard.count(b"\x00\x40\x00\xc0") * 4 == len(tone(600))
    assert turn.audio_user.pcm.count(b"\x00\x40\x00\xc0") * 4 == len(tone(600))


def test_a_push_to_talk_turn_that_was_committed_is_told_as_audio(engine, path):
    engine.transcriber.lines += ["over", "over"]
    lost = Fault("close", at="input_audio_buffer.committed", count=1)

    async def use(session):
        return await session.speak(Clip.from_pcm(tone(400))), session

    with with_faults(engine, lost) as server:
        settings = Settings(turn_detection=None)
        turn, session = visit(place(server, path), use, settings=settings)
    assert turn.transcript == "You said: over."
    assert (turn.status, turn.transcript_user) == ("completed", "over")
    assert [role for role, _ in said(engine)] == ["user"]
    assert engine.transcriber.heard[-1] == tone(400)
    assert [i.role for i in session.conversation] == ["user", "assistant"]


def test_audio_beyond_the_bound_is_dropped_and_told(engine, ga):
    async def use(session):
        session.feed_microphone(tone(400))
        await seen(session, "input_audio_buffer.speech_started")
        await broken_off(session, server, Fault("refuse", status=503, count=1))
        for _ in range(4):
            session.feed_microphone(tone(500))
        await seen(session, "lab.microphone")
        return mark(session.log, "lab.microphone")

    plan = Reconnect(microphone=1.5, notice=30.0)
    with with_faults(engine) as server:
        told = visit(place(server, ga), use, reconnect=plan)
    assert told["late_ms"] == 1500
    assert told["dropped_ms"] == pytest.approx(900, abs=21)


def test_a_server_that_refuses_for_a_while_is_asked_again_with_growing_waits(engine, ga):
    world = World()

    async def use(session):
        await broken_off(session, server, Fault("refuse", status=502, count=3))
        return (await session.say("Hello")).status, session.log

    with with_faults(engine) as server:
        status, log = visit(place(server, ga), use, world=world)
    assert status == "completed"
    tries = [e.event.data for e in log.events("lab.reconnecting")]
    assert [t["attempt"] for t in tries] == [1, 2, 3, 4]
    assert "HTTP 502" in tries[-1]["reason"]
    assert world.slept == pytest.approx([t["wait"] for t in tries], abs=0.001)
    for wait, most in zip(world.slept, (0.5, 1.0, 2.0, 4.0), strict=True):
        assert 0.75 * most <= wait <= most


def test_a_wait_that_the_service_asks_for_is_kept(engine, ga):
    world = World()

    async def use(session):
        await broken_off(session, server, Fault("refuse", status=429, count=1, retry_after=7.0))
        await session.open_again()

    with with_faults(engine) as server:
        visit(place(server, ga), use, world=world)
    assert world.slept[1] == pytest.approx(7.0, abs=1.0)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_that_stays_is_not_asked_again(engine, ga, status):
    async def use(session):
        await broken_off(session, server, Fault("refuse", status=status))
        with pytest.raises(SessionClosed, match=f"HTTP {status}"):
            await session.say("Hello")
        return session.log

    with with_faults(engine) as server:
        log = visit(place(server, ga), use)
    assert len(log.events("lab.reconnecting")) == 1
    assert mark(log, "lab.gave_up")["tries"] == 1
    assert names(log)[-1] == "lab.closed"


@pytest.mark.parametrize("code", [1000, 1008, 3000, 4000, 4004])
def test_a_session_that_is_ended_for_good_is_not_brought_back(engine, ga, code):
    async def use(session):
        turn = asyncio.ensure_future(session.say("Hello"))
        with pytest.raises(SessionClosed):
            await turn
        return session.log

    with with_faults(engine, Fault("close", code=code, at="response.created")) as server:
        log = visit(place(server, ga), use)
    assert log.events("lab.reconnecting") == []
    assert mark(log, "lab.closed")["code"] == code


def test_tries_and_time_are_bounded(engine, ga):
    world = World()

    async def use(session):
        await broken_off(session, server, Fault("refuse", status=503))
        with pytest.raises(SessionClosed, match="3 tries"):
            await session.say("Hello")
        return session.state, session.log

    with with_faults(engine) as server:
        plan = Reconnect(tries=3)
        state, log = visit(place(server, ga), use, world=world, reconnect=plan)
    assert (state, len(world.slept)) == ("closed", 3)
    assert mark(log, "lab.gave_up")["tries"] == 3


def test_a_server_that_closes_each_session_at_once_is_not_hammered(engine, ga):
    async def use(session):
        closing = Fault("close", code=1011, at="conversation.item.*")
        server.server.faults.set([closing])
        with pytest.raises(SessionClosed):
            await session.say("Hello")
        with pytest.raises(SessionClosed):
            while True:
                await session.say("Hello")
        return session.log

    with with_faults(engine) as server:
        log = visit(place(server, ga), use, reconnect=Reconnect(tries=4))
    assert len(log.events("lab.reconnecting")) == 4


def test_tries_are_counted_anew_once_an_answer_has_come(engine, ga):
    async def use(session):
        return [(await session.say(f"number {n}")).status for n in range(5)], session.log

    with with_faults(engine, Fault("close", code=1006, at="response.done")) as server:
        statuses, log = visit(place(server, ga), use, reconnect=Reconnect(tries=1))
    assert statuses == ["completed"] * 5
    assert {e.event.data["attempt"] for e in log.events("lab.reconnecting")} == {1}


def test_without_reconnect_a_lost_session_is_over(engine, ga):
    async def use(session):
        with pytest.raises(SessionClosed, match="broke off"):
            await session.say("Hello")
        return names(session.log)

    with with_faults(engine, Fault("close", code=1006, at="response.created")) as server:
        found = visit(place(server, ga), use, reconnect=None)
    assert "lab.connection_lost" not in found


def test_what_is_typed_meanwhile_waits_and_its_time_counts(engine, path):
    go = asyncio.Event()

    class Waiting(World):
        async def _sleep(self, seconds: float) -> None:
            await go.wait()

    async def use(session):
        await broken_off(session, server)
        assert session.state == "reconnecting"
        with pytest.raises(TurnTimeout, match="did not come back"):
            await session.say("Too late", timeout=0.01)
        turn = asyncio.ensure_future(session.say("In time"))
        brief = session_config({"type": "realtime", "instructions": "Be brief."})
        update = asyncio.ensure_future(session.update(brief))
        await asyncio.sleep(0)
        go.set()
        await update
        return await turn, session

    with with_faults(engine) as server:
        turn, session = visit(place(server, path), use, world=Waiting())
    assert (turn.transcript_user, turn.status, len(session.turns)) == ("In time", "completed", 1)
    assert session.config.instructions == "Be brief."


def test_settings_that_were_changed_are_in_force_again(engine, ga):
    async def use(session):
        await session.update(Settings(voice="echo", instructions="Be brief.").config([]))
        await broken_off(session, server)
        await session.open_again()
        return session.config, session.hands_free

    with with_faults(engine) as server:
        config, hands_free = visit(place(server, ga), use)
    assert (config.instructions, config.audio.output.voice) == ("Be brief.", "echo")
    assert hands_free


def test_a_tool_that_runs_while_the_connection_is_lost_is_answered_once(engine, path):
    calls = []
    started, may_end = asyncio.Event(), asyncio.Event()

    async def look_up(word: str) -> str:
        """Look a word up.

        Args:
            word: the word.
        """
        calls.append(word)
        started.set()
        await may_end.wait()
        return "a kind of wave"

    engine.brain.answers += [[ToolCall("look_up", '{"word": "tide"}')], ["A kind of wave."]]

    async def use(session):
        turn = asyncio.ensure_future(session.say("What is a tide?"))
        await started.wait()
        await broken_off(session, server)
        may_end.set()
        return await turn, session

    with with_faults(engine) as server:
        turn, session = visit(place(server, path), use, tools=ToolRegistry([look_up]))
    assert (turn.transcript, calls, len(session.turns)) == ("A kind of wave.", ["tide"], 1)
    kinds = [type(i).__name__ for i in session.conversation]
    assert kinds == ["Message", "FunctionCall", "FunctionCallOutput", "Message"]
    assert [role for role, _ in said(engine)] == ["user", "assistant", "tool"]


def test_a_half_open_connection_is_noticed_by_its_unanswered_pings(engine, ga):
    silent = Fault("half_open", at="response.created", count=1)

    async def use(session):
        return await session.say("Hello"), session.log

    with with_faults(engine, silent) as server:
        turn, log = visit(place(server, ga), use, reconnect=Reconnect(notice=0.4))
    assert turn.transcript == "You said: Hello."
    created = log.events("response.created")[0].at
    assert log.events("lab.connection_lost")[0].at - created < 5
    assert "silent" in mark(log, "lab.connection_lost")["reason"]


def test_a_server_that_was_killed_and_comes_back_goes_on_with_the_conversation(path):
    from realtime_lab.server import open_listener

    with open_listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    first, second = ScriptedEngine(), ScriptedEngine()
    again = asyncio.Event()

    class Waiting(World):
        async def _sleep(self, seconds: float) -> None:
            self.slept.append(seconds)
            if len(self.slept) > 2:
                await again.wait()

    async def use():
        place = rl.endpoint(f"ws://127.0.0.1:{port}{path}", api_key=KEY)
        with running_server(first, port=port):
            opened = await joined(place, Waiting())
            session = opened.session
            await session.say("I am Ann")
            lost = seen(session, "lab.connection_lost")
        await lost
        while len(session.log.events("lab.reconnecting")) < 3:
            await seen(session, "lab.reconnecting")
        with running_server(second, port=port, random=Random(2)):
            again.set()
            turn = await session.say("Who am I?")
            await opened.close()
        return turn, session

    turn, session = asyncio.run(use())
    assert turn.status == "completed"
    assert [text for _, text in said(second)] == ["I am Ann", "You said: I am Ann.", "Who am I?"]
    assert "nobody answers" in mark(session.log, "lab.reconnecting")["reason"]


def test_closing_while_it_reconnects_ends_it_at_once(engine, ga):
    class Never(World):
        async def _sleep(self, seconds: float) -> None:
            await asyncio.Event().wait()

    async def use(session):
        await broken_off(session, server)
        return session

    with with_faults(engine) as server:
        session = visit(place(server, ga), use, world=Never())
    assert session.state == "closed"
    assert names(session.log)[-1] == "lab.closed"
