"""What is known of the time of a log: its spans and both waveforms, worked out step by step."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..audio import Samples
from ..eventlog import LANES, EventLog, LiveTimeline
from .lane_spans import LaneSpans, ShownSpan
from .peaks import Peaks

__all__ = ["SIDES", "Measurements", "Side"]

Side = Literal["user", "model"]
SIDES: tuple[Side, ...] = ("user", "model")


class Measurements:
    """Follows a log that may be growing.

    `advance` is for one thread. What others ask for comes from what is known by then.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._timeline = LiveTimeline(log)
        self._lanes: list[LaneSpans] = []
        self._laid = 0
        self._spans_to = 0.0
        self._sound_to: float | None = None
        self._peaks = {side: Peaks(partial(self.audio, side)) for side in SIDES}

    @property
    def seconds(self) -> float:
        """How long the log is: to its last entry, or the end of its last span."""
        last = self._log[-1].at - self._log.start if len(self._log) else 0.0
        return max(last, self._spans_to)

    @property
    def length(self) -> float:
        """How long there is something to hear: speech that nobody played may go on after that."""
        return max(self.seconds, self._sound_to or 0.0)

    def advance(self) -> bool:
        """Do a step, of some milliseconds; false when all is known."""
        if self._timeline.advance():
            # A long log shows by and by: each time it is twice as much, which costs little.
            if self._timeline.is_current or self._timeline.taken >= 2 * self._laid:
                self._lay_spans()
            return True
        self._sound_to = self._log.seconds
        return any(peaks.measure(self._sound_to) for peaks in self._peaks.values())

    def _lay_spans(self) -> None:
        self._laid = self._timeline.taken
        known = self._timeline.timeline()
        self._spans_to = known.seconds
        self._lanes = [LaneSpans(known.lane(lane), known.seconds) for lane in LANES]

    def spans(self, start: float, end: float, pixels: int) -> list[ShownSpan]:
        """The spans of a part, lane by lane.

        ``pixels`` is the width of the screen: what is too short for it is put together.
        """
        pixel = (end - start) / pixels
        return [shown for lane in self._lanes for shown in lane.shown(start, end, pixel)]

    def peaks(self, side: Side, start: float, end: float, buckets: int) -> NDArray[np.int8]:
        """The waveform of a side, as `Peaks.between` gives it."""
        if self._sound_to is None:
            # To find the audio of a long log takes seconds: nobody waits for that here.
            return np.zeros((buckets, 2), np.int8)
        return self._peaks[side].between(start, end, buckets)

    def audio(self, side: Side, start: float, end: float) -> Samples:
        """The samples of a side between two times, at 24 kHz."""
        return self._log.audio(side, start, end).samples
