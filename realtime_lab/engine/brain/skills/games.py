"""Playing cards and moving about: short spoken commands that recordings are full of."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

import re

from ..context import Answer, Context
from ..wording import digits, listed

__all__ = ["cards", "movement"]

_RANKS = "ace|two|three|four|five|six|seven|eight|nine|ten|jack|queen|king|joker|\\d+"
_CARD = re.compile(rf"\b(?P<rank>{_RANKS}) of (?P<suit>clubs?|spades?|hearts?|diamonds?)\b")
_COLOURS = {"club": "black", "spade": "black", "heart": "red", "diamond": "red"}
_MOVE = re.compile(
    r"^(?:please )?(?P<verb>go|move|drive|walk|turn|step|fly|roll|rotate) (?P<way>forwards?|backwards?|back|ahead|"
    r"straight|left|right|up|down|around)\b(?: (?P<amount>[\d.]+) ?(?P<unit>\w+)?)?"
)


def cards(context: Context) -> Answer | None:
    """Names the cards it heard and says something true about them."""
    found = list(_CARD.finditer(context.words))
    if not found:
        return None
    names = [f"the {m['rank']} of {m['suit'].rstrip('s')}s" for m in found]
    colours = {_COLOURS[m["suit"].rstrip("s")] for m in found}
    kind = f"{'a ' if len(found) == 1 else ''}{' and '.join(sorted(colours))} card{'s' * (len(found) > 1)}"
    return Answer(
        f"I heard {listed(names)}: {kind}. Which card is next?",
        0.68,
        word=found[0]["rank"].capitalize(),
    )


def movement(context: Context) -> Answer | None:
    """Tells what it would do if it could move."""
    found = _MOVE.match(digits(context.words))
    if not found:
        return None
    amount = f" {found['amount']} {found['unit'] or ''}".rstrip() if found["amount"] else ""
    order = f"{found['verb']} {found['way']}{amount}"
    return Answer(
        f"I understood: {order}. I have no wheels, so I stay here, but a tool could do it.",
        0.62,
        word=found["way"].capitalize(),
    )
