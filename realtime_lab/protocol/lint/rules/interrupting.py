"""Interrupting the model, and being interrupted by mistake."""

from __future__ import annotations

from ...client_events import ItemCreate, ResponseCancel
from ...items import Message
from ...server_events import (
    OutputAudioDelta,
    ResponseCreated,
    SpeechStarted,
    SpeechStopped,
)
from ..facts import ItemFacts, Running
from ..facts.listening import PLAYED
from ..finding import About
from ..record import Handlers, MarkLike, Record
from ..rule import Rule, span

__all__ = ["InterruptedNotTruncated", "PauseTakenForEnd", "SelfInterruption", "TypedWhileSpeaking"]

SETTLED_SECONDS = 3.0
"""How long a client may take to truncate what it interrupted."""
UNHEARD_SECONDS = 0.3
"""Less than that is within what a player has in its buffers."""
AT_ONCE_SECONDS = 1.0
ECHO_SECONDS = 0.5
"""Within that time of its first sound an answer is interrupted by what sounds, not by a person."""
ECHOES = 3
PAUSE_SECONDS = 1.0
PAUSES = 2


class InterruptedNotTruncated(Rule):
    about = About(
        id="interrupted-not-truncated",
        severity="warning",
        title="The model was interrupted, and does not know what was heard",
        why="Over a WebSocket the service cannot know what was played. Without a truncation the "
        "model believes that the user heard all that was generated, and goes on from there.",
        instead="On `speech_started`, stop the player and send `conversation.item.truncate` with "
        "the position it had reached; delete the item where nothing was played.",
        source="OpenAI, realtime conversations guide: handling interruptions",
    )

    def handlers(self) -> Handlers:
        return {SpeechStarted: self._by_voice, ResponseCancel: self._by_client}

    def _by_voice(self, _: SpeechStarted, record: Record) -> None:
        if self.facts.settings.interrupts is not False:
            self._interrupted(record, "by voice")

    def _by_client(self, _: ResponseCancel, record: Record) -> None:
        self._interrupted(record, "by response.cancel")

    def _interrupted(self, record: Record, by: str) -> None:
        listening, items = self.facts.listening, self.facts.items
        unheard = listening.unheard(record.seconds)
        item = items.get(listening.item_id)
        if item is None or not listening.has_listener(item.id) or not self.facts.sent.is_heard:
            return
        if unheard >= UNHEARD_SECONDS:
            self.later(SETTLED_SECONDS, lambda: self._expect_settled(item, record, by, unheard))

    def _expect_settled(self, item: ItemFacts, record: Record, by: str, unheard: float) -> None:
        listening = self.facts.listening
        is_gone = self.facts.items.get(item.id) is not item
        if is_gone or item.truncation is not None or item.id in listening.settled:
            return
        if self.facts.settings.told is None or listening.by_service:
            return
        self.tell(
            record,
            f"{item.id} was interrupted {by} with at least {span(unheard)} of it unplayed, and not "
            "truncated: the model believes that all of it was heard.",
            item.first_audio,
        )


class TypedWhileSpeaking(Rule):
    about = About(
        id="typed-while-speaking",
        severity="warning",
        title="Text is sent while the model speaks, without stopping it",
        why="Typed input interrupts nothing by itself: the model talks on, and believes that the "
        "user heard all of it before writing.",
        instead="Treat typed input as an interruption: stop the player, `response.cancel`, "
        "`conversation.item.truncate`, then the new item.",
        source="reported by users of several clients",
    )

    def handlers(self) -> Handlers:
        return {ItemCreate: self._typed}

    def _typed(self, event: ItemCreate, record: Record) -> None:
        listening = self.facts.listening
        item = self.facts.items.get(listening.item_id)
        if not isinstance(event.item, Message) or event.item.role != "user" or item is None:
            return
        active = self.facts.responses.active
        speaks = active is not None and active.cancel is None and item.response_id == active.id
        unheard = listening.unheard(record.seconds)
        sounds = unheard >= UNHEARD_SECONDS and listening.has_listener(item.id)
        if speaks or sounds:
            running = active if speaks else None
            self.later(
                AT_ONCE_SECONDS, lambda: self._expect_stopped(item, record, running, unheard)
            )

    def _expect_stopped(
        self, item: ItemFacts, record: Record, active: Running | None, unheard: float
    ) -> None:
        cancelled = active is not None and active.cancel is not None
        is_gone = self.facts.items.get(item.id) is not item
        if cancelled or is_gone or item.truncation is not None:
            return
        state = f"{active.id} was active" if active else f"{item.id} was being played"
        left = f" with at least {span(unheard)} of {item.id} unplayed" if unheard else ""
        self.tell(
            record,
            f"A typed message came while {state}{left}; it was neither cancelled nor truncated.",
            item.first_audio,
        )


class SelfInterruption(Rule):
    about = About(
        id="self-interruption",
        severity="warning",
        title="Answers are interrupted as soon as they sound",
        why="Perhaps the microphone hears the loudspeaker: the model interrupts itself. (Or the "
        "user's pauses are taken for the ends of turns.)",
        instead="Use headphones or echo cancellation, set `noise_reduction`, raise the threshold "
        "of the detection, or switch the microphone off while the model speaks.",
        source="reported by users of several clients",
    )

    _item_id = ""
    _begun: Record | None = None
    """The first sound of the last answer; ``None`` once it was interrupted."""
    _in_a_row = 0

    def handlers(self) -> Handlers:
        return {
            PLAYED: self._played,
            OutputAudioDelta: self._audio,
            SpeechStarted: self._interrupted,
        }

    def _audio(self, event: OutputAudioDelta, record: Record) -> None:
        if event.item_id != self._item_id and not self.facts.origin.has_marks:
            self._sounds(event.item_id, record)

    def _played(self, mark: MarkLike, record: Record) -> None:
        self._sounds(str(mark.data.get("item_id")), record)

    def _sounds(self, item_id: str, record: Record) -> None:
        if self._begun is not None:
            self._in_a_row = 0
        self._item_id, self._begun = item_id, record

    def _interrupted(self, _: SpeechStarted, record: Record) -> None:
        begun, self._begun = self._begun, None
        if begun is None or not 0.0 < self.since(begun) <= ECHO_SECONDS:
            self._in_a_row = 0
            return
        self._in_a_row += 1
        if self._in_a_row == ECHOES:
            self.tell_once(
                record,
                f"{ECHOES} answers in a row were interrupted within {span(ECHO_SECONDS)} of their "
                f"first sound, the last one ({self._item_id}) after {span(self.since(begun))}: "
                "perhaps the microphone hears the loudspeaker.",
                begun,
            )


class PauseTakenForEnd(Rule):
    about = About(
        id="pause-taken-for-end",
        severity="advice",
        title="Pauses are taken for the ends of turns",
        why="The user went on speaking before the model had said a word: the turn was cut in two, "
        "and a response was begun and paid for in vain.",
        instead="Raise `silence_duration_ms`, or use `semantic_vad`.",
        source="OpenAI, voice activity detection guide; the services wait 200 ms by default",
    )

    _stop: Record | None = None
    _answer: str = ""
    """The response to what was spoken, which has not said anything yet."""
    _count = 0

    def handlers(self) -> Handlers:
        return {
            SpeechStopped: self._stopped,
            ResponseCreated: self._created,
            OutputAudioDelta: self._spoken,
            SpeechStarted: self._started,
        }

    def _stopped(self, _: SpeechStopped, record: Record) -> None:
        self._stop, self._answer = record, ""

    def _created(self, event: ResponseCreated, _: Record) -> None:
        self._answer = event.response.id

    def _spoken(self, *_: object) -> None:
        self._stop = None

    def _started(self, _: SpeechStarted, record: Record) -> None:
        stop, self._stop = self._stop, None
        if stop is None or not self._answer or self.since(stop) > PAUSE_SECONDS:
            return
        self._count += 1
        if self._count == PAUSES:
            self.tell_once(
                record,
                f"Speech went on {span(self.since(stop))} after its end was told, before "
                f"{self._answer} had said anything; for the second time in this session.",
                stop,
            )
