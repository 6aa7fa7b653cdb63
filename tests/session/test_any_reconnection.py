"""Whenever a connection is lost, and whatever was on its way, nothing of the session is lost.

All that `Interleaving` does, and connections that break off one after the other, on any event.
"""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from realtime_lab.protocol import FunctionCallOutput, InputAudioBufferAppend, Message
from realtime_lab.session import Endpoint, Reconnect, Settings, Surroundings
from realtime_lab.session.continuity import Continuity

from .scripted_service import MS, Line, ScriptedService
from .test_any_interleaving import Interleaving


class Listening(ScriptedService):
    """Hears that somebody speaks when audio arrives."""

    def _input_audio_buffer_append(self, event: InputAudioBufferAppend) -> None:
        if not self.speaking and not self.stopped:
            self.user_starts()
        self.heard_ms += len(event.audio) // MS


class Network:
    """Leads every connection to another session of the service."""

    text_only = False

    def __init__(self, machine: Reconnecting) -> None:
        self._machine = machine

    def fall_back(self) -> bool:
        return False

    async def find(self, *, ask: bool) -> Endpoint:
        return Endpoint("ws://127.0.0.1/v1/realtime", self._machine.dialect, "some-model")

    async def connect(self, endpoint: Endpoint, mark: Any) -> Line:
        mark("lab.connected", host=endpoint.host, model=endpoint.model, dialect=endpoint.dialect)
        return self._machine.connected()


class Reconnecting(Interleaving):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1000)
        self.keeps_ids = True
        self.before: list[ScriptedService] = []

    @initialize(keeps_ids=st.sampled_from([True, True, False]))
    def names_items(self, keeps_ids: bool) -> None:
        self.keeps_ids = keeps_ids

    def service_for(self, dialect: Any) -> ScriptedService:
        return Listening(dialect, **self.options)

    @precondition(lambda self: not self.service.speaking and not self.service.stopped)
    @rule()
    def start_speaking(self) -> None:
        self.do(lambda: self.session.feed_microphone(bytes(100 * MS)))

    def opened(self) -> None:
        async def goes_on() -> None:
            around = Surroundings(Random(1), sleep=self.moment)
            plan = Reconnect(tries=100, within=1e9)
            wanted = Settings().config([])
            network: Any = Network(self)
            self.session.go_on_with(Continuity(self.session, network, wanted, plan, around))

        self.loop.run_until_complete(goes_on())

    async def moment(self, seconds: float) -> None: ...

    def connected(self) -> Line:
        self.before.append(self.service)
        self.service = Listening(
            self.dialect, keeps_ids=self.keeps_ids, numbers=self.numbers, **self.options
        )
        return self.service.line

    @precondition(lambda self: len(self.log) > 10)
    @rule()
    def cut(self) -> None:
        self.lost_something = True
        self.cuts += 1
        self.service.line.cut()
        self.loop.rest()

    def check_conversation(self) -> None:
        """What the service knows is in the account, in its order; what it does not know is told."""
        if not self.before:
            super().check_conversation()
            return
        account = [str(item.id) for item in self.session.conversation]
        assert len(set(account)) == len(account)
        if not self.keeps_ids:
            return
        theirs = [str(i.id) for i in self.service.conversation if self.must_be_known(i)]
        assert [item_id for item_id in account if item_id in theirs] == theirs
        left_out = {
            one["item_id"]
            for mark in self.log.events("lab.reconnected")
            for one in mark.event.data["left_out"]
        }
        missing = set(account) - {str(item.id) for item in self.service.conversation} - left_out
        assert not missing or self.unannounced

    @invariant()
    def no_call_is_answered_twice(self) -> None:
        if not self.may_be_told_twice:
            super().no_call_is_answered_twice()

    @property
    def may_be_told_twice(self) -> bool:
        """Whether items were confirmed so late, under other ids, that nobody waited for it."""
        again = (mark.event.data for mark in self.log.events("lab.reconnected"))
        return not self.keeps_ids and any(told["unconfirmed"] for told in again)

    def check_outputs(self) -> None:
        if self.may_be_told_twice:
            return
        items = list(self.service.conversation)
        calls = [i.call_id for i in items if isinstance(i, FunctionCallOutput)]
        assert len(calls) == len(set(calls))

    def check_end(self) -> None:
        super().check_end()
        assert self.session.state == "open"
        self.check_outputs()
        said = [i for i in self.service.conversation if isinstance(i, Message)]
        assert all(item.content for item in said if item.role == "user")

    def check_log(self) -> None:
        entries = list(self.log)
        assert [e.seq for e in entries] == list(range(len(entries)))
        lines = [service.line for service in (*self.before, self.service)]
        received = [e.data for e in entries if e.direction == "received"]
        for line in lines:
            known = 0
            while known < len(line.delivered) and received[:1] == line.delivered[known : known + 1]:
                received.pop(0)
                known += 1
        assert received == [], "something that came is in the log out of its order"


def test_any_loss_of_the_connection_keeps_what_must_hold():
    most = settings().max_examples
    examples, steps = (most, 60) if most > 100 else (80, 40)
    run_state_machine_as_test(
        Reconnecting,
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
    )
