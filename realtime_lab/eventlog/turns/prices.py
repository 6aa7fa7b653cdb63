"""The price list in force in this process, and how a user changes it."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from ...errors import SessionError
from ...protocol import LIST_PRICES, Price, PricedModel, PriceList, TranscriptionPrice

__all__ = ["current_prices", "prices"]

PriceLike = Price | TranscriptionPrice | Mapping[str, float] | str
_OF_MODEL = frozenset(one.name for one in fields(Price))
_NEEDED = _OF_MODEL - {"image_in", "image_cached"}
_OF_TRANSCRIPTION = frozenset(one.name for one in fields(TranscriptionPrice))
_lock = threading.Lock()
_in_force = LIST_PRICES


def current_prices() -> PriceList:
    """The price list in force."""
    return _in_force


def prices(
    changes: Mapping[str, PriceLike] | str | Path | None = None,
    *,
    as_of: str = "",
    source: str = "",
    reset: bool = False,
) -> PriceList:
    """See and change what tokens cost, for all sessions of this process, from now on.

    ::

        rl.prices()                                      # those in force
        rl.prices({"gpt-realtime": {"text_in": 4.4, "text_cached": 0.44, "text_out": 17.6,
                                    "audio_in": 35.2, "audio_cached": 0.44, "audio_out": 70.4}},
                  as_of="2026-11-01", source="our contract")
        rl.prices({"my-deployment": "gpt-realtime"})     # the same price under another name
        rl.prices({"whisper-1": {"per_minute": 0.006}})
        rl.prices("prices.toml")                         # the same tables, and as_of and source
        rl.prices(reset=True)                            # back to the public list prices

    Prices are US dollars per million tokens, of transcriptions also ``per_minute``. A name means a
    model, one of its snapshots, or a transcription model.

    Raises:
        SessionError: for a price that lacks a kind of token, is negative, or has a name that no
            price has; for a file that cannot be read. Nothing is changed then.
    """
    global _in_force
    with _lock:
        before = LIST_PRICES if reset else _in_force
        if changes is None:
            _in_force = before
            return before
        if isinstance(changes, str | Path):
            changes, as_of, source = _from_file(Path(changes), as_of, source)
        as_of = as_of or date.today().isoformat()
        models: dict[str, PricedModel] = {}
        transcriptions: dict[str, PricedModel] = {}
        for name, given in changes.items():
            entry = _entry(name, given, before, as_of, source or "given by the user")
            kind = models if isinstance(entry.price, Price) else transcriptions
            kind[name] = entry
        _in_force = PriceList(models, transcriptions, beneath=before)
        return _in_force


def _entry(name: str, given: PriceLike, before: PriceList, as_of: str, source: str) -> PricedModel:
    if isinstance(given, str):
        found = before.entry(given) or before.transcription_entry(given)
        if found is None:
            raise SessionError(f"the price of {given!r}, given for {name!r}, is not known either")
        return found
    price = _price(name, given) if isinstance(given, Mapping) else given
    for one in fields(price):
        value = getattr(price, one.name)
        if value is not None and (not isinstance(value, int | float) or not value >= 0):
            raise SessionError(f"{name}: {one.name} is {value!r}; a price is a number, 0 or more")
    return PricedModel(price, as_of, source)


def _price(name: str, given: Mapping[str, Any]) -> Price | TranscriptionPrice:
    names = set(given)
    if names in ({"per_minute"}, _OF_TRANSCRIPTION - {"per_minute"}):
        return TranscriptionPrice(**given)
    unknown, lacking = sorted(names - _OF_MODEL), sorted(_NEEDED - names)
    if unknown:
        raise SessionError(
            f"{name}: there is no price {unknown[0]!r}; there are {', '.join(sorted(_OF_MODEL))}"
        )
    if lacking:
        raise SessionError(f"{name}: the price of {', '.join(lacking)} is missing")
    return Price(**given)


def _from_file(path: Path, as_of: str, source: str) -> tuple[dict[str, Any], str, str]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SessionError(f"cannot read the prices {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SessionError(f"{path} is no TOML: {error}; see help(rl.prices)") from None
    as_of, source = str(told.pop("as_of", as_of)), str(told.pop("source", source or path.name))
    strange = next((n for n, v in told.items() if not isinstance(v, dict | str)), None)
    if strange is not None:
        raise SessionError(f'{path}: {strange} is no table of prices; write ["name"] above it')
    return told, as_of, source
