"""What the model knows of the items of a conversation beyond what their events show."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from .kept_audio import KeptAudio
from .speech_record import SpeechRecord

__all__ = ["Heard", "Memory"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A user's audio: how long it is, and its words, which may still be coming."""

    seconds: float
    words: asyncio.Future[str]


class Memory:
    """Words heard in the user's audio, words spoken by the model, and the audio itself.

    The model hears the user whether or not a transcription is configured for the client.
    ``kept_audio`` is where the server's sessions keep audio together.
    """

    def __init__(self, kept_audio: KeptAudio | None = None) -> None:
        self.spoken: dict[str, SpeechRecord] = {}
        self.heard: dict[str, Heard] = {}
        self.has_spoken = False
        """Whether the model has made any speech in this conversation."""
        self._kept_audio = kept_audio or KeptAudio()

    async def words(self, item_id: str) -> str:
        """The words heard in a user item; empty when nothing was understood."""
        heard = self.heard.get(item_id)
        if heard is None:
            return ""
        if heard.words.done():
            return heard.words.result()
        # Shielded: a response that is cancelled while it waits must not lose the words.
        return await asyncio.shield(heard.words)

    def keep_audio(self, item_id: str, audio: bytes) -> None:
        """Keep an item's audio (in the format of the wire) for a while."""
        self._kept_audio.keep(self, item_id, audio)

    def audio(self, item_id: str) -> bytes | None:
        """An item's audio, ``None`` if there is none or it was too long ago."""
        return self._kept_audio.get(self, item_id)

    def forget(self, item_id: str) -> None:
        """Forget all about an item."""
        self.spoken.pop(item_id, None)
        self.heard.pop(item_id, None)
        self._kept_audio.drop(self, item_id)

    def close(self) -> None:
        """Let go of all audio; the session is over."""
        self._kept_audio.drop_all(self)
