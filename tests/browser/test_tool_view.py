"""The tool view in a real JupyterLab, with the embedded server's own model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .tool_page import ToolPage

CONNECT = """
import realtime_lab as rl
from typing import Literal

def weather(city: str) -> dict:
    '''Tell the weather in a city.

    Args:
        city: the city, as Paris.
    '''
    return {{"sky": "sunny", "temperature": 21}}

def set_light(room: str, state: Literal["on", "off"]) -> str:
    '''Switch the light in a room on or off.

    Args:
        room: the room.
        state: on or off.
    '''
    return f"the light in {{room}} is {{state}}"

lab = await rl.connect(tools=[weather, set_light], tool_modes={modes})
lab.tools
"""
ASK = "turn = await lab.say('What is the weather in Paris?')\nprint(turn.transcript)"
ASK_TWO = "turn = await lab.say('What is the weather in Oslo and Rome?')\nprint(turn.transcript)"
LIGHT = "turn = await lab.say('Turn on the light in the kitchen')\nprint(turn.transcript)"


@pytest.fixture
def tools(notebook_page):
    """Show the tools of a lab in these modes, and run the cell that asks the model."""

    def shown(modes: str, *cells: str, **options: Any) -> ToolPage:
        notebook = notebook_page([CONNECT.format(modes=modes), *cells], **options)
        notebook.run_cell(0)
        page = ToolPage(notebook).until_connected()
        page.until_idle()
        return page

    return shown


def test_a_person_answers_while_the_cell_waits_for_the_turn(tools):
    here = tools("{'weather': rl.by_hand('rain')}", ASK)
    here.notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    assert call.locator("pre").first.inner_text() == '{"city": "Paris"}'
    here.widget.get_by_role("button", name="1 call waits for you").click()
    answer = call.get_by_label("The answer in place of weather")
    assert answer.evaluate("node => node === document.activeElement")
    here.page.keyboard.type('{"sky": "grey", "temperature": 8}')
    here.page.keyboard.press("Control+Enter")
    here.call(0, "Answered")
    call.locator(".rl-said", has_text="grey and the temperature is 8 degrees").wait_for()
    here.until_idle()
    assert "grey" in here.output(1)
    assert here.widget.get_by_role("button", name="calls wait").count() == 0


def test_a_quick_reply_is_held_back_as_the_slider_says(tools):
    here = tools("{'weather': rl.by_hand('rain', delay=1)}", ASK)
    here.notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    slider = call.get_by_role("slider")
    assert slider.input_value() == "1"
    slider.fill("2.5")
    call.get_by_role("button", name="rain").click()
    here.call(0, "Answer held back")
    here.call(0, "Answered")
    call.get_by_text("You answered, held back for 2.5 s").wait_for()
    call.locator(".rl-said", has_text="Rain").wait_for()


def test_asked_first_the_arguments_can_be_edited_with_errors_at_their_field(tools):
    here = tools("{'set_light': rl.ask_first()}", LIGHT)
    here.notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    call.get_by_role("button", name="Edit the arguments").click()
    state = call.get_by_label("state")
    assert state.input_value() == '"on"'
    state.select_option("")
    call.get_by_role("button", name="Call with these").click()
    call.get_by_role("alert").filter(has_text="Needed").wait_for()
    assert state.get_attribute("aria-invalid") == "true"
    state.select_option("off")
    call.get_by_label("room").fill("cellar")
    call.get_by_role("button", name="Call with these").click()
    here.call(0, "Answered")
    call.get_by_text("You changed the arguments").wait_for()
    call.get_by_text("the light in cellar is off").first.wait_for()


def test_asked_first_a_call_is_denied_with_a_reason(tools):
    here = tools("{'set_light': rl.ask_first()}", LIGHT)
    here.notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    call.get_by_role("button", name="Deny", exact=True).click()
    here.page.keyboard.type("somebody sleeps there")
    here.page.keyboard.press("Enter")
    here.call(0, "Denied by you")
    call.locator(".rl-said", has_text="somebody sleeps there").wait_for()


def test_approved_the_function_itself_answers(tools):
    here = tools("{'weather': rl.ask_first()}", ASK)
    here.notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    call.get_by_role("button", name="Approve").click()
    here.call(0, "Answered")
    call.locator(".rl-said", has_text="sunny").wait_for()


def test_a_tool_is_made_to_fail_by_its_switch(tools):
    here = tools("{}", ASK)
    here.choose("weather", "Fail on purpose")
    text = here.widget.get_by_label("What it says")
    text.fill("the satellite is asleep")
    text.press("Enter")
    here.notebook.run_cell(1)
    call = here.call(0, "Failed")
    call.get_by_text("Failing on purpose: error").wait_for()
    call.locator(".rl-said", has_text="satellite is asleep").wait_for()


def test_a_tool_is_delayed_by_its_switch_and_a_slow_one_can_be_cancelled(tools):
    here = tools("{}", ASK, ASK)
    here.choose("weather", "Delayed")
    here.widget.get_by_label("Seconds at least").wait_for()
    here.notebook.run_cell(1)
    here.call(0, "Running").get_by_text("Delayed by 2 s").wait_for()
    here.call(0, "Answered")
    here.until_idle()
    longest = here.widget.get_by_label("Seconds at most")
    longest.fill("600")
    longest.press("Tab")
    shortest = here.widget.get_by_label("Seconds at least")
    shortest.fill("500")
    shortest.press("Tab")
    here.notebook.run_cell(2)
    call = here.call(1, "Running")
    call.get_by_role("button", name="Cancel this call of weather").click()
    here.call(1, "Cancelled").get_by_text("Cancelled: by you").wait_for()
    here.until_idle()


def test_two_parallel_calls_are_answered_apart(tools):
    here = tools("{'weather': rl.by_hand('rain', 'snow')}", ASK_TWO)
    here.notebook.run_cell(1)
    here.widget.get_by_role("button", name="2 calls wait for you").wait_for()
    oslo, rome = here.call(0, "Waiting for you"), here.call(1, "Waiting for you")
    rome.get_by_role("button", name="rain").click()
    here.widget.get_by_role("button", name="1 call waits for you").wait_for()
    oslo.get_by_role("button", name="snow").click()
    here.call(0, "Answered")
    here.call(1, "Answered")
    rome.locator(".rl-said").wait_for()
    assert oslo.locator(".rl-output").inner_text() == "snow"
    assert rome.locator(".rl-output").inner_text() == "rain"


@pytest.mark.parametrize(
    ("modes", "ends"),
    [
        ("{'weather': rl.by_hand()}", "Cancelled"),
        ("{'weather': rl.delayed(60, cancel_on_barge_in=True)}", "Cancelled"),
        ("{'weather': rl.delayed(12)}", "Answered"),
    ],
)
def test_speaking_while_a_tool_is_slow(tools, speech, wav, modes, ends):
    """What waits for a person disappears; a slow tool goes on unless its mode says otherwise."""
    microphone = wav(1.0, speech("goforward"), 60.0)
    here = tools(
        modes, "lab", "asking = lab.say('What is the weather in Paris?')", microphone=microphone
    )
    here.notebook.run_cell(1)
    here.notebook.until_connected()
    here.notebook.raw_microphone()
    here.notebook.run_cell(2)
    here.calls.first.wait_for()
    here.notebook.button("Start microphone").click()
    here.notebook.console.locator(".rl-user.rl-final").first.wait_for()
    call = here.call(0, ends)
    here.notebook.console.locator(".rl-assistant.rl-final").first.wait_for()
    if ends == "Cancelled":
        call.get_by_text("Cancelled: the user went on speaking").wait_for()
        assert call.get_by_role("group", name="Your answer to weather").count() == 0
    else:
        assert call.get_by_text("Cancelled").count() == 0


FORM = """
import realtime_lab as rl
from dataclasses import dataclass
from typing import Annotated, Literal
import msgspec

@dataclass
class Address:
    street: str
    number: Annotated[int, msgspec.Meta(ge=1)]
    floor: int | None = None

def order(kind: Literal["margherita", "funghi"], count: int, toppings: list[str], to: Address,
          hot: bool = False, tip: float = 0.0) -> dict:
    '''Order pizza.'''
    return {"kind": kind, "count": count, "toppings": toppings, "street": to.street,
            "number": to.number, "hot": hot, "tip": tip}

rl.ToolView([order])
"""


def form(notebook_page):
    notebook = notebook_page([FORM])
    notebook.run_cell(0)
    here = ToolPage(notebook).until_connected()
    here.widget.get_by_role("button", name="Try order by hand").click()
    return here


def test_a_form_made_from_the_schema_calls_a_tool(notebook_page):
    here = form(notebook_page)
    widget = here.widget
    widget.get_by_label("kind").select_option("funghi")
    widget.get_by_label("count").fill("many")
    widget.get_by_role("button", name="Add to toppings").click()
    here.page.keyboard.type("olives")
    widget.get_by_label("street").fill("Main Street")
    widget.get_by_label("number integer").fill("0")
    widget.get_by_label("hot").select_option("true")
    widget.get_by_role("button", name="Call it").click()
    told = widget.locator(".rl-problem:visible")
    assert told.all_inner_texts() == ["Not a number", "At least 1"]
    widget.get_by_label("count").fill("3")
    assert told.all_inner_texts() == ["At least 1"], "problems go away while typing"
    widget.get_by_label("number integer").fill("7")
    widget.get_by_role("button", name="Call it").click()
    widget.locator(".rl-result[data-state=answered]").wait_for()
    assert json.loads(widget.locator(".rl-result pre").inner_text()) == {
        "kind": "funghi",
        "count": 3,
        "toppings": ["olives"],
        "street": "Main Street",
        "number": 7,
        "hot": True,
        "tip": 0,
    }


def test_raw_json_is_checked_by_the_kernel_and_goes_back_into_the_form(notebook_page):
    here = form(notebook_page)
    widget = here.widget
    widget.get_by_role("button", name="Write JSON instead").click()
    raw = widget.get_by_label("Arguments as JSON")
    raw.fill('{"kind": "funghi", ')
    widget.get_by_role("button", name="Call it").click()
    widget.get_by_text("Not valid JSON").wait_for()
    raw.fill('{"kind": "funghi", "count": 1, "toppings": [], "to": {"street": "A", "number": "x"}}')
    widget.get_by_role("button", name="Call it").click()
    widget.locator(".rl-problem:visible", has_text="argument 'to.number'").wait_for()
    raw.fill('{"kind": "funghi", "count": 1, "toppings": ["a", "b"], "to": {"street": "A"}}')
    widget.get_by_role("button", name="Back to the form").click()
    assert widget.get_by_label("street").input_value() == "A"
    assert widget.get_by_role("button", name="Remove toppings 2").is_visible()
    widget.get_by_label("number integer").fill("2")
    widget.get_by_role("button", name="Call it").click()
    widget.locator(".rl-result[data-state=answered]").wait_for()


def test_letters_typed_into_the_tools_are_no_shortcuts_of_the_notebook(notebook_page):
    here = form(notebook_page)
    field = here.widget.get_by_label("street")
    field.click()
    here.page.keyboard.type("abxdd m")
    assert field.input_value() == "abxdd m"
    assert here.page.locator(".jp-Notebook .jp-CodeCell").count() == 1


def test_two_displays_show_the_same_and_a_restart_is_told(tools):
    here = tools(
        "{'weather': rl.by_hand()}",
        "lab.tools",
        "asking = lab.say('What is the weather in Paris?')",
    )
    here.notebook.run_cell(1)
    here.widget.nth(1).wait_for()
    here.notebook.run_cell(2)
    for n in range(2):
        here.widget.nth(n).locator(".rl-state", has_text="Waiting for you").wait_for()
    second = here.widget.nth(1)
    second.get_by_label("The answer in place of weather").fill("rain")
    second.get_by_role("button", name="Send the answer").click()
    here.widget.nth(0).locator(".rl-state", has_text="Answered").wait_for()
    here.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    here.widget.nth(0).get_by_text("The connection to the kernel is gone").wait_for()
    assert here.widget.nth(0).get_by_role("button", name="Try weather by hand").is_visible()


WATCH_SOCKETS = """() => {
  globalThis.bridges = [];
  const Socket = WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      if (!this.url.includes("/api/")) bridges.push(this);
    }
  };
}"""
CUT_SOCKETS = "() => { for (const socket of bridges.splice(0)) socket.close(); }"


def test_what_is_typed_outlives_a_connection_that_is_cut(notebook_page):
    modes = "{'weather': rl.by_hand(delay=0.3)}"
    notebook = notebook_page([CONNECT.format(modes=modes), ASK])
    notebook.page.evaluate(WATCH_SOCKETS)
    notebook.run_cell(0)
    here = ToolPage(notebook).until_connected()
    here.until_idle()
    notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    answer = call.get_by_label("The answer in place of weather")
    answer.fill("rain, I think")
    here.page.evaluate(CUT_SOCKETS)
    here.widget.get_by_text("Disconnected").wait_for()
    here.until_connected()
    assert answer.input_value() == "rain, I think"
    answer.press("Control+Enter")
    here.call(0, "Answered")
    call.get_by_text("You answered, held back for 0.3 s").wait_for()


HOSTILE = """
import realtime_lab as rl
told = "<img src=x onerror=document.title='run'>" + "W" * 400 + " مرحبا " + "word " * 1800

def echo(text: str) -> str:
    return told
echo.__doc__ = f"Say. {told}\\n\\nArgs:\\n    text: {told}\\n"
rl.ToolView([echo])
"""


def test_no_text_runs_or_breaks_the_page_and_two_views_keep_their_fields_apart(notebook_page):
    notebook = notebook_page([HOSTILE, "rl.ToolView([echo])"])
    notebook.page.set_viewport_size({"width": 560, "height": 900})
    for cell in range(2):
        notebook.run_cell(cell)
    both = notebook.page.locator("section.rl-tools")
    for n in range(2):
        widget = both.nth(n)
        widget.get_by_role("button", name="Try echo by hand").click()
        widget.get_by_label("text string").fill(f"view {n}")
        widget.get_by_role("button", name="Call it").click()
        widget.locator(".rl-result[data-state=answered]").wait_for()
        assert widget.evaluate("node => node.scrollWidth <= node.clientWidth")
    first, second = (both.nth(n).get_by_label("text string").input_value() for n in range(2))
    assert (first, second) == ("view 0", "view 1")
    assert notebook.page.title() != "run"


def test_an_answer_that_is_too_long_is_told_and_another_can_be_sent(tools):
    here = tools("{'weather': rl.by_hand()}", ASK)
    here.notebook.run_cell(1)
    call = here.call(0, "Waiting for you")
    answer = call.get_by_label("The answer in place of weather")
    answer.fill("x" * 70_000)
    answer.press("Control+Enter")
    call.get_by_role("alert").filter(has_text="too long").wait_for()
    answer.fill("rain")
    answer.press("Control+Enter")
    here.call(0, "Answered")


def test_settings_that_depend_on_each_other_show_what_they_became(tools):
    here = tools("{'weather': rl.delayed(2, 3)}")
    here.widget.get_by_role("button", name="Settings of the mode of weather").click()
    shortest = here.widget.get_by_label("Seconds at least")
    shortest.fill("5")
    shortest.press("Tab")
    here.page.wait_for_function(
        "() => [...document.querySelectorAll('.rl-tools .rl-settings:not([hidden]) input')]"
        ".map((input) => input.value).join() === '5,5'"
    )
