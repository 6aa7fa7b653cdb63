"""How a client knocks, and how it is refused before, or right after, the connection opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import HTTPConnection

__all__ = ["Handshake", "HandshakeError"]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client shows when it connects. Header names are in lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    subprotocols: Sequence[str] = ()

    @classmethod
    def of(cls, connection: HTTPConnection) -> Handshake:
        """The handshake of a WebSocket, or the same of an HTTP request."""
        return cls(
            connection.url.path,
            connection.query_params,
            connection.headers,
            connection.scope.get("subprotocols", ()),
        )

    @property
    def service(self) -> Literal["azure", "openai"]:
        """Whose address it is, and so whose manners it is answered with."""
        return "openai" if self.path.startswith("/v1/") else "azure"


class HandshakeError(Exception):
    """A handshake that gets no session.

    Azure answers with an HTTP status and a body. OpenAI accepts the upgrade, sends an ``error``
    event and closes: ``close_code`` is that code, ``None`` where Azure's way is used.
    ``headers`` go with the HTTP answer (``retry-after``, say). ``code`` is ``None`` for the one
    refusal that has none.
    """

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        *,
        close_code: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.close_code = close_code
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, dict[str, Any]]:
        """The JSON body of the HTTP answer, as that service shapes it."""
        if self.close_code is None:
            return {"error": {"code": self.code, "message": self.message}}
        return {
            "error": {
                "message": self.message,
                "type": "invalid_request_error",
                "param": None,
                "code": self.code,
            }
        }

    @property
    def close_reason(self) -> str:
        """The reason that goes with ``close_code``."""
        return f"invalid_request_error.{self.code}" if self.code else "invalid_request_error"
