"""One session: a voice says all lines, and each becomes a take."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from ...errors import RealtimeLabError, SessionError
from ...eventlog import Turn, turn_latency
from ...protocol import OutputAudioDelta, ResponseCreate
from ...session import RealtimeSession, Spent, open_session, response_failure
from ..take import Take
from .design import Design, Planned, request_for
from .places import Place

__all__ = ["Outcome", "ask", "take_of"]

_BYTES_PER_SAMPLE = 2


@dataclass(frozen=True)
class Outcome:
    """What a session gave; ``error`` is why it did not give all, ``spent`` what it used."""

    takes: tuple[Take, ...] = ()
    error: RealtimeLabError | None = None
    spent: Spent = field(default_factory=Spent)


async def ask(
    place: Place, planned: Planned, design: Design, *, agree: bool | None, timeout: float
) -> Outcome:
    """Have one voice say all lines in a session of its own; tells what came of it.

    The session waits for the rate limits as one with ``retry_rate_limited`` does, and is not
    brought back when its connection is lost: what would follow is another conversation.
    """
    try:
        opened = await open_session(
            place.source,
            design.of_session(planned.voice),
            agree=agree,
            reconnect=None,
            retry_rate_limited=True,
        )
    except RealtimeLabError as error:
        return Outcome(error=error)
    takes: list[Take] = []
    error: RealtimeLabError | None = None
    session = opened.session
    try:
        for number, line in enumerate(design.lines):
            turn = await _said(session, line, timeout)
            takes.append(take_of(turn, planned, number, line))
    except RealtimeLabError as found:
        error = found
    finally:
        await opened.close()
    return Outcome(tuple(takes), error, session.limits.spending.spent)


async def _said(session: RealtimeSession, line: str, timeout: float) -> Turn:
    """A line, said to its end.

    Raises:
        SessionError: if the model did not say it, or not to its end.
    """
    turn = await session.in_step(session.say(request_for(line), timeout=timeout))
    if turn.status != "completed":
        last = turn.responses[-1] if turn.responses else None
        if last is not None and last.status == "incomplete":
            raise response_failure(last)
        raise SessionError(turn.problem or f"the answer is {turn.status}")
    if not turn.audio.samples.size:
        raise SessionError("the model wrote its answer and did not speak; ask it for audio")
    return turn


def take_of(turn: Turn, planned: Planned, line: int, asked: str) -> Take:
    """The take that a turn is: all its figures are those of the event log."""
    lengths = (
        len(entry.event.delta) // _BYTES_PER_SAMPLE
        for entry in turn.entries
        if isinstance(entry.event, OutputAudioDelta)
    )
    *borders, _ = accumulate(lengths, initial=0)
    return Take(
        source=planned.source,
        voice=planned.voice,
        repeat=planned.repeat,
        line=line,
        asked=asked,
        said=turn.said,
        clip=turn.audio,
        borders=tuple(borders),
        first_audio=_first_audio(turn),
        input_tokens=turn.usage.input_tokens,
        output_tokens=turn.usage.output_tokens,
        dollars=turn.cost.dollars,
    )


def _first_audio(turn: Turn) -> float | None:
    """As the log's latency has it; of a line that was asked for again, since it was last."""
    asked = [n for n, entry in enumerate(turn.entries) if isinstance(entry.event, ResponseCreate)]
    again = turn.entries[asked[-1] :] if len(asked) > 1 else turn.entries
    return turn_latency(again).request_to_first_audio
