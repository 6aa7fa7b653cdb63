"""Ephemeral keys: made over HTTP by a program, used by a page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from realtime_lab.server import Access, Deployments, TestIssuer
from tests.server.judge import judge
from tests.servers import KEY, RunningServer, scripted_server

NOON = 1_790_000_000.0
SECRETS = ["/v1/realtime/client_secrets", "/openai/v1/realtime/client_secrets"]
SESSIONS = "/v1/realtime/sessions"
TRANSCRIPTION = "/v1/realtime/transcription_sessions"
AZURE_SESSIONS = "/openai/realtimeapi/sessions?api-version=2025-04-01-preview"
REALTIME = {"type": "realtime", "model": "gpt-realtime"}


class Clock:
    """A time of day that stands still until it is moved."""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clocked_server() -> Iterator[tuple[RunningServer, Clock]]:
    clock = Clock()
    with scripted_server(access=Access(KEY, wall=clock)) as running:
        yield running, clock


@pytest.fixture
def clock(clocked_server: tuple[RunningServer, Clock]) -> Clock:
    clocked_server[1].now = NOON
    return clocked_server[1]


@pytest.fixture
def server(clocked_server: tuple[RunningServer, Clock], clock: Clock) -> RunningServer:
    """The server that all these tests share; its time is ``clock``."""
    return clocked_server[0]


def post(server: RunningServer, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """The JSON answer to a POST; an `HTTPError` for a refusal."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    request = Request(
        server.http_url + path,
        data,
        {"content-type": "application/json", "api-key": KEY, **named},
    )
    with urlopen(request) as answer:
        return json.load(answer)


def refusal(
    server: RunningServer, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    """Status and ``error`` of a refused POST."""
    with pytest.raises(HTTPError) as refused:
        post(server, path, body, **headers)
    with refused.value as answer:
        return answer.code, json.load(answer)["error"]


def first_events(server: RunningServer, path: str, dialect: str, **options: Any) -> list[Any]:
    async def run() -> list[Any]:
        async with connect(server.ws_url + path, **options) as socket:
            events = []
            while not events or not events[-1]["type"].endswith("session.created"):
                text = await socket.recv()
                assert isinstance(text, str)
                judge(text, json.loads(text), dialect)
                events.append(json.loads(text))
            return events

    return asyncio.run(run())


def session_with(server: RunningServer, key: str, path: str, dialect: str) -> dict[str, Any]:
    """The settings of a session opened as a browser does it: the key in the subprotocol."""
    subprotocols: Any = ["realtime", f"openai-insecure-api-key.{key}"]
    return first_events(server, path, dialect, subprotocols=subprotocols)[-1]["session"]


# The openai SDK


def test_the_sdk_makes_a_key_and_opens_its_session(server: RunningServer, clock: Clock):
    from openai import OpenAI
    from openai.types.realtime import ClientSecretCreateResponse

    for base in ("v1", "openai/v1"):
        client = OpenAI(api_key=KEY, base_url=f"{server.http_url}/{base}")
        raw = client.realtime.client_secrets.with_raw_response.create(
            expires_after={"anchor": "created_at", "seconds": 60},
            session={
                "type": "realtime",
                "model": "gpt-realtime",
                "instructions": "Be brief.",
                "audio": {
                    "input": {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}},
                    "output": {"voice": "marin", "speed": 1.25},
                },
                "tools": [{"type": "function", "name": "look", "parameters": {}}],
            },
        )
        ClientSecretCreateResponse.model_validate_json(raw.content, strict=True)
        secret = raw.parse()
        assert secret.value.startswith("ek_")
        assert secret.expires_at == int(NOON) + 60
        assert secret.session.type == "realtime"
        assert secret.session.id.startswith("sess_")
        assert secret.session.object == "realtime.session"
        with (
            OpenAI(api_key=secret.value, base_url=f"{server.http_url}/{base}") as page,
            page.realtime.connect(model="gpt-realtime") as connection,
        ):
            created: Any = connection.recv()
        assert created.session.instructions == "Be brief."
        assert created.session.audio.output.voice == "marin"
        assert created.session.audio.input.turn_detection.eagerness == "low"
        assert created.session.tools[0].name == "look"
        assert created.session.id != secret.session.id


def test_the_sdk_makes_a_key_for_a_beta_session(server: RunningServer, clock: Clock):
    from openai import AzureOpenAI, OpenAI
    from openai.types.beta.realtime.session_create_response import SessionCreateResponse

    azure = AzureOpenAI(
        api_key=KEY, api_version="2025-04-01-preview", azure_endpoint=server.http_url
    )
    for client in (OpenAI(api_key=KEY, base_url=f"{server.http_url}/v1"), azure):
        raw = client.beta.realtime.sessions.with_raw_response.create(
            model="gpt-4o-realtime-preview",
            voice="ash",
            instructions="Be brief.",
            modalities=["text", "audio"],
            turn_detection={"type": "server_vad", "threshold": 0.6},
        )
        SessionCreateResponse.model_validate_json(raw.content, strict=True)
        made = raw.parse()
        assert made.client_secret.expires_at == int(NOON) + 60
        assert (made.voice, made.instructions) == ("ash", "Be brief.")
        path = "/v1/realtime?model=gpt-4o-realtime-preview"
        headers = {
            "Authorization": f"Bearer {made.client_secret.value}",
            "OpenAI-Beta": "realtime=v1",
        }
        (created,) = first_events(server, path, "preview", additional_headers=headers)
        assert created["session"]["voice"] == "ash"
        assert created["session"]["turn_detection"]["threshold"] == 0.6


def test_the_sdk_makes_a_key_for_a_beta_transcription_session(server: RunningServer):
    from openai import OpenAI
    from openai.types.beta.realtime import TranscriptionSession

    client = OpenAI(api_key=KEY, base_url=f"{server.http_url}/v1")
    raw = client.beta.realtime.transcription_sessions.with_raw_response.create(
        input_audio_format="pcm16",
        input_audio_transcription={"model": "whisper-1", "language": "en"},
        turn_detection={"type": "server_vad", "silence_duration_ms": 300},
    )
    TranscriptionSession.model_validate_json(raw.content, strict=True)
    made = raw.parse()
    assert made.client_secret.value.startswith("ek_")
    assert made.input_audio_transcription
    assert made.input_audio_transcription.language == "en"
    path = "/v1/realtime?intent=transcription"
    headers = {
        "Authorization": f"Bearer {made.client_secret.value}",
        "OpenAI-Beta": "realtime=v1",
    }
    (created,) = first_events(server, path, "preview", additional_headers=headers)
    assert created["type"] == "transcription_session.created"
    assert created["session"]["input_audio_transcription"]["language"] == "en"
    assert created["session"]["turn_detection"]["silence_duration_ms"] == 300


def test_the_sdk_makes_a_key_for_a_transcription_session(server: RunningServer):
    from openai import OpenAI
    from openai.types.realtime import ClientSecretCreateResponse

    client = OpenAI(api_key=KEY, base_url=f"{server.http_url}/v1")
    raw = client.realtime.client_secrets.with_raw_response.create(
        session={
            "type": "transcription",
            "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}},
        }
    )
    ClientSecretCreateResponse.model_validate_json(raw.content, strict=True)
    secret = raw.parse()
    assert secret.session.type == "transcription"
    session = session_with(server, secret.value, "/v1/realtime", "ga")
    assert session["type"] == "transcription"
    assert session["audio"]["input"]["transcription"]["model"] == "gpt-4o-transcribe"


# The key


@pytest.mark.parametrize("path", SECRETS)
def test_a_key_is_good_for_ten_minutes_unless_told_otherwise(
    server: RunningServer, clock: Clock, path: str
):
    made = post(server, path, {"session": REALTIME})
    assert made["expires_at"] == int(NOON) + 600
    for seconds in (10, 7200):
        life = {"anchor": "created_at", "seconds": seconds}
        made = post(server, path, {"session": REALTIME, "expires_after": life})
        assert made["expires_at"] == int(NOON) + seconds


@pytest.mark.parametrize("path", [SESSIONS, TRANSCRIPTION, AZURE_SESSIONS])
def test_a_preview_key_is_good_for_one_minute(server: RunningServer, path: str):
    body = {} if path == TRANSCRIPTION else {"model": "gpt-4o-realtime-preview"}
    assert post(server, path, body)["client_secret"]["expires_at"] == int(NOON) + 60
    asked = {"expires_after": {"anchor": "created_at", "seconds": 30}}
    made = post(server, path, {**body, "client_secret": asked})
    assert made["client_secret"]["expires_at"] == int(NOON) + 30


def test_a_key_opens_its_model_where_the_address_names_none(server: RunningServer):
    made = post(server, SECRETS[0], {"session": {**REALTIME, "model": "my-deployment"}})
    session = session_with(server, made["value"], "/openai/v1/realtime", "ga")
    assert session["model"] == "my-deployment"


@pytest.mark.shows("ephemeral")
def test_a_key_opens_several_sessions_and_no_more_when_it_expired(
    server: RunningServer, clock: Clock
):
    made = post(server, SECRETS[1], {"session": REALTIME})
    path = "/openai/v1/realtime?model=gpt-realtime"
    for _ in range(2):
        session_with(server, made["value"], path, "ga")
    clock.now += 600
    with pytest.raises(InvalidStatus) as refused:
        session_with(server, made["value"], path, "ga")
    assert refused.value.response.status_code == 401
    assert first_error(server, made["value"])["code"] == "invalid_api_key"


def first_error(server: RunningServer, key: str) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        path = "/v1/realtime?model=gpt-realtime"
        async with connect(server.ws_url + path, additional_headers=headers) as socket:
            return json.loads(await socket.recv())["error"]

    return asyncio.run(run())


def test_a_session_outlives_the_key_that_opened_it(server: RunningServer, clock: Clock):
    made = post(server, SECRETS[0], {"session": REALTIME})

    async def run() -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {made['value']}"}
        async with connect(server.ws_url + "/v1/realtime", additional_headers=headers) as socket:
            await socket.recv()
            clock.now += 3600
            update = {"type": "realtime", "instructions": "Still there?"}
            await socket.send(json.dumps({"type": "session.update", "session": update}))
            return json.loads(await socket.recv())

    assert asyncio.run(run())["session"]["instructions"] == "Still there?"


def test_what_another_model_does_not_have_is_told_in_the_session(server: RunningServer):
    session = {**REALTIME, "audio": {"output": {"voice": "marin"}}}
    made = post(server, SECRETS[0], {"session": session})

    async def run() -> list[Any]:
        path = "/v1/realtime?model=gpt-4o-realtime-preview-2024-10-01"
        headers = {"Authorization": f"Bearer {made['value']}", "OpenAI-Beta": "realtime=v1"}
        async with connect(server.ws_url + path, additional_headers=headers) as socket:
            return [json.loads(await socket.recv()) for _ in range(3)]

    created, error = [event for event in asyncio.run(run()) if "conversation" not in event]
    assert created["session"]["voice"] != "marin"
    assert error["error"]["param"] == "session.voice"


# Who may make one


@pytest.mark.parametrize("path", [*SECRETS, SESSIONS, TRANSCRIPTION, AZURE_SESSIONS])
def test_only_the_owner_makes_keys(server: RunningServer, path: str):
    ephemeral = post(server, SECRETS[0], {"session": REALTIME})["value"]
    for key in ("", "wrong", ephemeral):
        status, error = refusal(server, path, api_key=key)
        assert status == 401
        if path.startswith("/openai/"):
            assert error["code"] == "401"
            assert error["message"].startswith("Access denied due to invalid subscription key")
        elif key:
            assert error["code"] == "invalid_api_key"
            assert error["type"] == "invalid_request_error"
        else:
            assert error["message"] == "Missing bearer or basic authentication in header"


def test_a_token_makes_keys_on_azure():
    issuer = TestIssuer()
    with scripted_server(access=Access(KEY, issuer=issuer.trusted())) as server:
        shown = {"api_key": "", "authorization": f"Bearer {issuer.token()}"}
        made = post(server, SECRETS[1], {"session": REALTIME}, **shown)
        assert made["value"].startswith("ek_")
        without = {"api_key": "", "authorization": f"Bearer {issuer.token(roles=[])}"}
        assert refusal(server, SECRETS[1], {}, **without)[0] == 403


# What is asked for


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({**REALTIME, "foo": 1}, "unknown_parameter", "session.foo"),
        ({"model": "gpt-realtime"}, "missing_required_parameter", "session.type"),
        (
            {**REALTIME, "audio": {"output": {"voice": "nobody"}}},
            "invalid_value",
            "session.audio.output.voice",
        ),
        ({**REALTIME, "output_modalities": ["text", "audio"]}, "invalid_value", None),
        ({**REALTIME, "max_output_tokens": 5000}, "integer_above_max_value", None),
        ("realtime", "invalid_type", "session"),
    ],
)
@pytest.mark.parametrize("path", SECRETS)
def test_settings_are_refused_as_in_a_session(
    server: RunningServer, path: str, session: Any, code: str, param: str | None
):
    status, error = refusal(server, path, {"session": session})
    assert status == 400
    assert (error["code"], error["type"]) == (code, "invalid_request_error")
    assert error["message"]
    assert set(error) == {"message", "type", "param", "code"}
    assert param is None or error["param"] == param


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"voice": "nobody"}, "invalid_value", "voice"),
        ({"type": "realtime"}, "unknown_parameter", "type"),
        ({"modalities": ["audio"]}, "invalid_value", "modalities"),
        ({"temperature": 2}, "decimal_above_max_value", "temperature"),
        ({"client_secret": {"expires_after": {"seconds": 5}}}, "integer_below_min_value", None),
        ({"client_secret": {"foo": 5}}, "unknown_parameter", "client_secret.foo"),
    ],
)
def test_preview_settings_are_refused_by_the_names_in_the_body(
    server: RunningServer, session: Any, code: str, param: str | None
):
    for path in (SESSIONS, AZURE_SESSIONS):
        body = {"model": "gpt-4o-realtime-preview", **session}
        status, error = refusal(server, path, body)
        assert (status, error["code"]) == (400, code)
        assert param is None or error["param"] == param
        assert "session" not in error["message"]


@pytest.mark.parametrize(
    ("life", "code"),
    [
        ({"seconds": 9}, "integer_below_min_value"),
        ({"seconds": 7201}, "integer_above_max_value"),
        ({"seconds": "60"}, "invalid_type"),
        ({"anchor": "now"}, "invalid_value"),
        ({"seconds": 60, "minutes": 1}, "unknown_parameter"),
        (60, "invalid_type"),
    ],
)
def test_a_life_that_no_key_has_is_refused(server: RunningServer, life: Any, code: str):
    status, error = refusal(server, SECRETS[0], {"session": REALTIME, "expires_after": life})
    assert (status, error["code"]) == (400, code)
    assert error["param"].startswith("expires_after")


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff", b'"x"', b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(server: RunningServer, body: bytes):
    for path in (SECRETS[0], AZURE_SESSIONS):
        status, error = refusal(server, path, body)
        assert status == 400
        assert "JSON object" in error["message"]


def test_a_body_that_is_too_large_is_refused(server: RunningServer):
    body = {"session": {**REALTIME, "instructions": "x" * 1_100_000}}
    status, error = refusal(server, SECRETS[0], body)
    assert status == 400
    assert "1 MiB" in error["message"]


def test_without_a_body_a_key_is_for_the_usual_model(server: RunningServer):
    made = post(server, SECRETS[0], b"")
    assert made["session"]["model"].startswith("gpt-realtime")
    assert post(server, SESSIONS)["model"].startswith("gpt-4o-realtime-preview")


def test_azure_has_no_usual_deployment(server: RunningServer):
    status, error = refusal(server, SECRETS[1])
    assert (status, error["param"]) == (400, "session.model")
    status, error = refusal(server, AZURE_SESSIONS)
    assert (status, error["param"]) == (400, "model")


def test_azures_preview_address_needs_an_api_version_and_its_ga_address_none(
    server: RunningServer,
):
    status, _ = refusal(server, "/openai/realtimeapi/sessions", {"model": "m"})
    assert status == 404
    status, _ = refusal(server, f"{SECRETS[1]}?api-version=v", {"session": REALTIME})
    assert status == 401


def test_only_named_deployments_get_keys():
    named = Deployments({"mine": "gpt-realtime"}, strict=True)
    with scripted_server(deployments=named) as server:
        for path, code in zip(SECRETS, ("model_not_found", "DeploymentNotFound"), strict=True):
            status, error = refusal(server, path, {"session": REALTIME})
            assert (status, error["code"]) == (404, code)
            assert post(server, path, {"session": {**REALTIME, "model": "mine"}})["value"]


def test_keys_for_translation_sessions_are_not_made(server: RunningServer):
    with pytest.raises(HTTPError) as refused:
        post(server, "/v1/realtime/translations/client_secrets")
    with refused.value as answer:
        assert answer.code == 404


# Pages


def cors(server: RunningServer, method: str, **headers: str) -> tuple[int, dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"session": REALTIME}).encode() if method == "POST" else None
    request = Request(server.http_url + SECRETS[0], body, named, method=method)
    try:
        answer = urlopen(request)
    except HTTPError as refused:
        answer = refused
    with answer:
        return answer.status or 0, {n.lower(): v for n, v in answer.headers.items()}


@pytest.mark.parametrize("origin", ["http://localhost:8888", "https://127.0.0.1", "http://[::1]:1"])
def test_a_page_of_this_machine_may_ask_and_make_a_key(server: RunningServer, origin: str):
    asked = "api-key,authorization,content-type"
    status, headers = cors(
        server,
        "OPTIONS",
        origin=origin,
        access_control_request_method="POST",
        access_control_request_headers=asked,
    )
    assert status == 204
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-allow-headers"] == asked
    assert "POST" in headers["access-control-allow-methods"]
    status, headers = cors(server, "POST", origin=origin, api_key=KEY)
    assert status == 200
    assert headers["access-control-allow-origin"] == origin
    status, headers = cors(server, "POST", origin=origin, api_key="wrong")
    assert status == 401
    assert headers["access-control-allow-origin"] == origin, "so that the page can read why"


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://localhost.evil.example"])
@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
@pytest.mark.shows("origin")
def test_a_foreign_page_makes_none(server: RunningServer, origin: str, method: str):
    asked = {"access_control_request_method": "POST", "api_key": KEY}
    status, headers = cors(server, method, origin=origin, **asked)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


def test_ephemeral_keys_are_never_logged(server: RunningServer, capfd, caplog):
    caplog.set_level("DEBUG", logger="realtime_lab")
    value = post(server, SECRETS[0], {"session": REALTIME})["value"]
    session_with(server, value, "/v1/realtime", "ga")
    assert value not in "".join(capfd.readouterr()) + caplog.text
