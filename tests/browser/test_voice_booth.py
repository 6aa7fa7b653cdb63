"""The voice booth in a real JupyterLab: pictures, sound, keys."""

import json

import pytest

from .listening import BoothPage

CELL = """
import realtime_lab as rl
from tests.browser.booth_takes import {name}
booth = rl.VoiceBooth({name}())
booth
"""
PLACE = "booth.player.place"
WORD = "booth.reading.tokens[booth.reading.token]?.text"


@pytest.fixture
def listen(notebook_page):
    """Open a notebook with a booth of some takes."""

    def open(name, *cells):
        notebook = notebook_page([CELL.format(name=name), *cells])
        notebook.run_cell(0)
        return BoothPage(notebook).until_drawn()

    return open


@pytest.fixture
def few(listen):
    return listen("a_few")


def test_every_voice_has_a_row_with_waveform_spectrogram_pitch_and_measures(few):
    assert few.voices() == ["alloy", "ash", "ballad", "coral"]
    for voice in few.voices():
        inked = few.inked(voice)
        assert 0.02 < inked["rl-wave"] < 0.9
        assert 0.02 < inked["rl-spectrogram"] < 0.9
        assert 0.01 < inked["rl-over"] < 0.5
    heads = few.widget.locator("thead th").all_inner_texts()
    median = next(
        i for i, head in enumerate(heads) if head.startswith("F0\nmedian") or "F0 median" in head
    )
    shown = few.row("coral").locator("td, th").nth(median + 1).inner_text()
    assert float(shown) == round(few.evaluate("booth.store.measured.get(3).values.f0_median"))


def test_sounds_are_drawn_on_one_axis_of_time(few):
    widths = {v: few.row(v).locator(".rl-sound").bounding_box()["width"] for v in few.voices()}
    seconds = few.evaluate("booth.shown.summary.takes.map(take => take.seconds)")
    longest = max(seconds)
    for width, length in zip(widths.values(), seconds, strict=True):
        assert width / widths["ash"] == pytest.approx(length / longest, abs=0.01)


def test_another_voice_goes_on_at_the_same_place_of_the_text(few):
    few.widget.focus()
    few.press("1", "Space")
    few.wait(f"booth.player.state === 'playing' && {PLACE} > 8 && level() > 0.005")
    before, word, position = few.evaluate(f"[{PLACE}, {WORD}, booth.player.position]")
    few.press("2")
    few.wait("booth.player.track.id === 1 && level() > 0.005")
    after, now, later = few.evaluate(f"[{PLACE}, {WORD}, booth.player.position]")
    assert before <= after < before + 4
    words = few.evaluate("booth.shown.asked")
    assert words.index(now) - words.index(word) in (0, 1)
    assert later > position * 1.1, "the slow voice says the same word later"
    assert few.row("ash").get_attribute("aria-current") == "true"
    assert few.widget.locator(".rl-word.rl-said").inner_text() == few.evaluate(WORD)
    few.press("Space")
    few.wait("!booth.player.isActive")


def test_it_plays_at_true_speed_and_the_words_light_up_one_by_one(few):
    few.page.evaluate(
        """() => {
          const { booth } = globalThis.__realtimeLabBooth;
          globalThis.lit = [];
          new MutationObserver(() => {
            const word = document.querySelector('.rl-word.rl-said');
            if (word && globalThis.lit.at(-1) !== word.dataset.index)
              globalThis.lit.push(word.dataset.index);
          }).observe(document.querySelector('.rl-words'), { subtree: true, attributes: true });
        }"""
    )
    few.button("Play alloy").click()
    few.wait("booth.player.position > 0.5")
    clock = "[performance.now() / 1000, booth.player.position]"
    began, from_ = few.evaluate(clock)
    few.wait("booth.player.position > 3")
    ended, to = few.evaluate(clock)
    assert to - from_ == pytest.approx(ended - began, abs=0.2)
    lit = [int(index) for index in few.page.evaluate("globalThis.lit")]
    assert lit == list(range(lit[0], lit[-1] + 1))
    assert len(lit) > 5


def test_loudness_is_matched_or_left_as_it_was_recorded(few):
    gains = "[0, 1, 2, 3].map(id => booth.gain(id))"
    loudness = "[0, 1, 2, 3].map(id => booth.store.measured.get(id).values.loudness)"
    assert few.button("Match loudness").get_attribute("aria-pressed") == "true"
    for gain, lufs in zip(few.evaluate(gains), few.evaluate(loudness), strict=True):
        assert gain == pytest.approx(10 ** ((-23 - lufs) / 20), rel=1e-3)
    few.row("ash").get_by_text("+", exact=False).first.wait_for()
    few.button("Play ash").click()
    few.wait("booth.player.position > 2.5 && level() > 0.01")
    few.button("Match loudness").click()
    assert few.evaluate(gains) == [1, 1, 1, 1]
    few.row("ash").get_by_text("as recorded").wait_for()
    assert few.button("Match loudness").get_attribute("aria-pressed") == "false"


def test_matched_voices_leave_the_loudspeaker_equally_loud(few):
    def loudest(voice):
        few.press(voice, "Home", "Space")
        few.page.evaluate("globalThis.most = 0")
        few.wait(
            "(globalThis.most = Math.max(globalThis.most, level()),"
            " booth.player.position > 4 && globalThis.most)"
        )
        few.press("Space")
        few.wait("!booth.player.isActive")
        return few.page.evaluate("globalThis.most")

    few.widget.focus()
    matched = [loudest(voice) for voice in "124"]
    few.press("m")
    recorded = [loudest(voice) for voice in "124"]
    assert max(matched) / min(matched) < 1.6
    assert max(recorded) / min(recorded) > 2


def test_rows_are_sorted_by_a_click_on_a_head_and_keep_their_pictures(few):
    few.widget.locator("thead").get_by_role("button", name="Duration").click()
    durations = few.evaluate("booth.shown.rows.map(row => booth.value(row, 'duration'))")
    assert durations == sorted(durations)
    assert few.voices()[-1] == "ash"
    head = few.widget.locator("th[aria-sort=ascending]")
    assert "Duration" in head.inner_text()
    assert few.inked("ash")["rl-spectrogram"] > 0.02
    few.widget.locator("thead").get_by_role("button", name="Duration").click()
    assert few.voices()[0] == "ash"
    assert few.row("ash").locator("kbd").inner_text() == "1"


def test_measures_are_chosen_from_all_that_there_are(few):
    few.widget.get_by_text("Measures", exact=True).click()
    few.widget.get_by_label("Jitter").check()
    few.page.keyboard.press("Escape")
    few.widget.locator("thead").get_by_role("button", name="Jitter").wait_for()
    assert few.evaluate("booth.columns.has('jitter')")
    assert few.inked("alloy")["rl-wave"] > 0.02


def test_the_keyboard_alone_is_enough(few):
    few.widget.focus()
    few.press("ArrowDown")
    few.wait("booth.current.voice === 'ash'")
    few.press("ArrowUp")
    few.wait("booth.current.voice === 'alloy'")
    few.press("ArrowRight", "ArrowRight", "ArrowRight")
    third = few.evaluate(WORD)
    assert third == few.evaluate("booth.reading.tokens[2].text") or third == few.evaluate(
        "booth.reading.tokens[3].text"
    )
    assert few.widget.get_by_role("status").inner_text() == third
    few.press("Shift+ArrowRight", "Shift+ArrowRight")
    selected = few.evaluate("booth.reading.selected")
    assert few.widget.locator(".rl-word.rl-selected").count() == 2
    few.press("r", "Space")
    few.wait("booth.player.passage && booth.player.state === 'playing'")
    few.page.evaluate("globalThis.seen = []")
    few.wait(
        "(globalThis.seen.push(booth.reading.token),"
        " globalThis.seen.some((word, i) => word < globalThis.seen[i - 1]))"
    )
    seen = few.page.evaluate("globalThis.seen")
    assert min(seen) >= selected[0] - 1
    assert max(seen) <= selected[1] + 1
    few.press("3")
    few.wait("booth.current.voice === 'ballad' && booth.player.state === 'playing'")
    assert few.evaluate("booth.reading.selected") == selected
    few.press("Escape")
    few.wait("booth.player.passage === null && booth.reading.selection === null")
    few.press("m")
    few.wait("booth.matched === false")
    few.press("Space")
    few.wait("!booth.player.isActive")
    cells = few.page.locator(".jp-Notebook .jp-CodeCell").count()
    few.page.keyboard.type("abxdd1")
    assert few.page.locator(".jp-Notebook .jp-CodeCell").count() == cells


def test_a_click_in_a_picture_goes_there_and_a_drag_selects_words(few):
    box = few.row("coral").locator(".rl-sound").bounding_box()
    few.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 60)
    few.wait("booth.current.voice === 'coral'")
    seconds = few.evaluate("booth.player.track.places.seconds")
    assert few.evaluate("booth.player.position") == pytest.approx(seconds / 2, abs=0.1)
    few.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 60)
    few.page.mouse.down()
    few.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60, steps=5)
    few.page.mouse.up()
    first, last = few.evaluate("booth.reading.selected")
    assert last > first
    words = few.widget.locator(".rl-word")
    words.nth(4).click()
    few.wait("booth.reading.token === 4")


def test_two_models_are_groups_and_a_repeat_is_chosen(listen):
    page = listen("two_models")
    assert page.widget.locator(".rl-group").all_inner_texts() == [
        "gpt-realtime",
        "gpt-4o-realtime-preview",
    ]
    page.row("coral", "gpt-realtime").get_by_text("words off the text").wait_for()
    page.button("Play coral").first.click()
    page.wait("booth.player.state === 'playing'")
    page.press("Space")
    assert page.widget.locator("del.rl-word").count() > 0
    assert page.widget.locator("ins.rl-word").count() > 0
    page.wait("booth.store.measured.size === 8")
    page.row("alloy", "gpt-realtime").get_by_text("±").first.wait_for()
    page.widget.get_by_label("Run", exact=True).select_option(label="2")
    page.until_drawn()
    assert page.evaluate("booth.shown.shown.map(({ take }) => take.repeat)") == [1, 1, 1, 1]
    assert page.widget.locator("del.rl-word").count() == 0
    page.widget.get_by_label("Group by", exact=True).select_option("voice")
    assert page.widget.locator(".rl-group").all_inner_texts() == ["alloy", "coral"]


def test_lines_of_a_dialogue_are_chosen_and_a_voice_without_one_says_so(listen):
    page = listen("a_dialogue")
    assert page.widget.locator(".rl-word").first.inner_text() == "How"
    page.widget.get_by_label("Text", exact=True).select_option(value="1")
    page.widget.get_by_text("This voice has no take of this text.").wait_for()
    page.until_drawn()
    assert page.widget.locator(".rl-word").first.inner_text() == "Very"
    page.button("Play alloy").click()
    page.wait("booth.player.position > 0.3")


def test_without_a_kernel_what_is_here_is_heard_and_the_saved_notebook_shows_it_all(listen):
    page = listen("a_few")
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext"
    page.page.evaluate(f"{kernel}.shutdown()")
    page.page.wait_for_function(f"{kernel}.session === null")
    page.widget.focus()
    page.press("2", "Space")
    page.wait("booth.player.track.id === 1 && level() > 0.005")
    page.press("Space")
    page.notebook.command("docmanager:save")
    saved = "window.jupyterapp.shell.currentWidget.context.model"
    page.page.wait_for_function(f"!{saved}.dirty")
    notebook = page.page.evaluate(f"JSON.stringify({saved}.toJSON())")
    assert "audio/mpeg" not in notebook
    (output,) = json.loads(notebook)["cells"][0]["outputs"]
    html = "".join(output["data"]["text/html"])
    page.page.set_content(html)
    page.page.wait_for_function(
        "[...document.images].length === 4 && [...document.images].every(i => i.naturalWidth > 100)"
    )
    for voice in ("alloy", "ash", "ballad", "coral"):
        page.page.get_by_role("rowheader").or_(
            page.page.get_by_text(voice, exact=True)
        ).first.wait_for()
    assert page.page.get_by_text("F0 median").count() == 1


def test_players_are_in_the_saved_notebook_only_where_they_were_asked_for(listen, notebook_page):
    cell = CELL.format(name="a_dialogue").replace("\nbooth\n", "\nbooth.show(players=True)\n")
    notebook = notebook_page([cell])
    notebook.run_cell(0)
    page = BoothPage(notebook).until_drawn()
    model = "window.jupyterapp.shell.currentWidget.context.model"
    (output,) = json.loads(page.page.evaluate(f"JSON.stringify({model}.toJSON())"))["cells"][0][
        "outputs"
    ]
    assert "".join(output["data"]["text/html"]).count("<audio") == 3


SHORT = """
import realtime_lab as rl
from dataclasses import replace
from realtime_lab.audio import Clip
from tests.browser.booth_takes import take
name = "<img src=x onerror=document.title='run'>" + "W" * 200
spoken = take("alloy", "Good morning.")
short = replace(spoken, voice=name, clip=Clip(spoken.clip.samples[7200:9600]))
rl.VoiceBooth([short, spoken])
"""


def test_what_cannot_be_measured_says_why_and_no_name_breaks_the_page(notebook_page):
    notebook = notebook_page([SHORT])
    notebook.run_cell(0)
    booth = BoothPage(notebook).until_drawn()
    row = booth.widget.locator("tr[data-voice]").first
    missing = row.get_by_text("–", exact=True)
    missing.first.wait_for()
    assert missing.first.get_attribute("title"), "it says why"
    assert row.get_by_text("…", exact=True).count() == 0
    assert booth.widget.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert notebook.page.title() != "run"
