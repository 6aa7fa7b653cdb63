"""The waterfall of a turn: what followed what, how long each took, what it used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ...audio import pcm_seconds
from ...protocol import (
    Cost,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    ItemCreate,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
)
from ..entry import LogEntry, Mark
from ..tables.table import Table
from ..tables.tables import table_of
from ..turns.bills import Bill
from ..turns.turn import Turn, latency_line
from .moments import LABELS, Moments, moments

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Span", "Step", "Waterfall", "Who", "waterfall_of"]

Who = Literal["user", "here", "detection", "service", "tool", "playback"]

_ZEROS = ("speech_end", "commit", "typed", "request", "speech_stopped", "committed", "created")
_ENDS = ("first_played", "first_audio", "first_text", "done")
_WAITED_FOR: dict[str, Who] = {
    "commit": "user",
    "typed": "user",
    "request": "here",
    "speech_stopped": "detection",
    "committed": "service",
    "created": "service",
    "tool_called": "service",
    "tool_answered": "tool",
    "first_text": "service",
    "first_audio": "service",
    "first_played": "playback",
    "done": "service",
}
"""Who was waited for until each of the moments that may follow one another."""


@dataclass(frozen=True, slots=True)
class Step:
    """The stretch up to a moment from the one before it, and who was waited for in it.

    ``at`` is when it ended, in seconds from the zero of the waterfall.
    """

    label: str
    at: float
    seconds: float
    who: Who


@dataclass(frozen=True, slots=True)
class Span:
    """Something that went on from ``begin`` to ``end``, in seconds from zero."""

    label: str
    begin: float
    end: float
    who: Who


@dataclass(frozen=True)
class Waterfall:
    """One turn on one axis of time, in seconds from ``zero``.

    ``zero`` is the name of the moment at 0: the end of the user's input, as far as it is known.
    ``moments`` are all of them (see `MOMENTS`), ``steps`` those that follow one another up to the
    first sound (or word, or the end). ``spans`` are what went on in the whole turn, ``received``
    the length of the audio that had come by when, ``bills`` what was used by when.
    ``interrupted_at`` is when the answer was cut short.
    """

    turn: int
    headline: str
    zero: str
    moments: Moments
    steps: tuple[Step, ...] = ()
    spans: tuple[Span, ...] = ()
    received: tuple[tuple[float, float], ...] = ()
    bills: tuple[Bill, ...] = ()
    interrupted_at: float | None = None

    @property
    def zero_label(self) -> str:
        """The moment at 0, to be read."""
        derived = self.zero == "speech_end" and self.moments.speech_end_is_derived
        return LABELS.get(self.zero, "first event") + (", derived" if derived else "")

    @property
    def seconds(self) -> float:
        """From zero to the first sound (or word, or the end)."""
        return self.steps[-1].at if self.steps else 0.0

    @property
    def tokens(self) -> int:
        """Tokens of the whole turn."""
        return sum(bill.tokens for bill in self.bills)

    @property
    def cost(self) -> Cost:
        """What the whole turn costs, as `Turn.cost`."""
        return sum((bill.cost for bill in self.bills), Cost(0.0, 0.0))

    def table(self) -> Table:
        """One row for each step to the first sound, in seconds."""
        return table_of(
            {
                "step": ("VARCHAR", [step.label for step in self.steps]),
                "at": ("DOUBLE", [step.at for step in self.steps]),
                "seconds": ("DOUBLE", [step.seconds for step in self.steps]),
                "waited_for": ("VARCHAR", [step.who for step in self.steps]),
            }
        )

    def svg(self) -> str:
        """The picture alone, to be put into a page."""
        from .waterfall_views import waterfall_picture

        return waterfall_picture(self).svg(f"Waterfall of turn {self.turn}")

    def figure(self) -> Figure:
        """The picture as a figure of matplotlib."""
        from .waterfall_views import waterfall_picture

        return waterfall_picture(self).figure()

    def __repr__(self) -> str:
        from .waterfall_views import waterfall_text

        return waterfall_text(self)

    def _repr_html_(self) -> str:
        from .waterfall_views import waterfall_html

        return waterfall_html(self)


def waterfall_of(turn: Turn) -> Waterfall:
    """The waterfall of a turn as far as it has come."""
    found = moments(turn.entries, silence_ms=turn.silence_ms)
    known = [found[name] for name in LABELS if found[name] is not None]
    zero = next((name for name in _ZEROS if name in found.at), "")
    start = found.at[zero] if zero else min((at for at in known if at is not None), default=0.0)
    entries = turn.entries
    return Waterfall(
        turn=turn.index,
        headline=latency_line(turn),
        zero=zero,
        moments=Moments(
            {name: at - start for name, at in found.at.items()}, found.speech_end_is_derived
        ),
        steps=tuple(_steps(found, entries, zero, start)),
        spans=tuple(sorted(_spans(found, entries, start), key=lambda span: span.begin)),
        received=tuple(_received(entries, start)),
        bills=tuple(
            replace(bill, at=bill.at - start)
            for bill in sorted(turn.bills, key=lambda bill: bill.at)
        ),
        interrupted_at=_interrupted_at(entries, start),
    )


def _steps(found: Moments, entries: list[LogEntry], zero: str, start: float) -> Iterator[Step]:
    last = next((name for name in _ENDS if name in found.at), "")
    end = found.at.get(last, math.inf)
    followed: list[tuple[float, str, Who]] = []
    for name, at in found.at.items():
        if name in _WAITED_FOR and name != zero and (name != "done" or last == "done"):
            followed.append((at, LABELS[name], _WAITED_FOR[name]))
    later = [e for e in entries if isinstance(e.event, ResponseCreated)][1:]
    for number, entry in enumerate(later, 2):
        followed.append((entry.at, f"response {number} created", "service"))
    before = start
    for at, label, who in sorted(followed, key=lambda one: one[0]):
        if start <= at <= end:
            yield Step(label, at - start, at - before, who)
            before = at


def _spans(found: Moments, entries: list[LogEntry], start: float) -> Iterator[Span]:
    def span(label: str, begin: float | None, end: float | None, who: Who) -> Iterator[Span]:
        if begin is not None and end is not None and begin <= end:
            yield Span(label, begin - start, end - start, who)

    spoken_until = found["speech_end"] if "speech_end" in found.at else found["sent"]
    yield from span("user speaks", found["microphone"], spoken_until, "user")
    ended = {e.event.response.id: e for e in entries if isinstance(e.event, ResponseDone)}
    begun = [e for e in entries if isinstance(e.event, ResponseCreated)]
    for number, entry in enumerate(begun, 1):
        done = ended.get(entry.event.response.id)  # type: ignore[union-attr]
        if done is None:
            continue
        status = done.event.response.status  # type: ignore[union-attr]
        label = f"response {number}" if len(begun) > 1 else "response"
        label += "" if status == "completed" else f", {status}"
        yield from span(label, entry.at, done.at, "service")
    outputs = {
        e.event.item.call_id: e
        for e in entries
        if isinstance(e.event, ItemCreate) and isinstance(e.event.item, FunctionCallOutput)
    }
    for entry in entries:
        if isinstance(entry.event, FunctionCallArgumentsDone):
            output = outputs.get(entry.event.call_id)
            label = f"tool {entry.event.name or ''}".strip()
            yield from span(label, entry.at, output.at if output else None, "tool")
    yield from span("audio played", found["first_played"], found["last_played"], "playback")


def _received(entries: list[LogEntry], start: float) -> Iterator[tuple[float, float]]:
    seconds = 0.0
    for entry in entries:
        if isinstance(entry.event, OutputAudioDelta):
            seconds += pcm_seconds(entry.event.delta)
            yield entry.at - start, seconds


def _interrupted_at(entries: list[LogEntry], start: float) -> float | None:
    for entry in entries:
        if isinstance(entry.event, Mark) and entry.type == "lab.interrupted":
            data = entry.event.data
            if data.get("heard_ms", 0) < data.get("received_ms", 0):
                return entry.at - start
    return None
