"""The inspector: every event of a log, its time and its sound, in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..eventlog import EventLog, Mark
from .asked_widget import AskedWidget
from .inspector_answers import InspectorAnswers
from .inspector_html import inspector_html
from .log_watch import LogWatch, WatchThread
from .measurements import Measurements
from .static_twin import bundle

__all__ = ["Inspector"]


class Inspector(AskedWidget):
    """A log as a table of all its events and a timeline with both waveforms, as a Jupyter widget.

    The log may be growing, or have been loaded; with audio or without. Events can be filtered,
    searched, followed to their causes and consequences, and heard: the browser plays both sides
    from any moment on. All that a page shows is redacted as the log's `EventLog.redaction` says,
    and none of it is kept in the state that is saved with a notebook.

    Without a browser it shows the first and last events and the timeline, as they were at the end
    of the last cell.
    """

    _esm = bundle("inspector.js")
    _css = bundle("inspector.css")

    def __init__(self, log: EventLog) -> None:
        self._measurements = Measurements(log)
        super().__init__(InspectorAnswers(log, self._measurements))
        self._events = log
        self._watch = LogWatch(self._size, self._measurements, self._post)
        self._thread = WatchThread(self._watch.look)

    def close(self) -> None:
        """Take the inspector off every page; the log stays as it is."""
        self._thread.close()
        super().close()

    def _size(self) -> tuple[int, float]:
        return len(self._events), self._measurements.seconds

    def _receive(self, _: object, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        self._thread.asked()
        super()._receive(self, content, buffers)

    # -- showing itself ---------------------------------------------------------------------------

    def _static(self) -> tuple[str, str]:
        return inspector_html(self._events, self._measurements), repr(self._events)

    def _is_seen(self) -> bool:
        log = self._events
        last = log[-1].event if len(log) else None
        is_over = isinstance(last, Mark) and last.type == "lab.closed"
        return super()._is_seen() and not is_over
