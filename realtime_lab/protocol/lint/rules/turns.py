"""The user's turns: committed, and answered."""

from __future__ import annotations

from ...client_events import (
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    ItemCreate,
    ResponseCreate,
)
from ...items import FunctionCall, Message
from ...server_events import (
    ErrorEvent,
    InputAudioBufferCommitted,
    ResponseCreated,
    SpeechStarted,
)
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span
from .owing import HELD_BACK

__all__ = [
    "CommitTooShort",
    "CommitUnderVad",
    "InputUnanswered",
    "NeverCommitted",
    "NoSilenceAfterSpeech",
    "StaleAudio",
]

SHORTEST_MS = 100
NEVER_MS = 120_000
RELEASED_SECONDS = 2.0
"""A microphone that gave nothing for so long was let go."""
SILENT_SECONDS = 3.0
ASK_SECONDS = 5.0
EMPTY = "input_audio_buffer_commit_empty"


class CommitTooShort(Rule):
    about = About(
        id="commit-too-short",
        severity="error",
        title="A commit of an empty or very short buffer",
        why="The service refuses less than 100 ms of audio (`input_audio_buffer_commit_empty`); a "
        "`response.create` sent along answers the turn before.",
        instead="Commit only what has at least 100 ms (4,800 bytes of 24 kHz PCM16, 800 of G.711), "
        "and nothing that turn detection has committed already.",
        source="OpenAI API reference, `input_audio_buffer.commit`; the error as recorded of the "
        "service",
    )

    _last: Record | None = None

    def handlers(self) -> Handlers:
        return {InputAudioBufferCommit: self._commit, ErrorEvent: self._refused}

    def _commit(self, _: InputAudioBufferCommit, record: Record) -> None:
        self._last = record
        audio, settings = self.facts.user_audio, self.facts.settings
        certain = settings.detects is False and settings.input_bytes_per_ms is not None
        if certain and audio.buffered_ms < SHORTEST_MS:
            self.tell(
                record,
                f"A commit of {audio.buffered_ms:.0f} ms of audio; the least is {SHORTEST_MS} ms.",
            )

    def _refused(self, event: ErrorEvent, record: Record) -> None:
        if event.error.code != EMPTY:
            return
        commit = self.facts.sent.cause_of(event) or self._last
        if commit is None:
            self.tell(record, f"A commit was refused ({EMPTY}).")
        elif not self.is_explained(commit):
            self.tell(commit, f"A commit was refused ({EMPTY}).", record)


class CommitUnderVad(Rule):
    about = About(
        id="commit-under-vad",
        severity="warning",
        title="A commit by hand while turn detection is on",
        why="Turn detection commits by itself. A commit that comes after it is refused for an "
        "empty buffer; one that comes before it cuts the turn in two.",
        instead="Leave the committing to the service, or set `turn_detection` to null for "
        "push-to-talk.",
        source="OpenAI API reference, `input_audio_buffer.commit`: not needed with server VAD",
    )

    def handlers(self) -> Handlers:
        return {InputAudioBufferCommit: self._commit}

    def _commit(self, _: InputAudioBufferCommit, record: Record) -> None:
        settings, audio = self.facts.settings, self.facts.user_audio
        if settings.detects:
            speech = audio.speech
            state = (
                f"{span(self.since(speech))} into speech that it had noticed"
                if speech
                else f"with {audio.buffered_ms:,.0f} ms of audio in no turn"
            )
            self.tell(record, f"A commit by hand while turn detection is on, {state}.", speech)


class InputUnanswered(Rule):
    about = About(
        id="input-unanswered",
        severity="warning",
        title="Nobody asks for a response",
        why="A message, or audio committed by hand, is only put into the conversation. The model "
        "says nothing until it is asked to.",
        instead="Send `response.create` after `conversation.item.create` or "
        "`input_audio_buffer.commit`, and where `create_response` is off.",
        source="OpenAI, realtime conversations guide: text inputs and outputs",
    )

    _open: tuple[str, Record] | None = None
    _is_history = False
    """Whether the client tells what was said in an earlier session."""

    def handlers(self) -> Handlers:
        return {
            ItemCreate: self._created,
            InputAudioBufferCommitted: self._committed,
            ResponseCreate: self._clear,
            ResponseCreated: self._clear,
            SpeechStarted: self._spoken,
            ErrorEvent: self._refused,
            **dict.fromkeys(HELD_BACK, self._clear),
        }

    def _created(self, event: ItemCreate, record: Record) -> None:
        item = event.item
        if isinstance(item, FunctionCall) or getattr(item, "role", "") == "assistant":
            # Somebody who tells what the model said is putting back a conversation.
            self._is_history = True
            self._open = None
        elif isinstance(item, Message) and item.role == "user" and not self._is_history:
            self._wait("A typed message", record)

    def _committed(self, event: InputAudioBufferCommitted, record: Record) -> None:
        if self.facts.settings.answers is False and self.facts.sent.is_heard:
            self._wait(event.item_id, record)

    def _wait(self, what: str, record: Record) -> None:
        settings, responses = self.facts.settings, self.facts.responses
        if settings.kind != "realtime" or self.facts.origin.moving or responses.active:
            return
        self._open = (what, record)
        self.later(ASK_SECONDS, lambda: self._expect_asked(record))

    def _spoken(self, *_: object) -> None:
        if self.facts.settings.answers is not False:
            self._clear()

    def _refused(self, event: ErrorEvent, _: Record) -> None:
        cause = self.facts.sent.cause_of(event)
        if self._open is not None and self._open[1] is cause:
            self._open = None

    def _clear(self, *_: object) -> None:
        self._open = None
        self._is_history = False

    def _expect_asked(self, record: Record) -> None:
        if self._open is not None and self._open[1] is record:
            what, _ = self._open
            self._open = None
            self.tell(
                record,
                f"{what} was put into the conversation, and {span(self.since(record))} later "
                "nobody has asked for a response.",
            )


class NeverCommitted(Rule):
    about = About(
        id="never-committed",
        severity="warning",
        title="Audio is sent and never committed",
        why="With `turn_detection` off the service only collects: perhaps nobody will ever be "
        "answered.",
        instead="Send `input_audio_buffer.commit` and `response.create` at the end of a turn, or "
        "switch turn detection on.",
        source="OpenAI API reference, `input_audio_buffer.append`",
    )

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, _: InputAudioBufferAppend, record: Record) -> None:
        audio, settings = self.facts.user_audio, self.facts.settings
        if audio.buffered_ms < NEVER_MS or settings.kind == "transcription":
            return
        if settings.detects is False:
            self.tell_once(
                record,
                f"{span(audio.buffered_ms / 1000)} of audio are in the buffer, turn detection is "
                "off, and nothing was committed.",
            )


class StaleAudio(Rule):
    about = About(
        id="stale-audio",
        severity="warning",
        title="Push-to-talk without a clear",
        why="What was recorded before the button was let go is still in the buffer: perhaps the "
        "next turn begins with it.",
        instead="Send `input_audio_buffer.clear` when the button is pressed, or when a turn is "
        "dropped.",
        source="OpenAI API reference, `input_audio_buffer.clear`; OpenAI, realtime conversations "
        "guide: push-to-talk",
    )

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, _: InputAudioBufferAppend, record: Record) -> None:
        audio = self.facts.user_audio
        if audio.last is None or self.facts.settings.detects is not False:
            return
        gap = record.seconds - audio.last.seconds
        if gap >= RELEASED_SECONDS and audio.buffered_ms >= SHORTEST_MS:
            self.tell_once(
                record,
                f"The microphone was silent for {span(gap)}, and {audio.buffered_ms:,.0f} ms of "
                "audio from before are still in the buffer.",
                audio.last,
            )


class NoSilenceAfterSpeech(Rule):
    about = About(
        id="no-silence-after-speech",
        severity="error",
        title="The audio ends with the speech",
        why="Turn detection finds the end of a turn by the silence after it. Where no more audio "
        "comes the turn has no end, and no answer.",
        instead="Send silence after a recording (a second is plenty), keep the microphone open, or "
        "commit by hand with turn detection off.",
        source="OpenAI, voice activity detection guide: `silence_duration_ms` of audio",
    )

    def handlers(self) -> Handlers:
        return {SpeechStarted: self._started}

    def _started(self, event: SpeechStarted, record: Record) -> None:
        self.later(SILENT_SECONDS, lambda: self._expect_audio(event.item_id, record))

    def _expect_audio(self, item_id: str, record: Record) -> None:
        audio = self.facts.user_audio
        last = audio.last
        if audio.speech is not record or last is None or self.facts.settings.detects is False:
            return
        silent = self.since(last)
        if silent < SILENT_SECONDS:
            self.later(SILENT_SECONDS - silent, lambda: self._expect_audio(item_id, record))
        elif not self.facts.user_audio.is_commit_pending:
            self.tell(
                record,
                f"No audio for {span(silent)} while {item_id} is being spoken: the service waits "
                "for silence that it is not sent.",
                last,
            )
