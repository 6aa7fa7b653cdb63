"""What is known of the models that speak this protocol: voices, limits, prices, dates.

Figures are those of the public documentation and price lists as of November 2026; prices are US
dollars per million tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["EIGHT_VOICES", "PROFILES", "Price", "Profile", "profile_of"]

LAUNCH_VOICES = ("alloy", "echo", "shimmer")
EIGHT_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
GA_VOICES = (*EIGHT_VOICES, "marin", "cedar")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, by kind."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of a model.

    ``context_tokens`` is the window, ``session_seconds`` the longest session; ``retired`` is the
    ISO date after which the service no longer offers it, ``None`` while it does.
    """

    name: str
    snapshot: str
    dialect: str
    voices: tuple[str, ...]
    price: Price
    context_tokens: int = 128_000
    max_output_tokens: int = 4_096
    session_seconds: int = 1_800
    tokens_per_minute: int = 100_000
    requests_per_minute: int = 1_000
    retired: str | None = None


_PREVIEW_PRICE = Price(5, 2.5, 20, 40, 2.5, 80)

PROFILES: Mapping[str, Profile] = {
    profile.snapshot: profile
    for profile in (
        Profile(
            name="gpt-4o-realtime-preview",
            snapshot="gpt-4o-realtime-preview-2024-10-01",
            dialect="preview",
            voices=EIGHT_VOICES,
            price=Price(5, 2.5, 20, 100, 20, 200),
            retired="2025-03-26",
        ),
        Profile(
            name="gpt-4o-realtime-preview",
            snapshot="gpt-4o-realtime-preview-2024-12-17",
            dialect="preview",
            voices=EIGHT_VOICES,
            price=_PREVIEW_PRICE,
            retired="2026-03-24",
        ),
        Profile(
            name="gpt-4o-realtime-preview",
            snapshot="gpt-4o-realtime-preview-2025-06-03",
            dialect="preview",
            voices=EIGHT_VOICES,
            price=_PREVIEW_PRICE,
            retired="2026-05-07",
        ),
        Profile(
            name="gpt-realtime",
            snapshot="gpt-realtime-2025-08-28",
            dialect="ga",
            voices=GA_VOICES,
            price=Price(4, 0.4, 16, 32, 0.4, 64),
            context_tokens=32_000,
            session_seconds=3_600,
        ),
    )
}


def profile_of(model: str) -> Profile | None:
    """The profile of a model or snapshot name; a bare model name means its first snapshot."""
    if model in PROFILES:
        return PROFILES[model]
    return next((p for p in PROFILES.values() if p.name == model), None)
