"""Who gets a session, in which dialect, with which model."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime_lab.protocol import GA, PREVIEW
from realtime_lab.server import Access, Deployments, TestIssuer
from realtime_lab.server.handshake import Handshake, HandshakeError
from realtime_lab.server.routing import Opening, read_opening
from tests.server.client import PATHS
from tests.server.judge import judge
from tests.servers import KEY, RunningServer, scripted_server

GA_PATH = PATHS["ga"]


AZURE_PATH = "/openai/v1/realtime?model=gpt-realtime"
STRICT = Deployments(
    {"mine": "gpt-realtime", "ears": "whisper-1", "gpt-4o-transcribe": "gpt-4o-transcribe"},
    strict=True,
)


def opening_of(
    path: str,
    query: Any,
    headers: Any = None,
    subprotocols: Any = (),
    *,
    deployments: Deployments | None = None,
    granted: Any = None,
    **options: Any,
) -> Opening:
    handshake = Handshake(path, query, headers or {}, subprotocols)
    return read_opening(handshake, deployments or Deployments(), granted, **options)


def greeting(server: RunningServer, path: str = GA_PATH, **options: Any) -> dict[str, Any]:
    """The first event, with the subprotocol that was selected."""

    async def run() -> dict[str, Any]:
        async with connect(server.ws_url + path, **options) as socket:
            return {**json.loads(await socket.recv()), "subprotocol": socket.subprotocol}

    return asyncio.run(run())


def turned_away(
    server: RunningServer, path: str, **options: Any
) -> tuple[dict[str, Any], int, str]:
    """The error in the socket, then the code and the reason of the close."""

    async def run() -> tuple[dict[str, Any], int, str]:
        async with connect(server.ws_url + path, **options) as socket:
            text = await socket.recv()
            assert isinstance(text, str)
            judge(text, json.loads(text), "ga")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        return json.loads(text)["error"], closed.value.rcvd.code, closed.value.rcvd.reason

    return asyncio.run(run())


def refused(server: RunningServer, path: str = AZURE_PATH, **options: Any) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as error:
        greeting(server, path, **options)
    return error.value


@pytest.mark.parametrize(
    ("path", "options"),
    [
        (GA_PATH, {"additional_headers": {"Authorization": f"Bearer {KEY}"}}),
        (GA_PATH, {"additional_headers": {"api-key": KEY}}),
        (f"{GA_PATH}&api-key={KEY}", {}),
        (f"{GA_PATH}&Authorization=Bearer%20{KEY}", {}),
        (GA_PATH, {"subprotocols": ["realtime", f"openai-insecure-api-key.{KEY}"]}),
    ],
)
@pytest.mark.shows("keys")
def test_the_key_is_found_where_clients_put_it(
    server: RunningServer, path: str, options: dict[str, Any]
):
    assert greeting(server, path, **options)["type"] == "session.created"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"additional_headers": {"api-key": "wrong"}},
        {"additional_headers": {"api-key": ""}},
        {"additional_headers": {"Authorization": "Bearer wrong"}},
        {"additional_headers": {"Authorization": f"Basic {KEY}"}},
        {"additional_headers": {"Authorization": "Bearer ключ".encode().decode("latin-1")}},
        {"subprotocols": ["realtime", "openai-insecure-api-key.wrong"]},
    ],
)
def test_without_the_key_there_is_no_session(server: RunningServer, options: dict[str, Any]):
    answer = refused(server, **options).response
    assert answer.status_code == 401
    body = json.loads(answer.body)
    assert body["error"]["code"] == "401"
    assert body["error"]["message"].startswith("Access denied due to invalid subscription key")


def test_openai_accepts_then_refuses_a_wrong_key(server: RunningServer):
    headers = {"Authorization": "Bearer sk-mistyped"}
    error, code, reason = turned_away(server, GA_PATH, additional_headers=headers)
    assert error["type"] == "invalid_request_error"
    assert error["code"] == "invalid_api_key"
    assert error["message"].startswith("Incorrect API key provided")
    assert (code, reason) == (3000, "invalid_request_error.invalid_api_key")


def test_openai_accepts_then_refuses_who_shows_no_key(server: RunningServer):
    error, code, _ = turned_away(server, GA_PATH)
    assert error["message"] == "Missing bearer or basic authentication in header"
    assert error["code"] is None
    assert code == 3000


@pytest.mark.shows("entra")
def test_a_token_opens_a_session_without_a_cloud():
    issuer = TestIssuer()
    with scripted_server(access=Access(KEY, issuer=issuer.trusted())) as server:
        headers = {"Authorization": f"Bearer {issuer.token()}"}
        assert greeting(server, AZURE_PATH, additional_headers=headers)["session"]
        headers = {"Authorization": f"Bearer {issuer.token(seconds=-3600)}"}
        assert refused(server, additional_headers=headers).response.status_code == 401
        headers = {"Authorization": f"Bearer {issuer.token(roles=['Reader'])}"}
        assert refused(server, additional_headers=headers).response.status_code == 403


@pytest.mark.parametrize("origin", ["http://localhost:8888", "http://127.0.0.1", "http://[::1]:1"])
def test_pages_of_this_machine_may_connect(server: RunningServer, origin: str):
    greeting(server, additional_headers={"api-key": KEY, "Origin": origin})


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://localhost.evil.example"])
@pytest.mark.shows("origin")
def test_other_pages_may_not(server: RunningServer, origin: str):
    answer = refused(server, additional_headers={"api-key": KEY, "Origin": origin}).response
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "query", "headers", "subprotocols", "dialect"),
    [
        ("/v1/realtime", {"model": "m"}, {}, [], GA),
        ("/openai/v1/realtime", {"model": "m"}, {}, [], GA),
        ("/v1/realtime", {"model": "m"}, {"openai-beta": "realtime=v1"}, [], PREVIEW),
        ("/v1/realtime", {"model": "m"}, {}, ["realtime", "openai-beta.realtime-v1"], PREVIEW),
        ("/openai/realtime", {"deployment": "d", "api-version": "v"}, {}, [], PREVIEW),
        ("/openai/realtime", {"model": "d", "api-version": "v", "x": "y"}, {}, [], PREVIEW),
    ],
)
@pytest.mark.shows("addresses")
def test_the_dialect_follows_from_the_address(path, query, headers, subprotocols, dialect):
    assert opening_of(path, query, headers, subprotocols).dialect is dialect


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/openai/v1/realtime", {"model": "m", "api-version": "2025-04-01-preview"}, 401),
        ("/openai/v1/realtime", {}, 400),
        ("/openai/realtime", {"api-version": "v"}, 400),
        ("/openai/realtime", {"deployment": "d"}, 404),
    ],
)
@pytest.mark.shows("addresses")
def test_addresses_that_azure_refuses(path, query, status):
    with pytest.raises(HandshakeError) as error:
        opening_of(path, query)
    assert error.value.status == status
    assert error.value.close_code is None


def test_openai_tells_of_a_missing_model_in_the_socket(server: RunningServer):
    headers = {"api-key": KEY}
    error, code, reason = turned_away(server, "/v1/realtime", additional_headers=headers)
    assert error["code"] == "missing_model"
    assert (code, reason) == (4000, "invalid_request_error.missing_model")


@pytest.mark.shows("deployments")
def test_openai_tells_of_an_unknown_model_in_the_socket():
    with scripted_server(deployments=STRICT) as server:
        headers = {"api-key": KEY}
        error, code, reason = turned_away(server, GA_PATH, additional_headers=headers)
        assert error["code"] == "model_not_found"
        assert "'gpt-realtime'" in error["message"]
        assert (code, reason) == (4004, "invalid_request_error.model_not_found")
        greeting(server, "/v1/realtime?model=mine", additional_headers=headers)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/openai/v1/realtime", {"model": "gpt-realtime"}),
        ("/openai/realtime", {"deployment": "other", "api-version": "v"}),
    ],
)
@pytest.mark.shows("deployments")
def test_azure_knows_only_the_named_deployments(path: str, query: Any):
    with pytest.raises(HandshakeError) as error:
        opening_of(path, query, deployments=STRICT)
    assert (error.value.status, error.value.code) == (404, "DeploymentNotFound")
    assert opening_of(path, {**query, "model": "mine"}, deployments=STRICT).deployment.name


@pytest.mark.parametrize("name", ["ears", "gpt-4o-transcribe"])
@pytest.mark.parametrize("deployments", [STRICT, Deployments({"ears": "whisper"})])
@pytest.mark.shows("deployments")
def test_a_model_that_only_transcribes_holds_no_conversation(name: str, deployments: Deployments):
    with pytest.raises(HandshakeError) as error:
        opening_of("/openai/v1/realtime", {"model": name}, deployments=deployments)
    assert (error.value.status, error.value.code) == (400, "OpperationNotSupported")
    with pytest.raises(HandshakeError) as error:
        opening_of("/v1/realtime", {"model": name}, deployments=deployments)
    assert error.value.close_code == 4004


@pytest.mark.parametrize("path", ["/openai/v1/realtime", "/openai/realtime", "/v1/realtime"])
@pytest.mark.parametrize("model", [{}, {"model": "gpt-4o-transcribe"}])
def test_a_session_that_only_transcribes_needs_no_model(path: str, model: Any):
    version = {"api-version": "v"} if path == "/openai/realtime" else {}
    opening = opening_of(path, {"intent": "transcription", **version, **model})
    assert opening.kind == "transcription"


def test_the_model_is_that_of_the_key_where_the_query_names_none():
    granted = {"type": "realtime", "model": "mine"}
    assert opening_of("/v1/realtime", {}, granted=granted).model == "mine"
    assert opening_of("/v1/realtime", {"model": "other"}, granted=granted).model == "other"
    granted = {"type": "transcription"}
    assert opening_of("/v1/realtime", {}, granted=granted).kind == "transcription"


@pytest.mark.parametrize(
    ("headers", "subprotocols"),
    [({"openai-beta": "realtime=v1"}, []), ({}, ["realtime", "openai-beta.realtime-v1"])],
)
def test_openai_can_refuse_the_preview_dialect_as_it_does_today(headers: Any, subprotocols: Any):
    query = {"model": "m"}
    with pytest.raises(HandshakeError) as error:
        opening_of("/v1/realtime", query, headers, subprotocols, preview_on_openai=False)
    assert (error.value.code, error.value.close_code) == ("beta_api_shape_disabled", 4000)
    assert opening_of("/v1/realtime", query, preview_on_openai=False).dialect is GA
    azure = {"deployment": "d", "api-version": "v"}
    assert opening_of("/openai/realtime", azure, preview_on_openai=False).dialect is PREVIEW


@pytest.mark.parametrize(
    ("asked", "dialect", "shown", "snapshot"),
    [
        ("gpt-realtime", "ga", "gpt-realtime", "gpt-realtime-2025-08-28"),
        ("my-deployment", "ga", "my-deployment", "gpt-realtime-2025-08-28"),
        (
            "gpt-4o-realtime-preview",
            "preview",
            "gpt-4o-realtime-preview-2024-10-01",
            "gpt-4o-realtime-preview-2024-10-01",
        ),
        (
            "my-deployment",
            "preview",
            "gpt-4o-realtime-preview-2024-10-01",
            "gpt-4o-realtime-preview-2024-10-01",
        ),
        (
            "gpt-4o-realtime-preview-2024-12-17",
            "preview",
            "gpt-4o-realtime-preview-2024-12-17",
            "gpt-4o-realtime-preview-2024-12-17",
        ),
    ],
)
def test_any_deployment_has_a_profile(asked, dialect, shown, snapshot):
    path = "/v1/realtime" if dialect == "ga" else "/openai/realtime"
    opening = opening_of(path, {"model": asked, "api-version": "v"})
    assert opening.model == shown
    assert opening.deployment.profile.snapshot == snapshot


@pytest.mark.shows("subprotocols")
def test_a_subprotocol_is_selected_only_when_offered(server: RunningServer):
    headers = {"api-key": KEY}
    assert greeting(server, additional_headers=headers)["subprotocol"] is None
    offered = greeting(server, additional_headers=headers, subprotocols=["realtime", "other"])
    assert offered["subprotocol"] == "realtime"


def test_health_needs_no_key(server: RunningServer):
    with urlopen(server.http_url + "/healthz") as answer:
        assert json.load(answer)["status"] == "ok"


def test_keys_are_never_logged(server: RunningServer, capfd, caplog):
    greeting(server, f"{GA_PATH}&api-key={KEY}")
    refused(server, f"{AZURE_PATH}&api-key=mistyped-secret")
    turned_away(server, f"{GA_PATH}&api-key=mistyped-secret")
    said = "".join(capfd.readouterr()) + caplog.text
    assert KEY not in said
    assert "mistyped-secret" not in said
    assert said == "", "and a refusal is no fault of the server"
