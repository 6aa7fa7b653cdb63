"""Saying what a tool answered."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..stages import Message, ToolCall
from .wording import listed, plain, spaced, spoken_number

__all__ = ["speak_results"]

_UNITS = {
    "c": "degrees Celsius", "celsius": "degrees Celsius", "f": "degrees Fahrenheit",
    "fahrenheit": "degrees Fahrenheit", "percent": "percent", "pct": "percent", "km": "kilometers",
    "kmh": "kilometers per hour", "kph": "kilometers per hour", "mph": "miles per hour",
    "mm": "millimeters", "cm": "centimeters", "m": "meters", "kg": "kilograms", "usd": "dollars",
    "eur": "euros", "gbp": "pounds", "min": "minutes", "mins": "minutes", "minutes": "minutes",
    "seconds": "seconds", "secs": "seconds", "hours": "hours", "days": "days", "ms": "milliseconds",
    "°c": "degrees Celsius", "°f": "degrees Fahrenheit", "%": "percent", "km/h": "kilometers per hour",
    "m/s": "meters per second", "$": "dollars", "€": "euros",
}  # fmt: skip
_PLACES = frozenset({"city", "location", "place", "town", "country", "region", "room", "address"})
_OUTCOMES = frozenset({"ok", "success", "status", "done", "result_code"})
_GOOD = frozenset({"ok", "success", "done", "true", "completed", "200", "successful"})
_ERRORS = ("error", "errors", "exception")
_MOST = 5
_DEEPEST = 2


def speak_results(messages: Sequence[Message]) -> str:
    """One or more sentences for the tool messages at the end of ``messages``."""
    calls = {m.call.call_id: m.call for m in messages if m.call is not None}
    results = []
    for message in reversed(messages):
        if message.role != "tool":
            break
        results.append(_speak(message.text, calls.get(message.call_id)))
    return " ".join(reversed(results))


def _speak(text: str, call: ToolCall | None) -> str:
    asked = _loaded(call.arguments) if call else {}
    what = spaced(call.name) if call else "the tool"
    arguments = asked if isinstance(asked, dict) else {}
    result = _loaded(text)
    if isinstance(result, Mapping):
        return _object(result, arguments, what)
    if result is None or result == "" or result is True:
        return f"Done: {_action(what, arguments)}."
    if result is False:
        return f"That did not work: {_action(what, arguments)}."
    if isinstance(result, list):
        return f"I found {_value(result)}." if result else f"Nothing was found by {what}."
    said = _value(result)
    if isinstance(result, str) and result.lower().startswith("error"):
        return (
            f"That did not work: {result.split(':', 1)[-1].strip() or 'the tool gave no reason'}."
        )
    if isinstance(result, str) and len(said.split()) > 2:
        return said if said[-1:] in ".!?" else f"{said}."
    return f"The answer is {said}."


def _object(result: Mapping[str, Any], arguments: Mapping[str, Any], what: str) -> str:
    for key in _ERRORS:
        if result.get(key):
            reason = result[key]
            if isinstance(reason, Mapping):
                reason = reason.get("message") or _value(reason)
            elif isinstance(reason, list):
                reason = _value(reason)
            return f"That did not work: {str(reason).rstrip('. ')}."
    failed = any(result.get(key) is False for key in ("ok", "success", "done"))
    failed = failed or str(result.get("status", "")).lower() in ("error", "failed", "failure")
    telling = {
        key: value
        for key, value in result.items()
        if not (key.lower() in _OUTCOMES and (failed or str(value).lower() in _GOOD))
        and value is not None
    }
    if failed:
        reason = telling.get("message") or telling.get("reason") or _action(what, arguments)
        return f"That did not work: {str(reason).rstrip('. ')}."
    place = next(
        (str(v) for k, v in telling.items() if k.lower() in _PLACES and isinstance(v, str)), ""
    )
    given = {plain(str(value)) for value in arguments.values()}
    facts = {
        key: value
        for key, value in telling.items()
        if not (isinstance(value, str) and (value == place or plain(value) in given))
    }
    parts = _facts(facts, full=True)
    if not parts:
        return f"Done: {_action(what, arguments)}."
    place = place or next((str(v) for k, v in arguments.items() if k.lower() in _PLACES), "")
    sentence = listed(parts)
    if len(parts) == 1 and list(facts) in (["message"], ["answer"], ["text"], ["summary"]):
        said = str(next(iter(facts.values()))).strip()
        return said if said[-1:] in ".!?" else f"{said}."
    if place:
        return f"In {place}, {sentence}."
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _facts(fields: Mapping[str, Any], *, full: bool, depth: int = 0) -> list[str]:
    """ "the temperature is 12 degrees Celsius", or without "the" and "is" inside an object."""
    unit = next(
        (str(v) for k, v in fields.items() if k.lower() in ("unit", "units", "currency")), ""
    )
    shown = {k: v for k, v in fields.items() if k.lower() not in ("unit", "units", "currency")}
    parts = []
    for key, value in list(shown.items())[: _MOST + 3]:
        words = spaced(key).split()
        suffix = _UNITS.get(words[-1], "") if len(words) > 1 else ""
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if suffix and number:
            words = words[:-1]
        elif number and unit:
            suffix = _unit(unit)
        if not isinstance(value, (Mapping, list)) and str(value) == "":
            continue
        said = (
            f"{_value(value, depth + 1)} {suffix}".strip() if number else _value(value, depth + 1)
        )
        label = " ".join(words)
        if isinstance(value, bool):
            parts.append(f"{label} is {said}" if full else f"{label} {said}")
        elif isinstance(value, Mapping):
            parts.append(f"{label}: {said}")
        elif isinstance(value, list) and not value:
            parts.append(f"there are no {label}")
        elif isinstance(value, list):
            parts.append(f"the {label} are {said}" if full else f"{label} {said}")
        else:
            parts.append(f"the {label} is {said}" if full else f"{label} {said}")
    return parts


def _unit(name: str) -> str:
    return _UNITS.get(name.lower(), name)


def _value(value: Any, depth: int = 0) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return spoken_number(value)
        case None:
            return "unknown"
        case Mapping():
            if depth > _DEEPEST:
                return f"{len(value)} entries"
            return ", ".join(_facts(value, full=False, depth=depth))
        case list():
            shown = [_value(entry, depth + 1) for entry in value[:_MOST]]
            if len(value) > _MOST:
                shown.append(f"{len(value) - _MOST} more")
            if any(isinstance(entry, Mapping) for entry in value):
                return "; ".join(shown)
            return listed(shown) if shown else "none"
        case _:
            text = str(value)
            for mark in ("°C", "°F", "km/h", "m/s", "%"):
                text = text.replace(mark, f" {_UNITS[mark.lower()]}")
            return " ".join(text.split()) if "\n" not in text else text.strip()


def _action(what: str, arguments: Mapping[str, Any]) -> str:
    details = [f"{spaced(k)} {_value(v)}" for k, v in arguments.items()]
    return ", ".join([what, *details])


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return text
