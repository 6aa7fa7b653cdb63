"""The console in a notebook that runs without a browser."""

import json

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

CELLS = [
    """
    from realtime_lab.session import session_thread
    from realtime_lab.widgets import Console
    from tests.widgets.echo_session import EchoSession

    session = EchoSession(answer_seconds=0.1)
    console = Console(session, session_thread().loop)
    console
    """,
    """
    posted = []
    console._host._post = lambda content, buffers: posted.append(content)
    console._receive(console, {"type": "connect", "client": "c", "origin": "http://x"}, [])
    session_thread().call(session.say("Hello to nobody"), "say").result()
    while not posted:
        pass
    (posted[0]["port"], posted[0]["token"]) and None
    """,
    "from pathlib import Path; Path('secrets.txt').write_text(posted[0]['token']) and None",
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory, request):
    """The notebook as it is saved after running, and the token its bridge had."""
    import textwrap

    folder = tmp_path_factory.mktemp("notebook")
    root = json.dumps(str(request.config.rootpath))
    cells = [f"import sys; sys.path.insert(0, {root})", *map(textwrap.dedent, CELLS)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return notebook, (folder / "secrets.txt").read_text()


def test_the_saved_output_shows_what_was_said_after_it_was_displayed(executed):
    notebook, _ = executed
    (output,) = notebook.cells[1].outputs
    assert "You:</b> Hello to nobody" in output.data["text/html"]
    assert "You typed: Hello to nobody" in output.data["text/plain"]


def test_the_saved_notebook_with_its_widget_state_holds_no_token(executed):
    notebook, token = executed
    assert "application/vnd.jupyter.widget-state+json" in notebook.metadata.widgets
    assert len(token) > 30
    assert token not in nbformat.writes(notebook)
