"""Syllables of a text, and syllable nuclei of a recording."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

import numpy as np

from .definitions import Unknown
from .utterance import Utterance

__all__ = ["nuclei", "syllables"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_GROUPS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$|(?:[^aeiouytdl]|[aeiouy]l)ed$")
_VOWELS = frozenset(
    ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
)
_DIP_DB, _BELOW_LOUD_DB = 2.0, 25.0
_INTENSITY_FLOOR = 50.0


def syllables(text: str) -> int | Unknown:
    """How many syllables ``text`` has, spoken in English.

    Words of the CMU pronouncing dictionary (as pocketsphinx has it) have its vowels; any other has
    its groups of vowel letters, a silent e at the end left out, and at least one. Not counted at
    all are digits, which may be read in several ways, and letters that are not Latin.
    """
    if any(character.isdigit() for character in text):
        return Unknown("the text has digits, which may be read in several ways")
    composed = unicodedata.normalize("NFC", text.casefold())
    words = _WORD.findall(composed.replace("’", "'"))
    if not words:
        return Unknown("there is no text")
    plain = [_unaccented(word) for word in words]
    if not all(re.fullmatch(r"[a-z']+", word) for word in plain):
        return Unknown("the text is not in Latin letters")
    known = _dictionary()
    return sum(known.get(word) or _by_letters(word) for word in plain)


def nuclei(utterance: Utterance) -> int | Unknown:
    """How many syllable nuclei are heard, after de Jong & Wempe (2009).

    Peaks of the intensity that stand 2 dB above the dip after them, no more than 25 dB below the
    loudest frames, where the sound is voiced.
    """
    if reason := utterance.unvoiced_reason:
        return Unknown(reason)
    if utterance.seconds <= 6.4 / _INTENSITY_FLOOR:
        return Unknown("the audio is too short for its intensity to be followed")
    intensity = utterance.praat.to_intensity(_INTENSITY_FLOOR)
    level, times = intensity.values[0], intensity.xs()
    threshold = max(np.percentile(level, 99) - _BELOW_LOUD_DB, level.min())
    inner = level[1:-1]
    peaks = 1 + np.flatnonzero((inner > level[:-2]) & (inner >= level[2:]) & (inner > threshold))
    if not peaks.size:
        return 0
    dips = [level[a:b].min() for a, b in zip(peaks, [*peaks[1:], level.size], strict=True)]
    standing = [peak for peak, dip in zip(peaks, dips, strict=True) if level[peak] - dip > _DIP_DB]
    voiced = [utterance.pitch.get_value_at_time(times[peak]) for peak in standing]
    return int(np.count_nonzero(~np.isnan(voiced)))


def _unaccented(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _by_letters(word: str) -> int:
    letters = word.replace("'", "")
    return max(1, len(_GROUPS.findall(letters)) - bool(_SILENT_END.search(letters)))


@cache
def _dictionary() -> dict[str, int]:
    """Vowels of each word; empty where the dictionary cannot be found."""
    try:
        text = files("pocketsphinx").joinpath("model/en-us/cmudict-en-us.dict").read_text("utf-8")
    except (ImportError, OSError):
        return {}
    counts = {}
    for line in text.splitlines():
        word, *phones = line.split()
        if phones and "(" not in word:
            counts[word] = sum(phone in _VOWELS for phone in phones)
    return counts
