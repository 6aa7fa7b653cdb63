"""What a user is told before anything is sent to another machine.

The facts are the services' own: Microsoft's pages on the realtime preview and on data, privacy and
abuse monitoring of Azure OpenAI, and OpenAI's page on data controls. Pure: text out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape

from .addresses import AZURE_HOST, AZURE_REGION, Service
from .endpoints import Endpoint

__all__ = ["NOTICE_VERSION", "Notice", "digest", "notice_for", "service_at"]

NOTICE_VERSION = "2026-11-22"
"""Changes whenever the words below do: whoever agreed to others is asked again."""

_SENT = (
    "Sent to {host}: your voice and that of everybody near the microphone, what is typed, the "
    "instructions, and what tools return.",
    "Sent to {host}: the words of the conversation, the instructions, and what tools return; the "
    "audio stays on this machine.",
)
_FACTS: dict[Service, tuple[str, ...]] = {
    "azure": (
        "Stored: what is said by either side is stored for abuse monitoring (in general for up to "
        "30 days), in the geography of the Azure resource, encrypted (AES-256); on the way by TLS.",
        "Processed: a Global Standard deployment may process it in any region of the world, a Data "
        "Zone deployment within its zone (the EU or the US); the Azure portal shows which of them "
        "this deployment is.",
        "Reviewed: abuse monitoring is always on for the realtime preview models, also where a "
        "resource has approval for modified abuse monitoring; expect the same of their "
        "successors. Authorised Microsoft staff may review what was said, by just-in-time approval "
        "on secure workstations; for resources in the European Economic Area, staff who are there.",
        "Not used to train models, and not given to OpenAI.",
    ),
    "openai": (
        "Stored: what is said by either side may stand in abuse monitoring logs for up to 30 days, "
        "or longer where the law wants it, unless OpenAI has approved zero data retention or "
        "modified abuse monitoring for the organisation.",
        "Processed: wherever OpenAI does, unless the project has a region of its own (data "
        "residency).",
        "Reviewed: authorised staff of OpenAI and of those it contracts may review it for abuse.",
        "Not used to train models, unless the organisation has chosen to share data.",
    ),
    "other": (
        "What is stored there, where it is processed and who may review it is not known: ask "
        "whoever runs {host}.",
    ),
}
_OPENAI = ".openai.com"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told about one host. ``digest`` is that of the words, whatever the host is."""

    host: str
    model: str
    service: Service
    lines: tuple[str, ...]
    version: str = NOTICE_VERSION

    @property
    def digest(self) -> str:
        """Of the words that hold for every host of the service."""
        return digest(self.service)

    def __str__(self) -> str:
        title = f"Before anything is sent to {self.host}"
        title += f" ({self.model}):" if self.model else ":"
        return "\n".join((title, *(f"- {line}" for line in self.lines)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        model = f" ({escape(self.model)})" if self.model else ""
        return (
            f"<div><b>Before anything is sent to <code>{escape(self.host)}</code>{model}</b>"
            f"<ul>{lines}</ul><small>Notice of {escape(self.version)}</small></div>"
        )


def service_at(host: str) -> Service:
    """Whose machine a host is, by its name."""
    if AZURE_HOST.fullmatch(host) or AZURE_REGION.fullmatch(host):
        return "azure"
    return "openai" if f".{host}".endswith(_OPENAI) else "other"


def notice_for(endpoint: Endpoint | str, kept: str = "") -> Notice:
    """The notice for an endpoint, or a host; ``kept`` tells what this side keeps.

    Where the embedded server asks another machine for its answers, it is about that one.
    """
    if isinstance(endpoint, Endpoint):
        host, is_chat = endpoint.destination, bool(endpoint.forwards_to)
        model = "" if is_chat else endpoint.model
    else:
        host, is_chat, model = endpoint, False, ""
    service = service_at(host)
    told = [line.format(host=host) for line in (_SENT[is_chat], *_FACTS[service])]
    return Notice(host, model, service, (*told, *([kept] if kept else ())))


def digest(service: Service) -> str:
    """A short digest of the words about a service."""
    words = "\n".join((*_SENT, *_FACTS[service]))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
