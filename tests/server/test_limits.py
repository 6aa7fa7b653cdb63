"""Rate limits: what is counted, what is told, and what happens when they are reached."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from realtime_lab.engine import ToolCall
from realtime_lab.errors import ServerError
from realtime_lab.protocol import PROFILES
from realtime_lab.server import Server, ServerOptions
from realtime_lab.server.deployments import Deployments
from realtime_lab.server.engine_loader import EngineLoader
from realtime_lab.server.limits import LimitReachedError, LimitsChange, RateLimits
from realtime_lab.server.run import build_server
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import PATHS, Client, converse, order, session
from tests.servers import KEY, RunningServer, scripted_server

NAMES = {"ga": "gpt-realtime", "preview": "gpt-4o-realtime-preview"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def left(limits: RateLimits) -> dict[str, int]:
    return {str(state.name): int(state.remaining or 0) for state in limits.states()}


class TestAccount:
    def test_what_was_used_comes_back_evenly(self):
        clock = Clock()
        limits = RateLimits(60, 6_000, clock)
        limits.reserve(600)
        requests, tokens = limits.told().rate_limits
        assert (requests.name, requests.limit, requests.remaining) == ("requests", 60, 59)
        assert (tokens.name, tokens.remaining, tokens.reset_seconds) == ("tokens", 5_400, 6.0)
        clock.now += 3
        assert left(limits) == {"requests": 60, "tokens": 5_700}

    def test_a_thousand_requests_pass_and_one_more_waits_for_its_place(self):
        clock = Clock()
        limits = RateLimits(1_000, 100_000, clock)
        for _ in range(1_000):
            limits.reserve(1)
        with pytest.raises(LimitReachedError) as reached:
            limits.reserve(1)
        assert reached.value.name == "requests"
        assert reached.value.seconds == pytest.approx(0.06)
        clock.now += 0.06
        limits.reserve(1)

    def test_what_may_be_written_is_reserved_though_little_is(self):
        limits = RateLimits(1_000, 100_000, Clock())
        for _ in range(24):
            limits.reserve(4_096)
        with pytest.raises(LimitReachedError) as reached:
            limits.reserve(4_096)
        error = reached.value
        assert (error.name, error.limit, error.used, error.asked) == (
            "tokens", 100_000, 98_304, 4_096,
        )  # fmt: skip

    def test_a_correction_makes_room(self):
        limits = RateLimits(1_000, 5_000, Clock())
        limits.reserve(4_096)
        limits.settle(reserved=4_096, used=50)
        assert left(limits)["tokens"] == 4_950
        limits.reserve(4_096)

    def test_more_may_be_used_than_was_reserved_and_is_owed(self):
        clock = Clock()
        limits = RateLimits(1_000, 6_000, clock)
        limits.reserve(5_000)
        limits.settle(reserved=5_000, used=9_000)
        assert left(limits)["tokens"] == 0
        clock.now += 30
        assert left(limits)["tokens"] == 0
        clock.now += 1
        assert left(limits)["tokens"] == 100

    def test_what_was_refused_does_not_count(self):
        limits = RateLimits(2, 100, Clock())
        with pytest.raises(LimitReachedError):
            limits.reserve(101)
        assert left(limits) == {"requests": 2, "tokens": 100}

    def test_what_is_larger_than_the_limit_never_fits(self):
        with pytest.raises(LimitReachedError) as reached:
            RateLimits(2, 100, Clock()).reserve(101)
        assert reached.value.seconds is None

    def test_connections_are_limited_where_the_model_says_so(self):
        clock = Clock()
        limits = RateLimits(1_000, 100_000, clock, connections_per_minute=6)
        for _ in range(6):
            limits.admit()
        with pytest.raises(LimitReachedError) as reached:
            limits.admit()
        assert reached.value.name == "connections"
        assert reached.value.seconds == pytest.approx(10)
        assert left(limits) == {"requests": 994, "tokens": 100_000, "connections": 0}
        assert [limit.name for limit in limits.told().rate_limits] == ["requests", "tokens"]
        clock.now += 10
        limits.admit()

    def test_a_change_keeps_what_was_used(self):
        limits = RateLimits(1_000, 100_000, Clock())
        limits.reserve(5_000)
        limits.set(tokens_per_minute=6_000, connections_per_minute=1)
        assert left(limits) == {"requests": 999, "tokens": 1_000, "connections": 1}
        limits.set(connections_per_minute=None)
        assert left(limits) == {"requests": 999, "tokens": 1_000}

    @pytest.mark.parametrize("value", [0, -1, 1.5, "many", None])
    def test_a_limit_is_a_whole_number_of_at_least_one(self, value: Any):
        with pytest.raises(msgspec.ValidationError, match="tokens_per_minute"):
            RateLimits(1, 1, Clock()).set(tokens_per_minute=value)


class TestDeployments:
    def test_the_limits_are_the_models_own(self):
        for profile in PROFILES.values():
            limits = Deployments().find(profile.key, profile.dialect).limits
            told = {state.name: state.limit for state in limits.states()}
            assert told["tokens"] == profile.tokens_per_minute
            assert told["requests"] == profile.requests_per_minute
            assert told.get("connections") == profile.connections_per_minute

    def test_each_deployment_has_its_own_account(self):
        deployments = Deployments()
        deployments.find("a", "ga").limits.reserve(1_000)
        assert left(deployments.find("a", "ga").limits)["tokens"] < 100_000
        assert left(deployments.find("b", "ga").limits)["tokens"] == 100_000

    def test_a_name_nobody_gave_means_another_model_in_each_dialect(self):
        deployments = Deployments()
        assert deployments.find("mine", "preview").profile.dialect == "preview"
        assert deployments.find("mine", "ga").profile.dialect == "ga"
        assert len(list(deployments)) == 2

    def test_limits_for_all_reach_those_that_are_and_those_to_come(self):
        deployments = Deployments(limits=LimitsChange(tokens_per_minute=10))
        early = deployments.find("early", "ga").limits
        deployments.change_limits(LimitsChange(requests_per_minute=7))
        late = deployments.find("late", "ga").limits
        assert left(early) == left(late) == {"requests": 7, "tokens": 10}

    def test_limits_for_one_leave_the_others(self):
        deployments = Deployments({"mine": "gpt-realtime"})
        deployments.change_limits(LimitsChange(tokens_per_minute=10), "mine")
        assert left(deployments.find("mine", "ga").limits)["tokens"] == 10
        assert left(deployments.find("other", "ga").limits)["tokens"] == 100_000
        with pytest.raises(LookupError):
            deployments.change_limits(LimitsChange(tokens_per_minute=10), "nobody")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(engine: ScriptedEngine, clock: Clock):
    """A server whose limits refill when the test says so."""
    with scripted_server(engine, clock=clock) as running:
        yield running


def told(event: dict[str, Any]) -> dict[str, int]:
    assert all(
        set(limit) == {"name", "limit", "remaining", "reset_seconds"}
        for limit in event["rate_limits"]
    )
    return {limit["name"]: limit["remaining"] for limit in event["rate_limits"]}


async def ask(client: Client, **response: Any) -> list[dict[str, Any]]:
    """A response; its events from ``response.created`` on."""
    await client.send("response.create", response=response)
    created = await client.last("response.created")
    return [created, *await client.until("rate_limits.updated")]


def limit(server: RunningServer, dialect: str, **limits: Any) -> None:
    server.server.deployments.find(NAMES[dialect], dialect).limits.set(**limits)


class TestCommandLine:
    def server(self, *words: str) -> Server:
        parser = argparse.ArgumentParser()
        ServerOptions.add_to(parser)
        options = ServerOptions.read(parser.parse_args(words))
        return build_server(options, KEY, EngineLoader(lambda: None))  # type: ignore[arg-type]

    def test_limits_are_set_for_every_deployment(self):
        server = self.server(
            "--tokens-per-minute", "6000", "--requests-per-minute", "36",
            "--connections-per-minute", "6",
        )  # fmt: skip
        for name in ("gpt-realtime", "mine"):
            limits = server.deployments.find(name, "ga").limits
            assert left(limits) == {"requests": 36, "tokens": 6_000, "connections": 6}

    def test_without_the_options_they_are_the_models_own(self):
        limits = self.server().deployments.find("gpt-realtime", "ga").limits
        assert left(limits) == {"requests": 1_000, "tokens": 100_000}

    def test_a_limit_of_nothing_is_refused(self):
        with pytest.raises(ServerError, match="at least 1"):
            self.server("--tokens-per-minute", "0")

    def test_the_region_is_told(self):
        assert self.server("--region", "Sweden Central").region == "Sweden Central"


class TestResponses:
    def test_the_end_of_a_response_tells_what_was_really_used(
        self, limited: RunningServer, dialect: str
    ):
        async def script(client: Client) -> None:
            await client.say("Hello")
            *_, done, limits = await ask(client)
            assert done["type"] == "response.done"
            used = done["response"]["usage"]["total_tokens"]
            assert told(limits) == {"requests": 998, "tokens": 100_000 - used}

        converse(limited, script, dialect)

    @pytest.mark.shows("limits")
    def test_sessions_share_the_account_of_their_deployment(
        self, limited: RunningServer, dialect: str
    ):
        async def script(client: Client) -> None:
            await client.say("Hello")
            async with session(limited, dialect) as other:
                before = told((await ask(other))[-1])
            after = told((await ask(client))[-1])
            assert after["tokens"] < before["tokens"]
            assert after["requests"] == before["requests"] - 1 == 996

        converse(limited, script, dialect)

    @pytest.mark.shows("limits")
    def test_a_response_that_does_not_fit_fails_and_the_session_goes_on(
        self, limited: RunningServer, dialect: str, clock: Clock
    ):
        async def script(client: Client) -> None:
            await client.say("Hello")
            limit(limited, dialect, tokens_per_minute=6_000)
            limited.server.deployments.find(NAMES[dialect], dialect).limits.reserve(5_000)
            events = await ask(client)
            created, done, limits = events
            assert [created["type"], done["type"], limits["type"]] == [
                "response.created", "response.done", "rate_limits.updated",
            ]  # fmt: skip
            response = done["response"]
            assert response["id"] == created["response"]["id"]
            assert response["status"] == "failed"
            assert response["output"] == []
            assert response["usage"]["total_tokens"] == 0
            error = response["status_details"]["error"]
            assert error["type"] == error["code"] == "rate_limit_exceeded"
            assert "Limit 6000, Used 5000, Requested " in error["message"]
            wait = float(error["message"].rpartition(" in ")[2].removesuffix("s."))
            assert told(limits)["tokens"] == 1_000, "the refused response used nothing"
            clock.now += wait
            assert (await ask(client))[-2]["response"]["status"] == "completed"

        converse(limited, script, dialect)

    def test_fewer_tokens_to_write_may_fit(self, limited: RunningServer, dialect: str):
        async def script(client: Client) -> None:
            limit(limited, dialect, tokens_per_minute=1_000)
            too_many = (await ask(client))[-2]["response"]
            assert too_many["status"] == "failed"
            assert "Request too large" in too_many["status_details"]["error"]["message"]
            name = "max_output_tokens" if dialect == "ga" else "max_response_output_tokens"
            assert (await ask(client, **{name: 100}))[-2]["response"]["status"] == "completed"

        converse(limited, script, dialect)

    def test_a_response_beside_the_conversation_counts_as_well(self, limited: RunningServer):
        async def script(client: Client) -> None:
            before = told((await ask(client))[-1])
            *_, done, limits = await ask(client, conversation="none")
            used = done["response"]["usage"]["total_tokens"]
            assert told(limits) == {
                "requests": before["requests"] - 1,
                "tokens": before["tokens"] - used,
            }

        converse(limited, script)

    def test_a_spoken_turn_that_does_not_fit_is_told_too(
        self, limited: RunningServer, dialect: str
    ):
        async def script(client: Client) -> None:
            limit(limited, dialect, requests_per_minute=1)
            await client.append(tone(400) + silence(800))
            done = await client.last("response.done")
            assert done["response"]["status"] == "failed"
            assert (
                "requests per min (RPM)" in done["response"]["status_details"]["error"]["message"]
            )

        assert order(converse(limited, script, dialect))[-2:] == [
            "response.created", "response.done",
        ]  # fmt: skip

    def test_the_reservation_of_a_client_that_left_is_given_back(
        self, limited: RunningServer, engine: ScriptedEngine
    ):
        """Kept open by its gate, the response would hold 4,096 tokens for ever."""

        async def script() -> None:
            engine.brain.gate = asyncio.Event()
            engine.brain.answers = [["One. ", ToolCall("f", "{}")]]
            async with session(limited) as client:
                await client.send("response.create")
                await client.until("response.created")
                assert account("tokens") < 96_000
            async with session(limited) as other:
                await ask(other)
                assert account("tokens") > 99_000

        def account(name: str) -> int:
            return left(limited.server.deployments.find(NAMES["ga"], "ga").limits)[name]

        asyncio.run(script())


def refused(server: RunningServer, dialect: str) -> Any:
    async def run() -> None:
        headers = {"api-key": KEY}
        async with connect(server.ws_url + PATHS[dialect], additional_headers=headers):
            pass

    with pytest.raises(InvalidStatus) as error:
        asyncio.run(run())
    return error.value.response


def opened(server: RunningServer, path: str) -> Any:
    """The headers of a handshake that got a session."""

    async def run() -> Any:
        headers = {"api-key": KEY}
        async with connect(server.ws_url + path, additional_headers=headers) as socket:
            assert socket.response is not None
            return socket.response.headers

    return asyncio.run(run())


class TestHandshake:
    def test_the_answer_tells_what_is_left(self, limited: RunningServer, dialect: str):
        headers = opened(limited, PATHS[dialect])
        assert headers["x-ratelimit-limit-requests"] == "1000"
        assert headers["x-ratelimit-remaining-requests"] == "999"
        assert headers["x-ratelimit-reset-requests"] == "0.06s"
        assert headers["x-ratelimit-limit-tokens"] == "100000"
        assert headers["x-ratelimit-remaining-tokens"] == "100000"
        assert headers["x-ratelimit-reset-tokens"] == "0s"

    def test_azure_names_the_request_and_the_region(self, limited: RunningServer):
        headers = opened(limited, "/openai/v1/realtime?model=gpt-realtime")
        assert len(headers["apim-request-id"]) == 36
        assert headers["x-ms-region"] == "East US 2"
        assert "apim-request-id" not in opened(limited, PATHS["ga"])

    @pytest.mark.parametrize(
        ("limits", "reason", "seconds"),
        [
            ({"connections_per_minute": 1}, "connection rate limit", 60),
            ({"requests_per_minute": 1}, "call rate limit", 60),
        ],
    )
    @pytest.mark.shows("limits")
    def test_too_many_sessions_wait(
        self,
        limited: RunningServer,
        dialect: str,
        clock: Clock,
        limits: dict[str, int],
        reason: str,
        seconds: int,
    ):
        limit(limited, dialect, **limits)
        opened(limited, PATHS[dialect])
        clock.now += 0.5
        answer = refused(limited, dialect)
        assert answer.status_code == 429
        assert answer.headers["retry-after-ms"] == f"{seconds * 1000 - 500}"
        assert answer.headers["retry-after"] == f"{seconds}"
        assert answer.headers["x-ratelimit-limit-requests"]
        error = json.loads(answer.body)["error"]
        assert error["code"] == "429"
        assert reason in error["message"]
        assert f"Please retry after {seconds} seconds." in error["message"]
        clock.now += seconds - 0.5
        opened(limited, PATHS[dialect])

    def test_without_a_single_token_left_no_session_is_opened(
        self, limited: RunningServer, dialect: str
    ):
        limits = limited.server.deployments.find(NAMES[dialect], dialect).limits
        limits.set(tokens_per_minute=60)
        limits.reserve(60)
        answer = refused(limited, dialect)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "1"
        assert "token rate limit" in json.loads(answer.body)["error"]["message"]

    def test_the_first_model_took_six_connections_a_minute(self, engine: ScriptedEngine):
        profiles = {"gpt-4o-realtime-preview": "gpt-4o-realtime-preview-2024-10-01-launch"}
        with scripted_server(engine, clock=Clock(), profiles=profiles) as server:
            for _ in range(6):
                opened(server, PATHS["preview"])
            assert refused(server, "preview").headers["retry-after"] == "10"
