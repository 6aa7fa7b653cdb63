"""What a free string really is, as its name and description tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .alternatives import alternatives
from .places import Place
from .word_set import word_set
from .words import last_word, says_form, words_of

__all__ = ["Meant", "meant_by"]

_BOOLEANS = ({"true", "false"}, {"yes", "no"})
_WHETHER = re.compile(
    r"^(?:whether\b(?!.*\bor\b)|true (?:if|when|to)\b|set to true\b)", re.IGNORECASE
)
_INTEGERS = word_set("count quantity qty limit")
_NUMBERS = word_set(
    "amount price cost latitude longitude lat lon lng percentage percent temperature weight "
    "distance radius budget"
)
_IDENTIFIERS = word_set(
    "id ids code phone zip postal postcode reference ref version serial tracking currency unit "
    "units type kind range label name class category"
)
_HOW_MANY = re.compile(
    r"^(?:the )?(?:number of|how many)\b|\b(?:an|as an|as) integer\b", re.IGNORECASE
)
_HOW_MUCH = re.compile(
    r"^(?:the )?how much\b|\bas a number\b|\bnumeric value\b|\bdecimal\b", re.IGNORECASE
)
_DATES = word_set("date birthday birthdate dob deadline")
_MOMENTS = word_set("datetime timestamp")
_FORMATS = {
    "date": "As YYYY-MM-DD.",
    "time": "As HH:MM on the 24-hour clock.",
    "date-time": "As YYYY-MM-DDTHH:MM.",
}


@dataclass(frozen=True, slots=True)
class Meant:
    """``kind`` is a JSON type, ``enum``, or a format; ``values`` those of an enum and ``told`` the
    sentence that says how a date is written."""

    kind: Literal["boolean", "integer", "number", "enum", "date", "time", "date-time"]
    values: tuple[str, ...] = ()
    told: str = ""


def meant_by(place: Place) -> Meant | None:
    """What a string is meant to be; ``None`` where text is what is wanted."""
    if place.kinds != ("string",) or "const" in place.schema:
        return None
    listed = place.schema.get("enum")
    if isinstance(listed, list):
        texts = {value.lower() for value in listed if isinstance(value, str)}
        return Meant("boolean") if len(listed) == 2 and texts in _BOOLEANS else None
    # "unit, c or f" begins with what it is about.
    own = {place.name.lower(), *words_of(place.name)}
    told = alternatives(place.description)
    values = told[1:] if told and told[0].lower() in own else told
    values = values if len(values) > 1 else ()
    if {value.lower() for value in values} in _BOOLEANS:
        return Meant("boolean")
    if values:
        return Meant("enum", values)
    if _WHETHER.match(place.description):
        return Meant("boolean")
    if says_form(place.description) or place.schema.keys() & {"format", "pattern"}:
        return None
    return _number(place) or _moment(place)


def _number(place: Place) -> Meant | None:
    words = words_of(place.name)
    if not words or not _IDENTIFIERS.isdisjoint(words) or place.role != "property":
        return None
    if words[-1] == "number":
        return None  # the name of something: an order, a flight, a telephone
    if words[:2] == ["number", "of"] or words[0] == "num" or words[-1] in _INTEGERS:
        return Meant("integer")
    if _HOW_MANY.search(place.text):
        return Meant("integer")
    if words[-1] in _NUMBERS or _HOW_MUCH.search(place.text):
        return Meant("number")
    return None


def _moment(place: Place) -> Meant | None:
    words = words_of(place.name)
    if not words or place.role != "property":
        return None
    last, called = words[-1], last_word(place.text)
    if last in _DATES or called in _DATES:
        return Meant("date", told=_FORMATS["date"])
    if last in _MOMENTS or (last == "at" and len(words) > 1):
        return Meant("date-time", told=_FORMATS["date-time"])
    if "time" in (last, called) and "zone" not in words:
        kind = "date-time" if "date" in place.text.lower() else "time"
        return Meant(kind, told=_FORMATS[kind])
    return None
