"""What is asked of the voices, and in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import msgspec

from ...errors import SessionError
from ...session import Settings

__all__ = ["READ_ALOUD", "Design", "Planned", "in_order", "lines_of", "request_for"]

READ_ALOUD = (
    "You read texts aloud so that voices can be compared. Say the words that you are given exactly "
    "as they stand: leave nothing out, add nothing before or after them, and answer no question "
    "that is in them."
)
"""What the model is told unless the user says otherwise."""
_VERSION = 1
"""Of what `Design.key` is made of."""


class Planned(NamedTuple):
    """One session: a voice of an endpoint for the so-manieth time, counted from 0."""

    source: str
    voice: str
    repeat: int

    def __str__(self) -> str:
        again = f", repeat {self.repeat + 1}" if self.repeat else ""
        return f"{self.voice} ({self.source}{again})"


@dataclass(frozen=True)
class Design:
    """What every session is asked to say, with which settings; ``order`` is filled by the run.

    ``settings`` are ``speed``, ``temperature`` and further fields of the ``session`` object that
    were given. ``concurrency`` is how many sessions were open at once at each endpoint: what was
    measured of times is of a service under that load.
    """

    lines: tuple[str, ...]
    instructions: str = READ_ALOUD
    settings: Mapping[str, Any] = field(default_factory=dict)
    repeats: int = 1
    seed: int = 0
    concurrency: int = 4
    order: tuple[Planned, ...] = ()

    def __post_init__(self) -> None:
        for name in ("repeats", "concurrency"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise SessionError(f"{name} is {value!r}; give a whole number of at least 1")
        if not isinstance(self.seed, int):
            raise SessionError(f"seed is {self.seed!r}; give a whole number")

    @property
    def text(self) -> str:
        """All lines, each on its own."""
        return "\n".join(self.lines)

    def of_session(self, voice: str) -> Settings:
        """The settings of a session: nothing is heard, so no turn of the user's is looked for."""
        own = {name: self.settings.get(name) for name in ("speed", "temperature")}
        return Settings(
            voice=voice,
            instructions=self.instructions,
            turn_detection=None,
            transcription=None,
            extra={k: v for k, v in self.settings.items() if k not in own},
            **own,
        )

    def key(self, planned: Planned, *, model: str, dialect: str, address: Sequence[str]) -> str:
        """What names the takes of a session by all that decides over them (SHA-256, hexadecimal).

        ``address`` tells where they were made; the name of the source, which is for people, has no
        part in it, nor have the seed and the concurrency.
        """
        content = {
            "version": _VERSION,
            "lines": self.lines,
            "instructions": self.instructions,
            "settings": self.settings,
            "voice": planned.voice,
            "repeat": planned.repeat,
            "model": model,
            "dialect": dialect,
            "address": address,
        }
        return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def lines_of(text: str | Iterable[str]) -> tuple[str, ...]:
    """A text as its one line, or the lines of a dialogue.

    Raises:
        SessionError: where there is nothing to say.
    """
    if isinstance(text, Mapping) or not isinstance(text, Iterable):
        raise SessionError(f"{text!r} is no text to say; give a text, or the lines of a dialogue")
    lines = (text,) if isinstance(text, str) else tuple(text)
    if not lines or not all(isinstance(line, str) and line.strip() for line in lines):
        raise SessionError("give a text to say, or the lines of a dialogue, none of them empty")
    return tuple(line.strip() for line in lines)


def request_for(line: str) -> str:
    """What is typed to the model to have a line said."""
    return f"Say exactly this: {line}"


def in_order(places: Sequence[tuple[str, str]], repeats: int, seed: int) -> tuple[Planned, ...]:
    """Every voice of every source once in each repeat, shuffled within it (complete blocks).

    What drifts while a run goes on (the load of a service, say) is so spread over all voices.
    """
    random = Random(seed)
    order: list[Planned] = []
    for repeat in range(repeats):
        block = [Planned(source, voice, repeat) for source, voice in places]
        random.shuffle(block)
        order += block
    return tuple(order)
