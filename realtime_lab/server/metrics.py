"""The server's figures in the text format of Prometheus.

Counting is done in plain dictionaries (`roster`), as it happens for every event; the library that
knows the format reads them when somebody asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .roster import LATENCY_BOUNDS, Tally
from .server import Server

if TYPE_CHECKING:
    from prometheus_client import Metric

__all__ = ["CONTENT_TYPE", "metrics_text"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "realtime_lab_"
_OF = ("deployment", "dialect")
_COUNTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sessions": ("Sessions opened.", ()),
    "events_received": ("Events of clients that could be read.", ("type",)),
    "events_sent": ("Events told to clients, by their GA names.", ("type",)),
    "errors": ("Errors told to clients; their type where they have no code.", ("code",)),
    "audio_seconds": ("Audio of users (in) and of the model (out).", ("direction",)),
    "responses": ("Responses that ended.", ("status",)),
    "tokens": ("Tokens used; cached ones are among the others.", ("direction", "kind")),
}


async def metrics_text(server: Server) -> bytes:
    """All figures, and those of the process where the platform has them."""
    # Imported when asked for: the server starts without it.
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    begun = time.perf_counter()
    await asyncio.sleep(0)
    loop_seconds = time.perf_counter() - begun

    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_Figures(server, loop_seconds))
    return generate_latest(registry)


class _Figures:
    """What is counted, as the library wants to collect it."""

    def __init__(self, server: Server, loop_seconds: float) -> None:
        self._server = server
        self._loop_seconds = loop_seconds

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        roster = self._server.roster
        tallies = roster.tallies
        yield from _gauges(self._server, self._loop_seconds)
        open_now = GaugeMetricFamily(f"{_PREFIX}sessions_open", "Open sessions.", labels=_OF)
        for tally in tallies:
            count = sum(session.tally is tally for session in roster)
            open_now.add_metric(_labels(tally), count)
        yield open_now
        refused = CounterMetricFamily(
            f"{_PREFIX}handshakes_refused", "Handshakes that got no session.", labels=("status",)
        )
        for status, count in roster.refused.items():
            refused.add_metric([str(status)], count)
        yield refused
        for name, (help, labels) in _COUNTERS.items():
            family = CounterMetricFamily(f"{_PREFIX}{name}", help, labels=(*_OF, *labels))
            for tally in tallies:
                for values, count in _counted(tally, name):
                    family.add_metric([*_labels(tally), *values], count)
            yield family
        yield _latency(tallies)


def _labels(tally: Tally) -> list[str]:
    return [tally.deployment, tally.dialect]


def _counted(tally: Tally, name: str) -> list[tuple[tuple[str, ...], float]]:
    """The values of one counter, each with its own labels."""
    if name == "sessions":
        return [((), tally.sessions)]
    if name == "audio_seconds":
        return [(("in",), tally.audio_in), (("out",), tally.audio_out)]
    counts: dict[str, Mapping[Any, int]] = {
        "events_received": {event.type: count for event, count in tally.received.items()},
        "events_sent": {event.type: count for event, count in tally.sent.items()},
        "errors": tally.errors,
        "responses": tally.responses,
        "tokens": tally.tokens,
    }
    return [
        (label if isinstance(label, tuple) else (label,), count)
        for label, count in counts[name].items()
    ]


def _latency(tallies: list[Tally]) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(
        f"{_PREFIX}first_audio_seconds",
        "From response.created to the first audio of the response.",
        labels=_OF,
    )
    for tally in tallies:
        buckets, total = [], 0
        for bound, count in zip((*LATENCY_BOUNDS, "+Inf"), tally.latencies, strict=True):
            total += count
            buckets.append((str(bound), total))
        family.add_metric(_labels(tally), buckets, tally.latency_seconds)
    return family


def _gauges(server: Server, loop_seconds: float) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    yield GaugeMetricFamily(
        f"{_PREFIX}uptime_seconds", "Time since the start.", value=server.roster.uptime
    )
    yield GaugeMetricFamily(
        f"{_PREFIX}engine_ready",
        "Whether the speech engine is loaded.",
        value=server.engine_state() == "ready",
    )
    yield GaugeMetricFamily(
        f"{_PREFIX}event_loop_seconds",
        "How long the event loop was busy with others when this was asked.",
        value=loop_seconds,
    )
    labels = ("deployment", "profile", "limit")
    limit = GaugeMetricFamily(f"{_PREFIX}rate_limit", "Allowed a minute.", labels=labels)
    left = GaugeMetricFamily(f"{_PREFIX}rate_limit_remaining", "Left of it now.", labels=labels)
    for deployment in server.deployments:
        for state in deployment.limits.states():
            values = [deployment.name, deployment.profile.key, str(state.name)]
            limit.add_metric(values, state.limit or 0)
            left.add_metric(values, state.remaining or 0)
    yield limit
    yield left
