"""Values that a description lists: "one of a, b, c", "either x or y", "'on' or 'off'"."""

from __future__ import annotations

import re
from functools import lru_cache

from .word_set import word_set

__all__ = ["alternatives"]

MOST = 30
"""More values than these are no list that stands in a sentence."""
LONGEST = 2_000
"""Characters of a description that are looked at; a longer one is a fault of its own."""
_QUOTED = r"(?:\"[^\"\n]{1,40}\"|'[^'\n]{1,40}'|`[^`\n]{1,40}`|“[^”\n]{1,40}”|‘[^’\n]{1,40}’)"
_BARE = r"(?<![\w+-])[A-Za-z0-9_][\w+-]{0,39}+(?![\w+-])"
_OR = r"(?:\s*,)?\s+(?:or|and)\s+"
_END = r"(?=\s*[)\]]?\s*(?:[.;)\]]|,\s+(?!or\b|and\b)|\s[–—-]\s|\n|$|\s*\())"


def _list(item: str, last: str) -> str:
    return rf"({item}(?:\s*,\s*{item})*(?:{last}))"


_ANY_ITEM = rf"(?:{_QUOTED}|{_BARE})"
_WITH_OR = _list(_ANY_ITEM, rf"{_OR}{_ANY_ITEM}")
_THREE_OR = _list(_ANY_ITEM, rf",\s*{_ANY_ITEM}{_OR}{_ANY_ITEM}")
_COMMAS = _list(_ANY_ITEM, rf"(?:{_OR}{_ANY_ITEM})?")
_LEAD = (
    r"(?:\b(?:one|any|some) of(?: the following)?(?: values)?|\b(?:allowed|possible|valid|accepted|"
    r"supported|available|permitted) (?:values?|options?|choices?)(?: are| is)?|"
    r"\b(?:values|options|choices|enum)(?: are)?)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LEAD}\s*:?\s*[\(\[]?{_COMMAS}{_END}",
        rf"\b(?:either|must be|has to be)\s*:?\s+{_WITH_OR}{_END}",
        rf"\b(?:can|should|may) be\s+{_THREE_OR}{_END}",
        rf"({_ANY_ITEM}(?:\s*\|\s*{_ANY_ITEM})+)",
        rf"({_QUOTED}(?:\s*[,/]\s*{_QUOTED})*{_OR}{_QUOTED}|{_QUOTED}(?:\s*[,/]\s*{_QUOTED})+)",
        rf"[(:]\s*{_WITH_OR}(?=\s*[).]|$)",
        rf"^\s*{_WITH_OR}\s*\.?\s*$",
        r"^\s*\(?([A-Za-z_]{2,}(?:/[A-Za-z_]{2,})+)\)?\s*\.?\s*$",
    )
)
_BULLETS = re.compile(
    rf"{_LEAD}\s*:?\s*((?:\n\s*[-*•]\s*{_ANY_ITEM}(?=\s*[:,(–—-]|\s*\n|\s*$)[^\n]*){{2,}})",
    re.IGNORECASE,
)
_BULLET = re.compile(rf"\n\s*[-*•]\s*({_ANY_ITEM})")
_ITEM = re.compile(rf"{_QUOTED}|{_BARE}")
_EXAMPLE = re.compile(
    r"\b(?:eg|ie|example|examples|instance|such as|like|including|includes|similar to|default|"
    r"defaults|not|never|unless|instead of|rather than|say|called|named|prefix\w*|suffix\w*|"
    r"starts? with|ends? with|begins? with|separated|containing|contains)\b[^.]*$",
    re.IGNORECASE,
)
_EXEMPLI, _ID_EST = (re.compile(rf"\b{one}", re.IGNORECASE) for one in (r"e\.g\.", r"i\.e\."))
_OPEN = re.compile(
    r"^\W{0,3}(?:etc\b|and so on|…|\.\.\.|(?:,\s*)?(?:or|and) (?:any|an|some)? ?others?)",
    re.IGNORECASE,
)
_KINDS = word_set(
    "name names id ids email e-mail phone address addresses number numbers url link code codes "
    "text path title city cities airport country town street region state station place "
    "postcode zip user customer order date time word words file folder person company "
    "description label key slug string value values id_or_name full a an the any "
    "your this that it if when then to in is are be more less both with without as uuid domain "
    "hostname ip iso iata icao isin symbol ticker keyword keywords sentence question area "
    "landmark coordinates coordinate hotel restaurant product item items room building"
)
"""Words that say what kind of value is meant, and are none themselves."""


@lru_cache(1024)
def alternatives(text: str) -> tuple[str, ...]:
    """The values that a description lists as all there are, as they are written; or none.

    Examples ("such as 'a' or 'b'") and lists that go on ("etc.") are no alternatives.
    """
    text = _EXEMPLI.sub("eg", _ID_EST.sub("ie", text[:LONGEST]))
    bullets = _BULLETS.search(text)
    if bullets:
        return _values([match[1] for match in _BULLET.finditer(bullets[1])])
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            before = re.split(r"[.!?;]\s|\n\n", text[: match.start(1)])[-1]
            if _EXAMPLE.search(before) or _OPEN.match(text[match.end(1) :]):
                continue
            found = _values(_items(match[1]))
            if found:
                return found
    return ()


def _items(listed: str) -> list[str]:
    parts = _ITEM.findall(listed)
    return [part for part in parts if part.lower() not in ("or", "and")]


def _values(items: list[str]) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(item.strip("\"'`“”‘’").strip() for item in items))
    bare = [item.lower() for item in items if item[0] not in "\"'`“‘"]
    if not 2 <= len(values) <= MOST or "" in values or not _KINDS.isdisjoint(bare):
        return ()
    return values
