"""What a connection is for: from its path, query and headers to dialect, model and profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..protocol import FIRST_PREVIEW, GA, PREVIEW, Dialect
from .defaults import SessionKind
from .deployments import Deployment, Deployments
from .handshake import Handshake, HandshakeError

__all__ = [
    "AZURE_GA_PATH",
    "AZURE_PREVIEW_PATH",
    "OPENAI_PATH",
    "Opening",
    "check_api_version",
    "deployment_of",
    "read_opening",
]

AZURE_PREVIEW_PATH = "/openai/realtime"
AZURE_GA_PATH = "/openai/v1/realtime"
OPENAI_PATH = "/v1/realtime"

_USUAL_MODEL = {"ga": "gpt-realtime", "preview": "gpt-4o-realtime-preview"}
_SUBPROTOCOL = "realtime"
_PREVIEW_SUBPROTOCOL = "openai-beta.realtime-v1"
_PREVIEW_HEADER = "realtime=v1"
_TRANSCRIPTION_MODELS = frozenset(
    {
        "whisper",
        "whisper-1",
        "gpt-4o-transcribe",
        "gpt-4o-transcribe-diarize",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-transcribe",
        "gpt-live-transcribe",
        "gpt-realtime-whisper",
    }
)
"""Models that only write down what they hear, and so hold no conversation."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a client asked for when it connected.

    ``model`` is the name the session shows; ``subprotocol`` the one to select, if any. A session
    of the ``kind`` "transcription" has no model of its own: ``deployment`` lends it its limits.
    """

    dialect: Dialect
    model: str
    deployment: Deployment
    subprotocol: str | None
    kind: SessionKind = "realtime"


def read_opening(
    handshake: Handshake,
    deployments: Deployments,
    granted: Mapping[str, Any] | None = None,
    *,
    preview_on_openai: bool = True,
) -> Opening:
    """Read a handshake. Unknown query keys are ignored.

    ``granted`` are the settings that the client's ephemeral key was made for: their model is taken
    where the query names none. ``preview_on_openai`` keeps the preview dialect on OpenAI's address,
    where the service itself no longer speaks it.

    Raises:
        HandshakeError: for a model, deployment or api-version that is missing or out of place.
    """
    path, query = handshake.path, handshake.query
    check_api_version(handshake)
    preview = path == AZURE_PREVIEW_PATH or _asks_for_preview(
        handshake.headers, handshake.subprotocols
    )
    dialect = PREVIEW if preview else GA
    if path == OPENAI_PATH and preview and not preview_on_openai:
        raise HandshakeError(
            400,
            "beta_api_shape_disabled",
            "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
            close_code=4000,
        )
    bound = granted or {}
    transcribes = query.get("intent") == "transcription" or bound.get("type") == "transcription"
    kind: SessionKind = "transcription" if transcribes else "realtime"
    asked = query.get("model") or query.get("deployment") or bound.get("model")
    if not asked and kind == "realtime":
        raise _no_model(path)
    deployment = deployment_of(handshake, deployments, asked, dialect, kind)
    is_first = dialect is PREVIEW and deployment.profile.features.first_shapes
    return Opening(
        dialect=FIRST_PREVIEW if is_first else dialect,
        model=asked if asked and dialect is GA else deployment.profile.snapshot,
        deployment=deployment,
        subprotocol=_SUBPROTOCOL if _SUBPROTOCOL in handshake.subprotocols else None,
        kind=kind,
    )


def check_api_version(handshake: Handshake) -> None:
    """Let pass an address with the api-version that it needs, or without one if it takes none.

    Raises:
        HandshakeError: in Azure's way; OpenAI ignores an api-version.
    """
    named = handshake.query.get("api-version")
    if handshake.path.startswith("/openai/v1/"):
        if named is not None:
            raise HandshakeError(
                401, "401", "The GA endpoint takes no api-version: leave it out of the query."
            )
    elif handshake.service == "azure" and not named:
        raise HandshakeError(
            404, "404", "Resource not found: the preview endpoint needs an api-version."
        )


def deployment_of(
    handshake: Handshake,
    deployments: Deployments,
    asked: str | None,
    dialect: Dialect,
    kind: SessionKind,
) -> Deployment:
    """The deployment that a client asks for by name; the dialect's usual model without one.

    A session that only transcribes needs none, and may name what transcribes in its place.

    Raises:
        HandshakeError: if there is none of that name, or if its model holds no conversation.
    """
    if not asked or kind == "transcription":
        return deployments.find(_USUAL_MODEL[dialect.name], dialect.name)
    is_azure = handshake.service == "azure"
    if not deployments.offers(asked):
        if is_azure:
            raise HandshakeError(
                404,
                "DeploymentNotFound",
                "The API deployment for this resource does not exist. If you created the "
                "deployment within the last 5 minutes, please wait a moment and try again.",
            )
        message = f"The model '{asked}' does not exist or you do not have access to it."
        raise HandshakeError(404, "model_not_found", message, close_code=4004)
    if deployments.mapped.get(asked, asked) in _TRANSCRIPTION_MODELS:
        if is_azure:
            raise HandshakeError(
                400,
                "OpperationNotSupported",  # as the service spells it
                "The realtime operation does not work with the specified model. Please choose "
                "different model and try again.",
            )
        message = f"The model '{asked}' is not supported in realtime mode."
        raise HandshakeError(404, "model_not_found", message, close_code=4004)
    return deployments.find(asked, dialect.name)


def _asks_for_preview(headers: Mapping[str, str], subprotocols: Sequence[str]) -> bool:
    return _PREVIEW_HEADER in headers.get("openai-beta", "") or (
        _PREVIEW_SUBPROTOCOL in subprotocols
    )


def _no_model(path: str) -> HandshakeError:
    if path == OPENAI_PATH:
        return HandshakeError(
            400, "missing_model", "You must provide a model parameter.", close_code=4000
        )
    wanted = "deployment" if path == AZURE_PREVIEW_PATH else "model"
    return HandshakeError(400, "BadRequest", f"The query parameter '{wanted}' is missing.")
