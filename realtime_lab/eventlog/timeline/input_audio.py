"""Where on the axis the audio is that the user sent: the service counts it in milliseconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from ...protocol import ServerVad, SessionConfig
from ..entry import Mark
from ..publishing.formats import SampleFormat
from .audio_facts import AudioFact
from .tracks import UserTrack

__all__ = ["InputAudio"]


class InputAudio:
    """Follows the input buffer of a session and finds its milliseconds on the axis, in seconds.

    They are where `UserTrack` places what was sent. The service counts from the first piece of its
    session, so `restart` when another one goes on.
    """

    def __init__(self) -> None:
        self._track = UserTrack()
        self._prefix_ms = self._silence_ms = 0
        self.restart()

    def restart(self) -> None:
        """What is sent from now on goes to another session."""
        self._positions: list[float] = []
        """Where each piece begins, in milliseconds of the session."""
        self._seqs: list[int] = []
        self._sent_ms = 0.0
        self._buffer_ms = 0.0
        """Where the audio begins that is not committed yet."""
        self._commits: dict[str, tuple[float, float]] = {}
        self._speech_ends: list[float] = []

    def configure(self, session: SessionConfig) -> None:
        """Take the settings in force into account: padding and silence."""
        heard = session.audio.input if session.audio else None
        if not heard:
            return
        detection = heard.turn_detection
        prefix = detection.prefix_padding_ms if isinstance(detection, ServerVad) else 0
        silence = detection.silence_duration_ms if isinstance(detection, ServerVad) else 0
        self._prefix_ms = prefix if isinstance(prefix, int) else 0
        self._silence_ms = silence if isinstance(silence, int) else 0

    def note(self, mark: Mark, at: float) -> None:
        """Take a mark into account that tells where audio belongs."""
        self._track.note(mark, at)

    def append(self, fact: AudioFact, at: float, format: SampleFormat) -> None:
        """A piece was sent."""
        self._track.add(fact, at, format)
        self._positions.append(self._sent_ms)
        self._seqs.append(fact.seq)
        self._sent_ms += 1000 * format.seconds(fact.size)

    def speech_start(self, audio_start_ms: int) -> float | None:
        """When speech began that the service tells with its padding before it."""
        return self._begin_at(audio_start_ms + self._prefix_ms)

    def speech_end(self, audio_end_ms: int) -> float | None:
        """When speech ended that the service tells with the silence after it."""
        return self._end_at(audio_end_ms - self._silence_ms)

    def commit(self, event_id: str) -> None:
        """The client commits what is in the buffer."""
        self._commits[event_id] = (self._buffer_ms, self._sent_ms)

    def refused(self, event_id: str) -> None:
        """The service did not do what was asked."""
        self._commits.pop(event_id, None)

    def committed(self) -> tuple[float, float] | None:
        """Beginning and end of the audio just committed; ``None`` where none is known."""
        if self._commits:
            begin_ms, end_ms = self._commits.pop(next(iter(self._commits)))
        else:
            begin_ms, end_ms = self._buffer_ms, self._sent_ms
        self._buffer_ms = end_ms
        begin, end = self._begin_at(begin_ms), self._end_at(end_ms)
        if begin is None or end is None or end_ms <= begin_ms:
            return None
        spoken = [at for at in self._speech_ends if begin < at < end]
        return begin, spoken[-1] if spoken else end

    def cleared(self) -> None:
        """What was in the buffer is gone."""
        self._buffer_ms = self._sent_ms

    def speech_ended(self, at: float) -> None:
        """The last voiced sample was sent."""
        self._speech_ends.append(at)

    def _begin_at(self, position_ms: float) -> float | None:
        """Where what follows a position begins."""
        return self._time(bisect_right(self._positions, position_ms) - 1, position_ms)

    def _end_at(self, position_ms: float) -> float | None:
        """Where what comes before a position ends."""
        return self._time(bisect_left(self._positions, position_ms) - 1, position_ms)

    def _time(self, index: int, position_ms: float) -> float | None:
        if not 0 <= index < len(self._seqs) or position_ms > self._sent_ms + 1:
            return None
        start = self._track.start_of(self._seqs[index])
        return None if start is None else start + (position_ms - self._positions[index]) / 1000
