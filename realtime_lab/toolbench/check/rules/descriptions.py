"""The descriptions of tools, each for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....protocol import About
from ..definition import Definition
from ..edits import Edit
from ..places import Place
from ..rule import Fault, Toolset, of_tool, of_tools
from ..word_set import word_set
from ..words import content_words, in_one_line, is_english, sentence_words, verb_of, words_of
from .sources import GUIDE, HOUSE

__all__ = [
    "confirmation_missing",
    "description_docstring",
    "description_long",
    "description_missing",
    "description_promises",
    "description_repeats_name",
    "description_short",
    "description_vague",
]

FEWEST_WORDS = 4
MOST_CHARACTERS = 1_024
_VAGUE = re.compile(
    r"^(?:a |an |the |this )?(?:\w+ )?(?:tool|function|utility|helper|wrapper|method|api|endpoint)"
    r"(?: (?:function|tool|method|call))?(?: (?:that |which |to |for |used )*(?:use|using|"
    r"(?:does|do|handles?|process(?:es)?|manages?|performs?|is|works?|helps?) ?(?:with )?"
    r"(?:stuff|things?|everything|something|it|data|requests?|operations?|tasks?|actions?|"
    r"information|useful)?))?\W*$"
    r"|^(?:does|do|handles?|process(?:es)?|manages?|performs?|executes?|runs?) (?:the |some |all |"
    r"any |various |an? )?(?:stuff|things?|everything|something|data|requests?|operations?|tasks?|"
    r"actions?|information|inputs?|jobs?|work|calls?)\W*$"
    r"|(?-i:^\W*(?:TODO|TBD|FIXME)\b|\b(?:TODO|FIXME):)|^\W*todo\W*$|\blorem ipsum\b|"
    r"\b(?:your|insert|a) description(?: goes)? here\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"\n\s*(?:(?:Args|Arguments|Parameters|Params|Returns?|Raises|Yields|Examples?|Notes?)\s*:?\s*\n"
    r"|(?::param|:returns?|:raises|:type|:rtype)\b|(?:Parameters|Returns)\s*\n\s*-{3,})",
)
_NAMED = re.compile(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+(?:[A-Z][a-z]+)+)`")
_CALLED = re.compile(
    r"\b(?:the )?['\"`]?([A-Za-z_]\w*)['\"`]? (?:parameter|argument)\b"
    r"|\b(?:parameter|argument) ['\"`]([A-Za-z_]\w*)['\"`]"
)
_FINAL = word_set(
    "delete cancel pay transfer refund purchase buy charge wipe erase terminate unsubscribe"
)
_ASKED_FIRST = re.compile(
    r"\b(?:confirm\w*|ask\w*|agree\w*|approv\w*|consent\w*|permission|only (?:when|if|after|once)|"
    r"never|do not|don't|must not|explicit\w*|undo\w*|undone|reversible|certain|sure)\b",
    re.IGNORECASE,
)


@of_tool(
    About(
        id="description-missing",
        severity="warning",
        title="The tool has no description",
        why="The model chooses a tool by its description; without one it has the name alone, and "
        "calls it too often or not at all.",
        instead="Say in a sentence or two what it does, when to call it, and what to tell the user "
        'meanwhile: `"Look up the weather of today and the next six days for a city."`',
        source="OpenAI API reference, Realtime function tools: the description guides when and how "
        "to call it",
    )
)
def description_missing(tool: Definition) -> Iterator[Fault]:
    if not tool.description:
        yield Fault(f"{tool.label} has no description.", (), tool.description_path)


@of_tool(
    About(
        id="description-repeats-name",
        severity="warning",
        title="The description says no more than the name",
        why="It costs tokens in every turn and tells the model nothing new.",
        instead="Say what is returned, for which requests it is meant, and what it cannot do.",
        source=f"{GUIDE}: describe the purpose of the function",
    )
)
def description_repeats_name(tool: Definition) -> Iterator[Fault]:
    if tool.description and _repeats_name(tool):
        message = f"{in_one_line(tool.description)!r} says no more than the name."
        yield Fault(message, (), tool.description_path)


def _repeats_name(tool: Definition) -> bool:
    named = content_words(" ".join(words_of(tool.name)))
    said = content_words(" ".join(words_of(tool.description)))
    return bool(named) and said <= named | {"get", "function", "tool", "call"}


@of_tool(
    About(
        id="description-vague",
        severity="warning",
        title="The description could be that of any tool",
        why="The model cannot tell from it when this tool is the right one.",
        instead="Name the thing it works on and what comes back.",
        source=f"{GUIDE}: could an intern use the function with what the model is told?",
    )
)
def description_vague(tool: Definition) -> Iterator[Fault]:
    if _VAGUE.search(tool.description) and not _repeats_name(tool):
        message = f"{in_one_line(tool.description)!r} could be any tool."
        yield Fault(message, (), tool.description_path)


@of_tool(
    About(
        id="description-short",
        severity="advice",
        title="The description is very short",
        why="In three words there is no room for when to call the tool and what it returns.",
        instead="Write a whole sentence.",
        source=f"{GUIDE}; {HOUSE}: {FEWEST_WORDS} words",
    )
)
def description_short(tool: Definition) -> Iterator[Fault]:
    text = tool.description
    count = len(sentence_words(text))
    # Some languages write whole sentences without a space.
    if not text or not text.isascii() or count >= FEWEST_WORDS:
        return
    if not (_repeats_name(tool) or _VAGUE.search(text)):
        words = "1 word" if count == 1 else f"{count} words"
        yield Fault(f"the description has {words}.", (), tool.description_path)


@of_tool(
    About(
        id="description-long",
        severity="warning",
        title="The description is very long",
        why="It is read, and billed, in every turn, and hides what distinguishes the tool. Above "
        "1,024 characters some services refuse it.",
        instead="Keep what decides when to call it; what holds for several tools belongs into the "
        "instructions.",
        source="Azure, function calling guide: 1,024 characters; not stated of realtime models",
    )
)
def description_long(tool: Definition) -> Iterator[Fault]:
    if len(tool.description) > MOST_CHARACTERS:
        message = f"the description has {len(tool.description):,} characters."
        yield Fault(message, (), tool.description_path)


@of_tool(
    About(
        id="description-docstring",
        severity="advice",
        title="A whole docstring is the description",
        why="What it says of the parameters stands in the schema too, or should: the model reads "
        "it twice in every turn, or far from the parameter that it is about.",
        instead="Leave the sections out; the parameters' own descriptions say it.",
        source=f"{GUIDE}: functions count as input tokens",
    )
)
def description_docstring(tool: Definition) -> Iterator[Fault]:
    section = _SECTION.search(tool.description)
    if section and section.start():
        yield Fault(
            "the description has sections of a docstring.",
            tuple(_without_sections(tool)),
            tool.description_path,
        )


def _without_sections(tool: Definition) -> Iterator[Edit]:
    import docstring_parser  # here: it is slow to import

    text = docstring_parser.parse(tool.description)
    cut = _SECTION.search(tool.description)
    short = tool.description[: cut.start()].strip() if cut else tool.description
    yield Edit(tool.description_path, short)
    told = {one.arg_name: " ".join((one.description or "").split()) for one in text.params}
    for place in tool.top:
        if not place.text and told.get(place.name):
            yield place.edit("description", told[place.name])


@of_tools(
    About(
        id="description-promises",
        severity="warning",
        title="A parameter is named that does not exist",
        why="The model passes what it was told of; the call is refused, or the value is lost.",
        instead="Correct the name, or add the parameter.",
        source="the definition contradicts itself",
    )
)
def description_promises(tools: Toolset) -> Iterator[Fault]:
    names = {tool.name for tool in tools.definitions}
    for tool in tools.definitions:
        if isinstance(tool.parameters, dict) or tool.parameters is None:
            yield from _promised(tool, names)


def _promised(tool: Definition, names: set[str]) -> Iterator[Fault]:
    known = {place.name for place in tool.fields} | names | _values_of(tool.places)
    texts = [(tool.description, tool.description_path)]
    texts += [(place.text, (*place.path, "description")) for place in tool.places]
    told: set[str] = set()
    for text, path in texts:
        named = [match[1] for match in _NAMED.finditer(text)] if tool.fields else []
        called = [match[1] or match[2] for match in _CALLED.finditer(text)]
        # "the optional parameter" names none; only what looks like a name does.
        called = [n for n in called if "_" in n or n[:1] + n[1:].lower() != n or _quoted(n, text)]
        for name in dict.fromkeys([*called, *named]):
            if name in known or name in told or not _looks_like_parameter(name, tool, called):
                continue
            told.add(name)
            yield Fault(f"there is no parameter {name!r}.", (), path, tool)


def _quoted(name: str, text: str) -> bool:
    return bool(re.search(rf"['\"`]{re.escape(name)}['\"`]", text))


def _looks_like_parameter(name: str, tool: Definition, called: list[str]) -> bool:
    """Whether a word in backticks is likely to be a parameter: it shares one of their words."""
    if name in called:
        return True
    own = {word for place in tool.fields for word in words_of(place.name)}
    return not own.isdisjoint(words_of(name)) and verb_of(words_of(name)[0]) not in (
        "get", "list", "search", "find", "create", "update", "delete", "set", "send", "add",
        "check", "lookup", "cancel", "book",
    )  # fmt: skip


def _values_of(places: tuple[Place, ...]) -> set[str]:
    return {
        value
        for place in places
        for key in ("enum", "examples")
        if isinstance(place.schema.get(key), list)
        for value in place.schema[key]
        if isinstance(value, str)
    } | {
        place.schema["default"] for place in places if isinstance(place.schema.get("default"), str)
    }


@of_tool(
    About(
        id="confirmation-missing",
        severity="advice",
        title="Nothing says when not to do what cannot be undone",
        why="Speech is misheard, and a voice in the background counts as the user's. A model that "
        "may cancel, delete or pay does so on the first words that sound like it.",
        instead="Say when not to call it: `Only after the user has confirmed; never on a guess.`",
        source=f"{GUIDE}: say when, and when not, to use each function",
    )
)
def confirmation_missing(tool: Definition) -> Iterator[Fault]:
    words = words_of(tool.name)
    if not words or not tool.description or not is_english(tool.description):
        return
    asks_itself = any(
        "confirm" in words_of(place.name) or "confirmed" in words_of(place.name)
        for place in tool.fields
    )
    if (
        verb_of(words[0]) in _FINAL
        and not asks_itself
        and not _ASKED_FIRST.search(tool.description)
    ):
        message = f"{tool.label} cannot be undone, and nothing says when not to call it."
        yield Fault(message, (), tool.description_path)
