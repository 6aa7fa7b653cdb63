"""Deployments: the names that clients ask for, and what answers under each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..protocol import PROFILES, Profile, profile_of
from .limits import LimitsChange, RateLimits

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
    With ``strict`` there are no deployments but those that ``profiles`` names.
    ``session_seconds`` ends sessions at another time than the model's own; ``limits`` are for all
    deployments, in place of the model's own.
    """

    def __init__(
        self,
        profiles: Mapping[str, str] | None = None,
        *,
        strict: bool = False,
        session_seconds: int | None = None,
        limits: LimitsChange | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._profiles = dict(profiles or {})
        self._strict = strict
        self._session_seconds = session_seconds
        self._limits = limits or LimitsChange()
        self._clock = clock
        self._made: dict[tuple[str, str], Deployment] = {}

    def __iter__(self) -> Iterator[Deployment]:
        """Those that were asked for so far."""
        return iter(list(self._made.values()))

    @property
    def mapped(self) -> Mapping[str, str]:
        """The names that were given to models when the server was set up."""
        return self._profiles

    def offers(self, name: str) -> bool:
        """Whether there is a deployment of that name."""
        return not self._strict or name in self._profiles

    def find(self, name: str, dialect: str) -> Deployment:
        """The deployment that answers to ``name`` in that dialect."""
        profile = self._profile(name) or PROFILES[_DEFAULT_SNAPSHOT[dialect]]
        # The model is part of the key, as an unknown name means another one in each dialect.
        place = (name, profile.key)
        if place not in self._made:
            self._made[place] = self._make(name, profile)
        return self._made[place]

    def change_limits(self, change: LimitsChange, name: str | None = None) -> None:
        """Change the limits of the deployment ``name``; without a name of all, now and later.

        Raises:
            LookupError: if nothing is known of that name yet.
        """
        if name is None:
            self._limits = change.after(self._limits)
        elif self.offers(name) and (profile := self._profile(name)) is not None:
            self.find(name, profile.dialect)
        changed = [one for one in self if name in (None, one.name)]
        if name is not None and not changed:
            raise LookupError(name)
        for deployment in changed:
            deployment.limits.change(change)

    def _profile(self, name: str) -> Profile | None:
        return profile_of(self._profiles.get(name, name))

    def _make(self, name: str, profile: Profile) -> Deployment:
        seconds = self._session_seconds
        limits = RateLimits(
            profile.requests_per_minute,
            profile.tokens_per_minute,
            self._clock,
            connections_per_minute=profile.connections_per_minute,
        )
        limits.change(self._limits)
        return Deployment(
            name=name,
            profile=profile,
            limits=limits,
            session_seconds=profile.session_seconds if seconds is None else seconds,
        )
