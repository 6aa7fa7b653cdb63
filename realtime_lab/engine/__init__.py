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
    from .espeak import EspeakSynthesizer

_MODULES = {
    "EspeakSynthesizer": "espeak",
}

__all__ = [
    "Brain",
    "EspeakSynthesizer",
    "Hints",
    "Message",
    "Prompt",
    "SpeechChunk",
    "Synthesizer",
    "ToolCall",
    "ToolSpec",
    "Transcriber",
    "Transcript",
    "Transcription",
    "VoiceActivity",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
