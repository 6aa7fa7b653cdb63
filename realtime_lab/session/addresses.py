"""From what users paste to the one address a session connects to, and what was made of it.

Pure: text in, an `Address` out. The addresses are those of Azure's and OpenAI's documentation.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from ..errors import BetaShapeDisabled, EndpointError, InsecureTransport
from ..protocol import (
    API_VERSIONS,
    LAST_PREVIEW_VERSION,
    Retirement,
    api_version_retirement,
    model_retirement,
)
from .explanation import Explanation, Note
from .secret import looks_like_a_key

__all__ = ["Address", "DialectName", "Service", "check_dialect", "is_loopback", "read_address"]

DialectName = Literal["ga", "preview"]
Service = Literal["azure", "openai", "other"]
KEY_FIELDS = frozenset(
    {"access_token", "api-key", "api_key", "apikey", "authorization", "client_secret", "code"}
    | {"key", "password", "secret", "sig", "subscription-key", "token"}
)
"""Fields of an address that hold a key."""
AZURE_HOST = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]*)(?:\.privatelink)?"
    r"\.(?P<kind>openai|cognitiveservices|services\.ai)\.azure\.(?P<cloud>com|us|cn)"
)
AZURE_REGION = re.compile(r"[a-z0-9-]+\.api\.cognitive\.(?:microsoft\.(?:com|us)|azure\.cn)")
PAGES = re.compile(
    r"(?:portal|ai|oai)\.azure\.(?:com|us|cn)|ai\.azure\.com|platform\.openai\.com"
    r"|(?:www\.|chat\.)?openai\.com|chatgpt\.com"
)
"""Pages that people look at; a session needs the endpoint that they show."""
RESOURCE_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{1,63}")
_HOST = re.compile(r"[\w.-]+|\[?[0-9a-f:.]+\]?", re.IGNORECASE)
GA_PATH, PREVIEW_PATH = "/openai/v1/realtime", "/openai/realtime"
_NEEDS_NO_MODEL = frozenset({"call_id", "intent"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a session connects, and how it speaks there.

    ``url`` is canonical and holds no key; ``model`` is the deployment's or the model's name, empty
    where the address has none. ``is_complete`` is false where a service needs to be told one.
    """

    url: str
    service: Service
    dialect: DialectName
    model: str
    explanation: Explanation
    retirements: tuple[Retirement, ...] = ()
    is_complete: bool = True

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def read_address(
    given: str,
    *,
    today: str,
    model: str = "",
    dialect: DialectName | None = None,
    api_version: str | None = None,
    service: Service | None = None,
) -> Address:
    """Read an address in any spelling: with or without scheme, path, query or trailing slash.

    ``model`` and ``dialect`` win over what the address says. ``service`` takes an address for one
    of that service, whatever its host. ``today`` (ISO) tells what is retired.

    Raises:
        EndpointError: for what is no address, or that of a page, or one that holds a key (which
            is not repeated).
        InsecureTransport: if it would send audio unencrypted to another machine.
        BetaShapeDisabled: for the preview dialect at OpenAI.
    """
    if dialect is not None:
        check_dialect(dialect)
    reading = _Reading(given, model=model, dialect=dialect, api_version=api_version)
    parts = reading.parts()
    known = reading.known_service()
    found = service or known or reading.other_service(parts)
    if found == "azure":
        path = reading.azure_path(parts.path, is_theirs=known == "azure")
    elif found == "openai":
        path = reading.openai_path(parts.path)
    else:
        path = reading.other_path(parts.path)
    return reading.address(found, path, today)


def check_dialect(name: str) -> None:
    """Raise `EndpointError` for a dialect that does not exist."""
    if name not in get_args(DialectName):
        raise EndpointError(
            f"there is no dialect {name!r}; use {' or '.join(get_args(DialectName))}"
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name or number."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass
class _Reading:
    """What is known so far of one address while it is read."""

    given: str
    model: str
    dialect: DialectName | None
    api_version: str | None
    notes: list[Note] = field(default_factory=list)
    scheme: str = "wss"
    host: str = ""
    port: int | None = None
    fields: dict[str, str] = field(default_factory=dict)

    def note(self, kind: Literal["understood", "changed", "assumed", "missing"], text: str) -> None:
        self.notes.append(Note(kind, text))

    # -- the address as a whole -------------------------------------------------------------------

    def parts(self) -> SplitResult:
        """The address taken apart; scheme, host, port and fields are noted."""
        text = self.given.strip().strip("\"'<>`").strip().rstrip(",;")
        if not text:
            raise EndpointError("the address is empty; copy it from the portal")
        self.given = text
        if RESOURCE_NAME.fullmatch(text) and text.lower() != "localhost":
            _refuse_key(text)
            self.note("assumed", f"“{text}” is the name of an Azure OpenAI resource")
            text = f"https://{text.lower()}.openai.azure.com"
        elif re.match(r"[a-z]+:/(?!/)", text, re.IGNORECASE):
            raise EndpointError("the address is not well-formed (one / after the scheme); check it")
        elif "://" not in text:
            here = is_loopback(_split(f"wss://{text}").hostname or "")
            text = f"{'ws' if here else 'wss'}://{text}"
            how = "unencrypted, as it is this machine" if here else "encrypted"
            self.note("assumed", f"the scheme is {text.partition(':')[0]}:// ({how})")
        parts = _split(text)
        self._take_query(parts)
        # A name of letters and digits is no key where it has dots, other than a token's.
        host = parts.netloc if "." not in parts.netloc or "eyJ" in parts.netloc else ""
        _refuse_key(f"{parts.path}?{parts.query} {host}")
        self._take_scheme(parts)
        self._take_host(parts)
        return parts

    def _take_query(self, parts: SplitResult) -> None:
        query = parse_qsl(parts.query, keep_blank_values=True)
        names = {name.lower() for name, _ in (*query, *parse_qsl(parts.fragment))}
        if "@" in parts.netloc or KEY_FIELDS & names:
            raise EndpointError(
                "the address holds a key, which would end up in logs; pass it as api_key= instead"
            )
        if parts.fragment:
            self.note("changed", "what follows # was left out: it is never sent")
        self.fields = dict(query)

    def _take_scheme(self, parts: SplitResult) -> None:
        scheme = {"https": "wss", "http": "ws"}.get(parts.scheme, parts.scheme)
        if scheme not in ("ws", "wss") or not parts.hostname:
            raise EndpointError(
                f"{_shown(parts)} is no WebSocket address; it begins with wss:// (or ws:// on this "
                "machine) and names a host"
            )
        if scheme == "ws" and not is_loopback(parts.hostname):
            raise InsecureTransport(
                f"{_shown(parts)} would send audio unencrypted to another machine; use wss://"
            )
        if scheme != parts.scheme:
            self.note("changed", f"{parts.scheme}:// became {scheme}://, which WebSockets use")
        self.scheme = scheme

    def _take_host(self, parts: SplitResult) -> None:
        host = (parts.hostname or "").rstrip(".")
        if not _HOST.fullmatch(host):
            raise EndpointError(f"{host!r} is no name of a machine; check the address")
        if PAGES.fullmatch(host):
            raise EndpointError(
                f"{host} is a page to look at, not an endpoint; copy the endpoint that it shows "
                "(under “Keys and Endpoint”, say)"
            )
        if host.endswith(".realtimeapi-preview.ai.azure.com"):
            raise EndpointError(
                f"{host} is where browsers exchange WebRTC offers; give the resource's own endpoint"
            )
        if ".privatelink." in host and AZURE_HOST.fullmatch(host):
            host = host.replace(".privatelink", "")
            self.note(
                "changed",
                "“.privatelink” was left out: the certificate is for the public name, which leads "
                "to the private address inside your network",
            )
        if not host.isascii():
            with contextlib.suppress(UnicodeError):
                host = host.encode("idna").decode()
            self.note("changed", f"the name of the host is {host} to machines")
        self.host = host
        default = 443 if self.scheme == "wss" else 80
        self.port = parts.port if parts.port != default else None

    def known_service(self) -> Service | None:
        """Whose address it is, if it is one of Azure's or OpenAI's."""
        azure = AZURE_HOST.fullmatch(self.host)
        if azure:
            kind = {
                "openai": "Azure OpenAI",
                "cognitiveservices": "Azure AI services",
                "services.ai": "Azure AI Foundry",
            }[azure["kind"]]
            cloud = {"com": "", "us": ", US Government cloud", "cn": ", cloud of China"}
            self.note("understood", f"{kind} resource “{azure['name']}”{cloud[azure['cloud']]}")
            return "azure"
        if AZURE_REGION.fullmatch(self.host):
            self.note(
                "understood",
                "a regional address of Azure, which takes keys only; Entra ID needs the resource's "
                "own name",
            )
            return "azure"
        if self.host == "api.openai.com" or self.host.endswith(".api.openai.com"):
            self.note("understood", "OpenAI")
            return "openai"
        return None

    def other_service(self, parts: SplitResult) -> Service:
        """Any other server."""
        here = "this machine" if is_loopback(self.host) else "another service"
        self.note("understood", f"{self.host}, {here}, which speaks the Realtime protocol")
        has_scheme = "://" in self.given
        if not has_scheme and not is_loopback(self.host) and not parts.path.strip("/"):
            raise EndpointError(
                f"{self.given!r} is no WebSocket address; it begins with wss:// (or ws:// on this "
                "machine) and names a host and a path"
            )
        return "other"

    # -- the path, by service ---------------------------------------------------------------------

    def azure_path(self, path: str, *, is_theirs: bool, prefix: str = "") -> str:
        """The path on an Azure host; ``is_theirs`` is false for a gateway in front of one."""
        segments = [unquote(segment) for segment in path.split("/") if segment]
        lower = [segment.lower() for segment in segments]
        if "voice-live" in lower:
            raise EndpointError(
                "this is the address of Voice Live, another product whose sessions differ; give "
                "that of a realtime deployment"
            )
        if not is_theirs and "openai" in lower:
            prefix = "".join(f"/{s}" for s in segments[: lower.index("openai")])
        said: DialectName | None = None
        if lower[-2:] == ["openai", "realtime"]:
            said = "preview"
        elif lower[-3:] == ["openai", "v1", "realtime"]:
            said = "ga"
        elif "deployments" in lower[:-1]:
            name = segments[lower.index("deployments") + 1]
            self.fields.setdefault("deployment", name)
            self.note("changed", f"the deployment “{name}” was taken from the path")
        elif lower[:2] == ["api", "projects"]:
            named = f" “{segments[2]}”" if len(segments) > 2 else ""
            self.note(
                "changed",
                f"the project{named} was left out: realtime deployments belong to the resource",
            )
        elif lower not in ([], ["openai"], ["openai", "v1"]):
            self.note("changed", f"the path {path} was left out: it is not that of realtime")
        if said is None and {"deployment", "api-version"} <= self.fields.keys():
            # A query of the preview dialect whose path got lost; a path of another kind of model
            # has an api-version too, but not one of these.
            said = "preview" if self.fields["api-version"] in API_VERSIONS else None
        self._settle_dialect(said)
        return prefix + (GA_PATH if self.dialect == "ga" else PREVIEW_PATH)

    def openai_path(self, path: str) -> str:
        """The path at OpenAI itself."""
        if self.dialect == "preview":
            raise BetaShapeDisabled(
                "OpenAI switched the preview dialect off on 2026-05-07; leave out dialect, or use "
                "the embedded server, which still speaks it"
            )
        self._settle_dialect("ga")
        if path.rstrip("/") == "/v1/realtime/translations":
            return "/v1/realtime/translations"
        if path.rstrip("/") not in ("", "/v1", "/v1/realtime"):
            self.note("changed", f"the path {path} was left out: it is not that of realtime")
        return "/v1/realtime"

    def other_path(self, path: str) -> str:
        """The path of any other server: kept where it may be right."""
        plain = path.rstrip("/")
        lower = plain.lower()
        known = re.search(r"/openai(/v1)?(/realtime)?$|/openai/deployments/", lower)
        if known:
            return self.azure_path(path, is_theirs=False)
        self._settle_dialect("ga")
        if lower.endswith("/v1"):
            self.note("changed", f"the path {plain} became {plain}/realtime")
            return f"{plain}/realtime"
        if not plain:
            self.note("assumed", "the path is /v1/realtime, as OpenAI's")
            return "/v1/realtime"
        return plain

    def _settle_dialect(self, said: DialectName | None) -> None:
        if self.dialect is None:
            self.dialect = said or "ga"
            kind = "understood" if said else "assumed"
            self.note(kind, f"the dialect is {self.dialect}" + (", by the path" if said else ""))
        elif said not in (None, self.dialect):
            self.note("changed", f"the dialect is {self.dialect}, as asked, not {said}")

    # -- together ---------------------------------------------------------------------------------

    def address(self, service: Service, path: str, today: str) -> Address:
        """The whole, with canonical fields."""
        assert self.dialect is not None
        azure_like = path.endswith((GA_PATH, PREVIEW_PATH))
        self._settle_model()
        version = self._settle_version(path) if azure_like else None
        fields = {"api-version": version} if version else {}
        named = "deployment" if path.endswith(PREVIEW_PATH) else "model"
        if self.model:
            fields[named] = self.model
        fields |= self.fields
        complete = bool(self.model) or bool(_NEEDS_NO_MODEL & fields.keys()) or service == "other"
        if not complete:
            what = "deployment" if service == "azure" else "model"
            self.note("missing", f"the address names no {what}; add {named}=… or pass its name")
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None else ""
        query = urlencode(fields, quote_via=quote, safe="")
        url = f"{self.scheme}://{host}{port}{quote(path, safe='/%')}" + (
            f"?{query}" if query else ""
        )
        retirements = () if is_loopback(self.host) else self._retirements(version, today)
        self.notes += [Note("retired", str(r)) for r in retirements]
        return Address(
            url=url,
            service=service,
            dialect=self.dialect,
            model=self.model,
            explanation=Explanation(self.given, url, tuple(self.notes)),
            retirements=retirements,
            is_complete=complete,
        )

    def _settle_model(self) -> None:
        said = [self.fields.pop(name, "") for name in ("deployment", "model")]
        found = next(filter(None, said), "")
        if self.model and found and found != self.model:
            self.note("changed", f"“{self.model}” is used, as asked, not “{found}”")
        self.model = self.model or found

    def _settle_version(self, path: str) -> str | None:
        found = self.fields.pop("api-version", None)
        if path.endswith(GA_PATH):
            if self.api_version is not None:
                raise EndpointError(
                    "the GA dialect has no api_version; leave it out, or pass dialect='preview'"
                )
            if found is not None:
                self.note(
                    "changed", f"api-version {found} was left out: the GA dialect refuses any"
                )
            return None
        version = self.api_version or found
        if version is None:
            version = LAST_PREVIEW_VERSION
            self.note("assumed", f"the api-version is {version}, the last of the preview")
        if version not in API_VERSIONS:
            self.note("understood", f"api-version {version}, which no documentation names")
        return version

    def _retirements(self, version: str | None, today: str) -> tuple[Retirement, ...]:
        found = [api_version_retirement(version)] if version else []
        if self.model:
            found += filter(None, [model_retirement(self.model, today)])
        return tuple(found)


def _split(text: str) -> SplitResult:
    if re.search(r"[\s\x00-\x1f\\]", text):
        raise EndpointError("the address is not well-formed (it holds a blank); check it")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        # What the error says may repeat a key.
        raise EndpointError("the address is not well-formed (its host or port); check it") from None
    return parts


def _shown(parts: SplitResult) -> str:
    """The address without what follows the path."""
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _refuse_key(text: str) -> None:
    if looks_like_a_key(unquote(text)):
        raise EndpointError(
            "the address holds what looks like a key, which would end up in logs; pass it as "
            "api_key= instead, and give the resource's address"
        )
