"""A speech recognition process as its transcriber sees it."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import EngineError
from .sphinx_frames import HEADER, Kind, unpack_header
from .sphinx_utterance import SphinxTranscription

__all__ = ["SphinxProcess"]

_BYTES_PER_SECOND = 48_000


class SphinxProcess:
    """Works for one utterance at a time; ``quick`` ones search less (see `SphinxDecoder`)."""

    def __init__(self, process: asyncio.subprocess.Process, *, quick: bool) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.quick = quick
        self.utterance: SphinxTranscription | None = None
        self._process = process
        self._input = process.stdin
        self._output = process.stdout
        self._reading: asyncio.Task[None] | None = None
        self._unusable = False
        self.served = 0
        """Utterances taken so far."""
        self._undecoded: deque[int] = deque()
        """Bytes of each stretch of audio sent and not yet answered."""

    @classmethod
    async def start(
        cls, command: Sequence[str], lost: Callable[[SphinxProcess], None], *, quick: bool
    ) -> SphinxProcess:
        """Start a process and wait until it is ready; ``lost`` is called when it has ended.

        Raises `EngineError` when it cannot start.
        """
        # The child must find this package where the parent found it.
        package_parent = str(Path(__file__).parents[2])
        path = os.pathsep.join([package_parent, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                *(["quick"] if quick else []),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
            )
        except OSError as error:
            raise EngineError(f"the speech recogniser {command[0]} cannot run: {error}") from error
        worker = cls(process, quick=quick)
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
        """Work for this utterance from now on."""
        self.utterance = utterance
        self.served += 1
        utterance.assign(self)

    def send(self, message: bytes) -> None:
        """Queue a message; the loop writes it as the worker takes it."""
        if self._input.is_closing():
            return
        if message[0] == Kind.AUDIO:
            self._undecoded.append(len(message) - HEADER.size)
        self._input.write(message)

    @property
    def free(self) -> bool:
        """Whether it can take an utterance."""
        return self.utterance is None and not self._unusable

    @property
    def behind(self) -> float:
        """Seconds of audio it was sent and has not decoded."""
        return sum(self._undecoded) / _BYTES_PER_SECOND

    def retire(self) -> None:
        """Take no more utterances; `end` comes next."""
        self._unusable = True

    def kill(self) -> None:
        """End the process by force."""
        self._unusable = True
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

    async def _read(self, lost: Callable[[SphinxProcess], None]) -> None:
        try:
            while True:
                kind, number, payload = await self._receive()
                if kind is Kind.PARTIAL and self._undecoded:
                    self._undecoded.popleft()
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
