"""What the listener hears: hands speech to a player and settles what an interruption cut off."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol

from ..audio import PlaybackTracker
from ..eventlog import PLAYBACK_ENDED, PLAYBACK_STARTED
from ..protocol import (
    ClientEvent,
    ItemDelete,
    ItemTruncate,
    Message,
    OutputAudioDelta,
    OutputAudioDone,
    Response,
    ResponseDone,
    ServerEvent,
    UnknownEvent,
)

__all__ = ["Playback", "Player"]

SETTLE_SECONDS = 0.25
"""How long a player may take to tell where it stopped."""
REMEMBERED = 100
"""Responses that were cut off: nothing comes late of older ones."""


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

    What was cut off is settled with the service item by item, once the player has told where it
    stopped: truncated at what was heard (never beyond what was received of it), deleted where
    nothing was heard, left alone where all was. An item that was heard as far as it had come, and
    of which more was on its way, waits for that. Each is marked ``lab.interrupted``: ``by``
    (``voice``, ``text`` or ``stop``), ``response_id``, ``item_id``, ``content_index``,
    ``heard_ms``, ``received_ms``, and ``action`` (``truncate``, ``delete`` or ``none``).

    The first report of the player about an item is marked ``lab.playback_started`` (``ago`` is how
    far it was then), the one that it was played to its end, or had to stop, ``lab.playback_ended``.
    """

    CONCERNS: ClassVar = frozenset({OutputAudioDelta.type, OutputAudioDone.type, ResponseDone.type})

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
        self._cut: dict[str, str] = {}
        """Items that were cut off, and how."""
        self._cut_responses: deque[str] = deque(maxlen=REMEMBERED)
        self._response_of: dict[str, str] = {}
        self._unfinished: dict[str, None] = {}
        """Items of which more is to come, in order."""
        self._settling: str | None = None
        self._told: list[Callable[[], None]] = []

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
            self._take(event, self._player)
        elif isinstance(event, OutputAudioDone):
            self._finished(event.item_id)
        elif isinstance(event, ResponseDone):
            self._ended(event.response)

    def played(self, item_id: str, seconds: float) -> None:
        """The player has played the first ``seconds`` of an item."""
        before = self._tracker.heard_ms(item_id)
        self._tracker.played(item_id, seconds)
        heard = self._tracker.heard_ms(item_id)
        if heard and not before:
            response_id = self._response_of.get(item_id, "")
            self._mark(PLAYBACK_STARTED, item_id=item_id, response_id=response_id, ago=heard / 1000)
        if heard > before and item_id not in self._unfinished:
            self._note_heard(item_id)
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
        dropped = set(unheard) & self._unfinished.keys()
        if dropped:
            self._cut.update(dict.fromkeys(dropped, "lost"))
            self._player.stop()
            self._tracker.flushed()
        for item_id in self._unfinished:
            if item_id not in dropped and item_id not in self._cut:
                self._player.finish(item_id)
                self._note_heard(item_id)
        self._unfinished.clear()

    def interrupt(self, by: str = "stop", response_id: str = "") -> None:
        """Silence the player and tell the service what was not heard.

        ``response_id`` is the response that is active: what still comes of it is not played. The
        service is told once the player has said where it stopped.
        """
        if self._player is None:
            return
        if self._settling:
            self._settle(self._settling)
        cut = self._tracker.waiting
        coming = [i for i in self._unfinished if self._response_of.get(i) == response_id]
        cut += [i for i in coming if i not in cut and i not in self._cut]
        if response_id and response_id not in self._cut_responses:
            self._cut_responses.append(response_id)
            if not cut:
                self._mark_cut("", response_id, by, "none")
        if not cut:
            return
        self._cut.update(dict.fromkeys(cut, by))
        item_id, *behind = cut
        self._settling = item_id
        self._player.stop()
        # At once: what is queued from now on, of the next answer, is played.
        for stopped in cut:
            self._tracker.stopped(stopped)
        for unheard in behind:
            self._close(unheard)
        self._later(SETTLE_SECONDS, lambda: self._settle(item_id))

    @property
    def is_settling(self) -> bool:
        """Whether the player has yet to tell where it stopped."""
        return self._settling is not None

    def when_settled(self, call: Callable[[], None]) -> None:
        """Call back when the service was told what was not heard; at most `SETTLE_SECONDS`."""
        self._told.append(call)

    def _take(self, event: OutputAudioDelta, player: Player) -> None:
        item_id = event.item_id
        is_late = event.response_id in self._cut_responses
        self._tracker.queued(item_id, event.content_index, len(event.delta))
        self._response_of[item_id] = event.response_id
        if item_id in self._cut:
            return
        self._unfinished[item_id] = None
        if is_late:
            # Nobody will hear it; at the end of its response it leaves the conversation.
            self._tracker.stopped(item_id)
        else:
            player.play(item_id, event.delta)

    def _note_heard(self, item_id: str) -> None:
        """Nothing more comes of an item; mark it if all of it was heard."""
        heard = self._tracker.heard_ms(item_id)
        if heard and heard == self._tracker.received_ms(item_id) and item_id not in self._cut:
            self._mark_ended(item_id)

    def _mark_ended(self, item_id: str) -> None:
        self._mark(
            PLAYBACK_ENDED,
            item_id=item_id,
            response_id=self._response_of.get(item_id, ""),
            heard_ms=self._tracker.heard_ms(item_id),
        )

    def _finished(self, item_id: str) -> None:
        if item_id in self._unfinished:
            del self._unfinished[item_id]
            self._note_heard(item_id)
        if item_id not in self._cut:
            if self._player and self._response_of.get(item_id) not in self._cut_responses:
                self._player.finish(item_id)
        elif self._cut[item_id] == "open":
            self._cut[item_id] = "settled"
            self._cut_short(item_id)

    def _ended(self, response: Response) -> None:
        for item in response.output:
            item_id = str(item.id)
            if self._response_of.get(item_id) == response.id:
                self._finished(item_id)
            speaks = isinstance(item, Message) and any(
                part.type == "output_audio" for part in item.content
            )
            if speaks and response.id in self._cut_responses and item_id not in self._cut:
                # It came when the model had been interrupted already.
                self._cut[item_id] = "late"
                self._response_of[item_id] = response.id
                self._close(item_id)

    def _settle(self, item_id: str) -> None:
        if self._settling != item_id:
            return
        self._settling = None
        self._close(item_id)
        told, self._told = self._told, []
        for call in told:
            call()

    def _close(self, item_id: str) -> None:
        """Settle an item with the service."""
        by, response_id = self._cut[item_id], self._response_of.get(item_id, "")
        heard, received = self._tracker.heard_ms(item_id), self._tracker.received_ms(item_id)
        left = "truncate" if heard < received else "none"
        action = left if heard else "delete"
        if heard:
            self._mark_ended(item_id)
        self._mark_cut(item_id, response_id, by, action)
        if action == "delete":
            # The service refuses to truncate at 0: what nobody heard leaves the conversation.
            self._send(ItemDelete(item_id=item_id))
        elif action == "truncate":
            self._cut_short(item_id)
        elif item_id in self._unfinished:
            self._cut[item_id] = "open"

    def _cut_short(self, item_id: str) -> None:
        if self._tracker.heard_ms(item_id) < self._tracker.received_ms(item_id):
            index, ms = self._tracker.heard_until(item_id)
            if ms:
                self._send(ItemTruncate(item_id=item_id, content_index=index, audio_end_ms=ms))

    def _mark_cut(self, item_id: str, response_id: str, by: str, action: str) -> None:
        self._mark(
            "lab.interrupted",
            by=by,
            response_id=response_id,
            item_id=item_id,
            content_index=self._tracker.heard_until(item_id).content_index,
            heard_ms=self._tracker.heard_ms(item_id),
            received_ms=self._tracker.received_ms(item_id),
            action=action,
        )
