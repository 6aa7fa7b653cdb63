"""Where a speaker's turn begins and ends. No clock and no I/O: time is the audio itself."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from ..audio import RATE, pcm_to_samples
from .stages import VoiceActivity

__all__ = [
    "SpeechPaused",
    "SpeechStarted",
    "SpeechStopped",
    "TurnDetector",
    "TurnFact",
    "TurnSettings",
]


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """The fields of the protocol's ``server_vad``."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 200


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody began to speak; the position already includes the prefix padding."""

    audio_start_ms: int


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Silence began, which may be the end of the turn. No fact tells when speech goes on."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The turn is over; the position includes the silence that proved it."""

    audio_end_ms: int


TurnFact = SpeechStarted | SpeechPaused | SpeechStopped

_BLOCK_SECONDS = 0.010
_BLOCK_BYTES = round(RATE * _BLOCK_SECONDS) * 2
_START_FRAMES = 2
"""Frames of speech in a row that begin a turn: one may be a click."""
_STOP_FRAMES = 5
"""Frames of silence in a row that end a turn: a dip between two words can make four. Fewer where
`silence_duration_ms` itself is short."""
_HYSTERESIS = 0.15
"""Silero's own rule: silence begins this far below the threshold that speech must reach."""
_PAUSE_SECONDS = 0.150
_LOOK_BACK_SECONDS = 0.250
"""Silero's probability falls 60 to 220 ms after the voice does (measured on recorded speech)."""
_PRESENT_BLOCKS = 6


class TurnDetector:
    """Finds the turns in one stream of audio.

    Every position is in milliseconds from the start of all audio fed. ``settings`` may be
    replaced at any time. The facts depend on the audio alone, not on how it was cut into chunks.

    Silence is counted from the moment the sound itself fell to what follows it, not from the
    moment the model's probability did, which is late by a time of its own. In loud surroundings,
    where that moment cannot be seen, the probability decides.
    """

    def __init__(self, voice: VoiceActivity, settings: TurnSettings | None = None) -> None:
        self.settings = settings or TurnSettings()
        self._voice = voice
        self._rest = b""
        self._frames = 0
        self._frames_since = 0.0
        """Where the first frame that was counted begins."""
        self._levels = _Levels()
        self._turn = _Turn()
        self._earliest = 0.0
        """End of the turn before: no turn begins earlier."""

    @property
    def speaking(self) -> bool:
        """Whether a turn has started and not stopped."""
        return self._turn.started

    @property
    def position_ms(self) -> int:
        """Length of the audio judged so far; up to 10 ms behind what was fed."""
        return _ms(self._levels.position)

    def feed(self, pcm: bytes) -> list[TurnFact]:
        """Take audio of any length; return what became certain, in order."""
        pcm = self._rest + pcm
        whole = len(pcm) // _BLOCK_BYTES * _BLOCK_BYTES
        self._rest = pcm[whole:]
        facts: list[TurnFact] = []
        for start in range(0, whole, _BLOCK_BYTES):
            block = pcm[start : start + _BLOCK_BYTES]
            self._levels.add(block)
            for probability in self._voice.feed(block):
                self._frames += 1
                facts += self._hear(probability)
            facts += self._count_silence()
        return facts

    def reset(self) -> None:
        """Forget the turn in progress, as when the buffer is cleared. Positions go on."""
        # What the voice activity heard last was speech, and it would take what follows for more.
        self._voice.reset()
        self._frames, self._frames_since = 0, self._levels.position
        self._end_turn()

    def _end_turn(self) -> None:
        self._turn = _Turn()
        self._earliest = self._levels.position

    def _hear(self, probability: float) -> list[TurnFact]:
        """Judge one frame."""
        turn, settings = self._turn, self.settings
        if probability >= settings.threshold:
            turn.silent_frames = 0
            turn.silence_from = None
            turn.paused = False
            turn.voiced_frames += 1
        elif not turn.started:
            turn.voiced_frames = 0
        elif turn.silence_from is not None:
            turn.silent_frames += 1
        elif probability < max(settings.threshold - _HYSTERESIS, 0.01):
            turn.silent_frames = 1
            turn.silence_from = self._levels.fell_at(default=self._frame_start(1))
        if turn.started or turn.voiced_frames < _START_FRAMES:
            return []
        turn.started = True
        start = self._frame_start(_START_FRAMES) - settings.prefix_padding_ms / 1000
        return [SpeechStarted(_ms(max(start, self._earliest)))]

    def _count_silence(self) -> list[TurnFact]:
        turn = self._turn
        if turn.silence_from is None:
            return []
        now = self._levels.position
        silence, needed = now - turn.silence_from, self.settings.silence_duration_ms / 1000
        facts: list[TurnFact] = []
        # One frame of silence in the middle of a loud word is no pause.
        sure = turn.silent_frames >= _STOP_FRAMES or self._levels.low
        if sure and not turn.paused and silence >= min(_PAUSE_SECONDS, needed / 2):
            turn.paused = True
            facts.append(SpeechPaused())
        frames = min(_STOP_FRAMES, math.ceil(0.75 * needed / self._voice.frame_seconds))
        if silence >= needed - 1e-9 and turn.silent_frames >= frames:
            facts.append(SpeechStopped(_ms(now)))
            self._end_turn()
        return facts

    def _frame_start(self, back: int) -> float:
        return self._frames_since + (self._frames - back) * self._voice.frame_seconds


@dataclass(slots=True)
class _Turn:
    """One turn, from the first frame of speech on."""

    started: bool = False
    voiced_frames: int = 0
    silent_frames: int = 0
    silence_from: float | None = None
    paused: bool = False


class _Levels:
    """Level of each 10 ms of the latest audio, in dB of full scale."""

    def __init__(self) -> None:
        self._blocks = 0
        self._recent: deque[float] = deque(maxlen=round(_LOOK_BACK_SECONDS / _BLOCK_SECONDS))
        self._peak = -120.0

    @property
    def position(self) -> float:
        """Seconds of audio taken."""
        return self._blocks * _BLOCK_SECONDS

    def add(self, block: bytes) -> None:
        samples = pcm_to_samples(block).astype(np.int64)  # whole numbers: exact, and fastest
        power = int(samples @ samples) / samples.size / 32768**2
        level = 10 * math.log10(power + 1e-12)
        self._blocks += 1
        self._recent.append(level)
        # The peak fades by 2 dB a second, so that one bang does not spoil a session.
        self._peak = max(level, self._peak - 2 * _BLOCK_SECONDS)

    @property
    def low(self) -> bool:
        """Whether the sound stands well below its peak now."""
        return self._recent[-1] < self._peak - 12

    def fell_at(self, default: float) -> float:
        """When the sound fell to its present level.

        ``default`` when it does not stand out clearly from what is heard now.
        """
        latest = list(self._recent)[-_PRESENT_BLOCKS:]
        threshold = max(sum(latest) / len(latest) + 8, self._peak - 40)
        if threshold > self._peak - 12:
            return default
        quiet = 0
        for level in reversed(self._recent):
            if level >= threshold:
                break
            quiet += 1
        return self.position - quiet * _BLOCK_SECONDS


def _ms(seconds: float) -> int:
    return max(round(seconds * 1000), 0)
