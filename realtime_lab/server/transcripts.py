"""How the user's words are told, by the model that is said to have written them down.

The embedded ears stand for every model; what differs is what each one tells, and how.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..engine import Hints, Transcript
from ..protocol import (
    UNSET,
    Field,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionSegment,
    ServerEvent,
)
from .usage import input_audio_tokens, text_tokens

__all__ = ["LOGPROBS", "transcript_events", "with_hints"]

LOGPROBS = "item.input_audio_transcription.logprobs"
"""What a session includes to be told of probabilities."""
_BY_DURATION = frozenset({"gpt-realtime-whisper", "gpt-live-transcribe"})
"""Transcription models beside whisper that the service bills by the second, not by tokens."""
_DIARIZES = "gpt-4o-transcribe-diarize"
_WORDS = re.compile(r"\s*\S+\s*$|\s*\S+")


def with_hints(expected: Hints, config: Mapping[str, Any]) -> Hints:
    """What to expect, with the language and keywords of a transcription's settings."""
    words = list(config.get("keywords") or [])
    if _is_whisper(_model(config)):  # whose prompt is a list of keywords
        words += filter(None, (word.strip() for word in (config.get("prompt") or "").split(",")))
    return replace(
        expected,
        words=[*expected.words, *words],
        language=config.get("language") or expected.language,
    )


def transcript_events(
    config: Mapping[str, Any], item_id: str, heard: Transcript, seconds: float, *, logprobs: bool
) -> Iterator[ServerEvent]:
    """The events that tell what was heard in ``seconds`` of an item's audio.

    Whisper tells its text at once, the diarizing model by speaker (there is one here, "A"), the
    others word by word. ``config`` are the transcription's settings.

    ``logprobs`` asks for log probabilities. They are approximate: words stand for tokens, and the
    ears' confidence in the whole utterance for that in each word; ``null`` where the ears have
    none. Models that are billed by the second tell none, as the service's do not.
    """
    model, text = _model(config), heard.text
    confidence = heard.confidence if logprobs and not _by_duration(model) else None
    if text and model == _DIARIZES:
        segment = f"seg_{item_id.removeprefix('item_')}"
        yield InputTranscriptionSegment(
            item_id=item_id, id=segment, text=text, speaker="A", start=0.0, end=seconds
        )
    elif text:
        for delta in [text] if _is_whisper(model) else _WORDS.findall(text):
            yield InputTranscriptionDelta(
                item_id=item_id, delta=delta, logprobs=_logprobs([delta], confidence)
            )
    yield InputTranscriptionCompleted(
        item_id=item_id,
        transcript=text,
        usage=_usage(model, text, seconds),
        logprobs=_logprobs(_WORDS.findall(text), confidence),
    )


def _model(config: Mapping[str, Any]) -> str:
    return config.get("model") or "whisper-1"


def _is_whisper(model: str) -> bool:
    return model.startswith("whisper")


def _by_duration(model: str) -> bool:
    return _is_whisper(model) or model in _BY_DURATION


def _logprobs(tokens: list[str], confidence: float | None) -> list[dict[str, Any]] | Field | None:
    if confidence is None:
        return UNSET
    if confidence <= 0:
        return None
    logprob = round(math.log(min(confidence, 1.0)), 6)
    return [{"token": t, "bytes": list(t.encode()), "logprob": logprob} for t in tokens]


def _usage(model: str, words: str, seconds: float) -> dict[str, Any]:
    if _by_duration(model):
        return {"type": "duration", "seconds": math.ceil(seconds)}
    audio, text = input_audio_tokens(seconds), text_tokens(words)
    return {
        "type": "tokens",
        "total_tokens": audio + text,
        "input_tokens": audio,
        "output_tokens": text,
        "input_token_details": {"text_tokens": 0, "audio_tokens": audio},
    }
