"""Changes of a definition, as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

__all__ = ["REMOVED", "Edit", "Path", "applied"]

Path = tuple[str | int, ...]
"""Keys and indices from the definition down."""


class _Removed:
    def __repr__(self) -> str:
        return "REMOVED"


REMOVED: Any = _Removed()
"""The value of what an edit takes away."""
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Edit:
    """``value`` at ``path`` instead of what is there; the whole definition for an empty path.

    ``how`` says in words what changes, where that is shorter than the value.
    """

    path: Path
    value: Any
    how: str = ""

    def __str__(self) -> str:
        if self.how:
            return self.how
        place = ".".join(map(str, self.path)) or "the definition"
        if self.value is REMOVED:
            return f"{place}: leave it out"
        told = json.dumps(self.value, ensure_ascii=False, default=str)
        return f"{place} = {told if len(told) <= _SHOWN else told[: _SHOWN - 1] + '…'}"


def applied(spec: Mapping[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """A copy of the definition with the edits in it, one after the other."""
    changed = deepcopy(dict(spec))
    for edit in edits:
        value = edit.value if edit.value is REMOVED else deepcopy(edit.value)
        if not edit.path:
            changed = value
            continue
        *above, last = edit.path
        holder: Any = changed
        for key in above:
            holder = holder[key]
        if value is REMOVED:
            holder.pop(last, None)
        else:
            holder[last] = value
    return changed
