"""The tool view in the kernel, with no browser anywhere."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.engine import ToolCall
from realtime_lab.errors import ToolError
from realtime_lab.eventlog import EventLog
from realtime_lab.session import session_thread
from tests.scripted import ScriptedEngine
from tests.servers import running_server

pytest.importorskip("anywidget")


def weather(city: str) -> str:
    """Tell the weather."""
    return f"sunny in {city}"


@pytest.fixture
def lab():
    engine = ScriptedEngine()
    call = ToolCall("weather", '{"city": "<Oslo>"}')
    engine.brain.answers = [[call], ["It is grey."]]
    with running_server(engine) as server:
        place = rl.endpoint(server.ws_url + "/v1/realtime?model=gpt-realtime", api_key=server.key)
        opened = rl.run(
            rl.connect(place, tools=[weather], tool_modes={"weather": rl.by_hand()}), 30
        )
        yield opened
        rl.run(opened.close(), 30)


def talk(lab: rl.Lab, answer: str = "grey, write to jane.doe@example.org") -> None:
    """One turn in which somebody answers for the tool."""
    saying = lab.say("How is the weather?")
    rl.run(lab.tools.next_pending(), 30).answer(answer)
    rl.run(saying, 30)


def settle() -> None:
    """Let the session's loop do what it has been given."""

    async def turns() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    session_thread().call(turns(), "settle").result(10)


def bundle(view: Any) -> dict[str, str]:
    data, _ = view._repr_mimebundle_()
    return data


def test_without_a_browser_it_shows_each_call_redacted_and_escaped(lab):
    talk(lab)
    shown = bundle(rl.ToolView(lab))
    assert "&lt;Oslo&gt;" in shown["text/html"]
    assert "<Oslo>" not in shown["text/html"]
    assert "It is grey." in shown["text/html"]
    assert "jane.doe" not in shown["text/html"] + shown["text/plain"]
    assert "‹e-mail›" in shown["text/html"]
    assert re.search(r'weather\(\{"city": "<Oslo>"\}\): answered after \d', shown["text/plain"])


def test_it_shows_what_it_missed_and_what_it_sees(lab):
    talk(lab)
    before = bundle(rl.ToolView(lab))["text/html"]
    watching = lab.tools.view
    settle()
    assert bundle(watching)["text/html"] == before


def test_nothing_of_the_calls_is_in_the_state_that_notebooks_save(lab):
    view = lab.tools.view
    talk(lab, "a secret answer")
    settle()
    saved = json.dumps(view.get_state(), default=str)
    for text in ("secret", "Oslo", "It is grey", view._host._bridge.token):
        assert text not in saved
    assert lab.tools.view is view


def test_tools_can_be_shown_without_a_session():
    view = rl.ToolView([weather])
    result = rl.run(view.tools["weather"].call(city="Oslo"), 30)
    assert result.output == "sunny in Oslo"
    settle()
    [entry] = view.tools.session.log.events("lab.tool_tried")
    assert entry.event.data["output"] == "sunny in Oslo"
    shown = bundle(view)
    assert "no tool yet" in shown["text/html"]
    assert shown["text/plain"] == "tools: weather (automatic)"
    view.close()


def test_one_function_will_do_and_what_is_no_tool_is_refused():
    assert "weather" in bundle(rl.ToolView(weather))["text/plain"]
    with pytest.raises(ToolError, match="is not a tool"):
        rl.ToolView([42])


def test_a_lab_without_tools_says_so():
    with running_server(ScriptedEngine()) as server:
        place = rl.endpoint(server.ws_url + "/v1/realtime?model=gpt-realtime", api_key=server.key)
        lab = rl.run(rl.connect(place), 30)
        assert bundle(rl.ToolView(lab))["text/plain"] == "tools: none"
        assert isinstance(lab.log, EventLog)
        rl.run(lab.close(), 30)
