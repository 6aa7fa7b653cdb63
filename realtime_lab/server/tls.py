"""TLS for the server: a certificate from files, or one made for this run."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname

from ..errors import ServerError
from .options import TlsOptions

__all__ = ["Tls", "open_tls"]


@dataclass(frozen=True, slots=True)
class Tls:
    """``context`` is what the server presents; ``ca`` the file that clients are to trust.

    ``ca`` is ``None`` for a certificate that came from files: whoever made it knows who signed it.
    """

    context: ssl.SSLContext
    ca: Path | None = None


def open_tls(options: TlsOptions, host: str, folder: str) -> Tls | None:
    """What ``options`` ask for; ``None`` for a server without TLS.

    A self-signed certificate is for this machine's names and ``host``. Its authority is made anew
    each time, its private key is forgotten at once, and its certificate is written in PEM to
    ``options.ca``, else to a file in ``folder``.

    Raises:
        ServerError: for files that cannot be read, written or used, or without trustme.
    """
    if options.certificate is None and options.key is None:
        if options.self_signed:
            return _self_signed(host, Path(options.ca or Path(folder, "ca.pem")))
        if options.ca is not None:
            raise ServerError("--tls-ca belongs to --tls self-signed")
        return None
    if options.certificate is None or options.key is None:
        raise ServerError("--tls-cert and --tls-key belong together: name both files")
    if options.self_signed:
        raise ServerError("choose one: --tls self-signed, or --tls-cert with --tls-key")
    context = _context()
    try:
        # A password would be asked for on the terminal, where nobody may sit.
        context.load_cert_chain(options.certificate, options.key, password=_no_password)
    except ssl.SSLError as error:
        raise ServerError(f"{options.certificate} and {options.key} do not fit: {error}") from None
    except OSError as error:
        raise ServerError(
            f"cannot read {options.certificate} or {options.key}: {error.strerror}"
        ) from None
    return Tls(context)


def _self_signed(host: str, ca_file: Path) -> Tls:
    try:
        import trustme
    except ImportError:
        raise ServerError(
            "a self-signed certificate is made with trustme, which is not installed: "
            'pip install "realtime-lab[tls]"'
        ) from None
    authority = trustme.CA(organization_name="realtime-lab")
    context = _context()
    authority.issue_cert(*_names(host)).configure_cert(context)
    try:
        ca_file.write_bytes(authority.cert_pem.bytes())
    except OSError as error:
        raise ServerError(f"cannot write {ca_file}: {error.strerror}") from None
    return Tls(context, ca_file.absolute())


def _names(host: str) -> list[str]:
    everywhere = host in ("0.0.0.0", "::")
    return list(
        dict.fromkeys(("localhost", "127.0.0.1", "::1", gethostname() if everywhere else host))
    )


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_password() -> str:
    raise ServerError("the key of --tls-key is encrypted; give one without a password")
