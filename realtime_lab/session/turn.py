"""One turn of a conversation: what somebody said and what the model answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..audio import Clip
from ..eventlog import Latency, LogEntry, Mark, turn_latency
from ..protocol import (
    FunctionCall,
    InputAudioBufferAppend,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemCreate,
    Message,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
    Usage,
    item_text,
)
from .usage import add_usage

__all__ = ["Turn"]


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
    entries: list[LogEntry] = field(default_factory=list)

    @property
    def transcript_user(self) -> str:
        """What the user typed, or said as the service heard it; empty while not known."""
        heard = {e.item_id: e.transcript for e in self._events(InputTranscriptionCompleted)}
        typed = [item_text(e.item) for e in self._events(ItemCreate) if _is_user(e.item)]
        return " ".join(text.strip() for text in (*typed, *heard.values()) if text.strip())

    @property
    def transcript(self) -> str:
        """What the model said (or wrote), in the order it was said."""
        said: dict[tuple[str, int], str] = {}
        for event in self._events(
            OutputTranscriptDelta, OutputTranscriptDone, OutputTextDelta, OutputTextDone
        ):
            part = (event.item_id, event.content_index)
            match event:
                case OutputTranscriptDone():
                    said[part] = event.transcript
                case OutputTextDone():
                    said[part] = event.text
                case _:
                    said[part] = said.get(part, "") + event.delta
        return " ".join(text.strip() for text in said.values() if text.strip())

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
        """``completed``, ``cancelled``, ``incomplete``, ``failed``, or ``in_progress``."""
        if not self.responses:
            return "in_progress"
        return "cancelled" if self._is_cut_off else self.responses[-1].status

    @property
    def interrupted(self) -> bool:
        """Whether the last answer was cut short, by the user or by a lost connection."""
        return self.status == "cancelled"

    @property
    def latency(self) -> Latency:
        """How long its stages took."""
        return turn_latency(self.entries, silence_ms=self.silence_ms)

    @property
    def usage(self) -> Usage:
        """Tokens of all its responses together."""
        return add_usage(r.usage for r in self.responses if r.usage)

    @property
    def problem(self) -> str:
        """Why it failed or lacks the user's words; empty when all is well."""
        reasons = [
            f"{r.status}: {_reason(r)}"
            for r in self.responses
            if r.status in ("failed", "incomplete")
        ]
        reasons += [
            f"the user's speech was not transcribed: {e.error.get('message', 'no reason given')}"
            for e in self._events(InputTranscriptionFailed)
        ]
        if self._is_cut_off:
            reasons.append("the connection broke off in the middle of the answer")
        return "; ".join(reasons)

    @property
    def _is_cut_off(self) -> bool:
        last = self.responses[-1] if self.responses else None
        marks = (m for m in self._events(Mark) if m.type == "lab.cut_off")
        return last is not None and any(m.data.get("response_id") == last.id for m in marks)

    def _events(self, *kinds: type) -> Iterator:
        return (e.event for e in self.entries if isinstance(e.event, kinds))

    def __repr__(self) -> str:
        you, model = self.transcript_user or "…", self.transcript or "…"
        lines = [f"Turn {self.index} ({self.status})", f"  user:  {you}", f"  model: {model}"]
        return "\n".join([*lines, f"  {latency_line(self)}"])

    def _repr_html_(self) -> str:
        from .turn_html import turn_html

        return turn_html(self)


def latency_line(turn: Turn) -> str:
    """One line of figures: time to the first sound, length of the answer, tokens."""
    latency, seconds = turn.latency, turn.audio.seconds
    first = latency.speech_end_to_first_audio
    since = "end of speech"
    if first is None:
        first, since = latency.request_to_first_audio, "request"
    parts = [f"first audio {1000 * first:.0f} ms after {since}"] if first is not None else []
    parts += [f"{seconds:.1f} s of speech"] if seconds else []
    parts += [f"{turn.usage.total_tokens} tokens"] if turn.usage.total_tokens else []
    return " · ".join(parts) or "no figures yet"


def _is_user(item: object) -> bool:
    return isinstance(item, Message) and item.role == "user"


def _reason(response: Response) -> str:
    details = response.status_details
    if details is None:
        return "no reason given"
    error = details.error or None
    return (error and error.message) or details.reason or "no reason given"
