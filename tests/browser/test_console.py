"""The console in a real JupyterLab, talking with an echo."""

import pytest

ECHO = """
from realtime_lab.session import session_thread
from realtime_lab.widgets import Console
from tests.widgets.echo_session import EchoSession

session = EchoSession(answer_seconds={seconds})
console = Console(session, session_thread().loop{options})
console
"""


def echo(seconds=2.0, options=""):
    return ECHO.format(seconds=seconds, options=options)


def status(notebook, text):
    notebook.console.locator(".rl-activity", has_text=text).wait_for()


def test_speech_goes_in_and_an_audible_answer_comes_out(notebook_page, speech, wav):
    notebook = notebook_page([echo()], microphone=wav(1.0, speech("librivox-0880"), 30.0))
    notebook.run_all()
    notebook.raw_microphone()
    notebook.button("Start microphone").click()
    notebook.wait("audio.peakLevel > 0.3")
    notebook.wait("Object.values(audio.positions).some(seconds => seconds >= 2)")
    assert notebook.audio()["underruns"] == 0
    notebook.console.get_by_text("s of sound").first.wait_for()
    notebook.console.get_by_text("ms to first audio").wait_for()
    notebook.button("Stop microphone").click()
    notebook.button("Start microphone").wait_for()


def test_speaking_over_the_answer_silences_it(notebook_page, speech, wav):
    words = speech("librivox-0880")
    microphone = wav(1.0, words, words, words, words, words, words)
    notebook = notebook_page([echo(seconds=20)], microphone=microphone)
    notebook.run_all()
    notebook.raw_microphone()
    notebook.button("Start microphone").click()
    notebook.wait("audio.stops.length > 0 && audio.stops[0].silent")
    notebook.console.get_by_text("interrupted", exact=True).first.wait_for()
    assert 0 < min(notebook.audio()["positions"].values()) < 20


def test_the_stop_button_silences_at_once_and_marks_the_rest(notebook_page):
    notebook = notebook_page([echo(seconds=20)])
    notebook.run_all()
    notebook.console.get_by_label("Message to the model").fill("Tell me a story")
    notebook.button("Send message").click()
    notebook.wait("audio.level > 0.3")
    notebook.button("Stop the reply").click()
    notebook.wait("audio.level === 0")
    notebook.console.get_by_text("interrupted", exact=True).wait_for()
    status(notebook, "Ready")


def test_push_to_talk_by_key_sends_what_was_said_while_it_was_held(notebook_page, speech, wav):
    words = speech("librivox-0880")
    notebook = notebook_page([echo()], microphone=wav(words, words, words, words))
    notebook.run_all()
    notebook.raw_microphone()
    notebook.console.get_by_role("radio", name="Push to talk").click()
    hold = notebook.button("Hold to talk")
    hold.focus()
    notebook.page.keyboard.down("Space")
    notebook.console.locator(".rl-meter[aria-valuenow]:not([aria-valuenow='0'])").wait_for()
    notebook.page.keyboard.up("Space")
    notebook.console.get_by_text("s of sound").first.wait_for()
    notebook.wait("audio.peakLevel > 0.3")


@pytest.mark.parametrize(
    ("path", "note"),
    [("direct", "Direct socket"), ("proxy", "Proxied socket"), ("comm", "Notebook channel (slow)")],
)
def test_every_path_carries_audio_both_ways(notebook_page, speech, wav, path, note):
    microphone = wav(1.0, speech("librivox-0880"), 30.0)
    notebook = notebook_page([echo(options=f", paths=['{path}']")], microphone=microphone)
    notebook.run_all()
    assert notebook.console.locator(".rl-path").inner_text() == note
    notebook.raw_microphone()
    notebook.button("Start microphone").click()
    notebook.wait("audio.peakLevel > 0.3")
    notebook.wait("Object.values(audio.positions).some(seconds => seconds >= 2)")


def test_a_cell_that_blocks_does_not_stop_the_conversation(notebook_page, speech, wav):
    cells = [echo(), "import time; time.sleep(600)"]
    notebook = notebook_page(cells, microphone=wav(1.0, speech("librivox-0880"), 30.0))
    notebook.run_first()
    notebook.run_cell(1)
    notebook.raw_microphone()
    notebook.button("Start microphone").click()
    notebook.wait("Object.values(audio.positions).some(seconds => seconds >= 2)")
    kernel = notebook.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
    )
    assert kernel == "busy"
    notebook.command("notebook:interrupt-kernel")


def test_a_second_display_shows_the_same_conversation(notebook_page):
    notebook = notebook_page([echo(seconds=0.2), "console"])
    notebook.run_all()
    notebook.console.nth(1).wait_for()
    notebook.console.first.get_by_label("Message to the model").fill("Hello twice")
    notebook.console.first.get_by_role("button", name="Send message").click()
    for n in range(2):
        notebook.console.nth(n).locator(".rl-user", has_text="Hello twice").wait_for()


def test_a_kernel_that_restarts_frees_the_microphone(notebook_page, speech, wav):
    notebook = notebook_page([echo()], microphone=wav(speech("librivox-0880"), 30.0))
    notebook.run_all()
    notebook.button("Start microphone").click()
    notebook.button("Stop microphone").wait_for()
    notebook.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    notebook.console.get_by_text("The connection to the kernel is gone").wait_for()
    notebook.button("Start microphone").wait_for()


def test_the_end_of_the_session_is_shown(notebook_page):
    end = "session_thread().loop.call_soon_threadsafe(session.close)"
    notebook = notebook_page([echo(), end])
    notebook.command("notebook:run-all-cells")
    status(notebook, "Session closed")
    assert notebook.console.get_by_label("Message to the model").is_disabled()


def test_without_permission_it_says_what_to_do(notebook_page):
    notebook = notebook_page([echo()], allowed=False)
    notebook.run_all()
    notebook.button("Start microphone").click()
    notebook.console.get_by_role("alert").get_by_text("does not allow this page").wait_for()
    notebook.button("Start microphone").wait_for()


def test_letters_typed_into_the_console_are_no_shortcuts_of_the_notebook(notebook_page):
    notebook = notebook_page([echo()])
    notebook.run_all()
    field = notebook.console.get_by_label("Message to the model")
    field.click()
    notebook.page.keyboard.type("abxdd m")
    assert field.input_value() == "abxdd m"
    assert notebook.page.locator(".jp-Notebook .jp-CodeCell").count() == 1
