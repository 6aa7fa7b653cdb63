"""Memory that does not grow with the log."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["Recent"]

K = TypeVar("K")
V = TypeVar("V")
REMEMBERED = 2000


class Recent(OrderedDict[K, V], Generic[K, V]):
    """Keeps what was put in last; ``forgot`` says that something is not known any more."""

    forgot = False

    def remember(self, key: K, value: V) -> None:
        """Put in a value; the oldest goes where there is no room."""
        self[key] = value
        if len(self) > REMEMBERED:
            self.popitem(last=False)
            self.forgot = True
