"""The tools of an MCP server, over standard input and output and over streamable HTTP."""

from __future__ import annotations

import asyncio
import builtins
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

import realtime_lab as rl
from realtime_lab.errors import ToolError
from realtime_lab.protocol import GA, PREVIEW, FunctionCall
from realtime_lab.server import open_listener
from realtime_lab.tools import McpTools, ToolRegistry, ToolResult, ToolRunner, connect_mcp
from tests.tools import desk as desk_module
from tests.tools.desk import Seen, desk
from tests.tools.on_the_wire import assert_on_the_wire

COMMAND = [sys.executable, str(Path(desk_module.__file__))]
SECRET = "a-token-that-nobody-shall-see"


@contextmanager
def serving(seen: Seen) -> Iterator[str]:
    """The desk over HTTP, and addresses where something else answers."""
    app = desk(seen).streamable_http_app()

    async def locked(request: Request) -> PlainTextResponse:
        return PlainTextResponse("no", 401)

    async def moved(request: Request) -> RedirectResponse:
        return RedirectResponse("http://127.0.0.1:9/mcp")

    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("<html>", media_type="text/html")

    for path, answer in {"/locked": locked, "/moved": moved, "/page": page}.items():
        app.add_route(path, answer, methods=["GET", "POST", "DELETE"])
    with open_listener("127.0.0.1", 0) as listener:
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@pytest.fixture(scope="module")
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def site(seen: Seen) -> Iterator[str]:
    with serving(seen) as address:
        yield address


@pytest.fixture(scope="module", params=["stdio", "http"])
def source(request: pytest.FixtureRequest) -> Any:
    return COMMAND if request.param == "stdio" else request.getfixturevalue("site") + "/mcp"


@pytest.fixture(scope="module")
def tools(source: Any) -> Iterator[McpTools]:
    """Connected on the session's thread; tests call from loops of their own."""
    opened = rl.run(rl.tools_from_mcp(source), timeout=60)
    yield opened
    asyncio.run(opened.aclose())


def with_tools(
    job: Callable[[McpTools], Coroutine[Any, Any, Any]], source: Any, **options: Any
) -> Any:
    """Connect and call on one and the same loop."""

    async def scenario() -> Any:
        async with await connect_mcp(source, **options) as tools:
            return await job(tools)

    return asyncio.run(scenario())


async def run(tools: McpTools, name: str, **arguments: Any) -> ToolResult:
    call = FunctionCall(name=name, arguments=json.dumps(arguments), call_id="call_1")
    return await ToolRunner(ToolRegistry(tools)).run(call)


def call(tools: McpTools, name: str, **arguments: Any) -> ToolResult:
    return asyncio.run(run(tools, name, **arguments))


def test_a_servers_tools_are_listed_and_called(tools: McpTools):
    assert tools["add"].description == "Adds two numbers."
    assert set(tools["add"].parameters["properties"]) == {"a", "b"}
    assert call(tools, "add", a=40, b=2).output == "42"


def test_tools_are_found_by_name_and_by_index(tools: McpTools):
    assert tools[0] is tools["add"]
    assert "add" in tools
    assert tools[0] in tools
    assert "subtract" not in tools
    with pytest.raises(KeyError, match="the tools are: add, files_read"):
        tools["subtract"]


def test_a_tool_that_only_reads_may_be_called_again(tools: McpTools):
    assert tools["counts"].idempotent
    assert not tools["add"].idempotent


def test_a_services_strict_types_take_the_tools(tools: McpTools):
    for tool in tools:
        assert_on_the_wire(tool.spec(), GA)
        assert_on_the_wire(tool.spec(), PREVIEW)


def test_arguments_are_checked_before_the_server_sees_them(tools: McpTools):
    error = call(tools, "add", a="x", b=2).error
    assert error == "add was not called: argument 'a': 'x' is not of type 'integer'"


def test_what_is_no_text_is_told_in_a_line(tools: McpTools):
    assert call(tools, "everything").output.splitlines() == [
        "Look:",
        "[image: image/png, 5 bytes]",
        "[audio: audio/wav, 5 bytes]",
        "[resource: a, file:///a, the first]",
        "[resource: file:///note, text/plain]",
        "Hi",
        "[resource: file:///blob, x/y, 5 bytes]",
    ]


def test_a_structured_result_is_told_as_json(tools: McpTools):
    assert json.loads(call(tools, "counts").output) == {"chairs": 4}


def test_a_tools_own_error_is_told_in_its_words(tools: McpTools):
    with pytest.raises(ToolError, match="the desk fell over"):
        asyncio.run(tools["fail"]())
    error = call(tools, "fail").error or ""
    assert error.startswith("fail failed: ")
    assert error.endswith("the desk fell over")


def test_a_name_that_a_session_cannot_have_is_changed_and_that_is_told(tools: McpTools):
    assert call(tools, "files_read", path="a").output == "the text of a"
    assert "'files.read'" in tools["files_read"].notes[0].sentence


def test_tools_are_chosen_and_renamed(source: Any):
    async def job(tools: McpTools) -> list[str]:
        assert (await run(tools, "desk_plus", a=1, b=2)).output == "3"
        return [tool.name for tool in tools]

    names = with_tools(
        job, source, only=["files.read", "add"], rename={"add": "plus"}, prefix="desk_"
    )
    assert names == ["desk_files_read", "desk_plus"]


def test_what_the_server_does_not_have_cannot_be_chosen(site: str):
    with pytest.raises(ToolError, match=r"no tool 'subtract'; the tools are: add, files_read"):
        asyncio.run(connect_mcp(f"{site}/mcp", only=["subtract"]))


def test_calls_come_from_several_loops_at_a_time(tools: McpTools):
    results: list[str] = []

    def elsewhere(number: int) -> None:
        results.append(asyncio.run(tools["add"](a=number, b=0)))

    threads = [threading.Thread(target=elsewhere, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["0", "1", "2", "3"]


def test_calls_run_at_the_same_time(site: str, seen: Seen):
    async def job(tools: McpTools) -> str:
        seen.begun.clear()
        waiting = asyncio.create_task(tools["wait"]())
        assert await asyncio.to_thread(seen.begun.wait, 60)
        answer = await tools["add"](a=1, b=2)
        assert not waiting.done()
        waiting.cancel()
        return answer

    assert with_tools(job, f"{site}/mcp") == "3"


def test_a_call_that_is_given_up_is_cancelled_at_the_server(site: str, seen: Seen):
    async def job(tools: McpTools) -> bool:
        seen.begun.clear()
        seen.cancelled.clear()
        call = asyncio.create_task(tools["wait"]())
        assert await asyncio.to_thread(seen.begun.wait, 60)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return await asyncio.to_thread(seen.cancelled.wait, 60)

    assert with_tools(job, f"{site}/mcp")


def test_a_process_ends_with_its_connection():
    async def job(tools: McpTools) -> int:
        return int(await tools["process"]())

    process = with_tools(job, COMMAND)
    assert process != os.getpid()
    assert not psutil.pid_exists(process)


def test_a_closed_connection_says_so(source: Any):
    async def scenario() -> str | None:
        tools = await connect_mcp(source)
        await tools.aclose()
        await tools.aclose()
        return (await run(tools, "add", a=1, b=2)).error

    error = asyncio.run(scenario())
    assert error is not None
    assert "is closed; open it again with tools_from_mcp" in error


def test_a_connection_whose_loop_is_gone_says_so():
    with asyncio.Runner() as gone:  # asyncio.run keeps its loop once nest_asyncio was at work
        tools = gone.run(connect_mcp(COMMAND))
    with pytest.raises(ToolError, match="opened on is closed"), asyncio.Runner() as other:
        other.run(tools["add"](a=1, b=2))


def test_a_server_that_dies_is_told_and_started_again():
    async def job(tools: McpTools) -> tuple[str | None, str]:
        died = await run(tools, "die")
        return died.error, (await run(tools, "add", a=1, b=2)).output

    error, answer = with_tools(job, COMMAND)
    assert "was lost; the next call opens it again" in error
    assert answer == "3"


def test_a_server_that_went_away_is_told():
    async def scenario() -> ToolResult:
        with serving(Seen()) as site:
            tools = await connect_mcp(f"{site}/mcp")
        try:
            return await run(tools, "add", a=1, b=2)
        finally:
            await tools.aclose()

    error = asyncio.run(scenario()).error
    assert error is not None
    assert error.startswith("add failed: ")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (["no-such-command-anywhere"], "'no-such-command-anywhere' cannot be started"),
        ([sys.executable, "-c", "import sys; sys.exit('no key')"], "it wrote: no key"),
        ("http://127.0.0.1:9/mcp", "no MCP server answers at http://127.0.0.1:9/mcp"),
        ("{site}/locked", "HTTP 401 (Unauthorized); give headers="),
        ("{site}/missing", "HTTP 404 (Not Found); the path is often /mcp"),
        ("{site}/moved", "Redirect to http://127.0.0.1:9/mcp not followed"),
        ("{site}/page", "Unexpected content type: text/html"),
        ("ftp://127.0.0.1/mcp", "begins with http:// or https://"),
        ("http://me:word@127.0.0.1/mcp", "not in its address"),
        ([], "is a command, as"),
        (3, "is a command, as"),
        (None, "is a command, as"),
        ("python 'server.py", "cannot be split (no closing quotation)"),
        ({"command": "python", "args": "server.py"}, "'server.py'; it is a list of texts"),
        ({"mcpServers": {"desk": {"command": "python"}}}, "servers['mcpServers']['name']"),
    ],
)
def test_what_is_no_server_is_told(site: str, source: Any, told: str):
    where = source.replace("{site}", site) if isinstance(source, str) else source
    with pytest.raises(ToolError) as error:
        asyncio.run(connect_mcp(where))
    assert told in str(error.value)
    assert "word" not in str(error.value)


def test_a_folder_that_is_not_there_and_a_timeout_that_is_none_are_told():
    with pytest.raises(ToolError, match="there is no folder /no/such/folder"):
        asyncio.run(connect_mcp(COMMAND, cwd="/no/such/folder"))
    with pytest.raises(ToolError, match="timeout is '30'; give seconds above 0"):
        asyncio.run(connect_mcp(COMMAND, timeout="30"))  # type: ignore[arg-type]


def test_a_server_that_writes_something_else_is_told_without_a_traceback():
    script = (
        "import asyncio, sys; from realtime_lab.errors import ToolError\n"
        "from realtime_lab.tools import connect_mcp\n"
        "try: asyncio.run(connect_mcp(['echo', 'hello']))\n"
        "except ToolError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "the MCP server 'echo hello' ended, or does not speak MCP" in done.stdout
    assert done.stderr == ""


def test_a_server_that_never_answers_is_given_up():
    silent = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with pytest.raises(ToolError, match=r"did not answer within 0\.01 s"):
        asyncio.run(connect_mcp(silent, timeout=0.01))


def test_headers_reach_the_server_and_nobody_else(site: str, seen: Seen):
    headers = {"Authorization": f"Bearer {SECRET}"}

    async def job(tools: McpTools) -> str:
        await tools["add"](a=1, b=2)
        return repr(tools) + repr(list(tools))

    assert SECRET not in with_tools(job, f"{site}/mcp?key={SECRET}", headers=headers)
    assert seen.headers["authorization"] == f"Bearer {SECRET}"
    with pytest.raises(ToolError) as error:
        asyncio.run(connect_mcp(f"{site}/locked?key={SECRET}", headers=headers))
    assert SECRET not in str(error.value)


def test_headers_do_not_go_over_the_network_in_the_clear():
    with pytest.raises(ToolError, match="use https://"):
        asyncio.run(connect_mcp("http://tools.example.org/mcp", headers={"X-Key": SECRET}))


def test_a_command_gets_its_environment_and_little_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESK_SECRET", "of the kernel")
    assert with_tools(lambda tools: tools["secret"](), COMMAND) == "none"
    given = {"command": COMMAND[0], "args": COMMAND[1:], "env": {"DESK_SECRET": SECRET}}
    assert with_tools(lambda tools: tools["secret"](), given) == SECRET


def test_without_the_package_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "mcp":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ToolError, match=r"pip install 'realtime-lab\[mcp\]'"):
        asyncio.run(connect_mcp(COMMAND))


def test_a_session_with_the_embedded_server_calls_them(site: str):
    """The whole way: an utterance, a call that the model makes, the tool's answer sent to it."""
    tools = rl.run(rl.tools_from_mcp(f"{site}/mcp", only=["weather"]), timeout=60)
    lab = rl.run(rl.connect(tools=tools), timeout=120)
    try:
        turn = rl.run(lab.say("What is the weather in Oslo?"), timeout=120)
        assert [made.name for made in turn.tool_calls] == ["weather"]
        sent = [json.loads(entry.data) for entry in lab.log if entry.direction == "sent"]
        items = [event["item"] for event in sent if event["type"] == "conversation.item.create"]
        assert "clear in Oslo" in [item.get("output") for item in items]
    finally:
        rl.run(lab.close(), timeout=60)
        asyncio.run(tools.aclose())
