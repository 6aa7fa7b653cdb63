"""How long the stages of a turn took."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from ..protocol import (
    InputAudioBufferCommitted,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTranscriptDelta,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
    SpeechStopped,
)
from .entry import LogEntry, Mark, response_id_of

__all__ = ["PLAYBACK_STARTED", "SPEECH_END", "Latency", "turn_latency"]

SPEECH_END = "lab.speech_end"
PLAYBACK_STARTED = "lab.playback_started"


@dataclass(frozen=True, slots=True)
class Latency:
    """Stages of one turn, in seconds by this side's clock; ``None`` where an end is not known.

    All events are taken at the moment they were logged here: a received one includes its way from
    the service, a sent one is not yet there.

    - ``speech_end_to_first_audio``: the user's last voiced sample was sent → first audio delta.
      What a person feels, without playback. The beginning is the last mark ``lab.speech_end``
      before the response; where there is none, the last ``speech_stopped`` less the silence the
      service waited for, which then lacks the way of the audio to the service.
    - ``speech_stopped_to_committed``: the service noticed the end of speech → its audio was
      committed.
    - ``committed_to_created``: audio committed → ``response.created``.
    - ``request_to_created``: our ``response.create`` → ``response.created``. Only where we asked.
    - ``created_to_first_text``: ``response.created`` → first delta of text or transcript.
    - ``created_to_first_audio``: ``response.created`` → first audio delta.
    - ``request_to_first_audio``: our ``response.create`` → first audio delta.
    - ``first_audio_to_played``: first audio delta → its first sample played
      (mark ``lab.playback_started``).
    - ``total``: end of speech, or our ``response.create`` where nothing was spoken → the last
      ``response.done``.

    In a turn of several responses (the model called a tool and then spoke) "created" is the first
    response, and the first audio is that of whichever response spoke first. An answer that was cut
    off because the user had only paused does not count where another one follows in the turn.
    """

    speech_end_to_first_audio: float | None = None
    speech_stopped_to_committed: float | None = None
    committed_to_created: float | None = None
    request_to_created: float | None = None
    created_to_first_text: float | None = None
    created_to_first_audio: float | None = None
    request_to_first_audio: float | None = None
    first_audio_to_played: float | None = None
    total: float | None = None

    def as_ms(self) -> dict[str, float]:
        """The stages that are known, in milliseconds, rounded to a tenth."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: round(1000 * s, 1) for name, s in values.items() if s is not None}


def turn_latency(entries: Iterable[LogEntry], *, silence_ms: int | None = None) -> Latency:
    """Measure one turn from its log entries, in order.

    ``silence_ms`` is the session's ``silence_duration_ms``; it is needed only where no
    ``lab.speech_end`` was marked, and a ``session.*`` event among the entries overrides it.
    """
    turn = _without_cut_answers(list(entries))
    created = _first(turn, ResponseCreated)
    audio = _first(turn, OutputAudioDelta)
    text = _first(turn, OutputTextDelta, OutputTranscriptDelta)
    request = _first(turn, ResponseCreate)
    before_answer = _until(turn, created if created is not None else audio)
    stopped = _last(before_answer, SpeechStopped)
    committed = _last(before_answer, InputAudioBufferCommitted)
    speech_end = _speech_end(before_answer, stopped, _silence_seconds(turn, silence_ms))
    played = _marked(turn, PLAYBACK_STARTED, min)
    begin = speech_end if speech_end is not None else request
    return Latency(
        speech_end_to_first_audio=_between(speech_end, audio),
        speech_stopped_to_committed=_between(stopped, committed),
        committed_to_created=_between(committed, created),
        request_to_created=_between(request, created),
        created_to_first_text=_between(created, text),
        created_to_first_audio=_between(created, audio),
        request_to_first_audio=_between(request, audio),
        first_audio_to_played=_between(audio, played),
        total=_between(begin, _last(turn, ResponseDone)),
    )


def _without_cut_answers(turn: list[LogEntry]) -> list[LogEntry]:
    responses = [e.event.response for e in turn if isinstance(e.event, ResponseDone)]
    followed = responses[:-1]
    cut = {response.id for response in followed if response.status == "cancelled"}
    return [e for e in turn if response_id_of(e.event) not in cut] if cut else turn


def _first(turn: list[LogEntry], *kinds: type) -> float | None:
    return next((e.at for e in turn if isinstance(e.event, kinds)), None)


def _last(turn: list[LogEntry], *kinds: type) -> float | None:
    return next((e.at for e in reversed(turn) if isinstance(e.event, kinds)), None)


def _until(turn: list[LogEntry], end: float | None) -> list[LogEntry]:
    return turn if end is None else [e for e in turn if _happened_at(e) <= end]


def _happened_at(entry: LogEntry) -> float:
    at = entry.event.data.get("at") if isinstance(entry.event, Mark) else None
    return float(at) if isinstance(at, int | float) else entry.at


def _marked(
    turn: list[LogEntry], name: str, choose: Callable[[list[float]], float]
) -> float | None:
    times = [_happened_at(e) for e in turn if isinstance(e.event, Mark) and e.type == name]
    return choose(times) if times else None


def _speech_end(turn: list[LogEntry], stopped: float | None, silence: float | None) -> float | None:
    marked = _marked(turn, SPEECH_END, max)
    if marked is not None:
        return marked
    return stopped - silence if stopped is not None and silence is not None else None


def _silence_seconds(turn: list[LogEntry], silence_ms: int | None) -> float | None:
    for entry in turn:
        if isinstance(entry.event, SessionCreated | SessionUpdated):
            silence_ms = _silence_of(entry.event.session, silence_ms)
    return None if silence_ms is None else silence_ms / 1000


def _silence_of(session: SessionConfig, otherwise: int | None) -> int | None:
    heard = session.audio.input if session.audio else None
    detection = heard.turn_detection if heard else None
    found = detection.silence_duration_ms if isinstance(detection, ServerVad) else None
    return found if isinstance(found, int) else otherwise


def _between(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None or end < begin else end - begin
