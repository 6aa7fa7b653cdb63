"""Who may look into a running server, and who may change it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from .handshake import HandshakeError

__all__ = ["Control"]


@dataclass(frozen=True, slots=True)
class Control:
    """The keys of the server's own routes (``/lab/…``, ``/metrics``).

    ``resource_key`` lets its holder look; only ``control_key`` lets its holder change something,
    and where none was given nobody may. A key is shown as ``Authorization: Bearer`` or
    ``api-key``, never in the query: addresses end up in histories and logs.
    """

    resource_key: str | None = None
    control_key: str | None = None

    def check_look(self, headers: Mapping[str, str]) -> None:
        """Let pass whoever may read what the server does.

        Raises:
            HandshakeError: 401, with a sentence.
        """
        if not _shows(headers, self.resource_key, self.control_key):
            raise HandshakeError(
                401, "401", "Show the server's key as 'Authorization: Bearer …' or 'api-key'."
            )

    def check_change(self, headers: Mapping[str, str]) -> None:
        """Let pass whoever may change the running server.

        Raises:
            HandshakeError: 403 where the server was started without a control key, 401 for
                another key.
        """
        if self.control_key is None:
            raise HandshakeError(
                403, "403", "This server cannot be changed: start it with --control-key."
            )
        if not _shows(headers, self.control_key):
            raise HandshakeError(
                401, "401", "Only the control key changes the server; the resource key does not."
            )


def _shows(headers: Mapping[str, str], *keys: str | None) -> bool:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    shown = (headers.get("api-key", ""), token.strip() if scheme.lower() == "bearer" else "")
    # All pairs are compared, so that the time taken tells nothing about the keys.
    matches = [
        hmac.compare_digest(candidate.encode(), key.encode())
        for candidate in shown
        for key in keys
        if key
    ]
    return any(matches)
