"""Remote MCP tools: the server lists and calls them, the client sees it and may be asked first."""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from realtime_lab.engine import ToolCall
from realtime_lab.protocol import GA, StreamChecker
from realtime_lab.server import ServerOptions, open_listener
from realtime_lab.server.mcp_client import McpClient, RemoteToolError
from realtime_lab.server.offered_tools import RemoteChoice, RemoteTool, offer
from realtime_lab.server.remote_servers import is_allowed, needs_approval
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import Client, Event, converse, order, session
from tests.servers import RunningServer, scripted_server

SECRET = "a-token-that-nobody-shall-see"


@dataclass
class Tools:
    """A real MCP server on loopback.

    ``headers`` are those of its last request. The tool ``wait`` sets ``begun`` and then waits for
    ``go``.
    """

    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    begun: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    calls: list[str] = field(default_factory=list)

    def tool(self, **more: Any) -> dict[str, Any]:
        """Its definition in a session."""
        definition = {"type": "mcp", "server_label": "desk", "server_url": self.url}
        return {**definition, "require_approval": "never", **more}


def app_of(tools: Tools) -> Any:
    server = MCPServer("desk")

    @server.tool(description="Adds two numbers.")
    def add(a: int, b: int, context: Context) -> str:
        request = context.request_context.request
        assert isinstance(request, Request)
        tools.headers = dict(request.headers)
        tools.calls.append("add")
        return str(a + b)

    @server.tool(annotations={"readOnlyHint": True})  # pyright: ignore[reportArgumentType]
    def look() -> dict[str, int]:
        return {"chairs": 4}

    @server.tool()
    async def wait() -> str:
        tools.calls.append("wait")
        tools.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            tools.cancelled.set()
            raise
        return ""

    @server.tool()
    def fail() -> str:
        raise ValueError("the desk fell over")

    app = server.streamable_http_app()

    async def broken(request: Request) -> PlainTextResponse:
        return PlainTextResponse("no", 401)

    app.add_route("/locked", broken, methods=["GET", "POST", "DELETE"])
    return app


@contextmanager
def serving(tools: Tools) -> Iterator[Tools]:
    with open_listener("127.0.0.1", 0) as listener:
        tools.url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        config = uvicorn.Config(app_of(tools), log_level="critical", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield tools
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@pytest.fixture(scope="module")
def desk() -> Iterator[Tools]:
    with serving(Tools()) as tools:
        yield tools


@pytest.fixture
def tools(desk: Tools) -> Tools:
    desk.headers, desk.calls = {}, []
    desk.begun.clear()
    desk.cancelled.clear()
    return desk


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def server(engine: ScriptedEngine) -> Iterator[RunningServer]:
    with scripted_server(engine) as running:
        yield running


TEXT = {"output_modalities": ["text"]}


async def listed(client: Client, *tools: dict[str, Any]) -> list[Event]:
    """Define the tools and wait until the last of them is listed."""
    await client.update(tools=list(tools), **TEXT)
    events: list[Event] = []
    while sum(e["type"] == "conversation.item.done" for e in events) < len(tools):
        events += await client.until("conversation.item.done")
    return events


async def respond(client: Client, **response: Any) -> list[Event]:
    await client.send("response.create", response=response)
    return await client.until("response.done")


def of(events: Sequence[Event], type: str) -> Event:
    (event,) = [event for event in events if event["type"] == type]
    return event


def lawful(events: Sequence[Event]) -> None:
    """What always holds in a stream of events holds in this one."""
    checker = StreamChecker()
    violations = [v for e in events for v in checker.apply(GA.decode_server(json.dumps(e)))]
    violations += checker.unfinished()
    assert not [v for v in violations if v.rule != "session-begin"], "but the greeting is left out"


LISTED = [
    "session.updated",
    "conversation.item.added",
    "mcp_list_tools.in_progress",
    "mcp_list_tools.completed",
    "conversation.item.done",
]


def test_a_session_lists_the_tools_of_a_server(server: RunningServer, tools: Tools):
    async def script(client: Client) -> None:
        await listed(client, tools.tool())

    events = converse(server, script)
    assert order(events) == LISTED
    begun, done = events[1]["item"], events[-1]["item"]
    assert (begun["type"], begun["server_label"], begun["tools"]) == ("mcp_list_tools", "desk", [])
    assert [tool["name"] for tool in done["tools"]] == ["add", "look", "wait", "fail"]
    add = done["tools"][0]
    assert add["description"] == "Adds two numbers."
    assert add["input_schema"]["required"] == ["a", "b"]
    assert done["tools"][1]["annotations"] == {"readOnlyHint": True}
    assert {e["item_id"] for e in events[2:4]} == {begun["id"]} == {done["id"]}


def test_only_the_allowed_tools_are_listed_and_offered(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    async def script(client: Client) -> None:
        await listed(client, tools.tool(allowed_tools=["add"]))
        await respond(client)

    events = converse(server, script)
    item = of(events[:5], "conversation.item.done")["item"]
    assert [tool["name"] for tool in item["tools"]] == ["add"]
    (spec,) = engine.brain.prompts[0].tools
    assert (spec.name, spec.description) == ("add", "Adds two numbers.")
    assert spec.parameters["properties"]["a"]["type"] == "integer"


CALLED = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.mcp_call_arguments.delta",
    "response.mcp_call_arguments.done",
    "response.mcp_call.in_progress",
    "response.mcp_call.completed",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
]


@pytest.mark.shows("mcp")
def test_the_model_calls_a_tool_and_the_next_response_knows_what_it_gave(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("add", '{"a": 2, "b": 3}')], ["Five."]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await client.say("What is two and three?")
        await client.until("conversation.item.done")
        await respond(client)
        assert len(engine.brain.prompts) == 1, "no response follows by itself"
        await respond(client)

    events = converse(server, script)
    lawful(events)
    start = order(events).index("response.created")
    assert order(events)[start : start + len(CALLED)] == CALLED
    added = next(e for e in events if e["type"] == "response.output_item.added")["item"]
    assert added == {
        "id": added["id"],
        "type": "mcp_call",
        "server_label": "desk",
        "name": "add",
        "arguments": "",
        "output": None,
        "error": None,
        "approval_request_id": None,
    }
    first = next(e for e in events if e["type"] == "response.done")["response"]
    assert first["status"] == "completed"
    assert first["output"] == [{**added, "arguments": '{"a": 2, "b": 3}', "output": "5"}]
    call, result = engine.brain.prompts[1].messages[-2:]
    assert call.call == ToolCall("add", '{"a": 2, "b": 3}', added["id"])
    assert (result.role, result.text, result.call_id) == ("tool", "5", added["id"])


def test_the_tools_and_the_calls_are_read_and_counted(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [["Hm."], [ToolCall("add", '{"a": 2, "b": 3}')], ["Five."]]
    used = []

    async def script(client: Client) -> None:
        await client.update(**TEXT)
        for turn in range(3):
            if turn == 1:
                await listed(client, tools.tool())
            done = (await respond(client))[-1]
            used.append(done["response"]["usage"])

    converse(server, script)
    assert used[1]["input_tokens"] > used[0]["input_tokens"] + 100, "the list has a price"
    assert used[1]["output_tokens"] > 0
    assert used[2]["input_tokens"] > used[1]["input_tokens"]


def test_a_result_that_is_not_text_is_json(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("look", "")]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await respond(client)

    item = of(converse(server, script), "response.done")["response"]["output"][0]
    assert item["arguments"] == "{}"
    assert json.loads(item["output"]) == {"chairs": 4}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (ToolCall("fail", "{}"), {"type": "tool_execution_error"}),
        (ToolCall("add", '{"a": "x"}'), {"type": "tool_execution_error"}),
        (ToolCall("add", "not json"), {"type": "protocol_error", "code": -32602}),
    ],
)
def test_a_failing_tool_fails_the_call_but_not_the_response(
    server: RunningServer, engine: ScriptedEngine, tools: Tools, call: ToolCall, error: Event
):
    engine.brain.answers = [[call], ["Sorry."]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await respond(client)
        await respond(client)

    events = converse(server, script)
    lawful(events)
    assert "response.mcp_call.failed" in order(events)
    done = next(e for e in events if e["type"] == "response.done")["response"]
    (item,) = done["output"]
    assert done["status"] == "completed"
    assert item["output"] is None
    assert item["error"] == {**error, "message": item["error"]["message"]}
    assert engine.brain.prompts[1].messages[-1].text == f"Error: {item['error']['message']}"


# Who must agree


def approval(request: Event, **answer: Any) -> dict[str, Any]:
    return {"type": "mcp_approval_response", "approval_request_id": request["id"], **answer}


@pytest.mark.parametrize("rule", ["always", None, {"never": {"tool_names": ["look"]}}])
@pytest.mark.shows("mcp")
def test_a_call_to_be_approved_waits_and_goes_on(
    server: RunningServer, engine: ScriptedEngine, tools: Tools, rule: Any
):
    engine.brain.answers = [[ToolCall("add", '{"a": 2, "b": 3}')], ["Five."]]
    requests = []

    async def script(client: Client) -> None:
        await listed(client, tools.tool(require_approval=rule))
        asked = await respond(client)
        request = asked[-2]["item"]
        assert tools.calls == [], "nothing was sent before the user agreed"
        requests.append(request)
        await client.send("conversation.item.create", item=approval(request, approve=True))
        await client.until("response.mcp_call.completed")
        await client.until("conversation.item.done")
        await respond(client)

    events = converse(server, script)
    lawful(events)
    start = order(events).index("response.created")
    assert order(events)[start:] == [
        *CALLED[:5],
        "response.output_item.added",
        "conversation.item.added",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
        "rate_limits.updated",
        "conversation.item.added",
        "conversation.item.done",
        *CALLED[5:9],
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    (request,) = requests
    assert request == {
        "id": request["id"],
        "type": "mcp_approval_request",
        "server_label": "desk",
        "name": "add",
        "arguments": '{"a": 2, "b": 3}',
    }
    ended = [e for e in events if e["type"] == "response.output_item.done"][1]
    assert ended["item"]["output"] == "5"
    assert ended["item"]["approval_request_id"] == request["id"]
    assert ended["output_index"] == 0
    assert engine.brain.prompts[1].messages[-1].text == "5"


def test_a_call_that_is_not_approved_is_not_made(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("add", '{"a": 2, "b": 3}')], ["As you wish."]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool(require_approval="always"))
        request = (await respond(client))[-2]["item"]
        answer = approval(request, approve=False, reason="Too late.")
        await client.send("conversation.item.create", item=answer)
        await client.until("response.output_item.done")
        await client.send("conversation.item.create", item=answer)
        assert (await client.refusal())["param"] == "item.approval_request_id"
        await respond(client)

    events = converse(server, script)
    lawful(events)
    assert tools.calls == []
    denied = "The user denied the call. Reason: Too late."
    ended = [e for e in events if e["type"] == "response.output_item.done"][1]["item"]
    assert ended["error"] == {"type": "tool_execution_error", "message": denied}
    assert engine.brain.prompts[1].messages[-1].text == f"Error: {denied}"


TOOLS = [{"name": "read", "annotations": {"readOnlyHint": True}}, {"name": "write"}]


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("always", [True, True]),
        ("never", [False, False]),
        (None, [True, True]),
        ({}, [True, True]),
        ({"never": {"read_only": True}}, [False, True]),
        ({"always": {"tool_names": ["write"]}}, [False, True]),
        ({"always": {"tool_names": ["read"]}, "never": {"tool_names": ["read"]}}, [True, True]),
    ],
)
def test_rules_say_who_must_agree_to_what(rule: Any, asked: list[bool]):
    assert [needs_approval(tool, {"require_approval": rule}) for tool in TOOLS] == asked


@pytest.mark.parametrize(
    ("allowed", "names"),
    [
        (None, ["read", "write"]),
        ([], []),
        (["write"], ["write"]),
        ({"tool_names": ["read"]}, ["read"]),
        ({"read_only": True}, ["read"]),
        ({"read_only": False}, ["write"]),
    ],
)
def test_rules_say_which_tools_the_model_knows(allowed: Any, names: list[str]):
    assert [t["name"] for t in TOOLS if is_allowed(t, {"allowed_tools": allowed})] == names


# Servers that cannot be had

FAILED = [*LISTED[:3], "mcp_list_tools.failed", "conversation.item.done", "error"]


def failed_list(server: RunningServer, tool: dict[str, Any]) -> tuple[Event, list[Event]]:
    """The error that tells why there is no list; the session goes on."""

    async def script(client: Client) -> None:
        await client.update(tools=[tool], **TEXT)
        await client.refusal()
        await client.say("Are you there?")
        await client.until("conversation.item.done")
        await respond(client)

    events = converse(server, script)
    assert order(events)[:6] == FAILED
    assert events[4]["item"]["tools"] == []
    assert of(events, "response.done")["response"]["status"] == "completed"
    return events[5]["error"], events


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("nothing-here", "http_error", "HTTP status 404 (Not Found)"),
        ("locked", "http_error", "HTTP status 401 (Unauthorized)"),
    ],
)
def test_a_list_that_cannot_be_had_is_told_and_the_session_goes_on(
    server: RunningServer, tools: Tools, path: str, code: str, said: str
):
    url = tools.url.removesuffix("mcp") + path
    error, _ = failed_list(server, tools.tool(server_url=url))
    assert (error["type"], error["code"]) == ("external_connector_error", code)
    assert error["message"].startswith("Error retrieving tool list from MCP server: 'desk'. ")
    assert said in error["message"]


def test_a_server_that_is_not_there_is_told(server: RunningServer, tools: Tools):
    with open_listener("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
    error, _ = failed_list(server, tools.tool(server_url=f"http://127.0.0.1:{port}/mcp"))
    assert "Nobody answers there." in error["message"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/mcp",
        "http://10.0.0.1/mcp",
        "http://127.0.0.1.example.org/mcp",
        "http://localhost.example.org/mcp",
        "http://0.0.0.0/mcp",
    ],
)
def test_other_machines_are_not_spoken_to(server: RunningServer, tools: Tools, url: str):
    error, _ = failed_list(server, tools.tool(server_url=url))
    assert "--mcp-anywhere" in error["message"]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1@example.org/", "http://127.0.0.1\\@example.org/", "file:///etc/hosts", "x"],
)
def test_an_address_that_can_be_read_in_two_ways_is_refused(
    server: RunningServer, tools: Tools, url: str
):
    error, _ = failed_list(server, tools.tool(server_url=url))
    assert "'server_url' must be" in error["message"]


def test_there_are_no_connectors(server: RunningServer):
    gmail = {"type": "mcp", "server_label": "mail", "connector_id": "connector_gmail"}
    error, _ = failed_list(server, gmail)
    assert "'connector_gmail'" in error["message"]


def test_other_machines_may_be_allowed():
    async def ask(client: McpClient) -> str:
        with pytest.raises(RemoteToolError) as failed:
            # A name that is never given to a machine, so that nothing leaves this one.
            await client.tools({"server_url": "http://nobody.invalid:9/mcp"})
        return failed.value.message

    assert "--mcp-anywhere" in asyncio.run(ask(McpClient()))
    assert "--mcp-anywhere" not in asyncio.run(ask(McpClient(anywhere=True, list_seconds=5)))


def test_a_server_that_is_silent_is_not_waited_for_forever(tools: Tools):
    async def call() -> None:
        await McpClient(call_seconds=1).call(tools.tool(), "wait", "{}")

    with pytest.raises(RemoteToolError) as failed:
        asyncio.run(call())
    assert failed.value.told == {
        "type": "http_error",
        "code": 504,
        "message": "It did not answer within 1 seconds.",
    }


def test_without_the_library_the_list_says_how_to_get_it(
    server: RunningServer, tools: Tools, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(__import__("sys").modules, "mcp", None)
    error, _ = failed_list(server, tools.tool())
    assert "pip install 'realtime-lab[mcp]'" in error["message"]


# Definitions


@pytest.mark.parametrize(
    "secret", [{"authorization": SECRET}, {"headers": {"Authorization": f"Bearer {SECRET}"}}]
)
def test_credentials_reach_the_tool_server_and_nobody_else(
    server: RunningServer, engine: ScriptedEngine, tools: Tools, secret: dict[str, Any]
):
    engine.brain.answers = [[ToolCall("add", '{"a": 2, "b": 3}')]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool(**secret))
        await respond(client)

    events = converse(server, script)
    assert tools.headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in json.dumps(events)
    assert of(events, "session.updated")["session"]["tools"] == [tools.tool()]


@pytest.mark.parametrize(
    ("definitions", "param"),
    [
        ([{"server_label": "a"}], "session.tools[0].server_url"),
        ([{"server_label": "a", "server_url": "x"}] * 2, "session.tools[1].server_label"),
        (
            [{"server_label": "a", "server_url": "x", "connector_id": "connector_gmail"}],
            "session.tools[0].connector_id",
        ),
        ([{"server_label": "a", "connector_id": "connector_x"}], "session.tools[0].connector_id"),
        (
            [
                {
                    "server_label": "a",
                    "server_url": "x",
                    "authorization": "y",
                    "headers": {"authorization": "z"},
                }
            ],
            "session.tools[0].headers",
        ),
        (
            [{"server_label": "a", "server_url": "x", "require_approval": {"maybe": {}}}],
            "session.tools[0].require_approval.maybe",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(
    server: RunningServer, definitions: list[dict[str, Any]], param: str
):
    async def script(client: Client) -> None:
        await client.update(tools=[{"type": "mcp", **one} for one in definitions])
        assert (await client.refusal())["param"] == param

    converse(server, script)


def test_a_server_is_listed_again_only_when_it_is_defined_anew(server: RunningServer, tools: Tools):
    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await client.update(tools=[{"type": "mcp", "server_label": "desk"}])
        shown = await client.last("session.updated")
        assert shown["session"]["tools"] == [tools.tool()]
        await listed(client, tools.tool(allowed_tools=["look"]))

    assert order(converse(server, script)) == [*LISTED, *LISTED]


def test_one_response_may_have_tools_of_its_own(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("add", '{"a": 2, "b": 3}')], ["Hm."]]

    async def script(client: Client) -> None:
        await client.update(**TEXT)
        await client.last("session.updated")
        await respond(client, tools=[tools.tool()])
        await respond(client)

    events = converse(server, script)
    lawful(events)
    assert "response.mcp_call.completed" in order(events)
    assert engine.brain.prompts[0].tools, "the response waits for its own tools"
    assert not engine.brain.prompts[1].tools


def test_a_response_beside_the_conversation_may_call(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("add", '{"a": 2, "b": 3}')]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool(require_approval="always"))
        asked = await respond(client, conversation="none", metadata={"a": "b"})
        request = of(asked[-2:], "response.output_item.done")["item"]
        await client.send("conversation.item.create", item=approval(request, approve=True))
        await client.until("response.mcp_call.completed")
        done = await client.last("response.output_item.done")
        assert done["item"]["output"] == "5"

    events = converse(server, script)
    lawful(events)
    after = order(events)[order(events).index("response.created") :]
    assert after.count("conversation.item.added") == 1, "of the client's answer alone"


# The brain's view


def remote(name: str, label: str = "desk") -> RemoteTool:
    return RemoteTool(label, {"name": name, "input_schema": {"type": "object"}}, {})


def test_tools_of_the_same_name_are_told_apart():
    functions = [{"type": "function", "name": "add"}]
    known = [remote("add"), remote("add", "de.sk"), remote("add", "de_sk"), remote("x.y")]
    offered = offer(functions, "auto", known)
    names = [spec.name for spec in offered.specs]
    assert names == ["add", "desk_add", "de_sk_add", "add_2", "x_y"]
    assert offered.remote["x_y"].name == "x.y"
    assert "add" not in offered.remote


@pytest.mark.parametrize(
    ("choice", "names", "told"),
    [
        ("required", ["f", "add", "look"], "required"),
        (RemoteChoice("desk", "look"), ["look"], "look"),
        (RemoteChoice("desk"), ["add", "look"], "required"),
        (RemoteChoice("other"), ["f", "add", "look"], "auto"),
    ],
)
def test_a_choice_may_mean_a_server_or_one_tool_of_it(choice: Any, names: list[str], told: str):
    functions = [{"type": "function", "name": "f"}]
    offered = offer(functions, choice, [remote("add"), remote("look")])
    assert [spec.name for spec in offered.specs] == names
    assert offered.choice == told


# What is stopped


async def working(client: Client, tools: Tools) -> None:
    """Have the model call the tool that does not return, and wait until it works."""
    await client.send("response.create")
    await client.until("response.mcp_call.in_progress")
    await asyncio.to_thread(tools.begun.wait, 10)


CUT = [
    "response.mcp_call.in_progress",
    "response.mcp_call.failed",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
]


def test_a_cancelled_response_stops_its_call(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("wait", "{}")]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await working(client, tools)
        await client.send("response.cancel")
        await client.until("response.done")
        await asyncio.to_thread(tools.cancelled.wait, 10)
        await respond(client)

    events = converse(server, script)
    lawful(events)
    assert tools.cancelled.is_set(), "the tool server is told"
    start = order(events).index(CUT[0])
    assert order(events)[start : start + len(CUT)] == CUT
    done = next(e for e in events if e["type"] == "response.done")["response"]
    assert (done["status"], done["output"][0]["error"]["type"]) == (
        "cancelled",
        "tool_execution_error",
    )


def test_a_user_who_speaks_stops_the_call(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("wait", "{}")]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await working(client, tools)
        await client.append(silence(200) + tone(400))
        done = await client.last("response.done")
        assert done["response"]["status_details"]["reason"] == "turn_detected"

    lawful(converse(server, script))


def test_others_are_served_while_a_tool_works(
    server: RunningServer, engine: ScriptedEngine, tools: Tools
):
    engine.brain.answers = [[ToolCall("wait", "{}")], ["Yes."]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool())
        await working(client, tools)
        async with session(server) as other:
            await other.send("response.create", response=TEXT)
            await other.until("response.done")

    converse(server, script)


@pytest.mark.parametrize("approve", [False, True])
def test_a_session_that_ends_leaves_no_call_behind(
    server: RunningServer, engine: ScriptedEngine, tools: Tools, approve: bool
):
    """Neither a response's own call nor one that goes on after it."""
    engine.brain.answers = [[ToolCall("wait", "{}")]]

    async def script(client: Client) -> None:
        await listed(client, tools.tool(require_approval="always" if approve else "never"))
        if approve:
            request = (await respond(client))[-2]["item"]
            await client.send("conversation.item.create", item=approval(request, approve=True))
            await client.until("response.mcp_call.in_progress")
            await asyncio.to_thread(tools.begun.wait, 10)
        else:
            await working(client, tools)

    async def rest() -> set[str]:
        """Names of the work that goes on once the tool server knows of the end."""
        await asyncio.to_thread(tools.cancelled.wait, 10)
        mine = asyncio.current_task()
        left = {t for t in asyncio.all_tasks() if t is not mine and _is_of_a_call(t)}
        await asyncio.wait(left, timeout=10) if left else None
        return {repr(task) for task in left if not task.done()}

    converse(server, script)
    assert asyncio.run_coroutine_threadsafe(rest(), server.loop).result(30) == set()
    assert tools.cancelled.is_set()


def _is_of_a_call(task: asyncio.Task[Any]) -> bool:
    return any(name in repr(task) for name in ("RemoteTools", "RunningResponse", "/mcp/"))


def test_a_session_that_repeats_makes_its_calls_in_turn(tools: Tools):
    """Lists and calls take part in a time of its own: all the same, byte for byte."""
    runs = []
    for _ in range(2):
        engine = ScriptedEngine()
        engine.brain.answers = [
            [ToolCall("add", '{"a": 2, "b": 3}')],
            ["Five."],
            [ToolCall("add", '{"a": 1, "b": 1}')],
        ]
        with scripted_server(engine, seed=5) as server:
            events: list[Event] = []

            async def script(client: Client, events: list[Event] = events) -> None:
                await client.update(tools=[tools.tool()], **TEXT)
                await client.send("response.create")
                await client.send("response.create")
                ask = tools.tool(server_label="other", require_approval="always")
                await client.send("response.create", response={"tools": [ask]})
                request = (await client.until("mcp_list_tools.completed"), 0)[1]
                while not request:
                    done = await client.last("conversation.item.done")
                    request = done["item"] if "approval" in done["item"]["type"] else 0
                await client.send("conversation.item.create", item=approval(request, approve=True))
                await client.until("response.mcp_call.completed")
                await client.until("conversation.item.done")

            events += converse(server, script)
            runs.append(json.dumps(events))
    assert runs[0] == runs[1]
    assert runs[0].count('"response.mcp_call.completed"') == 2


@pytest.mark.parametrize(("line", "anywhere"), [([], False), (["--mcp-anywhere"], True)])
def test_an_option_opens_the_way_to_other_machines(line: list[str], anywhere: bool):
    parser = argparse.ArgumentParser()
    ServerOptions.add_to(parser)
    assert ServerOptions.read(parser.parse_args(line)).mcp_anywhere is anywhere
