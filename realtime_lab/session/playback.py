"""What the listener hears: hands speech to a player and settles what an interruption cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol

from ..audio import PlaybackTracker
from ..eventlog import PLAYBACK_STARTED
from ..protocol import (
    ClientEvent,
    ItemDelete,
    ItemTruncate,
    OutputAudioDelta,
    OutputAudioDone,
    ServerEvent,
    SpeechStarted,
    UnknownEvent,
)

__all__ = ["Playback", "Player"]

SETTLE_SECONDS = 0.25
"""How long a player may take to tell where it stopped."""


class Player(Protocol):
    """Plays speech and reports its position with `Playback.played`."""

    def play(self, item_id: str, pcm: bytes) -> None:
        """Queue more speech of an item."""
        ...

    def finish(self, item_id: str) -> None:
        """No more speech of this item follows."""
        ...

    def stop(self) -> None:
        """Be silent at once, and report the position reached."""
        ...


class Playback:
    """Owns the player and the account of what it played.

    Without a player nobody listens, and nothing is ever cut off. ``later(seconds, function)``
    calls back on the session's loop; ``mark`` writes into the log.
    """

    CONCERNS: ClassVar = frozenset(
        {OutputAudioDelta.type, OutputAudioDone.type, SpeechStarted.type}
    )

    def __init__(
        self,
        send: Callable[[ClientEvent], object],
        mark: Callable[..., object],
        later: Callable[[float, Callable[[], None]], Any],
    ) -> None:
        self._send = send
        self._mark = mark
        self._later = later
        self._tracker = PlaybackTracker()
        self._player: Player | None = None
        self._cut: set[str] = set()
        self._unfinished: set[str] = set()
        self._settling: str | None = None

    def attach(self, player: Player) -> None:
        """Play through this one from now on."""
        self._player = player

    def detach(self, player: Player) -> None:
        """Stop using a player; what it had left counts as not heard."""
        if self._player is player:
            self._player = None
            self._tracker.flushed()

    @property
    def current(self) -> str | None:
        """The item that sounds, if any."""
        return self._tracker.current if self._player else None

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account."""
        if self._player is None:
            return
        if isinstance(event, OutputAudioDelta):
            if event.item_id not in self._cut:
                self._tracker.queued(event.item_id, event.content_index, len(event.delta))
                self._unfinished.add(event.item_id)
                self._player.play(event.item_id, event.delta)
        elif isinstance(event, OutputAudioDone):
            self._unfinished.discard(event.item_id)
            if event.item_id not in self._cut:
                self._player.finish(event.item_id)
        elif isinstance(event, SpeechStarted):
            self.interrupt()

    def played(self, item_id: str, seconds: float) -> None:
        """The player has played the first ``seconds`` of an item."""
        before = self._tracker.heard_ms(item_id)
        self._tracker.played(item_id, seconds)
        if not before and self._tracker.heard_ms(item_id):
            self._mark(PLAYBACK_STARTED, item_id=item_id)
        if item_id == self._settling:
            self._settle(item_id)

    def heard_ms(self, item_id: str) -> int | None:
        """How much of an item was heard; ``None`` where nobody listens or it has no speech."""
        listens = self._player is not None and self._tracker.received_ms(item_id)
        return self._tracker.heard_ms(item_id) if listens else None

    def received_ms(self, item_id: str) -> int:
        """Length of the speech of an item so far."""
        return self._tracker.received_ms(item_id)

    def connection_lost(self, unheard: Iterable[str]) -> None:
        """No more speech comes: what is there is played to its end, but for ``unheard`` items."""
        if self._player is None:
            return
        dropped = set(unheard) & self._unfinished
        if dropped:
            self._cut |= dropped
            self._player.stop()
            self._tracker.flushed()
        for item_id in self._unfinished - dropped:
            self._player.finish(item_id)
        self._unfinished.clear()

    def interrupt(self) -> None:
        """Silence the player and tell the service what was not heard.

        The service is told once the player has said where it stopped.
        """
        if self.current is None or self._player is None:
            return
        if self._settling:
            self._settle(self._settling)
        item_id, *behind = self._tracker.waiting
        self._cut.update((item_id, *behind))
        self._settling = item_id
        self._player.stop()
        # At once: what is queued from now on, of the next answer, is played.
        self._tracker.flushed()
        for unheard in behind:
            self._send(ItemDelete(item_id=unheard))
        self._later(SETTLE_SECONDS, lambda: self._settle(item_id))

    def _settle(self, item_id: str) -> None:
        if self._settling != item_id:
            return
        self._settling = None
        heard, received = self._tracker.heard_ms(item_id), self._tracker.received_ms(item_id)
        self._mark("lab.interrupted", item_id=item_id, heard_ms=heard, received_ms=received)
        if heard == 0:
            # The service refuses to truncate at 0: what nobody heard leaves the conversation.
            self._send(ItemDelete(item_id=item_id))
        elif heard < received:
            index = self._tracker.content_index(item_id)
            self._send(ItemTruncate(item_id=item_id, content_index=index, audio_end_ms=heard))
