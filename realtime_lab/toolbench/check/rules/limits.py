"""Limits and forms that stand in the schema and not in words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ....protocol import About
from ..places import Place
from ..rule import Fault, of_place
from ..words import says_form
from .sources import CHAT, NO_STRICT, SCHEMA

__all__ = ["limit_untold", "range_empty"]

LONGEST_PATTERN = 60
_FORMS = {
    "date": (re.compile(r"yyyy|iso|\d{4}-\d\d", re.IGNORECASE), "As YYYY-MM-DD."),
    "date-time": (re.compile(r"yyyy|iso|\d{4}-\d\d|rfc", re.IGNORECASE), "As YYYY-MM-DDTHH:MM."),
    "time": (re.compile(r"hh:?mm|iso|\d\d:\d\d", re.IGNORECASE), "As HH:MM on the 24-hour clock."),
    "email": (re.compile(r"mail", re.IGNORECASE), "An e-mail address."),
    "uri": (re.compile(r"ur[il]|link|address|https?", re.IGNORECASE), "A URL with https://."),
    "url": (re.compile(r"ur[il]|link|address|https?", re.IGNORECASE), "A URL with https://."),
    "uuid": (re.compile(r"uuid|guid", re.IGNORECASE), "A UUID."),
    "ipv4": (re.compile(r"\bip", re.IGNORECASE), "An IPv4 address."),
    "duration": (
        re.compile(r"iso|\bPT?\d", re.IGNORECASE),
        "As an ISO 8601 duration, such as PT30M.",
    ),
}
_RANGES = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " entries"),
)


@of_place(
    About(
        id="range-empty",
        severity="error",
        title="A range with nothing in it",
        why="The least is more than the most: no value is valid, and every call is refused.",
        instead="Exchange the two, or correct one.",
        source=f"{SCHEMA}; {CHAT}",
    )
)
def range_empty(place: Place) -> Iterator[Fault]:
    for least_key, most_key, unit in _RANGES:
        least, most = (_number(place.schema.get(key)) for key in (least_key, most_key))
        if least is not None and most is not None and least > most:
            path = (*place.path, least_key)
            message = f"nothing is at least {_shown(least)}{unit} and at most {_shown(most)}."
            yield Fault(f"{place.where}: {message}", (), path)


@of_place(
    About(
        id="limit-untold",
        severity="advice",
        title="A limit or a form that only the schema knows",
        why="`pattern`, `format`, `minimum` and the like are not enforced: what the model does not "
        "read in words it breaks now and then, and the call is refused after the user has waited.",
        instead="Say it in the description too: `From 1 to 12.`, `As YYYY-MM-DD.`",
        source=NO_STRICT,
    )
)
def limit_untold(place: Place) -> Iterator[Fault]:
    if not place.description or place.role == "root" or "enum" in place.schema:
        return
    sentences = [*_form(place), *_limits(place)]
    if sentences:
        text = f"{place.description.rstrip('. ')}. {' '.join(sentences)}"
        message = f"{place.label}: the description does not say: {' '.join(sentences)}"
        yield Fault(message, (place.edit("description", text),))


def _form(place: Place) -> Iterator[str]:
    schema, text = place.schema, place.description
    form, pattern = schema.get("format"), schema.get("pattern")
    known = _FORMS.get(form) if isinstance(form, str) else None
    if known and not known[0].search(f"{place.name} {text}"):
        yield known[1]
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        return
    if not known and pattern not in text and not says_form(text):
        yield f"Matches {pattern} throughout."


def _limits(place: Place) -> Iterator[str]:
    schema = place.schema
    told = {float(number.replace(",", "")) for number in _NUMBER.findall(place.description)}
    for least_key, most_key, unit in _RANGES:
        least, most = _number(schema.get(least_key)), _number(schema.get(most_key))
        if least is not None and most is not None and least > most:
            continue
        trivial = least is None or least in (0, 1)
        untold_least = not trivial and least not in told
        untold_most = most is not None and most not in told
        if untold_most and least is not None and (untold_least or not unit):
            yield f"From {_shown(least)} to {_shown(most)}{unit}."
        elif untold_most:
            yield f"At most {_shown(most)}{unit}."
        elif untold_least:
            yield f"At least {_shown(least)}{unit}."
    step = _number(schema.get("multipleOf"))
    if step not in (None, 1) and step not in told:
        yield f"In steps of {_shown(step)}."


_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _shown(number: float | None) -> str:
    """A number in full, as `_NUMBER` reads it again."""
    return f"{Decimal(repr(number or 0.0)).normalize():,f}"
