"""The client's side of a recording is sent again: over a real socket, in either dialect."""

import asyncio
import threading
from itertools import product

import numpy as np
import pytest

from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import SessionError
from realtime_lab.eventlog import PLAYBACK_STARTED, EventLog
from realtime_lab.protocol import InputAudioBufferAppend, SessionConfig, SessionCreated
from realtime_lab.replay import resend
from tests.eventlog.made import Clock, Recorder

BOTH = list(product(("preview", "ga"), repeat=2))


def sent_again(recording, place, **options):
    options = {"speed": None, "patience": 5.0, **options}
    return asyncio.run(asyncio.wait_for(resend(recording, place, **options), 30))


def said(log) -> list[str]:
    return [entry.event.transcript for entry in log.events("response.output_audio_transcript.done")]


def kinds_sent(log) -> list[str]:
    kinds = [entry.type for entry in log.events(direction="sent")]
    return [kind for kind in kinds if kind != "input_audio_buffer.append"]


def sent_audio(log) -> bytes:
    return b"".join(entry.event.audio for entry in log.events("input_audio_buffer.append"))


def tone(seconds: float) -> Clip:
    steps = np.arange(int(RATE * seconds))
    return Clip((9000 * np.sin(2 * np.pi * 220 * steps / RATE)).astype(np.int16))


@pytest.mark.parametrize(("first", "then"), BOTH)
def test_typed_turns_are_had_again_in_any_dialect(places, record, first, then):
    async def talk(lab):
        await lab.say("One")
        await lab.say("Two")

    old = record(places[first], talk)
    new = sent_again(old, places[then])
    assert new.dialect == places[then].dialect
    assert said(new) == said(old) == ["You said: One.", "You said: Two."]
    assert kinds_sent(new) == kinds_sent(old)
    assert not new.events("error")
    assert not new.events("lab.not_resent")


def test_speech_is_sent_sample_by_sample(places, record, engine):
    engine.transcriber.lines += ["first", "second"]

    async def talk(lab):
        await lab.speak(tone(0.3))
        await lab.speak(tone(0.4))

    old = record(places["ga"], talk)
    engine.transcriber.lines += ["first", "second"]
    new = sent_again(old, places["ga"])
    assert sent_audio(new) == sent_audio(old)
    assert said(new) == said(old) == ["You said: first.", "You said: second."]


def microphone_at(*seconds: float) -> EventLog:
    """A recording of push-to-talk in which a piece of microphone came at each of these moments."""
    recorder = Recorder()
    recorder.at(0.0, SessionCreated(session=SessionConfig(type="realtime")))
    for moment in seconds:
        recorder.at(moment, InputAudioBufferAppend(audio=bytes(960)))
    return recorder.log


@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_the_microphone_keeps_the_pace_of_the_recording(places, speed):
    clock = Clock()

    async def sleep(seconds):
        clock.now += seconds

    log = EventLog(clock=clock)
    sent_again(microphone_at(0.5, 0.6, 3.0), places["ga"], speed=speed, sleep=sleep, log=log)
    pieces = log.events("input_audio_buffer.append")
    begun = log.events("session.created")[0].at
    expected = [seconds / speed for seconds in (0.5, 0.6, 3.0)]
    assert [piece.at - begun for piece in pieces] == pytest.approx(expected)


def test_outputs_of_tools_answer_the_calls_of_this_time(places, record, engine):
    def tide(place: str) -> str:
        """Tell the tide of a place."""
        return f"high in {place}"

    call = ToolCall("tide", '{"place": "Dover"}')
    engine.brain.answers += [[call], ["It is high."]]

    async def talk(lab):
        await lab.say("Tide?")

    old = record(places["ga"], talk, tools=[tide])
    engine.brain.answers += [[call], ["It is high."]]
    new = sent_again(old, places["ga"])
    [answered] = [
        e for e in new.events("conversation.item.create") if hasattr(e.event.item, "output")
    ]
    asked = new.events("response.function_call_arguments.done")[0].event
    assert answered.event.item.call_id == asked.call_id
    assert answered.event.item.output == "high in Dover"
    assert said(new) == ["It is high."]
    assert not new.events("error")


def test_the_output_of_a_call_that_is_not_made_this_time_is_left_out_and_told(
    places, record, engine
):
    def tide() -> str:
        """Tell the tide."""
        return "high"

    engine.brain.answers += [[ToolCall("tide", "{}")], ["It is high."]]

    async def talk(lab):
        await lab.say("Tide?")

    old = record(places["ga"], talk, tools=[tide])
    engine.brain.answers += [["I do not know."], ["Sorry."]]
    new = sent_again(old, places["ga"])
    [left_out] = new.events("lab.not_resent")
    output = next(
        e for e in old.events("conversation.item.create") if hasattr(e.event.item, "output")
    )
    assert left_out.event.data["of"] == output.seq
    assert "nothing that stands for" in left_out.event.data["why"]
    assert said(new) == ["I do not know.", "Sorry."]


class Ear:
    """Hears the first 50 ms of an answer."""

    def __init__(self, session):
        self._session = session

    def play(self, item_id, pcm):
        self._session.playback.played(item_id, 0.05)

    def finish(self, item_id): ...

    def stop(self): ...


def test_an_interruption_truncates_the_item_of_this_time(places, record, engine):
    async def talk(lab):
        heard = threading.Event()
        lab.session.subscribe(lambda e: heard.set() if e.type == PLAYBACK_STARTED else None)
        lab.session.attach_player(Ear(lab.session))
        first = lab.say("Talk")
        await asyncio.to_thread(heard.wait, 10)
        await lab.say("Stop")
        await first

    engine.brain.gate = asyncio.Event()
    engine.brain.answers += [["A long answer. ", "More."], ["Yes."]]
    old = record(places["ga"], talk)
    assert old.events("conversation.item.truncate")
    engine.brain.gate = asyncio.Event()
    engine.brain.answers += [["A long answer. ", "More."], ["Yes."]]
    new = sent_again(old, places["ga"])
    spoken = {entry.event.item_id for entry in new.events("response.output_audio.delta")}
    [truncated] = new.events("conversation.item.truncated")
    assert truncated.event.item_id in spoken
    assert said(new)[-1] == "Yes."
    assert not new.events("error")


def test_a_log_without_a_client_cannot_be_sent(places):
    with pytest.raises(SessionError, match="no client says anything"):
        sent_again(EventLog(), places["ga"])
