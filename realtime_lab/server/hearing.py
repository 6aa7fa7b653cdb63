"""The user's words: for the model always, for the client where a transcription is configured."""

from __future__ import annotations

import asyncio
import logging
import math
import re
from typing import Any

from ..audio import pcm_seconds
from ..engine import Transcriber, Transcription
from ..errors import RealtimeLabError
from ..protocol import (
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
)
from .memory import Heard
from .prompt import tool_specs
from .state import SessionState
from .usage import input_audio_tokens, text_tokens

__all__ = ["Hearing"]

_log = logging.getLogger(__name__)

_BY_DURATION = frozenset({"whisper-1", "gpt-realtime-whisper", "gpt-live-transcribe"})
"""Transcription models that the service bills by the second, not by tokens."""
_WORDS = re.compile(r"\s*\S+\s*$|\s*\S+")


class Hearing:
    """Follows the recognition of each user item to its end."""

    def __init__(self, state: SessionState, transcriber: Transcriber) -> None:
        self._state = state
        self._transcriber = transcriber
        self._tasks: set[asyncio.Task[str]] = set()

    def open(self) -> Transcription:
        """Begin to listen to an utterance, expecting what the session is about."""
        settings = self._state.settings
        tools = tool_specs(settings.get("tools"))
        # Imported by the first utterance: the server shall listen before it loads its engine.
        from ..engine import hints

        return self._transcriber.open(hints(tools, settings.get("instructions")))

    def conclude(self, item_id: str, utterance: Transcription, seconds: float) -> None:
        """The utterance is over and became an item; its words follow."""
        task = asyncio.create_task(self._words(item_id, utterance, seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._state.memory.heard[item_id] = Heard(seconds, task)

    def hear(self, item_id: str, pcm: bytes) -> None:
        """Listen to a whole utterance that a client put into an item."""
        utterance = self.open()
        utterance.feed(pcm)
        self.conclude(item_id, utterance, pcm_seconds(pcm))

    def close(self) -> None:
        """Stop listening; the client is gone."""
        for task in self._tasks:
            task.cancel()

    async def _words(self, item_id: str, utterance: Transcription, seconds: float) -> str:
        try:
            words = (await utterance.finish()).text
        except RealtimeLabError:
            _log.exception("item %s was not understood", item_id)
            self._tell_failure(item_id)
            return ""
        except asyncio.CancelledError:
            utterance.discard()
            raise
        self._tell(item_id, words, seconds)
        return words

    def _configured(self, item_id: str) -> dict[str, Any] | None:
        """The transcription settings, if the client is to be told of this item."""
        if item_id not in self._state.conversation:
            return None
        return self._state.settings.input["transcription"]

    def _tell(self, item_id: str, words: str, seconds: float) -> None:
        config = self._configured(item_id)
        if config is None:
            return
        model = config.get("model", "whisper-1")
        deltas = [words] if model in _BY_DURATION else _WORDS.findall(words)
        self._state.outbox.emit(
            *(InputTranscriptionDelta(item_id=item_id, delta=delta) for delta in deltas if delta),
            InputTranscriptionCompleted(
                item_id=item_id, transcript=words, usage=_usage(model, words, seconds)
            ),
        )

    def _tell_failure(self, item_id: str) -> None:
        if self._configured(item_id) is not None:
            self._state.outbox.emit(
                InputTranscriptionFailed(
                    item_id=item_id,
                    error={
                        "type": "server_error",
                        "code": None,
                        "message": f"Input transcription failed for item '{item_id}'.",
                        "param": None,
                    },
                )
            )


def _usage(model: str, words: str, seconds: float) -> dict[str, Any]:
    if model in _BY_DURATION:
        return {"type": "duration", "seconds": math.ceil(seconds)}
    audio, text = input_audio_tokens(seconds), text_tokens(words)
    return {
        "type": "tokens",
        "total_tokens": audio + text,
        "input_tokens": audio,
        "output_tokens": text,
        "input_token_details": {"text_tokens": 0, "audio_tokens": audio},
    }
