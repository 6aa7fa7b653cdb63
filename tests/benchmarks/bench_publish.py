"""What it costs to publish a log: its timeline, what is exported, what is read and scanned.

A log of many spoken turns, made by hand. Each figure stands beside a plain alternative that reads
the same bytes in the same run; the best of a few rounds counts.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from realtime_lab.eventlog import EventLog, import_events, scan, timeline
from realtime_lab.protocol import (
    CLIENT_EVENTS,
    GA,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
)

TURNS = 500
ROUNDS = 3


def long_log(turns: int = TURNS) -> EventLog:
    """So many spoken turns of 131 events each."""
    now = [0.0]
    log = EventLog(clock=lambda: now[0], wall=lambda: 1_700_000_000.0)
    pcm = bytes(range(256)) * 7 + bytes(128)

    def at(step: float, *events: Any) -> None:
        now[0] += step
        for event in events:
            if isinstance(event, CLIENT_EVENTS):
                log.record("sent", event, GA.encode_client(event))
            else:
                text = GA.encode_server(event)
                assert text is not None
                log.record("received", event, text)

    for turn in range(turns):
        user, item, name = f"item_u{turn}", f"item_a{turn}", f"resp_{turn}"
        place = {"response_id": name, "item_id": item}
        begun = turn * 1200
        at(0.02, SpeechStarted(item_id=user, audio_start_ms=begun))
        for _ in range(60):
            at(0.02, InputAudioBufferAppend(audio=pcm[:960]))
        at(0.02, SpeechStopped(item_id=user, audio_end_ms=begun + 1200))
        at(0.01, InputAudioBufferCommitted(item_id=user))
        at(0.01, ResponseCreated(response=Response(id=name, status="in_progress")))
        for step in range(50):
            at(0.01, OutputAudioDelta(**place, delta=pcm))
            if step % 4 == 0:
                at(0.0, OutputTranscriptDelta(**place, delta="four words of text "))
        at(0.01, OutputTranscriptDone(**place, transcript="four words of text " * 13))
        at(
            0.01,
            OutputAudioDone(**place),
            ResponseDone(response=Response(id=name, status="completed")),
        )
        at(0.01, InputTranscriptionCompleted(item_id=user, transcript="What is a monad?"))
    return log


def best(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of the quickest round."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    log = long_log()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        raw = log.export(folder / "wire.jsonl")
        lines = raw.read_bytes().splitlines()

        def read_json() -> None:
            for line in lines:
                json.loads(line)

        plain = best(read_json)
        size = raw.stat().st_size / 1e6
        print(f"{len(log):,} events, {TURNS} turns, {size:.0f} MB of raw events")
        print(f"json.loads of every line           {plain:8.3f} s   1.00")

        def row(name: str, call: Callable[[], object]) -> None:
            seconds = best(call)
            print(f"{name:34} {seconds:8.3f} s   {seconds / plain:.2f} of it")

        log.turn_of(0)
        row("timeline(log)", lambda: timeline(log))
        for suffix in ("srt", "vtt", "TextGrid", "eaf", "txt", "wav", "csv", "jsonl", "html"):
            path = folder / f"talk.{suffix}"
            row(f"log.export(.{suffix})", lambda path=path: log.export(path, overwrite=True))
        row("log.methods()", log.methods)
        row("log.share()", lambda: log.share(folder / "shared.jsonl", overwrite=True))
        row("import_events()", lambda: import_events(raw))
        _scanning(folder, row)


def _scanning(folder: Path, row: Callable[[str, Callable[[], object]], None]) -> None:
    cells = [
        {"cell_type": "code", "source": [f"x = {n}"], "metadata": {}, "outputs": [
            {"output_type": "stream", "name": "stdout", "text": [
                f"{n} the quick brown fox, 3.14159 of 2,718 at 12:30:59\n" * 200]},
        ]}
        for n in range(500)
    ]  # fmt: skip
    path = folder / "big.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    key = re.compile(r"sk-[A-Za-z0-9]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]+|[0-9a-f]{32}|[\w.]+@[\w.]+")
    print(f"a notebook of {path.stat().st_size / 1e6:.1f} MB:")
    row("scan-notebook", lambda: scan([path]))
    row("re.findall of one pattern", lambda: key.findall(path.read_text()))


if __name__ == "__main__":
    main()
