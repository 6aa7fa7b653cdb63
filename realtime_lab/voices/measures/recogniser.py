"""A recogniser that is a session's own transcription of what a user says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Lock
from typing import Self

import numpy as np

from ...audio import RATE, Clip, samples_to_pcm
from ...errors import SessionClosed, SessionError, TurnTimeout
from ...eventlog import LogEntry
from ...protocol import (
    ErrorEvent,
    InputAudioBufferAppend,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemDelete,
)
from ...session import (
    Call,
    EndpointSource,
    OpenSession,
    RealtimeSession,
    Settings,
    embedded,
    open_session,
    run,
    session_thread,
)

__all__ = ["SessionRecogniser", "session_recogniser"]

_SILENCE_SECONDS = 0.2
_CHUNK_SAMPLES = RATE * 10
_OPEN_SECONDS, _TRANSCRIPT_SECONDS = 60.0, 60.0


class SessionRecogniser:
    """Writes down clips by the transcription of one session; nobody answers them.

    ``recogniser(clip)`` blocks until the words are there, so it is not for the session's own
    thread. Each clip is committed as a turn of its own, with 200 ms of silence before and after,
    and deleted again: none is heard in the context of another. Threads may share one; they wait for
    each other.
    """

    def __init__(self, opened: OpenSession) -> None:
        self._opened = opened
        self._one_at_a_time = Lock()

    def __call__(self, clip: Clip) -> str:
        """The words of a clip; empty where none were understood.

        Raises:
            SessionError: if it could not be transcribed, or the session is closed.
            TurnTimeout: if the words do not come within a minute.
        """
        with self._one_at_a_time:
            heard = _transcript(self._opened.session, clip)
            return run(session_thread().call(heard, "transcribe"))

    def close(self) -> None:
        """End the session."""
        run(session_thread().call(self._opened.close(), "close"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def session_recogniser(
    endpoint: EndpointSource | None = None,
    *,
    model: str = "whisper-1",
    agree: bool | None = None,
) -> SessionRecogniser:
    """Open a session whose transcription of the user's speech serves as a recogniser.

    ::

        with session_recogniser() as recogniser:
            measured = [measure(take, recogniser=recogniser) for take in run.takes]

    Args:
        endpoint: where to connect; by default the embedded server, whose recogniser is offline
            and of 2016, and knows English alone.
        model: the model that writes down what is said.
        agree: your consent to send audio to another machine; asked for when not given.

    Raises:
        ConnectError: if no session could be opened.
    """
    opening = open_session(
        endpoint or embedded(),
        Settings(turn_detection=None, transcription=model),
        agree=agree,
        reconnect=None,
    )
    call: Call[OpenSession] = session_thread().call(opening, "connect")
    return SessionRecogniser(run(call, _OPEN_SECONDS))


async def _transcript(session: RealtimeSession, clip: Clip) -> str:
    transcript: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = session.subscribe(_listener(transcript, session))
    try:
        silence = np.zeros(round(_SILENCE_SECONDS * RATE), np.int16)
        samples = np.concatenate([silence, clip.at_rate(RATE).samples, silence])
        for begin in range(0, samples.size, _CHUNK_SAMPLES):
            pcm = samples_to_pcm(samples[begin : begin + _CHUNK_SAMPLES])
            session.send(InputAudioBufferAppend(audio=pcm))
        session.send(InputAudioBufferCommit())
        async with asyncio.timeout(_TRANSCRIPT_SECONDS):
            return await transcript
    except TimeoutError:
        raise TurnTimeout(
            f"a clip of {clip.seconds:.1f} s was not written down within "
            f"{_TRANSCRIPT_SECONDS:g} s; {TurnTimeout.advice}"
        ) from None
    finally:
        stop()


def _listener(
    transcript: asyncio.Future[str], session: RealtimeSession
) -> Callable[[LogEntry], None]:
    """Settles the future with the words of the next turn that is committed."""
    committed = ""

    def listen(entry: LogEntry) -> None:
        nonlocal committed
        if transcript.done():
            return
        if entry.type == "lab.closed":
            transcript.set_exception(SessionClosed("the session ended before a clip was heard"))
            return
        event = entry.event if entry.direction == "received" else None
        if isinstance(event, InputAudioBufferCommitted):
            committed = committed or event.item_id
        if isinstance(event, ErrorEvent):
            transcript.set_exception(SessionError(f"a clip was refused: {event.error.message}"))
        if not committed or getattr(event, "item_id", "") != committed:
            return
        if isinstance(event, InputTranscriptionCompleted):
            transcript.set_result(event.transcript)
        elif isinstance(event, InputTranscriptionFailed):
            told = event.error.get("message") or "the service does not say why"
            transcript.set_exception(SessionError(f"a clip could not be written down: {told}"))
        if transcript.done():
            session.send(ItemDelete(item_id=committed))

    return listen
