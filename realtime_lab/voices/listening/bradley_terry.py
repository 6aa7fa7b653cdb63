"""Scores from paired comparisons: the Bradley-Terry model, with ties and the effect of order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ...errors import ListeningError
from ..measures.libraries import library
from ..measures.student import t_reach
from .choice_model import ChoiceModel

__all__ = ["BradleyTerry", "Comparison", "Estimate", "bradley_terry"]

_PRIOR = 0.25
_FEWEST_LISTENERS = 6


class Comparison(NamedTuple):
    """Two systems heard one after the other: ``outcome`` above 0 is for the second, 0 a tie."""

    first: str
    second: str
    outcome: float
    listener: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % confidence interval, which is infinite where there is none."""

    value: float
    low: float
    high: float

    def __repr__(self) -> str:
        if self.high == float("inf"):
            return f"{self.value:.2f}"
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True, slots=True)
class BradleyTerry:
    """Scores on a scale of log-odds: a difference of 1 means that odds of 2.72 to 1 are for it.

    The scores add up to 0, ``covariance`` is theirs. ``order`` is what being heard first adds (in
    log-odds), ``tie`` the log of Davidson's tie parameter (``None`` where nobody answered a tie).
    ``note`` says what to mind.
    """

    systems: tuple[str, ...]
    scores: dict[str, Estimate]
    covariance: np.ndarray
    order: Estimate | None
    tie: float | None
    comparisons: int
    interval: str
    """How the intervals were found."""
    note: str = ""

    def difference(self, one: str, other: str) -> tuple[float, float]:
        """The difference of two scores, and its standard error."""
        a, b = self.systems.index(one), self.systems.index(other)
        spread = self.covariance
        variance = spread[a, a] + spread[b, b] - 2 * spread[a, b]
        return self.scores[one].value - self.scores[other].value, float(np.sqrt(max(variance, 0)))

    def probability(self, one: str, other: str) -> float:
        """How probable it is that ``one`` is preferred, where there is no tie."""
        return float(1 / (1 + np.exp(-self.difference(one, other)[0])))


def bradley_terry(comparisons: Iterable[Comparison]) -> BradleyTerry:
    """Maximum-likelihood scores of systems from paired comparisons.

    The probabilities of first, second and tie are proportional to ``exp(a + order)``, ``exp(b)``
    and ``exp(tie + (a + b + order) / 2)``. Sources: R. A. Bradley and M. E. Terry, Biometrika 39
    (1952), 324-345; ties: R. R. Davidson, JASA 65 (1970), 317-328; order: R. R. Davidson and
    R. J. Beaver, Biometrics 33 (1977), 693-702. Intervals of 95 %: of six listeners and more by
    the spread between listeners, as answers of one person depend on each other
    (`ChoiceModel.covariance_of_listeners`, with Student's t); of fewer as if every answer were
    independent, which is too narrow where listeners answered many times.

    Where one group of systems won every comparison with the rest (L. R. Ford, American Mathematical
    Monthly 64 (1957), 28-33), and where every answer was a tie or for what came first, no finite
    scores are the most likely. A normal prior with a standard deviation of 2 holds all parameters
    then, intervals are those of the information matrix with it, and ``note`` says so.

    Raises:
        ListeningError: if there is no comparison of two systems.
    """
    comparisons = [c for c in comparisons if c.first != c.second]
    if not comparisons:
        raise ListeningError("there are no comparisons of two systems yet; listen first")
    systems = tuple(sorted({name for c in comparisons for name in (c.first, c.second)}))
    groups = _groups(systems, comparisons)
    features, chosen, has_tie, has_order = _features(systems, comparisons)
    model = ChoiceModel(features, chosen, np.zeros(features.shape[2]))
    held = len(groups) > 1 or model.is_separated
    if held:
        model = replace(model, prior=np.full(features.shape[2], _PRIOR))
    listeners = len(chosen)
    by_listeners = listeners >= _FEWEST_LISTENERS and not held
    covariance = model.covariance_of_listeners if by_listeners else model.covariance
    reach = t_reach(listeners - 1 if by_listeners else np.inf)
    n = len(systems)
    weights = model.weights.copy()
    weights[:n] -= weights[:n].mean()
    half = reach * np.sqrt(np.clip(np.diag(covariance), 0, None))
    estimates = [
        Estimate(float(w), float(w - h), float(w + h)) for w, h in zip(weights, half, strict=True)
    ]
    return BradleyTerry(
        systems=systems,
        scores=dict(zip(systems, estimates, strict=False)),
        covariance=covariance[:n, :n],
        order=estimates[-1] if has_order else None,
        tie=float(weights[n]) if has_tie else None,
        comparisons=len(comparisons),
        interval=f"spread between {listeners} listeners" if by_listeners else "information matrix",
        note=_held(groups) if held else "",
    )


def _features(
    systems: tuple[str, ...], comparisons: Sequence[Comparison]
) -> tuple[np.ndarray, np.ndarray, bool, bool]:
    """What each outcome of each ordered pair adds up, and how often each listener chose it.

    Ordered pairs × (first, second, tie) × (systems, tie, order), and listeners × the first two.
    """
    place = {name: i for i, name in enumerate(systems)}
    pairs = sorted({(c.first, c.second) for c in comparisons})
    row = {pair: i for i, pair in enumerate(pairs)}
    has_tie = any(c.outcome == 0 for c in comparisons)
    # Which is better and which came first can only be told apart where orders change.
    has_order = any((b, a) in row for a, b in pairs)
    size = len(systems) + has_tie + has_order
    features = np.zeros((len(pairs), 2 + has_tie, size))
    for i, (first, second) in enumerate(pairs):
        features[i, 0, place[first]] = features[i, 1, place[second]] = 1
        if has_order:
            features[i, 0, -1] = 1
        if has_tie:
            features[i, 2, [place[first], place[second]]] = 0.5
            features[i, 2, len(systems)] = 1
            if has_order:
                features[i, 2, -1] = 0.5
    listeners = {name: i for i, name in enumerate(dict.fromkeys(c.listener for c in comparisons))}
    chosen = np.zeros((len(listeners), *features.shape[:2]))
    for c in comparisons:
        outcome = 2 if c.outcome == 0 else int(c.outcome > 0)
        chosen[listeners[c.listener], row[c.first, c.second], outcome] += 1
    return features, chosen, has_tie, has_order


def _groups(systems: tuple[str, ...], comparisons: Iterable[Comparison]) -> list[list[str]]:
    """Systems in groups, within which everybody has beaten everybody along some chain."""
    coo_array = library("scipy.sparse").coo_array
    connected_components = library("scipy.sparse.csgraph").connected_components
    place = {name: i for i, name in enumerate(systems)}
    won: set[tuple[int, int]] = set()
    for c in comparisons:
        first, second = place[c.first], place[c.second]
        if c.outcome <= 0:
            won.add((first, second))
        if c.outcome >= 0:
            won.add((second, first))
    rows, columns = zip(*sorted(won), strict=True)
    graph = coo_array((np.ones(len(won)), (rows, columns)), shape=(len(systems), len(systems)))
    count, labels = connected_components(graph, directed=True, connection="strong")
    return [[s for s, of in zip(systems, labels, strict=True) if of == k] for k in range(count)]


def _held(groups: list[list[str]]) -> str:
    if len(groups) > 1:
        told = " | ".join(", ".join(group) for group in groups)
        why = f"no chain of wins leads both ways between these groups: {told}"
    else:
        why = (
            "the answers are too one-sided for a model (all ties, or all for what came first, say)"
        )
    return (
        f"{why}; the scores rest on a prior (normal, standard deviation 2), and their distances "
        "grow with it: more listeners would settle them"
    )
