"""Caps: what is refused, what is set aside, and that the service falls silent in time."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import realtime_lab as rl
from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import BudgetExceeded, SessionClosed, SessionError
from realtime_lab.eventlog import prices
from realtime_lab.protocol import Cost, ResponseConfig, ResponseCreate, ServerVad
from realtime_lab.server import Fault, Faults
from realtime_lab.session import kernel_account, session_thread
from realtime_lab.session.budget import Account, Budget, Expected
from realtime_lab.session.metering import Spent, Tokens
from tests.scripted import ScriptedEngine
from tests.servers import RunningServer, running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}


def spent(tokens: int = 0, dollars: float = 0.0) -> Spent:
    return Spent(tokens=Tokens(text_in=tokens), cost=Cost(dollars, dollars), responses=1)


class TestAccount:
    def account(self, **caps: Any) -> Account:
        return Account("this session", "lab.budget = rl.Budget({what}=…)", Budget(**caps))

    def test_what_fits_is_set_aside_and_what_does_not_is_not(self):
        account = self.account(tokens=1_000)
        account.charge(spent(500))
        assert account.set_aside("a", Expected(300, None)) == ""
        refusal = account.set_aside("b", Expected(300, None))
        assert refusal == (
            "the budget is reached: this session has used 500 tokens of 1,000 tokens, 300 tokens "
            "are set aside for responses under way and the next response may need 300 tokens; "
            "raise it with lab.budget = rl.Budget(tokens=…), or end here"
        )
        account.give_back("a")
        assert account.set_aside("b", Expected(300, None)) == ""

    def test_a_cap_on_money_needs_a_price(self):
        account = self.account(dollars=1.0)
        assert "no price is known" in account.refusal(Expected(1, None))
        assert account.refusal(Expected(1, 0.5)) == ""
        account.charge(spent(1, 0.6))
        assert "$0.6000 of $1.00" in account.refusal(Expected(1, 0.5))

    def test_minutes_count_while_sessions_are_open(self):
        account, lasted = self.account(minutes=10), {"a": 4.0, "b": 1.0}
        account.opened("a", lambda: lasted["a"])
        account.opened("b", lambda: lasted["b"])
        assert account.minutes_left() == 5.0
        account.closed("a")
        lasted["a"], lasted["b"] = 99.0, 6.5
        assert account.refusal(Expected(0, 0.0)).startswith(
            "the budget is reached: this session has used 10.5 minutes of 10.0 minutes;"
        )
        assert account.spent().sessions == 2

    def test_a_session_that_ends_gives_back_what_was_set_aside_for_it(self):
        account = self.account(tokens=100)
        account.opened(1, lambda: 0.0)
        account.set_aside((1, "r"), Expected(90, None))
        account.closed(1)
        assert account.refusal(Expected(90, None)) == ""

    @pytest.mark.parametrize("caps", [{"tokens": 0}, {"dollars": -1}, {"warn_at": 0}])
    def test_caps_that_make_no_sense_are_refused(self, caps: dict[str, Any]):
        with pytest.raises(SessionError):
            Budget(**caps)

    def test_what_is_no_budget_is_refused_before_anything_is_opened(self):
        with pytest.raises(SessionError, match=r"budget is 1.5; give rl.Budget\(dollars=…\)"):
            rl.connect(budget=1.5)  # type: ignore[arg-type]

    @given(
        st.lists(st.tuples(st.integers(0, 400), st.floats(0, 1), st.integers(0, 3)), max_size=40)
    )
    def test_what_keeps_to_its_estimate_never_passes_a_cap_however_it_interleaves(self, asked):
        """Each response expects so much, uses a share of it, and ends so many requests later."""
        account, running, used = self.account(tokens=1_000), {}, 0
        for number, (expected, share, later) in enumerate(asked):
            for name in [n for n, (_, end) in running.items() if end <= number]:
                tokens, _ = running.pop(name)
                account.give_back(name)
                account.charge(spent(tokens))
                used += tokens
            if not account.set_aside(number, Expected(expected, None)):
                running[number] = (int(expected * share), number + later)
        for name, (tokens, _) in running.items():
            account.give_back(name)
            account.charge(spent(tokens))
            used += tokens
        assert account.spent().tokens.total == used <= 1_000


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def server(engine: ScriptedEngine):
    with running_server(engine) as running:
        yield running


@pytest.fixture(autouse=True)
def no_caps_on_the_kernel():
    yield
    rl.budget(reset=True)
    prices(reset=True)


@pytest.fixture(params=PATHS)
def place(request, server: RunningServer) -> rl.Endpoint:
    return rl.endpoint(server.ws_url + PATHS[request.param], api_key=server.key)


def in_lab(place, use, **options):
    async def visit():
        async with await rl.connect(place, **options) as lab:
            return await use(lab)

    return asyncio.run(visit())


def told(lab, name: str) -> list[str]:
    return [entry.event.data["told"] for entry in lab.log.events(name)]


def speech(seconds: float = 0.3) -> Clip:
    steps = np.arange(int(RATE * seconds))
    return Clip((9000 * np.sin(2 * np.pi * 220 * steps / RATE)).astype(np.int16))


async def on_thread(function, *arguments):
    async def called():
        return function(*arguments)

    return await session_thread().call(called(), "test")


def test_every_turn_and_session_tells_what_it_cost(place, engine):
    engine.transcriber.lines.append("what is the time")

    async def use(lab):
        turns = [await lab.say("Hello there"), await lab.speak(speech())]
        return lab, turns

    lab, turns = in_lab(place, use)
    spent = lab.cost
    assert all(turn.cost.dollars > 0 for turn in turns)
    assert spent.dollars == pytest.approx(sum(turn.cost.dollars for turn in turns))
    assert spent.tokens.total == sum(turn.usage.total_tokens for turn in turns)
    assert spent.responses == 2
    assert spent.transcriptions == 1
    assert spent.minutes > 0
    assert "nothing is billed here" in repr(spent)
    assert f"tokens, {turns[0].cost}" in repr(turns[0])
    assert str(turns[0].cost) in turns[0]._repr_html_()


def test_the_kernel_adds_up_its_sessions(place):
    before = rl.cost()
    sums = [in_lab(place, lambda lab: lab.say("Hello")).usage.total_tokens for _ in range(2)]
    after = rl.cost()
    assert after.tokens.total - before.tokens.total == sum(sums)
    assert after.sessions - before.sessions == 2
    assert after.minutes > before.minutes


def test_a_budget_of_a_thousand_tokens_stops_before_the_next_response(place):
    async def use(lab):
        said = 0
        with pytest.raises(BudgetExceeded) as refused:
            for _ in range(20):
                await lab.say("Tell me more about the weather")
                said += 1
        asked = len(lab.log.events("response.create"))
        return lab, said, asked, str(refused.value)

    lab, said, asked, sentence = in_lab(place, use, budget=rl.Budget(tokens=1_000))
    assert 0 < said < 20
    assert asked == said, "the refused one was not sent"
    assert lab.cost.tokens.total <= 1_000
    assert "this session has used" in sentence
    assert "raise it with lab.budget = rl.Budget(tokens=…)" in sentence
    assert told(lab, "lab.budget_reached") == [sentence]
    assert len(told(lab, "lab.budget_near")) <= 1
    assert len(lab.turns) == said, "a refused turn is no turn"


def test_a_raised_budget_lets_the_session_go_on(place):
    async def use(lab):
        await lab.say("Hello")
        lab.budget = rl.Budget(tokens=1)
        with pytest.raises(BudgetExceeded):
            await lab.say("Hello")
        lab.budget = rl.Budget(tokens=100_000)
        return await lab.say("Hello again")

    assert in_lab(place, use).transcript == "You said: Hello again."


def test_it_warns_once_at_the_share_asked_for(place):
    async def use(lab):
        await lab.say("Hello")
        used = lab.cost.tokens.total
        lab.budget = rl.Budget(tokens=10 * used, warn_at=0.1)
        await lab.say("Hello")
        return lab

    lab = in_lab(place, use)
    (warning,) = told(lab, "lab.budget_near")
    assert warning.startswith("10% of the budget: this session has used")


def test_money_is_capped_for_all_sessions_together(place):
    async def use(lab):
        await lab.say("Hello")
        rl.budget(dollars=(rl.cost().dollars or 0.0) + 1e-6)
        with pytest.raises(BudgetExceeded, match=r"this kernel has used .*rl.budget\(dollars=…\)"):
            await lab.say("Hello")

    in_lab(place, use)


def test_without_a_price_a_cap_on_money_lets_nothing_through(server):
    place = rl.endpoint(server.ws_url + "/v1/realtime?model=gpt-realtime", api_key=server.key)

    async def use(lab):
        lab.session.config.model = "mine"
        with pytest.raises(BudgetExceeded, match="no price is known"):
            await lab.say("Hello")
        prices({"mine": "gpt-realtime"})
        return await lab.say("Hello")

    assert in_lab(place, use, budget=rl.Budget(dollars=1)).transcript


def test_a_request_sent_past_the_gate_is_refused_too(place):
    async def use(lab):
        with pytest.raises(BudgetExceeded):
            await lab.send(ResponseCreate())
        return len(lab.log.events("response.create"))

    assert in_lab(place, use, budget=rl.Budget(tokens=10)) == 0


def test_parallel_responses_share_what_is_left(server, engine):
    """None has ended when the next is asked for: only what is set aside holds them back."""
    place = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)
    engine.brain.answers = [["One. ", "Two."] for _ in range(10)]

    async def use(lab):
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ask_all():
            refused = 0
            for _ in range(10):
                config = ResponseConfig(conversation="none", instructions="Count to two.")
                try:
                    lab.session.send(ResponseCreate(response=config))
                except BudgetExceeded:
                    refused += 1
            return refused

        engine.brain.gate = asyncio.Event()
        refused = await on_thread(ask_all)

        def listen(_):
            if len(lab.log.events("response.done")) == 10 - refused:
                loop.call_soon_threadsafe(ended.set)

        lab.session.subscribe(listen)
        server.loop.call_soon_threadsafe(engine.brain.gate.set)
        await ended.wait()
        return refused, lab.cost.tokens.total

    refused, used = in_lab(place, use, budget=rl.Budget(tokens=1_000))
    assert 0 < refused < 10
    assert used <= 1_000


def test_the_answer_to_a_tool_that_no_longer_fits_ends_the_turn(place, engine):
    def weather() -> str:
        """Tell the weather."""
        lab_box[0].session.limits.spending.budget = rl.Budget(tokens=1)
        return "rain"

    lab_box: list[Any] = []
    engine.brain.answers = [[ToolCall("weather", "{}")], ["It rains."]]

    async def use(lab):
        lab_box.append(lab)
        with pytest.raises(BudgetExceeded):
            await lab.say("How is the weather?")
        return [e.type for e in lab.log.events("response.create")]

    assert len(in_lab(place, use, tools=[weather])) == 1


def test_hands_free_the_service_is_told_not_to_answer_any_more(place, engine):
    engine.transcriber.lines += ["first", "second"]

    async def settled(lab):
        updates = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(entry):
            if entry.type == "session.updated":
                loop.call_soon_threadsafe(updates.set)

        lab.session.subscribe(listen)
        lab.budget = rl.Budget(tokens=1)
        await updates.wait()
        with pytest.raises(BudgetExceeded):
            await lab.speak(speech())

    async def both(lab):
        await lab.speak(speech())
        await settled(lab)
        return lab.session.turn_detection, lab

    detection, lab = in_lab(place, both)
    assert isinstance(detection, ServerVad)
    assert detection.create_response is False
    assert detection.silence_duration_ms == 500, "the rest stays as it was"
    assert len(told(lab, "lab.budget_reached")) == 1
    assert len(lab.log.events("response.created")) == 1


def test_an_answer_that_the_service_begins_all_the_same_is_cancelled(place, engine):
    """The microphone is open and the service has not been told yet."""
    engine.transcriber.lines += ["first"]
    engine.brain.answers = [["One. ", "Two."]]
    engine.brain.gate = asyncio.Event()

    async def use(lab):
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(entry):
            if entry.type == "response.done":
                loop.call_soon_threadsafe(ended.set)

        lab.session.subscribe(listen)

        def talk():
            # Past the update that switches it off: as if that was still on its way.
            lab.session.limits.spending._switched_off = 2
            lab.session.limits.spending.budget = rl.Budget(tokens=1)
            lab.session.feed_microphone(speech(0.3).pcm + bytes(RATE * 2))

        await on_thread(talk)
        await ended.wait()
        return lab.log.events("response.done")[-1].event.response.status

    assert in_lab(place, use) == "cancelled"


def test_a_service_that_has_no_such_switch_gets_push_to_talk(engine):
    """The first service refuses `create_response`."""
    name = "gpt-4o-realtime-preview"
    with running_server(engine, profiles={name: f"{name}-2024-10-01-launch"}) as server:
        place = rl.endpoint(server.ws_url + PATHS["preview"], api_key=server.key)

        async def use(lab):
            switched = asyncio.Event()
            loop = asyncio.get_running_loop()

            def listen(entry):
                if entry.type == "session.updated" and not lab.session.hands_free:
                    loop.call_soon_threadsafe(switched.set)

            lab.session.subscribe(listen)
            lab.budget = rl.Budget(tokens=1)
            await switched.wait()
            return len(lab.log.events("session.update"))

        plain = ServerVad(silence_duration_ms=300)
        asked = in_lab(place, use, turn_detection=plain)
        assert asked == 3, "the settings, the switch, and then push-to-talk"


def test_a_push_to_talk_turn_that_does_not_fit_is_not_taken(place):
    async def use(lab):
        def press():
            lab.session.feed_microphone(speech(0.3).pcm)
            return lab.session.commit_turn()

        answered = await on_thread(press)
        return answered, [e.type for e in lab.log.events(direction="sent")]

    answered, sent = in_lab(place, use, turn_detection=None, budget=rl.Budget(tokens=1))
    assert answered is False
    assert "input_audio_buffer.commit" not in sent
    assert "response.create" not in sent


def test_a_response_that_a_lost_connection_took_is_counted_as_untold(engine):
    lost = Faults([Fault("close", code=1011, at="response.output_audio.delta")])
    with running_server(engine, faults=lost) as server:
        place = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)

        async def use(lab):
            with pytest.raises(SessionClosed):
                await lab.say("Hello")
            return lab.cost

        used = in_lab(place, use, reconnect=None, budget=rl.Budget(tokens=10_000))
    assert (used.responses, used.untold, used.tokens.total) == (1, 1, 0)
    assert "that may be billed too" in repr(used)


def test_kernel_caps_are_kept_unless_given_anew():
    assert rl.budget() is None
    assert rl.budget(dollars=5) == Budget(dollars=5)
    assert rl.budget(minutes=30) == Budget(dollars=5, minutes=30)
    assert kernel_account().budget == Budget(dollars=5, minutes=30)
    assert rl.budget(reset=True) is None


def test_a_projection_is_compared_with_what_was_used(place):
    async def use(lab):
        projected = lab.project(turns=3, seconds_in=0, seconds_out=0.4)
        for _ in range(3):
            await lab.say("Hi there")
        return projected, lab.projection.against(lab)

    projected, comparison = in_lab(place, use)
    assert comparison.projection is projected
    assert len(comparison.actual) == 3
    assert abs(comparison.error) < 0.5
    assert "3 of both" in repr(comparison)
    assert "<table" in comparison._repr_html_()
