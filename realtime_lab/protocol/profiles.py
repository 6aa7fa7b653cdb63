"""What is known of the models that speak this protocol: voices, abilities, limits, prices, dates.

Figures are those of the public documentation and price lists as of November 2026; prices are US
dollars per million tokens. Where sources differ, Azure's documentation decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["EIGHT_VOICES", "PROFILES", "Features", "Price", "Profile", "profile_of"]

LAUNCH_VOICES = ("alloy", "echo", "shimmer")
EIGHT_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
GA_VOICES = (*EIGHT_VOICES, "marin", "cedar")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, by kind; ``None`` for what the model does not take."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float
    image_in: float | None = None
    image_cached: float | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """What some versions of a model can do and others refuse.

    The fields follow the settings they are about: ``turn_switches`` are ``create_response`` and
    ``interrupt_response`` of turn detection, ``retrieve`` is the client event that shows an item,
    ``caching`` the details of cached tokens in a usage. ``reasoning`` models think before they
    speak. ``error_codes`` is false where the errors that the first service told had no ``code``,
    and ``first_shapes`` true where a response is asked for, and told, with its fields: there was
    no ``conversation``, ``input`` or ``metadata`` yet. ``transcribers`` are the models that may
    write down the user's words; empty where any name may be a deployment of one.
    """

    images: bool = False
    mcp: bool = False
    reasoning: bool = False
    idle_timeout: bool = False
    semantic_vad: bool = True
    noise_reduction: bool = True
    speed: bool = True
    turn_switches: bool = True
    retrieve: bool = True
    caching: bool = True
    error_codes: bool = True
    first_shapes: bool = False
    transcribers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of a model.

    ``snapshot`` is what a session shows as its model. ``edition`` tells apart the states of one
    snapshot in the course of its life. ``context_tokens`` is the window, ``session_seconds`` the
    longest session. ``requests_per_minute`` and ``tokens_per_minute`` are what Azure's
    documentation says of a deployment; ``connections_per_minute`` is ``None`` where new
    connections count as requests.

    Dates are ISO: ``deprecated`` and ``retired`` lie in the past, ``retires`` is announced.
    """

    name: str
    snapshot: str
    dialect: str
    voices: tuple[str, ...]
    price: Price
    edition: str = ""
    features: Features = field(default_factory=Features)
    context_tokens: int = 128_000
    max_output_tokens: int = 4_096
    session_seconds: int = 1_800
    tokens_per_minute: int = 100_000
    requests_per_minute: int = 1_000
    connections_per_minute: int | None = None
    launched: str = ""
    deprecated: str | None = None
    retired: str | None = None
    retires: str | None = None

    @property
    def key(self) -> str:
        """The name by which the profile is found: snapshot and edition."""
        return f"{self.snapshot}-{self.edition}" if self.edition else self.snapshot

    def features_in(self, dialect: str) -> Features:
        """What the model can do in a dialect: the preview has no words for what came with GA."""
        if dialect == "ga":
            return self.features
        return replace(self.features, images=False, mcp=False, idle_timeout=False, reasoning=False)


_GPT_4O = "gpt-4o-realtime-preview"
_FIRST = f"{_GPT_4O}-2024-10-01"
_FIRST_PRICE = Price(5, 2.5, 20, 100, 20, 200)
_PREVIEW_PRICE = Price(5, 2.5, 20, 40, 2.5, 80)
_MINI_PRICE = Price(0.6, 0.06, 2.4, 10, 0.3, 20, 0.8, 0.08)
_LARGE_PRICE = Price(4, 0.4, 16, 32, 0.4, 64, 5, 0.5)
_THINKING_PRICE = Price(4, 0.4, 24, 32, 0.4, 64, 5, 0.5)
_GA = Features(images=True, mcp=True, idle_timeout=True)
_THINKING = Features(images=True, mcp=True, idle_timeout=True, reasoning=True)


def _preview(name: str, version: str, price: Price, **more: Any) -> Profile:
    more = {"voices": EIGHT_VOICES, **more}
    return Profile(name=name, snapshot=f"{name}-{version}", dialect="preview", price=price, **more)


def _ga(name: str, version: str, price: Price, **more: Any) -> Profile:
    more = {"features": _GA, "context_tokens": 32_000, "launched": version, **more}
    return Profile(
        name=name,
        snapshot=f"{name}-{version}",
        dialect="ga",
        voices=GA_VOICES,
        price=price,
        session_seconds=3_600,
        **more,
    )


_KNOWN = (
    # As the model's documentation describes it, with everything the last preview protocol has.
    _preview(
        _GPT_4O, "2024-10-01", _FIRST_PRICE,
        launched="2024-10-01", deprecated="2025-02-25", retired="2025-03-26",
    ),
    _preview(
        _GPT_4O, "2024-10-01", _FIRST_PRICE,
        edition="launch",
        voices=LAUNCH_VOICES,
        features=Features(
            semantic_vad=False, noise_reduction=False, speed=False, turn_switches=False,
            first_shapes=True, retrieve=False, caching=False, error_codes=False,
            transcribers=("whisper-1",),
        ),
        session_seconds=900, connections_per_minute=6,
        launched="2024-10-01", deprecated="2025-02-25", retired="2025-03-26",
    ),
    _preview(
        _GPT_4O, "2024-12-17", _PREVIEW_PRICE,
        features=Features(speed=False), launched="2024-12-17", retired="2026-03-24",
    ),
    _preview(
        _GPT_4O, "2025-06-03", _PREVIEW_PRICE,
        context_tokens=32_000, launched="2025-06-03", retired="2026-05-07",
    ),
    _preview(
        "gpt-4o-mini-realtime-preview", "2024-12-17", Price(0.6, 0.3, 2.4, 10, 0.3, 20),
        features=Features(speed=False), launched="2024-12-17", retired="2026-03-24",
    ),
    _ga("gpt-realtime", "2025-08-28", _LARGE_PRICE, retires="2027-02-28"),
    _ga("gpt-realtime-mini", "2025-12-15", _MINI_PRICE, retires="2026-12-15"),
    _ga("gpt-realtime-mini", "2025-10-06", _MINI_PRICE, retired="2026-07-23"),
    _ga("gpt-realtime-1.5", "2026-02-23", _LARGE_PRICE, retires="2027-02-23"),
    _ga(
        "gpt-realtime-2", "2026-05-06", _THINKING_PRICE,
        features=_THINKING, context_tokens=256_000, retires="2027-05-06",
    ),
    _ga(
        "gpt-realtime-2.1", "2026-07-07", _THINKING_PRICE,
        features=_THINKING, context_tokens=256_000, retires="2027-06-25",
    ),
    _ga(
        "gpt-realtime-2.1-mini", "2026-07-07", _MINI_PRICE,
        features=_THINKING, context_tokens=256_000, retires="2027-06-25",
    ),
)  # fmt: skip

PROFILES: Mapping[str, Profile] = {profile.key: profile for profile in _KNOWN}
"""Every profile by its key; the first of a name is the one that the bare name means."""


def profile_of(model: str) -> Profile | None:
    """The profile of a model or snapshot name; a bare model name means its first snapshot."""
    if model in PROFILES:
        return PROFILES[model]
    return next((p for p in PROFILES.values() if p.name == model), None)
