"""Shares with their intervals, and the comparison of two shares of the same utterances."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb, sqrt
from statistics import NormalDist

__all__ = ["CONFIDENCE", "McNemar", "Share", "wilson"]

CONFIDENCE = 0.95


def wilson(successes: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The score interval of a proportion, without continuity correction.

    With *p* = successes / trials, *n* = trials and *z* the standard normal quantile at
    (1 + confidence) / 2, its ends are

        (2np + z² ± z √(z² + 4np(1 − p))) / (2 (n + z²))

    (E. B. Wilson 1927, J. Am. Stat. Assoc. 22, 209–212; method 3 of R. G. Newcombe 1998,
    Statistics in Medicine 17, 857–872). Of no trials nothing is known: 0 to 1.

    Raises:
        ValueError: for more successes than trials, or a confidence that is no share.
    """
    if not 0 <= successes <= trials or not 0 < confidence < 1:
        raise ValueError(f"{successes} of {trials} at {confidence} is no proportion")
    if not trials:
        return 0.0, 1.0
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    middle = 2 * successes + z2
    root = sqrt(z2 * (z2 + 4 * successes * (trials - successes) / trials))
    low, high = ((middle + sign * root) / (2 * (trials + z2)) for sign in (-1, 1))
    # The formula gives these ends exactly; floating point only nearly.
    return (0.0 if successes == 0 else low), (1.0 if successes == trials else high)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, as ``Share(45, 60)``; ``low`` and ``high`` are its `wilson` interval."""

    successes: int
    trials: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; ``None`` of nothing."""
        return self.successes / self.trials if self.trials else None

    @property
    def low(self) -> float:
        """The lower end of its 95 % interval."""
        return wilson(self.successes, self.trials)[0]

    @property
    def high(self) -> float:
        """The upper end of its 95 % interval."""
        return wilson(self.successes, self.trials)[1]

    @property
    def counts(self) -> str:
        """As ``45/60``."""
        return f"{self.successes}/{self.trials}"

    @property
    def interval(self) -> str:
        """As ``62–84 %``; a dash of nothing."""
        return f"{100 * self.low:.0f}–{100 * self.high:.0f} %" if self.trials else "–"

    @property
    def percent(self) -> str:
        """As ``75 %``; a dash of nothing."""
        return "–" if self.value is None else f"{100 * self.value:.0f} %"

    def __str__(self) -> str:
        return f"{self.percent} ({self.counts}, 95 % interval {self.interval})"


@dataclass(frozen=True)
class McNemar:
    """McNemar's exact (conditional) test of two shares of the same utterances.

    ``only_a`` and ``only_b`` are the numbers of utterances that only one of the two had right.
    If neither is better, each of these *n* is one or the other with equal chance, so that

        p = min(1, 2 Σ C(n, k) / 2ⁿ, k = 0 … min(only_a, only_b))

    (Q. McNemar 1947, Psychometrika 12, 153–157; the exact conditional test in M. W. Fagerland,
    S. Lydersen, P. Laake 2013, BMC Medical Research Methodology 13:91, who find it cautious).
    """

    only_a: int
    only_b: int
    both: int = 0
    neither: int = 0

    @property
    def pairs(self) -> int:
        """How many utterances were compared."""
        return self.only_a + self.only_b + self.both + self.neither

    @cached_property
    def p(self) -> float:
        """The two-sided p value; 1 where the two never differed."""
        n = self.only_a + self.only_b
        tail = sum(comb(n, k) for k in range(min(self.only_a, self.only_b) + 1))
        return min(1.0, 2 * tail / 2**n)

    @property
    def difference(self) -> float | None:
        """The share right with b less that with a; ``None`` of nothing."""
        return (self.only_b - self.only_a) / self.pairs if self.pairs else None

    def __str__(self) -> str:
        return (
            f"right with a alone {self.only_a}, with b alone {self.only_b}, with both {self.both}, "
            f"with neither {self.neither}: p = {self.p:.3g} (McNemar, exact, two-sided)"
        )
