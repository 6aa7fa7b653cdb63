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
from realtime_lab.server import Deployments
from realtime_lab.server.handshake import Handshake, HandshakeError
from realtime_lab.server.routing import Opening, read_opening
from tests.server.client import PATHS
from tests.servers import KEY, RunningServer

GA_PATH = PATHS["ga"]


def opening_of(path: str, query: Any, headers: Any = None, subprotocols: Any = ()) -> Opening:
    return read_opening(Handshake(path, query, headers or {}, subprotocols), Deployments())


def greeting(server: RunningServer, path: str = GA_PATH, **options: Any) -> dict[str, Any]:
    """The first event, with the subprotocol that was selected."""

    async def run() -> dict[str, Any]:
        async with connect(server.ws_url + path, **options) as socket:
            return {**json.loads(await socket.recv()), "subprotocol": socket.subprotocol}

    return asyncio.run(run())


def refused(server: RunningServer, path: str = GA_PATH, **options: Any) -> InvalidStatus:
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


@pytest.mark.parametrize("origin", ["http://localhost:8888", "http://127.0.0.1", "http://[::1]:1"])
def test_pages_of_this_machine_may_connect(server: RunningServer, origin: str):
    greeting(server, additional_headers={"api-key": KEY, "Origin": origin})


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://localhost.evil.example"])
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
def test_addresses_that_azure_refuses(path, query, status):
    with pytest.raises(HandshakeError) as error:
        opening_of(path, query)
    assert error.value.status == status
    assert error.value.close_code is None


def test_openai_tells_of_a_missing_model_in_the_socket(server: RunningServer):
    async def run() -> None:
        headers = {"api-key": KEY}
        async with connect(server.ws_url + "/v1/realtime", additional_headers=headers) as socket:
            assert json.loads(await socket.recv())["error"]["code"] == "missing_model"
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4000
        assert closed.value.rcvd.reason == "invalid_request_error.missing_model"

    asyncio.run(run())


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
    refused(server, f"{GA_PATH}&api-key=mistyped-secret")
    said = "".join(capfd.readouterr()) + caplog.text
    assert KEY not in said
    assert "mistyped-secret" not in said
