"""The names of tools."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from ....protocol import About
from ..definition import Definition
from ..edits import Edit
from ..rule import Fault, Toolset, of_tool, of_tools
from ..word_set import word_set
from ..words import content_words, is_english, is_verb, verb_of, words_of
from .sources import GUIDE, REALTIME

__all__ = [
    "name_clash",
    "name_duplicate",
    "name_invalid",
    "name_missing",
    "name_reserved",
    "name_similar",
    "name_without_verb",
]

LONGEST = 64
_ALLOWED = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST}}}")
_RESERVED = word_set(
    "functions function tool tools multi_tool_use parallel python browser bio dalle web_search "
    "web_search_preview file_search code_interpreter computer computer_use_preview "
    "image_generation local_shell shell apply_patch mcp"
)


@of_tool(
    About(
        id="name-missing",
        severity="error",
        title="The tool has no name",
        why="The model calls a tool by its name; a service refuses one without.",
        instead="Name it for what it does: `get_weather`.",
        source=REALTIME,
    )
)
def name_missing(tool: Definition) -> Iterator[Fault]:
    if not tool.name:
        yield Fault(f"{tool.label} has no name.", (), tool.name_path)


@of_tool(
    About(
        id="name-invalid",
        severity="error",
        title="The name is too long or has signs that names cannot have",
        why="A name has 1 to 64 letters, digits, `_` or `-`; a service refuses any other, and the "
        "whole update with it.",
        instead="Write the words in small letters with `_` between them.",
        source="recorded of the service: names match `^[a-zA-Z0-9_-]{1,64}$`",
    )
)
def name_invalid(tool: Definition) -> Iterator[Fault]:
    if not tool.name or _ALLOWED.fullmatch(tool.name):
        return
    long = len(tool.name) > LONGEST
    what = f"{len(tool.name)} characters" if long else "signs that a name cannot have"
    fixed = valid_name(tool.name)
    edits = (Edit(tool.name_path, fixed),) if fixed else ()
    yield Fault(f"the name {tool.name[:80]!r} has {what}.", edits, tool.name_path)


def valid_name(name: str) -> str:
    """The nearest name of letters, digits and ``_``; empty where there is none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-zA-Z0-9_-]+", "_", plain).strip("_-")
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rpartition("_")[0] or words[:LONGEST]


@of_tools(
    About(
        id="name-duplicate",
        severity="error",
        title="Two tools have the same name",
        why="A call names its tool: nobody can tell which of the two is meant, and one is never "
        "called.",
        instead="Give each a name that says in what it differs.",
        source="this package refuses it; what services do is not documented",
    )
)
def name_duplicate(tools: Toolset) -> Iterator[Fault]:
    seen: dict[str, Definition] = {}
    for tool in tools.definitions:
        first = seen.setdefault(tool.name, tool)
        if tool.name and first is not tool:
            message = f"tools[{first.index}] and tools[{tool.index}] are both named {tool.name!r}."
            yield Fault(message, (), tool.name_path, tool)


@of_tools(
    About(
        id="name-clash",
        severity="warning",
        title="Two names differ only in how they are written",
        why="`get_weather` and `getWeather` are the same words; a model that has to write one of "
        "them writes either.",
        instead="Give them different words, and write all names in one style.",
        source=f"{GUIDE}: names that make clear what each function is for",
    )
)
def name_clash(tools: Toolset) -> Iterator[Fault]:
    seen: dict[str, Definition] = {}
    for tool in tools.definitions:
        first = seen.setdefault("".join(words_of(tool.name)), tool)
        if first is not tool and tool.name and first.name != tool.name:
            message = f"{first.name!r} and {tool.name!r} differ only in how they are written."
            yield Fault(message, (), tool.name_path, tool)


@of_tools(
    About(
        id="name-similar",
        severity="warning",
        title="Two names mean the same",
        why="`get_order` and `fetch_order` are one thing to a model; which it calls is chance, and "
        "changes from turn to turn.",
        instead="Make one tool of them, or name the difference: `get_order_status`, "
        "`get_order_history`.",
        source=f"{GUIDE}: make functions obvious and intuitive",
    )
)
def name_similar(tools: Toolset) -> Iterator[Fault]:
    same: dict[frozenset[str], list[Definition]] = defaultdict(list)
    for tool in tools.definitions:
        if tool.name:
            same[content_words(" ".join(words_of(tool.name)))].append(tool)
    for meaning, (first, *others) in same.items():
        for tool in others if meaning else ():
            if words_of(tool.name) != words_of(first.name):
                message = f"{first.name!r} and {tool.name!r} mean the same."
                yield Fault(message, (), tool.name_path, tool)


@of_tool(
    About(
        id="name-without-verb",
        severity="advice",
        title="The name does not say what the tool does",
        why="A name without a verb names a thing; whether the tool looks it up, changes it or "
        "makes one has to be guessed, or read each time in the description.",
        instead="Begin with what it does: `get_weather` instead of `weather`.",
        source=f"{GUIDE}: clear function names",
    )
)
def name_without_verb(tool: Definition) -> Iterator[Fault]:
    words = words_of(tool.name)
    if not words or any(map(is_verb, words)) or not is_english(tool.description):
        return
    first = (words_of(tool.description) or [""])[0]
    verb = verb_of(first) if is_verb(first) else "get"
    example = valid_name("_".join((verb, *words)))
    message = f"{tool.name!r} does not say what is done; {example!r} would."
    yield Fault(message, (), tool.name_path)


@of_tool(
    About(
        id="name-reserved",
        severity="advice",
        title="The name is that of a tool which models know already",
        why="Models are trained with tools of that name which take other arguments, and services "
        "write some of these words themselves around a call.",
        instead="Say what is special about yours: `search_manuals` instead of `file_search`.",
        source="OpenAI, built-in tools; what a model makes of the name is not documented",
    )
)
def name_reserved(tool: Definition) -> Iterator[Fault]:
    if "_".join(words_of(tool.name)) in _RESERVED:
        yield Fault(f"{tool.name!r} is a name that models know already.", (), tool.name_path)
