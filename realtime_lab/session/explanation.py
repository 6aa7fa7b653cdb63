"""What was made of an address that somebody pasted, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

__all__ = ["Explanation", "Note"]

Kind = Literal["understood", "changed", "assumed", "missing", "retired"]
_STYLE = "font-variant:small-caps;padding-right:.8em;opacity:.7;vertical-align:top"


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence: what was understood, changed or assumed, is missing, or is retired."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an address was read: from what was ``given`` to the ``url`` that is connected to."""

    given: str
    url: str
    notes: tuple[Note, ...] = ()

    def of_kind(self, kind: Kind) -> list[str]:
        """The sentences of one kind."""
        return [note.text for note in self.notes if note.kind == kind]

    def __str__(self) -> str:
        return "\n".join((f"{self.given} → {self.url}", *(f"  {note}" for note in self.notes)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="{_STYLE}">{note.kind}</td>'
            f'<td style="text-align:left">{escape(note.text)}</td></tr>'
            for note in self.notes
        )
        return (
            f"<div><code>{escape(self.given)}</code> → <code>{escape(self.url)}</code>"
            f"<table>{rows}</table></div>"
        )
