"""What follows a pause: silence to be dropped, or speech to be gone on with."""

from __future__ import annotations

import math

import numpy as np

from ..audio import RATE, pcm_to_samples

__all__ = ["HeldSilence"]


class HeldSilence:
    """Audio that arrives after a pause, kept in case the speaker goes on."""

    _BLOCK = round(RATE * 0.02)
    _KEEP = round(RATE * 0.06) * 2

    def __init__(self) -> None:
        self._latest = b""
        """The last 60 ms before the pause: what silence sounds like here."""
        self._held: list[bytes] = []

    def remember(self, pcm: bytes) -> None:
        self._latest = (self._latest + pcm)[-self._KEEP :]

    def hold(self, pcm: bytes) -> bytes | None:
        """Keep the audio; return all that was kept once it contains speech."""
        self._held.append(pcm)
        # Its quietest part counts: a pause may be told when speech has just gone on.
        if max(self._levels(pcm)) < max(min(self._levels(self._latest)), -60.0) + 9:
            return None
        held = b"".join(self._held)
        self._held.clear()
        self.remember(held)
        return held

    def _levels(self, pcm: bytes) -> list[float]:
        """Level of each 20 ms in dB of full scale; never empty."""
        samples = pcm_to_samples(pcm) / 32768
        blocks = np.array_split(samples, max(samples.size // self._BLOCK, 1))
        return [
            10 * math.log10(float(np.sum(np.square(b))) / max(b.size, 1) + 1e-12) for b in blocks
        ]
