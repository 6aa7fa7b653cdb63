"""The server's own routes: what it is, what it is doing, and the limits it keeps to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..protocol import PROFILES, SCHEMAS, event_schema
from .access import check_origin
from .deployments import Deployment
from .handshake import HandshakeError
from .limits import LimitsChange
from .metrics import CONTENT_TYPE, metrics_text
from .server import Server
from .version import package_version

__all__ = ["lab_routes", "server_status"]

_LONGEST_BODY = 64 * 1024


class _LimitsRequest(LimitsChange, kw_only=True, forbid_unknown_fields=True):
    """Body of ``PATCH /lab/limits``; without a deployment it is meant for all."""

    deployment: str | None = None


_Answer = Callable[[Request], Awaitable[Response]]


def lab_routes(server: Server) -> list[Route]:
    """``/healthz``, ``/metrics`` and the routes under ``/lab``."""

    async def health(request: Request) -> Response:
        version = package_version()
        return JSONResponse({"status": "ok", "name": "realtime-lab", "version": version})

    async def status(request: Request) -> Response:
        server.control.check_look(request.headers)
        return JSONResponse(server_status(server))

    async def limits(request: Request) -> Response:
        if request.method == "PATCH":
            server.control.check_change(request.headers)
            _change_limits(server, await _body(request))
        else:
            server.control.check_look(request.headers)
        return JSONResponse({"deployments": [_limits_of(one) for one in server.deployments]})

    async def metrics(request: Request) -> Response:
        server.control.check_look(request.headers)
        return Response(await metrics_text(server), media_type=CONTENT_TYPE)

    async def schemas(request: Request) -> Response:
        return JSONResponse({"schemas": [f"/lab/schemas/{d}/{side}" for d, side in SCHEMAS]})

    async def schema(request: Request) -> Response:
        asked: Any = (request.path_params["dialect"], request.path_params["side"])
        if asked not in SCHEMAS:
            raise HandshakeError(404, "404", "There is no such schema; /lab/schemas lists them.")
        return JSONResponse(event_schema(*asked), media_type="application/schema+json")

    return [
        Route("/healthz", health),
        Route("/metrics", answering(metrics)),
        Route("/lab/status", answering(status)),
        Route("/lab/limits", answering(limits), methods=["GET", "PATCH"]),
        Route("/lab/schemas", schemas),
        Route("/lab/schemas/{dialect}/{side}", answering(schema)),
    ]


def answering(route: _Answer) -> _Answer:
    """The route, with refusals as answers; pages from elsewhere are refused."""

    async def answer(request: Request) -> Response:
        try:
            check_origin(request.headers.get("origin"))
            return await route(request)
        except HandshakeError as refusal:
            return JSONResponse(refusal.body, refusal.status, refusal.headers)

    return answer


def server_status(server: Server) -> dict[str, Any]:
    """What the server is and does now. Nothing of what was said in a session."""
    sessions = list(server.roster)
    return {
        "name": "realtime-lab",
        "version": package_version(),
        "uptime_seconds": round(server.roster.uptime, 3),
        "stopping": server.roster.closing,
        "seed": server.seed,
        "region": server.region,
        "engine": {
            "state": server.engine_state(),
            "sessions": len(sessions),
            "responses": sum(session.responses_running for session in sessions),
        },
        "profiles": [
            {"name": profile.key, "model": profile.name, "dialect": profile.dialect}
            for profile in PROFILES.values()
        ],
        "deployments": [
            *({"name": one.name, "profile": one.profile.key} for one in server.deployments),
            *(
                {"name": name, "profile": model}
                for name, model in server.deployments.mapped.items()
                if name not in {one.name for one in server.deployments}
            ),
        ],
        "sessions": [
            {
                "id": session.id,
                "deployment": session.tally.deployment,
                "dialect": session.tally.dialect,
                "age_seconds": round(server.roster.age(session), 3),
                "turns": session.turns,
                "responses": session.responses,
                "bytes_in": session.bytes_in,
                "bytes_out": session.bytes_out,
            }
            for session in sessions
        ],
        "faults": server.faults.as_dict(),
        "totals": {
            "sessions": sum(tally.sessions for tally in server.roster.tallies),
            "handshakes_refused": sum(server.roster.refused.values()),
        },
    }


def _limits_of(deployment: Deployment) -> dict[str, Any]:
    return {
        "name": deployment.name,
        "profile": deployment.profile.key,
        "limits": msgspec.to_builtins(deployment.limits.states()),
    }


def _change_limits(server: Server, body: bytes) -> None:
    try:
        asked = msgspec.json.decode(body, type=_LimitsRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HandshakeError(400, "400", f"These limits cannot be: {error}.") from None
    try:
        server.deployments.change_limits(asked, asked.deployment)
    except LookupError:
        raise HandshakeError(
            404,
            "404",
            f"There is no deployment '{asked.deployment}' yet: it is made by its first session. "
            "Leave 'deployment' out to set the limits of all.",
        ) from None


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise HandshakeError(413, "413", "The body is too long.")
    return body
