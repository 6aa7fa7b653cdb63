"""While a cell keeps the interpreter to itself in the middle of a turn, nothing of it is lost."""

import asyncio
import ctypes
import threading
import time
from collections.abc import Callable

import pytest

import realtime_lab as rl
from realtime_lab.protocol import OutputAudioDelta, ResponseDone
from realtime_lab.server import Fault, Faults
from realtime_lab.session import RealtimeSession, session_thread
from tests.scripted import ScriptedEngine, tone
from tests.servers import KEY, running_server

BUSY = 0.6
WORDS = 30
FRAMES = 60
PACE = 0.01
"""Seconds between microphone frames, and between audio deltas."""


def computes() -> None:
    until = time.monotonic() + BUSY
    while time.monotonic() < until:
        sum(range(1000))


def sleeps() -> None:
    time.sleep(BUSY)


def holds_the_interpreter() -> None:
    # Unlike CDLL, PyDLL keeps the lock while it calls: no other thread of Python runs.
    ctypes.PyDLL(None).usleep(int(BUSY * 1e6))


class Ear:
    """A player that keeps what it is given."""

    def __init__(self) -> None:
        self.heard: dict[str, bytes] = {}
        self.finished: list[str] = []

    def play(self, item_id: str, pcm: bytes) -> None:
        self.heard[item_id] = self.heard.get(item_id, b"") + pcm

    def finish(self, item_id: str) -> None:
        self.finished.append(item_id)

    def stop(self) -> None: ...


def speak(session: RealtimeSession, frames: list[bytes]) -> None:
    """As a page does that has a clock of its own."""
    for frame in frames:
        session_thread().loop.call_soon_threadsafe(session.feed_microphone, frame)
        time.sleep(PACE)


async def end_turn(session: RealtimeSession) -> None:
    answered = asyncio.Event()
    stop = session.subscribe(
        lambda entry: answered.set() if isinstance(entry.event, ResponseDone) else None
    )
    session.commit_turn()
    await answered.wait()
    stop()


@pytest.mark.parametrize("cell", [computes, sleeps, holds_the_interpreter])
def test_a_busy_cell_costs_no_frame_no_event_and_no_sample(cell: Callable[[], None]):
    engine, ear = ScriptedEngine(), Ear()
    engine.brain.answers = [["word " * WORDS], ["Yes."]]
    slowly = Fault("delay", ms=1000 * PACE, at="response.output_audio.delta")
    # Every frame is another, so that none can stand for one that is missing.
    frames = [(1000 + n).to_bytes(2, "little") * 480 for n in range(FRAMES)]
    with running_server(engine, faults=Faults([slowly])) as server:
        place = rl.endpoint(f"{server.ws_url}/v1/realtime?model=gpt-realtime", api_key=KEY)
        lab = rl.run(rl.connect(place, turn_detection=None))
        session_thread().loop.call_soon_threadsafe(lab.session.attach_player, ear)
        microphone = threading.Thread(target=speak, args=(lab.session, frames))
        answer = lab.say("Talk while I compute")
        microphone.start()
        cell()
        microphone.join()
        turn = answer.result(30)
        session_thread().call(end_turn(lab.session), "the end of the turn").result(30)
        log = lab.log
        rl.run(lab.close())

    assert b"".join(engine.transcriber.heard) == b"".join(frames)
    assert len(log.events("input_audio_buffer.append", direction="sent")) == FRAMES

    spoken = b"".join(e.event.delta for e in turn.entries if isinstance(e.event, OutputAudioDelta))
    assert spoken == tone(100) * WORDS
    assert list(ear.heard.values()) == [tone(100) * WORDS, tone(100)]
    assert set(ear.finished) == set(ear.heard)

    received = [getattr(entry.event, "event_id", "") for entry in log.events(direction="received")]
    assert len(set(received)) == len(received)
    assert turn.status == "completed"
    assert [entry.seq for entry in log] == list(range(len(log)))
