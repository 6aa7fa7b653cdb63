"""Whatever happens in whatever order, what must hold of a session holds.

The user speaks, types, presses stop and listens, the model speaks and calls tools that take their
time, each side's events arrive when they like, once, twice or (announcements and transcripts) not
at all, the line is cut: all in any order, on a loop whose time is turned by hand.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from realtime_lab.errors import RealtimeLabError
from realtime_lab.eventlog import EventLog, LogEntry
from realtime_lab.protocol import (
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    Item,
    ItemAdded,
    ItemDone,
    ItemTruncate,
    OutputAudioDelta,
    ResponseConfig,
    ResponseCreate,
    ResponseCreated,
    ServerEvent,
    StreamChecker,
    item_text,
)
from realtime_lab.session import Endpoint, RealtimeSession
from realtime_lab.tools import ToolRegistry, ToolRunner, tool

from .scripted_service import MS, ScriptedService, VirtualLoop

ANNOUNCEMENTS = (
    ItemAdded,
    ItemDone,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
)


class Ear:
    """A player that is moved on by hand."""

    def __init__(self) -> None:
        self.queued: dict[str, float] = {}
        self.position: dict[str, float] = {}
        self.stopped: list[tuple[str, float]] = []

    def play(self, item_id: str, pcm: bytes) -> None:
        self.queued[item_id] = self.queued.get(item_id, 0.0) + len(pcm) / MS / 1000

    def finish(self, item_id: str) -> None: ...

    def stop(self) -> None:
        self.stopped += [(i, self.position.get(i, 0.0)) for i in self.queued]
        self.queued.clear()

    def move(self, seconds: float) -> list[tuple[str, float]]:
        """Play on; the positions to be reported."""
        told = []
        for item_id, length in self.queued.items():
            before = self.position.get(item_id, 0.0)
            now = min(length, before + seconds)
            self.position[item_id] = now
            seconds -= now - before
            if now > before:
                told.append((item_id, now))
        return told


class Interleaving(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.asks: list[asyncio.Future[Any]] = []
        self.tools: list[asyncio.Future[str]] = []
        self.session: RealtimeSession | None = None
        self.is_cut = self.lost_something = False
        self.cuts = 0
        """Connections that were lost, and followed by another."""
        self.unannounced: set[str] = set()
        """Items of which every announcement was lost."""
        self.ear: Ear | None = None

    @initialize(
        dialect=st.sampled_from(["ga", "preview"]),
        repeats=st.booleans(),
        takes_metadata=st.sampled_from([True, True, False]),
        has_codes=st.booleans(),
        listens=st.sampled_from([True, True, True, False]),
        answers=st.sampled_from([True, True, False]),
    )
    def connect(
        self,
        dialect: Any,
        repeats: bool,
        takes_metadata: bool,
        has_codes: bool,
        listens: bool,
        answers: bool,
    ) -> None:
        self.dialect = dialect
        self.options = {
            "repeats": repeats, "takes_metadata": takes_metadata, "has_codes": has_codes,
        }  # fmt: skip
        self.service = self.service_for(dialect)
        self.log = EventLog(clock=self.loop.time, dialect=dialect)
        registry = ToolRegistry([tool(self.slow)])
        runner = ToolRunner(registry, clock=self.loop.time) if answers else None
        here = Endpoint("ws://127.0.0.1/v1/realtime", dialect, "some-model")

        async def opened() -> RealtimeSession:
            return RealtimeSession(self.service.line, here, self.log, runner)

        self.session = self.loop.run_until_complete(opened())
        if listens:
            self.ear = Ear()
            self.session.attach_player(self.ear)
        self.opened()
        self.running = self.loop.create_task(self.session.run())
        self.arrive(1)

    def opened(self) -> None:
        """The session is there, and nothing has come yet."""

    def service_for(self, dialect: Any) -> ScriptedService:
        return ScriptedService(dialect, **self.options)

    async def slow(self) -> str:
        """Takes as long as it likes."""
        self.tools.append(self.loop.create_future())
        return await self.tools[-1]

    # -- what arrives ----------------------------------------------------------------------------

    @rule(count=st.integers(1, 12))
    def arrive(self, count: int) -> None:
        for _ in range(count):
            self.service.deliver()
        self.loop.rest()

    @rule()
    def all_arrives(self) -> None:
        while self.service.outgoing or self.service.line.to_service:
            while self.service.take() or self.service.deliver():
                pass
            self.loop.rest()

    @precondition(lambda self: self.next_is(ResponseCreated))
    @rule()
    def lose_the_beginning(self) -> None:
        """``response.created`` does not arrive, as was seen in fast interruptions."""
        self.lose()

    @precondition(lambda self: self.next_is(*ANNOUNCEMENTS))
    @rule()
    def lose_an_announcement(self) -> None:
        """A user's item, its commit, its words, or an item of the model is not told of."""
        event = self.service.next
        if isinstance(event, ItemAdded):
            self.unannounced.add(str(event.item.id))
        self.lose()

    @precondition(lambda self: self.next_is(ServerEvent))
    @rule(times=st.integers(2, 3))
    def arrive_again(self, times: int) -> None:
        """An event arrives more than once."""
        self.service.deliver(times=times)

    def lose(self) -> None:
        self.lost_something = True
        self.service.deliver(times=0)

    def next_is(self, *kinds: type) -> bool:
        return self.session is not None and isinstance(self.service.next, kinds)

    @rule(count=st.integers(1, 5))
    def arrive_at_service(self, count: int) -> None:
        for _ in range(count):
            self.service.take()

    # -- what the user does ----------------------------------------------------------------------

    @rule(patience=st.sampled_from([2.0, 1e6]), arrives=st.booleans())
    def say(self, patience: float, arrives: bool) -> None:
        self.asks.append(self.loop.create_task(self.session.say("words", timeout=patience)))
        self.loop.rest()
        if arrives:
            self.all_arrives()

    @rule()
    def press_stop(self) -> None:
        self.do(self.session.interrupt)

    @precondition(lambda self: not self.is_cut)
    @rule()
    def ask_aside(self) -> None:
        aside = ResponseCreate(response=ResponseConfig(conversation="none"))
        self.do(lambda: self.session.ask(aside))

    @precondition(lambda self: not self.is_cut)
    @rule()
    def ask_past_the_gate(self) -> None:
        self.do(lambda: self.session.send(ResponseCreate()))

    @precondition(lambda self: not self.service.speaking and not self.service.stopped)
    @rule()
    def start_speaking(self) -> None:
        self.service.user_starts()

    @precondition(lambda self: self.service.speaking)
    @rule()
    def stop_speaking(self) -> None:
        self.service.user_stops()

    @precondition(lambda self: self.ear)
    @rule(ms=st.sampled_from([100, 300]), seconds=st.sampled_from([0.05, 0.29, 5.0]))
    def hear_the_model(self, ms: int, seconds: float) -> None:
        """It is asked unless it was, speaks, and some of that is heard."""
        if self.service.writer is None:
            self.say(1e6, arrives=True)
        if self.service.writer is not None:
            self.speak(ms)
            self.all_arrives()
            self.listen(seconds, tells=True)

    @precondition(lambda self: self.ear)
    @rule(seconds=st.sampled_from([0.0, 0.03, 0.1, 5.0]), tells=st.booleans())
    def listen(self, seconds: float, tells: bool) -> None:
        told = [*self.ear.stopped, *self.ear.move(seconds)]
        self.ear.stopped = []
        if tells:
            for item_id, position in told:
                self.do(lambda i=item_id, p=position: self.session.playback.played(i, p))

    # -- what the service does -------------------------------------------------------------------

    @precondition(lambda self: self.service.stopped)
    @rule(responds=st.sampled_from([True, True, True, False]))
    def commit(self, responds: bool) -> None:
        self.service.commit()
        if responds:
            self.service.begin_by_itself()

    @precondition(lambda self: self.service.untranscribed)
    @rule(last=st.booleans(), fails=st.booleans())
    def transcribe(self, last: bool, fails: bool) -> None:
        self.service.transcribe(-1 if last else 0, fails=fails)

    @precondition(lambda self: self.service.writer)
    @rule(ms=st.sampled_from([10, 100, 300]))
    def speak(self, ms: int) -> None:
        if self.service.part is None:
            self.service.open_message()
        self.service.speak(ms)

    @precondition(lambda self: not self.service.part)
    @rule(count=st.integers(1, 3), arrives=st.booleans())
    def call_tools(self, count: int, arrives: bool) -> None:
        if self.service.writer is None:
            self.say(1e6, arrives=True)
        if self.service.writer is None:
            return
        for _ in range(count):
            self.service.call("slow")
        if arrives:
            self.service.end("completed")
            self.all_arrives()

    @precondition(lambda self: self.service.writer)
    @rule(status=st.sampled_from(["completed", "completed", "completed", "incomplete", "failed"]))
    def end(self, status: str) -> None:
        if self.service.part and status == "completed":
            self.service.close_message()
        self.service.end(status)

    # -- the rest of the world -------------------------------------------------------------------

    @precondition(lambda self: any(not one.done() for one in self.tools))
    @rule(last=st.booleans(), outcome=st.sampled_from(["fine", "fails", "half \ud800"]))
    def finish_tool(self, last: bool, outcome: str) -> None:
        waiting = [one for one in self.tools if not one.done()]
        one = waiting[-1 if last else 0]
        if outcome == "fails":
            one.set_exception(RuntimeError("broken"))
        else:
            one.set_result(outcome)
        self.loop.rest()

    @rule(seconds=st.sampled_from([0.3, 3.1, 11.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.loop.now += seconds
        self.loop.rest()

    @precondition(lambda self: len(self.log) > 60)
    @rule()
    def cut(self) -> None:
        self.is_cut = True
        self.service.line.cut()
        self.loop.rest()

    def do(self, call: Any) -> None:
        async def done() -> None:
            call()

        self.loop.run_until_complete(done())
        self.loop.rest()

    # -- what must hold --------------------------------------------------------------------------

    @invariant()
    def only_one_request_is_on_its_way(self) -> None:
        if self.session is None or self.loop.now >= 30.0:
            return  # what is not answered in time is given up
        if self.service.began_by_itself and not self.has_repeated:
            return  # its own responses can be mistaken for answers
        decoded = map(self.service.dialect.decode_client, self.service.line.to_service)
        ours = [
            event
            for event in decoded
            if isinstance(event, ResponseCreate)
            and event.response  # those past the gate have none, as ours without metadata
            and event.response.conversation != "none"
        ]
        assert len(ours) <= 1

    @property
    def has_repeated(self) -> bool:
        """Whether the client has seen that the service repeats what it is told."""
        created = (entry.event for entry in self.log.events("response.created"))
        return any(event.response.metadata for event in created)

    @invariant()
    def no_call_is_answered_twice(self) -> None:
        if self.session is not None:
            assert all(count == 1 for count in self.service.answered.values())

    def teardown(self) -> None:
        if self.session is None:
            self.loop.close()
            return
        try:
            self.come_to_rest()
            self.check_end()
            self.check_truncations()
            self.check_log()
        finally:
            self.do(lambda: None)
            self.loop.run_until_complete(self.session.close())
            self.service.line.cut()
            self.loop.rest()
            for one in (self.running, *self.asks):
                one.cancel()
            self.loop.rest()
            self.loop.close()

    def come_to_rest(self) -> None:
        """The user is silent, the model finishes, tools end, all arrives, and time passes."""
        rounds = 0
        while rounds < 12:
            quiet = not self.service.outgoing and not self.service.line.to_service
            while self.service.take():
                pass
            if self.service.speaking:
                self.service.user_stops()
            if self.service.stopped:
                self.service.commit()
                self.service.begin_by_itself()
            if self.service.writer is not None:
                self.service.end("completed")
            while self.service.deliver():
                pass
            for one in self.tools:
                if not one.done():
                    one.set_result("late")
            self.loop.rest()
            if quiet:
                rounds += 1
                self.loop.now += 6.0
                self.loop.rest()

    def check_end(self) -> None:
        assert all(one.done() for one in self.asks), "a turn hangs"
        for one in self.asks:
            error = one.exception()
            assert error is None or isinstance(error, RealtimeLabError), repr(error)
        for turn in self.session.turns:
            assert turn.status != "in_progress"
            assert turn.status in ("completed", "cancelled") or turn.problem
        if self.is_cut:
            assert self.session.state == "closed"
            return
        assert self.session.is_quiet
        self.check_conversation()
        for turn in self.session.turns:
            assert self.cuts or all(r.status != "in_progress" for r in turn.responses), turn
            for heard in turn.heard_by_item.values():
                assert heard.text in turn.said
            if turn.ledger is not None and turn.ledger.played_ms is not None:
                assert 0 <= turn.ledger.played_ms <= turn.ledger.sent_ms
                assert 0 <= turn.ledger.believed_ms <= turn.ledger.sent_ms
        if not self.lost_something:
            began = [e for e in self.once() if isinstance(e.event, ResponseCreated)]
            owned = [r.id for turn in self.session.turns for r in turn.responses]
            beside = [e for e in began if e.event.response.conversation_id is None]
            assert len(owned) == len(set(owned)) == len(began) - len(beside)

    def check_truncations(self) -> None:
        received: dict[str, int] = defaultdict(int)
        for entry in self.once():
            event = entry.event
            if isinstance(event, OutputAudioDelta):
                received[event.item_id] += len(event.delta)
            elif isinstance(event, ItemTruncate):
                assert 0 < event.audio_end_ms <= received[event.item_id] / MS

    def check_log(self) -> None:
        entries = list(self.log)
        assert [e.seq for e in entries] == list(range(len(entries)))
        assert all(a.at <= b.at for a, b in pairwise(entries))
        line = self.service.line
        sent = [e.data for e in entries if e.direction == "sent"]
        assert sent[: len(line.sent)] == line.sent
        received = [e.data for e in entries if e.direction == "received"]
        assert received == line.delivered[: len(received)]
        if not self.is_cut:
            assert len(received) == len(line.delivered)
        if not self.lost_something:
            checker = StreamChecker(self.dialect)
            wire = (e for e in self.once() if e.direction != "local")
            found = [v for e in wire for v in checker.apply(e.event)]
            assert not found, found

    def once(self) -> list[LogEntry]:
        """The log without what came a second time."""
        again = {mark.event.data["seq"] for mark in self.log.events("lab.duplicate")}
        return [entry for entry in self.log if entry.seq not in again]

    def check_conversation(self) -> None:
        """It is the service's, in its order; what may be missing was never told of."""
        theirs = [item for item in self.service.conversation if self.must_be_known(item)]
        known = {str(item.id) for item in theirs}
        ours = [item for item in self.session.conversation if str(item.id) in known]
        assert [item.id for item in ours] == [item.id for item in theirs]
        assert list(map(item_text, ours)) == list(map(item_text, theirs)) or self.lost_something
        beyond = len(self.session.conversation) - len(ours)
        assert beyond <= len(self.service.conversation) - len(theirs)
        if not self.lost_something:
            assert beyond == 0

    def must_be_known(self, item: Item) -> bool:
        return str(item.id) not in self.unannounced


def test_any_interleaving_keeps_what_must_hold():
    most = settings().max_examples
    examples, steps = (most, 60) if most > 100 else (120, 40)
    run_state_machine_as_test(
        Interleaving,
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
    )
