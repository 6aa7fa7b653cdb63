"""What differs between two turns, and between what belongs to no turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import msgspec

from ...protocol import (
    ErrorEvent,
    FunctionCallOutput,
    ItemCreate,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    by_path,
    tokens_of,
)
from ..entry import LogEntry, Mark
from ..log import EventLog
from ..redaction.redaction import Redaction
from ..turns.turn import Turn
from .differences import Difference, Kind, TurnPair
from .turn_phases import phases

__all__ = ["Comparison"]

_TIMED_MARKS = ("lab.speech_end", "lab.playback_started", "lab.playback_ended")
"""Their times are compared; whether they are there depends on who listens."""
_IDS = re.compile(r"\b(resp|item|event|call|sess|conv|msg|fc)_\w+")


_Reading = Callable[[Iterable[LogEntry], Redaction], list[str]]


@dataclass
class _Side:
    """One of the logs, read from its beginning to its end."""

    log: EventLog
    asked: dict[str, Any] = field(default_factory=dict)
    effective: dict[str, Any] = field(default_factory=dict)
    _read: int = 0
    _events: list[LogEntry] | None = None

    def settings_until(self, seq: int) -> None:
        """Take the settings into account that were asked for or told up to that entry."""
        if self._events is None:
            kinds = (SessionUpdate, SessionCreated, SessionUpdated)
            self._events = [entry for entry in self.log if isinstance(entry.event, kinds)]
        while self._read < len(self._events) and self._events[self._read].seq <= seq:
            event = self._events[self._read].event
            told = by_path(_session(event))
            if isinstance(event, SessionUpdate):
                self.asked.update(told)
            else:
                self.effective = told
            self._read += 1


class Comparison:
    """Compares two logs turn by turn, in order."""

    def __init__(self, a: EventLog, b: EventLog, *, tolerance_ms: float) -> None:
        self._a, self._b = _Side(a), _Side(b)
        self._tolerance_ms = tolerance_ms
        self._told: dict[tuple[str, str], tuple[Any, Any]] = {}
        """Settings that differ, as far as they were told."""

    def outside(self) -> Iterator[Difference]:
        """What belongs to no turn: settings before the first one, errors, marks."""
        outside = [
            [entry for entry in side.log if side.log.turn_of(entry.seq) is None]
            for side in (self._a, self._b)
        ]
        make = _Maker(None, None)
        yield from self._settings(make, *(_before_turns(s.log) for s in (self._a, self._b)))
        kinds: tuple[tuple[Kind, _Reading], ...] = (("error", _errors), ("mark", _marks))
        for kind, read in kinds:
            a, b = (
                read(entries, side.log.redaction)
                for entries, side in zip(outside, (self._a, self._b), strict=True)
            )
            yield from _counted(make, "session", kind, a, b)

    def between(self, pair: TurnPair) -> Iterator[Difference]:
        """What differs between two turns; that there is only one, where there is only one."""
        a, b = pair.a, pair.b
        make = _Maker(*pair.numbers)
        if a is None or b is None:
            said = [_said_by_user(turn) if turn else None for turn in (a, b)]
            yield make("turn", "turn", "only in one of them", *said)
            return
        yield from self._settings(make, a.entries[-1].seq, b.entries[-1].seq)
        yield from _texts(make, a, b)
        yield from _orders(make, a, b)
        yield from _tools(make, a, b)
        yield from _states(make, a, b)
        yield from self._times(make, pair)
        yield from _usage(make, a, b)

    def _settings(self, make: _Maker, seq_a: int, seq_b: int) -> Iterator[Difference]:
        """Settings that differ now, where that was not told yet."""
        self._a.settings_until(seq_a)
        self._b.settings_until(seq_b)
        for what in ("asked", "effective"):
            mine, theirs = getattr(self._a, what), getattr(self._b, what)
            for name in sorted({*mine, *theirs}):
                values = (mine.get(name), theirs.get(name))
                if values[0] == values[1]:
                    self._told.pop((what, name), None)
                elif self._told.get((what, name)) != values:
                    self._told[what, name] = values
                    told = "in force" if what == "effective" else "asked for"
                    yield make("session", "setting", f"{name}, {told}", *map(self._shown, values))

    def _shown(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._a.log.redaction.redacted(value)
        if value is None or isinstance(value, int | float | bool):
            return value
        return self._a.log.redaction.redacted(msgspec.json.encode(value).decode())

    def _times(self, make: _Maker, pair: TurnPair) -> Iterator[Difference]:
        first, second = (latency.as_ms() for latency in pair.latencies or ())
        for stage in {**first, **second}:
            before, after = first.get(stage), second.get(stage)
            near = (
                before is not None
                and after is not None
                and abs(after - before) <= self._tolerance_ms + 1e-9
            )
            if not near:
                yield make("turn", "timing", stage, before, after)


@dataclass(frozen=True)
class _Maker:
    """Makes the differences of one pair of turns."""

    turn_a: int | None
    turn_b: int | None

    def __call__(self, phase: str, kind: Kind, what: str, a: Any, b: Any) -> Difference:
        return Difference(self.turn_a, self.turn_b, phase, kind, what, a, b)

    def differing(self, phase: str, kind: Kind, what: str, a: Any, b: Any) -> Iterator[Difference]:
        if a != b:
            yield self(phase, kind, what, a, b)


def _texts(make: _Maker, a: Turn, b: Turn) -> Iterator[Difference]:
    readings: tuple[tuple[str, str, Callable[[Turn], str]], ...] = (
        ("input", "the user's words", lambda turn: turn.transcript_user),
        ("turn", "what the model said", lambda turn: turn.said),
        (
            "turn",
            "what of it was heard",
            lambda turn: turn.heard if turn.interrupted else turn.said,
        ),
    )
    seen: list[tuple[str, str]] = []
    for phase, what, read in readings:
        texts = (read(a), read(b))
        if texts[0] == texts[1] or texts in seen:
            continue
        seen.append(texts)
        shown = a.redaction.redacted(texts[0]), b.redaction.redacted(texts[1])
        told = what if shown[0] != shown[1] else f"{what} (in what is redacted)"
        yield make(phase, "text", told, *shown)
    for what, read in (
        ("the user's audio, in s", lambda turn: turn.audio_user),
        ("the model's speech, in s", lambda turn: turn.audio),
    ):
        lengths = (round(read(a).seconds, 3), round(read(b).seconds, 3))
        yield from make.differing("turn", "audio", what, *lengths)


def _heard(turn: Turn) -> str:
    return turn.heard if turn.interrupted else turn.said


def _orders(make: _Maker, a: Turn, b: Turn) -> Iterator[Difference]:
    first, second = phases(a.entries), phases(b.entries)
    for phase in {**first, **second}:
        one, other = first.get(phase, []), second.get(phase, [])
        matcher = SequenceMatcher(None, one, other, autojunk=False)
        for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
            if kind == "equal":
                continue
            after = one[a_from - 1] if a_from else "the beginning"
            mine = ", ".join(one[a_from:a_to]) or None
            yield make(
                phase, "order", f"after {after}", mine, ", ".join(other[b_from:b_to]) or None
            )


def _tools(make: _Maker, a: Turn, b: Turn) -> Iterator[Difference]:
    for number, (one, other) in enumerate(zip_longest(_calls(a), _calls(b)), 1):
        name = (one or other or ("", "", ""))[0]
        if one is None or other is None or one[0] != other[0]:
            names = [call[0] if call else None for call in (one, other)]
            yield make("tools", "tool", f"call {number}", *names)
            continue
        for place, what in ((1, "arguments"), (2, "output")):
            told = f"{name}: {what}"
            yield from make.differing("tools", "tool", told, one[place], other[place])


def _calls(turn: Turn) -> list[tuple[str, str | None, str | None]]:
    """Name, arguments and output of each call; JSON in one form, however it was written."""
    clean = turn.redaction.redacted
    outputs = {
        entry.event.item.call_id: _normal(entry.event.item.output)
        for entry in turn.entries
        if isinstance(entry.event, ItemCreate) and isinstance(entry.event.item, FunctionCallOutput)
    }
    found = []
    for call in turn.tool_calls:
        output = outputs.get(str(call.call_id))
        arguments = clean(_normal(call.arguments or ""))
        found.append((str(call.name), arguments, None if output is None else clean(output)))
    return found


def _normal(text: object) -> str:
    if not isinstance(text, str):
        return msgspec.json.encode(text, order="sorted").decode()
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted").decode()
    except msgspec.DecodeError:
        return text


def _states(make: _Maker, a: Turn, b: Turn) -> Iterator[Difference]:
    statuses = zip_longest(*([r.status for r in turn.responses] for turn in (a, b)))
    for number, (one, other) in enumerate(statuses, 1):
        phase = "response" if number == 1 else f"response {number}"
        yield from make.differing(phase, "status", "status", one, other)
    yield from make.differing("turn", "status", "interrupted", a.interrupted, b.interrupted)
    yield from make.differing("turn", "status", "problem", *(_problem(turn) for turn in (a, b)))
    yield from _counted(make, "turn", "error", *(_errors(t.entries, t.redaction) for t in (a, b)))
    yield from _counted(make, "turn", "mark", *(_marks(t.entries, t.redaction) for t in (a, b)))


def _problem(turn: Turn) -> str | None:
    return _masked(turn.redaction.redacted(turn.problem)) or None


def _usage(make: _Maker, a: Turn, b: Turn) -> Iterator[Difference]:
    first, second = _tokens(a), _tokens(b)
    for kind in first:
        yield from make.differing("turn", "usage", f"tokens, {kind}", first[kind], second[kind])
    costs = [None if t.cost.dollars is None else round(t.cost.dollars, 9) for t in (a, b)]
    yield from make.differing("turn", "usage", "cost in dollars", *costs)


def _tokens(turn: Turn) -> dict[str, int]:
    return {name.replace("_", " "): n for name, n in asdict(tokens_of(turn.usage)).items()}


def _counted(
    make: _Maker, phase: str, kind: Kind, a: Sequence[str], b: Sequence[str]
) -> Iterator[Difference]:
    """What one has more often than the other."""
    first, second = Counter(a), Counter(b)
    for what in {**first, **second}:
        if first[what] != second[what]:
            yield make(phase, kind, what, first[what], second[what])


def _errors(entries: Iterable[LogEntry], redaction: Redaction) -> list[str]:
    errors = (e.event.error for e in entries if isinstance(e.event, ErrorEvent))
    return [
        _masked(redaction.redacted(f"{error.code or error.type or 'error'}: {error.message}"))
        for error in errors
    ]


def _marks(entries: Iterable[LogEntry], redaction: Redaction) -> list[str]:
    marks = (e.type for e in entries if isinstance(e.event, Mark))
    return [name for name in marks if name not in _TIMED_MARKS]


def _masked(text: str) -> str:
    """Without ids, which are never the same."""
    return _IDS.sub(r"\1_…", text)


def _said_by_user(turn: Turn) -> str:
    return turn.redaction.redacted(turn.transcript_user) or "(words not known)"


def _before_turns(log: EventLog) -> int:
    """The last entry before the first turn begins, or of all."""
    begun = next((entry.seq for entry in log if log.turn_of(entry.seq) is not None), len(log))
    return begun - 1


def _session(event: object) -> SessionConfig:
    return event.session  # type: ignore[attr-defined]
