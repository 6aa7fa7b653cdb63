"""What is said to a model, and the call that it should cause."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...audio import RATE, Clip
from ...errors import AudioError, ToolError
from ...eventlog import Redaction
from .arguments import Match, match_of

__all__ = [
    "CallsLike",
    "Due",
    "DueCalls",
    "Utterance",
    "all_of",
    "any_of",
    "checked",
    "due",
    "due_calls",
]


@dataclass(frozen=True, slots=True)
class Due:
    """A call that is due; ``arguments`` are those that are judged, by name.

    With ``complete`` a call may have no other arguments.
    """

    tool: str
    arguments: Mapping[str, Match] = field(default_factory=lambda: MappingProxyType({}))
    complete: bool = False

    def only(self) -> Due:
        """The same, and no other arguments may be given."""
        return Due(self.tool, self.arguments, complete=True)

    def __str__(self) -> str:
        given = [f"{name}={match}" for name, match in self.arguments.items()]
        return f"{self.tool}({', '.join([*given, *([] if self.complete else ['…'])])})"


@dataclass(frozen=True, slots=True)
class DueCalls:
    """The calls that would be right: one of ``alternatives``, each of which is all calls due.

    An alternative without calls is that nothing is called.
    """

    alternatives: tuple[tuple[Due, ...], ...]

    @property
    def tools(self) -> set[str]:
        """The tools that are named."""
        return {one.tool for calls in self.alternatives for one in calls}

    def __str__(self) -> str:
        return " or ".join(
            " and ".join(map(str, calls)) or "no call" for calls in self.alternatives
        )


_SOUND = (".wav", ".flac", ".ogg", ".mp3", ".aiff")

CallsLike = DueCalls | Due | str | None
"""What is due: nothing, a call by the tool's name alone, a call, or what a function here gives."""


def due(tool: str, arguments: Mapping[str, Any] | None = None, /, **named: Any) -> Due:
    """A call that is due: ``due("get_weather", city="Oslo")``.

    Arguments that are not named here may be what they like (see `Due.only`). A value is compared
    as `like` says; `exact`, `one_of`, `where`, `pattern` and `ignored` compare otherwise, and a
    function of the value is a predicate. An argument that a call leaves out has the default that
    the tool's schema tells.

    Raises:
        ToolError: for what is no name, or no arguments.
    """
    if not isinstance(tool, str) or not tool:
        raise ToolError(f"{tool!r} is no name of a tool; write due('get_weather', city='Oslo')")
    if not isinstance(arguments, Mapping | None):
        raise ToolError(f"{arguments!r} are no arguments by name; write due({tool!r}, city='Oslo')")
    given = {**(arguments or {}), **named}
    return Due(tool, MappingProxyType({name: match_of(value) for name, value in given.items()}))


def any_of(*alternatives: CallsLike) -> DueCalls:
    """Any of these is right: ``any_of(due("stop"), due("pause"), None)``."""
    if not alternatives:
        raise ToolError("any_of() needs what is due: give at least one call, or None for no call")
    return DueCalls(tuple(a for one in alternatives for a in due_calls(one).alternatives))


def all_of(*calls: Due | str) -> DueCalls:
    """All of these calls are due, in whatever order."""
    return DueCalls((tuple(one if isinstance(one, Due) else due(one) for one in calls),))


def due_calls(calls: CallsLike) -> DueCalls:
    """What is due in its full form."""
    match calls:
        case DueCalls():
            return calls
        case None:
            return DueCalls(((),))
        case Due() | str():
            return all_of(calls)
    raise ToolError(
        f"{calls!r} is nothing that can be due: give a tool's name, due(…), any_of(…), all_of(…), "
        "or None for no call"
    )


class Utterance:
    """Something that is said or typed, and the call it should cause.

    ::

        Utterance("What is the weather in Oslo?", due("get_weather", city="Oslo"))
        Utterance(Path("lights.flac"), "set_light")  # spoken; whatever the arguments
        Utterance("Thank you, that is all.", None)  # no call is due

    A text is typed, a sound file (a path) or a `Clip` is spoken. ``words`` are the words of what is
    spoken, and ``name`` is what it is called in tables; by default the words, or the name of the
    file.

    Raises:
        ToolError: for an empty text, or what cannot be due.
        AudioError: for a file that cannot be read, or in which all is silent.
    """

    __slots__ = ("clip", "due", "name", "words")

    def __init__(
        self,
        said: str | Path | Clip,
        calls: CallsLike = None,
        *,
        words: str = "",
        name: str = "",
    ) -> None:
        self.due = due_calls(calls)
        """What is due."""
        self.clip: Clip | None = None
        """What is spoken; ``None`` where it is typed."""
        if isinstance(said, str):
            words = said
            if not said.strip():
                raise ToolError("an utterance is empty; give what is typed, or a clip")
            if _is_sound_file(said):
                raise ToolError(f"{said!r} would be typed; give Path({said!r}) to have it spoken")
        elif not isinstance(said, Path | Clip):
            raise ToolError(f"{said!r} is no utterance; give a text, the Path of a clip, or a Clip")
        else:
            self.clip = (said if isinstance(said, Clip) else Clip.read(said)).at_rate(RATE)
            if self.clip.is_silent:
                raise AudioError(f"{name or said} is silent; nobody would hear an utterance in it")
        self.words = words
        """What is typed, or the words of what is spoken, where they are known."""
        file = said.stem if isinstance(said, Path) else ""
        self.name = name or words or file or "spoken"
        """What it is called in tables."""

    @property
    def content(self) -> str:
        """Short for what the model gets to hear or read: the same only for the same."""
        kind, data = ("spoken", self.clip.pcm) if self.clip else ("typed", self.words.encode())
        return f"{kind} {hashlib.sha256(data).hexdigest()}"

    def __repr__(self) -> str:
        said = "spoken" if self.clip else "typed"
        return f"<Utterance, {said}: {Redaction().redacted(self.name)!r} → {self.due}>"


def checked(utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """Utterances that can be told apart.

    Raises:
        ToolError: for none, what is no utterance, or the same one twice.
    """
    if not isinstance(utterances, Iterable):
        raise ToolError(f"{utterances!r} is no list of utterances; write [rl.Utterance(text, …)]")
    found: dict[str, int] = {}
    listed = tuple(utterances)
    for number, one in enumerate(listed, 1):
        if not isinstance(one, Utterance):
            raise ToolError(f"utterance {number} is {one!r}; write rl.Utterance(text, calls)")
        before = found.setdefault(one.content, number)
        if before != number:
            raise ToolError(
                f"utterances {before} and {number} say the same ({one.name!r}); give it once, with "
                "any_of(…) for all that may be due, and use repeats=… to ask more often"
            )
    if not listed:
        raise ToolError("there are no utterances to measure with")
    return listed


def _is_sound_file(text: str) -> bool:
    """Whether it names a sound file: one that there is, or a name that nobody would say."""
    path = Path(text)
    return path.suffix.lower() in _SOUND and (path.is_file() or " " not in text)
