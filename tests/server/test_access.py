"""Who may open a session, and how everybody else is refused."""

from __future__ import annotations

import argparse
import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from realtime_lab.errors import ServerError
from realtime_lab.server import Access, Server, ServerOptions, TestIssuer, TokenIssuer
from realtime_lab.server.engine_loader import EngineLoader
from realtime_lab.server.ephemeral import EphemeralKeys
from realtime_lab.server.handshake import Handshake, HandshakeError
from realtime_lab.server.run import build_server

KEY = "the-resource-key"
AZURE, PREVIEW, OPENAI = "/openai/v1/realtime", "/openai/realtime", "/v1/realtime"
NOON = 1_790_000_000.0


class Clock:
    """A time of day that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def clocked_issuer() -> Iterator[tuple[TestIssuer, Clock]]:
    """An issuer at noon; its key takes a while to make."""
    clock = Clock()
    yield TestIssuer(wall=clock), clock


@pytest.fixture
def issuer(clocked_issuer: tuple[TestIssuer, Clock]) -> TestIssuer:
    return clocked_issuer[0]


def handshake(path: str = AZURE, *, query: Any = None, **headers: str) -> Handshake:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Handshake(path, query or {}, named)


def bearer(token: str, path: str = AZURE) -> Handshake:
    return handshake(path, authorization=f"Bearer {token}")


def refusal(access: Access, shown: Handshake) -> HandshakeError:
    with pytest.raises(HandshakeError) as refused:
        access.check(shown)
    return refused.value


@pytest.mark.parametrize("path", [AZURE, PREVIEW, OPENAI])
@pytest.mark.parametrize(
    "shown",
    [
        {"api_key": KEY},
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer  {KEY}"},
        {"query": {"api-key": KEY}},
        {"query": {"Authorization": f"Bearer {KEY}"}},
    ],
)
def test_the_key_opens_a_session_wherever_it_is_shown(path: str, shown: Any):
    assert Access(KEY).check(handshake(path, **shown)).session is None


@pytest.mark.parametrize("path", [AZURE, PREVIEW])
@pytest.mark.parametrize("shown", [{}, {"api_key": "wrong"}, {"authorization": "Bearer wrong"}])
@pytest.mark.shows("keys")
def test_azure_refuses_at_the_handshake(path: str, shown: Any):
    refused = refusal(Access(KEY), handshake(path, **shown))
    assert (refused.status, refused.close_code) == (401, None)
    assert refused.body["error"]["code"] == "401"
    assert refused.message.startswith("Access denied due to invalid subscription key")


@pytest.mark.shows("keys")
def test_openai_refuses_a_wrong_key_in_the_socket():
    refused = refusal(Access(KEY), handshake(OPENAI, authorization="Bearer sk-mistyped"))
    assert refused.close_code == 3000
    assert refused.close_reason == "invalid_request_error.invalid_api_key"
    assert refused.message.startswith("Incorrect API key provided")
    assert "mistyped" not in refused.message


def test_openai_refuses_in_other_words_who_shows_nothing():
    refused = refusal(Access(KEY), handshake(OPENAI))
    assert refused.close_code == 3000
    assert refused.message == "Missing bearer or basic authentication in header"
    assert refused.code is None
    assert refused.close_reason == "invalid_request_error"


@pytest.mark.parametrize("odd", ["ключ", "\udcff", "", " ", "\x00"])
def test_no_key_however_odd_breaks_the_check(odd: str):
    access = Access(KEY)
    offered = Handshake(AZURE, {}, {"api-key": odd}, [f"openai-insecure-api-key.{odd}"])
    assert refusal(access, offered).status == 401


# Tokens


@pytest.mark.parametrize("algorithm", ["RS256", "HS256"])
@pytest.mark.parametrize("path", [AZURE, PREVIEW])
def test_a_token_does_instead_of_the_key(algorithm: Any, path: str, clock: Clock):
    issuer = TestIssuer(algorithm=algorithm, wall=clock)
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    assert access.check(bearer(issuer.token(), path)).session is None
    assert access.check(handshake(path, query={"Authorization": f"Bearer {issuer.token()}"}))


@pytest.mark.parametrize(
    "audience",
    [
        "https://cognitiveservices.azure.com",
        "https://cognitiveservices.azure.com/",
        "https://cognitiveservices.azure.com/.default",
        "https://ai.azure.com",
        "https://ai.azure.com/",
        "https://ai.azure.com/.default",
        ["https://example.com", "https://ai.azure.com"],
    ],
)
def test_a_token_for_either_audience_is_good(audience: Any, issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    access.check(bearer(issuer.token(audience=audience)))


@pytest.mark.parametrize(
    "claims",
    [
        {"audience": "https://management.azure.com"},
        {"audience": "https://ai.azure.com.example.com"},
        {"audience": []},
        {"aud": {"https://ai.azure.com": 1}},
        {"iss": "https://sts.windows.net/somebody-else/"},
        {"seconds": -31},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": float("nan")},
        {"nbf": NOON + 31},
        {"nbf": "now"},
    ],
)
@pytest.mark.shows("entra")
def test_a_token_that_does_not_hold_is_refused_in_azures_words(
    claims: Any, issuer: TestIssuer, clock: Clock
):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    refused = refusal(access, bearer(issuer.token(**claims)))
    assert (refused.status, refused.code, refused.close_code) == (401, "401", None)
    assert "Access token is missing, invalid, audience is incorrect" in refused.message
    assert refused.message.endswith("or have expired.")


def test_clocks_may_differ_a_little(issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    access.check(bearer(issuer.token(seconds=-29)))
    access.check(bearer(issuer.token(nbf=NOON + 29)))


def test_a_token_holds_until_it_expires(issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(leeway=0), wall=clock)
    token = issuer.token(seconds=60)
    clock.now += 59
    access.check(bearer(token))
    clock.now += 1
    assert refusal(access, bearer(token)).status == 401


def test_a_token_that_somebody_else_signed_is_refused(issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    stranger = TestIssuer(wall=clock)
    assert refusal(access, bearer(stranger.token())).status == 401


def test_a_token_changed_on_the_way_is_refused(issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    header, _, signature = issuer.token(seconds=-100).split(".")
    body = issuer.token().split(".")[1]
    assert refusal(access, bearer(f"{header}.{body}.{signature}")).status == 401
    assert refusal(access, bearer(f"{header}.{body}.")).status == 401
    assert refusal(access, bearer("eyJ.e.e")).status == 401


def test_a_public_key_is_no_secret_to_sign_with(issuer: TestIssuer, clock: Clock, tmp_path):
    known = json.loads(issuer.write(tmp_path / "issuer.json").read_text())
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    body = issuer.token().split(".")[1]
    secret = json.dumps(known["keys"][0]).encode()
    for algorithm in ("HS256", "none"):
        signed = f"{_base64({'alg': algorithm, 'kid': known['keys'][0]['kid']})}.{body}"
        digest = hmac.digest(secret, signed.encode(), "sha256") if algorithm == "HS256" else b""
        signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert refusal(access, bearer(f"{signed}.{signature}")).status == 401


def _base64(header: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


@pytest.mark.parametrize("roles", [[], ["Cognitive Services Contributor"], ["Owner"]])
def test_a_token_without_the_role_is_forbidden(roles: Any, issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    refused = refusal(access, bearer(issuer.token(roles=roles)))
    assert (refused.status, refused.code) == (403, "PermissionDenied")
    assert "lacks the required data action" in refused.message


def test_a_server_may_ask_for_no_role(issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(roles=()), wall=clock)
    access.check(bearer(issuer.token(roles=[])))


def test_openai_knows_no_such_tokens(issuer: TestIssuer, clock: Clock):
    access = Access(KEY, issuer=issuer.trusted(), wall=clock)
    assert refusal(access, bearer(issuer.token(), OPENAI)).code == "invalid_api_key"


def test_a_server_that_trusts_nobody_refuses_every_token(issuer: TestIssuer):
    assert "Access token is missing" in refusal(Access(KEY), bearer(issuer.token())).message


def test_an_issuer_can_be_told_by_a_file(issuer: TestIssuer, clock: Clock, tmp_path):
    trusted = TokenIssuer.read(issuer.write(tmp_path / "issuer.json"))
    access = Access(KEY, issuer=trusted, wall=clock)
    access.check(bearer(issuer.token()))


def test_a_file_for_rs256_holds_no_secret(issuer: TestIssuer, tmp_path):
    (key,) = json.loads(issuer.write(tmp_path / "issuer.json").read_text())["keys"]
    assert set(key) <= {"kty", "n", "e", "kid", "alg", "use", "key_ops"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"issuer": "me"}',
        '{"issuer": "me", "keys": []}',
        '{"issuer": "me", "keys": [{"kty": "RSA"}]}',
        '{"issuer": "me", "keys": [{"kty": "EC", "crv": "P-256"}]}',
        '{"issuer": "me", "keys": [{"kty": "oct", "k": "c2VjcmV0", "alg": "none"}]}',
        '{"issuer": "me", "keys": 3}',
        '{"issuer": "me", "jwks": {}}',
    ],
)
def test_a_file_that_tells_no_issuer_is_refused_in_one_sentence(text: str, tmp_path):
    path = tmp_path / "issuer.json"
    path.write_text(text)
    with pytest.raises(ServerError):
        TokenIssuer.read(path)
    with pytest.raises(ServerError, match="cannot read"):
        TokenIssuer.read(tmp_path / "none.json")


def test_without_pyjwt_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "jwt", None)
    with pytest.raises(ServerError, match=r'pip install "realtime-lab\[entra\]"'):
        TestIssuer()


# The command line


def built(*arguments: str) -> Server:
    """The server that a command line asks for."""

    def nobody() -> Any:
        raise AssertionError("the engine is not asked for")

    parser = argparse.ArgumentParser()
    ServerOptions.add_to(parser)
    return build_server(ServerOptions.read(parser.parse_args(arguments)), KEY, EngineLoader(nobody))


def test_the_command_line_names_an_issuer(tmp_path):
    issuer = TestIssuer(algorithm="HS256")
    server = built("--token-issuer", str(issuer.write(tmp_path / "issuer.json")))
    assert server.access.check(bearer(issuer.token()))
    with pytest.raises(ServerError, match="cannot read the token issuer"):
        built("--token-issuer", str(tmp_path / "none.json"))


def test_the_command_line_can_be_as_strict_as_the_services_are():
    usual = built("--deployment", "mine=gpt-realtime")
    assert usual.deployments.offers("another")
    assert usual.preview_on_openai
    strict = built(
        "--deployment=mine=gpt-realtime", "--only-named-deployments", "--refuse-preview-on-openai"
    )
    assert strict.deployments.offers("mine")
    assert not strict.deployments.offers("another")
    assert not strict.preview_on_openai
    with pytest.raises(ServerError, match="name some with --deployment"):
        built("--only-named-deployments")


# Ephemeral keys


def test_an_ephemeral_key_opens_sessions_with_its_settings_until_it_expires(clock: Clock):
    access = Access(KEY, wall=clock)
    key = access.ephemeral.mint({"type": "realtime", "instructions": "Be brief."}, 60)
    assert key.value.startswith("ek_")
    assert key.expires_at == int(NOON) + 60
    for path in (AZURE, PREVIEW, OPENAI):
        grant = access.check(bearer(key.value, path))
        assert grant.session == {"type": "realtime", "instructions": "Be brief."}
    protocol = f"openai-insecure-api-key.{key.value}"
    assert access.check(Handshake(OPENAI, {}, {}, ["realtime", protocol])).session
    clock.now += 60
    assert refusal(access, bearer(key.value, OPENAI)).code == "invalid_api_key"
    assert refusal(access, bearer(key.value)).status == 401


def test_an_ephemeral_key_makes_no_others(clock: Clock):
    access = Access(KEY, wall=clock)
    key = access.ephemeral.mint({}, 60)
    with pytest.raises(HandshakeError):
        access.check_owner(bearer(key.value))


def test_keys_are_neither_kept_nor_shown(clock: Clock):
    keys = EphemeralKeys(clock)
    key = keys.mint({}, 60)
    assert key.value not in repr(key)
    assert key.value not in repr(keys.__dict__)
    assert len({keys.mint({}, 60).value for _ in range(50)}) == 50


def test_only_so_many_keys_are_kept(clock: Clock):
    keys = EphemeralKeys(clock)
    first, *_, last = [keys.mint({}, 60) for _ in range(1500)]
    assert len(keys) == 1000
    assert keys.session_of(first.value) is None
    assert keys.session_of(last.value) == {}
    clock.now += 61
    keys.mint({}, 60)
    assert len(keys) == 1
