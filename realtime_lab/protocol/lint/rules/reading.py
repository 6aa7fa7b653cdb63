"""Events that one side does not understand."""

from __future__ import annotations

from typing import Any

import msgspec

from ....errors import InvalidEvent
from ...client_events import CLIENT_EVENTS, ClientEvent, InputAudioBufferAppend
from ...codec import GA, PREVIEW, Dialect
from ...configuration import SessionConfig
from ...dialects import EVENT_NAMES, RESPONSE_REQUEST_FIELDS, SESSION_FIELDS
from ...recent import Recent
from ...responses import ResponseConfig
from ...server_events import SERVER_EVENTS, ErrorEvent, UnknownEvent
from ..finding import About
from ..record import UNKNOWN, Handlers, Record
from ..rule import Rule, span
from .words import listed

__all__ = ["EventIdReused", "InvalidClientEvent", "UnknownServerEvent", "WrongDialect"]

_OTHER: dict[str, Dialect] = {"ga": PREVIEW, "preview": GA}
_OWN: dict[str, Dialect] = {"ga": GA, "preview": PREVIEW}
_NAMES = {"ga": "GA", "preview": "preview"}
_KNOWN = frozenset({*(event.type for event in SERVER_EVENTS), *EVENT_NAMES})
_ONLY = {*SESSION_FIELDS, *RESPONSE_REQUEST_FIELDS} ^ {
    *SessionConfig.__struct_fields__,
    *ResponseConfig.__struct_fields__,
}
"""Fields of settings that one dialect has and the other has not."""
KINDS_TOLD = 50


class WrongDialect(Rule):
    about = About(
        id="wrong-dialect",
        severity="error",
        title="Names of the other dialect",
        why="The preview has `modalities`, `voice` and `turn_detection` beside each other; GA has "
        "`output_modalities` and `audio.input`, `audio.output`, and wants `session.type`. Each "
        "service refuses the other's names, and the whole event with them.",
        instead="Write for one dialect. The path decides which: `/openai/v1/realtime` is GA, "
        "`/openai/realtime?api-version=…-preview` is the preview.",
        source="Azure OpenAI, migration from preview to GA",
    )

    def handlers(self) -> Handlers:
        return {UNKNOWN: self._not_read}

    def _not_read(self, event: UnknownEvent, record: Record) -> None:
        dialect = self.facts.origin.dialect
        other = _OTHER[dialect]
        if record.direction == "received":
            if _reads(other, event):
                self.tell_once(
                    record,
                    f"The service speaks the {_NAMES[other.name]} dialect ({event.type}), and the "
                    f"log was told that it is {_NAMES[dialect]}.",
                )
            return
        text = msgspec.json.encode(event.body)
        refusal = _refusal(_OWN[dialect], text)
        if refusal is not None and _refusal(other, text) is None:
            self.tell(
                record,
                f"{event.type} is written in the {_NAMES[other.name]} dialect"
                f"{_where(event, refusal)}; this session speaks {_NAMES[dialect]}.",
            )


def _reads(dialect: Dialect, event: UnknownEvent) -> bool:
    """Whether a dialect understands an event of the service."""
    return not isinstance(dialect.decode_server(msgspec.json.encode(event.body)), UnknownEvent)


def _where(event: UnknownEvent, refusal: InvalidEvent) -> str:
    """The names that only the other dialect has, in brackets."""
    settings = event.body.get("session") or event.body.get("response")
    names = [name for name in settings if name in _ONLY] if isinstance(settings, dict) else []
    if not names and refusal.param not in (None, "type"):
        names = [refusal.param]
    return f" ({listed(map(str, names))})" if names else ""


class InvalidClientEvent(Rule):
    about = About(
        id="invalid-event",
        severity="error",
        title="An event that the service refuses",
        why="A field is unknown, missing or of a wrong kind. Nothing of the event is done.",
        instead="Mend the field that is named; an `error` with the same `param` follows.",
        source="OpenAI API reference, client events, read as strictly as the service does",
    )

    def handlers(self) -> Handlers:
        return {UNKNOWN: self._not_read}

    def _not_read(self, event: UnknownEvent, record: Record) -> None:
        if record.direction != "sent" or self.is_explained(record):
            return
        text = msgspec.json.encode(event.body)
        refusal = _refusal(_OWN[self.facts.origin.dialect], text)
        told = [refusal.code, refusal.param] if refusal else []
        why = ", ".join(one for one in told if one) or "it cannot be read"
        known = event.type in {kind.type for kind in CLIENT_EVENTS}
        what = event.type if known else "An event of no known type"
        self.tell(record, f"{what} is refused: {why}.")


def _refusal(dialect: Dialect, text: bytes) -> InvalidEvent | None:
    try:
        dialect.decode_client(text)
    except InvalidEvent as refusal:
        return refusal
    return None


class UnknownServerEvent(Rule):
    about = About(
        id="unknown-event",
        severity="advice",
        title="An event of the service that is not known",
        why="Services add events without notice. It was kept as it came, and nothing followed from "
        "it; a strict client may have broken.",
        instead="Ignore what is not known; update this package where the event matters.",
        source="recorded of the services, whose events have grown from 28 to 46 kinds",
    )

    def handlers(self) -> Handlers:
        return {UNKNOWN: self._not_read}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._kinds: set[str] = set()

    def _not_read(self, event: UnknownEvent, record: Record) -> None:
        told = event.type in self._kinds or len(self._kinds) >= KINDS_TOLD
        other = _OTHER[self.facts.origin.dialect]
        if record.direction != "received" or told or _reads(other, event):
            return
        self._kinds.add(event.type)
        if event.type in _KNOWN:
            self.tell(record, f"{event.type} has another shape than is known of it.")
        elif event.type:
            self.tell(record, f"The service told {event.type}, which is not known here.")
        else:
            self.tell(record, "The service sent something that is not an event.")


class EventIdReused(Rule):
    about = About(
        id="event-id-reused",
        severity="warning",
        title="An event_id is used twice",
        why="An `error` names the event at fault by its `event_id`: with two of the same name "
        "nobody can tell which one it was.",
        instead="Give each event an id of its own, or none.",
        source="OpenAI API reference, `error.event_id`",
    )

    def handlers(self) -> Handlers:
        kinds = (kind for kind in CLIENT_EVENTS if kind is not InputAudioBufferAppend)
        return {ErrorEvent: self._refused, **dict.fromkeys(kinds, self._sent)}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._refusals: Recent[str, None] = Recent()

    def _refused(self, event: ErrorEvent, _: Record) -> None:
        """What was refused may be sent again under its id."""
        self._refusals.remember(event.error.event_id or "", None)

    def _sent(self, event: ClientEvent, record: Record) -> None:
        before = self.facts.sent.by_id.get(event.event_id) if event.event_id else None
        again = event.event_id in self._refusals or self.facts.origin.moving
        if before is not None and not again:
            self.tell(
                record,
                f"The event_id {event.event_id} was used {span(self.since(before))} before, by "
                f"{before.event.type}.",
                before,
            )
