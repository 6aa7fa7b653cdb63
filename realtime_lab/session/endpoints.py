"""Where a session connects: plain values for the embedded server, Azure, OpenAI and others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol, get_args
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from ..errors import AuthenticationError, EndpointError
from .secret import Secret

__all__ = ["Endpoint", "EndpointSource", "azure", "endpoint", "openai"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PREVIEW_API_VERSION = "2024-10-01-preview"
SEED_FIELD = "lab_seed"
DialectName = Literal["ga", "preview"]
KEY_FIELDS = frozenset(
    {"access_token", "api-key", "api_key", "apikey", "authorization", "key", "token"}
)
"""Fields of an address that hold a key."""


class EndpointSource(Protocol):
    """Anything that can name an endpoint when a session is about to connect."""

    @property
    def dialect(self) -> DialectName:
        """The dialect that will be spoken there."""
        ...

    @property
    def seed(self) -> int | None:
        """What the session there shall repeat by; ``None`` where it is not to repeat."""
        ...

    async def open(self) -> Endpoint:
        """The endpoint, ready to be connected to."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address that speaks the Realtime protocol.

    ``url`` is the whole WebSocket address and never holds a key. ``key_header`` is ``api-key``
    (Azure) or ``Authorization`` (as a bearer token).
    """

    url: str
    dialect: DialectName
    model: str
    key: Secret | None = None
    key_header: Literal["api-key", "Authorization"] = "Authorization"
    forwards_to: str = ""
    """Another machine that is sent what is said here, such as that of a chat brain."""
    seed: int | None = None
    """What the embedded server repeats the session by; it stands in the address too."""

    def __post_init__(self) -> None:
        check_dialect(self.dialect)

    async def open(self) -> Endpoint:
        return self

    @property
    def host(self) -> str:
        """The machine that audio is sent to."""
        return urlsplit(self.url).hostname or ""

    @property
    def destination(self) -> str:
        """The machine that learns what is said."""
        return self.forwards_to or self.host

    @property
    def is_remote(self) -> bool:
        """Whether what is said leaves this machine."""
        return self.destination not in LOOPBACK

    def headers(self) -> Mapping[str, str]:
        """Headers of the handshake, the key among them."""
        if self.key is None:
            return {}
        value = self.key.reveal()
        return {self.key_header: value if self.key_header == "api-key" else f"Bearer {value}"}

    def seeded(self, seed: int) -> Endpoint:
        """The same endpoint for a session that repeats.

        Raises:
            EndpointError: if it is not on this machine, where the embedded server is.
        """
        if self.host not in LOOPBACK:
            raise EndpointError(
                f"no session with {self.host} can be made to repeat; leave out the seed, or use "
                "the embedded server"
            )
        mark = "&" if urlsplit(self.url).query else "?"
        return replace(self, url=f"{self.url}{mark}{SEED_FIELD}={seed}", seed=seed)


def azure(
    resource: str,
    deployment: str,
    *,
    api_key: str | Secret | None = None,
    dialect: DialectName = "ga",
    api_version: str | None = None,
) -> Endpoint:
    """A deployment of an Azure OpenAI resource.

    ``resource`` is the resource's name or its address as the portal shows it. The key is taken
    from ``AZURE_OPENAI_API_KEY`` when none is given. ``api_version`` belongs to the preview
    dialect alone, as the GA service refuses one.

    Raises:
        EndpointError: if the resource or the deployment is empty or not an address.
        AuthenticationError: if there is no key.
    """
    if not deployment:
        raise EndpointError("the name of the Azure deployment is empty; copy it from the portal")
    if api_version is not None and dialect == "ga":
        raise EndpointError(
            "the GA dialect has no api_version; leave it out, or pass dialect='preview'"
        )
    host = _host(resource if "." in resource else f"{resource}.openai.azure.com")
    name = quote(deployment, safe="")
    if dialect == "ga":
        url = f"wss://{host}/openai/v1/realtime?model={name}"
    else:
        version = api_version or PREVIEW_API_VERSION
        url = f"wss://{host}/openai/realtime?api-version={version}&deployment={name}"
    key = _key(api_key, "AZURE_OPENAI_API_KEY")
    return Endpoint(url=url, dialect=dialect, model=deployment, key=key, key_header="api-key")


def openai(model: str = "gpt-realtime", *, api_key: str | Secret | None = None) -> Endpoint:
    """A model of OpenAI itself; the key is taken from ``OPENAI_API_KEY`` when none is given.

    Raises:
        AuthenticationError: if there is no key.
    """
    url = f"wss://api.openai.com/v1/realtime?model={quote(model, safe='')}"
    return Endpoint(url=url, dialect="ga", model=model, key=_key(api_key, "OPENAI_API_KEY"))


def endpoint(
    url: str,
    *,
    model: str = "",
    api_key: str | Secret | None = None,
    dialect: DialectName | None = None,
) -> Endpoint:
    """Any server that speaks the protocol, by its whole address.

    The dialect is read from the path (``/openai/realtime`` is the preview one) unless given.

    Raises:
        EndpointError: if the address is no WebSocket address, would send audio unencrypted to
            another machine, or holds a key.
        AuthenticationError: if the key cannot be one.
    """
    parts = _parts(url.replace("http", "ws", 1) if url.startswith("http") else url)
    fields = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "@" in parts.netloc or KEY_FIELDS & {name.lower() for name in fields}:
        raise EndpointError(
            "the address holds a key, which would end up in logs; pass it as api_key= instead"
        )
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise EndpointError(
            f"{_without_query(url)} is no WebSocket address; it begins with wss:// (or ws:// on "
            "this machine) and names a host"
        )
    if parts.scheme == "ws" and parts.hostname not in LOOPBACK:
        raise EndpointError(
            f"{_without_query(url)} would send audio unencrypted to another machine; use wss://"
        )
    named = model or fields.get("deployment") or fields.get("model") or ""
    preview = parts.path.rstrip("/") == "/openai/realtime"
    spoken = dialect or ("preview" if preview else "ga")
    if named and not {"deployment", "model"} & fields.keys():
        fields["deployment" if preview else "model"] = named
    if preview:
        fields.setdefault("api-version", PREVIEW_API_VERSION)
    query = urlencode(fields)
    return Endpoint(
        url=urlunsplit(parts._replace(query=query)),
        dialect=spoken,
        model=named,
        key=_secret(api_key) if api_key else None,
        key_header="api-key" if "/openai/" in parts.path else "Authorization",
    )


def check_dialect(name: str) -> None:
    """Raise `EndpointError` for a dialect that does not exist."""
    if name not in get_args(DialectName):
        raise EndpointError(
            f"there is no dialect {name!r}; use {' or '.join(get_args(DialectName))}"
        )


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise EndpointError(f"the address is not well-formed ({error}); check it") from None
    return parts


def _host(address: str) -> str:
    host = _parts(address if "://" in address else f"https://{address}").netloc
    if not host or " " in host:
        raise EndpointError(
            f"{address!r} is no Azure resource; give its name or its address from the portal"
        )
    return host


def _key(given: str | Secret | None, variable: str) -> Secret:
    value = given or os.environ.get(variable, "")
    if not value:
        raise AuthenticationError(f"there is no key: pass api_key=, or set {variable}")
    return _secret(value)


def _secret(value: str | Secret) -> Secret:
    if isinstance(value, Secret):
        return value
    key = value.strip()  # the end of the line that it was read from
    if not (key.isascii() and key.isprintable()):
        raise AuthenticationError(
            "the key holds a character that no key has, such as a line break; copy it again"
        )
    return Secret(key)


def _without_query(url: str) -> str:
    return url.partition("?")[0]
