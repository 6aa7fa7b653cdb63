"""What is replaced before anything leaves memory: the user's choice, applied to texts."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

from .patterns import FINDERS, Found
from .prefilter import may_hold, slices
from .streaming import TextStream, rendered

__all__ = ["Redaction"]

SHORTEST = 6
"""Characters below which nothing is found: those of ``a@b.io``."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is replaced in all that leaves memory: journals, saved logs, HTML, reprs of turns.

    Each kind is on unless switched off: ``Redaction(emails=False)``; `off` is none at all.
    In memory a log keeps the truth. A replacement names the kind: ``‹e-mail›``, ``‹phone›``,
    ``‹card›`` (checked by Luhn's formula), ``‹IBAN›`` (checked modulo 97), ``‹key›`` (keys, tokens,
    what follows ``api_key=`` and the like), ``‹number›`` (seven or more digits said one by one, in
    English words or figures, and US social security numbers).

    It goes by the shape of a text: names and addresses of people stay, and so does what is spoken
    in the audio itself.
    """

    emails: bool = True
    phones: bool = True
    cards: bool = True
    ibans: bool = True
    keys: bool = True
    numbers: bool = True

    @classmethod
    def off(cls) -> Self:
        """Nothing is replaced."""
        return cls(**dict.fromkeys((field.name for field in fields(cls)), False))

    @classmethod
    def only(cls, kinds: list[str]) -> Self:
        """These kinds, as `kinds` names them; those that this version does not know are left."""
        return cls(**{field.name: field.name in kinds for field in fields(cls)})

    @property
    def kinds(self) -> list[str]:
        """The kinds that are replaced."""
        return [field.name for field in fields(self) if getattr(self, field.name)]

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def redacted(self, text: str) -> str:
        """The text with everything replaced that is to be."""
        found = self._found(text)
        return rendered(found, 0, text) if found else text

    def split(self, text: str, at: int) -> tuple[str, str]:
        """The same in two parts, cut where the text itself would be cut at ``at``."""
        found = self._found(text)
        return rendered(found, 0, text[:at]), rendered(found, at, text[at:])

    def beginning(self, text: str, part: str) -> str:
        """A part, replaced as in the text that it is the beginning of; alone, if of none."""
        return self.split(text, len(part))[0] if text.startswith(part) else self.redacted(part)

    def stream(self) -> TextStream:
        """The same for a text that comes in pieces."""
        return TextStream(self.find)

    def _found(self, text: str) -> list[Found]:
        """What is to be replaced in a whole text."""
        found: list[Found] = []
        start = 0
        for part in slices(text):
            if may_hold(part):
                stream = self.stream()
                stream.feed(part)
                stream.finish()
                found += ((start + a, start + b, kind) for a, b, kind in stream.found)
            start += len(part)
        return found

    def find(self, run: str, before: str = "") -> list[Found]:
        """What is to be replaced in a run (see `patterns`), in order, none within another."""
        found: list[Found] = []
        if len(run) < SHORTEST:
            return found
        for kind, finders in FINDERS.items():
            if getattr(self, kind):
                for needs, finder in finders:
                    if needs.match(run):
                        _add(found, finder(run, before))
        return found


def _add(found: list[Found], more: Iterable[Found]) -> None:
    """Put in order what lies within nothing that was found before."""
    for one in more:
        place = bisect(found, one)
        ends_before = not place or found[place - 1][1] <= one[0]
        if ends_before and (place == len(found) or one[1] <= found[place][0]):
            found.insert(place, one)
