"""Which turn of one log corresponds to which of another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

__all__ = ["Pair", "aligned", "similarity"]

Pair = tuple[int | None, int | None]
"""Places in two sequences that correspond; ``None`` where one lacks it."""

_LEAST_SIMILAR = 0.3
"""Turns in which less of the words is the same are other turns."""
_NOT_KNOWN = 0.5
"""How similar words are to words that nobody wrote down."""
_MOST_CELLS = 40_000
"""Pairs of texts that are weighed against each other; more take seconds."""


def similarity(a: str, b: str) -> float:
    """How much of the words is the same, from 0 to 1 (Dice coefficient, in any order).

    Words that are not known are half the same as any.
    """
    if a == b:
        return 1.0 if a else 0.5 + _NOT_KNOWN / 2
    if not a or not b:
        return _NOT_KNOWN
    first, second = _words(a), _words(b)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else _NOT_KNOWN


def aligned(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Pair two sequences of texts in order, so that the paired ones are most similar in all.

    A global alignment (Needleman and Wunsch 1970) by `similarity`, robust to texts that one of them
    lacks or has beside. Where they are long, equal texts are paired first, and what lies between.
    """
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    pairs: list[Pair] = [(n, n) for n in range(head)]
    pairs += _shifted(_inner(inner_a, inner_b), head, head)
    pairs += [(len(a) - n, len(b) - n) for n in range(tail, 0, -1)]
    return pairs


def _inner(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    if len(a) * len(b) <= _MOST_CELLS:
        return _best(a, b)
    pairs: list[Pair] = []
    at_a = at_b = 0
    for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        between_a, between_b = a[at_a : block.a], b[at_b : block.b]
        small = len(between_a) * len(between_b) <= _MOST_CELLS
        between = (_best if small else _in_order)(between_a, between_b)
        pairs += _shifted(between, at_a, at_b)
        pairs += [(block.a + n, block.b + n) for n in range(block.size)]
        at_a, at_b = block.a + block.size, block.b + block.size
    return pairs


def _best(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    scores = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below = scores[i], scores[i + 1]
        for j in range(len(b) - 1, -1, -1):
            row[j] = max(below[j + 1] + _gain(a[i], b[j]), below[j], row[j + 1])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(a) and j < len(b):
        gain = _gain(a[i], b[j])
        if gain > 0 and scores[i][j] <= scores[i + 1][j + 1] + gain:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif scores[i][j] <= scores[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(n, None) for n in range(i, len(a))]
    return pairs + [(None, n) for n in range(j, len(b))]


def _in_order(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    both = min(len(a), len(b))
    pairs: list[Pair] = [(n, n) for n in range(both)]
    pairs += [(n, None) for n in range(both, len(a))]
    return pairs + [(None, n) for n in range(both, len(b))]


def _gain(a: str, b: str) -> float:
    return similarity(a, b) - _LEAST_SIMILAR


def _shifted(pairs: list[Pair], by_a: int, by_b: int) -> list[Pair]:
    return [(None if i is None else i + by_a, None if j is None else j + by_b) for i, j in pairs]


@lru_cache(maxsize=4096)
def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))
