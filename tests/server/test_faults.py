"""Faults as a client meets them, over a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime_lab.server import Fault, Faults
from realtime_lab.server.fault_line import FaultLine, Late
from realtime_lab.server.fault_plan import SessionFaults
from tests.scripted import ScriptedEngine, tone
from tests.server.client import PATHS, WAIT, Client, converse, order
from tests.servers import CONTROL_KEY, KEY, RunningServer, scripted_server

AUDIO = "response.output_audio.delta"
TEXT = "response.output_text.delta"
WORDS = "conversation.item.input_audio_transcription.completed"
UNKNOWN = "realtime_lab.unknown"


@contextmanager
def faulty(*faults: Fault, seed: int = 0, **options: Any) -> Iterator[tuple[RunningServer, Faults]]:
    plan = Faults(faults, seed)
    with scripted_server(faults=plan, **options) as server:
        yield server, plan


class Unjudged(Client):
    """Takes also what no service says."""

    async def next(self) -> dict[str, Any]:
        event = json.loads(await asyncio.wait_for(self.socket.recv(), WAIT))
        self.events.append(event)
        return event

    async def rest(self) -> ConnectionClosed:
        """Read on to the end of the connection."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await self.next()
        return closed.value

    @property
    def types(self) -> list[str]:
        return [self.ga(event["type"]) for event in self.events]

    def ga(self, type: str) -> str:
        return order([{"type": type}])[0]


def visit(
    server: RunningServer,
    script: Callable[[Unjudged], Awaitable[Any]],
    dialect: str = "ga",
    **options: Any,
) -> Unjudged:
    """Run a script in a connection that may be as wrong as it likes."""

    async def run() -> Unjudged:
        headers = {"api-key": server.key}
        url = server.ws_url + PATHS[dialect]
        async with connect(url, additional_headers=headers, close_timeout=0.2, **options) as socket:
            client = Unjudged(socket, dialect)
            await script(client)
            return client

    return asyncio.run(run())


async def ask(client: Client, *, spoken: bool = True, until: str = "response.done") -> Any:
    await client.say("Hello there")
    modalities = ["audio"] if spoken else ["text"]
    if client.dialect == "preview":
        fields = {"modalities": ["audio", "text"] if spoken else ["text"]}
    else:
        fields = {"output_modalities": modalities}
    await client.send("response.create", response=fields)
    return await client.last(until)


async def speak(client: Client) -> None:
    transcription = {"model": "whisper-1"}
    if client.dialect == "preview":
        await client.update(turn_detection=None, input_audio_transcription=transcription)
    else:
        audio = {"input": {"turn_detection": None, "transcription": transcription}}
        await client.update(audio=audio)
    await client.append(tone(200))
    await client.send("input_audio_buffer.commit")


# Events


def test_without_faults_nothing_stands_between(server: RunningServer):
    assert converse(server, ask)[-1]["response"]["status"] == "completed"


def test_a_dropped_event_never_comes_and_the_rest_is_sound(dialect: str):
    with faulty(Fault("drop", at="response.output_item.*")) as (server, _):
        got = order(converse(server, ask, dialect, lawful=False))
    assert "response.output_item.added" not in got
    assert "response.output_item.done" not in got
    assert "response.content_part.added" in got


def test_dropping_does_not_change_the_ids_of_the_others():
    def ids() -> list[str]:
        events = converse(server, ask)
        return [event["event_id"] for event in events if event["type"] != AUDIO]

    with faulty() as (server, _):
        whole = ids()
    with faulty(Fault("drop", at=AUDIO), Fault("unknown_event", at="response.done")) as (server, _):
        assert ids() == whole


def test_a_duplicate_comes_right_behind_with_the_same_id(dialect: str):
    with faulty(Fault("duplicate", at="response.created")) as (server, _):
        events = converse(server, ask, dialect, lawful=False)
    created = [event for event in events if event["type"] == "response.created"]
    assert len(created) == 2
    assert created[0] == created[1]


def test_an_unknown_event_follows(dialect: str):
    with faulty(Fault("unknown_event", at="session.created", type="x.new")) as (server, _):
        client = visit(server, lambda client: client.last("x.new"), dialect)
    assert client.types == ["session.created", "x.new"]
    assert client.events[-1]["event_id"].startswith("event_")


def test_an_error_out_of_nothing_leaves_the_session_open(dialect: str):
    fault = Fault("error", at="response.created", code="odd", message="Something odd.")
    with faulty(fault) as (server, _):
        events = converse(server, ask, dialect)
    (error,) = [event["error"] for event in events if event["type"] == "error"]
    assert error["code"] == "odd"
    assert error["message"] == "Something odd."
    assert error["type"] == "server_error"
    assert events[-1]["response"]["status"] == "completed"


def test_delays_keep_the_order_of_events(dialect: str):
    slow = (Fault("delay", ms=5, at="response.created"), Fault("jitter", max_ms=2))
    with faulty() as (server, _):
        usual = order(converse(server, ask, dialect))
    with faulty(*slow) as (server, _):
        assert order(converse(server, ask, dialect)) == usual


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Line:
    """A line of faults on a clock of the test's own."""

    faults: Faults
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        session = self.faults.open("any")
        self._line = FaultLine(session, "Over.", self.clock)

    def send(self, type: str) -> list[tuple[float, str]]:
        """What goes out, each with how long it waits, in seconds."""
        passed = self._line.passed(type, type)
        now = self.clock.now
        return [(round(p.due - now, 6), p.text) if isinstance(p, Late) else (0, p) for p in passed]


def test_a_delayed_event_holds_up_those_behind_it_but_delays_do_not_add_up():
    line = Line(Faults([Fault("delay", ms=200, at="response.created")]))
    assert line.send("session.created") == [(0, "session.created")]
    assert line.send("response.created") == [(0.2, "response.created")]
    line.clock.now += 0.15
    assert line.send("response.done") == [(0.05, "response.done")]
    assert line.send("response.created") == [(0.2, "response.created")]
    line.clock.now += 0.2
    assert line.send("response.done") == [(0, "response.done")]


def test_jitter_is_drawn_between_its_bounds_and_never_overtakes():
    line = Line(Faults([Fault("jitter", min_ms=10, max_ms=50)]))
    waits = [line.send("response.done")[0][0] for _ in range(50)]
    assert waits == sorted(waits)
    assert all(0.01 <= wait <= 0.05 for wait in waits)
    assert len(set(waits)) > 1


# How often


def strikes(session: SessionFaults, points: int) -> list[int]:
    line = FaultLine(session, "", lambda: 0.0)
    return [n for n in range(1, points + 1) if not line.passed(AUDIO, "")]


def test_skip_every_and_count_choose_the_points():
    fault = Fault("drop", at=AUDIO, skip=2, every=3, count=2)
    assert strikes(Faults([fault]).open("any"), 20) == [3, 6]


def test_chances_follow_from_the_seed_and_the_number_of_the_session():
    def run(seed: int, busy: bool) -> list[list[int]]:
        faults = Faults([Fault("drop", probability=0.5)], seed)
        first = faults.open("any")
        if busy:
            strikes(first, 30)
        return [strikes(faults.open("any"), 30) for _ in range(2)]

    assert run(1, busy=False) == run(1, busy=True)
    assert run(1, busy=False) != run(2, busy=False)
    second, third = run(1, busy=False)
    assert second != third


def test_one_fault_does_not_shift_the_chances_of_the_others():
    drop = Fault("drop", at=AUDIO, probability=0.5)
    alone = strikes(Faults([drop]).open("any"), 30)
    beside = strikes(Faults([drop, Fault("unknown_event", at="session.*")]).open("any"), 30)
    assert alone == beside


def test_a_fault_may_concern_one_deployment_or_one_session():
    faults = Faults([Fault("drop", deployment="mine"), Fault("drop", session=3)])
    found = [len(strikes(faults.open(name), 1)) for name in ("mine", "other", "other", "other")]
    assert found == [1, 0, 1, 0]


# The connection


@pytest.mark.parametrize("skip", [0, 3])
def test_the_socket_is_closed_after_the_event_that_was_asked_for(dialect: str, skip: int):
    fault = Fault("close", code=1012, reason="restart", at=AUDIO, skip=skip)
    with faulty(fault) as (server, _):

        async def script(client: Unjudged) -> None:
            with pytest.raises(ConnectionClosed) as closed:
                await ask(client)
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1012, "restart")

        client = visit(server, script, dialect)
    assert client.types[-1] == AUDIO
    assert client.types.count(AUDIO) == skip + 1


def test_a_count_of_closes_is_of_connections():
    with faulty(Fault("close", at="response.created", count=1)) as (server, _):
        visit(server, lambda client: ask_and_lose(client))
        assert converse(server, ask)[-1]["response"]["status"] == "completed"


async def ask_and_lose(client: Unjudged) -> ConnectionClosed:
    await client.say("Hello there")
    await client.send("response.create")
    return await client.rest()


def test_a_connection_breaks_off_without_a_close_frame():
    with faulty(Fault("close", code=1006, at="response.created")) as (server, _):

        async def script(client: Unjudged) -> None:
            closed = await ask_and_lose(client)
            assert closed.rcvd is None

        assert visit(server, script).types[-1] == "response.created"


def test_a_close_at_the_handshake_comes_before_any_event():
    with faulty(Fault("close", code=1013, at="handshake")) as (server, _):
        client = visit(server, lambda client: client.rest())
    assert client.events == []


def test_a_half_open_connection_says_and_answers_nothing_more():
    with faulty(Fault("half_open", at="session.created")) as (server, plan):

        async def script(client: Unjudged) -> None:
            await client.last("session.created")
            await client.say("Hello there")
            pong = asyncio.ensure_future(await client.socket.ping())
            # Other connections go on meanwhile: when a whole one has come and gone, an answer to
            # the first would have been there.
            plan.clear()
            await asyncio.to_thread(converse, server, ask)
            assert not pong.done()
            pong.cancel()
            assert client.socket.state.name == "OPEN"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.socket.recv(), 0.01)

        visit(server, script, ping_interval=None)


def test_a_half_open_connection_breaks_off_in_the_end():
    with faulty(Fault("half_open", at="session.created", lasts=0.01)) as (server, _):

        async def script(client: Unjudged) -> None:
            assert (await client.rest()).rcvd is None

        assert visit(server, script).types == ["session.created"]


@pytest.mark.parametrize(
    "fault", [Fault("expire", at="response.done"), Fault("expire", seconds=0.3)]
)
def test_a_session_expires_before_its_time(fault: Fault, dialect: str):
    with faulty(fault, session_seconds=1800) as (server, _):

        async def script(client: Unjudged) -> None:
            closed = await ask_and_lose(client)
            assert closed.rcvd is not None
            assert closed.rcvd.code == 1001
            assert closed.rcvd.reason == "Your session hit the maximum duration of 30 minutes."

        client = visit(server, script, dialect)
    assert client.events[-1]["error"]["code"] == "session_expired"


# The handshake


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_handshake_is_refused_as_azure_does(status: int):
    with faulty(Fault("refuse", status=status, count=1, retry_after=1.5)) as (server, _):
        with pytest.raises(InvalidStatus) as refused:
            visit(server, lambda client: client.rest())
        answer = refused.value.response
        assert answer.status_code == status
        assert answer.headers["retry-after"] == "2"
        assert answer.headers["retry-after-ms"] == "1500"
        assert set(json.loads(answer.body or b"")["error"]) == {"code", "message"}
        assert converse(server, ask)


def test_a_refused_connection_counts_among_the_connections_and_a_bad_key_does_not():
    with faulty(Fault("refuse", status=500, session=2)) as (server, _):
        stranger = replace(server, key="wrong")
        statuses = []
        for at in (server, stranger, server, server):
            try:
                visit(at, lambda client: client.last("session.created", "error"))
                statuses.append(101)
            except InvalidStatus as refused:
                statuses.append(refused.response.status_code)
    assert statuses[0::2] == [101, 500]
    assert statuses[3] == 101


# Responses


def test_a_response_fails_at_once(dialect: str):
    fault = Fault("fail_response", code="rate_limit_exceeded", message="Too much.", count=1)
    with faulty(fault) as (server, _):

        async def script(client: Client) -> None:
            failed = (await ask(client))["response"]
            error = failed["status_details"]["error"]
            assert failed["status"] == "failed"
            assert (error["code"], error["message"]) == ("rate_limit_exceeded", "Too much.")
            assert failed["output"] == []
            assert (await ask(client))["response"]["status"] == "completed"

        converse(server, script, dialect)


@pytest.mark.parametrize("spoken", [True, False])
def test_a_response_is_filtered_after_it_said_something(dialect: str, spoken: bool):
    engine = ScriptedEngine()
    engine.brain.answers = [("One two three four. ", "Five six seven eight.")]
    with faulty(Fault("content_filter", audio_ms=200), engine=engine) as (server, _):
        events = converse(server, lambda client: ask(client, spoken=spoken), dialect)
    response = events[-1]["response"]
    assert response["status"] == "incomplete"
    assert response["status_details"] == {"type": "incomplete", "reason": "content_filter"}
    (item,) = response["output"]
    assert item["status"] == "incomplete"
    said = item["content"][0]["transcript" if spoken else "text"]
    assert said.startswith("One two")
    assert "eight" not in said


def test_a_response_too_short_for_its_fault_ends_in_it_all_the_same():
    with faulty(Fault("content_filter", audio_ms=60_000)) as (server, _):
        assert converse(server, ask)[-1]["response"]["status"] == "incomplete"


# Transcriptions


def test_a_failed_transcription_is_told_and_the_model_understood_all_the_same(dialect: str):
    engine = ScriptedEngine()
    engine.transcriber.lines = ["What time is it"]
    fault = Fault("fail_transcription", code="audio_unintelligible")
    with faulty(fault, engine=engine) as (server, _):

        async def script(client: Client) -> None:
            await speak(client)
            failed = await client.last("conversation.item.input_audio_transcription.failed")
            assert failed["error"]["code"] == "audio_unintelligible"
            await client.send("response.create")
            await client.last("response.done")

        converse(server, script, dialect)
    assert engine.brain.prompts[0].messages[-1].text == "What time is it"


def test_a_dropped_transcription_never_comes(dialect: str):
    engine = ScriptedEngine()
    engine.transcriber.lines = ["What time is it"]
    with faulty(Fault("drop_transcription"), engine=engine) as (server, _):

        async def script(client: Client) -> None:
            await speak(client)
            await client.send("response.create")
            await client.last("response.done")

        events = converse(server, script, dialect)
    assert not [event for event in events if "transcription" in event["type"]]


def test_a_slow_transcription_comes_after_the_answer(dialect: str):
    engine = ScriptedEngine()
    engine.transcriber.lines = ["What time is it"]
    with faulty(Fault("slow_transcription", ms=500), engine=engine) as (server, _):

        async def script(client: Client) -> None:
            await speak(client)
            await client.send("response.create")
            assert (await client.last(WORDS, "response.done"))["type"] == "response.done"
            assert (await client.last(WORDS))["transcript"] == "What time is it"

        converse(server, script, dialect)


# While the server runs


def control(
    server: RunningServer, method: str, body: Any = None, key: str = CONTROL_KEY
) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{server.http_url}/lab/faults", data, {"api-key": key}, method=method
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_faults_are_seen_changed_and_ended_by_http():
    with faulty() as (server, plan):
        drop = {"kind": "drop", "at": "response.done"}
        assert control(server, "PUT", {"faults": [drop], "seed": 7}) == (
            200,
            {"seed": 7, "faults": [drop], "struck": [0]},
        )
        assert control(server, "POST", ["delay:ms=5"])[1]["faults"][1] == {"kind": "delay", "ms": 5}
        assert [str(fault) for fault in plan] == ["drop:at=response.done", "delay:ms=5"]
        seen = control(server, "GET")[1]
        assert control(server, "PUT", seen) == (200, seen)
        assert control(server, "DELETE") == (200, {"seed": 7, "faults": [], "struck": []})


def test_only_the_control_key_changes_or_shows_faults():
    with faulty() as (server, plan):
        for method in ("GET", "PUT", "POST", "DELETE"):
            assert control(server, method, ["drop"], key=KEY)[0] == 401
        assert list(plan) == []


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (5, "faults must be a list of faults"),
        ({"fault": []}, "fault: the body has no such field"),
        ({"faults": ["drop"], "seed": "x"}, "seed: it must be a whole number"),
        ([{"kind": "drop", "every": 0}], "faults[0].every: every must be a whole number"),
    ],
)
def test_a_wrong_plan_is_refused_and_the_old_one_stays(body: Any, sentence: str):
    with faulty(Fault("drop")) as (server, plan):
        for method in ("PUT", "POST"):
            status, answer = control(server, method, body)
            assert status == 400
            assert answer["error"]["message"].startswith(sentence)
        assert list(plan) == [Fault("drop")]


def test_faults_reach_sessions_that_are_open_and_leave_them_again():
    with faulty() as (server, plan):

        async def script(client: Unjudged) -> None:
            await ask(client)
            plan.set([Fault("unknown_event", at="response.created")])
            await ask(client)
            assert client.types.count(UNKNOWN) == 1
            plan.clear()
            await ask(client)
            assert client.types.count(UNKNOWN) == 1

        visit(server, script)


def test_added_faults_leave_the_counts_of_the_others():
    plan = Faults([Fault("drop", at=AUDIO, count=2)])
    session = plan.open("any")
    assert strikes(session, 3) == [1, 2]
    plan.add([Fault("duplicate")])
    assert strikes(session, 3) == []
    assert plan.as_dict()["struck"][0] == 2


def test_a_closed_session_is_forgotten():
    with faulty() as (server, plan):
        converse(server, ask)
        # A new connection is served after the old one was cleared away.
        converse(server, ask)
        assert len(plan._sessions) <= 1


# Any plan

PLANS = st.lists(
    st.builds(
        Fault,
        st.sampled_from(
            ["drop", "duplicate", "unknown_event", "error", "close", "expire", "half_open"]
        ),
        at=st.sampled_from(["*", "response.*", AUDIO, "session.created", "response.done"]),
        skip=st.integers(0, 4),
        every=st.integers(1, 3),
        count=st.none() | st.integers(1, 2),
        probability=st.sampled_from([0.1, 0.5, 1.0]),
    )
    | st.builds(Fault, st.just("jitter"), max_ms=st.sampled_from([0, 1]))
    | st.builds(
        Fault,
        st.sampled_from(["fail_response", "content_filter"]),
        audio_ms=st.sampled_from([0, 150]),
        probability=st.sampled_from([0.5, 1.0]),
    )
    | st.builds(Fault, st.sampled_from(["drop_transcription", "fail_transcription"]))
    | st.builds(Fault, st.just("refuse"), status=st.sampled_from([429, 500])),
    max_size=4,
)


class Complaints(logging.Handler):
    """Collects what the server, or the loop it runs on, logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[RunningServer, Faults]]:
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    with faulty() as made:
        yield made
    logging.getLogger().removeHandler(complaints)
    assert complaints.records == []


@settings(max_examples=40)
@given(plan=PLANS, seed=st.integers(0, 9), dialect=st.sampled_from(["ga", "preview"]))
@pytest.mark.shows("faults")
def test_no_plan_harms_the_server_or_other_sessions(
    shared: tuple[RunningServer, Faults], plan: list[Fault], seed: int, dialect: str
):
    server, faults = shared
    of = "gpt-realtime" if dialect == "ga" else "gpt-4o-realtime-preview"
    other = "preview" if dialect == "ga" else "ga"
    faults.set([Fault(**{**fault.as_dict(), "deployment": of}) for fault in plan], seed)

    async def suffer(client: Unjudged) -> None:
        try:
            async with asyncio.timeout(0.15):
                await speak(client)
                await ask(client)
        except (TimeoutError, ConnectionClosed):
            pass

    async def both() -> None:
        await asyncio.gather(
            asyncio.to_thread(hurt), asyncio.to_thread(converse, server, ask, other)
        )

    def hurt() -> None:
        try:
            visit(server, suffer, dialect)
        except InvalidStatus as refused:
            assert refused.response.status_code in (429, 500)

    asyncio.run(both())
    events = converse(server, ask, other)
    assert events[-1]["response"]["status"] == "completed"
