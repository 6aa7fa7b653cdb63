"""One turn of a conversation: what somebody said and what the model answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...audio import Clip
from ...protocol import (
    Cost,
    FunctionCall,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemCreate,
    Message,
    OutputAudioDelta,
    Response,
    ResponseCreated,
    ResponseDone,
    Usage,
    item_text,
    shortfall,
)
from ..entry import LogEntry, Mark
from ..latency.latency import Latency, turn_latency
from ..redaction.redaction import Redaction
from .bills import Bill, bills
from .heard import Heard, spoken
from .ledger import Ledger, ledger
from .usage import add_usage

if TYPE_CHECKING:
    from ..latency.waterfall import Waterfall

__all__ = ["NO_TRANSCRIPT", "TURN_FAILED", "UNANNOUNCED", "Turn"]

NO_TRANSCRIPT = "lab.no_transcript"
TURN_FAILED = "lab.turn_failed"
UNANNOUNCED = "lab.unannounced"
"""The mark of an event that the service must have sent and that never came."""


@dataclass(eq=False)
class Turn:
    """A view of the log entries that belong together.

    Everything is read from ``entries`` when asked, so that what arrives late (the transcript of
    the user, above all) shows as soon as it is there. An interrupted turn keeps what was said
    until then.
    """

    index: int
    model: str = ""
    voice: str = ""
    silence_ms: int | None = None
    """How long the service waits in silence for the end of a turn."""
    transcriber: str = ""
    """The model that writes down the user's words."""
    entries: list[LogEntry] = field(default_factory=list)
    redaction: Redaction = field(default_factory=Redaction)
    """What is replaced where the turn is shown; its properties tell what was said."""

    @property
    def transcript_user(self) -> str:
        """What the user typed, or said as the service heard it; empty while not known.

        In the order of the conversation, whenever the words arrived. Of what was said they are
        the work of another model than the one that answers, and may differ from what it heard.
        """
        heard = {e.item_id: e.transcript for e in self._events(InputTranscriptionCompleted)}
        typed = [item_text(e.item) for e in self._events(ItemCreate) if _is_user(e.item)]
        texts = (*typed, *(heard[item_id] for item_id in self._in_order(heard)))
        return " ".join(text.strip() for text in texts if text.strip())

    @property
    def said(self) -> str:
        """What the model said (or wrote), in the order it was said, heard or not."""
        return " ".join(item.said for item in spoken(self.entries) if item.said)

    @property
    def transcript(self) -> str:
        """The same as `said`."""
        return self.said

    @property
    def heard(self) -> str:
        """What of it was heard: all but what an interruption cut off. See `heard_by_item`."""
        return " ".join(heard.text for heard in self.heard_by_item.values() if heard.text)

    @property
    def heard_by_item(self) -> dict[str, Heard]:
        """What was heard of each item of the model, how that is known, and how surely."""
        return {item.item_id: item.heard for item in spoken(self.entries)}

    @property
    def ledger(self) -> Ledger | None:
        """What of an interrupted answer was made, sent, heard, believed and paid for."""
        if not self.interrupted:
            return None
        return ledger(spoken(self.entries), self.responses)

    @property
    def audio(self) -> Clip:
        """The model's speech; empty when it only wrote."""
        return Clip.from_pcm(b"".join(e.delta for e in self._events(OutputAudioDelta)))

    @property
    def audio_user(self) -> Clip:
        """The audio sent during the turn."""
        return Clip.from_pcm(b"".join(e.audio for e in self._events(InputAudioBufferAppend)))

    @property
    def responses(self) -> list[Response]:
        """The responses of the turn in order; more than one where a tool was called."""
        found = {e.response.id: e.response for e in self._events(ResponseCreated, ResponseDone)}
        return list(found.values())

    @property
    def tool_calls(self) -> list[FunctionCall]:
        """The functions that the model called."""
        return [i for r in self.responses for i in r.output if isinstance(i, FunctionCall)]

    @property
    def status(self) -> str:
        """``completed``, ``cancelled``, ``incomplete``, ``failed``, or ``in_progress``.

        A turn that ended by something else than its responses (nobody waited any longer, the
        session was over, the service never answered) is what its mark says, until one of its
        responses ends after all.
        """
        if failure := self._failure:
            return failure["status"]
        if not self.responses:
            withdrawn = any(m.type == "lab.withdrawn" for m in self._events(Mark))
            return "cancelled" if withdrawn else "in_progress"
        return "cancelled" if self._is_marked(*ENDINGS) else self.responses[-1].status

    @property
    def interrupted(self) -> bool:
        """Whether the answer was cut short, by the user or by a lost connection.

        An answer that was complete is cut short, too, where the user did not hear all of it.
        """
        cut = (m.data for m in self._events(Mark) if m.type == "lab.interrupted")
        unheard = any(data["heard_ms"] < data["received_ms"] for data in cut)
        return self.status == "cancelled" or unheard

    @property
    def latency(self) -> Latency:
        """How long its stages took."""
        return turn_latency(self.entries, silence_ms=self.silence_ms)

    @property
    def waterfall(self) -> Waterfall:
        """What followed what in it, how long each took, and what it used."""
        from ..latency.waterfall import waterfall_of

        return waterfall_of(self)

    @property
    def usage(self) -> Usage:
        """Tokens of all its responses together."""
        return add_usage(r.usage for r in self.responses if r.usage)

    @property
    def bills(self) -> list[Bill]:
        """What it used, response by response, transcriptions included, and when it was told."""
        return bills(self.entries, model=self.model, transcriber=self.transcriber)

    @property
    def cost(self) -> Cost:
        """What it costs by the price list in force, cancelled responses and transcription included.

        ``dollars`` is ``None`` where a price is not known; ``note`` says so.
        """
        costs = (bill.cost for bill in self.bills)
        return sum(costs, Cost(0.0, 0.0))

    @property
    def problem(self) -> str:
        """Why it failed, is not whole or lacks the user's words; empty when all is well."""
        reasons = [
            f"{r.status}: {lack}" for r in self.responses if (lack := shortfall(r)) is not None
        ]
        reasons += [
            f"the user's speech was not transcribed: {e.error.get('message', 'no reason given')}"
            for e in self._events(InputTranscriptionFailed)
        ]
        reasons += [told for name, told in ENDINGS.items() if self._is_marked(name)]
        written = {e.item_id for e in self._events(*_WRITTEN)}
        lacking = (m.data for m in self._events(Mark) if m.type == NO_TRANSCRIPT)
        reasons += [data["told"] for data in lacking if data["item_id"] not in written]
        if failure := self._failure:
            reasons.append(f"{failure['status']}: {failure['told']}")
        return "; ".join(reasons)

    @property
    def _failure(self) -> dict[str, Any] | None:
        """What the mark says that ended the turn, unless a response ended after it."""
        for event in reversed([*self._events(ResponseDone, Mark)]):
            if event.type == TURN_FAILED:
                return event.data
            if event.type == ResponseDone.type or event.type in ENDINGS:
                return None
        return None

    def _is_marked(self, *names: str) -> bool:
        """Whether such a mark tells of the last response."""
        last = self.responses[-1] if self.responses else None
        marks = (m for m in self._events(Mark) if m.type in names)
        return last is not None and any(m.data.get("response_id") == last.id for m in marks)

    def _in_order(self, item_ids: Iterable[str]) -> list[str]:
        """Items of the user's speech in the order of the conversation."""
        order: list[str] = []
        committed = [
            (e.item_id, e.previous_item_id) for e in self._events(InputAudioBufferCommitted)
        ]
        unannounced = (m.data for m in self._events(Mark) if m.type == UNANNOUNCED)
        committed += [(data["item_id"], data["previous_item_id"]) for data in unannounced]
        for item_id, before in committed:
            place = order.index(before) + 1 if before in order else len(order)
            if item_id not in order:
                order.insert(place, item_id)
        known = [item_id for item_id in order if item_id in item_ids]
        return known + [item_id for item_id in item_ids if item_id not in order]

    def _events(self, *kinds: type) -> Iterator:
        return (e.event for e in self.entries if isinstance(e.event, kinds))

    def __repr__(self) -> str:
        clean = self.redaction.redacted
        you, model = clean(self.transcript_user) or "…", clean(self.transcript) or "…"
        lines = [f"Turn {self.index} ({self.status})", f"  user:  {you}", f"  model: {model}"]
        if self.ledger is not None:
            heard = self.redaction.beginning(self.said, self.heard)
            lines += [f"  heard: {heard or '(nothing)'}", f"  {self.ledger}"]
        if self.problem:
            lines.append(f"  problem: {clean(self.problem)}")
        return "\n".join([*lines, f"  {latency_line(self)}"])

    def _repr_html_(self) -> str:
        from .turn_html import turn_html

        return turn_html(self)


_WRITTEN = (InputTranscriptionCompleted, InputTranscriptionFailed)

ENDINGS = {
    "lab.cut_off": "the connection broke off in the middle of the answer",
    "lab.response_lost": "the service never told the end of the answer",
}
"""Marks that end a response in the place of the service."""


def latency_line(turn: Turn) -> str:
    """One line of figures: time to the first sound, length of the answer, tokens."""
    latency, seconds = turn.latency, turn.audio.seconds
    first = latency.speech_end_to_first_audio
    since = "end of speech"
    if first is None:
        first, since = latency.request_to_first_audio, "request"
    parts = [f"first audio {1000 * first:.0f} ms after {since}"] if first is not None else []
    parts += [f"{seconds:.1f} s of speech"] if seconds else []
    parts += [f"{turn.usage.total_tokens} tokens, {turn.cost}"] if turn.usage.total_tokens else []
    return " · ".join(parts) or "no figures yet"


def _is_user(item: object) -> bool:
    return isinstance(item, Message) and item.role == "user"
