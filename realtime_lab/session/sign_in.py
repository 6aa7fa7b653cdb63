"""Signing in with Microsoft Entra ID: a fresh token for the right scope at every connection.

Scopes and clouds are those of Azure's documentation of keyless connections.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import inspect
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, NoReturn, Protocol, runtime_checkable

from ..errors import AuthMissing, EndpointError
from .addresses import AZURE_HOST, AZURE_REGION
from .secret import HiddenHeaders, Secret, without_keys

__all__ = ["EntraLogin", "TokenCredential", "entra", "scope_for", "token_credential"]

AUTHORITIES = {
    "com": "login.microsoftonline.com",
    "us": "login.microsoftonline.us",
    "cn": "login.chinacloudapi.cn",
}
HOW = ("default", "device-code", "browser")
How = Literal["default", "device-code", "browser"]


@runtime_checkable
class TokenProvider(Protocol):
    """Any credential of ``azure-identity``, or anything built like one."""

    def get_token(self, *scopes: str, **options: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class EntraLogin:
    """How to sign in; a plain value. See `entra`."""

    how: How = "default"
    tenant: str = ""
    scope: str = ""


def entra(how: How = "default", *, tenant: str = "", scope: str = "") -> EntraLogin:
    """Signing in with Microsoft Entra ID, to be given as ``credential=``.

    ``default`` takes what is there: a managed identity, ``az login``, environment variables and
    more; ``device-code`` shows a code to type on another device, for a kernel on a machine without
    a browser; ``browser`` opens one. ``tenant`` is the directory's id, needed by guests. ``scope``
    is what the token is for, by default that of the host.

    Raises:
        EndpointError: for a way that does not exist.
    """
    if how not in HOW:
        raise EndpointError(f"nobody can sign in by {how!r}; use {', '.join(HOW)}")
    return EntraLogin(how, tenant, scope)


def scope_for(host: str) -> str:
    """What a token is to be for so that a host takes it.

    Raises:
        EndpointError: for a regional address, which takes keys alone, and for a host that is not
            Azure's: what its tokens are for must be told.
    """
    found = AZURE_HOST.fullmatch(host)
    if found:
        service = "ai" if found["kind"] == "services.ai" else "cognitiveservices"
        return f"https://{service}.azure.{found['cloud']}/.default"
    if AZURE_REGION.fullmatch(host):
        raise EndpointError(
            f"{host} is a regional address, which takes keys only; for Entra ID give the "
            "resource's own address, https://NAME.openai.azure.com"
        )
    raise EndpointError(
        f"what a token for {host} is to be for is not known; give it as scope=, such as "
        "'https://cognitiveservices.azure.com/.default'"
    )


def token_credential(given: Any, host: str, scope: str = "") -> TokenCredential:
    """A credential from whatever a user has: see `TokenCredential`.

    ``given`` is ``"entra"`` or another way to sign in, an `EntraLogin`, a credential of
    ``azure-identity`` (or its ``aio``), or a function that gives a token.

    Raises:
        EndpointError: for anything else, or if the scope is not known.
    """
    if isinstance(given, str):
        given = entra("default" if given == "entra" else given)  # type: ignore[arg-type]
    if isinstance(given, EntraLogin):
        scope = scope or given.scope or scope_for(host)
        found = AZURE_HOST.fullmatch(host)
        authority = AUTHORITIES[found["cloud"] if found else "com"]
        return TokenCredential(scope, _Login(given.how, given.tenant, authority))
    if isinstance(given, TokenProvider):
        return TokenCredential(scope or scope_for(host), _Asking(given))
    if callable(given):
        return TokenCredential(scope, _Calling(given))
    raise EndpointError(
        f"a {type(given).__name__} is no credential; give 'entra', 'device-code', a credential of "
        "azure-identity, or a function that gives a token"
    )


class _Source(Protocol):
    """Where tokens come from. May block; ``renew`` wants one that was not given before."""

    async def token(self, scope: str, renew: bool) -> Secret: ...


class TokenCredential:
    """A token for ``scope``, asked for at every connection; no copy of it is kept.

    Whoever gives the tokens keeps them as long as they are good. What a refused token was for is
    remembered, to tell it.
    """

    shown = "the token"
    renewable = True

    def __init__(self, scope: str, source: _Source) -> None:
        self.scope = scope
        self._source = source
        self._told: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"TokenCredential({self.scope})"

    def __deepcopy__(self, _: object) -> TokenCredential:
        return self  # as it keeps no token, and what gives them cannot be copied

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sign-in is not pickled; sign in where it is needed")

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        """Headers with a token that is good now.

        Raises:
            AuthMissing: if none is to be had.
        """
        token = await self._source.token(self.scope, renew)
        if not token or not token.fits_a_header:
            raise AuthMissing("what gives tokens gave none; sign in again, or check the function")
        self._told = _claims(token)
        return HiddenHeaders({"Authorization": token.bearer()})

    def advice(self) -> str:
        asked = f"it was asked for scope {self.scope}" if self.scope else "a function gave it"
        told = self._told
        facts = [f"is for the audience {told['aud']}"] if "aud" in told else []
        if isinstance(told.get("exp"), int | float):
            facts.append(f"{_expiry(told['exp'], time.time())}")
        if "tid" in told:
            facts.append(f"comes from tenant {told['tid']}")
        about = f" and {', '.join(facts)}" if facts else ""
        return (
            f"{asked}{about}; a fresh one was refused too: check scope=, tenant, and that the "
            "resource has a name of its own in its address"
        )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Tokens of a credential object, of either kind."""

    credential: TokenProvider = field(repr=False)

    async def token(self, scope: str, renew: bool) -> Secret:
        if renew:
            # What a credential has kept is passed over for a claim that no kept token was asked
            # for. Not every credential can be asked so; those ask anew as ever.
            fresh = {"access_token": {"nbf": {"essential": True, "value": str(int(time.time()))}}}
            with contextlib.suppress(Exception):
                return await _ask(self.credential, scope, {"claims": json.dumps(fresh)})
        problem = ""
        try:
            return await _ask(self.credential, scope, {})
        except Exception as error:
            problem = _first_line(error)
        raise AuthMissing(f"no token for {scope} could be had: {problem}; sign in again")


@dataclass(frozen=True, slots=True)
class _Calling:
    """Tokens of a function, which may be async."""

    provider: Callable[[], Any] = field(repr=False)

    async def token(self, scope: str, renew: bool) -> Secret:
        problem = ""
        try:
            return await _secret_of(asyncio.to_thread(self.provider))
        except Exception as error:
            problem = _first_line(error)
        raise AuthMissing(f"the function that gives tokens failed: {problem}; correct it")


@dataclass(frozen=True, slots=True)
class _Login:
    """Tokens of a sign-in that is done once in this process, when it is first needed."""

    how: How
    tenant: str
    authority: str

    async def token(self, scope: str, renew: bool) -> Secret:
        credential = await asyncio.to_thread(_signed_in, self.how, self.tenant, self.authority)
        return await _Asking(credential).token(scope, renew)


@cache
def _signed_in(how: How, tenant: str, authority: str) -> TokenProvider:
    try:
        from azure import identity
    except ImportError:
        raise AuthMissing(
            "signing in with Microsoft Entra ID needs azure-identity: "
            'pip install "realtime-lab[azure]"'
        ) from None
    named: dict[str, Any] = {"tenant_id": tenant} if tenant else {}
    if how == "device-code":
        return identity.DeviceCodeCredential(
            authority=authority, prompt_callback=show_code, **named
        )
    if how == "browser":
        return identity.InteractiveBrowserCredential(authority=authority, **named)
    return identity.DefaultAzureCredential(authority=authority)


def show_code(uri: str, code: str, expires: datetime) -> None:
    """Print what to type where; in a notebook it shows below the cell."""
    minutes = max(1, round((expires - datetime.now(expires.tzinfo)).total_seconds() / 60))
    print(
        f"To sign in, open {uri} on any device and enter the code {code} "
        f"(within {minutes} minutes).",
        flush=True,
    )


async def _ask(credential: TokenProvider, scope: str, options: Mapping[str, Any]) -> Secret:
    if inspect.iscoroutinefunction(credential.get_token):
        return await _secret_of(credential.get_token(scope, **options))
    # It may wait for a person, a browser or a slow machine.
    return await _secret_of(asyncio.to_thread(credential.get_token, scope, **options))


async def _secret_of(waited: Awaitable[Any]) -> Secret:
    """The token that comes, at once as a secret: no frame that raises has it as a variable."""
    return _as_secret(await _settled(await waited))


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _as_secret(value: Any) -> Secret:
    return Secret(str(getattr(value, "token", value) or "").strip(), "Entra ID")


def _claims(token: Secret) -> Mapping[str, Any]:
    """What a token says of itself, unverified; nothing where it is not built as usual."""
    with contextlib.suppress(Exception):
        part = token.reveal().split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return {name: told[name] for name in ("aud", "exp", "tid") if name in told}
    return {}


def _expiry(expires: float, now: float) -> str:
    if expires <= now:
        return f"expired {round((now - expires) / 60)} minutes ago by this machine's clock"
    return f"is good for {round((expires - now) / 60)} more minutes by this machine's clock"


def _first_line(error: Exception) -> str:
    line = without_keys(re.split(r"[\r\n]", str(error).strip())[0])
    return (line or type(error).__name__).rstrip(".")
