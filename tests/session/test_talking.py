"""A lab against the embedded server, over a real socket, in both dialects."""

import asyncio

import numpy as np
import pytest

import realtime_lab as rl
from realtime_lab.audio import RATE, Clip
from realtime_lab.engine import ToolCall
from realtime_lab.errors import (
    AudioError,
    AuthenticationError,
    EndpointError,
    InvalidEvent,
    LogError,
    RequestRejected,
    ResponseFailed,
    SessionClosed,
    SessionError,
    TurnTimeout,
)
from realtime_lab.protocol import ServerVad
from realtime_lab.server import Deployments
from realtime_lab.session import session_thread
from tests.scripted import ScriptedEngine
from tests.servers import RunningServer, running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}


def tone(seconds: float, *, silence_after: float = 0.0) -> Clip:
    steps = np.arange(int(RATE * seconds))
    wave = 9000 * np.sin(2 * np.pi * 220 * steps / RATE)
    return Clip(np.concatenate([wave, np.zeros(int(RATE * silence_after))]).astype(np.int16))


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def server(engine: ScriptedEngine):
    with running_server(engine) as running:
        yield running


@pytest.fixture(params=PATHS)
def place(request, server: RunningServer) -> rl.Endpoint:
    return rl.endpoint(server.ws_url + PATHS[request.param], api_key=server.key)


def in_lab(place, use, **options):
    """Connect, hand the lab to the coroutine function ``use``, close."""

    async def visit():
        async with await rl.connect(place, **options) as lab:
            return await use(lab)

    return asyncio.run(visit())


def test_a_typed_turn_is_answered_in_speech(place):
    turn = in_lab(place, lambda lab: lab.say("Hello there"))
    assert turn.transcript_user == "Hello there"
    assert turn.transcript == "You said: Hello there."
    assert turn.audio.seconds == pytest.approx(0.4)
    assert turn.usage.output_tokens > 0
    assert turn.latency.request_to_first_audio > 0


def test_a_recording_is_answered_in_speech(place, engine):
    engine.transcriber.lines.append("what is the time")
    turn = in_lab(place, lambda lab: lab.speak(tone(0.3)))
    assert turn.transcript_user == "what is the time"
    assert turn.transcript == "You said: what is the time."
    assert turn.latency.speech_end_to_first_audio > 0
    assert turn.audio_user.seconds >= 0.3


def test_a_recording_with_a_pause_is_answered_as_a_whole(place, engine):
    engine.transcriber.lines += ["first part", "second part"]
    speech = Clip(np.concatenate([tone(0.3, silence_after=0.7).samples, tone(0.3).samples]))

    async def use(lab):
        turn = await lab.speak(speech)
        return turn, lab.turns

    turn, turns = in_lab(place, use)
    assert turn.transcript_user == "first part second part"
    assert turns == [turn]


def test_a_service_that_does_not_answer_by_itself_is_asked_to(place, engine):
    engine.transcriber.lines.append("over to you")
    quiet = ServerVad(silence_duration_ms=200, create_response=False)
    turn = in_lab(place, lambda lab: lab.speak(tone(0.3)), turn_detection=quiet)
    assert turn.transcript == "You said: over to you."


def test_push_to_talk_commits_at_the_end(place, engine):
    engine.transcriber.lines.append("over")
    turn = in_lab(place, lambda lab: lab.speak(tone(0.3)), turn_detection=None)
    assert turn.transcript == "You said: over."
    assert "input_audio_buffer.commit" in [e.type for e in turn.entries]


def test_a_recording_that_was_cancelled_is_no_part_of_the_next_one(place, engine):
    async def use(lab):
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(entry):
            if entry.type == "input_audio_buffer.speech_started":
                loop.call_soon_threadsafe(begun.set)

        lab.session.subscribe(listen)
        first = lab.speak(tone(5.0))
        await begun.wait()
        first.cancel()
        return await lab.speak(tone(0.3))

    engine.transcriber.lines.append("the second one")
    turn = in_lab(place, use)
    assert turn.transcript_user == "the second one"
    assert len(engine.transcriber.heard[-1]) < 2 * RATE


def test_pressing_and_releasing_without_a_word_is_no_turn(place):
    async def use(lab):
        pressed = asyncio.get_running_loop().create_future()

        def press():
            lab.session.feed_microphone(bytes(960))
            answer = lab.session.commit_turn()
            pressed.get_loop().call_soon_threadsafe(pressed.set_result, answer)

        session_thread().loop.call_soon_threadsafe(press)
        return await pressed, lab.turns, (await lab.say("Hello")).index

    assert in_lab(place, use, turn_detection=None) == (False, [], 1)


def test_a_tool_is_called_and_its_result_goes_back(place, engine):
    def add(a: int, b: int) -> int:
        """Add two numbers.

        Args:
            a: The first.
            b: The second.
        """
        return a + b

    engine.brain.answers += [[ToolCall("add", '{"a": 19, "b": 23}')], ["It is 42."]]
    turn = in_lab(place, lambda lab: lab.say("What is 19 plus 23?"), tools=[add])
    assert turn.transcript == "It is 42."
    assert [(c.name, c.arguments) for c in turn.tool_calls] == [("add", '{"a": 19, "b": 23}')]
    assert engine.brain.prompts[-1].messages[-1].text == "42"


def test_typing_interrupts_a_running_answer(place, engine):
    engine.brain.gate = asyncio.Event()
    engine.brain.answers.append(["A long story begins. ", "It never ends."])

    async def use(lab):
        heard = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(entry):
            if entry.type == "response.output_audio.delta":
                loop.call_soon_threadsafe(heard.set)

        lab.session.subscribe(listen)
        story = lab.say("Tell me a story")
        await heard.wait()
        answer = await lab.say("Stop")
        return await story, answer

    story, answer = in_lab(place, use)
    assert (story.status, story.transcript) == ("cancelled", "A long story begins.")
    assert answer.transcript == "You said: Stop."


def test_two_turns_asked_for_at_once_are_answered_one_after_the_other(place):
    async def use(lab):
        first, second = lab.say("one"), lab.say("two")
        return await second, await first

    second, first = in_lab(place, use)
    assert second.transcript == "You said: two."
    assert first.status in ("completed", "cancelled")


def test_a_failed_response_is_loud(place, engine):
    engine.brain.answers.append(RuntimeError("broken"))
    with pytest.raises(ResponseFailed):
        in_lab(place, lambda lab: lab.say("Hello"))


def test_silence_is_refused_before_anything_is_sent(place):
    silent = Clip(np.zeros(RATE, np.int16))
    with pytest.raises(AudioError, match="silent"):
        in_lab(place, lambda lab: lab.speak(silent))


def test_a_turn_that_could_not_be_said_leaves_no_trace(place):
    async def use(lab):
        with pytest.raises(InvalidEvent, match="half a character"):
            await lab.say("broken \ud800 text")
        with pytest.raises(AudioError):
            await lab.speak(Clip(np.zeros(RATE, np.int16)))
        return lab.turns, await lab.say("Hello")

    before, turn = in_lab(place, use)
    assert (before, turn.index, turn.status) == ([], 1, "completed")


def test_an_update_waits_for_its_own_confirmation(place):
    async def use(lab):
        loop = asyncio.get_running_loop()
        switched = loop.create_future()

        def switch():
            lab.session.set_hands_free(False)
            switched.get_loop().call_soon_threadsafe(switched.set_result, None)

        session_thread().loop.call_soon_threadsafe(switch)
        settings = await lab.update(voice="echo")
        await switched
        return settings.audio

    audio = in_lab(place, use)
    assert (audio.output.voice, audio.input.turn_detection) == ("echo", None)


def test_a_closed_session_says_so_afresh_each_time(place):
    async def use(lab):
        await lab.close()
        refusals = []
        for _ in range(2):
            with pytest.raises(SessionClosed) as refused:
                await lab.say("Anybody there?")
            refusals.append(refused.value)
        await lab.interrupt()
        return refusals, lab.turns

    (first, second), turns = in_lab(place, use)
    assert first is not second
    assert turns == []


def test_settings_change_while_the_session_runs(place):
    async def use(lab):
        before = lab.voice
        await lab.update(voice="echo", instructions="Be brief.")
        return before, lab.voice, lab.settings.effective.instructions

    assert in_lab(place, use) == ("alloy", "echo", "Be brief.")


def test_a_misspelt_setting_is_told_at_once_and_nothing_is_changed_in_what_was_given(place):
    given = {"output": {"speed": 1.2}}

    async def use(lab):
        with pytest.raises(SessionError, match="no setting 'instrctions'"):
            lab.update(instrctions="Be brief.")
        return (await lab.update(voice="echo", audio=given)).audio.output.voice

    assert in_lab(place, use) == "echo"
    assert given == {"output": {"speed": 1.2}}


def test_a_refused_setting_says_which_and_leaves_the_session_open(place):
    async def use(lab):
        with pytest.raises(RequestRejected) as refused:
            await lab.update(voice="nobody")
        assert refused.value.param and refused.value.param.endswith("voice")
        return await lab.say("still there?")

    assert in_lab(place, use).status == "completed"


def test_an_unknown_voice_is_told_before_connecting():
    nowhere = rl.endpoint("ws://127.0.0.1:1/v1/realtime?model=gpt-realtime", api_key="x")
    with pytest.raises(SessionError, match="no voice 'nobody'; it has alloy"):
        rl.run(rl.connect(nowhere, voice="nobody"))


def test_a_connection_that_failed_leaves_the_name_of_its_log_free(tmp_path):
    nowhere = rl.endpoint("ws://127.0.0.1:1/v1/realtime?model=gpt-realtime", api_key="x")
    for _ in range(2):
        with pytest.raises(EndpointError):
            rl.run(rl.connect(nowhere, log=tmp_path / "session.jsonl"))
    assert list(tmp_path.iterdir()) == []


def test_an_address_alone_is_no_endpoint():
    with pytest.raises(EndpointError, match=r"rl\.endpoint"):
        rl.connect("wss://example.com/v1/realtime")  # type: ignore[arg-type]


def test_a_dead_endpoint_is_one_sentence():
    nowhere = rl.endpoint("ws://127.0.0.1:1/v1/realtime?model=gpt-realtime", api_key="x")
    with pytest.raises(EndpointError, match=r"nobody answers at ws://127\.0\.0\.1:1"):
        rl.run(rl.connect(nowhere))


def test_a_wrong_path_is_not_taken_for_a_wrong_key(server):
    with pytest.raises(EndpointError, match="There is nothing at /v2/realtime"):
        rl.run(rl.connect(rl.endpoint(f"{server.ws_url}/v2/realtime", api_key=server.key)))


@pytest.mark.parametrize("path", ["/openai/v1/realtime?model=gpt-realtime", *PATHS.values()])
def test_a_wrong_key_is_told_without_showing_it(server, path):
    """Azure refuses it at the handshake, OpenAI in the socket: it is the same to us."""
    place = rl.endpoint(server.ws_url + path, api_key="canary-77")
    with pytest.raises(AuthenticationError, match="refused the key") as refused:
        rl.run(rl.connect(place))
    assert "canary-77" not in str(refused.value)
    assert "{" not in str(refused.value)


@pytest.mark.parametrize("path", ["/openai/v1/realtime", "/v1/realtime"])
def test_a_model_that_does_not_exist_is_told_as_such(engine, path):
    named = Deployments({"mine": "gpt-realtime"}, strict=True)
    with running_server(engine, deployments=named) as strict:
        place = rl.endpoint(f"{strict.ws_url}{path}?model=another", api_key=strict.key)
        with pytest.raises(EndpointError, match=r"'another'.*does not exist"):
            rl.run(rl.connect(place))


def test_an_address_without_a_model_is_told_as_such(server):
    place = rl.endpoint(f"{server.ws_url}/v1/realtime", api_key=server.key)
    with pytest.raises(EndpointError, match="must provide a model"):
        rl.run(rl.connect(place))


def test_a_key_does_not_follow_a_redirect():
    arrived = []

    async def visit():
        async def elsewhere(reader, writer):
            arrived.append(await reader.readuntil(b"\r\n\r\n"))
            writer.close()

        async def redirecting(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            there = f"ws://localhost:{target.sockets[0].getsockname()[1]}/"
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {there}\r\n\r\n".encode())
            writer.close()

        target = await asyncio.start_server(elsewhere, "127.0.0.1", 0)
        first = await asyncio.start_server(redirecting, "127.0.0.1", 0)
        port = first.sockets[0].getsockname()[1]
        with pytest.raises(EndpointError, match="redirects to another address"):
            await rl.connect(rl.endpoint(f"ws://127.0.0.1:{port}/v1/realtime", api_key="x"))

    asyncio.run(visit())
    assert arrived == []


def test_the_key_is_in_no_log_and_no_repr(place, server, tmp_path):
    async def use(lab):
        await lab.say("Hello")
        lab.log.write(tmp_path / "log.jsonl")
        return repr(lab) + repr(lab.log) + lab.log._repr_html_()

    shown = in_lab(place, use)
    assert server.key not in shown + (tmp_path / "log.jsonl").read_text()


def test_a_session_that_ends_fails_what_waits_for_it(place, engine):
    engine.brain.gate = asyncio.Event()
    engine.brain.answers.append(["Never ", "ending."])

    async def use(lab):
        turn = lab.say("Hello")
        await lab.close()
        with pytest.raises(SessionClosed):
            await turn
        with pytest.raises(SessionClosed):
            await lab.say("Anybody there?")

    in_lab(place, use)


def test_an_answer_that_does_not_end_in_time_is_told(place, engine):
    engine.brain.gate = asyncio.Event()
    engine.brain.answers.append(["Never ", "ending."])
    with pytest.raises(TurnTimeout, match=r"within 0\.1 s"):
        in_lab(place, lambda lab: lab.say("Hello", timeout=0.1))


def test_the_log_holds_every_event_in_order_and_is_journaled(place, tmp_path):
    path = tmp_path / "session.jsonl"

    async def use(lab):
        await lab.say("Hello")
        return lab

    lab = in_lab(place, use, log=path)
    kept = rl.EventLog.load(path)
    assert [e.type for e in kept] == [e.type for e in lab.log]
    assert [e.seq for e in kept] == list(range(len(kept)))
    assert all(a.at <= b.at for a, b in zip(kept, list(kept)[1:], strict=False))


def test_a_turn_shows_itself_with_and_without_a_browser(place):
    turn = in_lab(place, lambda lab: lab.say("<b>Hello</b>"))
    assert "<b>Hello" not in turn._repr_html_()
    assert "first audio" in repr(turn)


def test_a_turn_that_is_shown_leaves_no_voice_in_the_notebook_unless_asked(place):
    turn = in_lab(place, lambda lab: lab.say("Hello"))
    assert turn.audio.seconds > 0
    assert "audio" not in turn._repr_html_().replace("turn.audio", "").replace("first audio", "")
    assert "<code>turn.audio</code> plays the speech" in turn._repr_html_()
    assert "data:audio" in turn.audio._repr_html_()


def test_a_callback_that_fails_does_not_end_the_session(place):
    async def use(lab):
        lab.session.subscribe(lambda entry: 1 / 0)
        turn = await lab.say("Hello")
        return turn, lab.log.events("lab.subscriber_failed")

    turn, failures = in_lab(place, use)
    assert turn.status == "completed"
    assert "ZeroDivisionError" in failures[0].event.data["error"]


def test_a_recording_is_never_overwritten(tmp_path):
    path = tmp_path / "session.jsonl"
    path.write_text("an earlier session")
    with pytest.raises(LogError):
        rl.connect(log=path)
    assert path.read_text() == "an earlier session"
