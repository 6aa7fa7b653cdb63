"""What other settings of the turn detection would have made of a recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from ..audio import RATE, Clip
from ..engine import (
    SileroVoiceActivity,
    SpeechStarted,
    SpeechStopped,
    TurnDetector,
    TurnSettings,
    VoiceActivity,
)
from ..errors import AudioError
from ..eventlog import EventLog
from ..protocol import InputAudioBufferAppend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Detected", "Outcome", "Utterance", "WhatIf", "detect", "judged", "what_if"]

THRESHOLDS = (0.3, 0.5, 0.7, 0.9)
SILENCES_MS = (200, 350, 500, 800)
PREFIXES_MS = (0, 300)
PATIENCE_MS = 1500
"""A silence that nobody takes for a pause in the middle of a sentence."""
_SURE = 0.5
_EARLY = 0.1
"""Seconds by which a turn may end before its utterance does: the ends are no better known."""
_FEED_BYTES = RATE * 2 // 10


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said without leaving the word to the other, in seconds of the recording."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Detected:
    """A turn as a setting found it, in seconds of the recording.

    ``start`` is where the voice was noticed, before any prefix padding. ``stop`` is when the turn
    was taken for over: the end of the silence that proved it; ``None`` at the end of the recording.
    """

    start: float
    stop: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one setting would have done.

    - ``turns``: turns it would have found.
    - ``false_cutoffs``: turns that it would have ended while the speaker was still in the middle
      of an utterance.
    - ``missed``: utterances that it would not have noticed.
    - ``merged``: utterances that it would have answered only together with the next one.
    - ``delay``, ``delay_p95``: seconds from the end of an utterance to the end of its turn, the
      median and the 95th percentile; ``None`` where there is no such turn (of the percentile:
      fewer than 20).
    - ``clipped``: seconds of the beginning that the longest of the cut utterances would have lost.
    """

    threshold: float
    silence_ms: int
    prefix_ms: int
    turns: int
    false_cutoffs: int
    missed: int
    merged: int
    delay: float | None
    delay_p95: float | None
    clipped: float


@dataclass(frozen=True)
class WhatIf:
    """Every setting of a grid on one recording. See `what_if`."""

    seconds: float
    utterances: tuple[Utterance, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The outcomes as dicts, for a table of any library."""
        return [asdict(outcome) for outcome in self.outcomes]

    @property
    def best(self) -> list[Outcome]:
        """The settings that no other beats in both false cut-offs and delay, the quickest first.

        Settings that miss or merge utterances are left out.
        """
        whole = [o for o in self.outcomes if o.delay is not None and not (o.missed or o.merged)]
        quickest = sorted(whole, key=lambda o: (o.delay, o.false_cutoffs, o.clipped))
        found: list[Outcome] = []
        for outcome in quickest:
            if not found or outcome.false_cutoffs < found[-1].false_cutoffs:
                found.append(outcome)
        return found

    def figure(self) -> Figure:
        """False cut-offs against delay, one point for each setting (a matplotlib figure)."""
        from .what_if_views import figure

        return figure(self)

    def __repr__(self) -> str:
        from .what_if_views import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from .what_if_views import as_html

        return as_html(self)


def what_if(
    recording: EventLog | Clip,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    silences_ms: Sequence[int] = SILENCES_MS,
    prefixes_ms: Sequence[int] = PREFIXES_MS,
    utterances: Iterable[Utterance | tuple[float, float]] | None = None,
    voice: VoiceActivity | None = None,
) -> WhatIf:
    """Try a grid of ``server_vad`` settings on what the microphone of a session picked up.

    Nothing is sent anywhere. The judge is the embedded server's own turn detection (Silero voice
    activity), so figures of another service may differ. In a log the audio is taken as it was sent,
    without the silence between pieces.

    ``utterances`` says what really belonged together (seconds of the recording). Without it, that
    is what a very patient setting finds: threshold 0.5, and 1.5 s of silence end an utterance.

    Raises:
        AudioError: if there is no audio, or nobody speaks in it.
    """
    clip = recording if isinstance(recording, Clip) else _microphone(recording)
    # Silence behind the end, so that the last turn has one, too.
    pcm = clip.at_rate(RATE).pcm + bytes(RATE * 2 * (max(*silences_ms, PATIENCE_MS) + 500) // 1000)
    heard = _Heard(voice or SileroVoiceActivity())
    patient = detect(pcm, heard, _SURE, PATIENCE_MS)
    if utterances is None:
        ends = [(t.start, t.stop - PATIENCE_MS / 1000) for t in patient if t.stop is not None]
        known = [Utterance(start, end) for start, end in ends if end > start]
    else:
        pairs = (u if isinstance(u, Utterance) else Utterance(*u) for u in utterances)
        known = sorted(pairs, key=lambda u: u.start)
    if not known:
        raise AudioError("nobody speaks in this recording; there is nothing to detect")
    outcomes = [
        judged(known, found, threshold, silence_ms, prefix_ms)
        for threshold in thresholds
        for silence_ms in silences_ms
        for found in [detect(pcm, heard.again(), threshold, silence_ms)]
        for prefix_ms in prefixes_ms
    ]
    return WhatIf(clip.seconds, tuple(known), tuple(outcomes))


def detect(pcm: bytes, voice: VoiceActivity, threshold: float, silence_ms: int) -> list[Detected]:
    """The turns that a setting finds in 24 kHz PCM16."""
    settings = TurnSettings(threshold, prefix_padding_ms=0, silence_duration_ms=silence_ms)
    detector = TurnDetector(voice, settings)
    found: list[Detected] = []
    for first in range(0, len(pcm), _FEED_BYTES):
        for fact in detector.feed(pcm[first : first + _FEED_BYTES]):
            if isinstance(fact, SpeechStarted):
                found.append(Detected(fact.audio_start_ms / 1000, None))
            elif isinstance(fact, SpeechStopped):
                found[-1] = Detected(found[-1].start, fact.audio_end_ms / 1000)
    return found


def judged(
    utterances: Sequence[Utterance],
    found: Sequence[Detected],
    threshold: float,
    silence_ms: int,
    prefix_ms: int,
) -> Outcome:
    """What the turns of one setting mean for what was said."""
    delays: list[float] = []
    missed, merged, clipped = 0, 0, 0.0
    stops = [turn.stop for turn in found if turn.stop is not None]
    cut = sum(1 for s in stops if any(u.start < s < u.end - _EARLY for u in utterances))
    for number, utterance in enumerate(utterances):
        heard = [t for t in found if t.start < utterance.end and _stop(t) > utterance.start]
        if not heard:
            missed += 1
            continue
        lost = heard[0].start - prefix_ms / 1000 - utterance.start
        clipped = max(clipped, lost)
        end = next((s for s in stops if s >= utterance.end - _EARLY), None)
        following = utterances[number + 1 : number + 2]
        if following and (end is None or end > following[0].start):
            merged += 1
        elif end is not None:
            delays.append(end - utterance.end)
    return Outcome(
        threshold=threshold,
        silence_ms=silence_ms,
        prefix_ms=prefix_ms,
        turns=len(found),
        false_cutoffs=cut,
        missed=missed,
        merged=merged,
        delay=round(median(delays), 3) if delays else None,
        delay_p95=round(quantiles(delays, n=20)[-1], 3) if len(delays) >= 20 else None,
        clipped=round(clipped, 3),
    )


def _stop(turn: Detected) -> float:
    return float("inf") if turn.stop is None else turn.stop


def _microphone(log: EventLog) -> Clip:
    events = (entry.event for entry in log.events("input_audio_buffer.append"))
    pcm = b"".join(e.audio for e in events if isinstance(e, InputAudioBufferAppend))
    if not pcm:
        raise AudioError("no audio was sent in this session; record one with a microphone")
    return Clip.from_pcm(pcm)


class _Heard:
    """A `VoiceActivity` that remembers what it told, and tells it again to others.

    Those must be fed the same audio in the same pieces, as every `TurnDetector` does.
    """

    def __init__(self, voice: VoiceActivity) -> None:
        self.frame_seconds = voice.frame_seconds
        self._voice = voice
        self._told: list[list[float]] = []

    def feed(self, pcm: bytes) -> list[float]:
        self._told.append(self._voice.feed(pcm))
        return self._told[-1]

    def reset(self) -> None:
        self._voice.reset()

    def again(self) -> VoiceActivity:
        return _Again(self.frame_seconds, iter(self._told))


class _Again:
    """Tells what a `_Heard` was told."""

    def __init__(self, frame_seconds: float, told: Iterator[list[float]]) -> None:
        self.frame_seconds = frame_seconds
        self._told = told

    def feed(self, pcm: bytes) -> list[float]:
        return next(self._told)

    def reset(self) -> None: ...
