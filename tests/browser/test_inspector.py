"""The inspector in a real JupyterLab: the table, the timeline, the replay."""

import json

import pytest

from .inspecting import InspectorPage

LIVE = """
import realtime_lab as rl
from realtime_lab.widgets import Inspector
lab = await rl.connect()
inspector = Inspector(lab.log)
inspector
"""
TALK = "turn = await lab.say('Hello there')"

SAVED = """
from realtime_lab.widgets import Inspector
from tests.browser.recordings import {name}
inspector = Inspector({name}())
inspector
"""


@pytest.fixture
def inspect(notebook_page):
    """Open a notebook that inspects one of the recordings."""

    def open(name):
        notebook = notebook_page([SAVED.format(name=name)])
        notebook.run_cell(0)
        return InspectorPage(notebook).until_ready()

    return open


@pytest.fixture
def talk(inspect):
    return inspect("a_talk")


def test_a_session_shows_while_it_is_recorded(notebook_page):
    notebook = notebook_page([LIVE, TALK])
    notebook.run_cell(0)
    page = InspectorPage(notebook).until_ready()
    page.wait("inspector.list.total > 3")
    before = page.evaluate("inspector.summary.events")
    notebook.run_cell(1)
    page.widget.locator(".rl-window .rl-row .rl-type", has_text="response.done").wait_for()
    page.wait(f"inspector.summary.events > {before} + 10")
    page.wait("inspector.timeline.data.spans.some(span => span.lane === 'response' && !span.open)")
    assert "Hello there" in page.page.evaluate(
        "globalThis.__realtimeLabInspector.inspector.timeline.data.spans"
        ".filter(span => span.lane === 'user').map(span => span.text).join(' ')"
    )
    assert page.shown()[-1][0] == page.evaluate("inspector.summary.events") - 1


def test_who_scrolled_away_is_left_there_and_told_what_is_new(notebook_page):
    notebook = notebook_page([LIVE, TALK])
    notebook.run_cell(0)
    page = InspectorPage(notebook).until_ready()
    page.wait("inspector.list.total > 3")
    page.page.evaluate("document.querySelector('.rl-body').style.height = '150px'")
    page.grid.focus()
    page.grid.press("Home")
    notebook.run_cell(1)
    page.widget.locator(".rl-pill", has_text="new").wait_for()
    assert page.shown()[0][0] == 0
    page.widget.locator(".rl-pill").click()
    page.widget.locator(".rl-window .rl-row .rl-type", has_text="response.done").wait_for()


def test_rows_are_filtered_by_type_direction_and_turn(talk):
    everything = talk.evaluate("inspector.list.total")
    talk.widget.locator(".rl-types-menu summary").click()
    talk.widget.get_by_label("response.done").check()
    talk.until_counted("2 rows of")
    talk.page.keyboard.press("Escape")
    talk.wait("inspector.list.row(0)")
    assert {type for _, type in talk.shown()} == {"response.done"}
    talk.widget.get_by_label("Only this turn").fill("2")
    talk.page.keyboard.press("Enter")
    talk.until_counted("1 row of")
    talk.button("Show everything").click()
    talk.until_counted(f"{everything} rows of")
    talk.button("• here").click()
    talk.wait(f"inspector.list.total < {everything}")
    talk.wait("inspector.list.row(0)")
    assert all(type.startswith("lab.") for _, type in talk.shown())


def test_a_text_is_searched_from_match_to_match_and_filtered_by(talk):
    talk.grid.focus()
    talk.grid.press("Home")
    talk.grid.press("/")
    talk.page.keyboard.type("paris")
    talk.page.keyboard.press("Enter")
    talk.wait("inspector.selection.seq > 0")
    first = talk.selected()
    assert "Paris" in talk.widget.locator(".rl-row[aria-selected=true] mark").inner_text()
    talk.button("Next match").click()
    talk.wait(f"inspector.selection.seq > {first}")
    talk.button("Previous match").click()
    talk.wait(f"inspector.selection.seq === {first}")
    talk.button("Previous match").click()
    talk.widget.get_by_text("Went on from the end").wait_for()
    talk.button("Only matches").click()
    talk.wait("inspector.list.filter.text === 'paris' && inspector.list.row(0)")
    assert talk.evaluate("inspector.list.total") < 10
    talk.widget.get_by_role("searchbox").fill("no such words")
    talk.widget.get_by_text("No event fits the filter.").wait_for()


def test_a_stream_unfolds_in_place_and_folds_again(talk):
    seq, pieces = talk.evaluate(
        "[...Array(inspector.list.total).keys()].map(i => inspector.list.row(i))"
        ".filter(row => row.type === 'input_audio_buffer.append')"
        ".map(row => [row.seq, row.pieces])[1]"
    )
    lines = talk.evaluate("inspector.list.lines")
    talk.row(seq).click()
    talk.grid.press("f")
    talk.wait(f"inspector.list.lines === {lines} + {pieces}")
    talk.widget.locator(".rl-piece").nth(2).wait_for()
    assert talk.row(seq).get_attribute("aria-expanded") == "true"
    talk.row(seq).locator(".rl-fold").click()
    talk.wait(f"inspector.list.lines === {lines}")


def test_an_event_shows_its_json_and_leads_to_causes_and_consequences(talk):
    talk.widget.locator(".rl-row", has_text="response.created").first.click()
    detail = talk.widget.get_by_role("complementary", name="Event")
    created = talk.selected()
    body = json.loads(detail.locator(".rl-json").inner_text())
    assert body["type"] == "response.created"
    detail.get_by_text("Consequences").wait_for()
    detail.locator(".rl-jump", has_text="response.done").click()
    detail.locator(".rl-title", has_text="response.done").wait_for()
    talk.wait(f"inspector.selection.seq > {created}")
    assert talk.row(talk.selected()).get_attribute("aria-selected") == "true"
    detail.locator(".rl-jump", has_text="response.created").click()
    talk.wait(f"inspector.selection.seq === {created}")
    talk.page.keyboard.press("Escape")
    detail.wait_for(state="hidden")


def test_audio_in_an_event_is_told_by_its_length_and_nothing_personal_is_shown(talk):
    talk.widget.locator(".rl-row", has_text="input_audio_buffer.append").first.click()
    talk.widget.get_by_text('"[960 bytes of audio]"').wait_for()
    talk.grid.press("/")
    talk.page.keyboard.type("jane.doe")
    talk.page.keyboard.press("Enter")
    talk.widget.get_by_text("Not found").wait_for()
    talk.widget.get_by_role("searchbox").fill("‹e-mail›")
    talk.page.keyboard.press("Enter")
    talk.widget.locator(".rl-row[aria-selected=true]", has_text="‹e-mail›").wait_for()


def test_the_timeline_shows_lanes_and_waveforms_and_leads_to_events(talk):
    talk.wait("inspector.timeline.data.peaks.size === 2")
    lanes = talk.evaluate("inspector.timeline.data.spans.map(span => span.lane)")
    assert {"user", "vad", "response", "sent", "played"} <= set(lanes)
    x, seq = talk.evaluate(
        "(() => { const { axis, data } = inspector.timeline;"
        " const span = data.spans.find(span => span.lane === 'vad');"
        " return [axis.x((span.start + span.end) / 2), span.seq]; })()"
    )
    vad = talk.widget.locator(".rl-name-vad").bounding_box()
    area = talk.widget.get_by_role("slider", name="Time", exact=True)
    left = area.bounding_box()["x"]
    talk.page.mouse.move(left + x, vad["y"] + 8)
    talk.widget.get_by_role("tooltip").get_by_text("VAD · turn 1").wait_for()
    talk.page.mouse.click(left + x, vad["y"] + 8)
    talk.wait(f"inspector.selection.seq === {seq}")
    talk.widget.locator(".rl-title", has_text="speech_started").wait_for()


def test_the_timeline_is_zoomed_and_panned(talk):
    whole = talk.evaluate("inspector.timeline.axis.span")
    talk.button("Show less time").click()
    talk.wait(f"inspector.timeline.axis.span < {whole} * 0.51")
    area = talk.widget.get_by_role("slider", name="Time", exact=True)
    area.focus()
    area.press("+")
    talk.wait(f"inspector.timeline.axis.span < {whole} * 0.26")
    start = talk.evaluate("inspector.timeline.axis.start")
    area.press("PageUp")
    talk.wait(f"inspector.timeline.axis.start < {start}")
    box = area.bounding_box()
    talk.page.mouse.move(box["x"] + 200, box["y"] + 60)
    talk.page.mouse.down()
    talk.page.mouse.move(box["x"] + 50, box["y"] + 60, steps=4)
    talk.page.mouse.up()
    area.press("0")
    talk.wait("inspector.timeline.axis.isFitted")


def test_it_plays_from_an_event_at_true_speed_and_shows_what_passes(talk):
    talk.wait("inspector.timeline.data.peaks.size === 2")
    talk.widget.locator(".rl-row", has_text="speech_started").first.click()
    talk.widget.get_by_role("button", name="Play from here").click()
    at = talk.evaluate("inspector.selection.at")
    talk.wait("level() > 0.1")
    talk.wait(f"inspector.player.cursor > {at} + 0.3")
    began = talk.page.evaluate(
        "[performance.now(), globalThis.__realtimeLabInspector.inspector.player.cursor]"
    )
    talk.wait(f"inspector.player.cursor > {began[1]} + 1")
    ended = talk.page.evaluate(
        "[performance.now(), globalThis.__realtimeLabInspector.inspector.player.cursor]"
    )
    played, passed = ended[1] - began[1], (ended[0] - began[0]) / 1000
    assert abs(played - passed) < 0.25
    assert talk.evaluate("inspector.player.waits") == 0
    passing = talk.widget.locator(".rl-row.rl-passing")
    assert int(passing.get_attribute("data-seq")) > talk.selected()
    talk.button("Pause").click()
    cursor = talk.evaluate("inspector.player.cursor")
    talk.button("Go on").click()
    talk.wait(f"inspector.player.cursor > {cursor}")


def test_a_side_can_be_muted_and_the_end_stops_it(talk):
    talk.wait("inspector.timeline.data.peaks.size === 2")
    talk.button("Mute the user").click()
    talk.button("Mute the model").click()
    talk.grid.focus()
    talk.grid.press("Home")
    talk.grid.press("p")
    talk.wait("inspector.player.cursor > 0.6 && level() === 0")
    talk.button("Mute the user").click()
    talk.wait("level() > 0.1")
    talk.page.evaluate("globalThis.__realtimeLabInspector.inspector.seek(1e9)")
    talk.wait("inspector.player.state === 'stopped'")


def test_all_of_it_works_by_key(talk):
    talk.grid.focus()
    keys = talk.page.keyboard
    keys.press("Home")
    talk.wait("inspector.selection.seq === 0")
    assert talk.grid.get_attribute("aria-activedescendant") == talk.row(0).get_attribute("id")
    keys.press("ArrowDown")
    talk.wait("inspector.selection.seq > 0")
    keys.press("End")
    talk.wait("inspector.selection.seq === inspector.summary.events - 1")
    keys.press("PageUp")
    talk.wait("inspector.selection.seq < inspector.summary.events - 5")
    keys.press("Enter")
    detail = talk.widget.get_by_role("complementary", name="Event")
    detail.wait_for()
    keys.press("Escape")
    detail.wait_for(state="hidden")
    keys.press("/")
    keys.type("paris")
    keys.press("Enter")
    talk.wait("inspector.search.text === 'paris'")
    keys.press("ArrowDown")
    assert talk.page.evaluate("document.activeElement.getAttribute('role')") == "grid"
    keys.press("Space")
    talk.wait("inspector.player.isActive")
    keys.press("Space")
    talk.wait("inspector.player.state === 'paused'")
    cells = talk.page.locator(".jp-Notebook .jp-CodeCell").count()
    keys.type("abxdd m")
    assert talk.page.locator(".jp-Notebook .jp-CodeCell").count() == cells


def test_two_displays_look_at_the_log_each_for_itself(notebook_page):
    notebook = notebook_page([SAVED.format(name="a_talk"), "inspector"])
    notebook.command("notebook:run-all-cells")
    page = InspectorPage(notebook)
    page.widget.nth(1).locator(".rl-window .rl-row[data-seq='0']").wait_for()
    page.widget.first.get_by_role("button", name="• here").click()
    page.widget.first.locator(".rl-matches", has_text="4 rows").wait_for()
    assert "4 rows" not in page.widget.nth(1).locator(".rl-matches").inner_text()


def test_a_log_without_audio_has_lanes_and_is_replayed_in_silence(inspect):
    page = inspect("a_silent_talk")
    page.wait("inspector.timeline.data.spans.length > 0")
    assert page.evaluate("inspector.timeline.data.peaks.size") == 0
    page.button("Play").click()
    page.wait("inspector.player.cursor > 0.3")
    assert page.evaluate("level()") == 0


def test_an_empty_log_says_so(inspect):
    page = inspect("nothing")
    page.widget.get_by_text("Nothing has been recorded yet.").wait_for()
    assert page.button("Play").is_disabled()


def test_every_row_of_every_frame_is_right_while_a_long_log_is_scrolled(inspect):
    page = inspect("a_long_talk")
    page.button("Fold streams").click()
    page.wait("!inspector.list.filter.folded && inspector.list.row(0)")
    rows = page.evaluate("inspector.list.total")
    assert rows == 60_000
    plan = [{"to": step / 40} for step in range(41)]
    plan += [{"to": 0.5, "settle": True}]
    plan += [{"wheel": 300} for _ in range(30)] + [{"wheel": -7} for _ in range(10)]
    plan += [{"key": key} for key in ("End", "PageUp", "PageUp", "ArrowUp", "Home", "PageDown")]
    plan += [{"to": 1, "settle": True}, {"to": 0, "settle": True}]
    told = page.scroll(plan, rows)
    assert told["wrong"] == []
    assert told["frames"] > len(plan)
    assert told["loading"] < told["rows"]


def test_while_nothing_comes_from_the_kernel_it_says_why(notebook_page):
    # A loop within C: no other thread of the kernel can answer, as one does while a cell sleeps.
    cells = [SAVED.format(name="a_talk"), "sum(range(500_000_000))"]
    notebook = notebook_page(cells)
    notebook.run_cell(0)
    page = InspectorPage(notebook).until_ready()
    page.row(0).click()
    page.widget.locator(".rl-title", has_text="session.created").wait_for()
    notebook.run_cell(1)
    page.page.wait_for_function(
        """() => {
          // Each step down asks for another event.
          const down = new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true });
          document.querySelector('.rl-grid').dispatchEvent(down);
          return document.querySelector('.rl-notice').textContent.includes('The kernel is busy');
        }""",
        polling=400,
    )
    page.widget.get_by_role("alert").wait_for(state="hidden")
    page.wait("inspector.selection.detail.seq === inspector.selection.seq")


def test_a_kernel_that_is_gone_is_told(talk):
    talk.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    talk.page.wait_for_function(
        """() => {
          document.querySelector('.rl-window .rl-row').click();
          return document.querySelector('.rl-notice').textContent.includes('The kernel is gone');
        }""",
        polling=500,
    )
