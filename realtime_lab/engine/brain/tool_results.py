"""Saying what a tool answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..stages import Message, ToolCall
from .result_words import (
    ANSWERS,
    ERRORS,
    GOOD,
    LABELS,
    OUTCOMES,
    PLACES,
    STATES,
    SUBJECTS,
    TEXTS,
    THINGS,
    UNIT_KEYS,
    UNITS,
    USUAL_UNITS,
    is_quality,
)
from .wording import listed, plain, proper, spaced, spoken_number

__all__ = ["speak_results"]

_MOST = 5
_DEEPEST = 2
_OPPOSITES = {"on": "off", "open": "closed", "enabled": "disabled"}
_ASKS_WHETHER = re.compile(r"(?:is|are|has|have|can|does|do|check|was|should) ")
_LOOKS_UP = re.compile(r"(?:get|find|search|look|list|fetch|read|lookup|query|show) ?")


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
    if isinstance(result, bool) and _ASKS_WHETHER.match(what):
        return "Yes." if result else "No."
    if result in (None, "", []) and _LOOKS_UP.match(what):
        return "I found nothing."
    if result is None or result == "" or result is True:
        return _done(what, arguments)
    if result is False:
        return _failed(_action(what, arguments))
    if isinstance(result, list):
        return f"I found {_value(result)}." if result else "There is nothing."
    if isinstance(result, (int, float)):
        return f"The answer is {_value(result)}."
    said = _value(result)
    if said.lower().startswith("error"):
        return _failed(said.split(":", 1)[-1].strip() or "the tool gave no reason")
    if re.fullmatch(r"-?\d+(?:\.\d+)?(?: \w+)?(?: \w+)?", said):
        return f"The answer is {said}."
    return _sentence(said)


def _object(result: Mapping[str, Any], arguments: Mapping[str, Any], what: str) -> str:
    for key in ERRORS:
        if result.get(key):
            return _failed(_reason(result[key]))
    failed = any(result.get(key) is False for key in ("ok", "success", "done"))
    failed = failed or str(result.get("status", "")).lower() in ("error", "failed", "failure")
    telling = {
        key: value
        for key, value in result.items()
        if not (key.lower() in OUTCOMES and (failed or str(value).lower() in GOOD))
        and value is not None
        and value != ""
    }
    if failed:
        return _failed(
            _reason(telling.get("message") or telling.get("reason") or _action(what, arguments))
        )
    place = next(
        (str(v) for k, v in telling.items() if k.lower() in PLACES and isinstance(v, str)), ""
    )
    subject = next((k for k in SUBJECTS if isinstance(telling.get(k), str)), "")
    given = {plain(str(value)) for value in arguments.values()}
    facts = {
        key: value
        for key, value in telling.items()
        if key != subject
        and not (isinstance(value, str) and (value == place or plain(value) in given))
    }
    if not facts and subject:
        facts, subject = {subject: telling[subject]}, ""
    if not facts:
        return _done(what, arguments)
    if len(facts) == 1 and (said := _only(*next(iter(facts.items())))):
        return said
    place = place or next((str(v) for k, v in arguments.items() if k.lower() in PLACES), "")
    return _told(facts, place, str(telling.get(subject, "")))


def _told(facts: Mapping[str, Any], place: str, subject: str) -> str:
    """ "In Oslo it is clear and 21 degrees, and the wind is light." """
    states, others = _states(facts), _facts(_without_states(facts), full=True)
    who = subject or "it"
    parts = [f"{who} is {listed(states)}"] if states else []
    parts += [part.replace("it has", f"{subject} has", 1) if subject else part for part in others]
    if subject and not states and others and not others[0].startswith(subject):
        parts[0] = f"for {subject}, {parts[0]}"
    # "and" inside the first part and between the parts would run together without the comma.
    joined = len(parts) == 2 and " and " in parts[0]
    sentence = f"{parts[0]}, and {parts[1]}" if joined else listed(parts)
    if place:
        comma = "" if sentence.startswith(("it ", "there ")) else ","
        return f"In {proper(place)}{comma} {sentence}."
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _only(key: str, value: Any) -> str:
    """The sentence for an object of one telling field, where that needs no label."""
    if key.lower() in TEXTS and isinstance(value, str) and len(value.split()) > 2:
        return _sentence(value.strip())
    if key.lower() in ANSWERS and not isinstance(value, (Mapping, list)):
        if isinstance(value, bool):
            return "Yes." if value else "No."
        return f"The answer is {_value(value)}."
    return ""


def _states(facts: Mapping[str, Any]) -> list[str]:
    """What "it is": qualities, states and bare units."""
    return [said for key, value in facts.items() if (said := _state(key, value))]


def _without_states(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if not _state(key, value)}


def _state(key: str, value: Any) -> str:
    name = re.sub(r"^(?:is|are) ", "", spaced(key))
    if isinstance(value, bool):
        quality = name != spaced(key) or is_quality(name.split()[-1])
        return (name if value else f"not {name}") if quality and not name.startswith("has ") else ""
    if isinstance(value, str) and name in STATES and len(value.split()) <= 4:
        return "" if set(value.lower().split()) & THINGS else _value(value).lower()
    if isinstance(value, (int, float)) and name in UNIT_KEYS:
        return _with_unit(value, UNITS[name])
    return ""


def _facts(fields: Mapping[str, Any], *, full: bool, depth: int = 0) -> list[str]:
    """ "the temperature is 12 degrees Celsius", or without "the" and "is" inside an object."""
    unit = next(
        (str(v) for k, v in fields.items() if k.lower() in ("unit", "units", "currency")), ""
    )
    shown = {k: v for k, v in fields.items() if k.lower() not in ("unit", "units", "currency")}
    return [
        said
        for key, value in list(shown.items())[: _MOST + 3]
        if (said := _fact(key, value, unit, full=full, depth=depth))
    ]


def _fact(key: str, value: Any, unit: str, *, full: bool, depth: int) -> str:
    words = spaced(key).split()
    label = " ".join(LABELS.get(word, word) for word in words)
    the, is_, are = ("the ", " is ", " are ") if full else ("", " ", " ")
    match value:
        case bool():
            thing = label.removeprefix("has ")
            return (
                f"there is {'' if value else 'no '}{thing}" if full else f"{label} {_value(value)}"
            )
        case int() | float():
            if label in UNIT_KEYS:
                return _with_unit(value, UNITS[label])
            own = UNITS.get(words[-1], "") if len(words) > 1 else ""
            label = " ".join(LABELS.get(w, w) for w in words[:-1]) if own else label
            usual = UNITS.get(unit.lower(), unit) or USUAL_UNITS.get(label, "")
            return f"{the}{label}{is_}{_with_unit(value, own or usual)}"
        case Mapping():
            return f"{the}{label}: {_value(value, depth + 1)}"
        case list() if not value:
            return f"there are no {label}"
        case list() if full and any(isinstance(entry, Mapping) for entry in value):
            one = label.removesuffix("s")
            count = f"is one {one}" if len(value) == 1 else f"are {len(value)} {label}"
            return f"there {count}: {_value(value, depth + 1)}"
        case list() if full and len(value) == 1:
            return f"the only {label.removesuffix('s')} is {_value(value, depth + 1)}"
        case list():
            return f"{the}{label}{are}{_value(value, depth + 1)}"
        case str() if full and label in STATES and set(value.lower().split()) & THINGS:
            plural = value.lower().endswith(("showers", "storms", "clouds"))
            return f"there {'are' if plural else 'is'} {_value(value).lower()}"
        case _:
            return f"{the}{label}{is_}{_value(value, depth + 1)}"


def _with_unit(value: float, unit: str) -> str:
    if value == 1 and unit.split(" ")[0].endswith("s"):
        first, *rest = unit.split(" ")
        unit = " ".join([first.removesuffix("s"), *rest])
    return f"{spoken_number(value)} {unit}".strip()


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
                text = text.replace(mark, f" {UNITS[mark.lower()]}")
            return " ".join(text.split()) if "\n" not in text else text.strip()


def _action(what: str, arguments: Mapping[str, Any]) -> str:
    """ "set light, kitchen, on, brightness 30": the values, named only where they need it."""
    details = []
    for key, value in arguments.items():
        label = spaced(key)
        match value:
            case bool():
                details.append(
                    {("on", False): "off"}.get((label, value), f"{'' if value else 'not '}{label}")
                )
            case int() | float():
                unit = UNITS.get(label, "")
                details.append(_with_unit(value, unit) if unit else f"{label} {_value(value)}")
            case _:
                details.append(spaced(_value(value)) if "_" in str(value) else _value(value))
    return ", ".join([what, *details])


def _done(what: str, arguments: Mapping[str, Any]) -> str:
    return f"Done: {_action(what, arguments)}."


def _failed(reason: str) -> str:
    return f"That did not work: {reason.rstrip('. ')}."


def _reason(reason: Any) -> str:
    if isinstance(reason, Mapping):
        reason = reason.get("message") or _value(reason)
    return reason if isinstance(reason, str) else _value(reason)


def _sentence(said: str) -> str:
    first = said.split(" ", 1)[0]
    said = said[:1].upper() + said[1:] if first.islower() else said
    return said if said[-1:] in ".!?" else f"{said}."


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return text
