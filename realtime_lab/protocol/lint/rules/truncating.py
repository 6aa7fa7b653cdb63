"""Telling the service what was heard: ``conversation.item.truncate``."""

from __future__ import annotations

from ...client_events import ItemTruncate
from ..facts import ItemFacts
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span

__all__ = [
    "TruncateAtZero",
    "TruncateBeyondAudio",
    "TruncateNotSpeech",
    "TruncateUnheard",
    "TruncateUnneeded",
]

ALL_BUT_MS = 20
"""What is left of an item that counts as played to its end: a frame."""
TOLERANCE_SECONDS = 0.1
_TRUNCATE = "OpenAI API reference, `conversation.item.truncate`"


class _OfTruncation(Rule):
    """Looks at truncations at a place of an item that is the model's speech."""

    def handlers(self) -> Handlers:
        return {ItemTruncate: self._asked}

    def _asked(self, event: ItemTruncate, record: Record) -> None:
        item = self.facts.items.get(event.item_id)
        if item is not None and item.first_audio is not None and event.audio_end_ms > 0:
            self.look(event, record, item, item.first_audio)

    def look(
        self, event: ItemTruncate, record: Record, item: ItemFacts, first_audio: Record
    ) -> None:
        """Judge one of them."""


class TruncateBeyondAudio(_OfTruncation):
    about = About(
        id="truncate-beyond-audio",
        severity="error",
        title="A truncation beyond the audio there is",
        why="The service refuses it (`invalid_value`, already shorter), and the model goes on to "
        "believe that all was heard.",
        instead="Truncate at what the player has played, never beyond the bytes received: "
        "milliseconds of 24 kHz PCM16 are bytes / 48, of G.711 bytes / 8.",
        source=f"{_TRUNCATE}; reported by users of several clients",
    )

    def look(
        self, event: ItemTruncate, record: Record, item: ItemFacts, first_audio: Record
    ) -> None:
        received, cut = item.received_ms, item.truncation
        if received is not None and event.audio_end_ms > received + 1:
            self.tell(
                record,
                f"{item.id} was truncated at {event.audio_end_ms:,} ms, but only {received:,.0f} "
                "ms of it had come: nobody can have heard more.",
                first_audio,
            )
        elif cut is not None and event.audio_end_ms > cut.audio_end_ms:
            self.tell(
                record,
                f"{item.id} was truncated at {event.audio_end_ms:,} ms, but it had been truncated "
                f"at {cut.audio_end_ms:,} ms before; the rest is gone.",
            )


class TruncateUnheard(_OfTruncation):
    about = About(
        id="truncate-unheard",
        severity="warning",
        title="A truncation at what was received, not at what was heard",
        why="Audio comes faster than it is played. Truncated at what has come, the model believes "
        "that the user heard words which were never played, and refers to them.",
        instead="Take the position from the player at the moment when it fell silent.",
        source=f"{_TRUNCATE}: `audio_end_ms` is where playback stopped",
    )

    def look(
        self, event: ItemTruncate, record: Record, item: ItemFacts, first_audio: Record
    ) -> None:
        passed = self.since(first_audio)
        received = item.received_ms
        beyond = received is None or event.audio_end_ms > received + 1
        if 0 < passed < event.audio_end_ms / 1000 - TOLERANCE_SECONDS and not beyond:
            self.tell(
                record,
                f"{item.id} was truncated at {event.audio_end_ms:,} ms, {span(passed)} after its "
                "first audio came: nobody can have heard so much.",
                first_audio,
            )


class TruncateUnneeded(_OfTruncation):
    about = About(
        id="truncate-unneeded",
        severity="warning",
        title="A truncation although everything was played",
        why="A truncation removes the transcript of the item: the model forgets the words of an "
        "answer that was heard to its end. Beyond the end it is refused.",
        instead="Truncate only where something was left unplayed.",
        source=f"{_TRUNCATE}; reported by users of several clients",
    )

    def look(
        self, event: ItemTruncate, record: Record, item: ItemFacts, first_audio: Record
    ) -> None:
        received = item.received_ms
        if received is None or not item.audio_done:
            return
        may_be_over = self.since(first_audio) >= received / 1000 - TOLERANCE_SECONDS
        if may_be_over and received - ALL_BUT_MS <= event.audio_end_ms <= received + 1:
            self.tell(
                record,
                f"{item.id} was truncated at {event.audio_end_ms:,} ms of its {received:,.0f} ms: "
                "there was nothing left to cut.",
                first_audio,
            )


class TruncateAtZero(Rule):
    about = About(
        id="truncate-at-zero",
        severity="error",
        title="A truncation at 0",
        why="The service refuses it: an item cannot be left without audio. The model believes that "
        "all was heard.",
        instead="Where nothing was played, cancel the response and delete the item.",
        source=f"{_TRUNCATE}; the refusal was reported by users of several clients",
    )

    def handlers(self) -> Handlers:
        return {ItemTruncate: self._asked}

    def _asked(self, event: ItemTruncate, record: Record) -> None:
        if event.audio_end_ms <= 0:
            item = self.facts.items.get(event.item_id)
            self.tell(
                record,
                f"{event.item_id} was truncated at {event.audio_end_ms} ms; what nobody heard is "
                "to be deleted.",
                item.first_audio if item else None,
            )


class TruncateNotSpeech(Rule):
    about = About(
        id="truncate-not-speech",
        severity="error",
        title="A truncation of what is not speech of the model",
        why="The service refuses it: only model output audio messages can be truncated.",
        instead="Truncate the model's audio items alone; delete others.",
        source=f"{_TRUNCATE}; the error as recorded of the service",
    )

    def handlers(self) -> Handlers:
        return {ItemTruncate: self._asked}

    def _asked(self, event: ItemTruncate, record: Record) -> None:
        item = self.facts.items.get(event.item_id)
        if item is None or not item.kind or item.first_audio is not None:
            return
        if item.kind != "message":
            self.tell(record, f"{item.id} was truncated; it is a {item.kind}.", item.record)
        elif item.role != "assistant":
            self.tell(
                record, f"{item.id} was truncated; it is a message of the {item.role}.", item.record
            )
        elif item.parts and not _speaks(item, event.content_index):
            self.tell(
                record,
                f"{item.id} was truncated in its content part {event.content_index}, which has no "
                "audio.",
                item.record,
            )


def _speaks(item: ItemFacts, content_index: int) -> bool:
    return "audio" in item.parts.get(content_index, "")
