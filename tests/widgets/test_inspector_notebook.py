"""The inspector in a notebook that runs without a browser."""

import base64
import json
import re
import textwrap

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

CELLS = [
    """
    from realtime_lab.protocol import ContentPart, ItemAdded, Message, OutputAudioDelta
    from realtime_lab.widgets import Inspector
    from tests.eventlog.made import PLACE, Recorder

    def typed(name, text):
        content = [ContentPart(type="input_text", text=text)]
        return ItemAdded(item=Message(id=name, role="user", content=content))

    made = Recorder()
    made.at(0.1, typed("item_1", "The first words"))
    inspector = Inspector(made.log)
    inspector
    """,
    """
    made.at(0.5, OutputAudioDelta(**PLACE, delta=bytes(range(256)) * 20))
    made.at(0.9, typed("item_2", "Write to jane.doe@example.org"))
    """,
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory, request):
    """The notebook as it is saved after running."""
    root = json.dumps(str(request.config.rootpath))
    cells = [f"import sys; sys.path.insert(0, {root})", *map(textwrap.dedent, CELLS)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    folder = str(tmp_path_factory.mktemp("notebook"))
    client = nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": folder}}
    )
    client.execute()
    return notebook


def test_the_saved_output_shows_what_came_after_it_was_displayed(executed):
    (output,) = executed.cells[1].outputs
    html = output.data["text/html"]
    assert "The first words" in html
    assert "‹e-mail›" in html
    (told,) = re.findall(r'<img alt="([^"]+)"', html)
    assert "2 in User speech" in told


def test_the_saved_widget_state_holds_neither_words_nor_voices(executed):
    state = json.dumps(executed.metadata.widgets["application/vnd.jupyter.widget-state+json"])
    assert "AnyModel" in state
    assert "first words" not in state
    assert base64.b64encode(bytes(range(60))).decode() not in state


def test_nothing_personal_and_no_voice_is_saved_at_all(executed):
    saved = nbformat.writes(executed)
    outputs = json.dumps([cell.outputs for cell in executed.cells])
    assert "jane.doe" not in outputs
    assert base64.b64encode(bytes(range(60))).decode() not in saved
