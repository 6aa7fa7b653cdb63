"""Every way to interrupt the model: by voice, by typed text, by the stop button."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ClassVar, Literal

from ..protocol import (
    ClientEvent,
    ErrorEvent,
    Matching,
    ResponseCancel,
    ResponseTracker,
    ServerEvent,
    SessionConfig,
    SpeechStarted,
    UnknownEvent,
)
from .playback import Playback

__all__ = ["BargeIn", "By"]

By = Literal["voice", "text", "stop"]
CANCEL_SECONDS = 10.0
"""How long a response may take to end once it was cancelled."""
NOT_ACTIVE = "response_cancel_not_active"
REMEMBERED = 200


class BargeIn:
    """One path for all of them: the player falls silent, the response is cancelled if one is
    active or on its way, and what was not heard is settled with the service (`Playback`).

    The service itself cancels what is spoken over. Where it was told not to be interrupted
    (``interrupt_response=False``), speaking interrupts nothing here either.

    What is sent to tidy up may come too late: the response ended by itself, the item is gone. The
    service answers with an ``error``; it is marked ``lab.lost_race`` (``event``, ``event_id``,
    ``code``, ``message``) and means no harm. ``lost(response_id)`` is called for a response that
    was cancelled and of whose end the service never told; ``interrupted(by)`` whenever the user
    goes on, whether or not the model was speaking.
    """

    CONCERNS: ClassVar = frozenset({SpeechStarted.type, ErrorEvent.type})

    def __init__(
        self,
        responses: ResponseTracker,
        matching: Matching,
        *,
        send: Callable[[ClientEvent], object],
        mark: Callable[..., object],
        later: Callable[[float, Callable[[], None]], Any],
        lost: Callable[[str], None],
        interrupted: Callable[[By], None],
    ) -> None:
        self._responses = responses
        self._matching = matching
        self._send = send
        self._mark = mark
        self._later = later
        self._lost = lost
        self._interrupted = interrupted
        self._by_voice = True
        self._sent: OrderedDict[str, ClientEvent] = OrderedDict()
        self._cancelled: set[str] = set()
        self.playback = Playback(self._tidy, mark, later)

    def configure(self, config: SessionConfig) -> None:
        """Take the settings now in force into account."""
        heard = config.audio.input if config.audio else None
        detection = heard.turn_detection if heard else None
        self._by_voice = not detection or detection.interrupt_response is not False

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        if isinstance(event, SpeechStarted):
            if self._by_voice:
                self.interrupt("voice")
        elif isinstance(event, ErrorEvent):
            self._note_refused(event)

    @property
    def is_needed(self) -> bool:
        """Whether a response is active that nobody has stopped yet."""
        active = self._responses.active
        return active is not None and active.id not in self._cancelled

    def interrupt(self, by: By) -> None:
        """Stop the model."""
        active = self._responses.active
        if by != "voice":
            if active is not None and self.is_needed:
                self._cancel(active.id)
            elif active is None and self._matching.is_waiting:
                # It has not begun, but will before this arrives.
                self._tidy(ResponseCancel())
        self.playback.interrupt(by, active.id if active else "")
        self._interrupted(by)

    def _cancel(self, response_id: str) -> None:
        self._cancelled = {one for one in self._cancelled if self._responses.is_running(one)}
        self._cancelled.add(response_id)
        self._tidy(ResponseCancel(response_id=response_id))
        self._later(CANCEL_SECONDS, lambda: self._expect_ended(response_id))

    def _expect_ended(self, response_id: str) -> None:
        if self._responses.is_running(response_id):
            self._lost(response_id)

    def _tidy(self, event: ClientEvent) -> None:
        self._send(event)
        self._sent[str(event.event_id)] = event
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def _note_refused(self, error: ErrorEvent) -> None:
        event = self._sent.pop(error.error.event_id or "", None)
        if event is None:
            return
        self._mark(
            "lab.lost_race",
            event=event.type,
            event_id=event.event_id,
            item_id=getattr(event, "item_id", None),
            response_id=getattr(event, "response_id", None) or None,
            code=error.error.code,
            message=error.error.message,
        )
        if isinstance(event, ResponseCancel) and event.response_id:
            self._expect_ended(event.response_id)
