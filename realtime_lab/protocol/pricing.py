"""What a usage costs. Pure: tokens and a price in, dollars out.

Prices are data with a date and a source. What a service reports may leave open which kind of token
was read from the cache, or of which kind some tokens are; the cost is then a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .profiles import PROFILES, Price, profile_of
from .responses import Usage

__all__ = [
    "LIST_PRICES",
    "Cost",
    "PriceList",
    "PricedModel",
    "Tokens",
    "TranscriptionPrice",
    "cost",
    "tokens_of",
    "transcription_cost",
]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens by kind; each token is counted once.

    ``text_in``, ``audio_in`` and ``image_in`` were read anew, the ``…_cached`` ones came from the
    cache. ``cached_somewhere`` came from the cache too, but it was not told of which kind they are:
    they are still counted in ``text_in``, ``audio_in`` and ``image_in``. ``in_untold`` and
    ``out_untold`` are of a kind that was not told.
    """

    text_in: int = 0
    text_cached: int = 0
    audio_in: int = 0
    audio_cached: int = 0
    image_in: int = 0
    image_cached: int = 0
    text_out: int = 0
    audio_out: int = 0
    in_untold: int = 0
    out_untold: int = 0
    cached_somewhere: int = 0

    @property
    def read(self) -> int:
        """All input, cached or not."""
        fresh = self.text_in + self.audio_in + self.image_in + self.in_untold
        return fresh + self.text_cached + self.audio_cached + self.image_cached

    @property
    def written(self) -> int:
        """All output."""
        return self.text_out + self.audio_out + self.out_untold

    @property
    def total(self) -> int:
        """Input and output."""
        return self.read + self.written

    @property
    def cached(self) -> int:
        """Input that came from the cache."""
        return self.text_cached + self.audio_cached + self.image_cached + self.cached_somewhere

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tokens))
        )


def tokens_of(usage: Usage) -> Tokens:
    """A usage by kind.

    A service counts cached tokens as a part of the input, so they are taken out of it here (OpenAI,
    realtime costs guide). The services of 2024 told only their number: ``cached_somewhere``.
    """
    read, written = usage.input_token_details or None, usage.output_token_details or None
    text, audio, image = (
        (read.text_tokens, read.audio_tokens, read.image_tokens or 0) if read else (0, 0, 0)
    )
    details = (read.cached_tokens_details or None) if read else None
    cached = (
        (details.text_tokens, details.audio_tokens, details.image_tokens or 0)
        if details
        else (0, 0, 0)
    )
    text_cached, audio_cached, image_cached = map(min, cached, (text, audio, image))
    told = text_cached + audio_cached + image_cached
    untold = max(0, (read.cached_tokens if read else 0) - told)
    text_out, audio_out = (written.text_tokens, written.audio_tokens) if written else (0, 0)
    in_untold = max(0, usage.input_tokens - text - audio - image)
    return Tokens(
        text_in=text - text_cached,
        text_cached=text_cached,
        audio_in=audio - audio_cached,
        audio_cached=audio_cached,
        image_in=image - image_cached,
        image_cached=image_cached,
        text_out=text_out,
        audio_out=audio_out,
        in_untold=in_untold,
        out_untold=max(0, usage.output_tokens - text_out - audio_out),
        cached_somewhere=min(untold, text + audio + image - told + in_untold),
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars, estimated from list prices.

    ``dollars`` is ``None`` where no price is known, with the reason in ``note``; it is never 0 for
    that reason. Where a usage leaves kinds open, ``dollars`` is the most it can be and ``at_least``
    the least.
    """

    dollars: float | None
    at_least: float | None = None
    note: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether the usage left nothing open."""
        return self.dollars is not None and self.dollars == self.at_least

    def __add__(self, other: Cost) -> Cost:
        """Both together; unknown if one of them is, and then at least the one that is known."""
        note = self.note or other.note
        if self.note and other.note and self.note != other.note:
            note = f"{self.note}; {other.note}"
        least = (self.at_least or 0.0) + (other.at_least or 0.0)
        if self.dollars is None or other.dollars is None:
            return Cost(None, least or None, note)
        return Cost(self.dollars + other.dollars, least, note)

    def __str__(self) -> str:
        if self.dollars is None:
            return f"more than {money(self.at_least)}" if self.at_least else "cost unknown"
        if self.is_exact or self.at_least is None:
            return money(self.dollars)
        return f"{money(self.at_least)} to {money(self.dollars)}"

    def __repr__(self) -> str:
        return f"Cost({self}{': ' if self.note else ''}{self.note})"


NOTHING = Cost(0.0, 0.0)


def money(dollars: float) -> str:
    """An amount to read: cents, and more digits where it is less than a dollar."""
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.4f}" if dollars else "$0"


def cost(usage: Usage | Tokens, price: Price | None) -> Cost:
    """What a response costs at that price.

    Each kind is multiplied by its own price, cached input by the lower one. Where it was not told
    which kind came from the cache, the most is what it costs if that was the kind that saves least,
    the least if it was the one that saves most. A model that takes no images is priced as if they
    were text.
    """
    if price is None:
        return Cost(None, None, "no price is known for this model; give one with rl.prices(...)")
    tokens = usage if isinstance(usage, Tokens) else tokens_of(usage)
    image = price.text_in if price.image_in is None else price.image_in
    image_cached = price.text_cached if price.image_cached is None else price.image_cached
    exact = (
        tokens.text_in * price.text_in
        + tokens.text_cached * price.text_cached
        + tokens.audio_in * price.audio_in
        + tokens.audio_cached * price.audio_cached
        + tokens.image_in * image
        + tokens.image_cached * image_cached
        + tokens.text_out * price.text_out
        + tokens.audio_out * price.audio_out
    )
    inputs, outputs = (price.text_in, price.audio_in), (price.text_out, price.audio_out)
    dearest = exact + tokens.in_untold * max(inputs) + tokens.out_untold * max(outputs)
    cheapest = exact + tokens.in_untold * min(inputs) + tokens.out_untold * min(outputs)
    savings = [
        (price.text_in - price.text_cached, tokens.text_in),
        (price.audio_in - price.audio_cached, tokens.audio_in),
        (image - image_cached, tokens.image_in),
    ]
    untold = tokens.cached_somewhere
    most = dearest - _saved(untold, sorted(savings))
    least = cheapest - _saved(untold, sorted(savings, reverse=True))
    return Cost(most / _MILLION, max(0.0, least) / _MILLION)


def _saved(cached: int, savings: Iterable[tuple[float, int]]) -> float:
    saved = 0.0
    for each, there in savings:
        taken = min(cached, there)
        cached -= taken
        saved += taken * each
    return saved


@dataclass(frozen=True, slots=True)
class TranscriptionPrice:
    """What it costs to write down the user's words: by the minute, or per million tokens."""

    per_minute: float | None = None
    text_in: float = 0.0
    audio_in: float = 0.0
    text_out: float = 0.0


def transcription_cost(usage: Mapping[str, Any] | None, price: TranscriptionPrice | None) -> Cost:
    """What one transcription costs; it is billed beside the response.

    ``usage`` is what the service told with the words: seconds, or tokens.
    """
    if not usage:
        return Cost(None, None, "the service did not tell what the transcription used")
    if price is None:
        return Cost(None, None, "no price is known for this transcription; use rl.prices(...)")
    if usage.get("type") == "duration":
        if price.per_minute is None:
            return Cost(None, None, "the price of this transcription is per token, not per minute")
        dollars = float(usage.get("seconds") or 0.0) * price.per_minute / 60
        return Cost(dollars, dollars)
    if price.per_minute is not None:
        return Cost(None, None, "the price of this transcription is per minute, not per token")
    details = usage.get("input_token_details") or {}
    read = int(usage.get("input_tokens") or 0)
    text = int(details.get("text_tokens") or 0)
    audio = int(details.get("audio_tokens") or read - text)
    untold = max(0, read - text - audio)
    exact = (
        text * price.text_in
        + audio * price.audio_in
        + int(usage.get("output_tokens") or 0) * price.text_out
    )
    kinds = (price.text_in, price.audio_in)
    return Cost((exact + untold * max(kinds)) / _MILLION, (exact + untold * min(kinds)) / _MILLION)


@dataclass(frozen=True, slots=True)
class PricedModel:
    """A price with where it comes from. ``as_of`` is a date or a month, ISO."""

    price: Price | TranscriptionPrice
    as_of: str
    source: str


@dataclass(frozen=True)
class PriceList:
    """Prices by the name of a model, snapshot, deployment or transcription model.

    A price under the name of a model is that of its snapshots too, unless they have one of their
    own. What is not here is looked up in ``beneath``.
    """

    models: Mapping[str, PricedModel] = field(default_factory=dict)
    transcriptions: Mapping[str, PricedModel] = field(default_factory=dict)
    beneath: PriceList | None = None

    def entry(self, model: str) -> PricedModel | None:
        """What is known of a model's price."""
        profile = profile_of(model)
        names = (model, profile.snapshot, profile.name) if profile else (model,)
        found = next((self.models[name] for name in names if name in self.models), None)
        return found or (self.beneath.entry(model) if self.beneath else None)

    def transcription_entry(self, model: str) -> PricedModel | None:
        """What is known of the price of a transcription model."""
        found = self.transcriptions.get(model)
        return found or (self.beneath.transcription_entry(model) if self.beneath else None)

    def price(self, model: str) -> Price | None:
        """The price of a model; ``None`` where none is known."""
        entry = self.entry(model)
        return entry.price if entry and isinstance(entry.price, Price) else None

    def transcription_price(self, model: str) -> TranscriptionPrice | None:
        """The price of a transcription model; ``None`` where none is known."""
        entry = self.transcription_entry(model)
        priced = entry.price if entry else None
        return priced if isinstance(priced, TranscriptionPrice) else None

    def cost(self, usage: Usage | Tokens, model: str) -> Cost:
        """What a response of that model costs."""
        found = cost(usage, self.price(model))
        return found if found.dollars is not None else Cost(None, None, no_price(model))

    def transcription(self, usage: Mapping[str, Any] | None, model: str) -> Cost:
        """What a transcription by that model costs."""
        price = self.transcription_price(model)
        if usage and price is None:
            return Cost(None, None, no_price(model))
        return transcription_cost(usage, price)


def no_price(model: str) -> str:
    """The sentence for a model without a price."""
    return f"no price is known for {model or 'this model'!r}; give one with rl.prices(...)"


AS_OF = "2026-11"
_MODELS_SOURCE = "list prices of OpenAI: its model pages and the price map of litellm 1.109"
_BY_TOKENS = "list prices of OpenAI, audio and text tokens"
_BY_MINUTE = "list prices of OpenAI, per minute"


def _listed() -> PriceList:
    models = {
        profile.snapshot: PricedModel(profile.price, AS_OF, _MODELS_SOURCE)
        for profile in PROFILES.values()
    }
    minutes = {"whisper-1": 0.006, "gpt-realtime-whisper": 0.017, "gpt-live-transcribe": 0.017}
    whole = TranscriptionPrice(text_in=2.5, audio_in=6.0, text_out=10.0)
    small = TranscriptionPrice(text_in=1.25, audio_in=3.0, text_out=5.0)
    tokens = {
        "gpt-4o-transcribe": whole,
        "gpt-4o-transcribe-diarize": whole,
        "gpt-4o-mini-transcribe": small,
    }
    transcriptions = {
        **{
            name: PricedModel(TranscriptionPrice(per_minute=price), AS_OF, _BY_MINUTE)
            for name, price in minutes.items()
        },
        **{name: PricedModel(price, AS_OF, _BY_TOKENS) for name, price in tokens.items()},
    }
    return PriceList(models, transcriptions)


LIST_PRICES = _listed()
"""Public list prices; those of Azure are taken to be the same, which is not confirmed."""
