"""Words, numbers and lists as people say them."""

# ruff: noqa: SIM905 -- word lists are easier to read as text
from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "digits",
    "expanded",
    "listed",
    "plain",
    "plain_words",
    "proper",
    "singular",
    "spaced",
    "spoken_number",
]

_CONTRACTIONS = (
    (r"\bwon't\b", "will not"),
    (r"\bcan't\b", "cannot"),
    (r"\b(let)'s\b", r"\1 us"),
    (r"n't\b", " not"),
    (r"\b(i)'m\b", r"\1 am"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"\b(what|who|where|when|how|that|it|he|she|there|here)'s\b", r"\1 is"),
    (r"\b(name|\w+(?='s (?:called|named)))'s\b", r"\1 is"),
    (r"\bwhats\b", "what is"),
    (r"\blets (?=talk|go|do|play|start|try|see)", "let us "),
    (r"\b(i)m (?=\w)", r"\1 am "),
)
_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}


def expanded(text: str) -> str:
    """``text`` without contractions: "I'm" is "I am", "my name's" is "my name is"."""
    text = text.replace("’", "'")
    for pattern, full in _CONTRACTIONS:
        text = re.sub(pattern, full, text, flags=re.IGNORECASE)
    return text


def plain(text: str) -> str:
    """``text`` in lower case without punctuation and contractions, numbers kept."""
    text = expanded(text.lower())
    return " ".join(re.findall(r"-?\d+(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)?", text))


def plain_words(text: str) -> list[str]:
    """The words of `plain`."""
    return plain(text).split()


def proper(name: str) -> str:
    """``name`` with capitals, if it was written without: "new york" is "New York"."""
    if name != name.lower():
        return name
    return " ".join(
        word if place and word in ("of", "de", "the", "la", "and", "on", "am") else _capital(word)
        for place, word in enumerate(name.split(" "))
    )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def spaced(name: str) -> str:
    """An identifier as words: ``getWeather_now`` is ``get weather now``."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.split(r"[\W_]+", name)).strip().lower()


def singular(word: str) -> str:
    """A rough stem, the same for ``light``, ``lights``, ``lighting``."""
    for ending in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) > 3 else word


def digits(text: str) -> str:
    """``text`` with spoken numbers as digits: "twenty three point five" is "23.5".

    Numbers that do not join stay apart: "four two" is "4 2".
    """
    tokens = re.findall(r"\s+|[^\s]+", text.replace("-", " ") if _hyphened(text) else text)
    out: list[str] = []
    index = 0
    while index < len(tokens):
        taken, value = (0, 0) if tokens[index].isspace() else _number_at(tokens, index)
        if taken:
            out.append(spoken_number(value) + _trailing(tokens[index + taken - 1]))
            index += taken
        else:
            out.append(tokens[index])
            index += 1
    return "".join(out)


def spoken_number(value: float) -> str:
    """A number with at most two decimals, as a synthesiser should get it."""
    rounded = round(value, 2)
    return str(int(rounded)) if rounded == int(rounded) else f"{rounded:g}"


def listed(entries: Sequence[str], joiner: str = "and") -> str:
    """``a, b and c``."""
    if len(entries) < 2:
        return "".join(entries)
    return f"{', '.join(entries[:-1])} {joiner} {entries[-1]}"


def _hyphened(text: str) -> bool:
    return re.search(rf"\b(?:{'|'.join(_TENS)})-[a-z]", text, re.IGNORECASE) is not None


def _bare(token: str) -> str:
    return token.lower().strip(".,!?;:\"'()")


def _trailing(token: str) -> str:
    return token[len(token.rstrip(".,!?;:\"')")) :]


def _number_at(tokens: Sequence[str], index: int) -> tuple[int, float]:
    """How many tokens from ``index`` make one spoken number, and that number."""
    words = [(at, _bare(tokens[at])) for at in range(index, len(tokens)) if tokens[at].strip()]
    negative = bool(words) and words[0][1] in ("minus", "negative")
    if negative:
        words = words[1:]
    total = group = 0
    last_kind, end, used = "", index, False
    position = 0
    while position < len(words):
        at, word = words[position]
        following = words[position + 1][1] if position + 1 < len(words) else ""
        if word in _ONES and (
            last_kind in ("", "scale") or (last_kind == "tens" and 0 < _ONES[word] < 10)
        ):
            group, last_kind = group + _ONES[word], "ones"
        elif word in _TENS and last_kind in ("", "scale"):
            group, last_kind = group + _TENS[word], "tens"
        elif word == "hundred" and last_kind in ("ones", "tens"):
            group, last_kind = group * 100, "scale"
        elif word in _SCALES and last_kind in ("ones", "tens", "scale"):
            total, group, last_kind = total + group * _SCALES[word], 0, "scale"
        elif word == "and" and last_kind == "scale" and (following in _ONES or following in _TENS):
            position += 1
            continue
        else:
            break
        used, end = True, at
        if _trailing(tokens[at]):
            break
        position += 1
    if not used:
        return 0, 0
    value: float = total + group
    if position < len(words) and words[position][1] == "point":
        decimals = []
        for at, word in words[position + 1 :]:
            if word not in _ONES or _ONES[word] > 9:
                break
            decimals.append(str(_ONES[word]))
            end = at
        if decimals:
            value += float("0." + "".join(decimals))
    return end - index + 1, -value if negative else value
