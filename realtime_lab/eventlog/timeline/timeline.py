"""Who spoke, what was sent, heard and called, and when: a log as spans on one axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ...protocol import UnknownEvent
from ..entry import LogEntry
from ..publishing.formats import Formats
from ..redaction.leaving import entries_leaving
from ..redaction.redaction import Redaction
from ..turns.heard import Spoken
from .lane_drafts import Draft, Drafts, Instant, Lanes
from .model_lanes import ModelLanes, ToolLane
from .user_lanes import UserLanes

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["LANES", "Span", "Timeline", "TimelineFollower", "timeline"]

LANES = ("user", "vad", "response", "sent", "played", "tools")


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took a while, in seconds from the start of the log.

    ``end`` is ``None`` while it is under way (or where a log breaks off), and equals ``start`` for
    what happens at once. ``turn``, ``item_id`` and ``response_id`` are ``None`` where it has none;
    ``seq`` is the entry that tells of its beginning.

    - ``user``: the user's speech, or at one moment what was typed. Of the service's two figures the
      padding is taken off: speech begins ``prefix_padding_ms`` after ``audio_start_ms`` and ends
      ``silence_duration_ms`` before ``audio_end_ms``, both placed where that audio was sent. With
      push-to-talk it is the audio from one commit to the next, up to the mark ``lab.speech_end``
      where there is one. ``text`` is the transcript.
    - ``vad``: from the moment ``speech_started`` came to that of ``speech_stopped``.
    - ``response``: ``response.created`` to ``response.done``; ``text`` is the status.
    - ``sent``: what the service sent of an item, from its first piece of audio to its last one, or
      of text where it has no audio. Speech usually comes faster than it is spoken. ``text`` is all
      that was said.
    - ``played``: what a player played of an item, from the first sample on; empty where nobody
      listened. It ends where the item ends or was cut off. ``text`` is what was heard.
    - ``tools``: a call from the moment its arguments were complete to its output; ``text`` is the
      call as it would be written in Python.
    """

    lane: str
    start: float
    end: float | None
    text: str = ""
    turn: int | None = None
    item_id: str | None = None
    response_id: str | None = None
    seq: int | None = None

    @property
    def seconds(self) -> float | None:
        """Its length; ``None`` while it is under way."""
        return None if self.end is None else self.end - self.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """The spans of a log in the order in which they begin; ``seconds`` is where the last ends.

    ``spoken`` are the model's items, by their ids, with the pieces in which their words came, and
    ``sounds`` is from where to where each of them sounds in the audio of the log.
    Spans tell what was said; where they are shown, what ``redaction`` says is replaced.
    """

    spans: list[Span] = field(default_factory=list)
    seconds: float = 0.0
    spoken: Mapping[str, Spoken] = field(default_factory=dict)
    sounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    redaction: Redaction = field(default_factory=Redaction)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def lane(self, name: str) -> list[Span]:
        """The spans of one of the `LANES`."""
        return [span for span in self.spans if span.lane == name]

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.lane(name))} {name}" for name in LANES if self.lane(name))
        return f"<Timeline: {self.seconds:.1f} s, {counts or 'nothing'}>"

    def _repr_html_(self) -> str:
        from .lanes_picture import lanes_html

        return lanes_html(self)


def timeline(log: EventLog, *, shown: bool = False) -> Timeline:
    """The timeline of a log, which may still be growing.

    ``shown`` gives texts as they may leave memory: redacted as the log's own files are.

    Each time is that of this side's clock when an event was logged, so it is as late as the way
    from the service took. Where the audio of the user is placed by the service's milliseconds, it
    is as exact as a piece of audio that was sent is long, usually 20 ms. Speech is where
    `EventLog.audio` has it.
    """
    follower = TimelineFollower(log.start)
    for entry in entries_leaving(log) if shown else log.without_audio():
        follower.apply(entry)
    return replace(follower.timeline(log.turn_of), redaction=log.redaction)


class TimelineFollower:
    """Builds the timeline of a log entry by entry; ``start`` is the log's own."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._at = 0.0
        self._drafts = Drafts()
        self._formats = Formats()
        self._model = ModelLanes(self._drafts, self._formats)
        user, tools = UserLanes(self._drafts, self._formats), ToolLane(self._drafts)
        self._lanes: dict[str, Lanes] = {
            **dict.fromkeys(("user", "vad"), user),
            **dict.fromkeys(("response", "sent", "played"), self._model),
            "tools": tools,
        }
        self._handlers: dict[str, list[Callable[[Instant, Any], None]]] = {}
        for lanes in (user, self._model, tools):
            for name, handle in lanes.HANDLERS.items():
                self._handlers.setdefault(name, []).append(handle.__get__(lanes))

    def apply(self, entry: LogEntry) -> None:
        """Take the next entry into account."""
        event = entry.event
        self._at = max(self._at, entry.at - self._start)
        handlers = self._handlers.get(event.type)
        if handlers is None or isinstance(event, UnknownEvent):
            return
        if event.type in Formats.CONCERNS:
            self._formats.apply(entry)
        now = Instant(entry.happened_at - self._start, entry.seq)
        for handle in handlers:
            handle(now, event)

    def timeline(self, turn_of: Callable[[int], int | None] = lambda _: None) -> Timeline:
        """The spans so far; ``turn_of`` gives the turn of an entry by its ``seq``."""
        spans = [self._span(draft, turn_of(draft.seq)) for draft in self._drafts]
        spans.sort(key=lambda span: (span.start, LANES.index(span.lane)))
        ends = (span.start if span.end is None else span.end for span in spans)
        return Timeline(spans, max((self._at, *ends)), self._model.spoken, self._model.sounds())

    def _span(self, draft: Draft, turn: int | None) -> Span:
        lanes = self._lanes[draft.lane]
        return Span(
            draft.lane,
            draft.start,
            lanes.end(draft),
            lanes.text(draft),
            turn,
            draft.item_id,
            draft.response_id,
            draft.seq,
        )
