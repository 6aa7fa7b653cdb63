"""Deployments: the names that clients ask for, and what answers under each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..protocol import PROFILES, Profile, profile_of
from .limits import RateLimits

__all__ = ["Deployment", "Deployments"]

_DEFAULT_SNAPSHOT = {
    "preview": "gpt-4o-realtime-preview-2024-10-01",
    "ga": "gpt-realtime-2025-08-28",
}


@dataclass(frozen=True, slots=True)
class Deployment:
    """A model under a name, with the rate limits that all its sessions share.

    ``session_seconds`` is the longest a session may last.
    """

    name: str
    profile: Profile
    limits: RateLimits
    session_seconds: int


class Deployments:
    """The deployments of a server, made when they are first asked for.

    ``profiles`` maps deployment names to names of models or snapshots; a name that is not in it
    is taken for a model's own, and an unknown one gets the first model of the dialect.
    ``session_seconds`` ends sessions at another time than the model's own.
    """

    def __init__(
        self,
        profiles: Mapping[str, str] | None = None,
        *,
        session_seconds: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._profiles = dict(profiles or {})
        self._session_seconds = session_seconds
        self._clock = clock
        self._made: dict[str, Deployment] = {}

    def find(self, name: str, dialect: str) -> Deployment:
        """The deployment that answers to ``name`` in that dialect."""
        if name not in self._made:
            self._made[name] = self._make(name, dialect)
        return self._made[name]

    def _make(self, name: str, dialect: str) -> Deployment:
        model = self._profiles.get(name, name)
        profile = profile_of(model) or PROFILES[_DEFAULT_SNAPSHOT[dialect]]
        seconds = self._session_seconds
        return Deployment(
            name=name,
            profile=profile,
            limits=RateLimits(profile.requests_per_minute, profile.tokens_per_minute, self._clock),
            session_seconds=profile.session_seconds if seconds is None else seconds,
        )
