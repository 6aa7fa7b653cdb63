"""Sees at a glance that there is nothing personal in a text, as there is not in most of it.

To look at every word takes time. What is asked here is less: could anything be found at all? The
shapes of `patterns` are looked for wherever they may stand, not run by run, so that more is
suspected than is found, and nothing is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .patterns import (
    DIVIDES,
    LABELS,
    NUMBER_WORDS,
    SPELLED_GAP,
    WORD,
    card_shape,
    figures_shape,
    ibans,
    phone_shape,
    social_security_shape,
)

__all__ = ["SLICE", "may_hold", "slices"]

SLICE = 2048
"""Characters that are looked at together; more, where the text cannot be cut."""


def _either(words: Sequence[str]) -> str:
    """A pattern for any of these words that looks at each letter once."""
    rest: dict[str, list[str]] = {}
    for word in words:
        rest.setdefault(word[:1], []).append(word[1:])
    branches = [first + _either(more) for first, more in sorted(rest.items()) if first]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if '' in rest else ''}"


_NUMBER_WORD = _either(NUMBER_WORDS)
_GAPS = [SPELLED_GAP * count for count in (1, 2, 3)]
_BEHIND_A_WORD = "|".join(rf"(?<=[A-Za-z]{gap})" for gap in _GAPS)
_BEHIND_A_NUMBER_WORD = "|".join(
    rf"(?<=(?ai:{'|'.join(word for word in NUMBER_WORDS if len(word) == length)}){gap})"
    for length in sorted({len(word) for word in NUMBER_WORDS})
    for gap in _GAPS
)
_IBAN = r"(?<=(?<![A-Za-z0-9_+/])[A-Za-z][A-Za-z])\d\d(?:[ \u00a0\u202f-]?[A-Za-z0-9]){11}"
_SHAPES = (card_shape, phone_shape, figures_shape, social_security_shape)
_SUSPECT = (
    rf"(?<!{WORD})(?:{'|'.join(shape(within=False) for shape in _SHAPES)})"
    # A number of which one part is said and another is written.
    rf"|(?<={SPELLED_GAP})(?={_BEHIND_A_WORD})(?:{_BEHIND_A_NUMBER_WORD})"
)
_SAID_ON = rf"{SPELLED_GAP}{{1,3}}(?ai:{_NUMBER_WORD})(?!{WORD})"


def _plain(suspect: str) -> re.Pattern[str]:
    """As much of a text as holds nothing of that kind that begins with a figure."""
    return re.compile(rf"(?:[^\d(+]++|(?!{suspect})(?:\d++(?!{_SAID_ON})|[(+]))*+")


_PLAIN = _plain(f"{_SUSPECT}|{_IBAN}")
_PLAIN_BUT_ACCOUNTS = _plain(_SUSPECT)
_FOUR_SAID = rf"{_NUMBER_WORD}(?:{SPELLED_GAP}{{1,3}}{_NUMBER_WORD}){{3}}(?!{WORD})"
_OTHER_GAPS = "".join(
    chr(code) for code in range(0xFFFF) if re.match(SPELLED_GAP, chr(code)) and chr(code) != " "
)
# Two patterns, as one that begins with a certain sign is many times quicker.
_SAID = (re.compile(f" {_FOUR_SAID}"), re.compile(f"[{re.escape(_OTHER_GAPS)}]{_FOUR_SAID}"))
"""Seven digits in words alone take five words, of which four stand behind a gap."""
_EMAIL = re.compile(r"@(?<=[\w.%+'-]@)[\w-]+\.")
_LABELS = ("key", "secret", "passw", "authorization", "bearer", "pwd", "sig", "token")
_LABELLED = re.compile(rf"(?:{LABELS}|pwd|sig|token)[\"'\\]{{0,3}}\s?[=:]|bearer\s")
_PREFIXES = {"_": ("k_", "hf_", "gh"), "-": ("k-", "xox"), "": ("AKIA", "AIza", "eyJ")}
"""How keys begin, by a sign that is in it."""
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sk|ek|rk|pk)[-_](?=[A-Za-z_-]*\d)|gh[opsru]_|github_pat_|hf_|xox"
    r"|AKIA[0-9A-Z]{16}|AIza|eyJ[A-Za-z0-9_-]{8,}\.)"
)
_UNNAMED = re.compile(
    rf"(?<!{WORD})(?<![+/=-])(?:[0-9a-fA-F]{{32}}|[0-9a-fA-F]{{64}}|[A-Za-z0-9]{{84}}"
    rf"|[A-Za-z0-9+/]{{43}}=|[A-Za-z0-9+/]{{86}}==)(?!{WORD})(?![+/=-])"
)
_LENGTH_UNNAMED = b"a" * 32
_ALIKE = bytes(
    ord("a" if c < 128 and (chr(c).isalnum() or c in b"+/") else " ") for c in range(256)
)
"""Makes one letter of all that a key is made of which is known by its length alone."""
_FOLDED = "İıſ\u212a"
"""What is not of ASCII and counts as ``i``, ``s`` or ``k`` where case does not."""


def may_hold(text: str) -> bool:
    """Whether anything could be found in it."""
    if text.isascii():
        plain = text.encode()
    elif any(letter in text for letter in _FOLDED):
        return True
    else:
        plain = text.encode("ascii", "replace")
    lower = text.lower()
    return (
        _may_hold_a_number(text)
        or any(said.search(lower) for said in _SAID)
        or ("@" in text and _EMAIL.search(text) is not None)
        or _may_hold_a_label(lower)
        or _may_hold_a_prefix(text)
        or (_LENGTH_UNNAMED in plain.translate(_ALIKE) and _UNNAMED.search(text) is not None)
    )


def _may_hold_a_number(text: str) -> bool:
    if _is_all(_PLAIN, text):
        return False
    # What begins as the number of an account mostly is none, by its check digits.
    return not _is_all(_PLAIN_BUT_ACCOUNTS, text) or any(True for _ in ibans(text, ""))


def _is_all(pattern: re.Pattern[str], text: str) -> bool:
    match = pattern.match(text)
    return match is not None and match.end() == len(text)


def _may_hold_a_label(lower: str) -> bool:
    if not (":" in lower or "=" in lower or "bearer" in lower):
        return False
    return any(label in lower for label in _LABELS) and _LABELLED.search(lower) is not None


def _may_hold_a_prefix(text: str) -> bool:
    begins = (prefix for sign, known in _PREFIXES.items() if sign in text for prefix in known)
    return any(prefix in text for prefix in begins) and _PREFIXED.search(text) is not None


_PLAIN_WORDS = re.compile(rf"(?<=[{DIVIDES}])([a-z]{{2,}})[{DIVIDES}]+([a-z]{{2,}})(?=[{DIVIDES}])")
_MAY_BE_OF_A_LABEL = re.compile(
    "api|key|account|access|subscription|signature|refresh|token|client|secret|passw|authorization"
    "|bearer|basic|pwd|sig"
)


def slices(text: str, size: int = SLICE) -> Iterator[str]:
    """The text in pieces of about that many characters, none of which cuts a run.

    Two words that are no part of anything personal end every run: the first may at most be the
    value of a label before it.
    """
    start = 0
    while start < len(text):
        end = _end_of_run(text, start + size)
        yield text[start:end]
        start = end


def _end_of_run(text: str, at: int) -> int:
    for words in _PLAIN_WORDS.finditer(text, at):
        if not any(
            word in _NUMBER_WORDS or _MAY_BE_OF_A_LABEL.search(word) for word in words.groups()
        ):
            return words.end()
    return len(text)


_NUMBER_WORDS = frozenset(NUMBER_WORDS)
