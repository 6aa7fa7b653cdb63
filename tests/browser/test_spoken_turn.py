"""The main job, all of it: speak in a notebook, hear the model answer, talk over it."""

CONNECT = """
import realtime_lab as rl
lab = await rl.connect()
lab
"""
STORY = "turn = await lab.say('Tell me a long story')"


def test_a_spoken_question_is_answered_aloud(notebook_page, speech, wav):
    notebook = notebook_page([CONNECT], microphone=wav(3.0, speech("goforward"), 60.0))
    notebook.run_all()
    notebook.raw_microphone()
    notebook.button("Start microphone").click()
    notebook.wait("audio.peakLevel > 0.02")
    notebook.console.locator(".rl-user.rl-final").wait_for()
    notebook.console.locator(".rl-assistant.rl-final").wait_for()
    notebook.console.get_by_text("ms to first audio").wait_for()
    notebook.wait("Object.values(audio.positions).some(seconds => seconds > 0.3)")
    assert "ten" in notebook.console.locator(".rl-user .rl-text").inner_text().lower()


def test_speaking_over_a_long_answer_stops_it_and_is_answered(notebook_page, speech, wav):
    microphone = wav(8.0, speech("goforward"), 60.0)
    notebook = notebook_page([CONNECT, STORY], microphone=microphone)
    notebook.run_first()
    notebook.raw_microphone()
    notebook.run_cell(1)
    notebook.wait("audio.peakLevel > 0.02")
    notebook.button("Start microphone").click()
    notebook.wait("audio.stops.some(stop => stop.silent)")
    notebook.console.locator(".rl-assistant.rl-interrupted .rl-unheard").wait_for()
    notebook.console.locator(".rl-assistant.rl-final").wait_for()
    notebook.wait("Object.keys(audio.positions).length >= 2")
