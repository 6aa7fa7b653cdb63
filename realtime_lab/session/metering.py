"""What was used and what it costs: of one response, of a session, of the whole process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from ..protocol import (
    Cost,
    InputTranscriptionCompleted,
    PriceList,
    Response,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    Tokens,
    UnknownEvent,
    tokens_of,
)
from .tables import Table

__all__ = ["Charge", "Meter", "Spent", "charge_of", "transcription_charge"]

NOTHING = Cost(0.0, 0.0)
NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum of what was used. Values can be added.

    ``minutes`` is how long sessions were open; ``untold`` the responses of which the service never
    told what they used, because the connection ended first; ``free`` says that no service sends a
    bill: the cost is what the model that a server on this machine stands for would have cost.
    """

    tokens: Tokens = NO_TOKENS
    cost: Cost = NOTHING
    responses: int = 0
    cancelled: int = 0
    failed: int = 0
    transcriptions: int = 0
    transcription_cost: Cost = NOTHING
    untold: int = 0
    sessions: int = 0
    minutes: float = 0.0
    free: bool = True
    what: str = "in all"

    @property
    def dollars(self) -> float | None:
        """US dollars, transcription included; ``None`` where a price is not known."""
        return self.total.dollars

    @property
    def total(self) -> Cost:
        """The cost, transcription included."""
        return self.cost + self.transcription_cost

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            tokens=self.tokens + other.tokens,
            cost=self.cost + other.cost,
            responses=self.responses + other.responses,
            cancelled=self.cancelled + other.cancelled,
            failed=self.failed + other.failed,
            transcriptions=self.transcriptions + other.transcriptions,
            transcription_cost=self.transcription_cost + other.transcription_cost,
            untold=self.untold + other.untold,
            sessions=self.sessions + other.sessions,
            minutes=self.minutes + other.minutes,
            free=self.free and other.free,
            what=self.what,
        )

    def table(self) -> Table:
        """Tokens by modality and cache."""
        kinds = self.tokens
        rows = {
            "text": (kinds.text_in, kinds.text_cached, kinds.text_out),
            "audio": (kinds.audio_in, kinds.audio_cached, kinds.audio_out),
            "image": (kinds.image_in, kinds.image_cached, 0),
            "kind not told": (kinds.in_untold, 0, kinds.out_untold),
        }
        listed = {name: row for name, row in rows.items() if name in ("text", "audio") or any(row)}
        read, cached, written = (sum(column) for column in zip(*listed.values(), strict=True))
        listed["tokens"] = (read, cached, written)
        return Table(
            title=f"Used {self.what}: {self.total}",
            heads=("", "in", "in, cached", "out"),
            rows=[(name, *(f"{n:,}" for n in row)) for name, row in listed.items()],
            notes=list(self._notes()),
            summed=True,
        )

    def _notes(self) -> Iterable[str]:
        counts = [
            _count(self.responses, "response"),
            *([f"{self.cancelled} cancelled"] if self.cancelled else []),
            *([f"{self.failed} failed"] if self.failed else []),
            f"{self.minutes:.1f} min",
            *([_count(self.sessions, "session")] if self.sessions > 1 else []),
        ]
        yield " · ".join(counts)
        if self.transcriptions:
            count = _count(self.transcriptions, "transcription")
            yield f"{count}, billed beside the responses: {self.transcription_cost}"
        if self.tokens.cached_somewhere:
            yield (
                f"{self.tokens.cached_somewhere:,} of the tokens read came from the cache; the "
                "service did not tell of which kind, so the cost is a range"
            )
        if self.untold:
            yield (
                f"{_count(self.untold, 'response')} ended without telling what was used; that may "
                "be billed too"
            )
        if self.total.note:
            yield self.total.note
        yield "estimated from list prices (rl.prices); the bill of the service counts"
        if self.free:
            yield "nothing is billed here: a server on this machine stood for the model"

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Charge:
    """One response or one transcription. ``id`` is that of the response or the item."""

    id: str
    model: str
    status: str
    spent: Spent


def charge_of(response: Response, model: str, prices: PriceList) -> Charge:
    """What an ended response is charged with.

    A cancelled response costs what it used. One that failed and tells no usage costs nothing (the
    services bill none); any other without a usage is counted as untold.
    """
    failed, cancelled = response.status == "failed", response.status == "cancelled"
    told = Spent(responses=1, failed=int(failed), cancelled=int(cancelled))
    if response.usage is None:
        return Charge(response.id, model, response.status, replace(told, untold=int(not failed)))
    tokens = tokens_of(response.usage)
    cost = prices.cost(tokens, model) if tokens.total else NOTHING
    return Charge(response.id, model, response.status, replace(told, tokens=tokens, cost=cost))


def transcription_charge(
    event: InputTranscriptionCompleted, model: str, prices: PriceList
) -> Charge:
    """What the writing down of one item is charged with.

    The preview services told no usage with it: its cost is unknown then.
    """
    cost = prices.transcription(event.usage or None, model)
    spent = Spent(transcriptions=1, transcription_cost=cost)
    return Charge(event.item_id, model, "transcription", spent)


class Meter:
    """Reads what a session uses from its events.

    ``settings`` gives the names of the model and of the transcription model, ``prices`` the list in
    force; ``charged`` is told of each charge, once per response and transcription, whatever comes
    twice or late.
    """

    CONCERNS: ClassVar = frozenset(
        {ResponseCreated.type, ResponseDone.type, InputTranscriptionCompleted.type}
    )

    def __init__(
        self,
        settings: Callable[[], tuple[str, str]],
        prices: Callable[[], PriceList],
        charged: Callable[[Charge], None],
        *,
        free: bool = False,
    ) -> None:
        self._settings = settings
        self._prices = prices
        self._charged = charged
        self._running: set[str] = set()
        self._counted: set[tuple[str, str]] = set()
        self.charges: list[Charge] = []
        self._free = free

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        model, transcriber = self._settings()
        match event:
            case ResponseCreated():
                self._running.add(event.response.id)
            case ResponseDone():
                self._running.discard(event.response.id)
                self._count("response", charge_of(event.response, model, self._prices()))
            case InputTranscriptionCompleted():
                charge = transcription_charge(event, transcriber, self._prices())
                self._count("transcription", charge)

    def lost(self) -> list[str]:
        """The connection is gone: what still runs never tells what it used. Their ids."""
        gone = sorted(self._running)
        for response_id in gone:
            self._running.discard(response_id)
            spent = Spent(responses=1, untold=1)
            self._count("response", Charge(response_id, self._settings()[0], "lost", spent))
        return gone

    def _count(self, kind: str, charge: Charge) -> None:
        if (kind, charge.id) in self._counted:
            return
        self._counted.add((kind, charge.id))
        charge = replace(charge, spent=replace(charge.spent, free=self._free))
        self.charges.append(charge)
        self._charged(charge)
