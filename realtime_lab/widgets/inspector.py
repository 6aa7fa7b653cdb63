"""The inspector: every event of a log, its time and its sound, in a notebook."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from ..errors import RealtimeLabError
from ..eventlog import EventLog, Mark
from .inspector_answers import InspectorAnswers
from .inspector_html import inspector_html
from .log_watch import LogWatch, WatchThread
from .measurements import Measurements
from .static_twin import StaticTwin, bundle

__all__ = ["Inspector"]

_log = logging.getLogger(__name__)


class Inspector(StaticTwin):
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
        super().__init__()
        self._events = log
        self._measurements = Measurements(log)
        self._answers = InspectorAnswers(log, self._measurements)
        self._watch = LogWatch(self._size, self._measurements, self._post)
        self._thread = WatchThread(self._watch.look)
        self._has_pages = False
        self.on_msg(self._receive)

    def close(self) -> None:
        """Take the inspector off every page; the log stays as it is."""
        self._thread.close()
        super().close()

    def _size(self) -> tuple[int, float]:
        return len(self._events), self._measurements.seconds

    def _post(self, content: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        # Custom messages are safe from any thread; traits are not, and none is used.
        self.send(content, list(buffers))

    def _receive(self, _: object, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        if content.get("type") != "ask":
            return
        self._has_pages = True
        self._thread.asked()
        to = {"page": content.get("page"), "id": content.get("id")}
        try:
            answer = self._answers.to(str(content.get("question")), content.get("asks") or {})
        except RealtimeLabError as error:
            self._post({"type": "refused", **to, "problem": str(error)})
        except Exception as error:
            # A page that gets no answer waits for ever.
            _log.exception("the inspector could not answer")
            self._post({"type": "refused", **to, "problem": f"the kernel failed: {error!r}"})
        else:
            self._post({"type": "answer", **to, "answer": answer.content}, answer.buffers)

    # -- showing itself ---------------------------------------------------------------------------

    def _static(self) -> tuple[str, str]:
        return inspector_html(self._events, self._measurements), repr(self._events)

    def _is_seen(self) -> bool:
        log = self._events
        last = log[-1].event if len(log) else None
        is_over = isinstance(last, Mark) and last.type == "lab.closed"
        return self._has_pages and not is_over
