"""Where a session connects: plain values for the embedded server, Azure, OpenAI and others."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs, urlsplit

from ..errors import EndpointError, RetirementWarning
from ..protocol import Retirement
from .addresses import Address, DialectName, check_dialect, is_loopback, read_address
from .credentials import Credential, KeyCredential, checked_key, find_key, kept_key
from .explanation import Explanation
from .route import Route, route
from .secret import Secret
from .sign_in import token_credential

__all__ = [
    "ANY_KEY",
    "Endpoint",
    "EndpointSource",
    "azure",
    "endpoint",
    "explain",
    "key_given_with",
    "openai",
]

SEED_FIELD = "lab_seed"
ANY_KEY = "REALTIME_LAB_API_KEY"
"""A key for whatever address is given together with it."""
KEY_VARIABLES = {"azure": "AZURE_OPENAI_API_KEY", "openai": "OPENAI_API_KEY"}


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


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """One address that speaks the Realtime protocol.

    ``url`` is the whole WebSocket address and never holds a key; ``credential`` is what is shown
    there, and ``route`` the way. ``explanation`` tells how the address was read, ``retirements``
    what of it is withdrawn.
    """

    url: str
    dialect: DialectName
    model: str
    credential: Credential | None = None
    route: Route = field(default_factory=Route)
    forwards_to: str = ""
    """Another machine that is sent what is said here, such as that of a chat brain."""
    seed: int | None = None
    """What the embedded server repeats the session by; it stands in the address too."""
    explanation: Explanation | None = None
    retirements: tuple[Retirement, ...] = ()

    def __post_init__(self) -> None:
        check_dialect(self.dialect)

    async def open(self) -> Endpoint:
        return self

    @property
    def host(self) -> str:
        """The machine that audio is sent to."""
        return urlsplit(self.url).hostname or ""

    @property
    def api_version(self) -> str:
        """The api-version in the address; empty where it has none."""
        return parse_qs(urlsplit(self.url).query).get("api-version", [""])[0]

    @property
    def destination(self) -> str:
        """The machine that learns what is said."""
        return self.forwards_to or self.host

    @property
    def is_remote(self) -> bool:
        """Whether what is said leaves this machine."""
        return not is_loopback(self.destination)

    def headers(self) -> Mapping[str, str]:
        """Headers of the handshake with the key; empty where there is none, or a token instead."""
        key = self.credential
        return key.plain_headers() if isinstance(key, KeyCredential) else {}

    def seeded(self, seed: int) -> Endpoint:
        """The same endpoint for a session that repeats.

        Raises:
            EndpointError: if it is not on this machine, where the embedded server is.
        """
        if not is_loopback(self.host):
            raise EndpointError(
                f"no session with {self.host} can be made to repeat; leave out the seed, or use "
                "the embedded server"
            )
        mark = "&" if urlsplit(self.url).query else "?"
        return replace(self, url=f"{self.url}{mark}{SEED_FIELD}={seed}", seed=seed)

    def __repr__(self) -> str:
        shown = f", with {self.credential.shown}" if self.credential else ""
        retired = "".join(f"; {retirement}" for retirement in self.retirements)
        return f"<Endpoint {self.url} ({self.dialect}{shown}){retired}>"

    def _repr_html_(self) -> str | None:
        return self.explanation._repr_html_() if self.explanation else None


def azure(
    resource: str,
    deployment: str = "",
    *,
    api_key: str | Secret | None = None,
    credential: Any = None,
    scope: str = "",
    dialect: DialectName | None = None,
    api_version: str | None = None,
    proxy: str | Secret | Literal[False] | None = None,
    ca: str | Path | None = None,
) -> Endpoint:
    """A deployment of an Azure OpenAI resource.

    ``resource`` is the resource's name, its address as the portal shows it, or any address below
    that; `explain` tells what is made of it. ``deployment`` may be left out where the address has
    it. ``api_version`` belongs to the preview dialect alone, as the GA service refuses one; the
    dialect is that of the address, else GA.

    ``credential`` signs in with Microsoft Entra ID instead of a key: ``"entra"``,
    ``"device-code"``, `entra`, a credential of ``azure-identity``, or a function that gives a
    token; ``scope`` is what the token is for, by default that of the host. Without either, the key
    is looked for in the keyring, then as ``AZURE_OPENAI_API_KEY`` in the environment and in
    ``.env``, then asked for.

    ``proxy`` is the address of a proxy (``False``: none whatever the environment says); ``ca`` is a
    file of certificates to trust beside those of the machine.

    Raises:
        EndpointError: if the resource or the deployment is empty or not an address.
        AuthenticationError: if there is no key, or two ways to get in were given.

    Warns:
        RetirementWarning: for a model or an api-version that is withdrawn.
    """
    api_key, proxy = _hidden(api_key), _hidden(proxy)
    if not resource.strip():
        raise EndpointError("the name of the Azure resource is empty; copy it from the portal")
    address = _read(
        resource, model=deployment, dialect=dialect, api_version=api_version, service="azure"
    )
    if not address.is_complete:
        raise EndpointError("the name of the Azure deployment is empty; copy it from the portal")
    return _endpoint(address, api_key, credential, scope, route(proxy=proxy, ca=ca))


def openai(
    model: str = "gpt-realtime",
    *,
    api_key: str | Secret | None = None,
    proxy: str | Secret | Literal[False] | None = None,
    ca: str | Path | None = None,
) -> Endpoint:
    """A model of OpenAI itself; the key is looked for as `azure` does, as ``OPENAI_API_KEY``.

    Raises:
        AuthenticationError: if there is no key.
    """
    api_key, proxy = _hidden(api_key), _hidden(proxy)
    address = _read("https://api.openai.com/v1/realtime", model=model)
    return _endpoint(address, api_key, None, "", route(proxy=proxy, ca=ca))


def endpoint(
    url: str,
    *,
    model: str = "",
    api_key: str | Secret | None = None,
    credential: Any = None,
    scope: str = "",
    dialect: DialectName | None = None,
    api_version: str | None = None,
    proxy: str | Secret | Literal[False] | None = None,
    ca: str | Path | None = None,
) -> Endpoint:
    """Any server that speaks the protocol, by its address in any spelling.

    Takes what users paste: with or without scheme, path, deployment and api-version, of Azure,
    Foundry, OpenAI or another server; `explain` tells what is made of it. The dialect is read from
    the path (``/openai/realtime`` is the preview one) unless given. The key of a known service is
    looked for as `azure` does; any other server gets a key only if one is given, or kept for its
    host in the keyring. The other arguments are those of `azure`.

    Raises:
        EndpointError: if the address is none, would send audio unencrypted to another machine,
            holds a key, or names no model where the service needs one.
        AuthenticationError: if there is no key for a service that needs one.

    Warns:
        RetirementWarning: for a model or an api-version that is withdrawn.
    """
    api_key, proxy = _hidden(api_key), _hidden(proxy)
    address = _read(url, model=model, dialect=dialect, api_version=api_version)
    if not address.is_complete:
        raise EndpointError("; ".join(address.explanation.of_kind("missing")))
    return _endpoint(address, api_key, credential, scope, route(proxy=proxy, ca=ca))


def explain(
    address: str | Endpoint,
    *,
    model: str = "",
    dialect: DialectName | None = None,
    api_version: str | None = None,
) -> Explanation:
    """How an address is read: what was understood, changed or assumed, is missing or retired.

    Needs no key and connects to nothing.

    Raises:
        EndpointError: for what `endpoint` refuses, other than a missing model.
    """
    if isinstance(address, Endpoint):
        return address.explanation or Explanation(address.url, address.url)
    return _read(address, model=model, dialect=dialect, api_version=api_version).explanation


def key_given_with(url: str) -> Secret:
    """The key for an address that somebody named together with it, as on a command line.

    ``REALTIME_LAB_API_KEY`` is for whatever is named; the key of a service goes to that service
    alone, whatever an address looks like.

    Raises:
        EndpointError: if the address is none.
        AuthMissing: if there is no key.
    """
    address = read_address(url, today=date.today().isoformat())
    own = KEY_VARIABLES.get(address.service)
    return find_key(address.host, [ANY_KEY, *([own] if own else [])])


def _read(given: str, **options: Any) -> Address:
    return read_address(given, today=date.today().isoformat(), **options)


def _endpoint(
    address: Address, key: str | Secret | None, credential: Any, scope: str, way: Route
) -> Endpoint:
    for retirement in address.retirements:
        if retirement.is_over:
            # The line of the user: above this, and above `azure`, `openai` or `endpoint`.
            warnings.warn(str(retirement), RetirementWarning, stacklevel=3)
    return Endpoint(
        url=address.url,
        dialect=address.dialect,
        model=address.model,
        credential=_credential(address, key, credential, scope),
        route=way,
        explanation=address.explanation,
        retirements=address.retirements,
    )


def _credential(
    address: Address, key: str | Secret | None, credential: Any, scope: str
) -> Credential | None:
    if credential is not None:
        if key is not None:
            raise EndpointError("a key and a credential were given; give one of them")
        return token_credential(credential, address.host, scope)
    if key is None:
        variable = KEY_VARIABLES.get(address.service)
        is_known = variable is not None
        variables = [variable] if variable else []
        found = (find_key if is_known else kept_key)(address.host, variables)
    else:
        found = checked_key(key)
    if found is None:
        return None
    path = urlsplit(address.url).path
    return KeyCredential(found, "api-key" if "/openai/" in path else "Authorization")


def _hidden(value: Any) -> Any:
    """What was given, as a secret: an error that is raised later has it in no variable."""
    if not isinstance(value, str):
        return value
    return Secret(value.strip()) if value.strip() else None
