"""The modes a tool may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ...errors import ToolError
from ...tools import ToolResult, as_text
from ..values import told_of
from .mode import Count, Mode, Seconds, Share, checked
from .pending_call import Answered, Approved, Denied, Edited

if TYPE_CHECKING:
    from .call_in_hand import CallInHand

__all__ = [
    "AnyMode",
    "AskFirst",
    "Automatic",
    "ByHand",
    "Canned",
    "Delayed",
    "Failing",
    "ask_first",
    "automatic",
    "by_hand",
    "canned",
    "delayed",
    "failing",
    "mode_from",
]

How = Literal["error", "exception", "malformed", "timeout", "silence"]
MALFORMED = '{"result": [1, 2'
FAILED = "the service behind this tool is not available"


class Automatic(Mode, frozen=True, kw_only=True, tag="automatic"):
    """The function is called. See `automatic`."""

    timeout: Seconds | None = 60.0
    tries: Count = 1
    backoff: Seconds = 0.5

    async def answer(self, call: CallInHand) -> ToolResult:
        for attempt in range(1, self.tries):
            result = await call.make(timeout=self.timeout)
            if result.error is None or call.problem:
                return result
            wait = self.backoff * 2 ** (attempt - 1)
            call.mark(
                "lab.tool_retried", attempt=attempt, tries=self.tries, wait=wait, error=result.error
            )
            await call.wait(wait)
        return await call.make(timeout=self.timeout)


class _Asking(Mode, frozen=True, kw_only=True):
    cancel_on_barge_in: bool = True
    replies: tuple[str, ...] = ()
    delay: Seconds = 0.0
    limit: Seconds | None = None
    timeout: Seconds | None = 60.0

    async def answer(self, call: CallInHand) -> ToolResult:
        decision = await call.ask(
            self.kind, replies=self.replies, delay=self.delay, limit=self.limit
        )
        match decision:
            case None:
                call.mark("lab.tool_expired", limit=self.limit)
                return call.failure(f"{call.name} was not answered within {self.limit:g} s")
            case Approved():
                call.mark("lab.tool_approved")
                return await call.make(timeout=self.timeout)
            case Edited(arguments):
                call.mark("lab.tool_edited", arguments=arguments)
                return await call.make(arguments, timeout=self.timeout)
            case Denied(reason):
                call.mark("lab.tool_denied", reason=reason)
                why = f": {reason}" if reason else ""
                return call.failure(f"{call.name} was not called, permission was denied{why}")
            case Answered(output, delay):
                seconds = self.delay if delay is None else delay
                call.mark("lab.tool_answered", output=output, delay=seconds)
                if seconds:
                    await call.wait(seconds)
                return call.result(output)


class ByHand(_Asking, frozen=True, kw_only=True, tag="by_hand"):
    """A person gives the result. See `by_hand`."""


class AskFirst(_Asking, frozen=True, kw_only=True, tag="ask_first"):
    """A person decides whether the function is called. See `ask_first`."""


class Canned(Mode, frozen=True, kw_only=True, tag="canned"):
    """Replies prepared beforehand. See `canned`."""

    replies: tuple[str, ...] = ()
    cases: tuple[tuple[dict[str, Any], str], ...] = ()
    delay: Seconds = 0.0

    async def answer(self, call: CallInHand) -> ToolResult:
        if self.delay:
            await call.wait(self.delay)
        values = _values(call.call.arguments)
        for place, (wanted, reply) in enumerate(self.cases):
            if all(name in values and values[name] == value for name, value in wanted.items()):
                call.mark("lab.tool_canned", case=place)
                return call.result(reply)
        if not self.replies:
            return call.failure(f"{call.name} has no canned reply for these arguments")
        place = call.number % len(self.replies)
        call.mark("lab.tool_canned", reply=place)
        return call.result(self.replies[place])


class Failing(Mode, frozen=True, kw_only=True, tag="failing"):
    """Failures on purpose. See `failing`."""

    how: How = "error"
    text: str = FAILED
    after: Seconds = 0.0
    share: Share = 1.0
    seed: int = 0

    async def answer(self, call: CallInHand) -> ToolResult:
        if Random(f"{self.seed}:{call.number}").random() >= self.share:
            return await call.make()
        call.mark("lab.tool_failing", how=self.how, after=self.after)
        if self.after:
            await call.wait(self.after)
        while self.how == "silence":
            await call.wait(3600.0)
        if self.how == "timeout":
            return call.failure(f"{call.name} did not answer within {self.after:g} s")
        if self.how == "malformed":
            return call.failure("malformed JSON, on purpose", output=self.text)
        failed = f"{call.name} failed: " if self.how == "exception" else ""
        return call.failure(f"{failed}{self.text}")


class Delayed(Mode, frozen=True, kw_only=True, tag="delayed"):
    """Later than otherwise. See `delayed`."""

    low: Seconds
    high: Seconds
    seed: int = 0
    then: Automatic | ByHand | AskFirst | Canned | Failing = Automatic()

    async def answer(self, call: CallInHand) -> ToolResult:
        seconds = Random(f"{self.seed}:{call.number}").uniform(self.low, self.high)
        call.mark("lab.tool_delayed", seconds=round(seconds, 3))
        await call.wait(seconds)
        return await self.then.answer(call)


AnyMode = Automatic | ByHand | AskFirst | Canned | Failing | Delayed


def automatic(
    *,
    timeout: float | None = 60.0,
    tries: int = 1,
    backoff: float = 0.5,
    cancel_on_barge_in: bool = False,
) -> Automatic:
    """The tool's function is called, as without a mode.

    Args:
        timeout: seconds that one call may take; ``None`` for no limit.
        tries: how often it is tried where it fails. Arguments that do not fit are not tried again.
        backoff: seconds before the second try; twice as long before each further one.
        cancel_on_barge_in: give the call up when the user goes on.

    Raises:
        ToolError: for a setting that makes no sense.
    """
    return checked(
        Automatic(
            timeout=timeout, tries=tries, backoff=backoff, cancel_on_barge_in=cancel_on_barge_in
        )
    )


def by_hand(
    *replies: Any,
    delay: float = 0.0,
    limit: float | None = None,
    timeout: float | None = 60.0,
    cancel_on_barge_in: bool = True,
) -> ByHand:
    """You answer: a call waits in ``lab.tools.pending``, and in the tool view, for your reply.

    Args:
        replies: answers to pick from in the tool view.
        delay: seconds that an answer is held back before the model is told.
        limit: seconds that you have; then the model is told that nobody answered. ``None``, the
            default, for as long as you like: the timeout of a function does not count here.
        timeout: seconds that the function may take, if you let it answer (``approve``).
        cancel_on_barge_in: take the question back when the user goes on.

    Raises:
        ToolError: for a setting that makes no sense.
    """
    return checked(
        ByHand(
            replies=tuple(map(as_text, replies)),
            delay=delay,
            limit=limit,
            timeout=timeout,
            cancel_on_barge_in=cancel_on_barge_in,
        )
    )


def ask_first(
    *,
    limit: float | None = None,
    timeout: float | None = 60.0,
    cancel_on_barge_in: bool = True,
) -> AskFirst:
    """You are asked before the function is called: approve, deny, or edit the arguments.

    Args:
        limit: seconds that you have to decide; then the model is told that nobody did. ``None``,
            the default, for as long as you like.
        timeout: seconds that the function may take once you approved.
        cancel_on_barge_in: take the question back when the user goes on.

    Raises:
        ToolError: for a setting that makes no sense.
    """
    return checked(AskFirst(limit=limit, timeout=timeout, cancel_on_barge_in=cancel_on_barge_in))


def canned(
    *replies: Any,
    cases: Iterable[tuple[Mapping[str, Any], Any]] = (),
    delay: float = 0.0,
    cancel_on_barge_in: bool = False,
) -> Canned:
    """Replies from a table; the function is not called.

    Args:
        replies: told one after the other, over and over; a call that a case answers passes one by.
        cases: pairs of arguments and reply, as ``({"city": "Paris"}, "rain")``. The first is told
            whose arguments are all among those of the call; ``replies`` where none is.
        delay: seconds before the reply is told.
        cancel_on_barge_in: give the call up when the user goes on.

    Raises:
        ToolError: without any reply, and for a case or a setting that makes no sense.
    """
    if not replies and not cases:
        raise ToolError('rl.canned needs at least one reply, as in rl.canned("sunny")')
    table = tuple(map(_case, cases if isinstance(cases, Iterable) else [cases]))
    return checked(
        Canned(
            replies=tuple(map(as_text, replies)),
            cases=table,
            delay=delay,
            cancel_on_barge_in=cancel_on_barge_in,
        )
    )


def failing(
    what: str | BaseException | type[BaseException] = "",
    *,
    how: How | None = None,
    after: float | None = None,
    share: float = 1.0,
    seed: int = 0,
    cancel_on_barge_in: bool = False,
) -> Failing:
    """Failures on purpose; the function is not called.

    Args:
        what: the text of the error, or an exception that is told as if the function had raised it.
        how: ``error`` (the text), ``exception``, ``malformed`` (an output that is cut off in the
            middle, or ``what`` as it is), ``timeout`` (told after ``after`` seconds) or ``silence``
            (the call is never answered).
        after: seconds before it fails; 60 for a timeout, else at once.
        share: how many of the calls fail, 0 to 1; on the others the function is called.
        seed: decides which ones.
        cancel_on_barge_in: give the call up when the user goes on.

    Raises:
        ToolError: for a setting that makes no sense.
    """
    if isinstance(what, BaseException):
        how, what = how or "exception", told_of(what)
    elif isinstance(what, type) and issubclass(what, BaseException):
        how, what = how or "exception", what.__name__
    how = how or "error"
    return checked(
        Failing(
            how=how,
            text=what or (MALFORMED if how == "malformed" else FAILED),
            after=(60.0 if how == "timeout" else 0.0) if after is None else after,
            share=share,
            seed=seed,
            cancel_on_barge_in=cancel_on_barge_in,
        )
    )


def delayed(
    seconds: float,
    up_to: float | None = None,
    *,
    seed: int = 0,
    then: Automatic | ByHand | AskFirst | Canned | Failing | None = None,
    cancel_on_barge_in: bool | None = None,
) -> Delayed:
    """Each call waits before it is answered.

    Args:
        seconds: how long.
        up_to: the longest time, if each call shall wait for a time of its own between both.
        seed: decides those times: the first call, the second, … always wait for the same.
        then: how it is answered after that; by default by the function.
        cancel_on_barge_in: give the call up when the user goes on; by default as ``then`` does.

    Raises:
        ToolError: for a setting that makes no sense.
    """
    high = seconds if up_to is None else up_to
    after = Automatic() if then is None else then
    if isinstance(after, Delayed) or not isinstance(after, AnyMode):
        raise ToolError(
            f"then is {then!r}, which cannot follow a delay; give rl.automatic(), rl.by_hand(), "
            "rl.ask_first(), rl.canned(…) or rl.failing(…)"
        )
    cancel = after.cancel_on_barge_in if cancel_on_barge_in is None else cancel_on_barge_in
    mode = checked(
        Delayed(low=seconds, high=high, seed=seed, then=after, cancel_on_barge_in=cancel),
        {"low": "seconds", "high": "up_to"},
    )
    if high < seconds:
        raise ToolError(f"rl.delayed cannot wait for {seconds:g} to {high:g} s; swap the two")
    return mode


def mode_from(described: Mapping[str, Any]) -> AnyMode:
    """The mode that is described so, see `Mode.described`.

    Raises:
        ToolError: if there is no such mode.
    """
    try:
        return msgspec.convert(dict(described), AnyMode)
    except msgspec.ValidationError as error:
        raise ToolError(f"there is no such mode of a tool: {error}") from None


def _values(arguments: str) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(arguments or "{}", type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def _case(given: Any) -> tuple[dict[str, Any], str]:
    match given:
        case (Mapping() as wanted, reply):
            return dict(wanted), as_text(reply)
    raise ToolError(
        f"{given!r} is no case for rl.canned; write arguments and reply, as in "
        'cases=[({"city": "Paris"}, "rain")]'
    )
