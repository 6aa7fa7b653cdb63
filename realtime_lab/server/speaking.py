"""The two ways to say something in a response: in writing and in speech."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any, Protocol

from ..audio import pcm_seconds
from ..engine import Synthesizer
from ..protocol import ResponseWriter
from .cut_short import CutShort
from .memory import Memory
from .outbox import Outbox
from .plan import ResponsePlan
from .sentences import SentenceBuffer
from .session_time import SessionTime
from .speech_record import SpeechRecord
from .usage import output_audio_tokens, text_tokens
from .wire_audio import WireEncoder, in_deltas, wire_rate

__all__ = ["OutputCount", "OutputLimitError", "SpokenMessages", "Voice", "WrittenMessages"]


class OutputLimitError(Exception):
    """The response may write no more tokens."""


class OutputCount:
    """Tokens written by a response, within its limit and up to where a fault cuts it short."""

    def __init__(self, limit: int, cut: CutShort | None = None) -> None:
        self._limit = limit
        self._cut = cut
        self._text = ""
        self._seconds = 0.0

    @property
    def text(self) -> int:
        """Text tokens so far."""
        return text_tokens(self._text)

    @property
    def audio(self) -> int:
        """Audio tokens so far."""
        return output_audio_tokens(self._seconds)

    @property
    def seconds(self) -> float:
        """Seconds of audio so far."""
        return self._seconds

    def fitting(self, text: str) -> str:
        """As much of ``text`` as may still be written."""
        return text[: max(0, (self._limit - self.audio) * 4 - len(self._text))]

    def add(self, text: str = "", seconds: float = 0.0) -> None:
        """Count what is about to be written.

        Raises:
            OutputLimitError: if it does not fit; it is not counted then.
            CutShortError: if the response ends before it.
        """
        if self._cut is not None:
            self._cut.before_more(self._text, self._seconds)
        more_text = text_tokens(self._text + text)
        if more_text + output_audio_tokens(self._seconds + seconds) > self._limit:
            raise OutputLimitError
        self._text += text
        self._seconds += seconds


class Voice(Protocol):
    """A way to say the brain's text."""

    async def say(self, piece: str) -> None:
        """Take the next piece of the text."""
        ...

    async def close(self) -> None:
        """Say what is left and end the open message, if one is."""
        ...


class WrittenMessages:
    """Says text as text."""

    def __init__(self, writer: ResponseWriter, outbox: Outbox, count: OutputCount) -> None:
        self._writer = writer
        self._outbox = outbox
        self._count = count
        self._is_open = False

    async def say(self, piece: str) -> None:
        if not piece:
            return
        if not self._is_open:
            self._is_open = True
            self._outbox.emit(*self._writer.open_message("text"))
        fitting = self._count.fitting(piece)
        if fitting:
            self._count.add(text=fitting)
            self._outbox.emit(*self._writer.write_text(fitting))
        if fitting != piece:
            raise OutputLimitError
        await self._outbox.room()

    async def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._outbox.emit(*self._writer.close_message())


class _OpenSpeech:
    """A spoken message under way: its record, its encoder and the audio sent."""

    def __init__(self, kind: str) -> None:
        self.record = SpeechRecord()
        self.encoder = WireEncoder(kind)
        self.rate = wire_rate(kind)
        self.sent = bytearray()


class SpokenMessages:
    """Says text as speech, sentence by sentence; the words run a little ahead of their sound."""

    def __init__(
        self,
        writer: ResponseWriter,
        outbox: Outbox,
        count: OutputCount,
        synthesizer: Synthesizer,
        plan: ResponsePlan,
        memory: Memory | None,
        time: SessionTime,
    ) -> None:
        self._writer = writer
        self._outbox = outbox
        self._count = count
        self._synthesizer = synthesizer
        self._plan = plan
        self._memory = memory
        self._time = time
        self._sentences = SentenceBuffer()
        self._open: _OpenSpeech | None = None

    async def say(self, piece: str) -> None:
        await self._speak(self._sentences.feed(piece))

    async def close(self) -> None:
        await self._speak(self._sentences.flush())
        if self._open is not None:
            rest = self._open.encoder.finish()
            if rest:
                self._send(rest)
            self.keep()
            self._open = None
            self._outbox.emit(*self._writer.close_message())

    def keep(self) -> None:
        """Remember the audio of the open message, complete or not."""
        if self._open is not None and self._memory is not None:
            self._memory.keep_audio(self._writer.item_id, bytes(self._open.sent))

    async def _speak(self, text: str) -> None:
        if not text.strip():
            return
        plan = self._plan
        chunks: Any = self._synthesizer.speak(text, plan.voice, speed=plan.speed)
        async with aclosing(chunks):
            async for chunk in chunks:
                speech = self._open or self._begin()
                seconds = pcm_seconds(chunk.pcm)
                self._count.add(chunk.text, seconds)
                if chunk.text:
                    self._outbox.emit(*self._writer.write_text(chunk.text))
                speech.record.begin(chunk.text, seconds)
                for pcm in in_deltas(chunk.pcm, first=not speech.sent):
                    self._send(speech.encoder.feed(pcm))
                    await self._outbox.room()
                    await self._time.spoken(pcm_seconds(pcm))

    def _begin(self) -> _OpenSpeech:
        self._outbox.emit(*self._writer.open_message("audio"))
        self._open = _OpenSpeech(self._plan.format["type"])
        if self._memory is not None:
            self._memory.spoken[self._writer.item_id] = self._open.record
            self._memory.has_spoken = True
        return self._open

    def _send(self, audio: bytes) -> None:
        assert self._open is not None
        if audio:
            self._open.sent += audio
            self._open.record.grow(len(audio) / self._open.rate)
            self._outbox.emit(*self._writer.write_audio(audio))
