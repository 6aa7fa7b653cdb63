"""What a run of turns will use and cost, before it; and beside what it did use, after it.

The model of a conversation, turn by turn:

- User audio is 10 tokens a second, the model's audio 20, its words about 3 text tokens a second;
  each item has about 4 tokens around it (OpenAI, realtime costs guide).
- Each response reads the whole conversation again. In turn *k*, with *u* seconds said and *a*
  seconds answered each, that is ``10·u·k + 20·a·(k−1)`` audio tokens, and as text the
  instructions, the tools, and ``4·k + (4 + 3·a)·(k−1)``.
- What the turn before read comes from the cache, in steps of 64 tokens, where the model has one.
- Beyond the model's window the oldest turns are left out, and only what stands before them can
  come from the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import SessionError
from ..eventlog import current_prices
from ..protocol import Cost, Tokens, Usage, profile_of, tokens_of
from .estimate import (
    INPUT_AUDIO_TOKENS,
    ITEM_OVERHEAD,
    MOST_OUTPUT,
    OUTPUT_AUDIO_TOKENS,
    text_tokens,
)
from .tables import Table

__all__ = ["Comparison", "Projection", "TurnProjection", "project"]

TEXT_PER_SECOND = 3.0
"""Text tokens of the words in a second of speech."""
CACHE_STEP = 64
PAUSE = 1.0
"""Seconds between the end of what was said and the answer."""
_SHOWN = 12
"""Rows of a long table that are shown."""
NOTHING = Cost(0.0, 0.0)


class _Turn(Protocol):
    @property
    def usage(self) -> Usage: ...
    @property
    def cost(self) -> Cost: ...


class _Lab(Protocol):
    """What a run left behind; `Lab` has it."""

    @property
    def turns(self) -> Sequence[_Turn]: ...
    @property
    def minutes(self) -> float: ...


@dataclass(frozen=True, slots=True)
class TurnProjection:
    """One turn: its tokens, its cost with and without a cache, and how many turns it left out."""

    index: int
    tokens: Tokens
    cost: Cost
    uncached: Cost
    minutes: float
    left_out: int = 0


@dataclass(frozen=True)
class Projection:
    """A run as it is expected; its totals are sums over ``turns``.

    ``notes`` are what is worth knowing before: limits that it would run into, prices that are not
    known.
    """

    model: str
    turns: tuple[TurnProjection, ...]
    sessions: int = 1
    transcription: Cost = NOTHING
    notes: tuple[str, ...] = field(default=())

    @property
    def tokens(self) -> Tokens:
        """All tokens, of all sessions."""
        total = sum((turn.tokens for turn in self.turns), Tokens())
        return sum([total] * self.sessions, Tokens())

    @property
    def cost(self) -> Cost:
        """The cost of all sessions, transcription included."""
        return _times(
            sum((t.cost for t in self.turns), NOTHING) + self.transcription, self.sessions
        )

    @property
    def cost_uncached(self) -> Cost:
        """The same if nothing came from the cache: the most it should be."""
        cost = sum((turn.uncached for turn in self.turns), NOTHING)
        return _times(cost + self.transcription, self.sessions)

    @property
    def dollars(self) -> float | None:
        """US dollars; ``None`` where no price is known."""
        return self.cost.dollars

    @property
    def minutes(self) -> float:
        """How long the sessions last together."""
        return self.sessions * sum(turn.minutes for turn in self.turns)

    def against(self, lab: _Lab) -> Comparison:
        """This beside what a lab really used, turn by turn (of one session)."""
        actual = tuple((tokens_of(turn.usage), turn.cost) for turn in lab.turns)
        return Comparison(self, actual, lab.minutes)

    def table(self) -> Table:
        rows = [
            (
                str(turn.index),
                f"{turn.tokens.text_in + turn.tokens.text_cached:,}",
                f"{turn.tokens.audio_in + turn.tokens.audio_cached:,}",
                f"{turn.tokens.cached:,}",
                f"{turn.tokens.written:,}",
                str(turn.cost),
                f"{turn.minutes:.2f}",
            )
            for turn in self.turns
        ]
        total, many = self.tokens, self.sessions > 1
        rows = _shortened(rows)
        rows.append(
            (
                f"all, {self.sessions} sessions" if many else "all",
                f"{total.text_in + total.text_cached:,}",
                f"{total.audio_in + total.audio_cached:,}",
                f"{total.cached:,}",
                f"{total.written:,}",
                str(self.cost),
                f"{self.minutes:.2f}",
            )
        )
        notes = [f"{self.cost_uncached} without a cache", *self.notes]
        return Table(
            f"Projection for {self.model}: {total.total:,} tokens, {self.cost}, "
            f"{self.minutes:.1f} min",
            ("turn", "text in", "audio in", "of it cached", "out", "cost", "min"),
            rows,
            notes=notes if self.dollars is not None else list(self.notes),
            summed=True,
        )

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


@dataclass(frozen=True)
class Comparison:
    """A projection beside what was used: tokens and cost of each turn, and the minutes."""

    projection: Projection
    actual: tuple[tuple[Tokens, Cost], ...]
    minutes: float

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens projected and used, of the turns that both have."""
        pairs = list(zip(self.projection.turns, self.actual, strict=False))
        return sum(p.tokens.total for p, _ in pairs), sum(t.total for _, (t, _) in pairs)

    @property
    def dollars(self) -> tuple[float | None, float | None]:
        """Dollars projected and used, of the turns that both have, without transcription."""
        pairs = list(zip(self.projection.turns, self.actual, strict=False))
        projected = sum((p.cost for p, _ in pairs), NOTHING)
        return projected.dollars, sum((cost for _, (_, cost) in pairs), NOTHING).dollars

    @property
    def error(self) -> float | None:
        """By which share more was used than projected, in tokens; negative for less."""
        projected, used = self.tokens
        return used / projected - 1 if projected else None

    def table(self) -> Table:
        rows = []
        for index in range(max(len(self.projection.turns), len(self.actual))):
            expected = self.projection.turns[index : index + 1]
            used = self.actual[index : index + 1]
            rows.append(
                (
                    str(index + 1),
                    *([f"{t.tokens.total:,}" for t in expected] or ["–"]),
                    *([f"{tokens.total:,}" for tokens, _ in used] or ["–"]),
                    *([str(t.cost) for t in expected] or ["–"]),
                    *([str(cost) for _, cost in used] or ["–"]),
                )
            )
        projected, used = self.tokens
        of_both = min(len(self.projection.turns), len(self.actual))
        costs = [_shown(dollars) for dollars in self.dollars]
        rows = _shortened(rows)
        rows.append((f"{of_both} of both", f"{projected:,}", f"{used:,}", *costs))
        expected_minutes = sum(turn.minutes for turn in self.projection.turns)
        more = f"{self.error:+.0%} tokens" if self.error is not None else "no tokens"
        return Table(
            f"Projected against actual: {more}",
            ("turn", "tokens projected", "used", "cost projected", "actual"),
            rows,
            notes=[f"{expected_minutes:.1f} min projected, {self.minutes:.1f} min used"],
            summed=True,
        )

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def project(
    *,
    turns: int,
    seconds_in: float = 5.0,
    seconds_out: float = 8.0,
    model: str = "gpt-realtime",
    instructions: str | int = "",
    tools: int = 0,
    transcription: str | None = "whisper-1",
    sessions: int = 1,
    caching: bool = True,
    text: str | None = None,
) -> Projection:
    """What a run will use: tokens, dollars and minutes, turn by turn.

    Args:
        turns: how often the user speaks and is answered, in each session.
        seconds_in: how long the user speaks each time.
        seconds_out: how long the model answers; 0 for an answer in text of 40 tokens.
        model: whose prices, window and limits.
        instructions: the text, or how many tokens it has.
        tools: how many tokens the descriptions of the tools have.
        transcription: the model that writes down the user's words, billed beside; ``None`` for
            none.
        sessions: how many such sessions.
        caching: whether unchanged history is read from the cache.
        text: what the user types instead of speaking.

    The formula stands in the docstring of the module `realtime_lab.session.projection`.

    Raises:
        SessionError: for figures that make no sense.
    """
    if turns < 1 or sessions < 1 or min(seconds_in, seconds_out) < 0:
        raise SessionError("a run has at least one turn and one session, and no negative seconds")
    profile = profile_of(model)
    window = (profile.context_tokens if profile else 32_000) - MOST_OUTPUT
    preface = instructions if isinstance(instructions, int) else text_tokens(instructions)
    said = (
        (text_tokens(text) + ITEM_OVERHEAD, 0)
        if text is not None
        else (ITEM_OVERHEAD, round(INPUT_AUDIO_TOKENS * seconds_in))
    )
    written = (
        (round(TEXT_PER_SECOND * seconds_out), round(OUTPUT_AUDIO_TOKENS * seconds_out))
        if seconds_out
        else (40, 0)
    )
    answered = (written[0] + ITEM_OVERHEAD, written[1])
    run = _Run(preface + tools, said, answered, written, window)
    cached = caching and (profile is None or profile.features.caching)
    prices = current_prices()
    lasts = ((0.0 if text is not None else seconds_in) + PAUSE + seconds_out) / 60
    listed = []
    for index in range(1, turns + 1):
        plain, left_out = run.turn(index, cached=False)
        tokens, _ = run.turn(index, cached=cached)
        cost, uncached = prices.cost(tokens, model), prices.cost(plain, model)
        listed.append(TurnProjection(index, tokens, cost, uncached, lasts, left_out))
    words = NOTHING
    if transcription and text is None and seconds_in:
        words = _times(
            prices.transcription(_heard(transcription, seconds_in), transcription), turns
        )
    notes = [*_notes(listed, model, window, lasts)]
    total = sum((turn.cost for turn in listed), NOTHING) + words
    notes += [total.note] if total.note else []
    notes.append(_source(model))
    return Projection(model, tuple(listed), sessions, words, tuple(filter(None, notes)))


@dataclass(frozen=True, slots=True)
class _Run:
    """The same turn again and again: text and audio tokens of what is said and answered."""

    preface: int
    said: tuple[int, int]
    answered: tuple[int, int]
    written: tuple[int, int]
    window: int

    def turn(self, index: int, *, cached: bool) -> tuple[Tokens, int]:
        """Tokens of a turn, and how many earlier ones it leaves out."""
        left_out = self._left_out(index)
        text, audio = self._read(index, left_out)
        text_cached = audio_cached = 0
        if cached and index > 1:
            # What is left out breaks the cache there.
            same = self._left_out(index - 1) == left_out
            before = self._read(index - 1, left_out) if same else (self.preface, 0)
            spare = sum(before) % CACHE_STEP
            from_audio = min(before[1], spare)
            text_cached, audio_cached = before[0] - (spare - from_audio), before[1] - from_audio
        tokens = Tokens(
            text_in=text - text_cached,
            text_cached=text_cached,
            audio_in=audio - audio_cached,
            audio_cached=audio_cached,
            text_out=self.written[0],
            audio_out=self.written[1],
        )
        return tokens, left_out

    def _read(self, index: int, left_out: int) -> tuple[int, int]:
        users, models = index - left_out, index - 1 - left_out
        text = self.preface + users * self.said[0] + models * self.answered[0]
        return text, users * self.said[1] + models * self.answered[1]

    def _left_out(self, index: int) -> int:
        # The instructions and what is to be answered always stay.
        excess = sum(self._read(index, 0)) - self.window
        each = sum(self.said) + sum(self.answered)
        return min(index - 1, -(-excess // each)) if excess > 0 and each else 0


def _heard(transcription: str, seconds: float) -> dict[str, object]:
    price = current_prices().transcription_price(transcription)
    if price is not None and price.per_minute is None:
        audio, text = round(INPUT_AUDIO_TOKENS * seconds), round(TEXT_PER_SECOND * seconds)
        return {
            "type": "tokens",
            "input_tokens": audio,
            "output_tokens": text,
            "input_token_details": {"text_tokens": 0, "audio_tokens": audio},
        }
    return {"type": "duration", "seconds": seconds}


def _notes(turns: Sequence[TurnProjection], model: str, window: int, minutes: float) -> list[str]:
    notes = []
    cut = next((turn.index for turn in turns if turn.left_out), None)
    if cut is not None:
        notes.append(
            f"from turn {cut} on the conversation is longer than the {window:,} tokens that "
            f"{model} reads, and the oldest turns are left out"
        )
    profile = profile_of(model)
    if profile is None:
        return notes
    longest = sum(turn.minutes for turn in turns)
    if 60 * longest > profile.session_seconds:
        notes.append(
            f"a session of {model} lasts {profile.session_seconds // 60} min at most; this takes "
            f"{longest:.0f}"
        )
    reserved = max(turn.tokens.read for turn in turns) + MOST_OUTPUT
    if minutes and reserved / minutes > profile.tokens_per_minute:
        notes.append(
            f"late turns set aside {reserved:,} tokens each, {reserved / minutes:,.0f} a minute; "
            f"the limit of a deployment is {profile.tokens_per_minute:,}. A lower "
            "max_output_tokens sets less aside"
        )
    return notes


def _source(model: str) -> str:
    entry = current_prices().entry(model)
    return f"prices as of {entry.as_of}: {entry.source}" if entry else ""


def _times(cost: Cost, number: int) -> Cost:
    if cost.dollars is None:
        return Cost(None, number * cost.at_least if cost.at_least else None, cost.note)
    return Cost(number * cost.dollars, number * (cost.at_least or 0.0), cost.note)


def _shortened(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    if len(rows) <= _SHOWN:
        return rows
    head, tail = rows[: _SHOWN // 2], rows[-_SHOWN // 2 + 1 :]
    return [*head, ("…",) * len(rows[0]), *tail]


def _shown(dollars: float | None) -> str:
    return str(Cost(dollars, dollars))
