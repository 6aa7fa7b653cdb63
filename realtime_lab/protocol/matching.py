"""Which response answers which request."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from msgspec.structs import replace

from ..errors import RequestRejected
from .base import UNSET
from .client_events import ResponseCreate
from .items import FunctionCall
from .responses import Response, ResponseConfig
from .server_events import ErrorEvent, OutputItemAdded, ResponseCreated, ResponseDone

__all__ = ["REQUEST_TAG", "Matching", "calls_to_answer", "is_beside", "is_busy", "rejection"]

REQUEST_TAG = "lab_request"
"""The key in a response's ``metadata`` under which a request gives its ``event_id``."""
MOST_PAIRS = 16
"""Pairs that ``metadata`` may have."""
MOST_REFUSALS = 5
REMEMBERED = 1000
BUSY = "conversation_already_has_active_response"


class Matching:
    """Follows every ``response.create`` to its response.

    The service does not say which request a response answers. The method, the surest first:

    1. *It repeats what it was told.* A request of ours carries its ``event_id`` in the response's
       ``metadata`` (key `REQUEST_TAG`), which the service repeats in ``response.created`` and
       ``response.done``. Once it has done so, a response without that is one that the service
       began by itself. Where ``metadata`` is refused, or full, requests go without.
    2. *An error names the request.* A request that is refused because a response is active was not
       answered by the response that began before the error.
    3. *Order.* Requests are answered in the order in which they were sent. A response that begins
       while one is on its way is taken for its answer until an error says otherwise. (If the
       service begins one by itself in that moment and ends it before the request arrives, the two
       are mistaken for each other.)

    A response shows itself by ``response.created``; where that was lost, by its first item or by
    its ``response.done``. Must take every event, in both directions, before all others do.
    """

    def __init__(self) -> None:
        self.tags = True
        """Whether requests are tagged from now on."""
        self.begun = ""
        """The response that the last event was the first sign of; empty where it was of none."""
        self.refused: ResponseCreate | None = None
        """The request that the last event refused."""
        self.again = False
        """Whether the request that was refused is to be made again."""
        self._has_told = False
        self._repeats = False
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._asked: dict[str, ResponseCreate] = {}
        self._refusals: dict[str, int] = {}
        self._answers: OrderedDict[str, str] = OrderedDict()
        self._beside: OrderedDict[str, None] = OrderedDict()
        self._requests: OrderedDict[str, ResponseCreate] = OrderedDict()

    def keep(self, request: ResponseCreate) -> None:
        """A request is about to be made that will be made again if it comes too early."""
        event_id = str(request.event_id)
        _remember(self._kept, event_id, None)
        # A copy: the user may make several requests of one configuration.
        config = request.response or ResponseConfig()
        metadata = {
            key: value for key, value in (config.metadata or {}).items() if key != REQUEST_TAG
        }
        if self.tags and len(metadata) < MOST_PAIRS:
            metadata[REQUEST_TAG] = event_id
        if metadata != (config.metadata or {}):
            request.response = replace(config, metadata=metadata or UNSET)

    def going(self, request: ResponseCreate) -> None:
        """A request is being sent."""
        self._asked[str(request.event_id)] = request

    @property
    def is_waiting(self) -> bool:
        """Whether a request of the conversation was sent that has neither response nor refusal."""
        return any(not is_beside(request) for request in self._asked.values())

    def is_asked(self, event_id: str) -> bool:
        """Whether this request was sent and has neither response nor refusal."""
        return event_id in self._asked

    def request_of(self, response_id: str) -> str:
        """The ``event_id`` of the request that a response answers; empty where there is none."""
        return self._answers.get(response_id, "")

    def is_beside(self, response_id: str) -> bool:
        """Whether a response is outside of the conversation (out of band)."""
        return response_id in self._beside

    def give_up(self, event_id: str) -> None:
        """A request is no longer waited for; should its answer come, it still is its answer."""
        self._asked.pop(event_id, None)

    def connection_lost(self) -> None:
        """What was sent will not be answered, and the next service may be another one."""
        self._asked.clear()
        self._repeats = False

    def apply(self, event: object) -> None:
        """Take an event of either side into account."""
        if self._has_told:
            self.begun, self.refused, self.again = "", None, False
            self._has_told = False
        if getattr(event, "type", "") not in _CONCERNS:
            return
        self._has_told = True
        match event:
            case ResponseCreate():
                self.going(event)
            case ResponseCreated() | ResponseDone():
                response = event.response
                beside = response.conversation_id is None
                self._sign(
                    response.id, (response.metadata or {}).get(REQUEST_TAG, ""), beside=beside
                )
                if isinstance(event, ResponseDone):
                    self._requests.pop(response.id, None)
            case OutputItemAdded():
                self._sign(event.response_id, "", beside=None)
            case ErrorEvent():
                self._refuse(event)

    def _sign(self, response_id: str, told: str, *, beside: bool | None) -> None:
        if response_id in self._answers:
            return
        self.begun = response_id
        self._repeats = self._repeats or bool(told)
        event_id = told or self._next(beside=beside)
        request = self._asked.pop(event_id, None)
        _remember(self._answers, response_id, event_id)
        self._refusals.pop(event_id, None)
        if request is not None:
            _remember(self._requests, response_id, request)
        if beside or (beside is None and request is not None and is_beside(request)):
            _remember(self._beside, response_id, None)

    def _next(self, *, beside: bool | None) -> str:
        """The request that comes next, of those that the service would not have named."""
        for event_id, request in self._asked.items():
            untold = not (self._repeats and _is_tagged(request)) or beside is None
            if untold and (beside is None or is_beside(request) == beside):
                return event_id
        return ""

    def _refuse(self, event: ErrorEvent) -> None:
        told = event.error.event_id or ""
        if not told and is_busy(event):
            # Some services do not name the request: it can only be the one that is on its way.
            told = next((i for i, r in self._asked.items() if not is_beside(r)), "")
        request = self._asked.pop(told, None) or self._taken_back(told)
        if request is None:
            return
        self.refused = request
        if told not in self._kept:
            return
        self._refusals[told] = self._refusals.get(told, 0) + 1
        if self._refusals[told] > MOST_REFUSALS:
            return
        if is_busy(event):
            self.again = True
        elif _refuses_tag(event, request):
            self.tags = False
            self.again = True
            request.response = replace(request.response, metadata=UNSET)  # type: ignore[arg-type]

    def _taken_back(self, event_id: str) -> ResponseCreate | None:
        """A refused request has no answer: the response that was taken for it is not it."""
        for response_id, request in self._requests.items():
            if request.event_id == event_id:
                self._answers[response_id] = ""
                return self._requests.pop(response_id)
        return None


_CONCERNS = frozenset(
    kind.type
    for kind in (ResponseCreate, ResponseCreated, ResponseDone, OutputItemAdded, ErrorEvent)
)
"""Types of the events that say something: few of all that come."""


def is_beside(request: ResponseCreate) -> bool:
    """Whether it asks for a response outside of the conversation."""
    return bool(request.response) and request.response.conversation == "none"


def is_busy(event: ErrorEvent) -> bool:
    """Whether a request was refused because a response is active; the first service had no code."""
    told = event.error.message.lower()
    return event.error.code == BUSY or (
        not event.error.code and "already has an active response" in told
    )


def calls_to_answer(response: Response) -> list[FunctionCall]:
    """The calls of a response that the client is to answer, in order."""
    if response.status != "completed" or response.conversation_id is None:
        return []
    calls = [item for item in response.output if isinstance(item, FunctionCall)]
    return [call for call in calls if call.call_id and call.status != "incomplete"]


def rejection(event: ErrorEvent) -> RequestRejected:
    """The exception that tells of an ``error`` event."""
    error = event.error
    return RequestRejected(
        error.message, code=error.code, param=error.param, event_id=error.event_id
    )


def _is_tagged(request: ResponseCreate) -> bool:
    return REQUEST_TAG in ((request.response and request.response.metadata) or {})


def _refuses_tag(event: ErrorEvent, request: ResponseCreate) -> bool:
    """Whether a request was refused for our tag: the user gave no metadata of their own."""
    metadata = (request.response and request.response.metadata) or {}
    names_it = "metadata" in (event.error.param or event.error.message)
    return names_it and list(metadata) == [REQUEST_TAG]


def _remember(known: OrderedDict[str, Any], key: str, value: object) -> None:
    known[key] = value
    if len(known) > REMEMBERED:
        known.popitem(last=False)
