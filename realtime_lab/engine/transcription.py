"""Speech recognition in worker processes, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import EngineError
from .sphinx_process import SphinxProcess
from .sphinx_utterance import SphinxTranscription
from .stages import Hints

__all__ = ["PocketSphinxTranscriber", "RecogniserLoad"]

_WORKER = (sys.executable, "-m", f"{__package__}.sphinx_worker")
_PROCESSORS = os.cpu_count() or 1
_QUICK_PER_WORKER = 4
_CROWD_SECONDS = 5.0
"""Where many talked at once, many are taken to talk for so long."""
_LATE_SECONDS = 1.5
"""A worker so far behind is catching up."""
_LOOK_AGAIN_SECONDS = 0.25
"""Between two looks for a worker for those that wait."""
_RETIRE_SECONDS = 60.0
"""Without work a quick worker ends after this time."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecogniserLoad:
    """How busy the recognisers are."""

    workers: int
    """Processes there are."""
    most_workers: int
    """Processes there may be."""
    decoding: int
    """Utterances being recognised."""
    waiting: int
    """Utterances in line for a worker."""
    behind_seconds: float
    """Audio that the worker furthest behind has yet to decode."""
    refused: int
    """Utterances turned away so far, because too many waited."""
    lost: int
    """Workers that died so far with their utterance."""


class PocketSphinxTranscriber:
    """US English, offline, in worker processes that start when needed, one utterance each.

    What happens when many people talk at once:

    - An utterance that begins while fewer than ``workers`` others (one per processor, at most 4,
      by default) are being recognised is recognised thoroughly; any other, and any within 5 s
      after one, at 0.4 of the cost, out of the 5,000 most usual words, by one of
      ``quick_workers`` (four times as many). Those processes end after a minute without work.
    - More wait in line, first come first served, their audio kept; a worker catches up at several
      times the speed of speech. Nobody is called from the line while as many workers as there are
      processors are more than 1.5 s behind: those who are being heard come first.
    - While twice as many are in progress as can be recognised at once, another utterance is
      refused: its `finish` raises `EngineError`. So does that of one that waited ``patience``
      seconds after its end.
    - While others wait, an utterance gives its worker up when no audio came for ``idle_seconds``,
      or after ``piece_seconds`` of audio; it goes on with another worker when there is more to
      hear.
    - An utterance that is to be steady (see `Hints`) waits for a thorough worker, keeps it, and is
      not refused.

    `load` tells where things stand. A worker that dies takes its utterance with it, which then
    ends with what earlier workers understood; the next one gets a new worker. When a worker says
    nothing for ``patience`` seconds, `finish` gives up with an empty transcript.

    Belongs to the event loop in which it is first used.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        quick_workers: int | None = None,
        patience: float = 20.0,
        idle_seconds: float = 2.0,
        piece_seconds: float = 30.0,
        command: Sequence[str] = _WORKER,
    ) -> None:
        thorough = workers or min(4, _PROCESSORS)
        quick = _QUICK_PER_WORKER * thorough if quick_workers is None else quick_workers
        self._limits = {False: thorough, True: quick}
        """Most workers, by whether they are quick."""
        self._patience = patience
        self._idle_seconds = idle_seconds
        self._piece_seconds = piece_seconds
        self._command = command
        self._workers: list[SphinxProcess] = []
        self._starting: dict[asyncio.Task[None], bool] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._waiting: deque[SphinxTranscription] = deque()
        self._look_again: asyncio.TimerHandle | None = None
        self._numbers = itertools.count(1)
        self._crowded_until = float("-inf")
        self._refused = 0
        self._lost = 0
        self._closed = False

    async def start(self, workers: int = 1) -> None:
        """Start that many thorough workers now and wait until their models are loaded.

        Raises `EngineError` when one cannot start.
        """
        missing = min(workers, self._limits[False]) - self._count(quick=False)
        if missing > 0:
            await asyncio.gather(*(self._add_worker(quick=False) for _ in range(missing)))

    def open(self, hints: Hints) -> SphinxTranscription:
        """Begin a new utterance. Call it in the event loop."""
        if self._closed:
            raise EngineError("this transcriber is closed; make a new one")
        phrases = [*hints.phrases, *hints.words]
        utterance = SphinxTranscription(self, next(self._numbers), phrases, steady=hints.steady)
        load = self.load()
        if load.decoding + load.waiting >= 2 * load.most_workers and not hints.steady:
            self._refused += 1
            utterance.abandon(
                EngineError(
                    f"speech recognition is overloaded: {load.decoding} utterances are being "
                    f"recognised and {load.waiting} wait"
                )
            )
        else:
            self.queue(utterance)
        return utterance

    def load(self) -> RecogniserLoad:
        """How busy it is now."""
        return RecogniserLoad(
            workers=len(self._workers),
            most_workers=self._most,
            decoding=self._busy,
            waiting=len(self._waiting),
            behind_seconds=max((worker.behind for worker in self._workers), default=0.0),
            refused=self._refused,
            lost=self._lost,
        )

    async def close(self) -> None:
        """End the workers. Utterances in progress end with an empty transcript."""
        self._closed = True
        if self._look_again is not None:
            self._look_again.cancel()
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, *self._ending, return_exceptions=True)
        for utterance in list(self._waiting):
            utterance.abandon(None)
        await asyncio.gather(*(worker.end() for worker in list(self._workers)))

    @property
    def patience(self) -> float:
        return self._patience

    def queue(self, utterance: SphinxTranscription) -> None:
        """The utterance gets the next worker after those that wait already."""
        self._waiting.append(utterance)
        self._dispatch()

    def release(self, utterance: SphinxTranscription) -> None:
        """An utterance needs no worker any more: the next one gets it."""
        if utterance in self._waiting:
            self._waiting.remove(utterance)
        for worker in self._workers:
            if worker.utterance is utterance:
                worker.utterance = None
                if worker.quick:
                    self._retire_later(worker)
        self._dispatch()

    @property
    def _busy(self) -> int:
        return sum(worker.utterance is not None for worker in self._workers)

    @property
    def _most(self) -> int:
        return sum(self._limits.values())

    def _count(self, *, quick: bool) -> int:
        present = sum(worker.quick is quick for worker in self._workers)
        return present + sum(kind is quick for kind in self._starting.values())

    def _dispatch(self) -> None:
        if self._closed:
            return
        while self._waiting and not self._catching_up():
            pair = self._next_pair()
            if pair is None:
                break
            utterance, worker = pair
            self._waiting.remove(utterance)
            worker.take(utterance)
        self._start_workers()
        if self._waiting:
            self._reclaim()
            if self._look_again is None:
                loop = asyncio.get_running_loop()
                self._look_again = loop.call_later(_LOOK_AGAIN_SECONDS, self._look)

    def _next_pair(self) -> tuple[SphinxTranscription, SphinxProcess] | None:
        """Who is called from the line, and by which worker."""
        free = {worker.quick: worker for worker in self._workers if worker.free}
        wanted = self._crowded()
        for utterance in self._waiting if free else ():
            for quick in (False,) if utterance.steady else (wanted, not wanted):
                if quick in free:
                    return utterance, free[quick]
        return None

    def _look(self) -> None:
        self._look_again = None
        self._dispatch()

    def _catching_up(self) -> bool:
        busy = [worker for worker in self._workers if worker.utterance is not None]
        return sum(worker.behind > _LATE_SECONDS for worker in busy) >= _PROCESSORS

    def _crowded(self) -> bool:
        """Whether many talk: an utterance more is to be recognised quickly."""
        now = asyncio.get_running_loop().time()
        if self._busy >= self._limits[False]:
            self._crowded_until = now + _CROWD_SECONDS
        return now < self._crowded_until

    def _start_workers(self) -> None:
        free = sum(worker.free for worker in self._workers) + len(self._starting)
        # Loading takes a second: where many talk, the next one finds a worker ready.
        wanted = len(self._waiting) + (self._busy >= self._limits[False]) - free
        for _ in range(wanted):
            quick = self._count(quick=False) >= self._limits[False]
            if self._count(quick=quick) >= self._limits[quick]:
                return
            task = asyncio.get_running_loop().create_task(self._add_in_background(quick=quick))
            self._starting[task] = quick
            task.add_done_callback(self._starting.pop)

    def _reclaim(self) -> None:
        """Make those give way that hold a worker and leave it idle, or have held it for long."""
        now = asyncio.get_running_loop().time()
        held = [worker.utterance for worker in self._workers if worker.utterance is not None]
        due = [
            utterance
            for utterance in held
            if utterance.may_yield
            and (
                now - utterance.fed_at >= self._idle_seconds
                or utterance.piece_seconds >= self._piece_seconds
            )
        ]
        due.sort(key=lambda utterance: utterance.fed_at)
        coming = sum(utterance.yielding for utterance in held) + len(self._starting)
        for utterance in due[: max(len(self._waiting) - coming, 0)]:
            utterance.give_way()

    async def _add_worker(self, *, quick: bool) -> None:
        worker = await SphinxProcess.start(self._command, self._on_end, quick=quick)
        self._workers.append(worker)
        if self._closed:
            await worker.end()
        else:
            self._dispatch()

    async def _add_in_background(self, *, quick: bool) -> None:
        try:
            await self._add_worker(quick=quick)
        except EngineError as error:
            _log.warning("%s", error)
            if not self._workers:
                for utterance in list(self._waiting):
                    utterance.abandon(error)

    def _retire_later(self, worker: SphinxProcess) -> None:
        served = worker.served

        def retire() -> None:
            if worker.free and worker.served == served:
                worker.retire()
                task = asyncio.get_running_loop().create_task(worker.end())
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

        asyncio.get_running_loop().call_later(_RETIRE_SECONDS, retire)

    def _on_end(self, worker: SphinxProcess) -> None:
        """A worker has ended, whoever wanted it."""
        self._workers.remove(worker)
        if worker.utterance is not None:
            if not self._closed:
                self._lost += 1
                _log.warning("a speech recognition worker died; its utterance is lost")
            worker.utterance.abandon(None)
        if not self._closed:
            self._dispatch()
