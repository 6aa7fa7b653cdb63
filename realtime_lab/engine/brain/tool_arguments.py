"""Finding the arguments of a call in an utterance."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from ..stages import ToolSpec
from .tool_matching import enum_values, properties, required
from .wording import digits, plain, proper, singular, spaced

__all__ = ["arguments_in", "bare_argument", "forced_arguments"]

_PREPOSITIONS = (
    "in|at|for|to|from|near|of|around|with|about|on|by|into|called|named|titled|saying|that"
)
_WHEN = re.compile(
    r"\b(?:(?:the )?day after tomorrow|tomorrow(?: (?:morning|afternoon|evening|night))?|today|tonight|yesterday|"
    r"this (?:morning|afternoon|evening|week|weekend)|next (?:week|month|year|weekend|mon|tues|wednes|thurs|fri|satur|sun)\w*|"
    r"(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?: (?:morning|afternoon|evening|night))?|"
    r"(?:on )?(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"(?:on )?(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:the )?\d{1,2}(?:st|nd|rd|th)?|"
    r"\d{4}-\d\d-\d\d|now)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?:at )?(?P<time>\d{1,2}(?::\d\d)?(?: ?(?:am|pm|a\.m\.|p\.m\.)| o'?clock)|\d{1,2}:\d\d|noon|midnight|half past \w+|quarter (?:past|to) \w+)(?!\w)"
    r"|\bat (?P<bare>\d{1,2})\b(?! (?:percent|degrees?|dollars?|euros?))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“](?P<text>[^\"”]+)[\"”]|(?<!\w)'(?P<single>[^']+)'(?!\w)")
_NAME = re.compile(
    r"(?<![.!?] )(?<!^)\b[A-ZÀ-Þ][\w'’-]*(?:[ -](?:de |of |the |la |van )?[A-ZÀ-Þ][\w'’-]*)*"
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TRAILING = re.compile(
    r"[\s,]*(?:\b(?:please|thanks|thank you|right now|now|for me|again)\b)?[\s.?!,]*$",
    re.IGNORECASE,
)
_KINDS = {
    # kind: (words in a parameter's name, prepositions that lead to it)
    "when": ("date day when deadline", ""),
    "clock": ("time hour start_time", ""),
    "origin": ("origin from source departure", "from"),
    "place": ("city location place town country region destination where address room area station airport to", "in at to for near of around into"),
    "person": ("recipient person contact attendee guest customer who name to friend", "to for with named called"),
    "free": ("message text body content note query question title subject topic description reason phrase task item song keyword search track",
             "that saying about for named called titled to"),
    "code": ("id code reference sku isbn", "number"),
}  # fmt: skip
_PROPER = ("origin", "place", "person")
_LEVELS = frozenset(map(singular, ("brightness", "level", "volume")))
_AMOUNTS = frozenset(map(singular, ("count", "number", "quantity", "amount", "times")))
_FREE = frozenset(_KINDS["free"][0].split())
_YES = re.compile(
    r"\b(?:on|yes|true|enable|enabled|with|open|activate|sure|dim|set|brighten|start)\b"
)
_NO = re.compile(r"\b(?:off|no|false|disable|disabled|without|not|close|deactivate)\b")


def arguments_in(said: str, tool: ToolSpec) -> dict[str, Any]:
    """The arguments that ``said`` gives for ``tool``; those it does not give are absent.

    Enums are matched loosely, spoken numbers understood, dates left as words. A stretch of the
    utterance serves one argument only.
    """
    text = digits(said)
    needed = required(tool)
    found: dict[str, Any] = {}
    known = properties(tool)
    for name, schema in sorted(
        known.items(), key=lambda pair: _order(pair[0], pair[1], pair[0] in needed)
    ):
        value, text = _argument(name, schema, text, tool, name in needed)
        if value is not None:
            found[name] = value if enum_values(schema) else _written(name, value, said)
    return {name: found[name] for name in known if name in found}


def bare_argument(said: str, name: str, schema: Mapping[str, Any], tool: ToolSpec) -> Any:
    """The value in an utterance that is only the answer to "what is the {name}?"."""
    value, _ = _argument(name, schema, digits(said), tool, True)
    if value is not None and _type(schema) == "string" and not enum_values(schema):
        return _written(name, value, said)
    if value is not None or _type(schema) not in ("string", "array") or enum_values(schema):
        return value
    text = re.sub(
        rf"^(?:(?:well|oh|um|uh|please|it is|it's|the|make it|let's say|say|i want|use|{spaced(name)}|{_PREPOSITIONS})\b[\s,]*)+",
        "", digits(said).strip(), flags=re.IGNORECASE)  # fmt: skip
    text = _TRAILING.sub("", text)
    if not text:
        return None
    text = _written(name, text, said)
    return [text] if _type(schema) == "array" else text


def _written(name: str, value: Any, said: str) -> Any:
    """A proper noun gets its capitals where the whole utterance has none, as a recogniser's."""
    if not isinstance(value, str) or said != said.lower() or _kind(name) not in _PROPER:
        return value
    return proper(value)


def forced_arguments(said: str, tool: ToolSpec, found: Mapping[str, Any]) -> dict[str, Any]:
    """``found`` made complete by defaults, for a call that the session demands."""
    complete = dict(found)
    known = properties(tool)
    for name in required(tool):
        if name in complete:
            continue
        schema = known[name]
        options = schema.get("enum")
        stand_in = {
            "integer": schema.get("minimum", 1), "number": schema.get("minimum", 1),
            "boolean": True, "array": [], "object": {},
        }.get(_type(schema), said.strip() or spaced(name))  # fmt: skip
        complete[name] = schema.get("default", options[0] if options else stand_in)
    return {name: complete[name] for name in known if name in complete}


def _order(name: str, schema: Mapping[str, Any], needed: bool) -> tuple[int, bool]:
    """What is found most surely is looked for first, free text last."""
    if enum_values(schema):
        sure = 0
    elif _type(schema) == "boolean":
        sure = 1
    else:
        kinds = ("when", "clock", "code", "origin", "place", "person", "", "free")
        sure = 2 + kinds.index(_kind(name)) if _type(schema) == "string" else 4
    return sure, not needed


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "string")
    return str(kind)


def _kind(name: str) -> str:
    words = spaced(name).split()
    for kind, (names, _) in _KINDS.items():
        if any(word in names.split() for word in words):
            return kind
    return ""


def _argument(
    name: str, schema: Mapping[str, Any], text: str, tool: ToolSpec, needed: bool
) -> tuple[Any, str]:
    """A value, or None, and the text without what gave it."""
    kind = _type(schema)
    if enum_values(schema):
        return _enum(schema, text, needed)
    if kind in ("integer", "number"):
        return _number(name, schema, text, kind == "integer", needed, tool)
    if kind == "boolean":
        return _boolean(name, text, needed)
    if kind == "array":
        value, rest = _string(name, text, needed, tool)
        return (
            [part.strip() for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", value)]
            if value
            else None
        ), rest
    return _string(name, text, needed, tool) if kind == "string" else (None, text)


def _enum(schema: Mapping[str, Any], text: str, needed: bool) -> tuple[Any, str]:
    values = schema.get("enum") or (schema.get("items") or {}).get("enum") or ()
    words = [(m[0], m.start(), m.end()) for m in re.finditer(r"[\w'.%°-]*\w", text)]
    matches: list[tuple[float, int, int, Any]] = []
    for value in values:
        target = " ".join(singular(w) for w in plain(spaced(str(value))).split()) or str(value)
        best = (0.0, 0, 0)
        size = len(target.split())
        for width in {size, size + 1, max(1, size - 1)}:
            for first in range(len(words) - width + 1):
                run = words[first : first + width]
                said = " ".join(singular(plain(w) or w) for w, _, _ in run)
                alike = SequenceMatcher(None, said, target).ratio()
                best = max(best, (alike, run[0][1], run[-1][2]))
        if best[0] >= (0.8 if len(target) > 3 else 1.0):
            matches.append((best[0], best[1], best[2], value))
    if not matches:
        return None, text
    if _type(schema) == "array":
        chosen = [value for value in values if any(m[3] == value for m in matches)]
        return chosen, text
    _, start, end, value = max(matches, key=lambda m: (m[0], m[2] - m[1]))
    return value, _without(text, start, end)


def _number(
    name: str, schema: Mapping[str, Any], text: str, whole: bool, needed: bool, tool: ToolSpec
) -> tuple[Any, str]:
    cues = {
        singular(word) for word in plain(f"{spaced(name)} {schema.get('description', '')}").split()
    }
    cues = {cue for cue in cues if len(cue) > 2}
    if cues & _LEVELS:
        cues.add(singular("percent"))
    if cues & _AMOUNTS:
        cues |= {singular(word) for word in plain(spaced(tool.name)).split()}
    best: tuple[float, re.Match[str]] | None = None
    numeric = sum(_type(s) in ("integer", "number") for s in properties(tool).values())
    for match in _NUMBER.finditer(text):
        around = plain(text[max(0, match.start() - 25) : match.start()]).split()[-3:]
        after = plain(text[match.end() : match.end() + 20]).split()[:2]
        near = sum(singular(w) in cues for w in after) * 1.5 + sum(
            singular(w) in cues for w in around
        )
        if best is None or near > best[0]:
            best = (near, match)
    if best is None:
        return None, text
    if (
        best[0] == 0
        and not needed
        and (numeric > 1 or not re.search(rf"\b(?:to|at|by|times?)\s+{best[1][0]}\b", text))
    ):
        return None, text
    value = float(best[1][0])
    if whole and value != int(value):
        return None, text
    return (int(value) if whole or value == int(value) else value), _without(text, *best[1].span())


def _boolean(name: str, text: str, needed: bool) -> tuple[bool | None, str]:
    words = plain(text)
    subject = "|".join(
        re.escape(w)
        for w in spaced(name).split()
        if len(w) > 2 and w not in ("include", "with", "is", "has")
    )
    if subject and (
        near := re.search(
            rf"(?P<before>(?:\w+ ){{0,3}})(?:{subject})s?\b(?P<after>(?: \w+){{0,2}})", words
        )
    ):
        if _NO.search(near["before"]):
            return False, text
        return not _NO.search(near["after"]), text
    if needed and _NO.search(words):
        return False, text
    return (True if needed and _YES.search(words) else None), text


def _string(name: str, text: str, needed: bool, tool: ToolSpec) -> tuple[str | None, str]:
    kind = _kind(name)
    if kind == "when":
        return _matched(_WHEN, text)
    if kind == "clock":
        return _matched(_CLOCK, text)
    if spoken := re.search(
        rf"\b{re.escape(spaced(name))}\b(?: is| of| to| should be|:|=)? (?P<value>(?:[A-Z0-9][\w-]*)(?: [A-Z0-9][\w-]*)*)",
        text,
    ):
        return _taken(text, spoken.start("value"), spoken.end("value"))
    if kind == "code":
        code = re.search(r"\b(?=\w*\d)[A-Za-z0-9][\w-]*\b", text)
        return _taken(text, *code.span()) if code else (None, text)
    quotable = kind not in ("person", "place", "origin") or not any(
        map(is_free_text, properties(tool))
    )
    if quotable and (quoted := _QUOTED.search(text)):
        group = "text" if quoted["text"] else "single"
        return quoted[group], _without(text, *quoted.span())
    leads: list[str] = list((_KINDS[kind][1] if kind else _PREPOSITIONS.replace("|", " ")).split())
    return _after_preposition(text, leads, kind, needed, tool)


def _after_preposition(
    text: str, leads: list[str], kind: str, needed: bool, tool: ToolSpec
) -> tuple[str | None, str]:
    """What follows one of ``leads``: a proper noun if there is one, else the words up to the next
    preposition; free text runs to the end."""
    shown = _WHEN.sub(lambda m: " " * len(m[0]), text)
    for lead in leads:
        for match in re.finditer(
            rf"\b{lead}\s+(?:the\s+(?:city|town)\s+of\s+)?", shown, re.IGNORECASE
        ):
            tail = shown[match.end() :]
            proper = re.match(
                r"[A-ZÀ-Þ][\w'’-]*(?:(?:, and |, | and | of | de |[ -])[A-ZÀ-Þ][\w'’-]*)*", tail
            )
            if kind == "free" and (lead != "to" or not proper):
                end = match.end() + len(_TRAILING.sub("", tail))
            elif proper:
                end = match.end() + proper.end()
            elif needed or kind in ("place", "origin"):
                stop = re.search(
                    rf"\s+(?:{_PREPOSITIONS}|and|then|tomorrow|today|tonight|please|now)\b|[,.?!;]|\s{{2,}}|$",
                    tail,
                )
                end = match.end() + (stop.start() if stop else len(tail))
            else:
                continue
            value = shown[match.end() : end].strip(" ,.?!")
            if not value or re.fullmatch(
                r"(?:me|us|you|it|my|that|this|\d+.*|a|the)", value, re.IGNORECASE
            ):
                continue
            return _taken(text, match.end(), end)
    if not needed:
        return None, text
    if kind == "free":
        return _object_of_verb(text, tool)
    names = [m for m in _NAME.finditer(shown) if m[0] not in ("I", "I'm", "Please")]
    return _taken(text, *names[-1].span()) if names else (None, text)


def _object_of_verb(text: str, tool: ToolSpec) -> tuple[str | None, str]:
    """What is left after the words that named the tool: "play yesterday", "note buy milk"."""
    known = {singular(w) for w in plain(spaced(tool.name)).split()}
    words = re.findall(r"\S+", _TRAILING.sub("", text))
    seen = [i for i, w in enumerate(words) if singular(plain(w)) in known]
    if not seen:
        return None, text
    rest = words[max(seen) + 1 :]
    while rest and plain(rest[0]) in ("a", "the", "for", "me", "that", "to", "some", "down", "is"):
        rest = rest[1:]
    return (" ".join(rest).strip(" ,.?!") or None), text


def _matched(pattern: re.Pattern[str], text: str) -> tuple[str | None, str]:
    found = pattern.search(text)
    if not found:
        return None, text
    groups = [g for g in found.groups() if g]
    value = groups[0] if groups else re.sub(r"^on ", "", found[0], flags=re.IGNORECASE)
    return value, _without(text, *found.span())


def _taken(text: str, start: int, end: int) -> tuple[str, str]:
    return text[start:end].strip(" ,.?!"), _without(text, start, end)


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]}{' ' * (end - start)}{text[end:]}"


def is_free_text(name: str) -> bool:
    """Whether a parameter takes whole sentences."""
    return bool(_FREE & set(spaced(name).split()))
