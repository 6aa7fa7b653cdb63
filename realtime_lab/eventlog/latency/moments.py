"""The moments of a turn: what is measured, and how it is read from a log.

Each is defined once, as data. `moments` folds the entries of one turn;
`moments_sql.moments_sql` makes the query that does the same for every turn of a table of events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ...protocol import (
    UNSET,
    FunctionCallArgumentsDone,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemCreate,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTranscriptDelta,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
)
from ..entry import LogEntry, Mark, response_id_of

__all__ = [
    "LABELS",
    "MOMENTS",
    "PLAYBACK_ENDED",
    "PLAYBACK_STARTED",
    "SETTINGS",
    "SPEECH_END",
    "Moment",
    "Moments",
    "Scope",
    "moments",
]

SPEECH_END = "lab.speech_end"
PLAYBACK_STARTED = "lab.playback_started"
PLAYBACK_ENDED = "lab.playback_ended"

Scope = Literal["turn", "before the answer", "before the end"]

_HERE = "this side's monotonic clock"
_SENT = "it is not at the service yet: the way there comes on top (not measured)"
_RECEIVED = "includes the way of the event from the service (not measured) and its reading here"


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a turn: the first or the last entry of some types.

    ``types`` are GA names of events, or names of marks. ``scope`` is the part of the turn that is
    looked at: all of it; what happened not later than the answer began (the first
    ``response.created``, or where that is missing the first audio); or not later than the user's
    input ended (the end of speech, or where that is not known the commit, or else the answer).
    ``items`` tells which ``conversation.item.create`` count: those of tool calls (their outputs) or
    all others.
    """

    name: str
    label: str
    choice: Literal["first", "last"]
    types: tuple[str, ...]
    definition: str
    uncertainty: str
    scope: Scope = "turn"
    items: Literal["", "of calls", "others"] = ""
    clock: str = _HERE


MOMENTS: tuple[Moment, ...] = (
    Moment(
        "microphone",
        "microphone",
        "first",
        (InputAudioBufferAppend.type,),
        "The first audio of the turn was sent.",
        "a frame of the microphone (20 ms) and its way from the browser later than the sound; "
        "hands-free, what was sent before the service noticed speech belongs to no turn",
    ),
    Moment(
        "typed",
        "typed",
        "first",
        (ItemCreate.type,),
        "The first item that the user typed (or gave otherwise) was sent.",
        _SENT,
        scope="before the answer",
        items="others",
    ),
    Moment(
        "speech_started",
        "VAD start",
        "first",
        (SpeechStarted.type,),
        "The service told that somebody had begun to speak.",
        _RECEIVED + "; the service tells it after the first voiced sound",
    ),
    Moment(
        "sent",
        "sent",
        "last",
        (InputAudioBufferAppend.type,),
        "The last audio of what the user said was sent: the last append not later than the end "
        "of speech, or than the commit where the end of speech is not known.",
        _SENT + "; as exact as the end of speech",
        scope="before the end",
    ),
    Moment(
        "speech_end",
        "speech end",
        "last",
        (SPEECH_END,),
        "The user's last voiced sample was sent (mark lab.speech_end). Without a mark: the service "
        "told the end of speech, less the silence it waits for (silence_duration_ms of the session "
        "in force then).",
        "marked: one frame (20 ms). Derived: the service's milliseconds on this side's clock; late "
        "by the way of the audio to the service and of the event back, and by the steps of its "
        "detection",
        scope="before the answer",
        clock=_HERE + "; derived: less milliseconds as the service counts them",
    ),
    Moment(
        "speech_stopped",
        "VAD stop",
        "last",
        (SpeechStopped.type,),
        "The service told that the user had stopped speaking.",
        _RECEIVED,
        scope="before the answer",
    ),
    Moment(
        "commit",
        "commit sent",
        "last",
        (InputAudioBufferCommit.type,),
        "This side ended the user's turn (push-to-talk); missing where the service finds the end.",
        _SENT,
        scope="before the answer",
    ),
    Moment(
        "committed",
        "committed",
        "last",
        (InputAudioBufferCommitted.type,),
        "The service told that it took what was spoken into the conversation.",
        _RECEIVED,
        scope="before the answer",
    ),
    Moment(
        "transcribed",
        "user's words",
        "last",
        (InputTranscriptionCompleted.type,),
        "The user's words were written down; another model does that, and nothing waits for it.",
        _RECEIVED,
    ),
    Moment(
        "request",
        "requested",
        "first",
        (ResponseCreate.type,),
        "This side asked for a response; missing where the service answers by itself.",
        _SENT,
        scope="before the answer",
    ),
    Moment(
        "created",
        "response created",
        "first",
        (ResponseCreated.type,),
        "The service told that the (first) response of the turn began.",
        _RECEIVED,
    ),
    Moment(
        "first_text",
        "first text",
        "first",
        (OutputTextDelta.type, OutputTranscriptDelta.type),
        "The first piece of text or of the transcript of speech came.",
        _RECEIVED,
    ),
    Moment(
        "tool_called",
        "tool called",
        "first",
        (FunctionCallArgumentsDone.type,),
        "The first call of a tool was complete with its arguments.",
        _RECEIVED,
    ),
    Moment(
        "tool_answered",
        "tool answered",
        "last",
        (ItemCreate.type,),
        "The output of the last call of a tool was sent.",
        _SENT,
        items="of calls",
    ),
    Moment(
        "first_audio",
        "first audio",
        "first",
        (OutputAudioDelta.type,),
        "The first audio of whichever response spoke first came.",
        _RECEIVED,
    ),
    Moment(
        "first_played",
        "first played",
        "first",
        (PLAYBACK_STARTED,),
        "The first sample was played: the first position that the player told, less how far it "
        "was (mark lab.playback_started).",
        "the way of the report from the browser; the position is in the browser's audio clock, "
        "less the output latency as the browser tells it, told every 50 ms",
        clock=_HERE + ", less the player's position in the browser's audio clock",
    ),
    Moment(
        "last_audio",
        "last audio",
        "last",
        (OutputAudioDelta.type,),
        "The last audio came.",
        _RECEIVED,
    ),
    Moment(
        "done",
        "response done",
        "last",
        (ResponseDone.type,),
        "The service told that the last response of the turn had ended.",
        _RECEIVED,
    ),
    Moment(
        "last_played",
        "last played",
        "last",
        (PLAYBACK_ENDED,),
        "The last sample was played, or the player had been stopped (mark lab.playback_ended).",
        "the way of the report from the browser; it is told when the sample is rendered, which is "
        "the output latency of the browser before it sounds; after a stop up to 250 ms late",
    ),
)
"""All moments, in the order in which they come in a spoken turn."""
LABELS = {moment.name: moment.label for moment in MOMENTS}
"""Their names to be read."""

SETTINGS = (SessionCreated.type, SessionUpdated.type)
"""What tells how long the service waits in silence."""
_TYPES = {type for moment in MOMENTS for type in moment.types} | {*SETTINGS}
_INPUT_ENDS = ("speech_end", "commit", "committed")
"""What ends the user's input, the surest first."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When the moments of one turn were, by name, in seconds of the log's clock.

    What is not known is missing. ``speech_end_is_derived`` says that the end of speech was not
    marked: see its definition.
    """

    at: Mapping[str, float] = field(default_factory=dict)
    speech_end_is_derived: bool = False

    def __getitem__(self, name: str) -> float | None:
        """When it was; ``None`` where it is not known."""
        return self.at.get(name)

    def between(self, begin: str, end: str) -> float | None:
        """Seconds from one moment to another; ``None`` unless both are known and in that order."""
        first, last = self.at.get(begin), self.at.get(end)
        return None if first is None or last is None or last < first else last - first


def moments(entries: Iterable[LogEntry], *, silence_ms: int | None = None) -> Moments:
    """Find the moments of one turn in its entries, which are in order.

    An answer that was cut off because the user had only paused does not count where another one
    follows in the turn. In a turn of several responses (the model called a tool and then spoke)
    `created` is of the first one. ``silence_ms`` is the session's ``silence_duration_ms`` before
    the turn; a ``session.*`` event among the entries overrides it from there on.
    """
    told = _by_type(_without_cut_answers(list(entries)))
    at: dict[str, float] = {}
    _note(at, "turn", told, None)
    answer = at.get("created", at.get("first_audio"))
    _note(at, "before the answer", told, answer)
    is_derived = False
    if "speech_end" not in at and "speech_stopped" in at:
        waited = _silence_before(told, answer, silence_ms)
        if waited is not None:
            at["speech_end"] = at["speech_stopped"] - waited / 1000
            is_derived = True
    end = next((at[name] for name in _INPUT_ENDS if name in at), answer)
    _note(at, "before the end", told, end)
    return Moments({name: at[name] for name in LABELS if name in at}, is_derived)


class _Told(NamedTuple):
    """An entry and when it happened, which for a mark may be before it was written."""

    at: float
    entry: LogEntry


def _without_cut_answers(turn: list[LogEntry]) -> list[LogEntry]:
    responses = [e.event.response for e in turn if isinstance(e.event, ResponseDone)]
    followed = responses[:-1]
    cut = {response.id for response in followed if response.status == "cancelled"}
    return [e for e in turn if response_id_of(e.event) not in cut] if cut else turn


def _by_type(turn: list[LogEntry]) -> dict[str, list[_Told]]:
    """What a moment may be made of, in order."""
    found: dict[str, list[_Told]] = {type: [] for type in _TYPES}
    for entry in turn:
        told = found.get(entry.type)
        if told is not None:
            ago = entry.event.data.get("ago") if isinstance(entry.event, Mark) else None
            at = entry.at - ago if isinstance(ago, int | float) else entry.at
            told.append(_Told(at, entry))
    return found


def _note(
    at: dict[str, float], scope: Scope, told: dict[str, list[_Told]], until: float | None
) -> None:
    for moment in MOMENTS:
        if moment.scope != scope:
            continue
        times = [
            one.at
            for type in moment.types
            for one in told[type]
            if (until is None or one.at <= until) and _fits(one, moment)
        ]
        if times:
            at[moment.name] = min(times) if moment.choice == "first" else max(times)


def _fits(told: _Told, moment: Moment) -> bool:
    if not moment.items:
        return True
    of_call = bool(getattr(getattr(told.entry.event, "item", None), "call_id", None))
    return of_call == (moment.items == "of calls")


def _silence_before(
    told: dict[str, list[_Told]], answer: float | None, silence_ms: int | None
) -> int | None:
    """What the session waited for when the service told the end of speech."""
    stopped = [one for one in told[SpeechStopped.type] if answer is None or one.at <= answer]
    changes = (one.entry for type in SETTINGS for one in told[type])
    for entry in sorted(changes, key=lambda entry: entry.seq):
        is_before = entry.seq < stopped[-1].entry.seq
        if is_before and isinstance(entry.event, SessionCreated | SessionUpdated):
            silence_ms = _silence_of(entry.event.session, silence_ms)
    return silence_ms


def _silence_of(session: SessionConfig, otherwise: int | None) -> int | None:
    heard = session.audio.input if session.audio else None
    detection = heard.turn_detection if heard else UNSET
    if detection is UNSET:
        return otherwise
    waited = detection.silence_duration_ms if isinstance(detection, ServerVad) else None
    return waited if isinstance(waited, int) else None
