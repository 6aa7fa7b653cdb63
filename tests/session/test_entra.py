"""Signing in with tokens, against a server that checks them as Azure does."""

from __future__ import annotations

import asyncio
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import AuthDenied, AuthMissing, EndpointError
from realtime_lab.server import Access, TestIssuer
from realtime_lab.session import sign_in as ways
from realtime_lab.session.sign_in import show_code, token_credential
from tests.servers import KEY, RunningServer, scripted_server

Signed = Callable[..., rl.Endpoint]
SCOPE = "https://cognitiveservices.azure.com/.default"
Token = namedtuple("Token", "token expires_on")


@pytest.fixture(scope="module")
def issuer() -> TestIssuer:
    return TestIssuer()


@pytest.fixture(scope="module")
def server(issuer) -> Iterator[RunningServer]:
    with scripted_server(access=Access(KEY, issuer=issuer.trusted())) as running:
        yield running


@pytest.fixture
def place(server) -> Signed:
    def named(credential: Any, **options: Any) -> rl.Endpoint:
        url = f"{server.ws_url}/openai/v1/realtime?model=gpt-realtime"
        return rl.endpoint(url, credential=credential, **{"scope": SCOPE, **options})

    return named


class Credential:
    """Built like those of azure-identity: keeps a token until a claim asks for another."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.asked: list[tuple[str, bool]] = []

    def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> Token:
        self.asked.append((scopes[0], claims is not None))
        if claims is not None and len(self.tokens) > 1:
            self.tokens.pop(0)
        return Token(self.tokens[0], 0)


class AsyncCredential(Credential):
    """The same as azure-identity's ``aio`` has it."""

    async def get_token(self, *scopes: str, **options: Any) -> Token:  # type: ignore[override]
        return super().get_token(*scopes, **options)


class PlainCredential(Credential):
    """One that knows no claims, and gives the next token each time."""

    def get_token(self, *scopes: str) -> Token:  # type: ignore[override]
        self.asked.append((scopes[0], False))
        return Token(self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0], 0)


def connects(place: rl.Endpoint) -> None:
    async def visit():
        async with await rl.connect(place) as lab:
            assert lab.model == "gpt-realtime"

    asyncio.run(visit())


def refused(place: rl.Endpoint) -> str:
    with pytest.raises(AuthDenied) as denied:
        connects(place)
    return str(denied.value)


@pytest.mark.parametrize("kind", [Credential, AsyncCredential, PlainCredential])
def test_a_token_is_asked_for_afresh_at_every_connection(place, issuer, kind):
    credential = kind(issuer.token())
    signed = place(credential)
    connects(signed)
    connects(signed)
    assert credential.asked == [(SCOPE, False)] * 2


def test_a_function_that_gives_a_token_does_as_well(place, issuer):
    async def later() -> str:
        return issuer.token()

    connects(place(issuer.token))
    connects(place(later))
    connects(place(lambda: Token(issuer.token(), 0)))


@pytest.mark.parametrize("kind", [Credential, AsyncCredential, PlainCredential])
def test_a_token_that_has_expired_is_renewed_once(place, issuer, kind):
    credential = kind(issuer.token(seconds=-600), issuer.token())
    connects(place(credential))
    assert len(credential.asked) == 2
    assert credential.asked[1][1] == (kind is not PlainCredential)


def test_a_token_for_another_audience_is_told_with_scope_and_audience(place, issuer):
    credential = Credential(issuer.token(audience="https://graph.microsoft.com", tid="tenant-7"))
    told = refused(place(credential))
    assert len(credential.asked) == 2, "one forced refresh, not more"
    for part in (
        "refused the token (HTTP 401)",
        f"asked for scope {SCOPE}",
        "for the audience https://graph.microsoft.com",
        "good for",
        "tenant tenant-7",
        "a fresh one was refused too",
    ):
        assert part in told


def test_a_token_that_stays_expired_is_told_as_such(place, issuer):
    assert "expired 10 minutes ago" in refused(place(Credential(issuer.token(seconds=-600))))


def test_a_missing_role_is_named(place, issuer):
    told = refused(place(Credential(issuer.token(roles=["Cognitive Services Contributor"]))))
    assert "lacks the required data action" in told
    assert "ask for the role “Cognitive Services OpenAI User”" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lambda: "", "gave none"),
        (lambda: 1 / 0, "division by zero"),
        (PlainCredential(""), "gave none"),
    ],
)
def test_a_sign_in_that_gives_nothing_is_told(place, given, told):
    with pytest.raises(AuthMissing, match=told):
        connects(place(given))


@pytest.mark.parametrize(
    ("host", "scope"),
    [
        ("lab.openai.azure.com", SCOPE),
        ("lab.cognitiveservices.azure.com", SCOPE),
        ("lab.services.ai.azure.com", "https://ai.azure.com/.default"),
        ("lab.openai.azure.us", "https://cognitiveservices.azure.us/.default"),
        ("lab.services.ai.azure.us", "https://ai.azure.us/.default"),
        ("lab.openai.azure.cn", "https://cognitiveservices.azure.cn/.default"),
    ],
)
def test_the_scope_is_that_of_the_host(host, scope):
    assert token_credential(Credential("t"), host).scope == scope
    assert token_credential("entra", host).scope == scope


def test_what_a_token_is_for_must_be_known():
    with pytest.raises(EndpointError, match="regional address, which takes keys only"):
        rl.azure("https://eastus2.api.cognitive.microsoft.com", "voice", credential="entra")
    with pytest.raises(EndpointError, match="scope="):
        rl.endpoint("wss://example.com/v1/realtime?model=m", credential="entra")
    with pytest.raises(EndpointError, match="nobody can sign in by 'magic'"):
        rl.azure("lab", "voice", credential="magic")
    with pytest.raises(EndpointError, match="a int is no credential"):
        rl.azure("lab", "voice", credential=7)


@pytest.fixture
def identity(monkeypatch):
    """azure-identity in place of which every sign-in is noted."""
    azure_identity = pytest.importorskip("azure.identity")
    made: list[tuple[str, dict[str, Any]]] = []

    def noting(name: str) -> Callable[..., Credential]:
        def make(**options: Any) -> Credential:
            made.append((name, options))
            return Credential("token")

        return make

    for name in (
        "DefaultAzureCredential",
        "DeviceCodeCredential",
        "InteractiveBrowserCredential",
    ):
        monkeypatch.setattr(azure_identity, name, noting(name))
    ways._signed_in.cache_clear()
    yield made
    ways._signed_in.cache_clear()


def test_one_sign_in_does_for_all_connections_of_a_process(identity):
    login = rl.entra("device-code", tenant="mine")
    for _ in range(2):
        signed = token_credential(login, "lab.openai.azure.us")
        asyncio.run(signed.headers())
    ((name, options),) = identity
    assert name == "DeviceCodeCredential"
    assert options["authority"] == "login.microsoftonline.us"
    assert options["tenant_id"] == "mine"
    assert options["prompt_callback"] is show_code
    asyncio.run(token_credential("entra", "lab.openai.azure.com").headers())
    asyncio.run(token_credential("browser", "lab.openai.azure.com").headers())
    assert [name for name, _ in identity[1:]] == [
        "DefaultAzureCredential",
        "InteractiveBrowserCredential",
    ]


def test_the_code_to_type_is_shown(capsys):
    show_code(
        "https://microsoft.com/devicelogin", "ABC123", datetime.now(UTC) + timedelta(minutes=15)
    )
    assert capsys.readouterr().out == (
        "To sign in, open https://microsoft.com/devicelogin on any device and enter the code "
        "ABC123 (within 15 minutes).\n"
    )


def test_without_azure_identity_one_sentence_says_what_to_install(monkeypatch, place):
    monkeypatch.setitem(sys.modules, "azure", None)
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    ways._signed_in.cache_clear()
    with pytest.raises(AuthMissing, match=r"pip install \"realtime-lab\[azure\]\""):
        connects(place("entra"))
