"""Speech recognition with faster-whisper, for those who have its weights and the time."""

from __future__ import annotations

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..audio import RATE, pcm_to_samples, resample
from ..errors import EngineError
from .held_silence import HeldSilence
from .stages import Hints, Transcript

__all__ = ["WhisperTranscriber"]

_MODEL_RATE = 16_000
_SHORTEST_SECONDS = 0.1


class WhisperTranscriber:
    """Whisper on CTranslate2; one utterance after the other in a thread of its own.

    ``model`` is a folder with converted weights, a name that faster-whisper knows (which it may
    fetch from the network), or a loaded ``WhisperModel``. The other arguments are those of
    ``WhisperModel``. Raises `EngineError` when the package or the weights are missing.
    """

    def __init__(
        self,
        model: Any = "base.en",
        *,
        device: str = "auto",
        compute_type: str = "default",
        beam_size: int = 1,
    ) -> None:
        if isinstance(model, str):
            model = _load(model, device=device, compute_type=compute_type)
        self._model = model
        self._beam_size = beam_size
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whisper")

    def open(self, hints: Hints) -> WhisperTranscription:
        """Begin a new utterance."""
        return WhisperTranscription(self, hints)

    async def close(self) -> None:
        """Let go of the model; what is being recognised ends first."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    def recognise(self, pcm: bytes, hints: Hints) -> asyncio.Future[Transcript]:
        """The transcript of a whole utterance, when the thread comes to it."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._thread, self._recognise, pcm, hints)

    def _recognise(self, pcm: bytes, hints: Hints) -> Transcript:
        samples = resample(pcm_to_samples(pcm), RATE, _MODEL_RATE)
        if samples.size < _SHORTEST_SECONDS * _MODEL_RATE:
            return Transcript("")
        try:
            segments, _ = self._model.transcribe(
                samples.astype(np.float32) / 32768,
                language=hints.language,
                beam_size=self._beam_size,
                hotwords=", ".join([*hints.phrases, *hints.words]) or None,
                condition_on_previous_text=False,
            )
            found = list(segments)
        except Exception as error:
            raise EngineError(f"Whisper could not transcribe an utterance: {error}") from error
        text = " ".join(segment.text.strip() for segment in found).strip()
        if not text:
            return Transcript("")
        mean = sum(segment.avg_logprob for segment in found) / len(found)
        return Transcript(text, min(math.exp(mean), 1.0))


class WhisperTranscription:
    """One utterance of a `WhisperTranscriber`; satisfies `Transcription`, without partials."""

    partial = ""

    def __init__(self, transcriber: WhisperTranscriber, hints: Hints) -> None:
        self._transcriber = transcriber
        self._hints = hints
        self._pcm = bytearray()
        self._silence = HeldSilence()
        self._early: asyncio.Future[Transcript] | None = None
        """The result being prepared since a pause."""

    def feed(self, pcm: bytes) -> None:
        """Take more audio; returns at once."""
        if self._early is None:
            self._silence.remember(pcm)
            self._pcm += pcm
        elif (speech := self._silence.hold(pcm)) is not None:
            self.discard()
            self._pcm += speech

    def pause(self) -> None:
        """The speaker fell silent: begin with the result, until speech takes that back."""
        if self._early is None:
            self._early = self._transcriber.recognise(bytes(self._pcm), self._hints)

    async def caught_up(self) -> None: ...

    async def finish(self) -> Transcript:
        """End the utterance and return what was understood. Raises `EngineError`."""
        self.pause()
        assert self._early is not None
        return await self._early

    def discard(self) -> None:
        """Drop what is being prepared."""
        if self._early is not None:
            self._early.cancel()
            self._early = None


def _load(name: str, *, device: str, compute_type: str) -> Any:
    try:
        from faster_whisper import WhisperModel  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise EngineError(
            'Whisper needs faster-whisper; run: pip install "realtime-lab[whisper]"'
        ) from error
    try:
        return WhisperModel(name, device=device, compute_type=compute_type)
    except Exception as error:
        raise EngineError(
            f"the Whisper model {name!r} cannot be loaded ({error}); "
            "give the path of a folder with CTranslate2 weights"
        ) from error
