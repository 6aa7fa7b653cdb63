"""What a rule is, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ...protocol import About
from .definition import Definition
from .edits import Edit, Path
from .places import Place

__all__ = ["Fault", "Rule", "Toolset", "of_place", "of_tool", "of_tools"]


@dataclass(frozen=True, slots=True)
class Toolset:
    """The definitions that are checked together, and the model that shall read them.

    ``broken`` are those that are none at all.
    """

    definitions: Sequence[Definition]
    broken: Sequence[Definition]
    model: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in a sentence, and the edits that mend it where that needs no author.

    ``path`` and ``tool`` say where; a rule of a tool or a place may leave them out.
    """

    message: str
    edits: tuple[Edit, ...] = ()
    path: Path | None = None
    tool: Definition | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Looks for one fault: ``find`` gives those of a set of tools, each with its place."""

    about: About
    find: Callable[[Toolset], Iterable[Fault]]


def of_tools(about: About) -> Callable[[Callable[[Toolset], Iterable[Fault]]], Rule]:
    """A rule that compares tools; a fault without a tool concerns all."""

    def made(find: Callable[[Toolset], Iterable[Fault]]) -> Rule:
        return Rule(about, find)

    return made


def of_tool(about: About) -> Callable[[Callable[[Definition], Iterable[Fault]]], Rule]:
    """A rule that looks at each tool."""

    def made(find: Callable[[Definition], Iterable[Fault]]) -> Rule:
        def found(tools: Toolset) -> Iterable[Fault]:
            for definition in tools.definitions:
                for fault in find(definition):
                    path = definition.root if fault.path is None else fault.path
                    yield replace(fault, tool=definition, path=path)

        return Rule(about, found)

    return made


def of_place(about: About) -> Callable[[Callable[[Place], Iterable[Fault]]], Rule]:
    """A rule that looks at each schema of each tool."""

    def made(find: Callable[[Place], Iterable[Fault]]) -> Rule:
        def found(tools: Toolset) -> Iterable[Fault]:
            for definition in tools.definitions:
                for place in definition.places:
                    for fault in find(place):
                        path = place.path if fault.path is None else fault.path
                        yield replace(fault, tool=definition, path=path)

        return Rule(about, found)

    return made
