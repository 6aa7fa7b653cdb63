"""What a connection is for: from its path, query and headers to dialect, model and profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..protocol import GA, PREVIEW, Dialect
from .deployments import Deployment, Deployments
from .handshake import Handshake, HandshakeError

__all__ = ["AZURE_GA_PATH", "AZURE_PREVIEW_PATH", "OPENAI_PATH", "Opening", "read_opening"]

AZURE_PREVIEW_PATH = "/openai/realtime"
AZURE_GA_PATH = "/openai/v1/realtime"
OPENAI_PATH = "/v1/realtime"

_SUBPROTOCOL = "realtime"
_PREVIEW_SUBPROTOCOL = "openai-beta.realtime-v1"
_PREVIEW_HEADER = "realtime=v1"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a client asked for when it connected.

    ``model`` is the name the session shows; ``subprotocol`` the one to select, if any.
    """

    dialect: Dialect
    model: str
    deployment: Deployment
    subprotocol: str | None


def read_opening(handshake: Handshake, deployments: Deployments) -> Opening:
    """Read a handshake. Unknown query keys are ignored.

    Raises:
        HandshakeError: for a model, deployment or api-version that is missing or out of place.
    """
    path, query, headers = handshake.path, handshake.query, handshake.headers
    subprotocols = handshake.subprotocols
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
    deployment = deployments.find(asked, dialect.name)
    return Opening(
        dialect=dialect,
        model=deployment.profile.snapshot if dialect is PREVIEW else asked,
        deployment=deployment,
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
