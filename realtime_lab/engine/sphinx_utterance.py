"""One utterance on its way through the recognisers."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import EngineError
from .held_silence import HeldSilence
from .readable import readable
from .sphinx_frames import Kind, pack, pack_json
from .stages import Transcript

__all__ = ["Recogniser", "Recognisers", "SphinxTranscription"]

_BATCH_BYTES = 4_800
"""Audio is sent by 100 ms: each message costs the worker more than its audio does."""
_MESSAGE_BYTES = 9_600
"""Audio decoded between two looks at the words: 200 ms."""
_BYTES_PER_SECOND = 48_000
_log = logging.getLogger(__name__)
_questions = itertools.count(1)


class Recogniser(Protocol):
    """What an utterance needs of the process that works for it."""

    def send(self, message: bytes) -> None: ...
    def kill(self) -> None: ...


class Recognisers(Protocol):
    """What an utterance needs of the transcriber that it belongs to."""

    @property
    def patience(self) -> float:
        """Seconds without a sign of life after which an utterance is lost."""
        ...

    def queue(self, utterance: SphinxTranscription) -> None:
        """The utterance needs a recogniser."""
        ...

    def release(self, utterance: SphinxTranscription) -> None:
        """It needs none any more."""
        ...


@dataclass(frozen=True, slots=True)
class _Words:
    """What a recogniser answered; ``phrase`` says that it is one of those hinted at."""

    text: str
    confidence: float
    phrase: bool


class SphinxTranscription:
    """One utterance of a `PocketSphinxTranscriber`; satisfies `Transcription`.

    One worker after the other may recognise a piece of it; the words are joined. It is in line
    for a worker from the first message that waits for one (`_unsent`).
    """

    def __init__(
        self,
        recognisers: Recognisers,
        number: int,
        phrases: Sequence[str],
        *,
        steady: bool = False,
    ) -> None:
        self.number = number
        self.steady = steady
        """Whether it needs a thorough worker, and that to its end."""
        self.piece_seconds = 0.0
        """Length of the piece under way."""
        self.fed_at = asyncio.get_running_loop().time()
        """When audio came last, on the loop's clock."""
        self._recognisers = recognisers
        self._worker: Recogniser | None = None
        self._opening = pack_json(Kind.OPEN, number, list(phrases))
        self._unsent: list[bytes] = [self._opening]
        self._batch = bytearray()
        self._silence = HeldSilence()
        self._paused = False
        self._finishing = False
        self._over = False
        self._asked = 0
        """Number of the result asked for last; older answers were taken back."""
        self._piece_asked = 0
        """Number of the result after which the worker is given back; 0 while it is kept."""
        self._pieces: list[_Words] = []
        self._partial = ""
        self._answer: asyncio.Future[Transcript] | None = None
        self._signs = 0
        """Messages that came from workers: they live."""
        self._undecoded = 0
        """Messages of audio that no worker has answered yet."""
        self._all_decoded = asyncio.Event()

    def feed(self, pcm: bytes) -> None:
        """Take more audio; returns at once.

        After `pause` audio is held back, and dropped at the end, as long as it is as quiet as
        it was when the pause was told.
        """
        if self._over or not pcm:
            return
        self.fed_at = asyncio.get_running_loop().time()
        if self._paused:
            speech = self._silence.hold(pcm)
            if speech is None:
                return
            self._paused = False
            pcm = speech
        else:
            self._silence.remember(pcm)
        self._batch += pcm
        if len(self._batch) >= _BATCH_BYTES:
            self._flush()

    def pause(self) -> None:
        """The speaker fell silent: get the result ready, until `feed` takes that back."""
        if self._over or self._paused:
            return
        self._paused = True
        self._flush()
        self._answer = asyncio.get_running_loop().create_future()
        if self._unsent or self._keeps_worker:
            self._asked = next(_questions)
            self._send(pack(Kind.RESULT, self._asked))
        elif self._worker is None:
            self._answer.set_result(self._transcript())

    @property
    def partial(self) -> str:
        """The words understood so far; they may still change."""
        words = [*(piece.text for piece in self._pieces), self._partial]
        return readable(" ".join(filter(None, words)), final=False)

    async def caught_up(self) -> None:
        """Wait until all that was fed has been listened to and is in `partial`.

        The last 100 ms are not sent yet and count as not fed.
        """
        while self._undecoded and not self._over:
            signs = self._signs
            self._all_decoded.clear()
            try:
                await asyncio.wait_for(self._all_decoded.wait(), self._recognisers.patience)
            except TimeoutError:
                if self._signs == signs:
                    return

    async def finish(self) -> Transcript:
        """End the utterance and return what was understood.

        Raises `EngineError` when no worker could be started or none had time for it.
        """
        self._finishing = True
        self.pause()
        if self._answer is None:
            return Transcript("")
        try:
            while True:
                signs = self._signs
                await asyncio.wait([self._answer], timeout=self._recognisers.patience)
                if self._answer.done():
                    return self._answer.result()
                if self._worker is None:
                    raise EngineError("speech recognition is overloaded; an utterance is lost")
                if self._signs == signs:
                    _log.warning("speech recognition gave no sign of life; an utterance is lost")
                    self._worker.kill()
                    return Transcript("")
        finally:
            self.discard()

    def discard(self) -> None:
        """Drop the utterance without a result."""
        if not self._over:
            self._over = True
            self._unsent.clear()
            self._all_decoded.set()
            self._recognisers.release(self)

    @property
    def may_yield(self) -> bool:
        """Whether `give_way` can be asked of it."""
        done = self._finishing or self._over
        return self._keeps_worker and not done and not self.steady

    @property
    def yielding(self) -> bool:
        """Whether it is about to give its worker back."""
        return self._piece_asked != 0

    def give_way(self) -> None:
        """Give the worker back as soon as it has said what it understood up to now."""
        self._flush()
        question = next(_questions)
        self._send(pack(Kind.RESULT, question))
        self._piece_asked = question

    def assign(self, worker: Recogniser) -> None:
        """A worker is free for this utterance; it gets all that was said meanwhile."""
        self._worker = worker
        for message in self._unsent:
            worker.send(message)
        self._unsent.clear()

    def understood(self, kind: Kind, number: int, payload: bytes) -> None:
        """The worker answers."""
        self._signs += 1
        if kind is Kind.PARTIAL and number == self.number:
            self._partial = payload.decode()
            self._undecoded -= 1
            if not self._undecoded:
                self._all_decoded.set()
        elif kind is Kind.RESULT and number in (self._asked, self._piece_asked):
            words = _Words(**json.loads(payload))
            if number == self._piece_asked:
                self._end_piece(words)
            elif self._answer is not None and not self._answer.done():
                self._answer.set_result(self._transcript(words))

    def abandon(self, error: EngineError | None) -> None:
        """No worker will answer."""
        if self._answer is None:
            self._answer = asyncio.get_running_loop().create_future()
        if not self._answer.done():
            if error is None:
                self._answer.set_result(self._transcript())
            else:
                self._answer.set_exception(error)
                self._answer.exception()  # nobody may ever ask; that is no mistake
        self.discard()

    @property
    def _keeps_worker(self) -> bool:
        return self._worker is not None and not self._piece_asked

    def _end_piece(self, words: _Words) -> None:
        self._pieces.append(words)
        self._partial = ""
        self._worker, self._piece_asked, self.piece_seconds = None, 0, 0.0
        self._recognisers.release(self)
        if self._unsent:
            self._recognisers.queue(self)
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(self._transcript())

    def _flush(self) -> None:
        if self._batch:
            self.piece_seconds += len(self._batch) / _BYTES_PER_SECOND
            for start in range(0, len(self._batch), _MESSAGE_BYTES):
                self._undecoded += 1
                pcm = bytes(self._batch[start : start + _MESSAGE_BYTES])
                self._send(pack(Kind.AUDIO, self.number, pcm))
            self._batch.clear()

    def _send(self, message: bytes) -> None:
        if self._keeps_worker:
            assert self._worker is not None
            self._worker.send(message)
        elif self._unsent:
            self._unsent.append(message)
        else:
            self._unsent += [self._opening, message]
            if self._worker is None:
                self._recognisers.queue(self)

    def _transcript(self, *last: _Words) -> Transcript:
        pieces = [words for words in (*self._pieces, *last) if words.text]
        if not pieces:
            return Transcript("")
        confidence = min(words.confidence for words in pieces)
        if len(pieces) == 1 and pieces[0].phrase:
            return Transcript(pieces[0].text, confidence)  # as the caller wrote it
        return Transcript(readable(" ".join(words.text for words in pieces)), confidence)
