"""Cuts the stream of events into turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import RealtimeLabError
from ..eventlog import LogEntry, Mark
from ..protocol import (
    ErrorEvent,
    FunctionCall,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemCreate,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SpeechStarted,
    SpeechStopped,
)
from .gate import BUSY
from .progress import CutOff, Progress
from .turn import Turn
from .waiters import rejection

__all__ = ["TurnFollower"]


class TurnFollower:
    """Keeps the turns of a session.

    A turn begins with what a user does (speaks, types, asks for a response) and is complete when
    every response to it has ended, every tool call was answered and the user's words are written
    down. What comes after that, until the next turn begins, still belongs to it. Speaking while
    the model answers begins a new turn; the end of the old answer goes to the old turn.

    ``answers_calls`` says that tool calls are answered by this side without being asked.
    """

    def __init__(self, *, answers_calls: bool = False) -> None:
        self.turns: list[Turn] = []
        self.model = ""
        self.voice = ""
        self._silence_ms: int | None = None
        self._answers_calls = answers_calls
        self._transcribes = False
        self._responds = True
        self._open: list[Progress] = []
        self._owner: dict[str, Progress] = {}
        self._asked: deque[Progress] = deque()

    def configure(self, config: SessionConfig, *, model: str, voice: str) -> None:
        """Take the settings now in force into account."""
        self.model, self.voice = model, voice
        heard = config.audio.input if config.audio else None
        detection = heard.turn_detection if heard else None
        waited = detection.silence_duration_ms if isinstance(detection, ServerVad) else None
        self._silence_ms = waited if isinstance(waited, int) else None
        self._transcribes = bool(heard and heard.transcription)
        self._responds = bool(detection) and detection.create_response is not False

    def begin(self, *, held: bool = False) -> Turn:
        """Begin a turn now; while ``held`` it cannot end. See `release`."""
        turn = Turn(
            index=len(self.turns) + 1,
            model=self.model,
            voice=self.voice,
            silence_ms=self._silence_ms,
        )
        self.turns.append(turn)
        self._open.append(Progress(turn, held=held))
        return turn

    def release(self, turn: Turn) -> None:
        """All input of a held turn was sent."""
        for progress in self._open:
            if progress.turn is turn:
                progress.held = False

    def abandon(self, turn: Turn) -> None:
        """Nothing will come of a turn; if nothing was sent in it either, it never was."""
        self._open = [p for p in self._open if p.turn is not turn]
        if not turn.entries:
            self.turns.remove(turn)

    def requested(self, event_id: str, *, answering: str = "") -> None:
        """A response is being asked for by the event ``event_id``, sent now or later.

        It is for the turn that made the call ``answering``, or for the current one.
        """
        progress = self._owner.get(answering) or self._current or self._begin()
        progress.response_due = True
        progress.calls.clear()
        self._owner[event_id] = progress

    def apply(self, entry: LogEntry) -> bool:
        """Take one event in either direction into account.

        Returns whether that may have completed a turn; see `completed`.
        """
        event = entry.event
        progress = self._owner.get(getattr(event, "response_id", ""))
        if progress is None:
            progress = self._progress_of(event)
        if progress is not None:
            progress.turn.entries.append(entry)
            note = _NOTES.get(event.type)
            if note is not None:
                note(self, progress, event)
                return True
        elif self.turns and event.type != InputAudioBufferAppend.type:
            self.turns[-1].entries.append(entry)
        return False

    def completed(self) -> list[tuple[Turn, RealtimeLabError | None]]:
        """The turns that have become complete, or why they never will; each is told once."""
        complete = [p for p in self._open if p.is_complete]
        for progress in complete:
            self._open.remove(progress)
        return [(p.turn, p.error) for p in complete]

    def lacking_transcript(self) -> list[Turn]:
        """Turns that are complete but for the user's words."""
        return [p.turn for p in self._open if p.only_lacks_transcript]

    def give_up_transcript(self, turn: Turn) -> None:
        """Do not wait for the user's words any longer."""
        for progress in self._open:
            if progress.turn is turn:
                progress.transcripts.clear()

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
        self._asked.clear()
        found = [p.connection_lost(was_heard, new_id) for p in self._open]
        for progress, cut_off in zip(self._open, found, strict=True):
            for request in cut_off.again:
                self._owner[str(request.event_id)] = progress
        return found

    def _progress_of(self, event: object) -> Progress | None:
        for name in _names(event):
            owner = self._owner.get(name)
            if owner is not None:
                return owner
        if isinstance(event, ResponseCreated) and event.response.conversation_id is not None:
            # The service answers requests in order and does not say which one it answers.
            return self._asked.popleft() if self._asked else self._current or self._begin()
        if isinstance(event, SpeechStarted) and self._has_its_answer:
            return self._begin()
        if self._current is None and isinstance(
            event, SpeechStarted | InputAudioBufferCommitted | ItemCreate | ResponseCreate
        ):
            return self._begin()
        return self._current

    @property
    def _current(self) -> Progress | None:
        return self._open[-1] if self._open else None

    @property
    def _has_its_answer(self) -> bool:
        """Whether the current turn is or was answered and nobody holds it open."""
        current = self._current
        return (
            current is not None
            and not current.held
            and (bool(current.running) or current.only_lacks_transcript)
        )

    def _begin(self) -> Progress:
        self.begin()
        return self._open[-1]

    def _note_started(self, progress: Progress, event: SpeechStarted) -> None:
        self._owner[event.item_id] = progress
        progress.committed = False

    def _note_stopped(self, progress: Progress, event: SpeechStopped) -> None:
        progress.response_due = progress.response_due or self._responds
        progress.due_by_service = self._responds

    def _note_committed(self, progress: Progress, event: InputAudioBufferCommitted) -> None:
        self._owner[event.item_id] = progress
        progress.committed = True
        if self._transcribes:
            progress.transcripts.add(event.item_id)

    def _note_transcript(
        self,
        progress: Progress,
        event: InputTranscriptionCompleted | InputTranscriptionFailed,
    ) -> None:
        progress.transcripts.discard(event.item_id)

    def _note_item(self, progress: Progress, event: ItemCreate) -> None:
        self._owner[event.event_id or ""] = progress

    def _note_request(self, progress: Progress, event: ResponseCreate) -> None:
        self._owner[event.event_id or ""] = progress
        self._asked.append(progress)
        progress.asked.append(event)
        progress.response_due = True

    def _note_created(self, progress: Progress, event: ResponseCreated) -> None:
        self._owner[event.response.id] = progress
        progress.began(event.response.id)

    def _note_done(self, progress: Progress, done: ResponseDone) -> None:
        progress.running.discard(done.response.id)
        progress.answered = True
        if self._answers_calls and done.response.status == "completed":
            calls = [i for i in done.response.output if isinstance(i, FunctionCall)]
            progress.calls |= {call.call_id or "" for call in calls}
            self._owner.update(dict.fromkeys(progress.calls, progress))

    def _note_refusal(self, progress: Progress, event: ErrorEvent) -> None:
        if event.error.event_id not in self._owner:
            return
        waited = progress in self._asked
        if waited:
            self._asked.remove(progress)
            progress.asked = [r for r in progress.asked if r.event_id != event.error.event_id]
        if event.error.code != BUSY:
            progress.error = rejection(event)
        elif not waited:
            self._give_back_response(progress)

    def _give_back_response(self, progress: Progress) -> None:
        """The response that was taken for the one asked for was begun by the service itself."""
        progress.response_due = True
        others = [p for p in self._open if p is not progress and p.response_due]
        if not others:
            return
        for response_id in progress.running:
            ours: list[LogEntry] = []
            for entry in progress.turn.entries:
                theirs = response_id in _names(entry.event)
                (others[-1].turn.entries if theirs else ours).append(entry)
            progress.turn.entries = ours
            others[-1].running.add(response_id)
            others[-1].response_due = False
            self._owner[response_id] = others[-1]
        progress.running.clear()


def _names(event: object) -> Iterator[str]:
    """The ids by which an event can be traced to its turn, the surest first."""
    match event:
        case ErrorEvent():
            yield event.error.event_id or ""
        case ResponseCreate():
            yield event.event_id or ""
        case ResponseCreated() | ResponseDone():
            yield event.response.id
        case ItemCreate(item=FunctionCallOutput() as output):
            yield output.call_id
        case Mark():
            yield str(event.data.get("response_id") or "")
        case _:
            yield getattr(event, "response_id", None) or ""
            yield getattr(event, "item_id", None) or ""


_NOTES: dict[str, Callable[[TurnFollower, Progress, Any], None]] = {
    SpeechStarted.type: TurnFollower._note_started,
    SpeechStopped.type: TurnFollower._note_stopped,
    InputAudioBufferCommitted.type: TurnFollower._note_committed,
    InputTranscriptionCompleted.type: TurnFollower._note_transcript,
    InputTranscriptionFailed.type: TurnFollower._note_transcript,
    ItemCreate.type: TurnFollower._note_item,
    ResponseCreate.type: TurnFollower._note_request,
    ResponseCreated.type: TurnFollower._note_created,
    ResponseDone.type: TurnFollower._note_done,
    ErrorEvent.type: TurnFollower._note_refusal,
}
