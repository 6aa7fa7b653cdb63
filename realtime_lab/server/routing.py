"""What a connection is for: from its path, query and headers to dialect, model and profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..protocol import GA, PREVIEW, PROFILES, Dialect, Profile, profile_of
from .handshake import HandshakeError

__all__ = ["AZURE_GA_PATH", "AZURE_PREVIEW_PATH", "OPENAI_PATH", "Opening", "read_opening"]

AZURE_PREVIEW_PATH = "/openai/realtime"
AZURE_GA_PATH = "/openai/v1/realtime"
OPENAI_PATH = "/v1/realtime"

_SUBPROTOCOL = "realtime"
_PREVIEW_SUBPROTOCOL = "openai-beta.realtime-v1"
_PREVIEW_HEADER = "realtime=v1"
_DEFAULT_SNAPSHOT = {
    "preview": "gpt-4o-realtime-preview-2024-10-01",
    "ga": "gpt-realtime-2025-08-28",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What a client asked for when it connected.

    ``model`` is the name the session shows; ``subprotocol`` the one to select, if any.
    """

    dialect: Dialect
    model: str
    profile: Profile
    subprotocol: str | None


def read_opening(
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    subprotocols: Sequence[str],
) -> Opening:
    """Read a handshake. Unknown query keys are ignored; any deployment name has a profile.

    Raises:
        HandshakeError: for a model, deployment or api-version that is missing or out of place.
    """
    asked = query.get("model") or query.get("deployment")
    if path == AZURE_PREVIEW_PATH:
        dialect = PREVIEW
        _check_azure_preview(query)
    else:
        dialect = GA
        if path == AZURE_GA_PATH and "api-version" in query:
            raise HandshakeError(
                401, "401", "The GA endpoint takes no api-version: leave it out of the query."
            )
        if _asks_for_preview(headers, subprotocols):
            dialect = PREVIEW
    if not asked:
        raise _no_model(path)
    profile = profile_of(asked) or PROFILES[_DEFAULT_SNAPSHOT[dialect.name]]
    return Opening(
        dialect=dialect,
        model=profile.snapshot if dialect is PREVIEW else asked,
        profile=profile,
        subprotocol=_SUBPROTOCOL if _SUBPROTOCOL in subprotocols else None,
    )


def _asks_for_preview(headers: Mapping[str, str], subprotocols: Sequence[str]) -> bool:
    return _PREVIEW_HEADER in headers.get("openai-beta", "") or (
        _PREVIEW_SUBPROTOCOL in subprotocols
    )


def _check_azure_preview(query: Mapping[str, str]) -> None:
    if not query.get("api-version"):
        raise HandshakeError(
            404, "404", "Resource not found: the preview endpoint needs an api-version."
        )


def _no_model(path: str) -> HandshakeError:
    if path == OPENAI_PATH:
        return HandshakeError(
            400, "missing_model", "You must provide a model parameter.", close_code=4000
        )
    wanted = "deployment" if path == AZURE_PREVIEW_PATH else "model"
    return HandshakeError(400, "BadRequest", f"The query parameter '{wanted}' is missing.")
