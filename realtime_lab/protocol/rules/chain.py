"""The order of the items of a conversation."""

from __future__ import annotations

__all__ = ["Chain"]


class Chain:
    """Items one after the other; whatever is asked of it takes the same time however many."""

    def __init__(self) -> None:
        self.last: str | None = None
        """The item at the end."""
        self._before: dict[str, str | None] = {}
        self._after: dict[str | None, str | None] = {None: None}
        """The item after each; after nothing comes the first."""

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._before

    def before(self, item_id: str) -> str | None:
        """The item before this one; ``None`` for the first."""
        return self._before[item_id]

    def insert(self, item_id: str, previous: str | None) -> None:
        """Put in an item after ``previous``, which must be there, or first for ``None``."""
        following = self._after[previous]
        self._before[item_id], self._after[item_id] = previous, following
        self._after[previous] = item_id
        if following is None:
            self.last = item_id
        else:
            self._before[following] = item_id

    def remove(self, item_id: str) -> None:
        """Take out an item."""
        previous, following = self._before.pop(item_id), self._after.pop(item_id)
        self._after[previous] = following
        if following is None:
            self.last = previous
        else:
            self._before[following] = previous
