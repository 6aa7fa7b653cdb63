"""How many people the real engine hears at once before it is late.

A server process with the real engine; in another process, sessions that play recordings from
``../shared/speech`` at real time, one after the other, each begun a moment after the one before.
Printed for each number of sessions: end of speech → first audio delta without the configured
silence, word errors, and turns that were refused. Give the numbers to try as arguments.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from websockets.asyncio.client import ClientConnection, connect

from realtime_lab.audio import Clip, voiced_span

from .bench_ears import SPEECH, distance, spoken_words
from .bench_server import FRAME_MS, MS, PATH, start_server, stop_server

TALKERS = (1, 4, 8, 12, 16)
SECONDS = 25.0
WARM_SECONDS = 6.0
SILENCE_MS = 500
LATEST_MS = 300.0
LOST_AFTER = 20.0


@dataclass(slots=True)
class Tally:
    """What the sessions of one run saw; delays in milliseconds."""

    delays: list[float] = field(default_factory=list)
    spoken: int = 0
    wrong: int = 0
    refused: int = 0
    lost: int = 0


@dataclass(slots=True)
class Take:
    """A recording on its way: when its last voiced sample went, and what came back."""

    ended: float | None = None
    answered: float | None = None
    done: bool = False
    words: list[str] = field(default_factory=list)
    transcripts: int = 0
    refused: bool = False


def main(talkers: Sequence[int] = TALKERS) -> None:
    if not SPEECH.is_dir():
        print("no recorded speech beside the checkout (../shared/speech): nothing measured")
        return
    process, port, _ = start_server()
    try:
        asyncio.run(measure(port, talkers))
    finally:
        stop_server(process)


async def measure(port: int, talkers: Sequence[int]) -> None:
    words = spoken_words()
    clips = {name: Clip.read(SPEECH / name) for name in words}
    most = 0
    for count in talkers:
        await everyone(port, clips, words, count, WARM_SECONDS)  # more recognisers start
        tally = await everyone(port, clips, words, count, SECONDS)
        late = quantiles(tally.delays, n=20)[18]
        print(
            f"{count:3d} talking: speech end -> first audio p50 {median(tally.delays):4.0f} ms, "
            f"p95 {late:5.0f} ms of {len(tally.delays)} turns; word errors "
            f"{tally.wrong}/{tally.spoken}, refused {tally.refused}, lost {tally.lost}",
            flush=True,
        )
        if late > LATEST_MS:
            break
        most = count
    print(f"sessions that may talk at once within {LATEST_MS:.0f} ms at p95: at least {most}")


async def everyone(
    port: int, clips: dict[str, Clip], words: dict[str, list[str]], count: int, seconds: float
) -> Tally:
    tally = Tally()
    stop = time.perf_counter() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(talk(port, clips, words, number, count, stop, tally))
    return tally


async def talk(
    port: int,
    clips: dict[str, Clip],
    words: dict[str, list[str]],
    number: int,
    count: int,
    stop: float,
    tally: Tally,
) -> None:
    """One session until ``stop``."""
    await asyncio.sleep(number * 2.0 / count)
    headers = {"api-key": "bench"}
    url = f"ws://127.0.0.1:{port}{PATH}"
    async with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
        await socket.send(json.dumps({"type": "session.update", "session": SETTINGS}))
        names = list(clips)
        while time.perf_counter() < stop:
            name = names[number % len(names)]
            number += 1
            take = Take()
            try:
                async with asyncio.timeout(LOST_AFTER), asyncio.TaskGroup() as group:
                    group.create_task(play(socket, clips[name], take))
                    group.create_task(watch(socket, take))
            except TimeoutError:
                tally.lost += 1
                continue
            assert take.answered is not None
            assert take.ended is not None
            tally.delays.append((take.answered - take.ended) * 1000 - SILENCE_MS)
            tally.spoken += len(words[name])
            tally.wrong += distance(words[name], take.words)
            tally.refused += take.refused


SETTINGS = {
    "type": "realtime",
    "instructions": "",
    "audio": {
        "input": {
            "transcription": {"model": "whisper-1"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": SILENCE_MS},
        }
    },
}


async def play(socket: ClientConnection, clip: Clip, take: Take) -> None:
    """Send 20 ms frames when a microphone would, and silence until the answer is there."""
    span = voiced_span(clip.samples)
    assert span is not None
    size = FRAME_MS * MS
    began = time.perf_counter()
    position = 0
    while position < len(clip.pcm) or not take.done:
        due = began + (position + size) / (MS * 1000)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        pcm = clip.pcm[position : position + size].ljust(size, b"\0")
        position += size
        audio = base64.b64encode(pcm).decode()
        await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
        if take.ended is None and position / (MS * 1000) >= span[1]:
            take.ended = time.perf_counter()


async def watch(socket: ClientConnection, take: Take) -> None:
    """Follow one take to the end of its answer."""
    begun = False
    responses = 0
    while not (take.done and take.transcripts >= responses):
        event = json.loads(await socket.recv())
        now = time.perf_counter()
        kind = event["type"]
        if kind == "input_audio_buffer.speech_started":
            begun, take.answered, take.done = False, None, False
        elif kind == "input_audio_buffer.committed":
            responses += 1
        elif kind == "response.created":
            begun, take.answered = True, None
        elif kind == "response.output_audio.delta" and begun and take.answered is None:
            take.answered = now
        elif kind == "response.done":
            take.done = take.answered is not None and take.ended is not None
        elif kind == "conversation.item.input_audio_transcription.completed":
            take.transcripts += 1
            take.words += event["transcript"].lower().strip(".?").split()
        elif kind == "conversation.item.input_audio_transcription.failed":
            take.transcripts += 1
            take.refused = True
        elif kind == "error":
            raise RuntimeError(event["error"]["message"])


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or TALKERS)
