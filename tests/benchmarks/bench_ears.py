"""Hearing: what voice activity costs, how late turns end, how late and how wrong transcripts are.

The recordings are fed at real time, 20 ms at a time, as a session would. Times are measured to
the moment the answer is there; "excess" is how much later than ``silence_duration_ms`` after the
last voiced sample the end of a turn was decided.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from realtime_lab.audio import RATE, Clip, voiced_span
from realtime_lab.engine import (
    Hints,
    InputBuffer,
    PocketSphinxTranscriber,
    SileroVoiceActivity,
    SpeechPaused,
    SpeechStarted,
    SpeechStopped,
    TurnDetector,
    TurnSettings,
)

SPEECH = Path(__file__).parents[3] / "shared" / "speech"
CHUNK = 960


def main() -> None:
    if not SPEECH.is_dir():
        print("no recorded speech beside the checkout (../shared/speech): nothing measured")
        return
    words = spoken_words()
    clips = {name: Clip.read(SPEECH / name) for name in words}
    voice_activity_cost(list(clips.values()))
    for silence_ms in (200, 500):
        turn_ends(clips, silence_ms)
    asyncio.run(transcripts(clips, words, silence_ms=500, hints=Hints()))
    asyncio.run(transcripts(clips, words, silence_ms=200, hints=Hints()))
    phrases = [" ".join(w) for w in words.values()]
    asyncio.run(transcripts(clips, words, silence_ms=500, hints=Hints(phrases=phrases)))


def voice_activity_cost(clips: Sequence[Clip]) -> None:
    voice, times = SileroVoiceActivity(), []
    pcm = b"".join(clip.pcm for clip in clips)
    for start in range(0, len(pcm), 1536):  # one frame of 32 ms
        begin = time.perf_counter()
        voice.feed(pcm[start : start + 1536])
        times.append(time.perf_counter() - begin)
    print(f"voice activity per 32 ms: {spread(times)}")


def turn_ends(clips: dict[str, Clip], silence_ms: int) -> None:
    excess, starts, turns = [], [], 0
    for clip in clips.values():
        samples, voiced = in_room(clip)
        detector = TurnDetector(SileroVoiceActivity(), TurnSettings(silence_duration_ms=silence_ms))
        for start in range(0, len(samples), CHUNK):
            for fact in detector.feed(samples[start : start + CHUNK]):
                now = (start + CHUNK) / 2 / RATE
                if isinstance(fact, SpeechStarted):
                    turns += 1
                    starts.append(now - voiced[0])
                elif isinstance(fact, SpeechStopped):
                    end = now - voiced[1] - silence_ms / 1000
        excess.append(end)
    each = " ".join(f"{e * 1000:.0f}" for e in excess)
    print(f"turns at {silence_ms} ms: {turns} in {len(clips)} recordings")
    print(f"  start delay {spread(starts)}; end excess {spread(excess)} (each: {each})")


async def transcripts(
    clips: dict[str, Clip], words: dict[str, list[str]], *, silence_ms: int, hints: Hints
) -> None:
    transcriber = PocketSphinxTranscriber(workers=1)
    begin = time.perf_counter()
    await transcriber.start()
    started = time.perf_counter() - begin
    latencies, errors, exact, seconds, texts = [], 0, 0, 0.0, []
    for name, clip in clips.items():
        samples, _ = in_room(clip)
        text, latency = await one_turn(transcriber, samples, silence_ms, hints)
        latencies += latency
        seconds += len(samples) / 2 / RATE
        errors += distance(words[name], text.lower().strip(".?").split())
        exact += text.lower().strip(".?").split() == words[name]
        texts.append(text)
    await transcriber.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = sum(map(len, words.values()))
    print(f"transcripts at {silence_ms} ms, {len(hints.phrases)} phrases hinted at:")
    print(f"  ready after {started:.2f} s; finish() {spread(latencies)}")
    print(f"  word errors {errors}/{total} = {errors / total:.2f}; exact {exact}/{len(clips)}")
    print(f"  largest worker so far {used.ru_maxrss / 1024:.0f} MB")
    for text in texts:
        print(f"    {text}")


async def one_turn(
    transcriber: PocketSphinxTranscriber, pcm: bytes, silence_ms: int, hints: Hints
) -> tuple[str, list[float]]:
    detector = TurnDetector(SileroVoiceActivity(), TurnSettings(silence_duration_ms=silence_ms))
    buffer, utterance, texts, latency = InputBuffer(), None, [], []
    begin = time.perf_counter()
    for start in range(0, len(pcm), CHUNK):
        late = begin + (start + CHUNK) / 2 / RATE - time.perf_counter()
        await asyncio.sleep(max(late, 0))
        chunk = pcm[start : start + CHUNK]
        buffer.append(chunk)
        if utterance is not None:
            utterance.feed(chunk)
        for fact in detector.feed(chunk):
            match fact:
                case SpeechStarted(audio_start_ms):
                    utterance = transcriber.open(hints)
                    utterance.feed(buffer.cut(audio_start_ms))
                case SpeechPaused() if utterance is not None:
                    utterance.pause()
                case SpeechStopped() if utterance is not None:
                    asked = time.perf_counter()
                    texts.append((await utterance.finish()).text)
                    latency.append(time.perf_counter() - asked)
                    utterance = None
    return " ".join(texts), latency


def in_room(clip: Clip) -> tuple[bytes, tuple[float, float]]:
    """The recording between two stretches of its own quiet, and where its voice is in there."""
    before, after = mirrored(clip.samples[: RATE // 12]), mirrored(clip.samples[-RATE // 12 :])
    span = voiced_span(clip.samples)
    assert span is not None
    offset = before.size / RATE
    samples = np.concatenate([before, clip.samples, after])
    return samples.tobytes(), (span[0] + offset, span[1] + offset)


def mirrored(samples: np.ndarray) -> np.ndarray:
    return np.tile(np.concatenate([samples[::-1], samples]), 7)


def spoken_words() -> dict[str, list[str]]:
    rows = [line.split("|") for line in (SPEECH / "README.md").read_text().splitlines()]
    return {r[1].strip(): r[2].split() for r in rows if len(r) > 3 and ".flac" in r[1]}


def distance(reference: list[str], heard: list[str]) -> int:
    """Words substituted, dropped and added."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]


def spread(seconds: Sequence[float]) -> str:
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


if __name__ == "__main__":
    main()
