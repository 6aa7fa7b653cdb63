"""How the keys of a tool's result are said."""

# ruff: noqa: E501, SIM905 -- word lists read better on one line
from __future__ import annotations

__all__ = ["ANSWERS", "ERRORS", "GOOD", "LABELS", "OUTCOMES", "PLACES", "STATES", "SUBJECTS", "TEXTS", "THINGS",
           "UNITS", "UNIT_KEYS", "USUAL_UNITS", "is_quality"]  # fmt: skip

UNITS = {
    "c": "degrees Celsius", "celsius": "degrees Celsius", "f": "degrees Fahrenheit",
    "fahrenheit": "degrees Fahrenheit", "degrees": "degrees", "degree": "degrees", "deg": "degrees",
    "percent": "percent", "pct": "percent", "percentage": "percent", "km": "kilometers", "kilometers": "kilometers", "kilometres": "kilometers",
    "kmh": "kilometers per hour", "kph": "kilometers per hour", "mph": "miles per hour", "miles": "miles",
    "mm": "millimeters", "cm": "centimeters", "m": "meters", "meters": "meters", "metres": "meters",
    "kg": "kilograms", "kilograms": "kilograms", "grams": "grams", "liters": "liters", "litres": "liters",
    "usd": "dollars", "dollars": "dollars", "eur": "euros", "euro": "euros", "euros": "euros", "gbp": "pounds", "pounds": "pounds",
    "cents": "cents", "nok": "kroner", "kroner": "kroner", "yen": "yen",
    "min": "minutes", "mins": "minutes", "minutes": "minutes", "seconds": "seconds", "secs": "seconds", "sec": "seconds",
    "hours": "hours", "days": "days", "weeks": "weeks", "months": "months", "years": "years", "ms": "milliseconds", "milliseconds": "milliseconds",
    "watts": "watts", "volts": "volts", "people": "people", "steps": "steps", "points": "points",
    "°c": "degrees Celsius", "°f": "degrees Fahrenheit", "%": "percent", "km/h": "kilometers per hour",
    "m/s": "meters per second", "$": "dollars", "€": "euros",
}  # fmt: skip
"""Units as they are spoken, by how they are written. Each follows its number."""

UNIT_KEYS = frozenset(UNITS) - {"c", "f", "m", "sec"}
"""Keys that are nothing but a unit: {"degrees": 21} is "21 degrees"."""

USUAL_UNITS = {
    "temperature": "degrees",
    "temp": "degrees",
    "humidity": "percent",
    "battery": "percent",
    "brightness": "percent",
}
LABELS = {"temp": "temperature"}

PLACES = frozenset({"city", "location", "place", "town", "country", "region", "room", "address"})
SUBJECTS = ("name", "restaurant", "shop", "product", "item", "title", "device", "station", "symbol")
"""Keys whose value is what the other keys speak of."""

STATES = frozenset(
    "sky condition conditions weather state forecast outlook description summary".split()
)
"""Keys whose value says how something is: "it is clear"."""

THINGS = frozenset(
    "rain snow fog mist hail sleet drizzle wind sunshine thunder showers storms clouds light heavy".split()
)
"""Weather that there is, rather than that it is."""

OUTCOMES = frozenset({"ok", "success", "status", "done", "result_code"})
GOOD = frozenset({"ok", "success", "done", "true", "completed", "200", "successful"})
ERRORS = ("error", "errors", "exception")
TEXTS = frozenset({"message", "answer", "text", "summary", "description", "reply"})
ANSWERS = frozenset({"result", "answer", "value", "output", "response"})

_QUALITIES = frozenset(
    "open on off free full empty online offline clear cheap valid correct right wrong busy late early new ready dry wet hot cold warm true "
    "public private safe alive present absent active visible possible prime even odd".split()
)


def is_quality(word: str) -> bool:
    """Whether a key is a quality ("open", "available", "raining") rather than a thing."""
    return word in _QUALITIES or word.endswith(("ed", "ing", "able", "ible", "y", "en", "ive"))
