"""The way to a service: through which proxy, and whose certificates are trusted."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import EndpointError
from .addresses import is_loopback
from .secret import Secret

__all__ = ["Proxy", "Route", "route"]

SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


class Proxy:
    """The address of a proxy, whose user name and password do not show."""

    __slots__ = ("_address", "shown", "source")

    def __init__(self, address: str, source: str) -> None:
        self._address = Secret(address)
        self.source = source
        parts = urlsplit(address)
        hidden = "***@" if parts.username is not None else ""
        self.shown = f"{parts.scheme}://{hidden}{parts.hostname}:{self._port(address)}"

    @staticmethod
    def _port(address: str) -> int:
        parts = urlsplit(address)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def host(self) -> str:
        return urlsplit(self._address.reveal()).hostname or ""

    @property
    def port(self) -> int:
        return self._port(self._address.reveal())

    def reveal(self) -> str:
        """The address as it is, for who connects."""
        return self._address.reveal()

    def __repr__(self) -> str:
        return f"Proxy({self.shown}, from {self.source})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and self._address == other._address

    def __hash__(self) -> int:
        return hash(self._address)


@dataclass(frozen=True, slots=True)
class Route:
    """How to get there.

    ``proxy`` is one to use whatever the environment says; ``False`` uses none; ``None`` asks the
    environment. ``ca`` is a file of certificates to trust beside those of the machine.
    """

    proxy: Proxy | Literal[False] | None = None
    ca: Path | None = None

    def proxy_to(self, url: str) -> Proxy | None:
        """The proxy on the way to an address; ``None`` for the straight way.

        The environment is read as it is now: ``WSS_PROXY``, ``HTTPS_PROXY`` (``HTTP_PROXY`` for
        ``ws://``), ``ALL_PROXY``, and ``NO_PROXY``. Nothing on this machine is reached through it.

        Raises:
            EndpointError: if what the environment says is no proxy.
        """
        if self.proxy is not None:
            return self.proxy or None
        parts = urlsplit(url)
        host = parts.hostname or ""
        secure = parts.scheme == "wss"
        port = parts.port or (443 if secure else 80)
        if is_loopback(host) or proxy_bypass(f"{host}:{port}"):
            return None
        known = getproxies()
        for name in ("wss", "https", "all") if secure else ("ws", "http", "all"):
            if known.get(name):
                return _proxy(Secret(known[name]), f"{name.upper()}_PROXY")
        return None

    def tls(self) -> ssl.SSLContext:
        """What is trusted: the machine's certificates (``SSL_CERT_FILE`` among them) and ``ca``.

        Raises:
            EndpointError: if ``ca`` is gone, or holds none.
        """
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.ca is not None:
            _trust_also(context, self.ca)
        return context


def route(
    *, proxy: str | Secret | Literal[False] | None = None, ca: str | Path | None = None
) -> Route:
    """A `Route` from what a user gives.

    Raises:
        EndpointError: if the proxy is none, or the file holds no certificates.
    """
    proxy = Secret(proxy) if isinstance(proxy, str) else proxy
    chosen = _proxy(proxy, "proxy=") if proxy else None if proxy is None else False
    found = Route(chosen, Path(ca).expanduser() if ca is not None else None)
    if found.ca is not None:
        found.tls()
    return found


def _proxy(address: Secret, source: str) -> Proxy:
    problem = _problem_of(address)
    if problem:
        raise EndpointError(
            f"the proxy that {source} names {problem}; it is built as http://host:port, or "
            "http://name:password@host:port"
        )
    return _built(address, source)


def _built(address: Secret, source: str) -> Proxy:
    text = address.reveal()
    return Proxy(text if "://" in text else f"http://{text}", source)


def _problem_of(address: Secret) -> str:
    text = address.reveal()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        _ = parts.port
    except ValueError:
        return "is not well-formed"
    if parts.scheme not in SCHEMES:
        return "has a scheme that no proxy has"
    if parts.username is not None and parts.password is None:
        return "has a user name but no password"
    return "" if parts.hostname else "has no host"


def _trust_also(context: ssl.SSLContext, ca: Path) -> None:
    try:
        if ca.is_dir():
            context.load_verify_locations(capath=ca)
        else:
            context.load_verify_locations(cafile=ca)
    except ssl.SSLError:
        raise EndpointError(
            f"{ca} holds no certificate; give a file in PEM (-----BEGIN CERTIFICATE-----)"
        ) from None
    except OSError as error:
        raise EndpointError(f"cannot read the certificates {ca}: {error.strerror}") from None
