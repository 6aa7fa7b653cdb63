"""What the server tells of itself, to whom, and how its limits are changed while it runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from realtime_lab.protocol import PROFILES
from realtime_lab.server import Control
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import converse, session
from tests.servers import CONTROL_KEY, KEY, RunningServer, scripted_server

LOOK = {"Authorization": f"Bearer {KEY}"}
CHANGE = {"Authorization": f"Bearer {CONTROL_KEY}"}
GUARDED = ["/lab/status", "/lab/limits", "/metrics"]


def ask(
    server: RunningServer,
    path: str,
    headers: dict[str, str] | None = None,
    body: Any = None,
) -> tuple[int, Any]:
    """Status and body of ``GET path``, or of ``PATCH path`` with a body."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = Request(
        server.http_url + path, data, headers or {}, method="GET" if body is None else "PATCH"
    )
    try:
        with urlopen(request) as answer:
            text, status = answer.read(), answer.status
    except HTTPError as error:
        text, status = error.read(), error.code
    return status, json.loads(text) if text.startswith(b"{") else text.decode()


class TestKeys:
    def test_looking_takes_a_key(self, server: RunningServer):
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer wrong"}, 401),
            ({"Authorization": f"Basic {KEY}"}, 401),
            ({"api-key": "wrong"}, 401),
            ({"api-key": KEY}, 200),
            (LOOK, 200),
            (CHANGE, 200),
            ({**LOOK, "Origin": "https://example.com"}, 403),
            ({**LOOK, "Origin": "http://localhost:8888"}, 200),
        ):
            for path in GUARDED:
                assert ask(server, path, headers)[0] == status, (path, headers)

    def test_a_key_in_the_address_is_none(self, server: RunningServer):
        assert ask(server, f"/lab/status?api-key={KEY}")[0] == 401

    def test_changing_takes_the_control_key(self, server: RunningServer):
        for headers in ({}, LOOK):
            status, body = ask(server, "/lab/limits", headers, {"tokens_per_minute": 1})
            assert status == 401
            assert "control key" in body["error"]["message"]
        assert ask(server, "/lab/limits", CHANGE, {"tokens_per_minute": 1})[0] == 200

    def test_without_a_control_key_nobody_changes_anything(self):
        with scripted_server(control=Control(KEY)) as server:
            for headers in ({}, LOOK, {"api-key": ""}):
                status, body = ask(server, "/lab/limits", headers, {"tokens_per_minute": 1})
                assert status == 403
                assert "--control-key" in body["error"]["message"]

    def test_schemas_and_health_need_none(self, server: RunningServer):
        for path in ("/healthz", "/lab/schemas", "/lab/schemas/ga/client"):
            assert ask(server, path)[0] == 200


class TestStatus:
    @pytest.mark.shows("status")
    def test_it_says_what_it_is_and_what_it_offers(self, server: RunningServer):
        _, status = ask(server, "/lab/status", LOOK)
        assert status["name"] == "realtime-lab"
        assert status["version"]
        assert status["uptime_seconds"] >= 0
        assert status["engine"] == {"state": "ready", "sessions": 0, "responses": 0}
        assert {one["name"] for one in status["profiles"]} == set(PROFILES)
        assert status["sessions"] == status["deployments"] == []

    def test_open_sessions_are_listed_without_a_word_of_what_was_said(
        self, server: RunningServer, dialect: str
    ):
        async def script() -> dict[str, Any]:
            async with session(server, dialect) as client:
                await client.append(tone(400) + silence(800))
                await client.until("rate_limits.updated")
                await client.say("A secret word")
                _, status = await asyncio.to_thread(ask, server, "/lab/status", LOOK)
                (entry,) = status["sessions"]
                assert entry["id"] == client.events[0]["session"]["id"]
                assert entry["dialect"] == dialect
                assert entry["turns"] == entry["responses"] == 1
                assert entry["bytes_in"] > 1_200 * 48 * 4 / 3
                assert entry["bytes_out"] > 1_000
                assert entry["age_seconds"] >= 0
                assert status["deployments"][0]["name"] == entry["deployment"]
                assert "secret" not in json.dumps(status)
                return status

        asyncio.run(script())

    def test_a_running_response_is_load(self, server: RunningServer, engine: ScriptedEngine):
        async def script() -> None:
            engine.brain.gate = asyncio.Event()
            engine.brain.answers = [["One. ", "Two."]]
            async with session(server) as client:
                await client.send("response.create")
                await client.until("response.output_audio.delta")
                _, status = await asyncio.to_thread(ask, server, "/lab/status", LOOK)
                assert status["engine"]["responses"] == 1
                await client.send("response.cancel")
                await client.until("response.done")
                _, status = await asyncio.to_thread(ask, server, "/lab/status", LOOK)
                assert status["engine"]["responses"] == 0

        asyncio.run(script())

    @pytest.mark.parametrize("state", ["loading", "failed"])
    def test_an_engine_that_is_not_there_is_told(self, state):
        with scripted_server(engine_state=lambda: state) as server:
            assert ask(server, "/lab/status", LOOK)[1]["engine"]["state"] == state

    def test_deployments_that_were_set_up_are_told_before_anybody_asks(self):
        with scripted_server(profiles={"mine": "gpt-realtime"}) as server:
            assert ask(server, "/lab/status", LOOK)[1]["deployments"] == [
                {"name": "mine", "profile": "gpt-realtime"}
            ]


@pytest.fixture
def still() -> Iterator[RunningServer]:
    """A server whose limits do not refill."""
    with scripted_server(clock=lambda: 0.0) as running:
        yield running


class TestLimits:
    def test_what_is_left_is_told(self, still: RunningServer, dialect: str):
        converse(still, lambda client: client.say("Hello"), dialect)
        _, body = ask(still, "/lab/limits", LOOK)
        (one,) = body["deployments"]
        assert one["limits"] == [
            {"name": "requests", "limit": 1_000, "remaining": 999, "reset_seconds": 0.06},
            {"name": "tokens", "limit": 100_000, "remaining": 100_000, "reset_seconds": 0.0},
        ]

    def test_the_next_event_tells_a_change(self, still: RunningServer, dialect: str):
        async def script(client: Any) -> None:
            change = {"tokens_per_minute": 50_000, "requests_per_minute": 10}
            status, body = await asyncio.to_thread(ask, still, "/lab/limits", CHANGE, change)
            assert status == 200
            assert [one["limit"] for one in body["deployments"][0]["limits"]] == [10, 50_000]
            await client.send("response.create")
            told = (await client.last("rate_limits.updated"))["rate_limits"]
            assert {one["name"]: one["limit"] for one in told} == {
                "requests": 10, "tokens": 50_000,
            }  # fmt: skip

        converse(still, script, dialect)

    def test_one_deployment_is_changed_by_name(self, still: RunningServer):
        change = {"deployment": "gpt-realtime", "connections_per_minute": 6}
        status, body = ask(still, "/lab/limits", CHANGE, change)
        assert status == 200
        (one,) = body["deployments"]
        assert one["name"] == "gpt-realtime"
        assert {limit["name"] for limit in one["limits"]} == {"requests", "tokens", "connections"}
        _, body = ask(still, "/lab/limits", CHANGE, {"connections_per_minute": None})
        assert len(body["deployments"][0]["limits"]) == 2

    def test_what_cannot_be_is_refused_and_changes_nothing(self, still: RunningServer):
        for body, status, told in (
            ({"tokens_per_minute": 0}, 400, "$.tokens_per_minute"),
            ({"tokens_per_minute": "many"}, 400, "$.tokens_per_minute"),
            ({"requests_per_minute": None}, 400, "$.requests_per_minute"),
            ({"connections_per_minute": -1}, 400, "$.connections_per_minute"),
            ({"tokens_per_hour": 1}, 400, "tokens_per_hour"),
            ({"deployment": 1}, 400, "$.deployment"),
            ([], 400, "object"),
            (b"{", 400, "These limits cannot be"),
            (b"\xff", 400, "These limits cannot be"),
            (b'{"deployment": "\xff"}', 400, "These limits cannot be"),
            ({"deployment": "nobody", "tokens_per_minute": 1}, 404, "'nobody'"),
            (b" " * 70_000, 413, "too long"),
        ):
            got, answer = ask(still, "/lab/limits", CHANGE, body)
            assert got == status, body
            assert told in answer["error"]["message"]
        assert ask(still, "/lab/limits", LOOK)[1] == {"deployments": []}
