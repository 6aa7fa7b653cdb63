"""Putting an engine together by the names of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from realtime_lab.errors import EngineError

from .stages import Brain, Synthesizer, Transcriber, VoiceActivity

__all__ = ["Engine", "build_engine"]


@dataclass(frozen=True, slots=True)
class Engine:
    """The four stages. ``voice_activity`` makes a fresh detector for each audio stream."""

    transcriber: Transcriber
    brain: Brain
    synthesizer: Synthesizer
    voice_activity: Callable[[], VoiceActivity]


def build_engine(
    *,
    ears: str = "pocketsphinx",
    brain: str = "rules",
    voice: str = "espeak",
    api_key: str = "none",
    seed: int = 0,
    now: Callable[[], datetime] | None = None,
) -> Engine:
    """An engine from names, each ``kind`` or ``kind:argument``.

    ==========================  =====================================================
    ears                        ``pocketsphinx``, ``whisper:PATH``
    brain                       ``rules``, ``chat:BASE_URL#MODEL``
    voice                       ``espeak``, ``piper:PATH``, ``kokoro:MODEL,VOICES``
    ==========================  =====================================================

    ``api_key`` is for a chat endpoint, ``seed`` and ``now`` are for the rules. Raises
    `EngineError` for an unknown name and for a part that cannot be loaded.
    """
    from .voice_activity import SileroVoiceActivity

    def rules(_: str) -> Brain:
        from .brain import RuleBrain

        return RuleBrain(seed=seed, now=now)

    def chat(argument: str) -> Brain:
        from .chat import ChatBrain

        base_url, separator, model = argument.partition("#")
        if not (base_url and separator and model):
            raise EngineError(
                f"a chat brain is given as chat:BASE_URL#MODEL, for example "
                f"chat:http://127.0.0.1:11434/v1#llama3.2; {argument!r} lacks a part."
            )
        return ChatBrain(base_url, model, api_key=api_key)

    return Engine(
        transcriber=_made("ears", ears, {"pocketsphinx": _pocketsphinx, "whisper": _whisper}),
        brain=_made("brain", brain, {"rules": rules, "chat": chat}),
        synthesizer=_made("voice", voice, {"espeak": _espeak, "piper": _piper, "kokoro": _kokoro}),
        voice_activity=SileroVoiceActivity,
    )


def _made(stage: str, name: str, makers: Mapping[str, Callable[[str], Any]]) -> Any:
    kind, _, argument = name.partition(":")
    if kind not in makers:
        raise EngineError(
            f"there is no {stage} called {kind!r}. Choose one of: {', '.join(makers)}."
        )
    return makers[kind](argument)


def _pocketsphinx(_: str) -> Transcriber:
    from .transcription import PocketSphinxTranscriber

    return PocketSphinxTranscriber()


def _whisper(path: str) -> Transcriber:
    from .whisper import WhisperTranscriber

    return WhisperTranscriber(_needed(path, "whisper:PATH"))


def _espeak(_: str) -> Synthesizer:
    from .espeak import EspeakSynthesizer

    return EspeakSynthesizer()


def _piper(path: str) -> Synthesizer:
    from .piper_speech import PiperSynthesizer

    return PiperSynthesizer(_needed(path, "piper:PATH"))


def _kokoro(paths: str) -> Synthesizer:
    from .kokoro_speech import KokoroSynthesizer

    model, _, voices = _needed(paths, "kokoro:MODEL,VOICES").partition(",")
    return KokoroSynthesizer(model, _needed(voices, "kokoro:MODEL,VOICES"))


def _needed(argument: str, form: str) -> str:
    if not argument:
        raise EngineError(f"{form.partition(':')[0]} needs files: write {form}.")
    return argument
