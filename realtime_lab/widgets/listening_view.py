"""The page of a listener: a blind listening test, in a notebook."""

from __future__ import annotations

from html import escape

from ..errors import ListeningError
from ..eventlog import framed
from ..voices import ListeningTest
from .asked_widget import AskedWidget
from .listening_answers import ListeningAnswers
from .static_twin import bundle

__all__ = ["ListeningView"]


class ListeningView(AskedWidget):
    """A listening test as one listener takes it, as a Jupyter widget.

    Trial after trial: stimuli under letters, to be played as often as wanted, and an answer, by
    mouse or by keys alone. Each must be heard to its end before an answer is taken. Where the test
    has a ``path`` every answer is kept before the next trial is shown; shown again, also after the
    kernel was restarted, the test goes on where it was.

    Neither the page nor what is saved with the notebook tells which voice is which. Without a
    browser it shows how far the listener is.

    Raises:
        ListeningError: for what is no test, or a listener without a name.
    """

    _esm = bundle("listening.js")
    _css = bundle("listening.css")

    def __init__(self, test: ListeningTest, listener: str) -> None:
        if not isinstance(test, ListeningTest):
            raise ListeningError(
                f"{type(test).__name__} is no listening test; give rl.ListeningTest(run)"
            )
        super().__init__(ListeningAnswers(test, listener))
        self._test = test
        self._listener = listener

    # -- showing itself ---------------------------------------------------------------------------

    def _static(self) -> tuple[str, str]:
        done = len(self._test.answered(self._listener))
        trials = len(self._test.begin(self._listener))
        told = f"Listening test for {self._listener}: {done} of {trials} trials answered"
        question = escape(self._test.design.question)
        html = framed(f"<div><b>{escape(told)}</b></div><div>{question}</div>")
        return html, f"{told}. {self._test.design.question}"
