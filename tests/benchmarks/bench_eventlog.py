"""What one received event costs the client, without its way through the socket.

A turn of 142 events (100 audio deltas of 40 ms, 25 transcript deltas, 17 others) is read again and
again; the variants take turns within one run, and the best CPU time of each counts.
"""

from __future__ import annotations

import itertools
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Union

import msgspec

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.protocol import (
    GA,
    PREVIEW,
    SERVER_EVENTS,
    ContentPart,
    Conversation,
    Dialect,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemAdded,
    ItemDone,
    Message,
    RateLimitsUpdated,
    Response,
    ResponseTracker,
    ResponseWriter,
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
)

ROUNDS = 15
TURNS = 4


def turn() -> Iterator[ServerEvent]:
    """The events of one spoken turn."""
    conversation = Conversation()
    numbers = itertools.count()

    def sent(events: list[ServerEvent]) -> list[ServerEvent]:
        for event in events:
            event.event_id = f"event_{next(numbers):021}"
            conversation.apply(event)
        return events

    user = Message(
        id="item_user", object="realtime.item", status="completed", role="user",
        content=[ContentPart(type="input_audio", transcript=None)],
    )  # fmt: skip
    yield from sent([
        SpeechStarted(item_id="item_user", audio_start_ms=300),
        SpeechStopped(item_id="item_user", audio_end_ms=2300),
        InputAudioBufferCommitted(item_id="item_user"),
        ItemAdded(item=user, previous_item_id=None),
        ItemDone(item=user, previous_item_id=None),
        InputTranscriptionCompleted(item_id="item_user", transcript="What is a monad?"),
    ])  # fmt: skip
    response = Response(id="resp_1", status="in_progress", conversation_id="conv_1")
    writer = ResponseWriter(response, conversation, lambda prefix: f"{prefix}_{'x' * 21}")
    yield from sent(writer.begin())
    yield from sent(writer.open_message("audio"))
    audio = bytes(range(256)) * 7 + bytes(128)
    for number in range(100):
        if number % 4 == 0:
            yield from sent(writer.write_text("four words of text "))
        yield from sent(writer.write_audio(audio))
    yield from sent(writer.close_message())
    yield from sent(writer.finish("completed"))
    yield from sent([RateLimitsUpdated(rate_limits=[])])


def follow(texts: list[bytes], dialect: Dialect, log: EventLog) -> None:
    """All that the client does with an event: decode, apply, log."""
    conversation, tracker = Conversation(), ResponseTracker()
    decode, apply, track, record = (
        dialect.decode_server, conversation.apply, tracker.apply, log.record,
    )  # fmt: skip
    for text in texts:
        event = decode(text)
        record("received", event, text)
        apply(event)
        track(event)


def record_only(texts: list[bytes]) -> Callable[[], None]:
    events = [(GA.decode_server(text), text) for text in texts]

    def run() -> None:
        record = EventLog().record
        for event, text in events:
            record("received", event, text)

    return run


def journalled(texts: list[bytes], folder: Path, redaction: Redaction | None = None) -> None:
    log = EventLog(redaction=redaction)
    # A new file each time: cutting an old one to nothing costs more than writing.
    log.journal(folder / f"journal-{time.monotonic_ns()}.jsonl")
    follow(texts, GA, log)
    log.close()


def sdk_parser() -> Callable[[bytes], Any] | None:
    try:
        from openai.resources.realtime.realtime import AsyncRealtimeConnection
    except ImportError:
        return None
    # Reading needs nothing of a connection but its class.
    connection = object.__new__(AsyncRealtimeConnection)
    return connection.parse_event


def variants(folder: Path) -> dict[str, Callable[[], None]]:
    events = list(turn())
    ga = [t for t in map(GA.encode_server, events) if t] * TURNS
    preview = [t for t in map(PREVIEW.encode_server, events) if t] * TURNS
    bare = msgspec.json.Decoder(Union[SERVER_EVENTS]).decode  # noqa: UP007
    made: dict[str, Callable[[], None]] = {
        "bare msgspec decode": lambda: [bare(text) for text in ga] and None,
        "json.loads": lambda: [json.loads(text) for text in ga] and None,
        "decode, GA": lambda: [GA.decode_server(text) for text in ga] and None,
        "decode, preview": lambda: [PREVIEW.decode_server(text) for text in preview] and None,
        "record alone": record_only(ga),
        "decode + apply + log, GA": lambda: follow(ga, GA, EventLog()),
        "decode + apply + log, preview": lambda: follow(
            preview, PREVIEW, EventLog(dialect="preview")
        ),
        "decode + apply + log + journal": lambda: journalled(ga, folder),
        "the same, nothing redacted": lambda: journalled(ga, folder, Redaction.off()),
    }
    parse = sdk_parser()
    if parse is not None:
        few = ga[: len(ga) // TURNS]
        made["openai SDK parse_event"] = lambda: [parse(text) for text in few] and None
    return made


def main() -> None:
    """Print µs of CPU per event and the ratio to a bare decode."""
    events = list(turn())
    with tempfile.TemporaryDirectory() as folder:
        runs = variants(Path(folder))
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(ROUNDS):
            for name, run in runs.items():
                begun = time.process_time()
                run()
                best[name] = min(best[name], time.process_time() - begun)
    count = {name: len(events) * TURNS for name in runs}
    if "openai SDK parse_event" in count:
        count["openai SDK parse_event"] = len(events)
    bare = best["bare msgspec decode"] / count["bare msgspec decode"]
    print(f"{len(events)} events a turn, best of {ROUNDS}, CPU µs per event")
    for name in runs:
        each = best[name] / count[name]
        print(f"{name:32} {1e6 * each:8.2f} µs {each / bare:8.2f} × bare decode")


if __name__ == "__main__":
    main()
