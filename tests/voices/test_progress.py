"""One line tells how far a run is, where a person watches."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel

from realtime_lab.voices import Progress
from realtime_lab.voices.runs.progress import quiet, teller


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_tells_the_plan_first_then_what_was_used():
    start = Progress(8, 0, plan="about 2,144 tokens, $0.26 at list prices")
    assert str(start) == "voices: 0 of 8 sessions · about 2,144 tokens, $0.26 at list prices"
    amid = Progress(8, 2, done=3, failed=1, dollars=0.05, plan="…")
    assert str(amid) == ("voices: 5 of 8 sessions · 2 kept from before · 1 failed · $0.0500 so far")
    over = Progress(8, 0, done=8, dollars=0.2)
    assert str(over) == "voices: 8 of 8 sessions · $0.2000 at list prices"
    assert str(Progress(8, 8)) == "voices: 8 of 8 sessions · 8 kept from before"


def test_a_terminal_has_one_line(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    tell = teller()
    tell(Progress(2, 0, plan="a plan that is long"))
    tell(Progress(2, 0, done=1))
    tell(Progress(2, 0, done=2))
    shown = sys.stderr.getvalue()
    assert shown.count("\n") == 1
    assert shown.endswith("\rvoices: 2 of 2 sessions\x1b[K\n")


def test_a_program_is_told_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert teller() is quiet


@pytest.mark.parametrize(("watched", "told"), [(True, True), (False, False)])
def test_a_cell_is_told_unless_a_program_runs_it(monkeypatch, watched, told):
    kernel = SimpleNamespace(_allow_stdin=watched)
    fake = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=kernel))
    monkeypatch.setitem(sys.modules, "IPython", fake)
    shown: list = []

    class Handle:
        def display(self, data, *, raw):
            shown.append(data["text/plain"])

        update = display

    display = SimpleNamespace(DisplayHandle=Handle)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    tell = teller()
    tell(Progress(2, 0, done=1))
    expected = ["voices: finding the endpoints …", "voices: 1 of 2 sessions"]
    assert shown == (expected if told else [])


CELL = """
import realtime_lab as rl
run = await rl.compare_voices("Hi.", voices=["alloy", "ash"])
"""


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def shown_by(kernel, *, watched: bool) -> list[tuple[str, str]]:
    """What a cell puts out in a real kernel: kind of message and text."""
    shown: list[tuple[str, str]] = []

    def note(message) -> None:
        data = message["content"].get("data")
        if data and message["msg_type"] != "execute_result":
            shown.append((message["msg_type"], data["text/plain"]))

    reply = kernel.execute_interactive(CELL, output_hook=note, allow_stdin=watched, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return shown


def test_a_cell_has_one_line_that_is_brought_up_to_date(kernel):
    kinds, texts = zip(*shown_by(kernel, watched=True), strict=True)
    assert kinds == ("display_data", *["update_display_data"] * (len(kinds) - 1))
    assert texts[0] == "voices: finding the endpoints …"
    assert "about" in texts[1]
    assert texts[-1].startswith("voices: 2 of 2 sessions · $")


def test_a_notebook_that_a_program_executes_is_quiet(kernel):
    assert shown_by(kernel, watched=False) == []
