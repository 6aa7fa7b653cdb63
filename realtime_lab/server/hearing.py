"""The user's words: for the model always, for the client where a transcription is configured."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..audio import pcm_seconds
from ..engine import Transcriber, Transcript, Transcription
from ..protocol import InputTranscriptionFailed
from .faults import Fault
from .memory import Heard
from .offered_tools import function_specs
from .state import SessionState
from .transcripts import LOGPROBS, transcript_events, with_hints

__all__ = ["Hearing"]

_log = logging.getLogger(__name__)


class Hearing:
    """Follows the recognition of each user item to its end."""

    def __init__(self, state: SessionState, transcriber: Transcriber) -> None:
        self._state = state
        self._transcriber = transcriber
        self._tasks: set[asyncio.Task[str]] = set()
        self._late: list[Callable[[], None]] = []
        """How to take back what is to be told later."""

    def open(self) -> Transcription:
        """Begin to listen to an utterance, expecting what the session is about."""
        settings = self._state.settings
        tools = function_specs(settings.get("tools") or [])
        # Imported by the first utterance: the server shall listen before it loads its engine.
        from ..engine import hints

        expected = hints(tools, settings.get("instructions") or "")
        told = with_hints(expected, settings.input["transcription"] or {})
        return self._transcriber.open(replace(told, steady=self._state.time.repeats))

    def conclude(self, item_id: str, utterance: Transcription, seconds: float) -> None:
        """The utterance is over and became an item; its words follow."""
        task = self._state.time.start(self._words(item_id, utterance, seconds))
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
        for take_back in self._late:
            take_back()

    async def _words(self, item_id: str, utterance: Transcription, seconds: float) -> str:
        faults = self._state.faults.transcription()
        try:
            heard = await utterance.finish()
        except Exception:  # whatever the ears do wrong, the session goes on
            _log.exception("item %s was not understood", item_id)
            self._tell_failure(item_id)
            return ""
        except asyncio.CancelledError:
            utterance.discard()
            raise
        self._tell_under(faults, item_id, lambda: self._tell(item_id, heard, seconds))
        return heard.text

    def _tell_under(self, faults: Sequence[Fault], item_id: str, tell: Callable[[], None]) -> None:
        wait = 0.0
        for fault in faults:
            if fault.kind == "drop_transcription":
                return
            if fault.kind == "slow_transcription":
                wait += fault["ms"] / 1000
            else:
                code, message = fault["code"], fault["message"]
                tell = partial(self._tell_failure, item_id, code, message)
        if wait:
            self._late.append(self._state.time.after(wait, tell, owed=True))
        else:
            tell()

    def _configured(self, item_id: str) -> dict[str, Any] | None:
        """The transcription settings, if the client is to be told of this item."""
        if item_id not in self._state.conversation:
            return None
        return self._state.settings.input["transcription"]

    def _tell(self, item_id: str, heard: Transcript, seconds: float) -> None:
        config = self._configured(item_id)
        if config is not None:
            logprobs = LOGPROBS in (self._state.settings.get("include") or [])
            told = transcript_events(config, item_id, heard, seconds, logprobs=logprobs)
            self._state.outbox.emit(*told)

    def _tell_failure(
        self, item_id: str, code: str | None = None, message: str | None = None
    ) -> None:
        if self._configured(item_id) is not None:
            self._state.outbox.emit(
                InputTranscriptionFailed(
                    item_id=item_id,
                    error={
                        "type": "server_error",
                        "code": code,
                        "message": message or f"Input transcription failed for item '{item_id}'.",
                        "param": None,
                    },
                )
            )
