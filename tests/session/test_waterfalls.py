"""Waterfalls of whole sessions, against services whose delays are known to the millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import realtime_lab as rl
from realtime_lab.errors import ResponseFailed
from realtime_lab.eventlog import SPEECH_END, EventLog, Turn, diff
from realtime_lab.protocol import OutputTextDelta

from .test_interrupting import Scene

FRAME = b"\x10\x00" * 480
"""20 ms of sound."""


class Timed(Scene):
    """A session in which so many milliseconds pass between one thing and the next."""

    def after(self, ms: float, call: Callable[[], object] | None = None) -> None:
        self.wait(ms / 1000)
        if call is not None:
            self.do(call)
        self.flow()

    def user_says_something(self) -> None:
        """200 ms of speech; the service notices its end 500 ms later, and takes it 10 ms later."""
        self.after(0, lambda: self.session.feed_microphone(FRAME))
        self.after(40, self.service.user_starts)
        for _ in range(8):
            self.after(20, lambda: self.session.feed_microphone(FRAME))
        self.after(0, lambda: self.session.mark(SPEECH_END))
        self.after(500, self.service.user_stops)
        self.after(10, self.service.commit)

    def plays(self, seconds: float) -> None:
        assert self.service.writer
        self.played(self.service.writer.item_id, seconds)

    @property
    def turn(self) -> Turn:
        """The last turn, as the log tells it."""
        return self.log.turn(self.log.turn_numbers[-1])

    @property
    def steps(self) -> dict[str, float]:
        """What each step of its waterfall took, in ms."""
        return {s.label: round(1000 * s.seconds, 3) for s in self.turn.waterfall.steps}


@pytest.fixture(params=["ga", "preview"])
def timed(request: pytest.FixtureRequest) -> Iterator[Timed]:
    timed = Timed(request.param, tools=True)
    timed.wait(1.0)
    yield timed
    timed.close()


def spoken(timed: Timed) -> None:
    """A turn up to its first sound, which the player reports 80 ms after it came."""
    timed.user_says_something()
    timed.after(90, timed.service.begin_by_itself)
    timed.after(120, timed.service.open_message)
    timed.after(30, lambda: timed.service.speak(400))
    timed.wait(0.08)
    timed.plays(0.05)


def test_a_spoken_turn(timed: Timed):
    spoken(timed)
    timed.after(300, lambda: timed.service.speak(100))
    timed.after(5, timed.service.close_message)
    timed.after(15, lambda: timed.service.end("completed"))
    timed.wait(0.2)
    timed.played(timed.service.conversation.last_id or "", 0.5)
    assert timed.steps == {
        "VAD stop": 500,
        "committed": 10,
        "response created": 90,
        "first text": 150,
        "first audio": 0,
        "first played": 30,
    }
    assert timed.turn.latency.as_ms() == {
        "microphone_to_sent": 140,  # what was sent before VAD start belongs to no turn
        "sent_to_speech_end": 0,
        "speech_end_to_stopped": 500,
        "speech_stopped_to_committed": 10,
        "committed_to_created": 90,
        "created_to_first_text": 150,
        "first_text_to_first_audio": 0,
        "created_to_first_audio": 150,
        "first_audio_to_played": 30,
        "played_to_last": 570,
        "speech_end_to_first_audio": 750,
        "speech_end_to_played": 780,
        "total": 1150,
    }
    waterfall = timed.turn.waterfall
    assert waterfall.zero == "speech_end"
    assert [(s.label, round(s.begin, 3), round(s.end, 3)) for s in waterfall.spans] == [
        ("user speaks", -0.14, 0.0),
        ("response", 0.6, 1.15),
        ("audio played", 0.78, 1.35),
    ]
    assert [(round(at, 3), length) for at, length in waterfall.received] == [
        (0.75, 0.4),
        (1.13, 0.5),
    ]
    assert [(bill.label, round(bill.at, 3), bill.tokens) for bill in waterfall.bills] == [
        ("response 1", 1.15, 7)
    ]
    assert waterfall.tokens == 7
    assert waterfall.interrupted_at is None


def test_a_typed_turn(timed: Timed):
    timed.say()
    timed.wait(0.04)
    timed.flow()
    timed.after(200, timed.service.open_message)
    timed.after(0, lambda: timed.service.speak(100))
    timed.after(10, lambda: timed.service.end("completed"))
    waterfall = timed.turn.waterfall
    assert waterfall.zero == "typed"
    assert timed.steps == {
        "requested": 0,
        "response created": 40,
        "first text": 200,
        "first audio": 0,
    }
    assert timed.turn.latency.as_ms()["request_to_first_audio"] == 240


def test_a_turn_with_a_tool(timed: Timed):
    timed.say()
    timed.flow()
    timed.after(100, lambda: timed.service.call("slow"))
    timed.after(20, lambda: timed.service.end("completed"))
    timed.after(300, lambda: timed.waits["slow"].set_result("done"))
    timed.after(50, timed.service.open_message)
    timed.after(0, lambda: timed.service.speak(100))
    timed.after(10, lambda: timed.service.end("completed"))
    assert timed.steps == {
        "requested": 0,
        "response created": 0,
        "tool called": 100,
        "tool answered": 320,
        "response 2 created": 0,
        "first text": 50,
        "first audio": 0,
    }
    spans = {span.label: round(span.end - span.begin, 3) for span in timed.turn.waterfall.spans}
    assert spans == {"response 1": 0.12, "tool slow": 0.32, "response 2": 0.06}
    assert timed.turn.latency.tool_called_to_answered == pytest.approx(0.32)
    assert [bill.label for bill in timed.turn.waterfall.bills] == ["response 1", "response 2"]


def test_an_interrupted_turn_ends_where_the_player_stopped(timed: Timed):
    spoken(timed)
    item = timed.service.writer.item_id if timed.service.writer else ""
    timed.after(100, timed.session.interrupt)
    timed.wait(0.02)
    timed.played(item, 0.15)
    timed.flow()
    turn = timed.log.turn(1)
    assert turn.interrupted
    # The player stopped after 30 ms of the way to the ear, and 50 + 100 + 20 ms.
    assert turn.latency.played_to_last == pytest.approx(0.17)
    assert turn.waterfall.interrupted_at == pytest.approx(0.95)
    assert [s.label for s in turn.waterfall.spans if s.who == "service"] == ["response, cancelled"]


def test_a_failed_turn_ends_with_its_response(timed: Timed):
    saying = timed.say()
    timed.flow()
    timed.after(70, lambda: timed.service.end("failed"))
    assert isinstance(saying.exception(), ResponseFailed)
    assert timed.steps == {"requested": 0, "response created": 0, "response done": 70}
    assert timed.turn.latency.as_ms() == {"request_to_created": 0, "total": 70}


def test_a_written_answer_ends_with_its_first_word(timed: Timed):
    timed.say()
    timed.flow()
    place = {"response_id": "resp", "item_id": "item", "output_index": 0, "content_index": 0}
    if timed.service.writer:
        place["response_id"] = timed.service.writer.response.id
    timed.after(60, lambda: timed.service.tell(OutputTextDelta(**place, delta="Yes")))
    timed.after(40, lambda: timed.service.end("completed"))
    assert timed.steps == {"requested": 0, "response created": 0, "first text": 60}


def test_the_waterfall_of_the_log_says_what_the_turns_say(timed: Timed):
    spoken(timed)
    timed.wait(0.4)
    timed.plays(0.4)
    timed.after(10, timed.service.close_message)
    timed.after(10, lambda: timed.service.end("completed"))
    timed.say()
    timed.flow()
    timed.after(70, lambda: timed.service.end("completed"))
    whole = timed.log.waterfall()
    turns = [timed.log.turn(number) for number in timed.log.turn_numbers]
    assert whole.turns.tolist() == [turn.index for turn in turns]
    for name, values in whole.stages.items():
        told = [getattr(turn.latency, name) for turn in turns]
        assert values.tolist() == pytest.approx(
            [float("nan") if seconds is None else seconds for seconds in told], nan_ok=True
        )
    assert whole.tokens.tolist() == [turn.usage.total_tokens for turn in turns]


def talked(path: Path, *, faults: tuple[str, ...] = (), **options: object) -> EventLog:
    """Two typed turns with the embedded server."""

    def clock(zone: str) -> str:
        """Tells the time of a zone."""
        return "noon"

    async def talk() -> EventLog:
        lab = await rl.connect(log=path, faults=faults, tools=[clock], **options)  # type: ignore[arg-type]
        async with lab:
            await lab.say("Hello there")
            await lab.say("Repeat after me: the rain in Spain")
            return lab.log

    return asyncio.run(talk())


def test_a_delay_of_the_embedded_server_is_found_in_the_stage_that_it_is_in(tmp_path: Path):
    plain = talked(tmp_path / "a.jsonl")
    # Two processes with a clock each, and a machine that may pause: half of it is the limit.
    late = talked(tmp_path / "b.jsonl", faults=("delay:ms=1000,at=response.created",))
    for number in (1, 2):
        before, after = (log.turn(number).latency for log in (plain, late))
        assert before.request_to_created is not None
        assert after.request_to_created is not None
        assert before.request_to_created < 0.5 <= after.request_to_created
    found = diff(plain, late, tolerance_ms=500)
    assert "request_to_created" in {one.what for one in found.of("timing")}
    assert found.of("text", "order", "tool", "setting", "error", "status") == []


def test_two_sessions_with_the_same_seed_differ_in_nothing(tmp_path: Path):
    one, other = (talked(tmp_path / f"{name}.jsonl", seed=7) for name in "ab")
    assert not diff(one, other)
    assert not diff(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert not diff(one, tmp_path / "b.jsonl"), "a log and what was saved of one are the same"
