"""The stream of the user's audio: its pace and its pieces."""

from __future__ import annotations

from ...client_events import InputAudioBufferAppend, SessionUpdate
from ...server_events import SpeechStarted
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span

__all__ = [
    "AppendBeyondLimit",
    "AudioBeforeSettings",
    "AudioOddBytes",
    "AudioTooFast",
    "AudioWrongRate",
    "FramesTooLarge",
    "FramesTooSmall",
    "MicrophoneGaps",
    "SilenceStreamed",
]

AHEAD_SECONDS = 5.0
MEASURED_SECONDS = 5.0
GAP_SECONDS = 0.5
SILENCE_MS = 300_000
LARGEST_BYTES = 15 * 2**20
SMALL_MS, SMALL_COUNT = 10, 100
LARGE_MS, LARGE_COUNT = 400, 10
_APPEND = "OpenAI API reference, `input_audio_buffer.append`"
_RATES = {
    1 / 6: "perhaps it is G.711, and the session expects PCM16",
    1 / 3: "perhaps it is sampled at 8 kHz, and the session expects 24 kHz",
    2 / 3: "perhaps it is sampled at 16 kHz, and the session expects 24 kHz",
    22.05 / 24: "perhaps it is sampled at 22.05 kHz, and the session expects 24 kHz",
    44.1 / 24: "perhaps it is sampled at 44.1 kHz, and the session expects 24 kHz",
    4.0: "perhaps it is 16 kHz PCM16, and the session expects G.711",
    2.0: "perhaps it is stereo, of 32 bits a sample, or sampled at twice the rate of the session",
    6.0: "perhaps it is 24 kHz PCM16, and the session expects G.711",
}
"""How fast audio passes whose format is another than the session's."""
_CLOSE = 0.02


class AudioTooFast(Rule):
    about = About(
        id="audio-too-fast",
        severity="warning",
        title="Audio comes faster than it can be spoken, with turn detection on",
        why="Turn detection takes it as it comes: a file sent at once becomes many turns within "
        "moments, each of which cancels the answer to the one before.",
        instead="Send a recording at its true speed, or set `turn_detection` to null and commit it "
        "as a whole.",
        source="reported by users who sent files; " + _APPEND,
    )

    _first: Record | None = None

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, _: InputAudioBufferAppend, record: Record) -> None:
        if self._told:
            return
        self._first = self._first or record
        audio = self.facts.user_audio
        has_times = record.seconds > self._first.seconds
        if audio.ahead > AHEAD_SECONDS and has_times and self.facts.settings.detects:
            self.tell_once(
                record,
                f"The audio is {span(audio.ahead)} ahead of the time in which it could be spoken, "
                f"after {span(audio.total_ms / 1000)} of it, and turn detection is on.",
                audio.last,
            )


class AudioWrongRate(Rule):
    about = About(
        id="audio-wrong-rate",
        severity="error",
        title="Audio that passes at another speed than time",
        why="A microphone gives a second of audio a second. Where the bytes say otherwise the "
        "format is perhaps another than the session's: the model hears slow, fast or noisy speech.",
        instead="Resample to the session's format (24 kHz PCM16 mono, little endian), or set "
        "`audio.input.format` (`input_audio_format`) to what is sent.",
        source=f"{_APPEND}; 24 kHz PCM16 has 48 bytes a millisecond, G.711 has 8",
    )

    _first: Record | None = None
    """Where the measured run begins."""
    _last_seconds = 0.0
    _bytes = 0

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, event: InputAudioBufferAppend, record: Record) -> None:
        if self._told:
            return
        seconds = record.seconds
        if self.facts.user_audio.is_late:
            self._first = None
        elif self._first is None or seconds - self._last_seconds > GAP_SECONDS:
            self._first, self._bytes = record, 0
        elif seconds - self._first.seconds >= MEASURED_SECONDS:
            self._judge(record, seconds - self._first.seconds)
        self._bytes += len(event.audio)
        self._last_seconds = seconds

    def _judge(self, record: Record, seconds: float) -> None:
        """What came before ``record`` took until then."""
        per_ms = self.facts.settings.input_bytes_per_ms
        first, count = self._first, self._bytes
        self._first = None
        if per_ms is None:
            return
        speed = count / per_ms / 1000 / seconds
        meant = next((w for rate, w in _RATES.items() if abs(speed / rate - 1) < _CLOSE), None)
        if meant is not None:
            self.tell_once(
                record,
                f"{count:,} bytes of audio came in {span(seconds)}, which by the session's format "
                f"are {span(count / per_ms / 1000)}: {meant}.",
                first,
            )


class MicrophoneGaps(Rule):
    about = About(
        id="microphone-gaps",
        severity="warning",
        title="Gaps in the audio in the middle of speech",
        why="The service joins what comes, so that words are cut, and counts silence by the audio "
        "it has: the end of the turn is noticed late.",
        instead="Send frames from a thread or worklet that nothing blocks; send silence where the "
        "microphone gives none.",
        source=f"{_APPEND}; OpenAI, voice activity detection guide",
    )

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, _: InputAudioBufferAppend, record: Record) -> None:
        audio = self.facts.user_audio
        last, speech = audio.last, audio.speech
        if speech is None or last is None or last.seconds < speech.seconds:
            return
        gap = record.seconds - last.seconds - audio.last_ms / 1000
        if gap >= GAP_SECONDS:
            self.tell_once(
                record,
                f"{span(gap)} without audio in the middle of speech, "
                f"{span(record.seconds - speech.seconds)} after it began.",
                speech,
                last,
            )


class SilenceStreamed(Rule):
    about = About(
        id="silence-streamed",
        severity="advice",
        title="Audio is sent for a long time while nobody speaks",
        why="It is not billed while turn detection hears nobody, but it is carried and recorded: "
        "48 kB a second of PCM16, four thirds of that as base64.",
        instead="Pause the microphone when nobody is there, or end the session; set "
        "`idle_timeout_ms` where the model shall ask whether anybody is.",
        source="OpenAI, managing costs guide; OpenAI, voice activity detection guide",
    )

    _is_told = False

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append, SpeechStarted: self._spoken}

    def _spoken(self, *_: object) -> None:
        self._is_told = False

    def _append(self, _: InputAudioBufferAppend, record: Record) -> None:
        audio, settings = self.facts.user_audio, self.facts.settings
        if audio.quiet_ms >= SILENCE_MS and not self._is_told and settings.detects:
            self._is_told = True
            size = audio.quiet_ms * (settings.input_bytes_per_ms or 48) * 4 / 3 / 1e6
            self.tell(
                record,
                f"{span(audio.quiet_ms / 1000)} of audio were sent ({size:.1f} MB) since anybody "
                "spoke.",
            )


class AudioBeforeSettings(Rule):
    about = About(
        id="audio-before-settings",
        severity="warning",
        title="The microphone is on before the settings are sent",
        why="A new session has turn detection on and answers with its default voice and "
        "instructions. Once the model has spoken its voice is locked, and the update that sets "
        "another is refused as a whole.",
        instead="Send `session.update` first, and audio after `session.updated`.",
        source="reported by users; OpenAI API reference: defaults of a session",
    )

    def handlers(self) -> Handlers:
        return {SessionUpdate: self._updated}

    def _updated(self, _: SessionUpdate, record: Record) -> None:
        facts = self.facts
        audio = facts.user_audio
        first = facts.settings.created is not None and not facts.settings.was_updated
        if first and not facts.origin.moving and audio.last is not None:
            self.tell(
                record,
                f"{audio.total_ms:,.0f} ms of audio were sent before the first session.update.",
                audio.last,
            )


class AudioOddBytes(Rule):
    about = About(
        id="audio-odd-bytes",
        severity="error",
        title="PCM16 audio with half a sample",
        why="A sample has two bytes. After an odd number of them all that follows is shifted by "
        "one byte, which is noise.",
        instead="Cut frames at whole samples; check whether it is G.711 while the session says "
        "PCM16.",
        source=f"{_APPEND}; `audio/pcm` is 16 bits a sample",
    )

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, event: InputAudioBufferAppend, record: Record) -> None:
        if len(event.audio) & 1 and self.facts.settings.input_bytes_per_ms == 48:
            self.tell_once(
                record, f"A piece of PCM16 audio has {len(event.audio):,} bytes: an odd number."
            )


class AppendBeyondLimit(Rule):
    about = About(
        id="append-beyond-limit",
        severity="error",
        title="More audio in one event than a service takes",
        why="The service refuses it, or closes the connection; the audio is lost.",
        instead="Send pieces of 20 to 100 ms.",
        source=f"{_APPEND}: at most 15 MiB",
    )

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, event: InputAudioBufferAppend, record: Record) -> None:
        if len(event.audio) > LARGEST_BYTES:
            self.tell(
                record,
                f"One input_audio_buffer.append holds {len(event.audio) / 2**20:.1f} MiB; the most "
                "is 15 MiB.",
            )


class FramesTooSmall(Rule):
    about = About(
        id="frames-too-small",
        severity="advice",
        title="Audio in very small pieces",
        why="Each event costs both sides as much as its audio: 128 samples an event (5 ms), as an "
        "audio worklet gives them, are 190 events a second.",
        instead="Gather 20 to 100 ms before sending.",
        source="the frame size of the Web Audio API; measured: an event costs microseconds however "
        "small it is",
    )

    _count = 0
    _ms = 0.0

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, event: InputAudioBufferAppend, record: Record) -> None:
        if self._count >= SMALL_COUNT:
            return
        self._count += 1
        self._ms += self.facts.user_audio.length_ms(event)
        if self._count == SMALL_COUNT and self._ms < SMALL_MS * SMALL_COUNT:
            self.tell_once(
                record,
                f"The first {SMALL_COUNT} pieces of audio have {self._ms / SMALL_COUNT:.1f} ms on "
                "average.",
            )


class FramesTooLarge(Rule):
    about = About(
        id="frames-too-large",
        severity="advice",
        title="Audio in large pieces, with turn detection on",
        why="A piece is sent when it is full: the service hears the beginning of it that much "
        "later, and so do interruptions and the ends of turns.",
        instead="Send 20 to 100 ms at a time.",
        source="OpenAI, voice activity detection guide; a piece cannot be sent before its last "
        "sample is recorded",
    )

    _count = 0
    _ms = 0.0
    _first: Record | None = None

    def handlers(self) -> Handlers:
        return {InputAudioBufferAppend: self._append}

    def _append(self, event: InputAudioBufferAppend, record: Record) -> None:
        if self._count >= LARGE_COUNT:
            return
        self._first = self._first or record
        ms = self.facts.user_audio.length_ms(event)
        self._count, self._ms = self._count + 1, self._ms + ms
        # As slow as a microphone: a file that is sent at once has no delay to lose.
        is_live = self.since(self._first) * 1000 >= (self._ms - ms) / 2
        is_large = self._ms >= LARGE_MS * LARGE_COUNT
        if self._count == LARGE_COUNT and is_large and is_live and self.facts.settings.detects:
            self.tell_once(
                record,
                f"The first {LARGE_COUNT} pieces of audio have {self._ms / LARGE_COUNT:,.0f} ms on "
                "average.",
                self._first,
            )
