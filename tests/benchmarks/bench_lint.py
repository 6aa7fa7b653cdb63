"""What it costs to lint a log, beside a plain loop that decodes its events.

100,000 events of spoken turns: the microphone in frames of 20 ms, what the service says of it, and
an answer in deltas of 40 ms. The variants take turns within one run; the best CPU time of each
counts.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

from realtime_lab.eventlog import EventLog, LiveLint, lint
from realtime_lab.protocol import (
    GA,
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    ClientEvent,
    ContentPart,
    Conversation,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    ItemAdded,
    ItemDone,
    Linter,
    LintRecord,
    Message,
    RateLimit,
    RateLimitsUpdated,
    Response,
    ResponseWriter,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SpeechStarted,
    SpeechStopped,
    TranscriptionConfig,
    Usage,
)

EVENTS = 100_000
ROUNDS = 5
FRAME = bytes(960)
DELTA = bytes(range(256)) * 7 + bytes(128)


def talk() -> Iterator[tuple[float, Any]]:
    """Spoken turns without end: seconds and events."""
    pcm = AudioFormat(type="audio/pcm", rate=24000)
    heard = AudioInput(
        format=pcm,
        turn_detection=ServerVad(create_response=True),
        transcription=TranscriptionConfig(model="whisper-1"),
    )
    sound = AudioConfig(input=heard, output=AudioOutput(format=pcm, voice="alloy"))
    settings = SessionConfig(type="realtime", model="gpt-realtime", audio=sound)
    yield 0.0, SessionCreated(session=settings)
    conversation, numbers = Conversation(), itertools.count()
    for turn in itertools.count():
        begin = 10.0 * turn
        for at, event in _turn(turn, conversation):
            if not isinstance(event, ClientEvent):
                event.event_id = f"event_{next(numbers):021}"
                conversation.apply(event)
            yield begin + at, event


def _turn(turn: int, conversation: Conversation) -> Iterator[tuple[float, Any]]:
    item = f"item_u{turn}"
    for n in range(120):
        if n == 10:
            yield 0.2, SpeechStarted(item_id=item, audio_start_ms=10_000 * turn)
        yield 0.02 * n, InputAudioBufferAppend(audio=FRAME)
    user = Message(id=item, role="user", content=[ContentPart(type="input_audio", transcript=None)])
    before = conversation.last_id
    yield 2.4, SpeechStopped(item_id=item, audio_end_ms=10_000 * turn + 2400)
    yield 2.4, InputAudioBufferCommitted(item_id=item, previous_item_id=before)
    yield 2.4, ItemAdded(item=user, previous_item_id=before)
    yield 2.4, ItemDone(item=user, previous_item_id=before)
    yield 2.5, InputTranscriptionCompleted(item_id=item, transcript="What is a monad?")
    ids = itertools.count()
    response = Response(id=f"resp_{turn}", status="in_progress", conversation_id="conv_1")
    writer = ResponseWriter(response, conversation, lambda kind: f"{kind}_{turn}_{next(ids)}")
    yield from ((2.6, event) for event in writer.begin())
    yield from ((2.6, event) for event in writer.open_message("audio"))
    for n in range(100):
        at = 2.7 + 0.01 * n
        if n % 4 == 0:
            yield from ((at, event) for event in writer.write_text("four words of text "))
        yield from ((at, event) for event in writer.write_audio(DELTA))
    yield from ((3.8, event) for event in writer.close_message())
    yield from ((3.8, event) for event in writer.finish("completed", None, Usage()))
    left = RateLimit(name="tokens", limit=40_000, remaining=39_000, reset_seconds=0.1)
    yield 3.8, RateLimitsUpdated(rate_limits=[left])


def written() -> tuple[list[tuple[float, bool, bytes]], EventLog]:
    """Texts of the wire with their times, and the same as a log."""
    now = 0.0
    log = EventLog(clock=lambda: now)
    texts = []
    for at, event in itertools.islice(talk(), EVENTS):
        now = at
        is_sent = isinstance(event, ClientEvent)
        data = GA.encode_client(event) if is_sent else GA.encode_server(event)
        assert data is not None
        decoded = GA.decode_client(data) if is_sent else GA.decode_server(data)
        log.record("sent" if is_sent else "received", decoded, data)
        texts.append((at, is_sent, data))
    return texts, log


def decode(texts: list[tuple[float, bool, bytes]]) -> None:
    for _, is_sent, data in texts:
        GA.decode_client(data) if is_sent else GA.decode_server(data)


def decode_and_lint(texts: list[tuple[float, bool, bytes]]) -> None:
    linter = Linter()
    for seq, (at, is_sent, data) in enumerate(texts):
        event = GA.decode_client(data) if is_sent else GA.decode_server(data)
        linter.apply(LintRecord(seq, at, "sent" if is_sent else "received", event))
    linter.finish()


def live(log: EventLog) -> None:
    """As a session calls it: once for each entry, when the log has just grown by it."""
    grown = EventLog()
    watch = LiveLint(grown, lambda _: None)
    append = grown._entries.append
    for entry in log:
        append(entry)
        watch(entry)


def main() -> None:
    """Print µs of CPU per event, events per second and the ratio to a loop that decodes."""
    texts, log = written()
    half = EventLog(clock=lambda: 0.0)
    half._entries.extend(log[: len(log) // 2])
    runs: dict[str, Callable[[], Any]] = {
        "decode": lambda: decode(texts),
        "decode + lint": lambda: decode_and_lint(texts),
        "lint a log": lambda: lint(log),
        "lint half a log": lambda: lint(half),
        "lint live, event by event": lambda: live(log),
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            begun = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - begun)
    print(f"{lint(log).summary}; best of {ROUNDS}, CPU")
    decoding = best["decode"] / len(log)
    for name, seconds in best.items():
        each = seconds / (len(half) if "half" in name else len(log))
        print(
            f"{name:28} {1e6 * each:6.2f} µs an event {1 / each:12,.0f} events/s "
            f"{each / decoding:6.2f} × decode"
        )


if __name__ == "__main__":
    main()
