"""The figures of the server, read as Prometheus reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from realtime_lab.server.roster import Roster
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import PATHS, Client, session
from tests.server.test_status import LOOK, ask
from tests.servers import RunningServer, scripted_server

OF = {
    "ga": {"deployment": "gpt-realtime", "dialect": "ga"},
    "preview": {"deployment": "gpt-4o-realtime-preview", "dialect": "preview"},
}


class Figures:
    """What one scrape told."""

    def __init__(self, text: str) -> None:
        self.types: dict[str, str] = {}
        self._values: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
        for family in text_string_to_metric_families(text):
            self.types[family.name] = family.type
            for sample in family.samples:
                self._values[sample.name, frozenset(sample.labels.items())] = sample.value

    def __call__(self, name: str, labels: Mapping[str, str] | None = None, **more: str) -> float:
        """The value with exactly these labels; 0 if it was not told."""
        wanted = frozenset({**(labels or {}), **more}.items())
        return self._values.get((f"realtime_lab_{name}", wanted), 0.0)


async def scrape(server: RunningServer) -> Figures:
    status, text = await asyncio.to_thread(ask, server, "/metrics", LOOK)
    assert status == 200
    return Figures(text)


async def turn(client: Client) -> dict[str, Any]:
    """A spoken turn; its usage."""
    await client.append(tone(400) + silence(800))
    usage = (await client.last("response.done"))["response"]["usage"]
    await client.until("rate_limits.updated")
    return usage


@pytest.mark.shows("status")
def test_a_spoken_turn_is_counted(server: RunningServer, dialect: str):
    of = OF[dialect]

    async def script() -> None:
        async with session(server, dialect) as client:
            usage = await turn(client)
            figures = await scrape(server)
            assert figures("sessions_open", of) == figures("sessions_total", of) == 1
            assert figures("responses_total", of, status="completed") == 1
            assert figures("events_received_total", of, type="input_audio_buffer.append") == 1
            assert figures("events_sent_total", of, type="response.done") == 1
            sent = sum(
                event["type"] == client.named("response.output_audio.delta")
                for event in client.events
            )
            assert figures("events_sent_total", of, type="response.output_audio.delta") == sent
            assert figures("audio_seconds_total", of, direction="in") == pytest.approx(1.2)
            assert figures("audio_seconds_total", of, direction="out") == pytest.approx(0.3)
            assert figures("first_audio_seconds_count", of) == 1
            assert figures("first_audio_seconds_bucket", of, le="+Inf") == 1
            for direction in ("input", "output"):
                told = usage[f"{direction}_token_details"]
                for kind in ("text", "audio"):
                    counted = figures("tokens_total", of, direction=direction, kind=kind)
                    assert counted == told[f"{kind}_tokens"]
        # The server may learn a moment later that the client has gone.
        while (figures := await scrape(server))("sessions_open", of):
            pass
        assert figures("sessions_total", of) == 1
        assert figures("responses_total", of, status="completed") == 1, "what was counted stays"

    asyncio.run(script())


@pytest.mark.parametrize("name", ["pcmu", "pcma"])
def test_audio_is_counted_in_seconds_of_its_own_format(server: RunningServer, name: str):
    async def script() -> None:
        async with session(server) as client:
            audio = {"format": {"type": f"audio/{name}"}}
            await client.update(audio={"input": {**audio, "turn_detection": None}, "output": audio})
            await client.append(bytes(8_000))
            await client.say("Hello")
            await client.send("response.create")
            await client.until("rate_limits.updated")
            figures = await scrape(server)
            assert figures("audio_seconds_total", OF["ga"], direction="in") == 1
            spoken = figures("audio_seconds_total", OF["ga"], direction="out")
            assert spoken == pytest.approx(0.3, abs=0.01)

    asyncio.run(script())


def test_errors_and_failures_are_counted(engine: ScriptedEngine):
    async def script(server: RunningServer) -> None:
        async with session(server) as client:
            await client.send("response.cancel")
            await client.refusal()
            await client.socket.send("nonsense")
            await client.refusal()
            engine.brain.answers = [RuntimeError("broken")]
            await client.send("response.create")
            await client.until("rate_limits.updated")
            with pytest.raises(InvalidStatus):
                async with connect(server.ws_url + PATHS["preview"]):
                    pass
            figures = await scrape(server)
            assert figures("errors_total", OF["ga"], code="response_cancel_not_active") == 1
            assert figures("errors_total", OF["ga"], code="invalid_event") == 1
            assert figures("responses_total", OF["ga"], status="failed") == 1
            assert figures("handshakes_refused_total", status="401") == 1
            assert figures("first_audio_seconds_count", OF["ga"]) == 0

    with scripted_server(engine) as server:
        asyncio.run(script(server))


def test_limits_engine_and_process_are_told(server: RunningServer):
    async def script() -> None:
        async with session(server):
            figures = await scrape(server)
        labels = {"deployment": "gpt-realtime", "profile": "gpt-realtime-2025-08-28"}
        assert figures("rate_limit", labels, limit="tokens") == 100_000
        assert figures("rate_limit_remaining", labels, limit="tokens") == 100_000
        assert figures("engine_ready") == 1
        assert figures("uptime_seconds") > 0
        assert figures.types["realtime_lab_first_audio_seconds"] == "histogram"
        assert figures.types["realtime_lab_event_loop_seconds"] == "gauge"

    asyncio.run(script())


def test_a_name_that_a_client_made_up_cannot_break_the_format(server: RunningServer):
    async def script() -> None:
        headers = {"api-key": server.key}
        path = "/v1/realtime?model=a%22%7D%0Ab%5C"
        async with connect(server.ws_url + path, additional_headers=headers) as socket:
            await socket.recv()
            figures = await scrape(server)
            assert figures("sessions_open", deployment='a"}\nb\\', dialect="ga") == 1

    asyncio.run(script())


def test_latencies_fall_into_buckets():
    tally = Roster().open("d", "ga").tally
    for seconds in (0.0, 0.025, 0.026, 60):
        tally.add_latency(seconds)
    assert (tally.latencies[0], tally.latencies[1], tally.latencies[-1]) == (2, 1, 1)
    assert tally.latency_seconds == pytest.approx(60.051)
