"""What was withdrawn, since when, and what follows it: models and api-versions.

The dates of models are those of their profiles. The api-versions are those that Azure's
documentation named for the Realtime API; its migration guide deprecates all of them, as the preview
protocol as a whole, from 30 April 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .profiles import PROFILES, Profile, profile_of

__all__ = [
    "API_VERSIONS",
    "LAST_PREVIEW_VERSION",
    "Retirement",
    "api_version_retirement",
    "model_retirement",
]

LAST_PREVIEW_VERSION = "2025-04-01-preview"
API_VERSIONS = ("2024-10-01-preview", "2024-12-01-preview", "2024-12-17", LAST_PREVIEW_VERSION)
"""Those that ever spoke the preview dialect, oldest first. The GA dialect has none."""
_NO_LONGER_SERVED = frozenset({"2024-10-01-preview"})
_PREVIEW_DEPRECATED = "2026-04-30"
_SUCCESSORS = {
    "gpt-4o-realtime-preview": "gpt-realtime",
    "gpt-4o-mini-realtime-preview": "gpt-realtime-mini",
    "gpt-realtime-mini-2025-10-06": "gpt-realtime-mini-2025-12-15",
    "gpt-realtime-mini": "gpt-realtime-2.1-mini",
    "gpt-realtime": "gpt-realtime-2.1",
    "gpt-realtime-1.5": "gpt-realtime-2.1",
}


@dataclass(frozen=True, slots=True)
class Retirement:
    """Something that was withdrawn, or will be.

    ``since`` is an ISO date, in the future where the state is ``announced``, and empty where none
    was published; ``successor`` is what to use instead, empty where nothing is known.
    """

    what: str
    state: Literal["retired", "deprecated", "announced"]
    since: str
    successor: str

    @property
    def is_over(self) -> bool:
        """Whether it has happened."""
        return self.state != "announced"

    def __str__(self) -> str:
        date = f" {self.since}" if self.since else ""
        when = {
            "retired": f"was retired{' on' + date if date else ''}",
            "deprecated": f"is deprecated{' since' + date if date else ''}",
            "announced": f"will be retired on{date}",
        }[self.state]
        return f"{self.what} {when}" + (f"; use {self.successor}" if self.successor else "")


def api_version_retirement(version: str) -> Retirement:
    """What became of an api-version: they are all withdrawn or about to be."""
    if version in _NO_LONGER_SERVED:
        successor = f"the GA dialect, which has none, or {LAST_PREVIEW_VERSION}"
        return Retirement(f"api-version {version}", "retired", "", successor)
    what = f"api-version {version}, as the whole preview protocol,"
    return Retirement(what, "deprecated", _PREVIEW_DEPRECATED, "the GA dialect, which has none")


def model_retirement(model: str, today: str) -> Retirement | None:
    """What became of a model by ``today`` (ISO); ``None`` for one that stays, or is not known.

    A bare name is retired when every version of it is.
    """
    known = [p for p in PROFILES.values() if p.name == model] or [profile_of(model)]
    ends = [(_end_of(profile), profile) for profile in known if profile is not None]
    if not ends or not all(end for end, _ in ends):
        return None
    since, last = max(ends, key=lambda end: end[0])
    successor = _SUCCESSORS.get(model) or _SUCCESSORS.get(last.name, "")
    state = "retired" if since <= today else "announced"
    return Retirement(f"the model {model}", state, since, successor)


def _end_of(profile: Profile) -> str:
    return profile.retired or profile.retires or ""
