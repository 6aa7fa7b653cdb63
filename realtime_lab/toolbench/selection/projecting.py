"""What a measurement will use and cost, before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ...protocol import Cost
from ...session import Expected, Projection, Table, project, tool_tokens
from .definitions import Definitions, Outputs
from .utterances import Utterance

__all__ = ["Part", "SelectionProjection", "projection_of"]

SPOKEN_SECONDS = 6.0
"""How long the model is taken to speak where no call is due, and after the output of one."""
DEFAULT_INSTRUCTIONS = 125
"""Tokens of the instructions that a service has where none are given: those of OpenAI's session
object have about 500 characters."""
NOTHING = Cost(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One utterance with one set, in all its repeats."""

    definitions: str
    utterance: Utterance
    projection: Projection

    @property
    def of_session(self) -> Expected:
        """What one session of it is expected to use."""
        sessions = self.projection.sessions
        dollars = self.projection.cost_uncached.dollars
        tokens = self.projection.tokens.total // sessions
        return Expected(tokens, None if dollars is None else dollars / sessions)


@dataclass(frozen=True)
class SelectionProjection:
    """A measurement as it is expected: each utterance in a session of its own, all of them asked.

    A session reads the instructions, the tools and the utterance, and writes a call, or speaks for
    six seconds where none is due; where calls are answered it reads all of that again and speaks.
    ``cost`` takes nothing to come from the service's cache: rather too much than too little.
    """

    model: str
    parts: tuple[Part, ...]

    @property
    def sessions(self) -> int:
        """How many sessions are opened."""
        return sum(one.projection.sessions for one in self.parts)

    @cached_property
    def tokens(self) -> int:
        """Tokens read and written."""
        return sum(one.projection.tokens.total for one in self.parts)

    @cached_property
    def cost(self) -> Cost:
        """What they cost by the price list."""
        return sum((one.projection.cost_uncached for one in self.parts), NOTHING)

    @property
    def dollars(self) -> float | None:
        """US dollars; ``None`` where no price is known."""
        return self.cost.dollars

    @property
    def minutes(self) -> float:
        """How long the sessions last together; side by side the run is shorter."""
        return sum(one.projection.minutes for one in self.parts)

    def table(self) -> Table:
        """One row for each set."""
        names = dict.fromkeys(one.definitions for one in self.parts)
        rows = []
        for name in names:
            whole = SelectionProjection(
                self.model, tuple(one for one in self.parts if one.definitions == name)
            )
            rows.append(whole._row(name))
        sources = (note for one in self.parts for note in one.projection.notes[-1:])
        notes = filter(None, dict.fromkeys((self.cost.note, *sources)))
        return Table(
            f"Projection for {self.model}: {self.sessions} sessions, {self.tokens:,} tokens, "
            f"{self.cost}",
            ("definitions", "sessions", "tokens", "cost", "min"),
            [*rows, self._row("all")],
            notes=list(notes),
            summed=True,
        )

    def _row(self, name: str) -> tuple[str, ...]:
        return (
            name,
            f"{self.sessions:,}",
            f"{self.tokens:,}",
            str(self.cost),
            f"{self.minutes:.1f}",
        )

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def projection_of(
    definitions: Sequence[Definitions],
    utterances: Sequence[Utterance],
    *,
    model: str,
    instructions: str | None,
    transcription: str | None,
    outputs: Outputs,
    repeats: int,
) -> SelectionProjection:
    """Expect a measurement."""
    parts = []
    for one in definitions:
        tools = tool_tokens(one.tools.specs())
        for utterance in utterances:
            clip = utterance.clip
            calls = bool(utterance.due.tools)
            answered = calls and outputs is not None
            expected = project(
                turns=2 if answered else 1,
                seconds_in=clip.seconds if clip else 0.0,
                seconds_out=SPOKEN_SECONDS if answered or not calls else 0.0,
                text=None if clip else utterance.words,
                model=model,
                instructions=DEFAULT_INSTRUCTIONS if instructions is None else instructions,
                tools=tools,
                transcription=transcription,
                sessions=repeats,
            )
            parts.append(Part(one.name, utterance, expected))
    return SelectionProjection(model, tuple(parts))
