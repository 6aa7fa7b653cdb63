"""Ephemeral keys over HTTP: a trusted program makes one, a browser opens a session with it.

Both dialects have their own addresses and shapes. Keys for translation sessions
(``/v1/realtime/translations/client_secrets``) are not made, as there are no such sessions here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import InvalidEvent
from ..protocol import (
    GA,
    PREVIEW,
    UNSET,
    Dialect,
    Field,
    SessionConfig,
    SessionUpdate,
    explain,
    first_unknown_field,
    missing_parameter,
    unknown_parameter,
)
from .access import check_origin
from .handshake import Handshake, HandshakeError
from .ids import Ids
from .routing import check_api_version, deployment_of
from .server import Server
from .settings import Settings

__all__ = ["mint_routes"]

T = TypeVar("T", bound=msgspec.Struct)

_LARGEST_BODY = 1024 * 1024
_GA_SECONDS = 600
_PREVIEW_SECONDS = 60
_CORS_SECONDS = "600"


class _Life(msgspec.Struct, kw_only=True):
    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, msgspec.Meta(ge=10, le=7200)] | Field = UNSET


class _GaRequest(msgspec.Struct, kw_only=True):
    session: dict[str, Any] | Field = UNSET
    expires_after: _Life | None | Field = UNSET


class _PreviewSecret(msgspec.Struct, kw_only=True):
    expires_after: _Life | None | Field = UNSET
    expires_at: _Life | None | Field = UNSET
    """The same, as the preview calls it for transcription sessions."""


class _PreviewRequest(msgspec.Struct, kw_only=True):
    client_secret: _PreviewSecret | None | Field = UNSET


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a request asks for: the settings (GA layout), and how long the key is good for."""

    session: SessionConfig
    seconds: int


class _Shape(Protocol):
    """How a dialect asks for a key and tells it."""

    @property
    def dialect(self) -> Dialect: ...

    def read(self, body: dict[str, Any]) -> _Wish:
        """Read a request.

        Raises:
            InvalidEvent: as for a ``session.update``.
        """
        ...

    def write(self, value: str, expires_at: int, session: dict[str, Any]) -> dict[str, Any]:
        """The answer; ``session`` are all its settings in the GA layout."""
        ...


class _Ga:
    dialect = GA

    def read(self, body: dict[str, Any]) -> _Wish:
        request = _convert(body, _GaRequest)
        session = {"type": "realtime"} if request.session is UNSET else request.session
        return _Wish(
            _session_of(GA, "session.update", session), _life(request.expires_after, _GA_SECONDS)
        )

    def write(self, value: str, expires_at: int, session: dict[str, Any]) -> dict[str, Any]:
        return {"value": value, "expires_at": expires_at, "session": GA.session_object(session)}


@dataclass(frozen=True, slots=True)
class _Preview:
    """``update`` is the event that would change such a session."""

    update: str
    dialect: Dialect = PREVIEW

    def read(self, body: dict[str, Any]) -> _Wish:
        session = {name: value for name, value in body.items() if name != "client_secret"}
        secret = {name: value for name, value in body.items() if name == "client_secret"}
        request = _convert(secret, _PreviewRequest).client_secret or _PreviewSecret()
        seconds = _life(request.expires_after or request.expires_at, _PREVIEW_SECONDS)
        try:
            return _Wish(_session_of(PREVIEW, self.update, session), seconds)
        except InvalidEvent as refusal:
            raise _without_root(refusal) from None

    def write(self, value: str, expires_at: int, session: dict[str, Any]) -> dict[str, Any]:
        secret = {"value": value, "expires_at": expires_at}
        return PREVIEW.session_object({**session, "client_secret": secret})


_SHAPES: Mapping[str, _Shape] = {
    "/openai/v1/realtime/client_secrets": _Ga(),
    "/v1/realtime/client_secrets": _Ga(),
    "/openai/realtimeapi/sessions": _Preview("session.update"),
    # Where the openai SDK's client for Azure looks for it.
    "/openai/realtime/sessions": _Preview("session.update"),
    "/v1/realtime/sessions": _Preview("session.update"),
    "/v1/realtime/transcription_sessions": _Preview("transcription_session.update"),
}


def mint_routes(server: Server) -> list[Route]:
    """The routes that make ephemeral keys."""

    async def answer(request: Request) -> Response:
        origin = request.headers.get("origin")
        try:
            check_origin(origin)
        except HandshakeError as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers=_preflight(request))
        else:
            response = await _mint(request, server)
        if origin is not None:
            response.headers["access-control-allow-origin"] = origin
            response.headers["vary"] = "Origin"
        return response

    return [Route(path, answer, methods=["POST", "OPTIONS"]) for path in _SHAPES]


async def _mint(request: Request, server: Server) -> Response:
    handshake = Handshake.of(request)
    try:
        server.access.check_owner(handshake)
        check_api_version(handshake)
        return JSONResponse(_answer(handshake, await _body(request), server))
    except HandshakeError as refusal:
        return JSONResponse(refusal.body, refusal.status, refusal.headers)
    except InvalidEvent as refusal:
        error = {
            "message": refusal.message,
            "type": refusal.type,
            "param": refusal.param,
            "code": refusal.code,
        }
        return JSONResponse({"error": error}, 400)


def _answer(handshake: Handshake, body: dict[str, Any], server: Server) -> dict[str, Any]:
    """Make a key for the settings in ``body``, having checked them as an open session would."""
    shape = _SHAPES[handshake.path]
    wish = shape.read(body)
    settings = _settled(handshake, wish.session, shape.dialect, server)
    key = server.access.ephemeral.mint(msgspec.to_builtins(wish.session), wish.seconds)
    return shape.write(key.value, key.expires_at, msgspec.to_builtins(settings.config))


def _settled(
    handshake: Handshake, asked: SessionConfig, dialect: Dialect, server: Server
) -> Settings:
    """The settings that a session opened with the key begins with."""
    model, kind = asked.model or None, asked.type or "realtime"
    if model is None and kind == "realtime" and handshake.service == "azure":
        # A deployment has the name that its owner gave it, so there is no usual one.
        raise missing_parameter("model" if dialect is PREVIEW else "session.model")
    deployment = deployment_of(handshake, server.deployments, model, dialect, kind)
    profile = deployment.profile
    shown = model if model and dialect is GA else profile.snapshot
    # No session has begun, so there is no time at which it would end: the services tell 0.
    settings = Settings.defaults(dialect.name, shown, profile, Ids(server.random)("sess"), 0, kind)
    try:
        settings.update(asked, voice_locked=False)
    except InvalidEvent as refusal:
        refusal = dialect.refusal(refusal)
        raise (_without_root(refusal) if dialect is PREVIEW else refusal) from None
    return settings


async def _body(request: Request) -> dict[str, Any]:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > _LARGEST_BODY:
            raise InvalidEvent("The body of the request is larger than 1 MiB.")
    try:
        body = msgspec.json.decode(data or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidEvent("The body of the request could not be parsed: send a JSON object.")
    return body


def _convert(body: dict[str, Any], kind: type[T]) -> T:
    try:
        request = msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise explain(error, body, kind) from None
    unknown = first_unknown_field(body, request)
    if unknown:
        raise unknown_parameter(unknown)
    return request


def _session_of(dialect: Dialect, update: str, session: dict[str, Any]) -> SessionConfig:
    """Read settings with all the strictness of the event that changes them."""
    event = dialect.decode_client(msgspec.json.encode({"type": update, "session": session}))
    assert isinstance(event, SessionUpdate)
    return event.session


def _life(asked: _Life | None | Field, default: int) -> int:
    return asked.seconds or default if asked else default


def _without_root(refusal: InvalidEvent) -> InvalidEvent:
    """The same refusal for settings that are not inside a ``session``."""
    if not refusal.param:
        return refusal
    param = refusal.param.removeprefix("session.")
    return InvalidEvent(
        refusal.message.replace(refusal.param, param), code=refusal.code, param=param
    )


def _preflight(request: Request) -> dict[str, str]:
    # Any header: the page is of this machine, and SDKs send many of their own.
    asked = request.headers.get("access-control-request-headers")
    return {
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": asked or "api-key, authorization, content-type",
        "access-control-max-age": _CORS_SECONDS,
    }
