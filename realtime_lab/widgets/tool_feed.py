"""What the tool view shows, worked out from the events of a session. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any, Literal

import msgspec

from ..eventlog import LogEntry, Mark
from ..protocol import (
    FunctionCall,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    ItemCreate,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseCreated,
    ResponseDone,
)

__all__ = ["CallLine", "ToolFeed", "clipped", "mode_message", "redacted", "tried_message"]

Status = Literal[
    "arriving",
    "running",
    "asked",
    "held",
    "answered",
    "failed",
    "denied",
    "cancelled",
    "incomplete",
]
_ENDS = frozenset({"answered", "failed", "denied", "cancelled", "incomplete"})


MOST_CALLS = 200
"""Older calls leave the view; the log keeps them."""
LONGEST = 8_000
"""Bytes of JSON that are shown of a text; a frame to a page has room for 65,535."""
LONGEST_NOTE = 600
MOST_NOTES = 20
LONGEST_REPLY = 2_000
MOST_REPLIES = 10
LONGEST_MODE = 16_000


@dataclass(slots=True)
class CallLine:
    """One call of a tool. Times are in seconds from the start of the log.

    ``problem`` says what is wrong with the arguments. ``seconds`` is from the complete call to its
    output, waiting included. ``said`` is what the model said next, on the last call of a response.
    ``whole`` is false where a text is too long to be shown in full.
    """

    id: str
    name: str
    response: str
    at: float
    status: Status = "arriving"
    arguments: str = ""
    problem: str = ""
    how: str = ""
    replies: list[str] = field(default_factory=list)
    delay: float = 0.0
    notes: list[dict[str, Any]] = field(default_factory=list)
    output: str | None = None
    seconds: float | None = None
    said: str = ""
    called: float | None = None
    whole: bool = True

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done about it."""
        return self.status in _ENDS

    def message(self) -> dict[str, Any]:
        """The line as a page is told of it."""
        line = asdict(self)
        del line["called"]
        for name in ("arguments", "output", "said"):
            text = line[name]
            if text is not None and clipped(text) != text:
                line[name], line["whole"] = clipped(text), False
        line["problem"] = clipped(self.problem, LONGEST_NOTE)
        line["notes"] = [{**n, "text": clipped(n["text"], LONGEST_NOTE)} for n in self.notes]
        return {"type": "call", **line}


class ToolFeed:
    """Turns a session's events into the messages that keep a tool view up to date.

    ``check(name, arguments)`` says what is wrong with the arguments of a call, ``elapsed(entry)``
    how long after the start of the log an entry was made.
    """

    def __init__(
        self, check: Callable[[str, str], str], elapsed: Callable[[LogEntry], float]
    ) -> None:
        self.session = "open"
        self._check = check
        self._elapsed = elapsed
        self._calls: dict[str, CallLine] = {}
        self._items: dict[str, str] = {}
        self._unsaid: list[str] = []
        """Calls whose output was sent and that no response followed on yet."""
        self._followed: dict[str, str] = {}
        """By response: the last of the calls that it follows on."""

    def __iter__(self) -> Iterator[CallLine]:
        return iter(self._calls.values())

    def __len__(self) -> int:
        return len(self._calls)

    def apply(self, entry: LogEntry) -> list[dict[str, Any]]:
        """The messages for one event in either direction."""
        at = self._elapsed(entry)
        match entry.event:
            case OutputItemAdded(item=FunctionCall() as call):
                return self._tell(self._begin(call, entry.event.response_id, at))
            case FunctionCallArgumentsDelta() as event:
                line = self._of_item(event.item_id, event.call_id)
                if line is None or line.called is not None:
                    return []
                line.arguments += event.delta
                return _more(line, "arguments", event.delta)
            case FunctionCallArgumentsDone() as event:
                line = self._of_item(event.item_id, event.call_id)
                return self._complete(line, event.arguments, at)
            case OutputItemDone(item=FunctionCall() as call):
                line = self._begin(call, entry.event.response_id, at)
                if call.status == "incomplete":
                    return []
                return self._complete(line, call.arguments, at)
            case ResponseDone() as event:
                return self._end(event.response.id, str(event.response.status))
            case ItemCreate(item=FunctionCallOutput() as output) if entry.direction == "sent":
                return self._answer(output, at)
            case ResponseCreated() as event if self._unsaid:
                self._followed[event.response.id] = self._unsaid[-1]
                self._unsaid = []
                return []
            case OutputTranscriptDelta() | OutputTextDelta() as event:
                return self._say(event.response_id, event.delta, more=True)
            case OutputTranscriptDone() as event:
                return self._say(event.response_id, event.transcript, more=False)
            case OutputTextDone() as event:
                return self._say(event.response_id, event.text, more=False)
            case Mark() as mark:
                return self._note(mark, at)
            case _:
                return []

    # -- the call ---------------------------------------------------------------------------------

    def _begin(self, call: FunctionCall, response_id: str, at: float) -> CallLine:
        call_id = str(call.call_id)
        if call_id not in self._calls:
            self._calls[call_id] = CallLine(call_id, call.name, response_id, round(at, 3))
            while len(self._calls) > MOST_CALLS:
                del self._calls[next(iter(self._calls))]
        self._items[str(call.id)] = call_id
        return self._calls[call_id]

    def _of_item(self, item_id: str, call_id: str) -> CallLine | None:
        return self._calls.get(call_id) or self._calls.get(self._items.get(item_id, ""))

    def _complete(self, line: CallLine | None, arguments: str, at: float) -> list[dict[str, Any]]:
        if line is None or line.called is not None:
            return []
        line.arguments, line.called = arguments, at
        line.problem = self._check(line.name, arguments)
        line.status = "running"
        return self._tell(line)

    def _end(self, response_id: str, status: str) -> list[dict[str, Any]]:
        if status == "completed":
            return []
        broken = [c for c in self if c.response == response_id and not c.is_over]
        for line in broken:
            line.status = "incomplete"
        return self._tell(*broken)

    def _answer(self, output: FunctionCallOutput, at: float) -> list[dict[str, Any]]:
        line = self._calls.get(output.call_id)
        if line is None:
            return []
        line.output = output.output
        if line.status not in ("cancelled", "denied"):
            line.status = "failed" if _is_error(output.output) else "answered"
        if line.called is not None:
            line.seconds = round(at - line.called, 3)
        self._unsaid.append(line.id)
        return self._tell(line)

    def _say(self, response_id: str, text: str, *, more: bool) -> list[dict[str, Any]]:
        line = self._calls.get(self._followed.get(response_id, ""))
        if line is None:
            return []
        line.said = line.said + text if more else text
        return _more(line, "said", text) if more else self._tell(line)

    # -- what was done with it --------------------------------------------------------------------

    def _note(self, mark: Mark, at: float) -> list[dict[str, Any]]:
        if mark.type == "lab.closed":
            return self._close()
        if mark.type in ("lab.connection_lost", "lab.reconnected"):
            self.session = "reconnecting" if mark.type == "lab.connection_lost" else "open"
            return [self.status()]
        if mark.type == "lab.tool_mode":
            return [mode_message(mark.data["name"], mark.data["mode"])]
        if mark.type == "lab.tool_tried":
            return [tried_message(mark.data)]
        line = self._calls.get(str(mark.data.get("call_id")))
        note = _words(mark) if mark.type.startswith("lab.tool_") else ""
        if line is None or not note:
            return []
        line.notes.append({"at": round(at, 3), "kind": _kind(mark), "text": note})
        del line.notes[:-MOST_NOTES]
        self._change(line, mark)
        return self._tell(line)

    def _change(self, line: CallLine, mark: Mark) -> None:
        match _kind(mark):
            case "asked":
                line.status, line.how = "asked", str(mark.data.get("how", ""))
                line.delay = float(mark.data.get("delay") or 0.0)
                short = (r for r in mark.data.get("replies", ()) if clipped(r, LONGEST_REPLY) == r)
                line.replies = list(islice(short, MOST_REPLIES))
            case "answered":
                line.delay = float(mark.data.get("delay") or 0.0)
                line.status = "held" if line.delay else "running"
            case "cancelled" | "denied" as status:
                line.status = status
            case _:
                line.status = "running"

    def _close(self) -> list[dict[str, Any]]:
        self.session = "closed"
        open_calls = [line for line in self if not line.is_over]
        for line in open_calls:
            line.status = "cancelled"
            line.notes.append({"at": None, "kind": "closed", "text": "The session was closed"})
        return [self.status(), *self._tell(*open_calls)]

    def status(self) -> dict[str, Any]:
        """How the session is."""
        return {"type": "status", "session": self.session}

    @staticmethod
    def _tell(*lines: CallLine) -> list[dict[str, Any]]:
        return [line.message() for line in lines]


def _more(line: CallLine, field: str, text: str) -> list[dict[str, Any]]:
    """One more piece of a text; none beyond what is shown, until the text is whole."""
    if len(getattr(line, field)) + len(text) > LONGEST // 2:
        return []
    return [{"type": "more", "id": line.id, "field": field, "text": text}]


def clipped(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text that is too long."""
    while (size := len(msgspec.json.encode(text))) > longest:
        text = text[: len(text) * longest // (size + 1)]
    return text


def mode_message(tool: str, mode: dict[str, Any]) -> dict[str, Any]:
    """The mode of a tool, as a page is told of it: of a very long one the kind alone."""
    is_long = len(msgspec.json.encode(mode)) > LONGEST_MODE
    told = {"kind": mode["kind"], "is_long": True} if is_long else mode
    return {"type": "mode", "tool": tool, "mode": told}


def tried_message(told: Mapping[str, Any]) -> dict[str, Any]:
    """A call by hand, as a page is told of it."""
    return {
        "type": "tried",
        "tool": told["name"],
        "output": clipped(str(told["output"])),
        "error": told["error"] and clipped(str(told["error"]), LONGEST_NOTE),
        "seconds": told["seconds"],
    }


def _kind(mark: Mark) -> str:
    return mark.type.removeprefix("lab.tool_")


def _words(mark: Mark) -> str:
    """What a person or a mode did, as a sentence."""
    data = mark.data
    match _kind(mark):
        case "asked":
            return "Waiting for you"
        case "approved":
            return "You approved it"
        case "edited":
            return f"You changed the arguments: {data.get('arguments')}"
        case "denied":
            reason = data.get("reason")
            return f"You denied it: {reason}" if reason else "You denied it"
        case "answered":
            delay = data.get("delay")
            return f"You answered, held back for {delay:g} s" if delay else "You answered"
        case "expired":
            return f"Nobody decided within {data.get('limit'):g} s"
        case "cancelled":
            return f"Cancelled: {_BY.get(str(data.get('by')), 'the call was given up')}"
        case "retried":
            tried = f"Try {data.get('attempt')} of {data.get('tries')} failed"
            return f"{tried}, again after {data.get('wait'):g} s: {data.get('error')}"
        case "delayed":
            return f"Delayed by {data.get('seconds'):g} s"
        case "canned":
            if "case" in data:
                return f"Canned reply: case {int(data['case']) + 1} of the table"
            return f"Canned reply {int(data.get('reply', 0)) + 1}"
        case "failing":
            return f"Failing on purpose: {data.get('how')}"
        case _:
            return ""


_BY = {
    "voice": "the user went on speaking",
    "text": "the user typed something else",
    "stop": "the user pressed stop",
    "hand": "by you",
}


def _is_error(output: str) -> bool:
    """As `EventLog.tools` tells a call that failed."""
    try:
        found = msgspec.json.decode(output)
    except (msgspec.DecodeError, UnicodeError):
        return False
    return isinstance(found, dict) and found.get("error") is not None


def redacted(lines: Iterable[CallLine], redact: Callable[[str], str]) -> list[CallLine]:
    """The lines as they may be saved in a notebook."""
    return [
        replace(
            line,
            arguments=redact(line.arguments),
            problem=redact(line.problem),
            notes=[{**note, "text": redact(note["text"])} for note in line.notes],
            output=line.output if line.output is None else redact(line.output),
            said=redact(line.said),
        )
        for line in lines
    ]
