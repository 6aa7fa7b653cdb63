"""While a cell keeps the interpreter to itself in the middle of a turn, nothing of it is lost."""

import asyncio
import threading
from collections.abc import Callable

import pytest

import realtime_lab as rl
from realtime_lab.eventlog import LogEntry
from realtime_lab.protocol import OutputAudioDelta, ResponseDone
from realtime_lab.server import Fault, Faults
from realtime_lab.session import RealtimeSession, session_thread
from tests.scripted import ScriptedEngine, tone
from tests.servers import KEY, running_server

WORDS = 30
FRAMES = 60
PACE_MS = 10
"""Between two audio deltas."""


def computes(spoken: threading.Event) -> None:
    while not spoken.is_set():
        sum(range(1000))


def waits(spoken: threading.Event) -> None:
    spoken.wait()


def holds_the_interpreter(_: threading.Event) -> None:
    # One operation, in C: no other thread of Python runs before it has its result.
    pow(7, 1_500_000)


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


class Page:
    """Says something from a thread of its own, two frames with each delta of the model."""

    def __init__(self, session: RealtimeSession, frames: list[bytes]) -> None:
        self._session = session
        self._frames = frames
        self._deltas = threading.Semaphore(0)
        self.spoken = threading.Event()
        session.subscribe(self._listen)

    def speak(self) -> None:
        for number, frame in enumerate(self._frames):
            if number % 2 == 0:
                self._deltas.acquire()
            session_thread().loop.call_soon_threadsafe(self._session.feed_microphone, frame)
        self.spoken.set()

    def _listen(self, entry: LogEntry) -> None:
        if isinstance(entry.event, OutputAudioDelta):
            self._deltas.release()


async def end_turn(session: RealtimeSession) -> None:
    answered = asyncio.Event()
    stop = session.subscribe(
        lambda entry: answered.set() if isinstance(entry.event, ResponseDone) else None
    )
    session.commit_turn()
    await answered.wait()
    stop()


@pytest.mark.parametrize("cell", [computes, waits, holds_the_interpreter])
def test_a_busy_cell_costs_no_frame_no_event_and_no_sample(
    cell: Callable[[threading.Event], None],
):
    engine, ear = ScriptedEngine(), Ear()
    engine.brain.answers = [["word " * WORDS], ["Yes."]]
    slowly = Fault("delay", ms=PACE_MS, at="response.output_audio.delta")
    # Every frame is another, so that none can stand for one that is missing.
    frames = [(1000 + n).to_bytes(2, "little") * 480 for n in range(FRAMES)]
    with running_server(engine, faults=Faults([slowly])) as server:
        place = rl.endpoint(f"{server.ws_url}/v1/realtime?model=gpt-realtime", api_key=KEY)
        lab = rl.run(rl.connect(place, turn_detection=None))
        session_thread().loop.call_soon_threadsafe(lab.session.attach_player, ear)
        page = Page(lab.session, frames)
        microphone = threading.Thread(target=page.speak)
        answer = lab.say("Talk while I compute")
        microphone.start()
        cell(page.spoken)
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
