"""Words: of names and sentences, and what some of them mean. English; other languages pass."""

from __future__ import annotations

import re
from functools import lru_cache

from .word_set import word_set

__all__ = [
    "content_words",
    "in_one_line",
    "is_english",
    "is_verb",
    "last_word",
    "says_form",
    "says_unit",
    "sentence_words",
    "verb_of",
    "words_of",
]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_SPOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOP = word_set(
    "a an the of to for in on at by with from and or is are be this that these those it its as "
    "into all any some user users user's given specified provided which whose will can"
)
_ENGLISH = word_set(
    "the a an of to for and or is in on with from by when this that which if whether how what "
    "your my at as one"
)
_VERBS = word_set(
    "accept activate add adjust align allow analyse analyze answer append apply approve archive "
    "arm ask assign attach authenticate authorise authorize block book break browse build buy "
    "calculate call cancel capture change charge chat check choose classify clean clear close "
    "collect combine compare compile complete compose compute confirm connect consult contact "
    "continue control convert copy count create crop cut deactivate debug decode decrease "
    "decrypt delete deliver deny deploy describe detect determine dial dim disable disarm "
    "disconnect discard dispatch display divide do double download draft draw drop edit email "
    "emit empty enable encode encrypt end enqueue enroll ensure enter erase escalate estimate "
    "evaluate examine exchange execute exit expand explain export extend extract fetch file "
    "fill filter find finish fire fix flag flip fold follow format forward free generate get "
    "give go grant greet group guess halt handle hand hang hide highlight hold identify import "
    "improve include increase index indicate infer inform initiate insert inspect install "
    "invite invoke issue join keep kill label launch leave lend let limit link list listen load "
    "locate lock log login logout look lookup lower make manage map mark match measure merge "
    "migrate mix modify monitor move multiply mute navigate note notify obtain offer open "
    "operate optimise optimize order organise organize page park parse pause pay perform pick "
    "pin ping place plan play plot point poll post predict prepare press preview print process "
    "produce program propose provide publish pull purchase push put query queue quote raise "
    "rank rate reach read rebook receive recommend record redeem redo reduce refresh refund "
    "refuse register reject release reload remember remind remove rename render renew reorder "
    "repeat replace reply report request require reschedule reserve reset resolve respond "
    "restart restore resume retrieve retry return reverse review revoke ring roll rotate route "
    "run save say scan schedule score scroll search select send separate set share ship show "
    "shuffle shut sign simulate skip snooze solve sort speak specify spell split start stop "
    "store stream subscribe submit subtract suggest sum summarise summarize supply suspend swap "
    "switch sync take talk tell terminate test text tie toggle top track train transcribe "
    "transfer transform translate trigger trim turn type unarchive unblock undo unlock unmute "
    "unsubscribe update upgrade upload use validate verify view visit vote wait wake walk warn "
    "watch wipe write zoom"
)
_SYNONYMS = {
    **dict.fromkeys(("fetch", "retrieve", "read", "obtain", "lookup", "return", "show"), "get"),
    **dict.fromkeys(("remove", "erase", "drop", "discard"), "delete"),
    **dict.fromkeys(("add", "make", "insert", "new"), "create"),
    **dict.fromkeys(("edit", "modify", "change"), "update"),
    **dict.fromkeys(("find", "query"), "search"),
    **dict.fromkeys(("begin", "launch"), "start"),
    **dict.fromkeys(("halt", "end"), "stop"),
    "buy": "purchase",
    "details": "info",
    "information": "info",
    "data": "info",
}
_UNIT = re.compile(
    r"%|°|[$€£¥]|\b(?:km|kilomet(?:er|re)s?|m|met(?:er|re)s?|cm|centimet(?:er|re)s?|mm|"
    r"millimet(?:er|re)s?|miles?|mi|feet|foot|ft|inch(?:es)?|yards?|celsius|fahrenheit|kelvin|"
    r"degrees?|ms|milliseconds?|s|sec|secs|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|nights?|"
    r"weeks?|months?|years?|percent(?:age)?|fraction|ratio|usd|eur|gbp|chf|jpy|dollars?|euros?|"
    r"pounds?|cents?|yen|francs?|currency|currencies|kg|kilograms?|kilos?|g|grams?|mg|lbs?|ounces?|"
    r"oz|tons?|tonnes?|bytes?|kb|mb|gb|tb|kilobytes?|megabytes?|bits?|hz|khz|hertz|kmh|kph|mph|"
    r"knots?|kw|kwh|watts?|volts?|amps?|lux|lumens?|db|decibels?|bpm|rpm|lit(?:er|re)s?|ml|gallons?|"
    r"cups?|litres?|hectares?|acres?|pixels?|px|points?|tokens?|characters?|words?|lines?|pages?|"
    r"items?|entries|people|persons?|guests?|pieces?|tickets?|units?|shares|steps?|times|"
    r"hpa|pa|bar|psi|joules?|calories|kcal|how many|number of|scale|between|per)\b"
    r"|\bfrom -?[\d.]+ to\b|\b-?[\d.]+ ?(?:to|–|-) ?[\d.]+",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\biso[ -]?8601\b|\brfc ?\d|\byyyy|\bdd[./-]mm|\bmm[./-]dd|\bhh:?mm|\bunix\b|\bepoch\b|"
    r"\be\.?g\b|\bfor (?:example|instance)\b|\bsuch as\b|\b(?:like|as in) ['\"`“]|"
    r"\bformat(?:ted)?\b|['\"`“][^'\"`”]*\d[^'\"`”]*['\"`”]|"
    r"\d{4}-\d\d|\d\d:\d\d|\bnatural language\b|\bas (?:the )?(?:user|caller|customer|guest)s? "
    r"(?:said|says|put|told)|\bin words\b",
    re.IGNORECASE,
)


def words_of(name: str) -> list[str]:
    """The words of a name in any style, in lower case: ``getHTTPCode2`` has four."""
    return [word.lower() for word in _WORD.findall(name)]


def sentence_words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return [word.lower() for word in _SPOKEN.findall(text)]


@lru_cache(4096)
def content_words(text: str) -> frozenset[str]:
    """What a text is about: without articles and the like, plurals and synonyms made one."""
    return frozenset(
        _SYNONYMS.get(word, _singular(_SYNONYMS.get(word, word)))
        for word in map(verb_of, sentence_words(text))
        if word not in _STOP
    )


def is_english(text: str) -> bool:
    """Whether a text is likely to be English: only then are its words judged."""
    return not _ENGLISH.isdisjoint(sentence_words(text)) or len(text) < 12


def is_verb(word: str) -> bool:
    """Whether a word may be a verb."""
    return verb_of(word) in _VERBS or word.endswith(("ify", "ise", "ize", "ate"))


@lru_cache(4096)
def verb_of(word: str) -> str:
    """``gets`` and ``getting`` as ``get``, where that is a known verb."""
    for ending, instead in (
        ("", ""),
        ("es", ""),
        ("s", ""),
        ("ies", "y"),
        ("ing", ""),
        ("ing", "e"),
    ):
        if word.endswith(ending):
            stem = word.removesuffix(ending) + instead
            if stem in _VERBS:
                return stem
    return word


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def last_word(text: str) -> str:
    """What a short description calls the thing: ``date`` of "Departure date (optional)"."""
    phrase = re.split(r"[.(,;:]", text, maxsplit=1)[0]
    words = sentence_words(phrase)
    return words[-1] if 0 < len(words) <= 5 else ""


def says_unit(text: str) -> bool:
    """Whether a text names a unit, a scale or what is counted."""
    return bool(_UNIT.search(text))


def in_one_line(text: str) -> str:
    """A text as one line that fits into a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def says_form(text: str) -> bool:
    """Whether a text says how a value is written, or gives an example."""
    return bool(_FORM.search(text))
