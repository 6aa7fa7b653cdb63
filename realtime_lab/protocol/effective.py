"""What was asked for beside what is in force. Pure: two configurations in, rows out.

Services leave out or replace settings without an error, so what they confirm is compared with what
was sent. Both are in GA names, whichever dialect was spoken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from .configuration import SessionConfig
from .responses import Response, ResponseConfig

__all__ = ["NOT_TOLD", "Setting", "by_path", "compared", "compared_response", "shown"]


class _NotTold:
    """No value was told, which is another thing than ``None``."""

    def __repr__(self) -> str:
        return "–"


NOT_TOLD = _NotTold()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its path, what was asked and what is in force (`NOT_TOLD` for neither).

    ``same`` is ``None`` where nothing was asked, or where the service does not tell what is in
    force: nobody can say then.
    """

    name: str
    asked: Any
    effective: Any
    same: bool | None

    @property
    def ignored(self) -> bool:
        """Whether something else is in force than was asked for."""
        return self.same is False

    @property
    def sentence(self) -> str:
        """The difference in words."""
        return f"{self.name}: asked for {shown(self.asked)}, in force is {shown(self.effective)}"


_NO_SETTINGS = frozenset({"id", "object", "model", "expires_at", "client_secret", "type"})
_WHOLE = frozenset({"tools", "tool_choice", "tracing", "prompt", "truncation", "reasoning"})
"""Settings whose parts mean nothing alone."""
_NOT_OF_RESPONSES = frozenset({"conversation", "input", "commit", "cancel_previous"})


def compared(asked: SessionConfig | Mapping[str, Any], effective: SessionConfig) -> list[Setting]:
    """Every setting of a session that was asked for or is told, by name.

    A setting that the service told nothing of, though it tells of its neighbours, counts as not in
    force. What it adds by itself is shown, not compared.
    """
    wanted = asked if isinstance(asked, Mapping) else msgspec.to_builtins(asked)
    told = msgspec.to_builtins(effective)
    return _rows(_without(wanted, _NO_SETTINGS), _without(told, _NO_SETTINGS), tells_all=True)


def compared_response(asked: ResponseConfig, effective: Response) -> list[Setting]:
    """The settings that one response was asked to have, beside those it has.

    A response tells few of them; the others cannot be compared.
    """
    wanted = _without(msgspec.to_builtins(asked), _NOT_OF_RESPONSES)
    told = {name: value for name, value in msgspec.to_builtins(effective).items() if name in wanted}
    return [row for row in _rows(wanted, told, tells_all=False) if row.asked is not NOT_TOLD]


def by_path(config: SessionConfig) -> dict[str, Any]:
    """Every setting that is told, by its path, such as ``audio.output.voice``; the model, too."""
    told = msgspec.to_builtins(config)
    return dict(_flat(_without(told, _NO_SETTINGS - {"model"})))


def shown(value: Any) -> str:
    """A value in one short line."""
    if value is NOT_TOLD:
        return "–"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:59]}…"


def _without(values: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _rows(
    asked: Mapping[str, Any], effective: Mapping[str, Any], *, tells_all: bool
) -> list[Setting]:
    wanted, told = dict(_flat(asked)), dict(_flat(effective))
    rows = []
    for name in sorted({*wanted, *told}):
        want, have = wanted.get(name, NOT_TOLD), told.get(name, NOT_TOLD)
        if name in wanted and name not in told:
            have = _collapsed(told, name)
        if want is NOT_TOLD and _is_inside(name, wanted):
            continue
        rows.append(Setting(name, want, have, _same(want, have, tells_all)))
    return rows


def _same(asked: Any, effective: Any, tells_all: bool) -> bool | None:
    if asked is NOT_TOLD:
        return None
    if effective is NOT_TOLD:
        # What is switched off need not be told.
        return asked in (None, [], {}, "") or (False if tells_all else None)
    return _holds(asked, effective)


def _holds(asked: Any, effective: Any) -> bool:
    """Whether all that was asked is there; the service may add to it."""
    if isinstance(asked, Mapping) and isinstance(effective, Mapping):
        return all(
            (value is None and name not in effective) or _holds(value, effective.get(name))
            for name, value in asked.items()
        )
    if isinstance(asked, list) and isinstance(effective, list):
        return len(asked) == len(effective) and all(map(_holds, asked, effective))
    if isinstance(asked, bool) or isinstance(effective, bool):
        return asked is effective
    if isinstance(asked, int | float) and isinstance(effective, int | float):
        # 0.8 comes back as 0.800000011920929.
        return math.isclose(asked, effective, rel_tol=1e-6, abs_tol=1e-9)
    return asked == effective


def _flat(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        place = path + name
        if isinstance(value, Mapping) and value and place not in _WHOLE:
            yield from _flat(value, f"{place}.")
        else:
            yield place, value


def _collapsed(told: Mapping[str, Any], name: str) -> Any:
    """What is told in place of ``name``: ``null`` for the object that would hold it, or parts."""
    above = name
    while "." in above:
        above = above.rpartition(".")[0]
        if above in told:
            return told[above]
    parts = {n.removeprefix(f"{name}."): v for n, v in told.items() if n.startswith(f"{name}.")}
    return parts or NOT_TOLD


def _is_inside(name: str, wanted: Mapping[str, Any]) -> bool:
    """Whether a setting above it was asked for as a whole, such as ``null``, and shows it."""
    return any(name.startswith(f"{other}.") for other in wanted)
