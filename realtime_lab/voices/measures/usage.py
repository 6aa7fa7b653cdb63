"""What a take used up."""

from __future__ import annotations

from .definitions import Family, Measure, Unknown, Values
from .utterance import Utterance

__all__ = ["USAGE"]


def _of(utterance: Utterance) -> Values:
    take = utterance.take
    price = Unknown("the price of the model is not known")
    return {
        "input_tokens": float(take.input_tokens),
        "output_tokens": float(take.output_tokens),
        "cost": price if take.dollars is None else take.dollars,
    }


USAGE = Family(
    "Tokens and cost",
    "As the service counted them.",
    (
        Measure("input_tokens", "tokens", "Tokens that the model read.", "Usage of the response."),
        Measure(
            "output_tokens",
            "tokens",
            "Tokens that the model made, of audio and of text.",
            "Usage of the response.",
        ),
        Measure(
            "cost",
            "USD",
            "What the take cost.",
            "Tokens times the price list that `rl.prices()` shows.",
        ),
    ),
    _of,
)
