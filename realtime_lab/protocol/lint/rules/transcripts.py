"""The user's words as another model writes them down."""

from __future__ import annotations

from typing import Any

from ...items import Message
from ...recent import Recent
from ...server_events import (
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemAdded,
    ItemDeleted,
    ResponseDone,
)
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span
from .words import code_of

__all__ = ["TranscriptFailed", "TranscriptLate", "TranscriptMissing"]

MISSING_SECONDS = 15.0
LEAST_SECONDS = 2.0
"""How long after the answer a transcript may come where the log ends."""
LATE_SECONDS = 3.0
_TRANSCRIPTION = "OpenAI API reference, `conversation.item.input_audio_transcription.completed`"


class _OfSpeech(Rule):
    """Follows the items of the user's speech whose words are not written down yet."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.awaited: Recent[str, Record] = Recent()

    def handlers(self) -> Handlers:
        return {
            ItemAdded: self._added,
            ItemDeleted: self._gone,
            InputTranscriptionCompleted: self._gone,
            InputTranscriptionFailed: self._gone,
        }

    def _added(self, event: ItemAdded, record: Record) -> None:
        item = event.item
        if not isinstance(item, Message) or item.role != "user" or not isinstance(item.id, str):
            return
        speech = [part for part in item.content if part.type == "input_audio"]
        if speech and not any(p.transcript for p in speech) and self.facts.settings.transcribes:
            self.awaited.remember(item.id, record)
            self.owed(item.id, record)

    def owed(self, item_id: str, record: Record) -> None:
        """An item waits for its words from now on."""

    def _gone(self, event: Any, _: Record) -> None:
        self.awaited.pop(event.item_id, None)


class TranscriptMissing(_OfSpeech):
    about = About(
        id="transcript-missing",
        severity="warning",
        title="The user's words were never written down",
        why="Transcription is on, and neither a transcript nor its failure came: what waits for it "
        "hangs, and the log does not say what was asked.",
        instead="Show the answer without it, and give up waiting after a few seconds. On Azure the "
        "transcription model has to be a deployment of the same resource.",
        source=f"{_TRANSCRIPTION}; reported by users of Azure OpenAI",
    )

    _answered: Record | None = None

    def handlers(self) -> Handlers:
        return {**super().handlers(), ResponseDone: self._done}

    def owed(self, item_id: str, record: Record) -> None:
        self.later(MISSING_SECONDS, lambda: self._expect(item_id, record))

    def _done(self, _: ResponseDone, record: Record) -> None:
        self._answered = record

    def ended(self) -> None:
        answered = self._answered
        if answered is not None and self.since(answered) >= LEAST_SECONDS:
            for item_id, record in list(self.awaited.items()):
                if record.seconds <= answered.seconds:
                    self._expect(item_id, record)

    def _expect(self, item_id: str, record: Record) -> None:
        if self.awaited.get(item_id) is record:
            del self.awaited[item_id]
            self.tell(
                record,
                f"The words of {item_id} were not written down within {span(self.since(record))}.",
            )


class TranscriptLate(_OfSpeech):
    about = About(
        id="transcript-late",
        severity="advice",
        title="The user's words came after the answer",
        why="Another model writes them down, beside the one that answers. Shown in the order of "
        "arrival the answer stands before the question.",
        instead="Order by the items of the conversation (`previous_item_id`), not by arrival, and "
        "do not wait for the transcript.",
        source=f"{_TRANSCRIPTION}: it comes at any time; reported by users of several clients",
    )

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._done: Record | None = None

    def handlers(self) -> Handlers:
        return {
            **super().handlers(),
            ResponseDone: self._answered,
            InputTranscriptionCompleted: self._completed,
        }

    def _answered(self, _: ResponseDone, record: Record) -> None:
        self._done = record

    def _completed(self, event: InputTranscriptionCompleted, record: Record) -> None:
        added, done = self.awaited.pop(event.item_id, None), self._done
        if added is None or done is None or done.seconds < added.seconds:
            return
        if self.since(added) > LATE_SECONDS:
            self.tell_once(
                record,
                f"The words of {event.item_id} came {span(self.since(added))} after it, and "
                f"{span(self.since(done))} after the end of the answer.",
                added,
                done,
            )


class TranscriptFailed(Rule):
    about = About(
        id="transcript-failed",
        severity="warning",
        title="The user's words could not be written down",
        why="The model has heard the speech and answers all the same; what is shown and logged of "
        "the user is empty.",
        instead="Set the language; on Azure name a deployment of the same resource as the "
        "transcription model.",
        source="OpenAI API reference, `conversation.item.input_audio_transcription.failed`; "
        "reported by users of Azure OpenAI",
    )

    def handlers(self) -> Handlers:
        return {InputTranscriptionFailed: self._failed}

    def _failed(self, event: InputTranscriptionFailed, record: Record) -> None:
        told = code_of(event.error.get("type"), event.error.get("code"))
        self.tell(record, f"The words of {event.item_id} were not written down ({told}).")
