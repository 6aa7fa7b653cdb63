"""The waterfall of an answer that really sounded, in a real notebook."""

CONNECT = """
import realtime_lab as rl
lab = await rl.connect()
lab
"""
SAY = "turn = await lab.say('Hello there')"
SHOW = """
import asyncio
while not lab.log.events("lab.playback_ended"):
    await asyncio.sleep(0.05)
from IPython.display import display
display(lab.turns[-1].waterfall, lab.log.waterfall())
latency = lab.turns[-1].latency.as_ms()
seconds = lab.turns[-1].audio.seconds
print("measured", 20 < latency["first_audio_to_played"] < 2000,
      abs(latency["played_to_last"] / 1000 - seconds) < 0.5, latency, seconds)
"""


def test_the_first_and_the_last_sample_of_an_answer_are_measured_and_shown(notebook_page):
    notebook = notebook_page([CONNECT, SAY, SHOW])
    notebook.run_first()
    notebook.run_cell(1)
    notebook.wait("audio.peakLevel > 0.02")
    notebook.run_cell(2)
    output = notebook.page.locator(".jp-OutputArea-output")
    told = output.filter(has_text="measured").last
    told.wait_for()
    assert told.inner_text().startswith("measured True True"), told.inner_text()
    picture = output.locator("svg[aria-label='Waterfall of turn 1']")
    picture.get_by_text("first played", exact=True).wait_for()
    picture.get_by_text("audio played", exact=True).wait_for()
    output.locator("svg[aria-label='Latency over 1 turn']").wait_for()
