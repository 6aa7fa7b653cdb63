"""The Whisper transcriber around a stand-in for the model; no weights are needed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from realtime_lab.engine import Hints, WhisperTranscriber
from realtime_lab.errors import EngineError

SPEECH = (3000 * np.sin(np.arange(24_000))).astype(np.int16).tobytes()
QUIET = np.random.default_rng(0).normal(0, 5, 2400).astype(np.int16).tobytes()


class Model:
    """Understands how long the audio is."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def transcribe(self, audio: np.ndarray, **options: Any) -> tuple[Any, None]:
        self.calls.append({"audio": audio, **options})
        text = f" {audio.size / 16_000:.1f} seconds."
        return iter([SimpleNamespace(text=text, avg_logprob=-0.5)]), None


def told(model: Any, story: Callable[[WhisperTranscriber], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        transcriber = WhisperTranscriber(model)
        try:
            return await story(transcriber)
        finally:
            await transcriber.close()

    return asyncio.run(run())


def test_an_utterance_reaches_the_model_at_16_khz_with_its_hints():
    model = Model()

    async def story(transcriber: WhisperTranscriber) -> Any:
        utterance = transcriber.open(Hints(phrases=["two of clubs"], words=["Azure"]))
        utterance.feed(SPEECH)
        return await utterance.finish()

    transcript = told(model, story)
    assert transcript.text == "1.0 seconds."
    assert transcript.confidence == pytest.approx(0.61, abs=0.01)
    (call,) = model.calls
    assert (call["hotwords"], call["language"]) == ("two of clubs, Azure", "en")
    assert call["audio"].dtype == np.float32
    assert 0.05 < np.abs(call["audio"]).max() <= 1.0


def test_speech_after_a_pause_belongs_to_the_utterance_and_quiet_does_not():
    async def story(transcriber: WhisperTranscriber) -> Any:
        utterance = transcriber.open(Hints())
        utterance.feed(SPEECH + QUIET)
        utterance.pause()
        utterance.feed(QUIET)
        utterance.feed(SPEECH + QUIET)
        utterance.pause()
        utterance.feed(QUIET)
        return await utterance.finish()

    assert told(Model(), story).text == "2.3 seconds."


def test_nothing_said_is_nothing_understood():
    async def story(transcriber: WhisperTranscriber) -> Any:
        return await transcriber.open(Hints()).finish()

    assert told(Model(), story).text == ""


def test_a_model_that_fails_is_an_engine_error():
    async def story(transcriber: WhisperTranscriber) -> Any:
        utterance = transcriber.open(Hints())
        utterance.feed(SPEECH)
        return await utterance.finish()

    with pytest.raises(EngineError, match="could not transcribe"):
        told(object(), story)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(EngineError, match=r'pip install "realtime-lab\[whisper\]"'):
        WhisperTranscriber("base.en")


def test_missing_weights_ask_for_a_folder(monkeypatch: pytest.MonkeyPatch):
    def refuse(name: str, **settings: str) -> None:
        raise ValueError(f"nothing at {name} for {settings['device']}")

    package = ModuleType("faster_whisper")
    package.WhisperModel = refuse  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "faster_whisper", package)
    with pytest.raises(EngineError, match="nothing at nowhere for cpu"):
        WhisperTranscriber("nowhere", device="cpu")
