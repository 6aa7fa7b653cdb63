"""``/lab/faults``: see and change what shall go wrong, while the server runs."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import FaultError
from .fault_reading import faults_of_json
from .handshake import HandshakeError
from .server import Server
from .status import answering

__all__ = ["fault_routes"]

_FIELDS = ("faults", "seed", "struck")
"""Of the body; ``struck`` is let pass, so that an answer can be edited and sent back."""


def fault_routes(server: Server) -> list[Route]:
    """The route; all of it needs the control key.

    ``GET`` shows the faults in force; ``PUT`` puts others in their place, ``POST`` adds some,
    ``DELETE`` ends all. Each answers with those in force then. A body is
    ``{"faults": […], "seed": N}``, or the list alone; a fault is an object of its fields or a text
    as on the command line. ``seed`` goes with ``PUT`` only.
    """

    async def faults(request: Request) -> Response:
        server.control.check_change(request.headers)
        if request.method == "DELETE":
            server.faults.clear()
        elif request.method in ("PUT", "POST"):
            try:
                _change(server, request.method, await request.body())
            except FaultError as error:
                raise HandshakeError(400, "400", f"{error}") from None
        return JSONResponse(server.faults.as_dict())

    methods = ["GET", "PUT", "POST", "DELETE"]
    return [Route("/lab/faults", answering(faults), methods=methods)]


def _change(server: Server, method: str, body: bytes) -> None:
    try:
        asked: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FaultError(f"the body is not JSON: {error}") from None
    if not isinstance(asked, dict):
        asked = {"faults": asked}
    for name in asked:
        if name not in _FIELDS:
            raise FaultError(f"{name}: the body has no such field; it has faults and seed", name)
    seed = asked.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise FaultError(f"seed: it must be a whole number, not {seed!r}", "seed")
    faults = faults_of_json(asked.get("faults"))
    if method == "PUT":
        server.faults.set(faults, seed)
    elif seed is not None:
        raise FaultError("seed: it can be set by PUT only, together with all faults", "seed")
    else:
        server.faults.add(faults)
