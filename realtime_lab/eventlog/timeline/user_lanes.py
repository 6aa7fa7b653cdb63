"""What the user said and typed, on a timeline."""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from ...protocol import (
    ErrorEvent,
    InputAudioBufferAppend,
    InputAudioBufferCleared,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    Item,
    ItemAdded,
    ItemCreate,
    Message,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    item_text,
)
from ..entry import Mark
from ..latency.moments import SPEECH_END
from ..publishing.formats import Formats
from .audio_facts import AudioFact
from .input_audio import InputAudio
from .lane_drafts import Draft, Drafts, Handlers, Instant
from .tracks import UserTrack

__all__ = ["UserLanes"]


class UserLanes:
    """What the user said and typed, and where the service heard it: ``user`` and ``vad``."""

    def __init__(self, drafts: Drafts, formats: Formats) -> None:
        self._drafts = drafts
        self._formats = formats
        self._audio = InputAudio()
        self._starts_ms: dict[str, int] = {}
        """Where the speech of an item begins, as the service counts."""
        self._words: dict[str, str] = {}
        self._typed: deque[Draft] = deque()
        """What was typed and has no id yet."""
        self._has_begun = self._is_told_again = False

    def text(self, draft: Draft) -> str:
        """What was said or typed in a span."""
        is_speech = draft.lane == "user" and not draft.text
        return self._words.get(draft.item_id or "", "") if is_speech else draft.text

    def end(self, draft: Draft) -> float | None:
        """Where it ends."""
        return draft.end

    def _settings(self, now: Instant, event: SessionCreated | SessionUpdated) -> None:
        if isinstance(event, SessionCreated) and not self._has_begun:
            self._audio.restart()
        self._audio.configure(event.session)

    def _append(self, now: Instant, event: InputAudioBufferAppend) -> None:
        fact = AudioFact(now.seq, now.at, "user", len(event.audio))
        self._audio.append(fact, now.at, self._formats.of("user"))

    def _microphone(self, now: Instant, event: Mark) -> None:
        self._audio.note(event, now.at)

    def _started(self, now: Instant, event: SpeechStarted) -> None:
        self._starts_ms[event.item_id] = event.audio_start_ms
        self._drafts.begin("vad", event.item_id, now, now.at, item_id=event.item_id)
        start = min(self._start_of(event.item_id, now.at), now.at)
        self._drafts.begin("user", event.item_id, now, start, item_id=event.item_id)

    def _stopped(self, now: Instant, event: SpeechStopped) -> None:
        ended = self._audio.speech_end(event.audio_end_ms)
        self._drafts.end("vad", event.item_id, now.at)
        draft = self._drafts.known("user", event.item_id)
        if draft is not None:
            # What was held up on its way may have moved to where it was recorded.
            draft.start = min(self._start_of(event.item_id, draft.start), draft.start)
        end = now.at if ended is None else min(ended, now.at)
        self._drafts.end("user", event.item_id, end)

    def _start_of(self, item_id: str, otherwise: float) -> float:
        begun = self._audio.speech_start(self._starts_ms.get(item_id, 0))
        return otherwise if begun is None else begun

    def _commit(self, now: Instant, event: InputAudioBufferCommit) -> None:
        self._audio.commit(event.event_id or f"entry {now.seq}")

    def _refused(self, now: Instant, event: ErrorEvent) -> None:
        self._audio.refused(event.error.event_id or "")

    def _committed(self, now: Instant, event: InputAudioBufferCommitted) -> None:
        piece = self._audio.committed()
        if self._drafts.known("user", event.item_id) is None:
            start, end = piece or (now.at, now.at)
            self._drafts.begin("user", event.item_id, now, start, item_id=event.item_id)
            self._drafts.end("user", event.item_id, end)

    def _cleared(self, now: Instant, event: InputAudioBufferCleared) -> None:
        self._audio.cleared()

    def _speech_end(self, now: Instant, event: Mark) -> None:
        self._audio.speech_ended(now.at)

    def _heard(self, now: Instant, event: InputTranscriptionDelta) -> None:
        self._words[event.item_id] = self._words.get(event.item_id, "") + (event.delta or "")

    def _transcribed(self, now: Instant, event: InputTranscriptionCompleted) -> None:
        self._words[event.item_id] = event.transcript.strip()

    def _created(self, now: Instant, event: ItemCreate) -> None:
        text = _typed_text(event.item)
        if not text or self._is_told_again:
            return
        if event.item.id:
            self._type(now, event.item.id, text)
        else:
            self._typed.append(self._type(now, f"entry {now.seq}", text))

    def _added(self, now: Instant, event: ItemAdded) -> None:
        item_id, text = str(event.item.id), _typed_text(event.item)
        if not text or self._is_told_again or self._drafts.known("user", item_id):
            return
        if self._typed:
            draft = self._typed.popleft()
            draft.item_id = item_id
            self._drafts.rename(draft, item_id)
        else:
            self._type(now, item_id, text)

    def _type(self, now: Instant, key: str, text: str) -> Draft:
        item_id = None if key.startswith("entry ") else key
        draft = self._drafts.begin("user", key, now, now.at, text=text, item_id=item_id)
        self._drafts.end("user", key, now.at)
        return draft

    def _begun(self, now: Instant, event: Mark) -> None:
        self._has_begun = True

    def _connection(self, now: Instant, event: Mark) -> None:
        # Another connection is told what was said on the first one, until it takes over.
        self._is_told_again = self._has_begun

    def _taken_over(self, now: Instant, event: Mark) -> None:
        self._is_told_again = False
        if event.type != "lab.recycling_failed":
            self._audio.restart()

    def _lost(self, now: Instant, event: Mark) -> None:
        for lane in ("user", "vad"):
            for key, _ in self._drafts.under_way(lane):
                self._drafts.end(lane, key, now.at)

    HANDLERS: ClassVar[Handlers] = {
        SessionCreated.type: _settings,
        SessionUpdated.type: _settings,
        InputAudioBufferAppend.type: _append,
        SpeechStarted.type: _started,
        SpeechStopped.type: _stopped,
        InputAudioBufferCommit.type: _commit,
        ErrorEvent.type: _refused,
        InputAudioBufferCommitted.type: _committed,
        InputAudioBufferCleared.type: _cleared,
        SPEECH_END: _speech_end,
        InputTranscriptionDelta.type: _heard,
        InputTranscriptionCompleted.type: _transcribed,
        ItemCreate.type: _created,
        ItemAdded.type: _added,
        **dict.fromkeys(UserTrack.CONCERNS, _microphone),
        "lab.started": _begun,
        "lab.connected": _connection,
        "lab.reconnected": _taken_over,
        "lab.recycled": _taken_over,
        "lab.recycling_failed": _taken_over,
        "lab.connection_lost": _lost,
        "lab.closed": _lost,
    }


def _typed_text(item: Item) -> str:
    """The words of what the user wrote; empty for what was spoken or is no message of theirs."""
    if not isinstance(item, Message) or item.role != "user":
        return ""
    is_spoken = any(part.type == "input_audio" for part in item.content)
    return "" if is_spoken else item_text(item).strip()
