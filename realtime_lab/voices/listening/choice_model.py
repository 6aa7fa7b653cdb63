"""A conditional logit model: which of a few outcomes was chosen, by what each adds up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..measures.libraries import library

__all__ = ["ChoiceModel"]

Floats = NDArray[np.float64]
_STEPS = 100
_CLOSE_ENOUGH = 1e-10
_SINGULAR = 1e-10
"""Of the largest eigenvalue; below lies what no answer says anything of."""


@dataclass(frozen=True)
class ChoiceModel:
    """The probability of an outcome is proportional to ``exp`` of what its features add up.

    ``features`` are questions × outcomes × parameters, ``chosen`` counts answers: listeners ×
    questions × outcomes. ``prior`` is the precision of a normal prior of each parameter around 0;
    0 is none. Parameters that the answers do not settle are 0, as far as they can be. Source:
    D. McFadden, Conditional logit analysis of qualitative choice behavior (1974).
    """

    features: Floats
    chosen: Floats
    prior: Floats

    @cached_property
    def is_separated(self) -> bool:
        """Whether no finite parameters are the most likely.

        Some change of them, however often it is repeated, then makes no answer less probable and
        some more. The prior is not looked at. Source: A. Albert and J. A. Anderson, Biometrika 71
        (1984), 1-10.
        """
        questions, outcomes = np.nonzero(self.chosen.sum(axis=0))
        chosen = self.features[questions, outcomes]
        gains = (chosen[:, None] - self.features[questions]).reshape(-1, chosen.shape[1])
        most = library("scipy.optimize").linprog(
            -gains.sum(axis=0), A_ub=-gains, b_ub=np.zeros(len(gains)), bounds=(-1, 1)
        )
        return bool(-most.fun > _CLOSE_ENOUGH)

    @cached_property
    def weights(self) -> Floats:
        """The most likely parameters, by Newton's method; the log-likelihood is concave.

        A step that leads beyond the top is halved.
        """
        weights = np.zeros(self.features.shape[2])
        reached = self._likelihood(weights)
        for _ in range(_STEPS):
            step = self._inverse(weights) @ (self._scores(weights).sum(axis=0))
            while (found := self._likelihood(weights + step)) < reached and step.any():
                step = np.where(np.abs(step) < _CLOSE_ENOUGH, 0, step / 2)
            weights, reached = weights + step, found
            if np.abs(step).max() < _CLOSE_ENOUGH:
                break
        return weights

    @cached_property
    def covariance(self) -> Floats:
        """That of the parameters as if every answer were independent: the information, inverted."""
        return self._inverse(self.weights)

    @cached_property
    def covariance_of_listeners(self) -> Floats:
        """That of the parameters where answers of one listener may depend on each other.

        The sandwich estimator over listeners, times n / (n - 1) of n listeners. Source: K.-Y. Liang
        and S. L. Zeger, Biometrika 73 (1986), 13-22.
        """
        scores = self._scores(self.weights)
        listeners = len(scores)
        between = scores.T @ scores * listeners / (listeners - 1)
        return self.covariance @ between @ self.covariance

    def _likelihood(self, weights: Floats) -> float:
        """The logarithm of the likelihood, with the prior."""
        logarithms = self._logarithms(weights)
        return float((self.chosen * logarithms).sum() - (self.prior * weights**2).sum() / 2)

    def _logarithms(self, weights: Floats) -> Floats:
        """Those of the probabilities: questions × outcomes."""
        added = self.features @ weights
        added = added - added.max(axis=1, keepdims=True)
        return added - np.log(np.exp(added).sum(axis=1, keepdims=True))

    def _scores(self, weights: Floats) -> Floats:
        """The gradient of the log-likelihood, of each listener; the prior's share is divided."""
        expected = np.exp(self._logarithms(weights)) * self.chosen.sum(axis=2, keepdims=True)
        scores = np.einsum("lpo,pof->lf", self.chosen - expected, self.features)
        return scores - self.prior * weights / len(self.chosen)

    def _inverse(self, weights: Floats) -> Floats:
        """The inverse of the information, as far as it has one."""
        shares, counts = np.exp(self._logarithms(weights)), self.chosen.sum(axis=(0, 2))
        mean = np.einsum("po,pof->pf", shares, self.features)
        squares = np.einsum("p,po,pof,pog->fg", counts, shares, self.features, self.features)
        information = squares - np.einsum("p,pf,pg->fg", counts, mean, mean) + np.diag(self.prior)
        return np.linalg.pinv(information, rcond=_SINGULAR, hermitian=True)
