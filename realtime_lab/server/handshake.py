"""How a connection is refused before, or right after, it opens."""

from __future__ import annotations

__all__ = ["HandshakeError"]


class HandshakeError(Exception):
    """A handshake that gets no session.

    Azure answers with an HTTP status and a body. OpenAI accepts the upgrade, sends an ``error``
    event and closes: ``close_code`` is that code, ``None`` where Azure's way is used.
    """

    def __init__(
        self, status: int, code: str, message: str, *, close_code: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.close_code = close_code

    @property
    def body(self) -> dict[str, dict[str, str]]:
        """The JSON body of the HTTP answer."""
        return {"error": {"code": self.code, "message": self.message}}
