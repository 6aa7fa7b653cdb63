"""What is shown at the door of a service: a key or a token, and where keys are looked for."""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from ..errors import AuthenticationError, AuthMissing
from .asking import somebody_is_there
from .secret import HiddenHeaders, Secret

__all__ = ["KEYRING_SERVICE", "Credential", "KeyCredential", "checked_key", "find_key", "kept_key"]

KEYRING_SERVICE = "realtime-lab"
"""The service under which keys are kept in the keyring; the user name is the host's."""
Place = Callable[[str, Sequence[str]], "Secret | None"]


class Credential(Protocol):
    """What a session shows to be let in. It never shows itself."""

    @property
    def shown(self) -> str:
        """How a sentence calls it: "the key"."""
        ...

    @property
    def renewable(self) -> bool:
        """Whether another try after a refusal may show something else."""
        ...

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        """Headers of the handshake; asked for at every connection.

        ``renew`` wants something fresher than what was refused.

        Raises:
            AuthMissing: if there is nothing to show.
        """
        ...

    def advice(self) -> str:
        """What to do if it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class KeyCredential:
    """A key, in the header where the service looks for it."""

    key: Secret
    header: Literal["api-key", "Authorization"] = "Authorization"
    renewable: bool = False

    @property
    def shown(self) -> str:
        return f"the key from {self.key.source}" if self.key.source else "the key"

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        return self.plain_headers()

    def plain_headers(self) -> HiddenHeaders:
        """The same at once."""
        value = self.key if self.header == "api-key" else self.key.bearer()
        return HiddenHeaders({self.header: value})

    def advice(self) -> str:
        return AuthenticationError.advice


def checked_key(value: str | Secret, source: str = "") -> Secret:
    """A key without the end of the line that it was read from.

    Raises:
        AuthenticationError: if it holds a character that no key has.
    """
    # Nothing that is raised from here on may have the key itself among the variables around it.
    value = value if isinstance(value, Secret) else Secret(value.strip(), source)
    if not value.fits_a_header:
        raise AuthenticationError(
            "the key holds a character that no key has, such as a line break; copy it again"
        )
    return value


def find_key(host: str, variables: Sequence[str]) -> Secret:
    """The key for a host: from the keyring, the environment, ``.env``, or whoever sits there.

    The keyring is asked for the host's key under the service ``realtime-lab``, then for the
    variables' names. ``.env`` is that of this folder or the one above. A person is asked last, and
    only where one can answer.

    Raises:
        AuthMissing: if there is none.
        AuthenticationError: if what was found cannot be a key.
    """
    places: tuple[Place, ...] = (_in_keyring, _in_environment, _in_dotenv, _asked)
    for place in places:
        found = place(host, variables)
        if found:
            return checked_key(found)
    raise AuthMissing(
        f"there is no key for {host}; set {' or '.join(variables)} (in the environment or in "
        f".env), store one with `keyring set {KEYRING_SERVICE} {host}`, pass api_key=, or sign in "
        "with credential='entra'" + _unread()
    )


def kept_key(host: str, variables: Sequence[str] = ()) -> Secret | None:
    """The key that the keyring has for a host, for a server that may do without one."""
    found = _in_keyring(host, variables)
    return checked_key(found) if found else None


def _in_keyring(host: str, variables: Sequence[str]) -> Secret | None:
    try:
        import keyring
    except ImportError:
        return None
    for name in (host, *variables):
        # A machine without a store for secrets says so with errors of every kind.
        with contextlib.suppress(Exception):
            found = keyring.get_password(KEYRING_SERVICE, name)
            if found:
                return Secret(found.strip(), f"the keyring ({name})")
    return None


def _in_environment(_: str, variables: Sequence[str]) -> Secret | None:
    named = next((name for name in variables if os.environ.get(name, "").strip()), None)
    return Secret(os.environ[named].strip(), named) if named else None


def _in_dotenv(_: str, variables: Sequence[str]) -> Secret | None:
    file = _dotenv_file()
    if file is None:
        return None
    try:
        from dotenv import dotenv_values
    except ImportError:
        return None
    # Interpolation would make another key of one that holds a dollar sign.
    values = {name: Secret(v or "") for name, v in dotenv_values(file, interpolate=False).items()}
    named = next((name for name in variables if values.get(name)), None)
    return Secret(values[named].reveal().strip(), f"{file.name} ({named})") if named else None


def _dotenv_file() -> Path | None:
    """The ``.env`` of this folder, or of the one above, as notebooks are kept in a folder."""
    here = Path.cwd()
    return next((f for f in (here / ".env", here.parent / ".env") if f.is_file()), None)


def _unread() -> str:
    if _dotenv_file() is None:
        return ""
    try:
        import dotenv  # noqa: F401
    except ImportError:
        return "; a .env is there, and needs python-dotenv to be read"
    return ""


def _asked(host: str, _: Sequence[str]) -> Secret | None:
    """What somebody types, who is there to type."""
    if not somebody_is_there():
        return None
    try:
        # By its module: a kernel puts its own in place, which asks below the cell.
        return Secret(getpass.getpass(f"Key for {host} (it is not shown): ").strip(), "the prompt")
    except (EOFError, NotImplementedError):
        return None
