"""Cuts the stream of events into turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from ...errors import RealtimeLabError
from ...protocol import (
    ErrorEvent,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferCleared,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemAdded,
    ItemCreate,
    ItemDone,
    ItemRetrieved,
    Matching,
    OutputItemAdded,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SessionConfig,
    SpeechStarted,
    SpeechStopped,
    calls_to_answer,
    is_beside,
    rejection,
)
from ..entry import LogEntry, Mark
from ..redaction.redaction import Redaction
from .heard import Spoken, spoken
from .progress import CutOff, Progress
from .turn import UNANNOUNCED, Turn
from .turn_settings import TurnSettings

__all__ = ["TRANSCRIPT_SECONDS", "TurnFollower"]

TRANSCRIPT_SECONDS = 3.0
"""How long a turn waits for the user's words after everything else is there."""


class TurnFollower:
    """Keeps the turns of a session.

    A turn begins with what a user does (speaks, types, asks for a response) and is complete when
    every response to it has ended, every tool call was answered and the user's words are written
    down. What comes after that, until the next turn begins, still belongs to it. Speaking while
    the model answers begins a new turn; the end of the old answer goes to the old turn. Responses
    outside of the conversation belong to no turn.

    ``matching`` must have taken an event before `apply` does.

    ``answers_calls`` says that tool calls are answered by this side without being asked.
    ``assign(seq, turn)`` is told of every entry, in order, the ``index`` of the turn that has it,
    or ``None``; and again where that changes.
    """

    def __init__(
        self,
        matching: Matching,
        *,
        answers_calls: bool = False,
        assign: Callable[[int, int | None], object] = lambda seq, turn: None,
    ) -> None:
        self.turns: list[Turn] = []
        self.redaction = Redaction()
        """What is replaced where turns are shown."""
        self.settings = TurnSettings()
        """Those now in force."""
        self._answers_calls = answers_calls
        self._assign = assign
        self._open: list[Progress] = []
        self._owner: dict[str, Progress] = {}
        self._matching = matching
        self._asked_for: dict[str, set[str]] = {}
        """The calls of one response, by each of them."""

    def configure(self, config: SessionConfig, *, model: str, voice: str) -> None:
        """Take the settings now in force into account."""
        self.settings = TurnSettings.of(config, model=model, voice=voice)

    def begin(self, *, held: bool = False) -> Turn:
        """Begin a turn now; while ``held`` it cannot end. See `release`."""
        index = self.turns[-1].index + 1 if self.turns else 1
        turn = self.settings.turn(index, self.redaction)
        self.turns.append(turn)
        self._open.append(Progress(turn, held=held))
        return turn

    def next_if_answering(self) -> None:
        """Begin a turn unless the current one may still have input of the user."""
        if self.is_answering:
            self.begin()

    def release(self, turn: Turn) -> None:
        """All input of a held turn was sent."""
        progress = self._progress_in(turn)
        if progress is not None:
            progress.held = False

    def abandon(self, turn: Turn) -> None:
        """Nothing will come of a turn; if nothing was sent in it either, it never was."""
        self._open = [p for p in self._open if p.turn is not turn]
        if not turn.entries and turn in self.turns:
            self.turns.remove(turn)

    def requested(self, event_id: str, *, answering: str = "") -> None:
        """A response is being asked for by the event ``event_id``, sent now or later.

        It is for the turn that made the call ``answering``, or for the current one.
        """
        progress = self._owner.get(answering) or self._current or self._begin()
        progress.awaited.add(event_id)
        progress.calls -= self._asked_for.pop(answering, set())
        self._owner[event_id] = progress

    def not_answered(self, call_id: str, event_id: str = "") -> None:
        """No response of its own follows on the call, nor is ``event_id`` asked for any more."""
        progress = self._owner.get(call_id) or self._owner.get(event_id)
        if progress is not None:
            progress.calls -= self._asked_for.pop(call_id, set())
            progress.awaited.discard(event_id)
            progress.answered = True

    def withdrawn(self, event_id: str) -> None:
        """The request ``event_id`` is not made: the user wants no answer any more."""
        progress = self._owner.get(event_id)
        if progress is not None:
            progress.awaited.discard(event_id)
            progress.answered = True

    def awaited_by(self, turn: Turn) -> set[str]:
        """Ids of the requests of a turn that have no response yet."""
        return {
            event_id
            for event_id, progress in self._owner.items()
            if progress.turn is turn and event_id in progress.awaited
        }

    def knows(self, name: str) -> bool:
        """Whether something with this id belongs to a turn."""
        return name in self._owner

    def response_lost(self, response_id: str) -> None:
        """A response that began will not end."""
        progress = self._owner.get(response_id)
        if progress is not None:
            progress.running.discard(response_id)
            progress.answered = True

    def waits_for_service(self, item_id: str) -> bool:
        """Whether the service still owes a response to what was spoken in this item."""
        progress = self._owner.get(item_id)
        return progress is not None and progress.due_by_service

    def service_failed(self, item_id: str, error: RealtimeLabError) -> None:
        """The response that the service owes to this item will not come."""
        progress = self._owner.get(item_id)
        if progress is not None:
            progress.due_by_service = False
            progress.error = error

    def refused(self, event_id: str, error: RealtimeLabError) -> None:
        """The request ``event_id`` is not sent, or not any more: its turn ends with that error."""
        progress = self._owner.get(event_id)
        if progress is not None:
            progress.error = error

    def is_latest(self, event_id: str) -> bool:
        """Whether the request ``event_id`` is for the turn that began last."""
        progress = self._owner.get(event_id)
        return progress is not None and self.turns[-1] is progress.turn

    def apply(self, entry: LogEntry) -> bool:
        """Take one event in either direction into account.

        Returns whether that may have completed a turn; see `completed`.
        """
        event = entry.event
        if isinstance(event, InputAudioBufferAppend):
            # Most of what is sent, and it is about no response or item.
            if self._open:
                self._put(entry, self._open[-1].turn)
            else:
                self._assign(entry.seq, None)
            return False
        if isinstance(event, Mark) and (turn := self._turn_told(event)) is not None:
            self._put(entry, turn)
            return False
        response_id = getattr(event, "response_id", "") or ""
        progress = self._owner.get(response_id)
        if progress is None:
            if self._is_beside(event):
                self._assign(entry.seq, None)
                return False
            progress = self._progress_of(event)
        if progress is not None:
            self._put(entry, progress.turn)
            begun = self._matching.begun
            if begun and begun not in self._owner:
                self._owner[begun] = progress
                progress.began(begun, self._matching.request_of(begun))
            note = _NOTES.get(event.type)
            if note is not None:
                note(self, progress, event)
                return True
        elif self.turns:
            self._put(entry, self.turns[-1])
        else:
            self._assign(entry.seq, None)
        return False

    def _put(self, entry: LogEntry, turn: Turn) -> None:
        turn.entries.append(entry)
        self._assign(entry.seq, turn.index)

    def completed(self) -> list[tuple[Turn, RealtimeLabError | None]]:
        """The turns that have become complete, or why they never will; each is told once."""
        complete = [p for p in self._open if p.is_complete]
        for progress in complete:
            self._open.remove(progress)
        return [(p.turn, p.error) for p in complete]

    def lacking_transcript(self) -> list[Turn]:
        """Turns that have become complete but for the user's words; each is told once."""
        found = [p for p in self._open if p.only_lacks_transcript and not p.waits_for_words]
        for progress in found:
            progress.waits_for_words = True
        return [p.turn for p in found]

    def give_up_words(self, turn: Turn) -> list[str]:
        """Do not wait for the user's words any longer; the items of which they did not come."""
        progress = self._progress_in(turn)
        given_up = sorted(progress.transcripts) if progress else []
        if progress is not None:
            progress.transcripts.clear()
        return given_up

    def spoken(self, item_id: str) -> Spoken | None:
        """What the model said in an item, and what of it was heard."""
        owner = self._owner.get(item_id)
        turns = [owner.turn] if owner else reversed(self.turns)
        items = (item for turn in turns for item in spoken(turn.entries))
        return next((item for item in items if item.item_id == item_id), None)

    @property
    def unfinished(self) -> list[Turn]:
        """The turns that are under way."""
        return [progress.turn for progress in self._open]

    @property
    def unheard(self) -> list[Turn]:
        """Turns whose speech went with its connection, and was not heard again."""
        return [progress.turn for progress in self._open if progress.speaks_again]

    def left_running(self) -> list[Turn]:
        """Turns that were over when another response of theirs began, which will not end."""
        late = dict.fromkeys(p for p in self._owner.values() if p.running and p not in self._open)
        for progress in late:
            progress.running.clear()
        return [progress.turn for progress in late]

    def lacks_only_words(self, turn: Turn) -> bool:
        """Whether a turn under way is complete but for the user's words."""
        progress = self._progress_in(turn)
        return progress is not None and progress.only_lacks_transcript

    @property
    def is_idle(self) -> bool:
        """Whether no turn is under way."""
        return not self._open

    def connection_lost(
        self, was_heard: Callable[[Turn, str], bool], new_id: Callable[[], str]
    ) -> list[CutOff]:
        """The connection is gone, and with it every response under way.

        ``was_heard`` tells whether anything of a response reached the user. Returns what was cut
        off, turn by turn; requests that are to be made again are due already, with an id of
        ``new_id`` where they had none.
        """
        found: list[CutOff] = []
        for progress in self._open:
            before = progress.turn.entries
            cut_off = progress.connection_lost(was_heard, new_id)
            self._dropped(before, progress.turn)
            for request in cut_off.again:
                self._owner[str(request.event_id)] = progress
            found.append(cut_off)
        return found

    def _dropped(self, before: list[LogEntry], turn: Turn) -> None:
        """A turn may have fewer entries than before."""
        if len(before) > len(turn.entries):
            kept = {entry.seq for entry in turn.entries}
            for entry in before:
                if entry.seq not in kept:
                    self._assign(entry.seq, None)

    def _is_beside(self, event: object) -> bool:
        """Whether it is about a response outside of the conversation."""
        if isinstance(event, ResponseCreate):
            return is_beside(event)
        return any(self._matching.is_beside(name) for name in _names(event) if name)

    def _progress_of(self, event: object) -> Progress | None:
        begun = self._matching.begun
        if begun and begun not in self._owner:
            asked = self._owner.get(self._matching.request_of(begun))
            by_service = (p for p in self._open if p.due_by_service)
            return asked or next(by_service, None) or self._current or self._begin()
        refused = self._matching.refused
        if refused is not None:
            return self._owner.get(str(refused.event_id))
        for name in _names(event):
            owner = self._owner.get(name)
            if owner is not None:
                return owner
        if isinstance(event, SpeechStarted):
            again = next((p for p in self._open if p.speaks_again), None)
            if again is not None:
                return again
            if self.is_answering:
                return self._begin()
        if self._current is None and isinstance(event, _BEGINNINGS):
            return self._begin()
        return self._current

    def _turn_told(self, mark: Mark) -> Turn | None:
        """The turn of which a mark gives the index."""
        index = mark.data.get("turn")
        return next((t for t in reversed(self.turns) if t.index == index), None)

    def _progress_in(self, turn: Turn) -> Progress | None:
        return next((p for p in self._open if p.turn is turn), None)

    @property
    def _current(self) -> Progress | None:
        return self._open[-1] if self._open else None

    @property
    def is_answering(self) -> bool:
        """Whether all that was to be said in the current turn was, and nobody holds it open."""
        current = self._current
        if current is None or current.held:
            return False
        answering = current.running or current.calls or current.awaited
        return bool(answering) or current.only_lacks_transcript

    def _begin(self) -> Progress:
        self.begin()
        return self._open[-1]

    def _note_started(self, progress: Progress, event: SpeechStarted) -> None:
        self._owner[event.item_id] = progress
        progress.speaking, progress.speaks_again, progress.committed = True, False, False

    def _note_stopped(self, progress: Progress, event: SpeechStopped) -> None:
        progress.due_by_service = self.settings.responds

    def _note_committed(self, progress: Progress, event: InputAudioBufferCommitted) -> None:
        self._owner[event.item_id] = progress
        progress.speaking, progress.committed = False, True
        if self.settings.transcribes:
            progress.transcripts.add(event.item_id)

    def _note_cleared(self, progress: Progress, event: InputAudioBufferCleared) -> None:
        if progress.speaking:
            # Nobody takes what was spoken, nor answers it.
            progress.speaking = progress.due_by_service = False
            progress.answered = True

    def _note_kept(self, progress: Progress, mark: Mark) -> None:
        self._owner.setdefault(str(mark.data["event_id"]), progress)

    def _note_unannounced(self, progress: Progress, mark: Mark) -> None:
        if mark.data["event"] == InputAudioBufferCommitted.type:
            self._note_committed(progress, InputAudioBufferCommitted(item_id=mark.data["item_id"]))

    def _note_transcript(
        self,
        progress: Progress,
        event: InputTranscriptionCompleted | InputTranscriptionFailed,
    ) -> None:
        progress.transcripts.discard(event.item_id)

    def _note_item(self, progress: Progress, event: ItemCreate) -> None:
        self._owner[event.event_id or ""] = progress

    def _note_commit(self, progress: Progress, event: InputAudioBufferCommit) -> None:
        self._owner[event.event_id or ""] = progress

    def _note_request(self, progress: Progress, event: ResponseCreate) -> None:
        self._owner[event.event_id or ""] = progress
        progress.asked.append(event)
        progress.awaited.add(event.event_id or "")

    def _note_output(self, progress: Progress, event: OutputItemAdded) -> None:
        self._owner[str(event.item.id)] = progress

    def _note_done(self, progress: Progress, done: ResponseDone) -> None:
        if done.response.id in progress.ended:
            return
        progress.ended.add(done.response.id)
        progress.running.discard(done.response.id)
        progress.answered = True
        for item in done.response.output:
            self._owner.setdefault(str(item.id), progress)
        found = {str(call.call_id) for call in calls_to_answer(done.response)}
        calls = found - self._owner.keys()
        if self._answers_calls and calls:
            progress.calls |= calls
            self._asked_for.update(dict.fromkeys(calls, calls))
            self._owner.update(dict.fromkeys(calls, progress))

    def _note_refusal(self, progress: Progress, event: ErrorEvent) -> None:
        refused = self._matching.refused
        event_id = str(refused.event_id) if refused is not None else event.error.event_id or ""
        if event_id not in self._owner:
            return
        progress.asked = [r for r in progress.asked if r.event_id != event_id]
        progress.awaited.discard(event_id)
        if refused is None or not self._matching.again:
            progress.error = rejection(event)
            return
        progress.awaited.add(event_id)
        taken = [i for i, r in progress.requests.items() if r is refused and i in progress.running]
        for response_id in taken:
            del progress.requests[response_id]
            self._give_back(response_id, progress)

    def _give_back(self, response_id: str, progress: Progress) -> None:
        """A response that was taken for the one asked for was begun by the service itself."""
        other = next((p for p in self._open if p is not progress and p.due_by_service), None)
        if other is None:
            return
        ours: list[LogEntry] = []
        for entry in progress.turn.entries:
            if response_id in _names(entry.event):
                self._put(entry, other.turn)
            else:
                ours.append(entry)
        progress.turn.entries = ours
        other.turn.entries.sort(key=attrgetter("seq"))
        progress.running.discard(response_id)
        other.began(response_id, "")
        self._owner[response_id] = other


_BEGINNINGS = (
    SpeechStarted | InputAudioBufferCommitted | InputAudioBufferCommit | ItemCreate | ResponseCreate
)
"""What begins a turn where none is under way."""


def _names(event: object) -> Iterator[str]:
    """The ids by which an event can be traced to its turn, the surest first."""
    match event:
        case ErrorEvent():
            yield event.error.event_id or ""
        case ResponseCreate() | InputAudioBufferCommit():
            yield event.event_id or ""
        case ResponseCreated() | ResponseDone():
            yield event.response.id
        case ItemCreate(item=FunctionCallOutput() as output):
            yield output.call_id
        case ItemCreate():
            yield event.event_id or ""
        case ItemAdded() | ItemDone() | ItemRetrieved():
            yield str(event.item.id)
        case Mark():
            yield str(event.data.get("response_id") or "")
            yield str(event.data.get("item_id") or "")
            yield str(event.data.get("event_id") or "")
            yield str(event.data.get("call_id") or "")
        case _:
            yield getattr(event, "response_id", None) or ""
            yield getattr(event, "item_id", None) or ""


_NOTES: dict[str, Callable[[TurnFollower, Progress, Any], None]] = {
    SpeechStarted.type: TurnFollower._note_started,
    SpeechStopped.type: TurnFollower._note_stopped,
    InputAudioBufferCommitted.type: TurnFollower._note_committed,
    InputAudioBufferCleared.type: TurnFollower._note_cleared,
    InputTranscriptionCompleted.type: TurnFollower._note_transcript,
    InputTranscriptionFailed.type: TurnFollower._note_transcript,
    ItemCreate.type: TurnFollower._note_item,
    InputAudioBufferCommit.type: TurnFollower._note_commit,
    OutputItemAdded.type: TurnFollower._note_output,
    ResponseCreate.type: TurnFollower._note_request,
    ResponseDone.type: TurnFollower._note_done,
    ErrorEvent.type: TurnFollower._note_refusal,
    "lab.kept": TurnFollower._note_kept,
    UNANNOUNCED: TurnFollower._note_unannounced,
}
