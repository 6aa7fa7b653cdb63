"""The turns of a session that nobody followed while it went on, from its events alone."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ...errors import ResponseFailed
from ...protocol import (
    REQUEST_TAG,
    UNSET,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    ItemAdded,
    ItemCreate,
    ItemDone,
    Matching,
    Message,
    ResponseCreate,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    is_beside,
)
from ..entry import LogEntry, Mark
from ..recording.samples import samples_of
from .turn import Turn
from .turn_settings import SettingsHistory
from .turns import TRANSCRIPT_SECONDS, TurnFollower

__all__ = ["FollowedTurns"]

_MS = 48
"""Bytes of a millisecond of PCM16 at 24 kHz."""


class FollowedTurns:
    """Feeds a `TurnFollower` with the entries of a log, in order, as a session would have.

    What a session knows beyond its events (a turn held open by who speaks, say) is read from its
    marks, or guessed: a message of the user that comes while, or after, the model answers begins a
    turn. ``assign`` is as of `TurnFollower`.
    """

    def __init__(self, assign: Callable[[int, int | None], object]) -> None:
        self._assign = assign
        self._matching = Matching()
        self._follower = TurnFollower(self._matching, answers_calls=True, assign=assign)
        self._settings = SettingsHistory()
        self._connection = _Connection()
        self._answered: list[str] = []
        """Calls whose outputs were sent and on which no response was asked for."""
        self._retried = ""
        """The response that is asked for once more."""
        self._waiting: list[tuple[Turn, float]] = []
        """Turns that wait for the user's words, and since when."""

    def apply(self, entry: LogEntry) -> None:
        """Take the next entry into account."""
        lost = self._connection.lost
        if lost is not None and lost.ends_before(entry):
            self._connection.lost = None
            self._lose(lost)
        if self._connection.lost is not None:
            self._connection.lost.marks.append(entry)
            return
        self._take(entry)

    def finish(self) -> None:
        """There are no more entries for now."""
        if self._connection.lost is not None:
            lost, self._connection.lost = self._connection.lost, None
            self._lose(lost)

    def _take(self, entry: LogEntry) -> None:
        self._give_up_transcripts(entry.at)
        settings = self._settings.apply(entry)
        if self._connection.is_aside(entry):
            self._assign(entry.seq, None)
        else:
            self._follow(_named(entry))
        if settings is not None:
            self._follower.settings = settings

    def _follow(self, entry: LogEntry) -> None:
        event = entry.event
        self._matching.apply(event)
        if entry.direction == "sent":
            self._before_sent(event)
        may_complete = self._follower.apply(entry)
        if isinstance(event, Mark):
            may_complete = self._note_mark(event, entry) or may_complete
        if may_complete:
            self._follower.completed()
            self._waiting += [(turn, entry.at) for turn in self._follower.lacking_transcript()]

    def _before_sent(self, event: object) -> None:
        if isinstance(event, ItemCreate):
            if isinstance(event.item, FunctionCallOutput):
                self._answered.append(event.item.call_id)
            elif isinstance(event.item, Message) and event.item.role == "user":
                self._follower.next_if_answering()
        elif isinstance(event, ResponseCreate) and not is_beside(event):
            if REQUEST_TAG in ((event.response and event.response.metadata) or {}):
                self._matching.keep(event)
            answering = self._answered[0] if self._answered else self._retried
            if answering:
                self._follower.requested(str(event.event_id), answering=answering)
            self._answered, self._retried = [], ""

    def _note_mark(self, mark: Mark, entry: LogEntry) -> bool:
        """What a session did when it made that mark; returns whether it may complete a turn."""
        told = {name: value for name, value in mark.data.items() if isinstance(value, str)}
        event_id, call_id = told.get("event_id", ""), told.get("call_id", "")
        follower = self._follower
        match mark.type:
            case "lab.withdrawn" if call_id:
                follower.not_answered(call_id, event_id)
            case "lab.withdrawn":
                follower.withdrawn(event_id)
            case "lab.no_response" if event_id:
                follower.refused(event_id, _failed())
            case "lab.no_response":
                follower.service_failed(told.get("item_id", ""), _failed())
            case "lab.response_lost":
                follower.response_lost(told.get("response_id", ""))
            case "lab.rate_limited" if mark.data.get("retried"):
                self._retried = told.get("response_id", "")
                return False
            case "lab.connection_lost":
                self._connection.lost = _Lost()
                return False
            case _:
                return False
        return True

    def _lose(self, lost: _Lost) -> None:
        new_ids = (name for name in lost.asked_again if not self._follower.knows(name))
        self._follower.connection_lost(
            lambda _, response_id: response_id in lost.heard, lambda: next(new_ids, "")
        )
        self._matching.connection_lost()
        for entry in lost.marks:
            self._take(entry)
        self._follower.completed()

    def _give_up_transcripts(self, now: float) -> None:
        while self._waiting and now - self._waiting[0][1] >= TRANSCRIPT_SECONDS:
            self._follower.give_up_words(self._waiting.pop(0)[0])
            self._follower.completed()


_GOING_ON = frozenset({"lab.reconnecting", "lab.gave_up", "lab.closed"})
"""Marks that a session makes once it has settled its turns."""


class _Lost:
    """A lost connection: what became of the turns under way is told by the marks that follow."""

    def __init__(self) -> None:
        self.marks: list[LogEntry] = []

    def ends_before(self, entry: LogEntry) -> bool:
        return entry.direction != "local" or entry.type in _GOING_ON

    @property
    def heard(self) -> set[object]:
        """The responses of which something had reached the user."""
        return {m.data.get("response_id") for m in self._told("lab.cut_off")}

    @property
    def asked_again(self) -> list[str]:
        return [str(m.data.get("event_id")) for m in self._told("lab.asked_again")]

    def _told(self, name: str) -> list[Mark]:
        return [e.event for e in self.marks if isinstance(e.event, Mark) and e.type == name]


class _Connection:
    """Tells what is no part of the conversation: how another connection begins.

    It is told the settings and the history, and given audio again that was sent before.
    """

    def __init__(self) -> None:
        self.lost: _Lost | None = None
        self._count = 0
        self._begins = False
        self._is_only_one = False
        self._again = 0
        """Bytes of audio that are yet to be sent again."""

    def is_aside(self, entry: LogEntry) -> bool:
        event = entry.event
        if isinstance(event, Mark):
            self._note_mark(event)
            return False
        if self._begins:
            return self._is_only_one or _is_greeting(event)
        if self._again > 0 and isinstance(event, InputAudioBufferAppend | InputAudioBufferCommit):
            self._again -= len(samples_of(event))
            return True
        return False

    def _note_mark(self, mark: Mark) -> None:
        match mark.type:
            case "lab.connection_lost":
                self._is_only_one = True
            case "lab.recycling":
                self._is_only_one = False
            case "lab.connected":
                self._count += 1
                self._begins = self._count > 1
            case "lab.reconnected" | "lab.recycled" | "lab.reconnecting" | "lab.recycling_failed":
                self._begins = False
            case "lab.microphone":
                again_ms = mark.data.get("again_ms")
                self._again = again_ms * _MS if isinstance(again_ms, int) else 0


def _is_greeting(event: object) -> bool:
    """What is told to a connection beside another one that is in use.

    What a user adds has no id when it is sent; what is told again has.
    """
    if isinstance(event, SessionCreated | SessionUpdate | SessionUpdated | ItemDone):
        return True
    return isinstance(event, ItemAdded) or (
        isinstance(event, ItemCreate) and bool(getattr(event.item, "id", None))
    )


def _named(entry: LogEntry) -> LogEntry:
    """The entry with an event that has an ``event_id``, and may be changed."""
    event = entry.event
    if isinstance(event, ResponseCreate) or (
        isinstance(event, ItemCreate | InputAudioBufferCommit) and event.event_id is UNSET
    ):
        event_id = event.event_id or f"event_lab_{entry.seq}"
        event = msgspec.structs.replace(event, event_id=event_id)
        return msgspec.structs.replace(entry, event=event)
    return entry


def _failed() -> ResponseFailed:
    return ResponseFailed("the service did not begin to answer")
