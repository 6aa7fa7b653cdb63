"""A blind listening test in a real JupyterLab: by keys alone, across a restart of the kernel."""

from pathlib import Path

import pytest

from .lab import Notebook

TEST = """
import realtime_lab as rl
from tests.browser.booth_takes import take
takes = [take(voice, "Good morning.", decibels=level)
         for voice, level in (("alloy", 0), ("echo", -12), ("sage", 3))]
test = rl.ListeningTest(takes, scale="{scale}", path="{path}", training=0, targets=0, repeated=0)
rl.ListeningView(test, listener="L01")
"""
TOLD = (
    "print('TOLD', [(a.trial, a.given, a.plays, a.comment) for a in test.answered('L01').values()])"
)


class ListeningPage:
    """A listening test in a notebook whose cell has run."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.widget = self.page.locator("section.rl-listening")

    def until_shown(self, count: str) -> None:
        """Wait for a trial, as '1 of 3'."""
        self.widget.locator("header", has_text=count).wait_for(timeout=60_000)

    def wait(self, condition: str) -> None:
        """Wait for a condition on ``sitting``."""
        self.page.wait_for_function(
            "() => { const { sitting, level } = globalThis.__realtimeLabListening ?? {};"
            f" return sitting && ({condition}); }}",
            timeout=30_000,
        )

    def hear(self, letters: str) -> None:
        """Listen to stimuli to the end, by keys."""
        for index, letter in enumerate(letters):
            self.page.keyboard.press(letter)
            self.wait("sitting.player.isPlaying && level() > 0.003")
            self.wait(f"!sitting.player.isPlaying && !sitting.player.unheard.includes({index})")

    def told(self) -> str:
        """What the kernel holds of the listener's answers."""
        self.notebook.run_cell(1)
        line = self.page.locator(".jp-OutputArea-output", has_text="TOLD").last
        line.wait_for()
        return line.inner_text()


@pytest.fixture
def listen(notebook_page, tmp_path: Path):
    """Open a listening test."""

    def open(scale: str) -> ListeningPage:
        path = tmp_path / "answers.jsonl"
        notebook = notebook_page([TEST.format(scale=scale, path=path), TOLD])
        notebook.run_cell(0)
        return ListeningPage(notebook)

    return open


def test_a_listener_completes_a_test_by_keys_alone(listen):
    page = listen("preference")
    page.until_shown("1 of 3")
    page.widget.focus()
    for trial in range(3):
        page.until_shown(f"{trial + 1} of 3")
        page.page.keyboard.press("Enter")
        assert page.widget.get_by_text("Listen to A and B to the end.").first.is_visible()
        page.hear("ab")
        page.page.keyboard.press("ArrowRight" if trial else "ArrowLeft")
        page.page.keyboard.press("Enter")
    page.widget.get_by_text("All done.").first.wait_for()
    told = page.told()
    assert "(0, (-1.0,), (1, 1), '')" in told
    assert "(2, (1.0,), (1, 1), '')" in told


def test_after_the_kernel_was_restarted_it_goes_on_where_it_was(listen):
    page = listen("preference")
    page.until_shown("1 of 3")
    page.widget.focus()
    page.hear("ab")
    page.widget.get_by_label("no preference").check()
    page.widget.get_by_label("Comment").fill("both are calm")
    page.widget.get_by_role("button", name="Next").click()
    page.until_shown("2 of 3")
    page.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    page.notebook.command("notebook:clear-all-cell-outputs")
    page.widget.wait_for(state="detached")
    page.notebook.run_cell(0)
    page.until_shown("2 of 3")
    assert "(0, (0.0,), (1, 1), 'both are calm')" in page.told()


def test_several_voices_are_rated_side_by_side_with_keys_and_mouse(listen):
    page = listen("continuous")
    page.until_shown("1 of 1")
    page.widget.focus()
    page.hear("abc")
    page.page.keyboard.press("Shift+ArrowRight")
    page.widget.get_by_role("slider", name="A").fill("20")
    assert page.widget.get_by_role("button", name="Next").is_disabled()
    assert page.widget.get_by_text("Rate B.").first.is_visible()
    page.widget.get_by_role("slider", name="B").fill("75")
    page.widget.get_by_role("button", name="Next").click()
    page.widget.get_by_text("All done.").first.wait_for()
    assert "(0, (20.0, 75.0, 60.0), (1, 1, 1), '')" in page.told()


TWO = """
import realtime_lab as rl
from tests.browser.booth_takes import take
hostile = "<img src=x onerror=document.title='run'>" + "W" * 400
takes = [take(voice, "Good morning.") for voice in ("alloy", "echo")]
test = rl.ListeningTest(takes, question=hostile, training=0, targets=0, repeated=0)
rl.ListeningView(test, listener="L01")
"""


def test_two_listeners_in_one_notebook_answer_apart_and_no_text_breaks_the_page(notebook_page):
    notebook = notebook_page([TWO, "rl.ListeningView(test, listener='L02')"])
    for cell in range(2):
        notebook.run_cell(cell)
    both = notebook.page.locator("section.rl-listening")
    for widget, choice in ((both.nth(0), 0), (both.nth(1), 2)):
        widget.get_by_role("radio").nth(choice).check()
    assert [both.nth(i).get_by_role("radio", checked=True).count() for i in range(2)] == [1, 1]
    assert notebook.page.title() != "run"
    assert both.nth(0).evaluate("node => node.scrollWidth <= node.clientWidth")
