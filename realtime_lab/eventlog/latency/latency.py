"""How long the stages of a turn took: from one of its moments to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from ..entry import LogEntry
from .moments import LABELS, Moments, moments
from .moments_sql import moments_sql

__all__ = ["STAGES", "Latency", "Stage", "latencies_sql", "turn_latency"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a turn: from a moment (the first of these that is known) to another.

    A ``step`` is a part of the wait for the first sound, a ``sum`` spans several; a ``length`` is
    how long something went on that is no wait.
    """

    name: str
    begin: tuple[str, ...]
    end: str
    definition: str
    kind: Literal["step", "sum", "length"] = "step"

    @property
    def label(self) -> str:
        """Its two moments, to be read."""
        return f"{' or '.join(LABELS[name] for name in self.begin)} → {LABELS[self.end]}"

    @property
    def short_label(self) -> str:
        """The same in less space."""
        return self.label.replace("response created", "created").replace("response done", "done")


STAGES: tuple[Stage, ...] = (
    Stage("microphone_to_sent", ("microphone",), "sent", "How long the user spoke.", kind="length"),
    Stage(
        "sent_to_speech_end",
        ("sent",),
        "speech_end",
        "From the last audio that was sent of what was said to the end of speech: at most a frame.",
        kind="length",
    ),
    Stage(
        "speech_end_to_stopped",
        ("speech_end",),
        "speech_stopped",
        "How long the service waited in silence, and the way there and back.",
    ),
    Stage(
        "speech_stopped_to_committed",
        ("speech_stopped",),
        "committed",
        "From noticing the end of speech to taking the audio.",
    ),
    Stage("committed_to_created", ("committed",), "created", "From taking it to answering."),
    Stage(
        "request_to_created",
        ("request",),
        "created",
        "From this side's response.create to response.created, where it asked.",
    ),
    Stage("created_to_first_text", ("created",), "first_text", "How long the model thought."),
    Stage(
        "first_text_to_first_audio",
        ("first_text",),
        "first_audio",
        "From the first word as text to the first sound.",
    ),
    Stage(
        "created_to_first_audio",
        ("created",),
        "first_audio",
        "From response.created to the first sound.",
        kind="sum",
    ),
    Stage(
        "first_audio_to_played",
        ("first_audio",),
        "first_played",
        "The way to the browser and its buffer.",
    ),
    Stage(
        "played_to_last",
        ("first_played",),
        "last_played",
        "How long the answer sounded.",
        kind="length",
    ),
    Stage(
        "tool_called_to_answered",
        ("tool_called",),
        "tool_answered",
        "The tools of the turn, from the first call to the last output.",
    ),
    Stage(
        "speech_end_to_first_audio",
        ("speech_end",),
        "first_audio",
        "What a person feels, without playback.",
        kind="sum",
    ),
    Stage(
        "speech_end_to_played", ("speech_end",), "first_played", "What a person feels.", kind="sum"
    ),
    Stage(
        "request_to_first_audio",
        ("request",),
        "first_audio",
        "From this side's response.create to the first sound, where it asked.",
        kind="sum",
    ),
    Stage(
        "request_to_played",
        ("request",),
        "first_played",
        "From this side's response.create to the first sound that is heard, where it asked.",
        kind="sum",
    ),
    Stage(
        "total",
        ("speech_end", "request"),
        "done",
        "From the end of speech, or this side's response.create where nothing was spoken, to the "
        "last response.done.",
        kind="length",
    ),
)
"""All stages: those that follow one another, then those that span several."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Stages of one turn, in seconds by this side's clock; ``None`` where an end is not known.

    All events are taken at the moment they were logged here: a received one includes its way from
    the service, a sent one is not yet there. `moments` defines the ends, `STAGES` says between
    which of them each stage lies.
    """

    microphone_to_sent: float | None = None
    sent_to_speech_end: float | None = None
    speech_end_to_stopped: float | None = None
    speech_stopped_to_committed: float | None = None
    committed_to_created: float | None = None
    request_to_created: float | None = None
    created_to_first_text: float | None = None
    first_text_to_first_audio: float | None = None
    created_to_first_audio: float | None = None
    first_audio_to_played: float | None = None
    played_to_last: float | None = None
    tool_called_to_answered: float | None = None
    speech_end_to_first_audio: float | None = None
    speech_end_to_played: float | None = None
    request_to_first_audio: float | None = None
    request_to_played: float | None = None
    total: float | None = None

    @classmethod
    def of(cls, moments: Moments) -> Latency:
        """The stages between these moments."""
        return cls(**{stage.name: _seconds(stage, moments) for stage in STAGES})

    def as_ms(self) -> dict[str, float]:
        """The stages that are known, in milliseconds, rounded to a tenth."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: round(1000 * s, 1) for name, s in values.items() if s is not None}


def turn_latency(entries: Iterable[LogEntry], *, silence_ms: int | None = None) -> Latency:
    """Measure one turn from its log entries, in order; ``silence_ms`` as `moments` takes it."""
    return Latency.of(moments(entries, silence_ms=silence_ms))


def latencies_sql(events: str = "events") -> str:
    """The query for the stages of all turns, one row a turn, in order.

    The columns are ``turn`` and the names of `Latency`, in seconds; ``events`` as `moments_sql`
    takes it.
    """
    columns = ", ".join(
        f"CASE WHEN {stage.end} >= {_begin(stage)} THEN {stage.end} - {_begin(stage)} END "
        f"AS {stage.name}"
        for stage in STAGES
    )
    return f"SELECT turn, {columns} FROM ({moments_sql(events)}) ORDER BY turn"


def _seconds(stage: Stage, moments: Moments) -> float | None:
    begin = next((name for name in stage.begin if moments[name] is not None), None)
    return None if begin is None else moments.between(begin, stage.end)


def _begin(stage: Stage) -> str:
    return stage.begin[0] if len(stage.begin) == 1 else f"coalesce({', '.join(stage.begin)})"
