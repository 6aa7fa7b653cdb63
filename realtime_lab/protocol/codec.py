"""The two dialects on the wire: bytes in, events out, and back.

Inside there are only GA events. `GA` reads and writes them as they are; `PREVIEW` renames what
`dialects` lists. Reading is a single pass of a typed decoder for the frequent events (deltas,
appends); the few that carry settings, items or responses take a slower way through plain objects.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, Union

import msgspec

from ..errors import InvalidEvent
from .client_events import (
    CLIENT_EVENTS,
    ClientEvent,
    InputAudioBufferAppend,
    SessionUpdate,
)
from .dialects import (
    EVENT_NAMES,
    FIRST_RESPONSE_FIELDS,
    FIRST_RESPONSE_REQUEST_FIELDS,
    FORMAT_NAMES,
    RESPONSE_FIELDS,
    RESPONSE_REQUEST_FIELDS,
    SESSION_FIELDS,
    TRANSCRIPTION_SESSION_FIELDS,
    FieldName,
    ga_object,
    ga_parts,
    preview_object,
    preview_parts,
    preview_path,
)
from .server_events import (
    SERVER_EVENTS,
    DtmfReceived,
    InputTranscriptionSegment,
    ItemDone,
    McpCallArgumentsDelta,
    McpCallArgumentsDone,
    McpCallCompleted,
    McpCallFailed,
    McpCallInProgress,
    McpListToolsCompleted,
    McpListToolsFailed,
    McpListToolsInProgress,
    ServerEvent,
    TimeoutTriggered,
    UnknownEvent,
)
from .validation import (
    explain,
    first_unknown_field,
    invalid_value,
    missing_parameter,
    unknown_parameter,
)

__all__ = [
    "FIRST_PREVIEW",
    "FIRST_REQUEST_FIELDS",
    "GA",
    "GA_ONLY_EVENTS",
    "IGNORED_FIELDS",
    "PREVIEW",
    "PREVIEW_ONLY_FIELDS",
    "READ_ONLY_FIELDS",
    "TRANSCRIPTION_PREFIX",
    "Dialect",
    "dialect_named",
]

PREVIEW_ONLY_FIELDS = frozenset({"temperature", "client_secret"})
"""Settings of a session that the GA dialect does not have."""
READ_ONLY_FIELDS = ("id", "object", "expires_at", "client_secret")
_ANY_SERVER_EVENT: Any = Union[SERVER_EVENTS]  # noqa: UP007 - a tuple of types
_ANY_CLIENT_EVENT: Any = Union[CLIENT_EVENTS]  # noqa: UP007 - a tuple of types
_client_decoder = msgspec.json.Decoder(_ANY_CLIENT_EVENT)
_append_decoder = msgspec.json.Decoder(InputAudioBufferAppend)
_object_decoder = msgspec.json.Decoder(dict[str, Any])
_encoder = msgspec.json.Encoder()
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises: the last for what is nested too deeply."""
_DEEPEST = 100
"""How deep a client's event may be nested: whatever takes it apart later does so recursively."""
FIRST_REQUEST_FIELDS = ("commit", "cancel_previous", "append_input_items")
"""What only the first preview version lets a client ask of a response."""
_TRANSCRIPTION_UPDATE = "transcription_session.update"
TRANSCRIPTION_PREFIX = "transcription_"
"""What the preview dialect puts before ``session.…`` where the session only transcribes."""
GA_ONLY_EVENTS = (
    ItemDone,
    InputTranscriptionSegment,
    TimeoutTriggered,
    DtmfReceived,
    McpListToolsInProgress,
    McpListToolsCompleted,
    McpListToolsFailed,
    McpCallArgumentsDelta,
    McpCallArgumentsDone,
    McpCallInProgress,
    McpCallCompleted,
    McpCallFailed,
)
"""Server events that the preview dialect does not have."""
_SERVER_EVENT_BY_TYPE = {event.type: event for event in SERVER_EVENTS}


class Dialect(Protocol):
    """A spelling of the protocol."""

    name: str

    def decode_server(self, data: bytes | str) -> ServerEvent | UnknownEvent:
        """Read what a service sent. Never raises: what is not understood is an `UnknownEvent`."""
        ...

    def encode_client(self, event: ClientEvent) -> bytes:
        """Write what a client sends, as JSON text."""
        ...

    def decode_client(self, data: bytes | str) -> ClientEvent:
        """Read what a client sent, as strictly as a service does.

        Raises:
            InvalidEvent: with the code, message and parameter path a service would answer.
        """
        ...

    def encode_server(self, event: ServerEvent) -> bytes | None:
        """Write what a service sends; ``None`` for an event this dialect does not have."""
        ...

    def session_object(self, session: dict[str, Any]) -> dict[str, Any]:
        """A session's settings (GA layout, plain objects) as this dialect shows them."""
        ...

    def refusal(self, refusal: InvalidEvent) -> InvalidEvent:
        """A refusal worded with GA names, in the words of this dialect."""
        ...


class _Ga:
    """The dialect of the generally available service."""

    name = "ga"

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[ServerEvent]:
        # Made when needed: a server never reads server events, and it takes a while.
        return msgspec.json.Decoder(_ANY_SERVER_EVENT)

    def decode_server(self, data: bytes | str) -> ServerEvent | UnknownEvent:
        try:
            return self._decoder.decode(data)
        except _UNREADABLE as error:
            return _unknown(data, error)

    def encode_client(self, event: ClientEvent) -> bytes:
        return _encoder.encode(event)

    def decode_client(self, data: bytes | str) -> ClientEvent:
        try:
            event = _client_decoder.decode(data)
        except _UNREADABLE as error:
            body = _json_object(data)
            raise _blame(self._refusal_of(error, body), body) from None
        if isinstance(event, InputAudioBufferAppend):
            return event
        return _checked(event, _json_object(data), self._refuse)

    def _refusal_of(self, error: Exception, body: dict[str, Any]) -> InvalidEvent:
        try:
            self._refuse(body)
        except InvalidEvent as refusal:
            return refusal
        return explain(error, body, _kind_of(body))

    def _refuse(self, body: dict[str, Any]) -> None:
        session = body.get("session")
        if body["type"] == SessionUpdate.type and isinstance(session, dict):
            if "type" not in session:
                raise missing_parameter("session.type")
            _refuse_fields(session, (*PREVIEW_ONLY_FIELDS, *READ_ONLY_FIELDS), "session")
            _refuse_modalities(session, "session.output_modalities", [["text"], ["audio"]])
        response = body.get("response")
        if isinstance(response, dict):
            _refuse_fields(response, ("temperature", *FIRST_REQUEST_FIELDS), "response")
            _refuse_modalities(response, "response.output_modalities", [["text"], ["audio"]])

    def encode_server(self, event: ServerEvent) -> bytes | None:
        if event.__struct_config__.tag != event.type:  # it was read in the preview dialect
            return _encoder.encode({**msgspec.to_builtins(event), "type": event.type})
        return _encoder.encode(event)

    def session_object(self, session: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in session.items() if k not in PREVIEW_ONLY_FIELDS}

    def refusal(self, refusal: InvalidEvent) -> InvalidEvent:
        return refusal


class _Preview:
    """The dialect of the preview services.

    ``requests`` and ``responses`` are the fields of a response, as asked for and as told.
    """

    name = "preview"

    _names: Mapping[str, str] = {ga: preview for preview, ga in EVENT_NAMES.items()}

    def __init__(
        self, requests: Mapping[str, FieldName], responses: Mapping[str, FieldName]
    ) -> None:
        self._requests = requests
        self._responses = responses
        self._tables = {"session": SESSION_FIELDS, "response": requests}

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[ServerEvent]:
        # The frequent events differ from GA in their name alone: a subclass with that name reads
        # them in one pass and is still the GA event to everybody else.
        renamed = tuple(
            msgspec.defstruct(
                f"Preview{event.__name__}",
                [],
                bases=(event,),
                tag_field="type",
                tag=self._names.get(event.type, event.type),
                kw_only=True,
            )
            for event in SERVER_EVENTS
            if not {"session", "item", "response"} & set(event.__struct_fields__)
        )
        same: Any = Union[renamed]  # noqa: UP007 - a tuple of types
        return msgspec.json.Decoder(same)

    def decode_server(self, data: bytes | str) -> ServerEvent | UnknownEvent:
        try:
            return self._decoder.decode(data)
        except _UNREADABLE as error:
            problem = error
        try:
            body = _server_to_ga(_object_decoder.decode(data))
            # To one class: a union would be taken apart anew at every conversion.
            kind = _SERVER_EVENT_BY_TYPE.get(body["type"])
            if kind is not None:
                return msgspec.convert(body, kind)
        except (*_UNREADABLE, AttributeError, TypeError) as error:
            problem = error
        return _unknown(data, problem)

    def encode_client(self, event: ClientEvent) -> bytes:
        if isinstance(event, InputAudioBufferAppend):
            return _encoder.encode(event)
        body = msgspec.to_builtins(event)
        if isinstance(body.get("session"), dict):
            if body["session"].get("type") == "transcription":
                body["type"] = _TRANSCRIPTION_UPDATE
            session = self.session_object(body["session"])
            body["session"] = {k: v for k, v in session.items() if k not in READ_ONLY_FIELDS}
        if isinstance(body.get("response"), dict):
            body["response"] = preview_object(body["response"], self._requests)
            _map_items(body["response"], "input", preview_parts)
        if isinstance(body.get("item"), dict):
            body["item"] = preview_parts(body["item"])
        return _encoder.encode(body)

    def decode_client(self, data: bytes | str) -> ClientEvent:
        if (append := _read_append(data)) is not None:
            return append
        body = _json_object(data, (*_CLIENT_TYPES, _TRANSCRIPTION_UPDATE))
        if body.get("type") == InputAudioBufferAppend.type:
            return GA.decode_client(data)
        try:
            self._refuse(body)
        except InvalidEvent as refusal:
            raise _blame(refusal, body) from None
        try:
            return self._decode_body(body)
        except InvalidEvent as refusal:
            raise _blame(_in_preview_words(refusal, self._tables), body) from None

    def _refuse(self, body: dict[str, Any]) -> None:
        """Refuse what can only be told in this dialect's own names."""
        tables = dict(self._tables)
        if body["type"] == _TRANSCRIPTION_UPDATE:
            tables["session"] = {**TRANSCRIPTION_SESSION_FIELDS, **IGNORED_FIELDS}
        for root, fields in tables.items():
            values = body.get(root)
            if isinstance(values, dict):
                if root == "session":
                    _refuse_fields(values, READ_ONLY_FIELDS, root)
                _refuse_fields(values, [name for name in values if name not in fields], root)
                _refuse_modalities(values, f"{root}.modalities", [["text"], ["audio", "text"]])
                for name in ("input_audio_format", "output_audio_format"):
                    if name in values and values[name] not in FORMAT_NAMES:
                        raise invalid_value(f"{root}.{name}", values[name], FORMAT_NAMES)

    def _decode_body(self, body: dict[str, Any]) -> ClientEvent:
        ga = dict(body)
        if isinstance(body.get("session"), dict):
            ga["session"] = ga_object(body["session"], SESSION_FIELDS)
        if body["type"] == _TRANSCRIPTION_UPDATE:
            ga["type"] = SessionUpdate.type
            if isinstance(body.get("session"), dict):
                asked = {k: v for k, v in body["session"].items() if k not in IGNORED_FIELDS}
                ga["session"] = _transcription_session(asked)
        if isinstance(body.get("response"), dict):
            ga["response"] = ga_object(body["response"], self._requests)
            _map_items(ga["response"], "input", ga_parts)
            _map_items(ga["response"], "append_input_items", ga_parts)
        if isinstance(body.get("item"), dict):
            ga["item"] = ga_parts(body["item"])
        try:
            event = msgspec.convert(ga, _ANY_CLIENT_EVENT)
        except msgspec.ValidationError as error:
            raise explain(error, ga, _kind_of(ga)) from None
        return _checked(event, ga)

    def encode_server(self, event: ServerEvent) -> bytes | None:
        if isinstance(event, GA_ONLY_EVENTS):
            return None
        body = msgspec.to_builtins(event)
        body["type"] = self._names.get(event.type, event.type)
        if "session" in body:
            if body["session"].get("type") == "transcription":
                body["type"] = TRANSCRIPTION_PREFIX + event.type
            body["session"] = self.session_object(body["session"])
        if "item" in body:
            body["item"] = preview_parts(body["item"])
        if "response" in body:
            body["response"] = preview_object(body["response"], self._responses)
            _map_items(body["response"], "output", preview_parts)
        return _encoder.encode(body)

    def session_object(self, session: dict[str, Any]) -> dict[str, Any]:
        transcribes = session.get("type") == "transcription"
        fields = TRANSCRIPTION_SESSION_FIELDS if transcribes else SESSION_FIELDS
        return preview_object(session, fields)

    def refusal(self, refusal: InvalidEvent) -> InvalidEvent:
        return _in_preview_words(refusal, self._tables)


GA: Dialect = _Ga()
PREVIEW: Dialect = _Preview(RESPONSE_REQUEST_FIELDS, RESPONSE_FIELDS)
FIRST_PREVIEW: Dialect = _Preview(FIRST_RESPONSE_REQUEST_FIELDS, FIRST_RESPONSE_FIELDS)
"""`PREVIEW` as it was in October 2024."""


def dialect_named(name: str) -> Dialect:
    """`GA` or `PREVIEW` by its name.

    Raises:
        ValueError: for any other name.
    """
    for dialect in (GA, PREVIEW):
        if dialect.name == name:
            return dialect
    raise ValueError(f"there is no dialect {name!r}: use 'ga' or 'preview'")


def _server_to_ga(body: dict[str, Any]) -> dict[str, Any]:
    ga = dict(body)
    ga["type"] = EVENT_NAMES.get(body["type"], body["type"]) if "type" in body else ""
    if isinstance(body.get("session"), dict):
        if ga["type"].startswith(TRANSCRIPTION_PREFIX):
            ga["type"] = ga["type"].removeprefix(TRANSCRIPTION_PREFIX)
            ga["session"] = _transcription_session(body["session"])
        else:
            ga["session"] = ga_object(body["session"], SESSION_FIELDS)
    if isinstance(body.get("item"), dict):
        ga["item"] = ga_parts(body["item"])
    if isinstance(body.get("response"), dict):
        ga["response"] = ga_object(body["response"], RESPONSE_FIELDS)
        _map_items(ga["response"], "output", ga_parts)
    return ga


def _transcription_session(body: dict[str, Any]) -> dict[str, Any]:
    return {"type": "transcription", **ga_object(body, TRANSCRIPTION_SESSION_FIELDS)}


def _map_items(holder: dict[str, Any], key: str, change: Any) -> None:
    if isinstance(holder.get(key), list):
        holder[key] = [change(i) if isinstance(i, dict) else i for i in holder[key]]


def _read_append(data: bytes | str) -> InputAudioBufferAppend | None:
    """The frequent event in one pass, as it is the same in both dialects; ``None`` for others."""
    start = data[:200] if isinstance(data, str) else data[:200].decode(errors="replace")
    if InputAudioBufferAppend.type in start:
        with contextlib.suppress(*_UNREADABLE):
            return _append_decoder.decode(data)
    return None


def _unknown(data: bytes | str, error: Exception) -> UnknownEvent:
    try:
        body = msgspec.json.decode(data)
    except _UNREADABLE:
        text = data if isinstance(data, str) else data.decode(errors="replace")
        return UnknownEvent(type="", body={"text": text}, problem=f"not JSON: {error}")
    if not isinstance(body, dict):
        return UnknownEvent(type="", body={"value": body}, problem="not a JSON object")
    return UnknownEvent(
        type=str(body.get("type", "")),
        body=body,
        problem=str(error),
        event_id=str(body.get("event_id", "")),
    )


def _json_object(data: bytes | str, types: Sequence[str] | None = None) -> dict[str, Any]:
    types = _CLIENT_TYPES if types is None else types
    try:
        body = msgspec.json.decode(data)
    except _UNREADABLE as error:
        if isinstance(error, RecursionError):
            raise _too_deep() from None
        raise InvalidEvent(f"The event is not valid JSON: {error}.", code="invalid_event") from None
    if _depth(body) > _DEEPEST:
        raise _too_deep()
    if not isinstance(body, dict):
        raise InvalidEvent("The event is not a JSON object.", code="invalid_event")
    if "type" not in body:
        raise _blame(InvalidEvent("The 'type' field is missing.", code="invalid_event"), body)
    if body["type"] not in types:
        raise _blame(invalid_value("type", body["type"], types), body)
    return body


def _depth(body: Any) -> int:
    """How deep ``body`` is nested, counted to just beyond what is allowed."""
    depth, level = 0, [body]
    while level and depth <= _DEEPEST:
        depth += 1
        holders = [value for value in level if isinstance(value, (dict, list))]
        level = [v for one in holders for v in (one.values() if isinstance(one, dict) else one)]
    return depth


def _too_deep() -> InvalidEvent:
    return InvalidEvent("The event is nested too deeply.", code="invalid_event")


_CLIENT_TYPES = tuple(event.type for event in CLIENT_EVENTS)


def _kind_of(body: dict[str, Any]) -> type[ClientEvent]:
    return CLIENT_EVENTS[_CLIENT_TYPES.index(body["type"])]


def _checked(event: ClientEvent, body: dict[str, Any], refuse: Any = None) -> ClientEvent:
    try:
        if refuse:
            refuse(body)
        unknown = first_unknown_field(body, event)
        if unknown:
            raise unknown_parameter(unknown)
    except InvalidEvent as refusal:
        raise _blame(refusal, body) from None
    return event


def _blame(refusal: InvalidEvent, body: dict[str, Any] | None) -> InvalidEvent:
    event_id = (body or {}).get("event_id")
    refusal.event_id = event_id if isinstance(event_id, str) else None
    return refusal


def _refuse_fields(body: dict[str, Any], names: Any, root: str) -> None:
    for name in names:
        if name in body:
            raise unknown_parameter(f"{root}.{name}")


def _refuse_modalities(body: dict[str, Any], path: str, allowed: list[list[str]]) -> None:
    """Refuse a combination that is not offered; single wrong words are found by their type."""
    wanted = body.get(path.rpartition(".")[2])
    known = {"audio", "text"}
    if isinstance(wanted, list) and all(w in known for w in wanted if isinstance(w, str)):
        words = sorted(w for w in wanted if isinstance(w, str))
        if len(words) == len(wanted) and words not in allowed:
            combinations = " and ".join(map(str, allowed))
            raise InvalidEvent(
                f"Invalid modalities: {wanted}. Supported combinations are: {combinations}.",
                code="invalid_value",
                param=path,
            )


_PART_TYPE = re.compile(r"\.content\[\d+\]\.type$")
IGNORED_FIELDS = {"modalities": FieldName(())}
"""What the preview's ``transcription_session.update`` may carry and nothing comes of."""


def _in_preview_words(
    refusal: InvalidEvent, tables: Mapping[str, Mapping[str, FieldName]]
) -> InvalidEvent:
    if refusal.param and _PART_TYPE.search(refusal.param):
        message = refusal.message.replace("'output_", "'")
        return InvalidEvent(
            message,
            code=refusal.code,
            param=refusal.param,
            event_id=refusal.event_id,
            type=refusal.type,
        )
    for root, fields in tables.items():
        if refusal.param and refusal.param.startswith(f"{root}."):
            path = preview_path(refusal.param, root, fields)
            message = refusal.message.replace(refusal.param, path)
            return InvalidEvent(
                message,
                code=refusal.code,
                param=path,
                event_id=refusal.event_id,
                type=refusal.type,
            )
    return refusal
