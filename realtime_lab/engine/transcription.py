"""Speech recognition in worker processes, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import EngineError
from .held_silence import HeldSilence
from .readable import readable
from .sphinx_frames import HEADER, Kind, pack, pack_json, unpack_header
from .stages import Hints, Transcript

__all__ = ["PocketSphinxTranscriber"]

_WORKER = (sys.executable, "-m", f"{__package__}.sphinx_worker")
_log = logging.getLogger(__name__)


class PocketSphinxTranscriber:
    """US English, offline, in at most ``workers`` processes (one per CPU, up to 4, by default).

    A worker serves one utterance at a time and starts when it is needed, or by `start` ahead of
    that. While all are busy a new utterance waits, its audio kept. A worker that dies takes its
    utterance with it, which then ends with an empty transcript; the next one gets a new worker.
    When nothing comes for ``patience`` seconds, `finish` gives up with an empty transcript.

    Belongs to the event loop in which it is first used.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        patience: float = 20.0,
        command: Sequence[str] = _WORKER,
    ) -> None:
        self._limit = workers or min(4, os.cpu_count() or 1)
        self._patience = patience
        self._command = command
        self._workers: list[_Worker] = []
        self._waiting: deque[SphinxTranscription] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self._closed = False

    async def start(self, workers: int = 1) -> None:
        """Start that many workers now and wait until their models are loaded.

        Raises `EngineError` when one cannot start.
        """
        missing = min(workers, self._limit) - len(self._workers) - len(self._starting)
        if missing > 0:
            await asyncio.gather(*(self._add_worker() for _ in range(missing)))

    def open(self, hints: Hints) -> SphinxTranscription:
        """Begin a new utterance. Call it in the event loop."""
        if self._closed:
            raise EngineError("this transcriber is closed; make a new one")
        phrases = [*hints.phrases, *hints.words]
        utterance = SphinxTranscription(self, next(self._numbers), phrases)
        self._waiting.append(utterance)
        self._dispatch()
        return utterance

    async def close(self) -> None:
        """End the workers. Utterances in progress end with an empty transcript."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for utterance in list(self._waiting):
            utterance.abandon(None)
        await asyncio.gather(*(worker.end() for worker in list(self._workers)))

    @property
    def patience(self) -> float:
        return self._patience

    def release(self, utterance: SphinxTranscription) -> None:
        """An utterance is over: its worker takes the next one."""
        if utterance in self._waiting:
            self._waiting.remove(utterance)
        for worker in self._workers:
            if worker.utterance is utterance:
                worker.utterance = None
        self._dispatch()

    def _dispatch(self) -> None:
        for worker in self._workers:
            if self._waiting and worker.free:
                worker.take(self._waiting.popleft())
        wanted = min(len(self._waiting), self._limit - len(self._workers))
        for _ in range(wanted - len(self._starting)):
            task = asyncio.get_running_loop().create_task(self._add_worker_in_background())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _add_worker(self) -> None:
        worker = await _Worker.start(self._command, self._lost)
        self._workers.append(worker)
        if self._closed:
            await worker.end()
        else:
            self._dispatch()

    async def _add_worker_in_background(self) -> None:
        try:
            await self._add_worker()
        except EngineError as error:
            _log.warning("%s", error)
            if not self._workers:
                for utterance in list(self._waiting):
                    utterance.abandon(error)

    def _lost(self, worker: _Worker) -> None:
        """A worker has ended, whoever wanted it."""
        self._workers.remove(worker)
        if worker.utterance is not None:
            if not self._closed:
                _log.warning("a speech recognition worker died; its utterance is lost")
            worker.utterance.abandon(None)
        if not self._closed:
            self._dispatch()


class SphinxTranscription:
    """One utterance of a `PocketSphinxTranscriber`; satisfies `Transcription`."""

    def __init__(
        self, transcriber: PocketSphinxTranscriber, number: int, phrases: Sequence[str]
    ) -> None:
        self.number = number
        self._transcriber = transcriber
        self._worker: _Worker | None = None
        self._unsent: list[bytes] = [pack_json(Kind.OPEN, number, list(phrases))]
        self._silence = HeldSilence()
        self._paused = False
        self._asked = 0
        """Number of the result asked for last; older answers were taken back."""
        self._partial = ""
        self._result: asyncio.Future[Transcript] | None = None
        self._reached: asyncio.Future[None] | None = None
        self._asked_to_reach = 0
        self._over = False
        self._signs = 0
        """Messages that came from the worker: it lives."""

    def feed(self, pcm: bytes) -> None:
        """Take more audio; returns at once.

        After `pause` audio is held back, and dropped at the end, as long as it is as quiet as
        it was when the pause was told.
        """
        if self._over or not pcm:
            return
        if self._paused:
            speech = self._silence.hold(pcm)
            if speech is None:
                return
            self._paused = False
            pcm = speech
        else:
            self._silence.remember(pcm)
        self._send(pack(Kind.AUDIO, self.number, pcm))

    def pause(self) -> None:
        """The speaker fell silent: get the result ready, until `feed` takes that back."""
        if not self._over and not self._paused:
            self._paused = True
            self._ask()

    @property
    def partial(self) -> str:
        """The words understood so far; they may still change."""
        return readable(self._partial, final=False)

    async def caught_up(self) -> None:
        """Wait until all that was fed has been listened to and is in `partial`."""
        if self._over:
            return
        self._reached = asyncio.get_running_loop().create_future()
        self._asked_to_reach = next(_questions)
        self._send(pack(Kind.REACHED, self._asked_to_reach))
        await asyncio.wait([self._reached], timeout=self._transcriber.patience)

    async def finish(self) -> Transcript:
        """End the utterance and return what was understood.

        Raises `EngineError` when no worker could be started.
        """
        self.pause()
        if self._result is None:
            return Transcript("")
        try:
            while True:
                signs = self._signs
                await asyncio.wait([self._result], timeout=self._transcriber.patience)
                if self._result.done():
                    return self._result.result()
                if self._signs == signs:
                    _log.warning("speech recognition gave no sign of life; an utterance is lost")
                    if self._worker is not None:
                        self._worker.kill()
                    return Transcript("")
        finally:
            self.discard()

    def discard(self) -> None:
        """Drop the utterance without a result."""
        if not self._over:
            self._over = True
            self._unsent.clear()
            self._have_reached()
            self._transcriber.release(self)

    def assign(self, worker: _Worker) -> None:
        """A worker is free for this utterance; it gets all that was said meanwhile."""
        self._worker = worker
        for message in self._unsent:
            worker.send(message)
        self._unsent.clear()

    def understood(self, kind: Kind, number: int, payload: bytes) -> None:
        """The worker answers."""
        self._signs += 1
        if kind is Kind.PARTIAL and number == self.number:
            self._partial = payload.decode()
        elif kind is Kind.REACHED and number == self._asked_to_reach:
            self._have_reached()
        elif kind is Kind.RESULT and number == self._asked and self._result is not None:
            answer = json.loads(payload)
            words, confidence = answer["text"], answer["confidence"]
            # A phrase is given back as the caller wrote it.
            text = words if answer["phrase"] else readable(words)
            if not self._result.done():
                self._result.set_result(Transcript(text, confidence if text else 0.0))

    def abandon(self, error: EngineError | None) -> None:
        """No worker will answer."""
        if self._result is None:
            self._result = asyncio.get_running_loop().create_future()
        if not self._result.done():
            if error is None:
                self._result.set_result(Transcript(""))
            else:
                self._result.set_exception(error)
                self._result.exception()  # nobody may ever ask; that is no mistake
        self.discard()

    def _have_reached(self) -> None:
        if self._reached is not None and not self._reached.done():
            self._reached.set_result(None)

    def _ask(self) -> None:
        self._result = asyncio.get_running_loop().create_future()
        self._asked = next(_questions)
        self._send(pack(Kind.RESULT, self._asked))

    def _send(self, message: bytes) -> None:
        if self._worker is None:
            self._unsent.append(message)
        else:
            self._worker.send(message)


_questions = itertools.count(1)


class _Worker:
    """A worker process as the transcriber sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.utterance: SphinxTranscription | None = None
        self._process = process
        self._input = process.stdin
        self._output = process.stdout
        self._reading: asyncio.Task[None] | None = None
        self._killed = False

    @classmethod
    async def start(cls, command: Sequence[str], lost: Callable[[_Worker], None]) -> _Worker:
        """Start a process and wait until it is ready; ``lost`` is called when it has ended."""
        # The child must find this package where the parent found it.
        package_parent = str(Path(__file__).parents[2])
        path = os.pathsep.join([package_parent, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
            )
        except OSError as error:
            raise EngineError(f"the speech recogniser {command[0]} cannot run: {error}") from error
        worker = cls(process)
        try:
            kind, _, payload = await worker._receive()
        except asyncio.IncompleteReadError:
            await process.wait()
            raise EngineError(
                f"the speech recogniser ended with status {process.returncode} while loading; "
                "its standard error says why"
            ) from None
        except asyncio.CancelledError:
            worker.kill()
            await process.wait()
            raise
        if kind is not Kind.READY:
            await process.wait()
            raise EngineError(f"the speech recogniser could not start: {payload.decode()}")
        worker._reading = asyncio.get_running_loop().create_task(worker._read(lost))
        return worker

    def take(self, utterance: SphinxTranscription) -> None:
        self.utterance = utterance
        utterance.assign(self)

    def send(self, message: bytes) -> None:
        """Queue a message; the loop writes it as the worker takes it."""
        if not self._input.is_closing():
            self._input.write(message)

    @property
    def free(self) -> bool:
        return self.utterance is None and not self._killed

    def kill(self) -> None:
        self._killed = True
        if self._process.returncode is None:
            self._process.kill()

    async def end(self) -> None:
        """Let the process end by itself, or after two seconds by force."""
        self._input.close()
        try:
            await asyncio.wait_for(self._process.wait(), 2.0)
        except TimeoutError:
            self.kill()
            await self._process.wait()
        if self._reading is not None:
            await self._reading

    async def _read(self, lost: Callable[[_Worker], None]) -> None:
        try:
            while True:
                kind, number, payload = await self._receive()
                if self.utterance is not None:
                    self.utterance.understood(kind, number, payload)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            lost(self)
        await self._process.wait()

    async def _receive(self) -> tuple[Kind, int, bytes]:
        kind, number, length = unpack_header(await self._output.readexactly(HEADER.size))
        return kind, number, await self._output.readexactly(length)
