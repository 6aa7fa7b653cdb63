"""The takes of a voice booth: what was to be said, what was measured, how loud each is played."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property

from ..errors import AudioError
from ..voices import (
    TARGET_LUFS,
    MatchedGain,
    Measured,
    PlacedText,
    Take,
    VoiceRun,
    matched_gain,
    measure,
)
from ..voices import placed_text as place

__all__ = ["BoothTakes"]


class BoothTakes:
    """Takes by their numbers; each is measured once, when that is first asked for.

    ``measured`` are measures that are known already, of some or all takes; a run has its own.
    """

    def __init__(
        self,
        takes: Iterable[Take],
        measured: Iterable[Measured] = (),
        *,
        target: float = TARGET_LUFS,
    ) -> None:
        self.takes: Sequence[Take] = tuple(takes) if isinstance(takes, Iterable) else (takes,)
        for one in self.takes:
            if not isinstance(one, Take):
                raise AudioError(
                    f"{type(one).__name__} is no take; give a run of rl.compare_voices(…), or its "
                    "takes; rl.VoiceRun.load(folder) reads one that was kept"
                )
        if not self.takes:
            raise AudioError(
                "there is no take to listen to; give a voice booth a run of which some voice has "
                "spoken, or a list of takes"
            )
        if isinstance(target, bool) or not isinstance(target, int | float):
            raise AudioError(f"target is {target!r}; give a loudness in LUFS, such as -23")
        self.target = target
        self._run = takes if isinstance(takes, VoiceRun) else None
        gaps = self._run.failed if self._run else ()
        self.notes = tuple(
            f"{gap.voice} ({gap.source}): {gap.told}" for gap in gaps if not gap.follows
        )
        """Which takes of a run there are not, and why."""
        self._known = {(one.source, one.voice, one.repeat, one.line): one for one in measured}
        self._measured: dict[int, Measured] = {}
        self._placed: dict[int, PlacedText] = {}

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What was asked for; lines of a dialogue are texts of their own."""
        return tuple(text for _, text in self._lines)

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        return sorted({(take.line, take.asked) for take in self.takes})

    def text_of(self, number: int) -> int:
        """Which of the texts a take was asked for."""
        take = self.takes[number]
        return self._lines.index((take.line, take.asked))

    def placed(self, number: int) -> PlacedText:
        """Where the words of a take are."""
        if number not in self._placed:
            self._placed[number] = place(self.takes[number])
        return self._placed[number]

    def measured(self, number: int) -> Measured:
        """What is measured of a take.

        Raises:
            AudioError: if a library that measures is not installed.
        """
        if number not in self._measured:
            take = self.takes[number]
            known = self._known.get((take.source, take.voice, take.repeat, take.line))
            if known is None:
                known = self._run.measures()[number] if self._run else measure(take)
            self._measured[number] = known
        return self._measured[number]

    def gain(self, number: int) -> MatchedGain | None:
        """What brings a take to the common loudness; ``None`` where its loudness is not known."""
        values = self.measured(number).values
        loudness, peak = values.get("loudness"), values.get("true_peak")
        if loudness is None or peak is None or not math.isfinite(loudness):
            return None
        return matched_gain(loudness, peak, self.target)
