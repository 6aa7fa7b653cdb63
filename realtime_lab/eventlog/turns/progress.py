"""How far an unfinished turn has come, and what becomes of it when its connection is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...errors import RealtimeLabError, TransportLost
from ...protocol import FunctionCall, OutputItemAdded, ResponseCreate
from ..entry import response_id_of
from .turn import Turn

__all__ = ["CutOff", "Progress"]


@dataclass(eq=False)
class CutOff:
    """What a lost connection took from a turn.

    ``heard`` are responses of which something had reached the user, with the item last begun:
    they end there. Of the others nothing is left. ``again`` are the requests to be made again.
    ``unheard_items`` and ``calls`` are items that leave the conversation. ``unwritten`` are items
    of the user's speech whose words will not be written down.
    """

    turn: Turn
    heard: dict[str, str] = field(default_factory=dict)
    again: list[ResponseCreate] = field(default_factory=list)
    unheard_items: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Progress:
    """What an unfinished turn still waits for."""

    turn: Turn
    held: bool = False
    """More input follows, whatever the service makes of what it has."""
    awaited: set[str] = field(default_factory=set)
    """Ids of requests, made or to be made, that have no response yet."""
    due_by_service: bool = False
    """The service is to begin a response by itself."""
    speaking: bool = False
    """The user speaks, and the service has not taken that yet."""
    speaks_again: bool = False
    """What was spoken went with its connection, and is sent once more over the next."""
    committed: bool = False
    """The service has taken what was spoken last."""
    running: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    asked: list[ResponseCreate] = field(default_factory=list)
    """Requests that were sent and have no response yet."""
    requests: dict[str, ResponseCreate] = field(default_factory=dict)
    """The request of each running response that was asked for."""
    calls: set[str] = field(default_factory=set)
    transcripts: set[str] = field(default_factory=set)
    waits_for_words: bool = False
    """All but the user's words is there, and they are waited for only so long."""
    answered: bool = False
    asked_again: bool = False
    error: RealtimeLabError | None = None

    @property
    def only_lacks_transcript(self) -> bool:
        return self.answered and bool(self.transcripts) and not self._lacks_answer

    @property
    def is_complete(self) -> bool:
        return self.error is not None or (
            self.answered and not self.transcripts and not self._lacks_answer
        )

    @property
    def _lacks_answer(self) -> bool:
        return bool(self.held or self.awaited or self.due_by_service or self.running or self.calls)

    @property
    def response_due(self) -> bool:
        """Whether a response is to come that has not begun."""
        return bool(self.awaited) or self.due_by_service

    def began(self, response_id: str, event_id: str) -> None:
        """A response of this turn began, as the answer to a request or by the service itself."""
        self.running.add(response_id)
        self.awaited.discard(event_id)
        if not event_id:
            self.due_by_service = False
        request = next((r for r in self.asked if r.event_id == event_id), None)
        if request is not None:
            self.asked.remove(request)
            self.requests[response_id] = request

    def connection_lost(
        self, was_heard: Callable[[Turn, str], bool], new_id: Callable[[], str]
    ) -> CutOff:
        """Nothing that is under way will come.

        What was asked for and not answered is asked for again, once in a turn: then the turn has
        failed. A response of which something was heard is not: the turn ends there, as an
        interrupted one. The user's words that are not written down yet never will be.
        """
        cut_off = CutOff(self.turn, again=self.asked, unwritten=sorted(self.transcripts))
        self.speaks_again, self.speaking = self.speaking, False
        if self.due_by_service and self.committed:
            # Nobody begins it by itself on the new connection.
            cut_off.again.append(ResponseCreate())
            self.due_by_service = False
        for response_id in sorted(self.running):
            self._cut(response_id, cut_off, was_heard)
        self.asked, self.requests = [], {}
        self.running.clear()
        self.transcripts.clear()
        if cut_off.again:
            self._ask_again(cut_off, new_id)
        return cut_off

    def _cut(
        self, response_id: str, cut_off: CutOff, was_heard: Callable[[Turn, str], bool]
    ) -> None:
        entries = self.turn.entries
        ours = [e for e in entries if response_id_of(e.event) == response_id]  # type: ignore[arg-type]
        items = [e.event.item for e in ours if isinstance(e.event, OutputItemAdded)]
        calls = [str(i.id) for i in items if isinstance(i, FunctionCall)]
        cut_off.calls += calls  # they are run when their response is done
        if was_heard(self.turn, response_id):
            cut_off.heard[response_id] = next((str(i.id) for i in reversed(items)), "")
            self.answered = True
            return
        cut_off.unheard_items += [str(i.id) for i in items if str(i.id) not in calls]
        cut_off.again.append(self.requests.get(response_id) or ResponseCreate())
        dropped = {e.seq for e in ours}
        self.turn.entries = [e for e in entries if e.seq not in dropped]

    def _ask_again(self, cut_off: CutOff, new_id: Callable[[], str]) -> None:
        if self.asked_again:
            cut_off.again = []
            self.error = TransportLost(
                "the connection broke off a second time before the model answered; say it again"
            )
            return
        self.asked_again = True
        for request in cut_off.again:
            request.event_id = request.event_id or new_id()
            self.awaited.add(str(request.event_id))
