"""What an index gives of events: rows of a listing, counts over time, relations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...protocol import InputAudioBufferAppend, OutputAudioDelta
from ..entry import Direction

__all__ = ["EventRow", "Histogram", "Related", "class_of"]


class EventRow(NamedTuple):
    """A row of a listing: an event, or pieces of a run.

    ``at`` and ``until`` are when the first and the last of the ``pieces`` came, in seconds from the
    start of the log; ``size`` is that of all together. ``words`` are redacted.
    """

    seq: int
    at: float
    direction: Direction
    type: str
    words: str
    size: int
    turn: int | None
    response_id: str | None
    item_id: str | None
    pieces: int
    until: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many events there were over time, by class (see `class_of`).

    The bins are equally long and lie between ``start`` and ``end``, in seconds from the start of
    the log. Classes without events are left out.
    """

    start: float
    end: float
    counts: Mapping[str, Sequence[int]]

    @property
    def totals(self) -> list[int]:
        """The events in each bin, of whatever class."""
        return [sum(bins) for bins in zip(*self.counts.values(), strict=True)]


class Related(NamedTuple):
    """What made an event happen, and what it made happen: the nearest ones, in order."""

    causes: list[EventRow]
    consequences: list[EventRow]


_AUDIO = (InputAudioBufferAppend.type, OutputAudioDelta.type)
_CLASSES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("errors", lambda type: type == "error"),
    ("marks", lambda type: type.startswith("lab.")),
    ("audio", lambda type: type in _AUDIO),
    ("tools", lambda type: "function_call" in type or "mcp_" in type),
    ("text", lambda type: "transcript" in type or "output_text" in type),
    ("speech", lambda type: type.startswith("input_audio_buffer.")),
    ("responses", lambda type: type.startswith("response.")),
    ("items", lambda type: type.startswith("conversation.")),
    ("session", lambda type: type.startswith(("session.", "rate_limits."))),
)


def class_of(type: str) -> str:
    """The class of events of a type, for an overview.

    One of ``errors``, ``marks``, ``audio``, ``tools``, ``text``, ``speech``, ``responses``,
    ``items``, ``session``, ``other``.
    """
    return next((name for name, fits in _CLASSES if fits(type)), "other")
