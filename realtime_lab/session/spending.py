"""What a session may spend: counts it, sets aside, and stops before a cap is passed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar

from ..errors import BudgetExceeded
from ..eventlog import current_prices
from ..protocol import (
    AudioConfig,
    AudioInput,
    ClientEvent,
    ErrorEvent,
    Matching,
    ResponseCancel,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    SpeechStarted,
    TurnDetection,
    UnknownEvent,
    profile_of,
)
from .budget import Account, Budget, Expected
from .estimate import NextResponse
from .metering import Charge, Meter, Spent

__all__ = ["Spending"]

REMEMBERED = 100
Later = Callable[[float, Callable[[], None]], Any]


class Spending:
    """Keeps a session within its own budget and that of the whole process.

    A request of ours that does not fit is refused (`admit`). What the service begins by itself
    cannot be refused: once the next response would not fit, it is told not to begin any more, and
    one that it begins all the same is cancelled.

    Marks: ``lab.budget_near`` and ``lab.budget_reached``, with a sentence as ``told``.

    ``model`` names the model in force, ``matching`` the request that a response answers,
    ``is_running`` whether a response is; ``clock`` gives seconds, ``later`` calls back after some;
    without it a cap on minutes is looked at when something happens. ``kernel`` is the account of
    the process.
    """

    CONCERNS: ClassVar = (
        Meter.CONCERNS
        | NextResponse.CONCERNS
        | {SessionCreated.type, SessionUpdated.type, ErrorEvent.type}
    )
    SENT: ClassVar = NextResponse.SENT

    def __init__(
        self,
        *,
        settings: Callable[[], SessionConfig],
        model: Callable[[], str],
        matching: Matching,
        is_running: Callable[[str], bool],
        send: Callable[[ClientEvent], object],
        mark: Callable[..., object],
        clock: Callable[[], float],
        kernel: Account,
        later: Later | None = None,
        free: bool = False,
    ) -> None:
        self._settings = settings
        self._model = model
        self._matching = matching
        self._is_running = is_running
        self._send = send
        self._mark = mark
        self._clock = clock
        self._later = later
        self._kernel = kernel
        self._own = Account("this session", "lab.budget = rl.Budget({what}=…)")
        self.meter = Meter(self._models, current_prices, self._charged, free=free)
        self.next = NextResponse(settings)
        self._asked: set[str] = set()
        """Requests that were sent and have not begun."""
        self._admitted: deque[str] = deque(maxlen=REMEMBERED)
        """Requests that were let through, which may be sent a second time."""
        self._running: set[str] = set()
        self._opened_at: float | None = None
        self._warned: set[tuple[Account, str, float]] = set()
        self._reached = ""
        self._switched_off = 0
        self._switch = ""
        """The update that told the service last to answer no more."""

    @property
    def spent(self) -> Spent:
        """What this session has used."""
        return self._own.spent()

    @property
    def budget(self) -> Budget | None:
        """The caps on this session."""
        return self._own.budget

    @budget.setter
    def budget(self, budget: Budget | None) -> None:
        self._own.budget = budget
        self._look()
        self._wake()

    @property
    def reached(self) -> str:
        """Why the next response does not fit; empty if it does."""
        return self._reached

    def require(self) -> None:
        """Make sure that a response that is asked for now would fit.

        Raises:
            BudgetExceeded: if not.
        """
        refusal = self._refusal()
        if refusal:
            self._tell(refusal)
            raise BudgetExceeded(refusal)

    def is_reached(self) -> bool:
        """Whether a response that is asked for now would not fit; says so in the log if not."""
        refusal = self._refusal()
        if refusal:
            self._tell(refusal)
        return bool(refusal)

    def admit(self, request: ResponseCreate) -> None:
        """Set aside what a request is expected to use; it is to be sent now.

        One that was admitted before, and was kept or lost since, passes.

        Raises:
            BudgetExceeded: if it does not fit.
        """
        key, expected = (id(self), str(request.event_id)), self._expected(request)
        again = str(request.event_id) in self._admitted
        for account in self._accounts:
            refusal = account.set_aside(key, expected, force=again)
            if refusal and not again:
                self._give_back(key)
                self._tell(refusal)
                raise BudgetExceeded(refusal)
        self._asked.add(str(request.event_id))
        self._admitted.append(str(request.event_id))

    def sent(self, event: ClientEvent) -> None:
        """Take an event of ours into account."""
        self.next.sent(event)

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        self.meter.apply(event)
        self.next.apply(event)
        match event:
            case SessionCreated():
                self._begin()
            case SpeechStarted() | SessionUpdated():
                self._look()
            case ResponseCreated():
                self._begun(event)
            case ResponseDone():
                self._running.discard(event.response.id)
                self._give_back((id(self), event.response.id))
                self._look()
            case ErrorEvent():
                event_id = event.error.event_id or ""
                self._refused(event_id)
                if event_id and event_id == self._switch:
                    self._look()

    def lost(self) -> None:
        """The connection is gone, and with it what was under way."""
        for response_id in self.meter.lost():
            self._give_back((id(self), response_id))
        for event_id in self._asked:
            self._give_back((id(self), event_id))
        self._asked.clear()
        self._running.clear()

    def end(self) -> None:
        """The session is over."""
        self.lost()
        for account in self._accounts:
            account.closed(id(self))

    @property
    def _accounts(self) -> tuple[Account, Account]:
        return (self._own, self._kernel)

    def _models(self) -> tuple[str, str]:
        heard = self._settings().audio
        transcription = heard.input.transcription if heard and heard.input else None
        return self._model(), (transcription.model or "") if transcription else ""

    def _expected(self, request: ResponseCreate | None = None) -> Expected:
        tokens = self.next.tokens(request)
        return Expected(tokens.total, current_prices().cost(tokens, self._model()).dollars)

    def _refusal(self) -> str:
        expected = self._expected()
        return next(filter(None, (account.refusal(expected) for account in self._accounts)), "")

    def _give_back(self, key: tuple[int, str]) -> None:
        for account in self._accounts:
            account.give_back(key)

    def _charged(self, charge: Charge) -> None:
        for account in self._accounts:
            account.charge(charge.spent)

    def _begin(self) -> None:
        if self._opened_at is None:
            began = self._opened_at = self._clock()
            for account in self._accounts:
                account.opened(id(self), lambda: (self._clock() - began) / 60)
            self._wake()
        self._look()

    def _begun(self, event: ResponseCreated) -> None:
        response = event.response
        self._running.add(response.id)
        event_id = self._matching.request_of(response.id)
        if event_id:
            self._asked.discard(event_id)
            for account in self._accounts:
                account.move((id(self), event_id), (id(self), response.id))
            return
        expected = self._expected()
        refusals = [
            account.set_aside((id(self), response.id), expected, force=True)
            for account in self._accounts
        ]
        refusal = next(filter(None, refusals), "")
        if refusal:
            # The service began it by itself, before it learned that it should not.
            self._tell(refusal)
            self._send(ResponseCancel(response_id=response.id))

    def _refused(self, event_id: str) -> None:
        if event_id in self._asked:
            self._asked.remove(event_id)
            self._give_back((id(self), event_id))

    def _look(self) -> None:
        """Warn, and stop the service from answering by itself, where the budget asks for it."""
        self._warn()
        self._forget_lost()
        if self._running or self._asked:
            return
        refusal = self._refusal()
        if not refusal:
            self._reached, self._switched_off = "", 0
        elif self._opened_at is not None:
            self._tell(refusal)
            self._switch_off()

    def _forget_lost(self) -> None:
        """Set nothing aside for what never began, or never told of its end."""
        for event_id in [i for i in self._asked if not self._matching.is_asked(i)]:
            self._refused(event_id)
        for response_id in [i for i in self._running if not self._is_running(i)]:
            self._running.discard(response_id)
            self._give_back((id(self), response_id))

    def _warn(self) -> None:
        for account in self._accounts:
            budget = account.budget
            for level in account.levels():
                key = (account, level.what, level.cap)
                if budget is not None and level.share >= budget.warn_at and key not in self._warned:
                    self._warned.add(key)
                    self._mark(
                        "lab.budget_near",
                        told=f"{level.share:.0%} of the budget: {account.whose} has used {level}",
                    )

    def _tell(self, refusal: str) -> None:
        if not self._reached:
            self._mark("lab.budget_reached", told=refusal)
        self._reached = refusal

    def _switch_off(self) -> None:
        audio = self._settings().audio
        detection = audio.input.turn_detection if audio and audio.input else None
        if not detection or detection.create_response is False or self._switched_off > 1:
            return
        self._switched_off += 1
        quiet = _quiet(detection) if self._switched_off == 1 and self._can_switch() else None
        heard = AudioConfig(input=AudioInput(turn_detection=quiet))
        update = SessionUpdate(session=SessionConfig(type="realtime", audio=heard))
        self._send(update)
        self._switch = str(update.event_id)

    def _can_switch(self) -> bool:
        profile = profile_of(self._model())
        return profile is None or profile.features.turn_switches

    def _wake(self) -> None:
        """Look again when the minutes are used up, though nothing may happen then."""
        left = [minutes for a in self._accounts if (minutes := a.minutes_left()) is not None]
        if self._later is not None and self._opened_at is not None and left and min(left) > 0:
            self._later(60 * min(left) + 0.01, self._look)


def _quiet(detection: TurnDetection) -> TurnDetection:
    quiet = copy(detection)
    quiet.create_response = False
    if getattr(quiet, "idle_timeout_ms", None):
        quiet.idle_timeout_ms = None  # type: ignore[union-attr]
    return quiet
