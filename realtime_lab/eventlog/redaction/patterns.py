"""What personal data and keys look like in a text.

A text is looked at in *runs*: words next to each other of which each could be part of something
personal, such as the groups of a number. What is found lies within one run, so a text that comes
in pieces can be judged run by run (`streaming.TextStream`).

Shapes of numbers look at what stands around them ``within`` a run. `prefilter` looks for them
without knowing the runs: what divides words is no neighbour then, and a word in front of a number
is looked for before its shape is.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "DIVIDER",
    "DIVIDES",
    "FINDERS",
    "GAP_CHARACTERS",
    "LABEL",
    "LABELS",
    "NOTABLE",
    "NUMBER_WORDS",
    "PUNCTUATION",
    "SPELLED_GAP",
    "TOKEN",
    "WORD",
    "Found",
    "card_shape",
    "figures_shape",
    "ibans",
    "phone_shape",
    "social_security_shape",
]

Found = tuple[int, int, str]
"""Beginning, end and kind of something within a run."""
Finder = Callable[[str, str], Iterator[Found]]
"""Gives what it finds in a run; its second argument is the character before the run, if any."""

# Scripts that put no spaces between words would make one endless word, so all above Cyrillic
# divides words, typographic quotes and dashes included.
DIVIDES = r'\s"{}\[\]<>;,|\\«»\u0530-\U0010ffff'
_CHAR = f"[^{DIVIDES}]"
TOKEN = re.compile(f"{_CHAR}+")
DIVIDER = re.compile(f"[{DIVIDES}]")
GAP_CHARACTERS = 4
"""Words further apart than this are in different runs."""

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    "o": 0, "oh": 0, "hundred": 100,
    **{word: value for value, word in enumerate((*_ONES, *_TEENS))},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3}
NUMBER_WORDS = sorted((*_VALUES, *_TIMES), key=len, reverse=True)
_NUMBER_WORD = "|".join(NUMBER_WORDS)
LABELS = (
    r"api.?key|account.?key|access.?key|subscription.?key|access.?signature|(?:access|refresh)_token"
    r"|client.?secret|secret|password|passwd|authorization|bearer"
)
LABEL = re.compile(LABELS, re.IGNORECASE)
PUNCTUATION = re.compile(r"[\W_]+")
# Looking at a letter first is many times quicker than trying every word without regard to case.
_FIRST = "".join(sorted({word[0] + word[0].upper() for word in (*_VALUES, *_TIMES)}))
NOTABLE = re.compile(
    rf"(?<!{_CHAR})(?:{_CHAR}*?[\d@]{_CHAR}*"
    rf"|(?:[^\w{DIVIDES}]*\b(?=[{_FIRST}])(?ai:{_NUMBER_WORD})\b)+[^\w{DIVIDES}]*"
    rf"|[A-Z]{{4}}|{_CHAR}*?(?=[aAbBcCpPrRsS])(?i:{LABELS}){_CHAR}*)(?!{_CHAR})"
)
"""A word that could be part of something personal."""

_SPACE = r"[ \u00a0\u202f]"
_DASH = r"[-\u2010\u2011\u2013]"


WORD = r"[^\W\u0530-\U0010ffff]"
"""A word character that divides no words."""


def _not_after(characters: str, *, within: bool) -> str:
    return rf"(?<![\w{characters}])" if within else rf"(?<![{characters}])"


def _word(*, within: bool) -> str:
    return r"\w" if within else WORD


# -- keys ------------------------------------------------------------------------------------------

_PREFIXED_KEYS = (
    r"(?<![A-Za-z0-9])(?:sk|ek|rk|pk)[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{8,}"
    r"|(?<![A-Za-z0-9])(?:gh[opsru]_|github_pat_|hf_|xox[abprs]-)[A-Za-z0-9_-]{16,}"
    r"|(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|AIza[\w-]{35})(?![\w-])"
    r"|(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}"
)
_KEYS = re.compile(
    rf"{_PREFIXED_KEYS}"
    r"|(?<![\w+/=-])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{64}|[A-Za-z0-9]{84})(?![\w+/=-])"
    r"|(?<![\w+/=-])(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)(?![\w+/=-])"
)
_LABELLED = re.compile(
    rf"(?:{LABELS}|(?<![a-z])(?:pwd|sig|token))[\"'\\]{{0,3}}\s?"
    r"(?:=\s?[\"'\\]{0,3}|:\s?(?:[\"'\\]{1,3}|(?=[^\s\"'\\,;&}]*\d)|(?=bearer\s)))"
    r"(?:(?:bearer|basic)\s+)?(?!(?:bearer|basic)\b)([^\s\"'\\,;&{}\[\]<>|]{6,})",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?<!\w)bearer\s+(?=[A-Za-z._~+/=-]*\d)([\w.~+/=-]{12,})", re.IGNORECASE)


def keys(run: str, _: str) -> Iterator[Found]:
    """Keys and tokens by their shape, and what follows a word such as ``api_key=``."""
    for match in _LABELLED.finditer(run):
        yield (*match.span(1), "key")
    for match in _BEARER.finditer(run):
        yield (*match.span(1), "key")
    for match in _KEYS.finditer(run):
        yield (*match.span(), "key")


# -- e-mail ----------------------------------------------------------------------------------------

_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]+@(?:[\w-]+\.)+[^\W\d_][\w-]+")


def emails(run: str, _: str) -> Iterator[Found]:
    """E-mail addresses."""
    if "@" in run:
        for match in _EMAIL.finditer(run):
            yield (*match.span(), "e-mail")


# -- account and card numbers ----------------------------------------------------------------------

# Not within base64, where one turns up by chance.
_IBAN_START = re.compile(r"(?<![A-Za-z0-9_+/])[A-Za-z]{2}\d{2}(?=[ \u00a0\u202f-]?[A-Za-z0-9])")
_IBAN_GROUP = re.compile(r"[ \u00a0\u202f-]?([A-Za-z0-9]+)")
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34


def ibans(run: str, _: str) -> Iterator[Found]:
    """International bank account numbers whose check digits are right (ISO 13616)."""
    for match in _IBAN_START.finditer(run):
        found, text, at = 0, match[0], match.end()
        while len(text) <= _LONGEST_IBAN and (group := _IBAN_GROUP.match(run, at)):
            text, at = text + group[1], group.end()
            if _SHORTEST_IBAN <= len(text) <= _LONGEST_IBAN and _is_iban(text):
                found = at
        if found:
            yield match.start(), found, "IBAN"


def _is_iban(text: str) -> bool:
    turned = text[4:] + text[:4]
    return turned.isascii() and int(turned.translate(_FIGURES_OF)) % 97 == 1


_FIGURES_OF = {ord(sign): str(int(sign, 36)) for sign in string.ascii_letters}


_CARD_GAP = rf"(?:{_SPACE}|{_DASH}|\.|,{_SPACE})"


def card_shape(*, within: bool) -> str:
    """13 to 19 digits in usual groups."""
    return (
        rf"{_not_after('.', within=within)}"
        rf"(?:[2-6]\d{{3}}{_CARD_GAP}(?:\d{{4}}{_CARD_GAP}\d{{4}}(?:{_CARD_GAP}\d{{1,4}}){{1,2}}"
        rf"|\d{{6}}{_CARD_GAP}\d{{4,5}})|[2-6]\d(?:{_CARD_GAP}\d\d){{6,8}}"
        rf"|[2-6](?:{_CARD_GAP}\d){{12,18}}|[2-6]\d{{12,18}})(?!{_word(within=within)})"
    )


_CARDS = re.compile(card_shape(within=True))
_LAST_GROUP = re.compile(r"\D+\d+$")


def cards(run: str, _: str) -> Iterator[Found]:
    """Numbers of payment cards: 13 to 19 digits in usual groups, right by Luhn's formula."""
    at = 0
    while match := _CARDS.search(run, at):
        text: str = match[0]
        while text and not _is_card(re.sub(r"\D", "", text)):
            shorter = _LAST_GROUP.sub("", text)
            text = shorter if shorter != text else ""
        if text:
            yield match.start(), match.start() + len(text), "card"
        at = match.start() + max(len(text), 1)


def _is_card(digits: str) -> bool:
    if not (13 <= len(digits) <= 19 and digits[0] in "23456"):
        return False
    total = sum(map(int, digits[-1::-2]))
    return (total + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])) % 10 == 0


_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


# -- telephone -------------------------------------------------------------------------------------

_BETWEEN = r"[ .\-/()\u00a0\u202f\u2010\u2011\u2013]"


def phone_shape(*, within: bool) -> str:
    """Telephone numbers as they are usually written."""
    word = _word(within=within)
    alone = _not_after(".+:/=-", within=within)
    national = _not_after(".,+:/=-" if within else ".+:/=-", within=within)
    return (
        # international
        rf"{_not_after('+.', within=within)}(?:\+|00(?=[1-9]))\d(?:{_BETWEEN}{{0,3}}\d){{7,14}}"
        rf"(?!{word}|[.:]\d)"
        # North America: 415-555-0123, (415) 555-0123, 4155550123, 555-0123
        rf"|{_not_after('.+-', within=within)}(?:1{_BETWEEN})?"
        rf"(?:\([2-9]\d\d\){_SPACE}?|[2-9]\d\d[ .\-\u2011\u2013\u00a0])"
        rf"\d{{3}}[ .\-\u2011\u2013\u00a0]?\d{{4}}(?!{word}|-)"
        rf"|{alone}1?[2-9]\d{{9}}(?!{word}|[.:/-]{word})"
        rf"|{alone}\d{{3}}{_DASH}\d{{4}}(?!{word}|[.:/-]{word})"
        # national, with the 0 before the area code
        rf"|{national}\(?0[1-9]\d{{0,4}}\)?(?:[ /\-\u2011\u2013\u00a0]{{0,2}}\d{{2,}}){{1,5}}"
        rf"(?!{word}|[.:]\d)"
        rf"|{national}0[1-9](?:\.\d\d){{4}}(?!{word}|\.{word})"
    )


_PHONES = re.compile(phone_shape(within=True))


def phones(run: str, _: str) -> Iterator[Found]:
    """Telephone numbers as they are usually written; not those that are spelled out."""
    for match in _PHONES.finditer(run):
        digits = sum(map(str.isdigit, match[0]))
        if match[0].lstrip("(")[:1] != "0" or 9 <= digits <= 16:
            yield (*match.span(), "phone")


# -- numbers digit by digit ------------------------------------------------------------------------

_UNIT = rf"(?:(?ai:{_NUMBER_WORD})|\d{{1,4}})"
SPELLED_GAP = r"[\s,.\-\u2010\u2011\u2013\u2026]"
_SPELLED = re.compile(rf"(?<![\w.:]){_UNIT}(?:{SPELLED_GAP}{{1,3}}{_UNIT})+(?!\w|[.:]\d)")


def figures_shape(*, within: bool) -> str:
    """Seven or more figures one by one."""
    before, word = _not_after(".:", within=within), _word(within=within)
    return rf"{before}\d(?:{SPELLED_GAP}{{1,3}}\d){{6,}}(?!{word}|[.:]\d)"


def social_security_shape(*, within: bool) -> str:
    """US social security numbers."""
    before, word = _not_after("-", within=within), _word(within=within)
    return rf"{before}\d{{3}}{_DASH}\d\d{_DASH}\d{{4}}(?!{word}|-)"


_FIGURES = re.compile(figures_shape(within=True))
_HAS_NUMBER_WORD = re.compile(rf"\b(?ai:{_NUMBER_WORD})\b")
_WORD = re.compile(r"\w+")
_SPELLED_DIGITS = 7
_SOCIAL_SECURITY = re.compile(social_security_shape(within=True))


def spelled_cards(run: str, before: str) -> Iterator[Found]:
    """Numbers of cards, digit by digit."""
    for start, end, digits in _spelled(run, before):
        if _is_card(digits):
            yield start, end, "card"


def numbers(run: str, before: str) -> Iterator[Found]:
    """Seven or more digits one by one, in English words or figures; US social security numbers.

    Somebody who counts says no number.
    """
    for match in _SOCIAL_SECURITY.finditer(run):
        yield (*match.span(), "number")
    for start, end, _ in _spelled(run, before):
        yield start, end, "number"


def _spelled(run: str, before: str) -> Iterator[tuple[int, int, str]]:
    for match in _FIGURES.finditer(run):
        # With a bracket in front of them they are data.
        if (run[match.start() - 1] if match.start() else before) != "[":
            words = _WORD.findall(match[0])
            if not _is_counting(words):
                yield (*match.span(), "".join(words))
    if not _HAS_NUMBER_WORD.search(run):
        return
    for match in _SPELLED.finditer(run):
        words = [word.lower() for word in _WORD.findall(match[0])]
        figures = [word for word in words if word.isdigit()]
        if len(figures) == len(words):
            continue
        digits = _digits_of(words)
        counts = len(digits) if figures or _is_single(words) else len(words)
        if counts >= _SPELLED_DIGITS and not _is_counting(words):
            yield (*match.span(), digits)


def _digits_of(words: Sequence[str]) -> str:
    digits, times = "", 1
    for word in words:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        digits += (word if word.isdigit() else str(_VALUES[word])) * times
        times = 1
    return digits


def _is_single(words: Sequence[str]) -> bool:
    """Whether every word is one digit."""
    return all(word.isdigit() or word in _TIMES or _VALUES[word] < 10 for word in words)


def _is_counting(words: Sequence[str]) -> bool:
    if any(word in _TIMES for word in words):
        return False
    values = [int(word) if word.isdigit() else _VALUES[word] for word in words]
    steps = {after - before for before, after in itertools.pairwise(values)}
    return len(steps) == 1 and steps != {0}


_SEVEN_DIGITS = re.compile(r"(?:\D*\d){7}")
_SPELLED_OUT = re.compile(rf"(?:\D*\d){{7}}|(?:.*?\b(?ai:{_NUMBER_WORD})\b)", re.DOTALL)

FINDERS: dict[str, tuple[tuple[re.Pattern[str], Finder], ...]] = {
    "keys": ((re.compile(r"(?s).{11}"), keys),),
    "emails": ((re.compile(r"[^@]+@"), emails),),
    "ibans": ((_SEVEN_DIGITS, ibans),),
    "cards": ((_SEVEN_DIGITS, cards), (_SPELLED_OUT, spelled_cards)),
    "phones": ((_SEVEN_DIGITS, phones),),
    "numbers": ((_SPELLED_OUT, numbers),),
}
"""What looks for what, and how a run begins in which it can find something.

Those come first whose findings go before the others'.
"""
