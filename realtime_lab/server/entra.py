"""Tokens as Microsoft Entra ID issues them: checking them, and issuing some to try that.

Nothing is asked of a cloud: a server is told whose tokens it trusts. What is checked, and the words
of a refusal, are those of Azure OpenAI; the roles are those its access control guide names.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, TypeGuard

from ..errors import ServerError
from .handshake import HandshakeError

__all__ = ["AUDIENCES", "ROLES", "TestIssuer", "TokenIssuer"]

AUDIENCES = ("https://cognitiveservices.azure.com", "https://ai.azure.com")
ROLES = (
    "Cognitive Services User",
    "Cognitive Services OpenAI User",
    "Cognitive Services OpenAI Contributor",
    "Azure AI User",
)
"""Roles that allow inference. Cognitive Services Contributor, Contributor and Owner do not."""
_LEEWAY = 30.0
_ALGORITHMS = {"RSA": "RS256", "oct": "HS256"}
_CHECKED_HERE = ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")


class TokenIssuer:
    """Somebody whose tokens a server trusts.

    ``issuer`` is the tokens' ``iss``, to the letter; ``keys`` are JSON Web Keys: RSA (RS256) or
    symmetric ones (HS256). A token is for one of the ``audiences``, with or without a slash or
    ``/.default`` at its end, and has one of the ``roles``; no ``roles`` means that none is needed.
    ``leeway`` is how far clocks may differ, in seconds.

    Raises:
        ServerError: for a key that is none, or if PyJWT is not installed.
    """

    def __init__(
        self,
        issuer: str,
        keys: Iterable[Mapping[str, Any]],
        *,
        audiences: Iterable[str] = AUDIENCES,
        roles: Iterable[str] = ROLES,
        leeway: float = _LEEWAY,
    ) -> None:
        self._issuer = issuer
        self._audiences = frozenset(map(_plain_audience, audiences))
        self._roles = frozenset(roles)
        self._leeway = leeway
        self._keys = [_usable(key) for key in keys]
        if not self._keys:
            raise ServerError("the token issuer has no key; name at least one JSON Web Key")

    @classmethod
    def read(cls, path: str | Path) -> TokenIssuer:
        """The issuer that a JSON file describes.

        It holds ``issuer``, ``keys`` (or a whole key set as ``jwks``), and where they are to be
        others than Azure's, ``audiences``, ``roles`` and ``leeway``.

        Raises:
            ServerError: if it cannot be read, or does not hold that.
        """
        try:
            told = json.loads(Path(path).read_text())
            keys = told["keys"] if "keys" in told else told["jwks"]["keys"]
            known = {name: told[name] for name in ("audiences", "roles", "leeway") if name in told}
            return cls(told["issuer"], keys, **known)
        except OSError as error:
            raise ServerError(f"cannot read the token issuer {path}: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ServerError(
                f'{path} describes no token issuer; it holds {{"issuer": "…", "keys": [JSON Web '
                "Keys]}"
            ) from None

    def check(self, token: str, now: float) -> None:
        """Let pass whoever holds a token of this issuer; ``now`` in seconds since 1970.

        Raises:
            HandshakeError: 401 for a token that is not valid here now, 403 for one without a role
                that allows it; in Azure's words.
        """
        claims = self._claims(token)
        if claims is None or not self._is_valid(claims, now):
            raise refused_token(self._audiences)
        roles = claims.get("roles")
        held = (
            {role for role in roles if isinstance(role, str)} if isinstance(roles, list) else set()
        )
        if self._roles and not held & self._roles:
            principal = claims.get("oid") or claims.get("sub") or "unknown"
            raise HandshakeError(
                403,
                "PermissionDenied",
                f"The principal `{principal}` lacks the required data action "
                "`Microsoft.CognitiveServices/accounts/OpenAI/deployments/realtime/action` to "
                "perform `GET /openai/realtime` operation.",
            )

    def _claims(self, token: str) -> dict[str, Any] | None:
        """What a token says, if this issuer signed it."""
        jwt = _jwt()
        options = {f"verify_{name}": False for name in _CHECKED_HERE}
        for key in self._keys:
            try:
                # One algorithm a key: a public key must not pass for the secret of HS256.
                return jwt.decode(token, key, algorithms=[key.algorithm_name], options=options)
            except jwt.PyJWTError:
                continue
        return None

    def _is_valid(self, claims: Mapping[str, Any], now: float) -> bool:
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if not (_is_number(expires) and _is_number(begins)):
            return False
        return (
            claims.get("iss") == self._issuer
            and begins - self._leeway <= now < expires + self._leeway
            and any(isinstance(a, str) and _plain_audience(a) in self._audiences for a in audiences)
        )


class TestIssuer:
    """Issues tokens, so that a test or a notebook can sign in as with Entra ID, without a cloud.

    A server trusts it by ``Access(key, issuer=issuer.trusted())``, or by ``--token-issuer`` and
    the file that `write` makes. ``wall`` is the time of day in seconds since 1970.
    """

    __test__ = False
    """Not a test case, whatever pytest makes of the name."""

    def __init__(
        self,
        issuer: str = "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
        *,
        algorithm: Literal["RS256", "HS256"] = "RS256",
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._algorithm: Literal["RS256", "HS256"] = algorithm
        self._wall = wall
        self._signing_key, self._public = _new_key(algorithm)

    def trusted(self, **options: Any) -> TokenIssuer:
        """What a server needs to check these tokens; ``options`` as `TokenIssuer` takes them."""
        return TokenIssuer(self._issuer, [self._public], **options)

    def write(self, path: str | Path) -> Path:
        """Write the same to a file for ``--token-issuer``; with HS256 it holds the secret."""
        path = Path(path)
        path.write_text(json.dumps({"issuer": self._issuer, "keys": [self._public]}))
        return path

    def token(
        self,
        *,
        audience: str | Sequence[str] = AUDIENCES[0],
        seconds: float = 3600,
        roles: Sequence[str] = ("Cognitive Services OpenAI User",),
        **claims: Any,
    ) -> str:
        """A token that expires in ``seconds``; ``claims`` add to the usual ones or replace them."""
        now = int(self._wall())
        told = {
            "iss": self._issuer,
            "aud": audience,
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "oid": "11111111-1111-1111-1111-111111111111",
            "roles": list(roles),
            **claims,
        }
        headers = {"kid": self._public["kid"]}
        return _jwt().encode(told, self._signing_key, algorithm=self._algorithm, headers=headers)


def refused_token(audiences: Iterable[str] = AUDIENCES) -> HandshakeError:
    """Azure's answer to a token that does not hold."""
    expected = ", ".join(sorted(audiences, reverse=True))
    return HandshakeError(
        401,
        "401",
        f"Unauthorized. Access token is missing, invalid, audience is incorrect ({expected}), or "
        "have expired.",
    )


def _plain_audience(audience: str) -> str:
    """An audience without what a scope adds to it, and without a slash at its end."""
    return audience.removesuffix(".default").rstrip("/")


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _usable(key: Mapping[str, Any]) -> Any:
    """A JSON Web Key, ready to check with."""
    jwt = _jwt()
    algorithm = _ALGORITHMS.get(key.get("kty", ""))
    if algorithm is None or key.get("alg", algorithm) != algorithm:
        raise ServerError("a key of the token issuer is neither for RS256 nor for HS256")
    try:
        return jwt.PyJWK(dict(key), algorithm)
    except (jwt.PyJWTError, NotImplementedError) as error:
        raise ServerError(f"a key of the token issuer cannot be used: {error}") from None


def _new_key(algorithm: str) -> tuple[Any, dict[str, Any]]:
    """What signs, and the JSON Web Key that checks it."""
    _jwt()
    from jwt.algorithms import HMACAlgorithm, RSAAlgorithm

    name = {"kid": secrets.token_hex(8), "alg": algorithm, "use": "sig"}
    if algorithm == "HS256":
        secret = secrets.token_bytes(32)
        return secret, {**HMACAlgorithm.to_jwk(secret, as_dict=True), **name}
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    private = generate_private_key(public_exponent=65537, key_size=2048)
    return private, {**RSAAlgorithm.to_jwk(private.public_key(), as_dict=True), **name}


def _jwt() -> ModuleType:
    try:
        import jwt
    except ImportError:
        raise ServerError(
            'tokens are checked with PyJWT, which is not installed: pip install "realtime-lab['
            'entra]"'
        ) from None
    return jwt
