"""Which responses run: one of the conversation at most, and any number beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..engine import Brain, Synthesizer
from ..errors import InvalidEvent
from ..protocol import Item, ResponseConfig, Usage
from .admission import response_refusal
from .context import Context
from .limits import LimitReachedError, RateLimits
from .plan import ResponsePlan, make_plan
from .remote_tools import RemoteTools
from .responding import CancelReason, RunningResponse
from .state import SessionState
from .usage import Ledger

__all__ = ["Responses"]


def _ignore(seconds: float) -> None: ...


class Responses:
    """Begins and ends responses."""

    def __init__(
        self,
        state: SessionState,
        brain: Brain,
        synthesizer: Synthesizer,
        limits: RateLimits,
        remote: RemoteTools,
    ) -> None:
        self._state = state
        self._remote = remote
        self._brain = brain
        self._synthesizer = synthesizer
        self._limits = limits
        profile = state.settings.profile
        self._ledger = Ledger(
            images=profile.dialect == "ga", caches=state.settings.features.caching
        )
        self._context = Context(profile.context_tokens, state.memory)
        self._running: dict[str, RunningResponse] = {}
        self._reserved: dict[str, int] = {}
        """Tokens set aside for each running response."""
        self._turn_waits = False
        self.when_done: Callable[[float], None] = _ignore
        """Told when a response of the conversation has ended, and the seconds its audio lasts."""

    @property
    def active(self) -> RunningResponse | None:
        """The response of the conversation, if one is running."""
        return next((r for r in self._running.values() if r.plan.in_conversation), None)

    def check_free(self, config: ResponseConfig) -> None:
        """Refuse a response of the conversation while another is active.

        Raises:
            InvalidEvent: that names the active response.
        """
        if config.conversation != "none" and (active := self.active) is not None:
            raise InvalidEvent(
                f"Conversation already has an active response in progress: {active.id}. Wait "
                "until the response is finished before creating a new one.",
                code="conversation_already_has_active_response",
            )

    def create(self, config: ResponseConfig, items: Sequence[Item] | None = None) -> None:
        """Begin a response as a client asked for it; ``items`` is its ``input``, made ready.

        Raises:
            InvalidEvent: for a setting that cannot be, while another response is active, or if
                the conversation is too long for the model and may not be truncated.
        """
        self.check_free(config)
        self._start(make_plan(config, self._state, items))

    def answer_turn(self) -> None:
        """Answer what the user just said; after the active response where that was not stopped."""
        if self.active is not None:
            self._turn_waits = True
            return
        try:
            self._start(make_plan(ResponseConfig(), self._state, None))
        except InvalidEvent as refusal:  # of no event of the client
            self._state.outbox.refuse(refusal)

    def cancel(self, response_id: str | None = None) -> None:
        """Cancel the active or the named response for the client.

        Raises:
            InvalidEvent: if no such response is running.
        """
        running = self.active if response_id is None else self._running.get(response_id)
        if running is None:
            raise InvalidEvent(
                "Cancellation failed: no active response found", code="response_cancel_not_active"
            )
        running.cancel("client_cancelled")

    def interrupt(self) -> None:
        """The user speaks: stop the active response, if there is one."""
        self._turn_waits = False
        reason: CancelReason = "turn_detected"
        if (active := self.active) is not None:
            active.cancel(reason)

    def close(self) -> None:
        """Stop all work; the client is gone."""
        for running in self._running.values():
            running.abandon()
            self._settle(running, running.tokens)
        self._running.clear()

    def _start(self, plan: ResponsePlan) -> None:
        reading = self._context.read(plan, self._state.settings.get("truncation"))
        running = RunningResponse(
            reading,
            self._state,
            self._brain,
            self._synthesizer,
            self._ledger,
            self._remote,
            self._finished,
        )
        self._running[running.id] = running
        try:
            self._limits.reserve(running.most_tokens)
        except LimitReachedError as reached:
            running.fail(response_refusal(reached, str(self._state.settings.get("model"))))
            return
        self._reserved[running.id] = running.most_tokens
        self._remote.announce(plan.tools)
        running.start()

    def _finished(self, running: RunningResponse, usage: Usage) -> None:
        del self._running[running.id]
        self._settle(running, usage.total_tokens)
        self._state.outbox.emit(self._limits.told())
        if running.plan.in_conversation:
            self.when_done(running.audio_seconds)
        if self._turn_waits and self.active is None:
            self._turn_waits = False
            self.answer_turn()

    def _settle(self, running: RunningResponse, used: int) -> None:
        self._limits.settle(reserved=self._reserved.pop(running.id, 0), used=used)
