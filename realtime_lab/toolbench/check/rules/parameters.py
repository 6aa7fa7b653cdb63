"""The names and descriptions of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....protocol import About
from ..definition import Definition
from ..edits import Edit
from ..places import Place, schemas_in
from ..rule import Fault, of_place, of_tool
from ..word_set import word_set
from ..words import content_words, in_one_line, last_word, says_unit, words_of
from .names import valid_name
from .sources import GUIDE, HOUSE

__all__ = [
    "boolean_negated",
    "boolean_unclear",
    "booleans_many",
    "parameter_ambiguous",
    "parameter_clash",
    "parameter_long",
    "parameter_name_invalid",
    "parameter_repeats_name",
    "parameter_styles",
    "parameter_undescribed",
    "unit_missing",
]

LONGEST = 400
MOST_BOOLEANS = 3
_ALLOWED = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_AMBIGUOUS = word_set(
    "data info input inputs obj object arg args param params parameter parameters payload stuff "
    "thing things misc foo bar baz tmp var val value1 value2 kwargs options_dict content_data "
    "any something"
)
_NUMBERED = re.compile(r"(?:arg|param|parameter|option|value|field|input|var)_?\d+")
_AXES = re.compile(
    r"\b(?:axis|coordinate|exponent|variable|number|factor|column|row)\b", re.IGNORECASE
)
_MEASURED = word_set(
    "distance temperature duration amount price cost budget weight height width length depth "
    "speed radius delay timeout interval altitude elevation pressure humidity brightness volume "
    "angle area bitrate frequency power voltage fee salary balance elapsed age_limit"
)
_NEGATED = word_set("no not dont disable without exclude non never disallow")
_ASKS = word_set(
    "is are has have had was were can should will would do does did use include allow enable "
    "require with confirm confirmed enabled active"
)
_WHETHER = re.compile(
    r"\b(?:whether|if|true|false|yes|no|when|only|also|set|turn|enable[sd]?|disable[sd]?|"
    r"include[sd]?|allow[sd]?|do not|skip)\b",
    re.IGNORECASE,
)


@of_place(
    About(
        id="parameter-undescribed",
        severity="warning",
        title="A parameter has no description",
        why="The model fills it by its name alone, and what it takes it for is not always what the "
        "function takes it for.",
        instead='Say what it is, how it is written, and give an example: `"The city, as in '
        "'Oslo'.\"` An `enum` may speak for itself.",
        source=f"{GUIDE}: describe the purpose of each parameter and its format",
    )
)
def parameter_undescribed(place: Place) -> Iterator[Fault]:
    if place.role != "property" or place.text or _speaks_for_itself(place):
        return
    yield Fault(f"{place.label} has no description.", (), (*place.path, "description"))


def _speaks_for_itself(place: Place) -> bool:
    schema = place.schema
    listed = schema.get("enum")
    named = isinstance(listed, list) and any(isinstance(value, str) for value in listed)
    branches = [*schemas_in(schema.get("anyOf")), *schemas_in(schema.get("oneOf"))]
    items = schema.get("items")
    inner = isinstance(items, dict) and (items.get("description") or "enum" in items)
    described = any(one.get("description") or "enum" in one for one in branches)
    elsewhere = "const" in schema or "$ref" in schema
    return bool(named or elsewhere or inner or described)


@of_place(
    About(
        id="parameter-repeats-name",
        severity="advice",
        title="The description of a parameter says no more than its name",
        why="It costs tokens in every turn, and how the value is to be written remains a guess.",
        instead="Say how it is written, or give an example.",
        source=f"{GUIDE}: describe the purpose of each parameter and its format",
    )
)
def parameter_repeats_name(place: Place) -> Iterator[Fault]:
    if place.role != "property" or not place.text or "enum" in place.schema:
        return
    if content_words(place.text) <= content_words(" ".join(words_of(place.name))) | _OF_ITSELF:
        message = f"{place.label}: {in_one_line(place.text)!r} says no more than the name."
        yield Fault(message, (), (*place.path, "description"))


_OF_ITSELF = frozenset(("parameter", "argument", "value", "field", "string"))


@of_place(
    About(
        id="parameter-long",
        severity="advice",
        title="The description of a parameter is very long",
        why="It is read, and billed, in every turn.",
        instead="Keep how the value is written; examples of whole conversations belong into the "
        "instructions.",
        source=f"{HOUSE}: {LONGEST} characters",
    )
)
def parameter_long(place: Place) -> Iterator[Fault]:
    if len(place.text) > LONGEST:
        message = f"{place.where}: described with {len(place.text)} characters."
        yield Fault(message, (), (*place.path, "description"))


@of_place(
    About(
        id="parameter-ambiguous",
        severity="advice",
        title="The name of a parameter could mean anything",
        why="The model takes the names as a part of what it is told; `data` tells it nothing, and "
        "it fills in whatever the conversation was about.",
        instead="Name what the value is: `order_number`, `message_text`.",
        source=f"{GUIDE}: clear parameter names",
    )
)
def parameter_ambiguous(place: Place) -> Iterator[Fault]:
    if place.role != "property":
        return
    name = place.name.lower()
    single = len(name) == 1 and not (_AXES.search(place.text) and len(place.text.split()) > 2)
    if single or name in _AMBIGUOUS or _NUMBERED.fullmatch(name):
        yield Fault(f"{place.label!r} could mean anything.")


@of_place(
    About(
        id="parameter-name-invalid",
        severity="warning",
        title="The name of a parameter has signs that names should not have",
        why="A model often writes a name with blanks or accents otherwise, and a Python function "
        "cannot take it as a keyword. Some services refuse such names.",
        instead="Write the words in small letters with `_` between them.",
        source="reported of other services: names match `^[a-zA-Z0-9_.-]{1,64}$`; not documented "
        "of realtime services",
    )
)
def parameter_name_invalid(place: Place) -> Iterator[Fault]:
    for name in place.properties:
        if not _ALLOWED.fullmatch(name):
            fixed = valid_name(name)
            edits = _renamed(place, name, fixed) if fixed not in ("", *place.properties) else ()
            path = (*place.path, "properties", name)
            yield Fault(f"{name!r} has signs that names should not have.", edits, path)


def _renamed(place: Place, name: str, fixed: str) -> tuple[Edit, ...]:
    properties = {fixed if key == name else key: value for key, value in place.properties.items()}
    where = (*place.path, "properties")
    how = f"{'.'.join(map(str, where))}: {fixed} instead of {name}"
    edits = (Edit(where, properties, how),)
    if name in place.required:
        required = [fixed if one == name else one for one in place.required]
        edits = (*edits, place.edit("required", required))
    return edits


@of_place(
    About(
        id="parameter-clash",
        severity="warning",
        title="Two parameters differ only in how their names are written",
        why="`userId` and `user_id` are the same words; the model fills one of them by chance.",
        instead="Make them one, or name the difference.",
        source=f"{GUIDE}: clear parameter names",
    )
)
def parameter_clash(place: Place) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for name in place.properties:
        first = seen.setdefault("".join(words_of(name)) or name, name)
        if first != name:
            message = f"{first!r} and {name!r} differ only in how they are written."
            yield Fault(message, (), (*place.path, "properties", name))


@of_place(
    About(
        id="parameter-styles",
        severity="advice",
        title="The names of parameters are written in more than one style",
        why="With `cityName` beside `postal_code` the model writes one of them in the other style "
        "now and then, and the call is refused.",
        instead="Write all of them in one style.",
        source=f"{GUIDE}: clear parameter names",
    )
)
def parameter_styles(place: Place) -> Iterator[Fault]:
    camel = [name for name in place.properties if re.search(r"[a-z][A-Z]", name)]
    snake = [name for name in place.properties if re.search(r"[a-z0-9]_[a-z0-9]", name)]
    if camel and snake:
        yield Fault(f"{camel[0]!r} and {snake[0]!r} are written in two styles.")


@of_place(
    About(
        id="unit-missing",
        severity="warning",
        title="A number without its unit",
        why="The user says “ten miles” or “twenty degrees”; the model passes 10 or 20, and nobody "
        "can tell of what.",
        instead="Put the unit into the name or the description: `distance_km`, `In degrees "
        "Celsius.`",
        source=f"{GUIDE}: describe the format of each parameter",
    )
)
def unit_missing(place: Place) -> Iterator[Fault]:
    if place.role != "property" or place.kinds not in (("number",), ("integer",)):
        return
    words = words_of(place.name)
    if _MEASURED.isdisjoint((*words, last_word(place.text))) or "enum" in place.schema:
        return
    beside = place.owner.properties if place.owner else {}
    told_beside = any(
        not {"unit", "units", "currency"}.isdisjoint(words_of(name)) for name in beside
    )
    said = " ".join((*words[1:], place.text)) if len(words) > 1 else place.text
    if not told_beside and not says_unit(said):
        yield Fault(f"{place.label} has no unit.")


@of_place(
    About(
        id="boolean-negated",
        severity="advice",
        title="A switch that says no",
        why="Whoever wants it on has to pass false to what says no; models, like people, get "
        "double negations wrong.",
        instead="Name it for what happens if it is true, and turn the meaning round: `notify` "
        "instead of `no_notification`.",
        source=f"{GUIDE}: make functions obvious and intuitive",
    )
)
def boolean_negated(place: Place) -> Iterator[Fault]:
    if place.role == "property" and place.kinds == ("boolean",):
        words = words_of(place.name)
        if len(words) > 1 and not _NEGATED.isdisjoint(words[:2]):
            yield Fault(f"{place.label} is a switch that says no.")


@of_place(
    About(
        id="boolean-unclear",
        severity="advice",
        title="Nothing says what true means",
        why="The name is no question, and the description does not say what happens; the model "
        "guesses which way round it is.",
        instead="Say it: `Whether to send a copy by e-mail.`",
        source=f"{GUIDE}: describe the purpose of each parameter",
    )
)
def boolean_unclear(place: Place) -> Iterator[Fault]:
    if place.role == "property" and place.kinds == ("boolean",) and place.text:
        asks = not _ASKS.isdisjoint(words_of(place.name))
        if not asks and not _WHETHER.search(place.text) and "?" not in place.text:
            yield Fault(f"{place.label}: nothing says what true means.")


@of_tool(
    About(
        id="booleans-many",
        severity="advice",
        title="Many switches",
        why="Switches that exclude each other, or belong together, are states that the model can "
        "combine into nonsense.",
        instead="Make an `enum` of those that exclude each other, and an array of names of those "
        "that may be chosen together.",
        source=f"{GUIDE}: make invalid states unrepresentable; {HOUSE}: {MOST_BOOLEANS}",
    )
)
def booleans_many(tool: Definition) -> Iterator[Fault]:
    switches = [place.name for place in tool.top if place.kinds == ("boolean",)]
    if len(switches) > MOST_BOOLEANS:
        message = f"{tool.label} has {len(switches)} switches: {', '.join(switches)}."
        yield Fault(message, (), tool.parameters_path)
