"""Between the pages that show the tools and a session, whose time is turned by hand."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.toolbench import LiveTools, LogOnly
from realtime_lab.tools import ToolRegistry
from realtime_lab.widgets.framing import Frame, encode_frame
from realtime_lab.widgets.tool_feed import MOST_CALLS, clipped
from realtime_lab.widgets.tool_links import ToolLinks
from tests.session.scene import Scene
from tests.session.test_interrupting import calls

SLOW = {"slow": rl.by_hand("yes", {"no": 1}, delay=1.5)}


class Page:
    """A link that remembers what it was sent."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []

    def send(self, frame: Frame) -> None:
        encode_frame(frame)  # every frame must fit
        self.frames.append(frame.header)

    def drop_audio(self) -> None: ...

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]

    def last(self, kind: str) -> dict[str, Any]:
        return self.all(kind)[-1]


class Shown:
    """A scene whose tools a page shows."""

    def __init__(self, **modes: Any) -> None:
        self.here = Scene(modes=modes)
        self.links = ToolLinks(self.here.tools)
        self.page = self.open()

    def open(self) -> Page:
        page = Page()
        self.links.opened(page)
        return page

    def does(self, **message: Any) -> None:
        self.here.do(lambda: self.links.received(self.page, Frame(message)))
        self.here.flow()

    @property
    def line(self) -> dict[str, Any]:
        return self.page.last("call")

    def close(self) -> None:
        self.links.close()
        self.here.close()


@pytest.fixture
def shown():
    made: list[Shown] = []

    def show(**modes: Any) -> Shown:
        made.append(Shown(**modes))
        return made[-1]

    yield show
    for one in made:
        one.close()


def statuses(page: Page) -> list[str]:
    """What a call went through."""
    found = [line["status"] for line in page.all("call")]
    return [status for status, before in zip(found, ["", *found], strict=False) if status != before]


def test_a_page_is_told_the_tools_then_the_calls_then_that_this_is_all(shown):
    here = shown(**SLOW)
    calls(here.here, "slow")
    page = here.open()
    assert [f["type"] for f in page.frames] == ["welcome", "tool", "tool", "call", "complete"]
    tool = page.all("tool")[0]
    assert (tool["name"], tool["description"]) == ("slow", "Takes as long as it likes.")
    assert tool["parameters"]["type"] == "object"
    assert (tool["mode"]["kind"], tool["mode"]["delay"]) == ("by_hand", 1.5)
    line = page.last("call")
    assert (line["status"], line["how"], line["replies"], line["delay"]) == (
        "asked",
        "by_hand",
        ["yes", '{"no":1}'],
        1.5,
    )


def test_a_call_is_shown_as_it_happens(shown):
    here = shown(slow=rl.by_hand())
    calls(here.here, "slow")
    here.here.wait(4.0)
    here.does(type="answer", call=here.line["id"], output="grey", delay=2.0)
    assert here.line["status"] == "held"
    here.here.wait(2.0)
    here.here.flow()
    assert statuses(here.page) == ["arriving", "running", "asked", "held", "answered"]
    assert (here.line["output"], here.line["seconds"]) == ("grey", 6.0)
    assert [(note["kind"], note["at"]) for note in here.line["notes"]] == [
        ("asked", 0.0),
        ("answered", 4.0),
    ]
    here.here.speaks(300)
    here.here.service.end("completed")
    here.here.flow()
    assert here.line["said"], "what the model said next"


def test_arguments_are_shown_while_they_arrive(shown):
    here = shown()
    here.here.say()
    here.here.flow()
    here.here.service.call("slow")
    here.here.flow()
    assert here.page.all("call")[0]["arguments"] == ""
    pieces = [more["text"] for more in here.page.all("more") if more["field"] == "arguments"]
    assert "".join(pieces) == here.line["arguments"] != ""


@pytest.mark.parametrize(
    ("message", "status", "words"),
    [
        ({"type": "deny", "reason": "too dear"}, "denied", "too dear"),
        ({"type": "approve"}, "running", "approved"),
        ({"type": "edit", "arguments": "{}"}, "running", "changed the arguments: {}"),
    ],
)
def test_a_decision_of_a_page_reaches_the_call(shown, message, status, words):
    here = shown(slow=rl.ask_first())
    calls(here.here, "slow")
    here.does(call=here.line["id"], **message)
    assert here.line["status"] == status
    assert words in here.line["notes"][-1]["text"]
    assert here.here.tools.pending == []


def test_what_cannot_be_done_is_told_to_the_page_that_asked_with_the_argument(shown):
    here = shown(slow=rl.ask_first())
    other = here.open()
    calls(here.here, "slow")
    call = here.line["id"]
    here.does(type="edit", call=call, arguments='{"city": 1}')
    refused = here.page.last("refused")
    assert (refused["about"], refused["what"], refused["path"]) == (call, "edit", "city")
    assert "no argument 'city'" in refused["problem"]
    assert other.all("refused") == []
    here.does(type="approve", call="call_gone")
    assert "waits for an answer any more" in here.page.last("refused")["problem"]
    here.does(type="mode", tool="slow", mode={"kind": "delayed", "low": -1, "high": 2})
    assert "no such mode" in here.page.last("refused")["problem"]


def test_when_the_user_goes_on_the_question_is_gone_from_the_page(shown):
    here = shown(slow=rl.by_hand())
    calls(here.here, "slow")
    here.here.user_speaks()
    here.here.flow()
    assert here.line["status"] == "cancelled"
    assert here.line["notes"][-1]["text"] == "Cancelled: the user went on speaking"
    assert "went on" in here.line["output"]


def test_a_page_may_cancel_what_takes_too_long(shown):
    here = shown(slow=rl.delayed(600))
    calls(here.here, "slow")
    here.does(type="cancel", call=here.line["id"])
    assert (here.line["status"], here.line["notes"][-1]["text"]) == (
        "cancelled",
        "Cancelled: by you",
    )
    assert here.here.sent().count("response.create") == 2, "the user hears what became of it"


def test_parallel_calls_are_answered_each_by_itself(shown):
    here = shown(slow=rl.by_hand(), other=rl.by_hand())
    calls(here.here, "slow", "other")
    slow, other = [question.call_id for question in here.here.tools.pending]
    here.does(type="answer", call=other, output="second", delay=0)
    assert {q.call_id for q in here.here.tools.pending} == {slow}
    here.does(type="answer", call=slow, output="first", delay=0)
    ends = {line["id"]: line["output"] for line in here.page.all("call") if line["output"]}
    assert ends == {slow: "first", other: "second"}


def test_a_mode_chosen_on_one_page_shows_on_all(shown):
    here = shown()
    other = here.open()
    here.does(type="mode", tool="slow", mode=rl.failing("no").described())
    assert here.here.tools["slow"].mode == rl.failing("no")
    for page in (here.page, other):
        assert page.last("mode")["mode"]["text"] == "no"
    here.here.tools["slow"].mode = rl.automatic(tries=3)
    here.here.loop.rest()
    assert other.last("mode")["mode"]["tries"] == 3


def test_a_call_that_was_cut_off_says_so(shown):
    here = shown()
    here.here.say()
    here.here.flow()
    here.here.service.call("slow")
    here.here.service.end("cancelled")
    here.here.flow()
    assert here.line["status"] == "incomplete"


def test_the_end_of_the_session_ends_every_question(shown):
    here = shown(slow=rl.by_hand())
    calls(here.here, "slow")
    here.here.loop.run_until_complete(here.here.session.close())
    here.here.loop.rest()
    assert here.page.last("status")["session"] == "closed"
    assert here.line["status"] == "cancelled"
    assert here.line["notes"][-1]["text"] == "The session was closed"
    here.does(type="mode", tool="slow", mode={"kind": "automatic"})
    assert here.page.last("mode")["mode"]["kind"] == "automatic"


def test_a_page_that_is_gone_is_told_nothing(shown):
    here = shown()
    here.does(type="bye")
    before = len(here.page.frames)
    calls(here.here, "slow")
    assert len(here.page.frames) == before


# -- without a session ----------------------------------------------------------------------------


def weather(city: str, days: int = 1) -> str:
    """Tell the weather."""
    return f"sunny in {city} for {days}"


def broken(city: str) -> str:
    """Break."""
    raise ValueError("no line")


def tried(tool: Any, arguments: str) -> Page:
    """A page that calls a tool by hand, until it is answered."""

    async def visit() -> Page:
        live = LiveTools(ToolRegistry([tool]))
        live.attach(LogOnly(), asyncio.get_running_loop())
        links, page = ToolLinks(live), Page()
        links.opened(page)
        message = {"type": "try", "tool": tool.__name__, "arguments": arguments}
        links.received(page, Frame(message))
        await asyncio.gather(*links._trying)
        return page

    return asyncio.run(visit())


def test_a_tool_called_by_hand_tells_its_output_once():
    page = tried(weather, '{"city": "Oslo", "days": 2}')
    [told] = page.all("tried")
    assert (told["tool"], told["output"], told["error"]) == ("weather", "sunny in Oslo for 2", None)
    assert told["seconds"] >= 0


def test_a_function_that_fails_by_hand_says_how():
    told = tried(broken, '{"city": "Oslo"}').last("tried")
    assert told["error"] == "broken failed: ValueError: no line"


@pytest.mark.parametrize(
    ("arguments", "path"),
    [('{"city": "Oslo", "days": "two"}', "days"), ('{"city": ', ""), ("{}", "")],
)
def test_arguments_that_do_not_fit_are_not_called_and_name_the_field(arguments, path):
    page = tried(weather, arguments)
    assert page.all("tried") == []
    refused = page.last("refused")
    assert (refused["about"], refused["path"]) == ("weather", path)


def test_however_long_texts_are_every_frame_fits(shown):
    long = "ü\n" * 90_000
    here = shown(slow=rl.by_hand(*[long] * 5, *["x" * 1_900] * 30))
    calls(here.here, "slow")
    assert here.line["replies"] == ["x" * 1_900] * 10, "only what can be sent whole is offered"
    here.does(type="answer", call=here.line["id"], output=long, delay=0)
    assert not here.line["whole"]
    assert long.startswith(here.line["output"])
    assert here.open().all("tool")[0]["mode"] == {"kind": "by_hand", "is_long": True}


def test_a_page_is_told_of_arguments_that_name_what_is_far_too_long():
    page = tried(weather, json.dumps({"city": "Oslo", "x" * 200_000: 2}))
    refused = page.last("refused")
    assert len(encode_frame(Frame(refused))) < 2_000
    assert "xxx" in refused["problem"]


def test_clipping_counts_bytes_of_json():
    for text in ("a" * 99, "ü" * 99, "\x01" * 99, "", "\U0001f600" * 99):
        short = clipped(text, 60)
        assert text.startswith(short)
        assert len(json.dumps(short, ensure_ascii=False).encode()) <= 60
    assert clipped("as it is", 60) == "as it is"


def test_the_view_holds_a_limited_number_of_calls(shown):
    here = shown()
    for _ in range(MOST_CALLS + 5):
        here.here.say()
        here.here.flow()
        here.here.service.call("slow")
        here.here.service.end("cancelled")
        here.here.flow()
    assert len(here.links.feed) == MOST_CALLS
