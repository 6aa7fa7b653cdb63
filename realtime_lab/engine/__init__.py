"""The four stages of a speech engine and what fills them.

Names are loaded at first use: the libraries behind them are large, and most users of this package
need only some of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .stages import (
    Brain,
    Hints,
    Message,
    Prompt,
    SpeechChunk,
    Synthesizer,
    ToolCall,
    ToolSpec,
    Transcriber,
    Transcript,
    Transcription,
    VoiceActivity,
)

if TYPE_CHECKING:
    from .brain import RuleBrain, demo_phrases, hints
    from .chat import ChatBrain
    from .engine import Engine, build_engine
    from .espeak import EspeakSynthesizer
    from .input_buffer import InputBuffer
    from .kokoro_speech import KokoroSynthesizer
    from .piper_speech import PiperSynthesizer
    from .scripted import ScriptedBrain
    from .semantic_silence import Eagerness, semantic_silence_ms
    from .transcription import PocketSphinxTranscriber, RecogniserLoad
    from .turn_detection import (
        SpeechPaused,
        SpeechStarted,
        SpeechStopped,
        TurnDetector,
        TurnFact,
        TurnSettings,
    )
    from .voice_activity import SileroVoiceActivity
    from .whisper import WhisperTranscriber

_MODULES = {
    "Eagerness": "semantic_silence",
    "InputBuffer": "input_buffer",
    "PocketSphinxTranscriber": "transcription",
    "RecogniserLoad": "transcription",
    "SileroVoiceActivity": "voice_activity",
    "SpeechPaused": "turn_detection",
    "SpeechStarted": "turn_detection",
    "SpeechStopped": "turn_detection",
    "TurnDetector": "turn_detection",
    "TurnFact": "turn_detection",
    "TurnSettings": "turn_detection",
    "WhisperTranscriber": "whisper",
    "semantic_silence_ms": "semantic_silence",
    "EspeakSynthesizer": "espeak",
    "RuleBrain": "brain",
    "demo_phrases": "brain",
    "hints": "brain",
    "ChatBrain": "chat",
    "PiperSynthesizer": "piper_speech",
    "KokoroSynthesizer": "kokoro_speech",
    "ScriptedBrain": "scripted",
    "Engine": "engine",
    "build_engine": "engine",
}

__all__ = [
    "Brain",
    "ChatBrain",
    "Eagerness",
    "Engine",
    "EspeakSynthesizer",
    "Hints",
    "InputBuffer",
    "KokoroSynthesizer",
    "Message",
    "PiperSynthesizer",
    "PocketSphinxTranscriber",
    "Prompt",
    "RecogniserLoad",
    "RuleBrain",
    "ScriptedBrain",
    "SileroVoiceActivity",
    "SpeechChunk",
    "SpeechPaused",
    "SpeechStarted",
    "SpeechStopped",
    "Synthesizer",
    "ToolCall",
    "ToolSpec",
    "Transcriber",
    "Transcript",
    "Transcription",
    "TurnDetector",
    "TurnFact",
    "TurnSettings",
    "VoiceActivity",
    "WhisperTranscriber",
    "build_engine",
    "demo_phrases",
    "hints",
    "semantic_silence_ms",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
