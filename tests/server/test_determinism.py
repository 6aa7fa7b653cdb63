"""A seed and a time of its own make a session repeat: the same bytes, ids and times included."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from realtime_lab.audio import Clip
from realtime_lab.engine import ToolCall
from tests.scripted import ScriptedBrain, ScriptedEngine, ScriptedTranscriber, silence, tone
from tests.server.client import PATHS
from tests.servers import RunningServer, running_server, scripted_server

WAIT = 60
Script = Callable[["Line"], Awaitable[None]]


class Line:
    """A client that keeps every text it got as it came."""

    def __init__(self, socket: ClientConnection, dialect: str) -> None:
        self.texts: list[str] = []
        self._socket = socket
        self._dialect = dialect

    async def send(self, type: str, **fields: Any) -> None:
        await self._socket.send(json.dumps({"type": type, **fields}))

    async def stream(self, pcm: bytes) -> None:
        """Append audio in frames of 20 ms."""
        for start in range(0, len(pcm), 960):
            audio = base64.b64encode(pcm[start : start + 960]).decode()
            await self.send("input_audio_buffer.append", audio=audio)

    async def ask(self, text: str, **response: Any) -> None:
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content}
        await self.send("conversation.item.create", item=item)
        await self.send("response.create", response=response)

    async def settings(self, **session: Any) -> None:
        if self._dialect == "ga":
            session = {"type": "realtime", "audio": {"input": session}}
        else:
            session = {
                f"input_audio_{k}" if k == "transcription" else k: v for k, v in session.items()
            }
        await self.send("session.update", session=session)

    async def until(self, type: str, count: int = 1) -> dict[str, Any]:
        while True:
            text = await asyncio.wait_for(self._socket.recv(), WAIT)
            assert isinstance(text, str)
            self.texts.append(text)
            event = json.loads(text)
            count -= event["type"] == type
            if not count:
                return event

    async def until_all_is_said(self) -> None:
        """What comes before the answer to a question that only the server's rest answers."""
        await self.send("conversation.item.retrieve", item_id="nobody")
        await self.until("error")


def transcript(
    server: RunningServer, script: Script, dialect: str = "ga", seed: str | None = None
) -> list[str]:
    """Every text of a session of its own, up to the moment when all is said."""
    return asyncio.run(texts_of(server, script, dialect, seed))


async def texts_of(
    server: RunningServer, script: Script, dialect: str = "ga", seed: str | None = None
) -> list[str]:
    url = server.ws_url + PATHS[dialect] + (f"&lab_seed={seed}" if seed else "")
    headers = {"api-key": server.key}
    async with connect(url, additional_headers=headers, max_queue=None) as socket:
        line = Line(socket, dialect)
        await script(line)
        await line.until_all_is_said()
        return line.texts


def types(texts: list[str]) -> list[str]:
    return [json.loads(text)["type"] for text in texts]


def scripted() -> ScriptedEngine:
    lookup = ToolCall("look_up", '{"word": "tide"}')
    answers = ["A long answer of quite a few words, to be sure.", "Short.", (lookup,), "Well."]
    return ScriptedEngine(
        brain=ScriptedBrain([*answers] * 2),
        transcriber=ScriptedTranscriber(["go on", "stop it"] * 2),
    )


async def busy(line: Line) -> None:
    """Speaks, interrupts, types, has a tool called, asks beside the conversation, errs."""
    await line.settings(transcription={"model": "whisper-1"})
    await line.stream(silence(200) + tone(600) + silence(600))
    await line.stream(tone(400) + silence(500))
    await line.ask("Look it up.", output_modalities=["text"])
    await line.ask("Beside.", conversation="none", metadata={"a": "b"})
    await line.send("response.cancel")
    await line.send("nonsense")
    await line.send("input_audio_buffer.commit")


async def busy_preview(line: Line) -> None:
    await line.settings(transcription={"model": "whisper-1"})
    await line.stream(silence(200) + tone(600) + silence(600))
    await line.stream(tone(400) + silence(500))
    await line.ask("Look it up.", modalities=["text"])
    await line.send("response.cancel")


BUSY = {"ga": busy, "preview": busy_preview}


@pytest.mark.parametrize("dialect", ["ga", "preview"])
@pytest.mark.shows("seed")
def test_the_same_seed_and_input_give_the_same_bytes(dialect: str):
    runs = []
    for _ in range(2):
        with scripted_server(scripted(), seed=7) as server:
            runs.append(transcript(server, BUSY[dialect], dialect))
    assert runs[0] == runs[1]
    assert "response.done" in types(runs[0])


def test_another_seed_gives_other_ids():
    with scripted_server(scripted(), seed=7) as server:
        first = transcript(server, busy)
    with scripted_server(scripted(), seed=8) as server:
        second = transcript(server, busy)
    assert types(first) == types(second)
    assert not {json.loads(t)["event_id"] for t in first} & {
        json.loads(t)["event_id"] for t in second
    }


def test_the_sessions_of_one_server_have_different_ids():
    with scripted_server(seed=7) as server:
        first, second = (transcript(server, lambda line: line.ask("Hello.")) for _ in range(2))
    assert json.loads(first[0])["session"]["id"] != json.loads(second[0])["session"]["id"]


def test_a_session_on_a_seed_of_its_own_repeats_beside_any_others():
    async def hello(line: Line) -> None:
        await line.stream(tone(500) + silence(600))
        await line.ask("Hello.")

    async def side_by_side(server: RunningServer) -> list[list[str]]:
        seeds = ("a", "b", None, "a")
        return await asyncio.gather(*(texts_of(server, hello, seed=seed) for seed in seeds))

    with scripted_server() as server:
        alone = transcript(server, hello, seed="a")
        one, other, _, again = asyncio.run(side_by_side(server))
    assert one == again == alone
    assert other != alone


def test_its_times_are_of_its_own():
    with scripted_server(seed=7, wall=lambda: 0.0) as server:
        created = json.loads(transcript(server, lambda line: line.ask("Hello."))[0])["session"]
    assert created["expires_at"] == 1_727_740_800 + 3600


def test_a_user_who_goes_on_streaming_interrupts_the_answer():
    engine = ScriptedEngine(
        brain=ScriptedBrain(["one two three four five six seven eight nine ten"])
    )

    async def barge_in(line: Line) -> None:
        await line.stream(tone(300) + silence(300))
        await line.stream(tone(300) + silence(300))

    with scripted_server(engine, seed=7) as server:
        texts = transcript(server, barge_in)
    done = [json.loads(text)["response"] for text in texts if '"response.done"' in text]
    assert [response["status"] for response in done] == ["cancelled", "completed"]
    assert done[0]["status_details"]["reason"] == "turn_detected"
    assert 0 < done[0]["usage"]["output_tokens"] < 20


def test_a_client_that_streams_can_cancel():
    engine = ScriptedEngine(
        brain=ScriptedBrain(["one two three four five six seven eight nine ten"])
    )

    async def cancel(line: Line) -> None:
        await line.stream(tone(300) + silence(300))
        await line.send("response.cancel")

    with scripted_server(engine, seed=7) as server:
        texts = transcript(server, cancel)
    assert '"client_cancelled"' in "".join(texts)


def test_a_client_that_stops_streaming_gets_its_answer():
    async def speak(line: Line) -> None:
        await line.stream(tone(300) + silence(300))
        await line.until("response.done")

    with scripted_server(seed=7) as server:
        assert "response.done" in types(transcript(server, speak))


def test_a_session_ends_when_its_own_time_is_over():
    async def stream(line: Line) -> None:
        await line.stream(silence(5000))
        await line.until("error")

    async def run(server: RunningServer) -> list[str]:
        url = server.ws_url + PATHS["ga"]
        async with connect(url, additional_headers={"api-key": server.key}) as socket:
            line = Line(socket, "ga")
            await stream(line)
            return line.texts

    runs = []
    for _ in range(2):
        with scripted_server(seed=7, session_seconds=4) as server:
            runs.append(asyncio.run(run(server)))
    assert runs[0] == runs[1]
    assert json.loads(runs[0][-1])["error"]["code"] == "session_expired"


@pytest.fixture(scope="module")
def real_server() -> Iterator[RunningServer]:
    from realtime_lab.engine import build_engine

    engine = build_engine()
    with running_server(engine) as server:
        yield server
        asyncio.run_coroutine_threadsafe(engine.transcriber.close(), server.loop).result(30)


@pytest.mark.parametrize("dialect", ["ga", "preview"])
@pytest.mark.shows("seed")
def test_the_real_engine_repeats_whatever_others_said_meanwhile(
    real_server: RunningServer, speech: Callable[[str], Any], dialect: str
):
    def say(*names: str, detection: str = "server_vad") -> Script:
        pcm = b"".join(Clip.read(speech(n)).at_rate(24_000).pcm + silence(800) for n in names)

        async def script(line: Line) -> None:
            await line.settings(
                transcription={"model": "whisper-1"}, turn_detection={"type": detection}
            )
            await line.stream(pcm)

        return script

    kind = "semantic_vad" if dialect == "ga" else "server_vad"
    cards = say("cards-003", "goforward", detection=kind)
    forward = say("goforward")
    first = transcript(real_server, cards, dialect, seed="7")
    transcript(real_server, forward, dialect, seed="8")
    transcript(real_server, forward, dialect)
    assert transcript(real_server, cards, dialect, seed="7") == first
    assert "seven of clubs" in "".join(first).lower()
    assert types(first).count("response.done") == 2
