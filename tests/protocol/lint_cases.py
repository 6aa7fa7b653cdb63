"""For each rule of the linter a stream that has the mistake, and one that nearly has it.

A stream is a list of ``(seconds, event)``. Events of the client are sent, marks are local, all
others received; `sent` tells it of what nobody understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from realtime_lab.errors import InvalidEvent
from realtime_lab.eventlog import Mark
from realtime_lab.protocol import (
    GA,
    UNSET,
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    ClientEvent,
    ContentPart,
    ContentPartAdded,
    ContentPartDone,
    Dialect,
    FunctionCall,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferClear,
    InputAudioBufferCommit,
    InputAudioBufferCommitted,
    InputTokens,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemAdded,
    ItemCreate,
    ItemDelete,
    ItemDone,
    ItemTruncate,
    Message,
    OutputAudioBufferClear,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTranscriptDone,
    RateLimit,
    RateLimitsUpdated,
    Response,
    ResponseCancel,
    ResponseConfig,
    ResponseCreate,
    ResponseDone,
    ResponseError,
    ServerVad,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
    TranscriptionConfig,
    UnknownEvent,
    Usage,
)
from realtime_lab.protocol.lint import Record
from tests.entries import audio, call, created, done, error

Stream = list[tuple[float, Any]]
PCM = AudioFormat(type="audio/pcm", rate=24000)
ULAW = AudioFormat(type="audio/pcmu")
WALL = 1_764_000_000.0


@dataclass(frozen=True)
class Case:
    """``fault`` breaks the rule once, which is told as ``says`` at the events ``seqs``; ``fine``
    does not break it. Other rules that are broken too are named in ``also`` and ``fine_also``."""

    rule: str
    says: str
    seqs: tuple[int, ...]
    fault: Stream
    fine: Stream
    also: frozenset[str] = frozenset()
    fine_also: frozenset[str] = frozenset()
    end: float = 0.0
    """When the log ends, where that is later than its last event."""


@dataclass(frozen=True)
class Sent:
    """An event that went out though nobody understands it."""

    event: UnknownEvent


def records(stream: Stream) -> list[Record]:
    """The stream as the linter takes it, numbered from 0."""
    return [Record(seq, at, *_directed(event)) for seq, (at, event) in enumerate(stream)]


def _directed(event: Any) -> tuple[Any, Any]:
    if isinstance(event, Sent):
        return "sent", event.event
    if isinstance(event, ClientEvent):
        return "sent", event
    return ("local" if isinstance(event, Mark) else "received"), event


# -- what happens in them -------------------------------------------------------------------------


def config(**changes: Any) -> SessionConfig:
    """Settings as a service tells them: hands-free, with transcription."""
    detection = changes.pop("detection", ServerVad(silence_duration_ms=200, create_response=True))
    heard = AudioInput(
        format=changes.pop("input_format", PCM),
        turn_detection=detection,
        transcription=changes.pop("transcription", TranscriptionConfig(model="whisper-1")),
    )
    output = AudioOutput(format=PCM, voice=changes.pop("voice", "alloy"), speed=1.0)
    settings = {"type": "realtime", "model": "gpt-realtime", "output_modalities": ["audio"]}
    audio = AudioConfig(input=heard, output=output)
    return SessionConfig(**{**settings, "audio": audio, **changes})


def begun(**changes: Any) -> tuple[float, Any]:
    """The beginning of a session."""
    return 0.0, SessionCreated(session=config(**changes))


MANUAL: Any = {"detection": None}


def update(event_id: str = "up_1", **fields: Any) -> SessionUpdate:
    return SessionUpdate(event_id=event_id, session=SessionConfig(type="realtime", **fields))


def output_of(**fields: Any) -> AudioConfig:
    return AudioConfig(output=AudioOutput(**fields))


def input_of(**fields: Any) -> AudioConfig:
    return AudioConfig(input=AudioInput(**fields))


def append(ms: float = 20, per_ms: float = 48) -> InputAudioBufferAppend:
    return InputAudioBufferAppend(audio=bytes(round(ms * per_ms)))


def microphone(
    begin: float, end: float, ms: float = 20, per_ms: int = 48, speed: float = 1.0
) -> Stream:
    """Audio from ``begin`` to ``end``, in pieces of ``ms``."""
    step = ms / 1000 / speed
    count = round((end - begin) / step)
    return [(begin + n * step, append(ms, per_ms)) for n in range(count)]


def ask(event_id: str = "ask_1", **fields: Any) -> ResponseCreate:
    return ResponseCreate(event_id=event_id, response=ResponseConfig(**fields) if fields else UNSET)


ASIDE = {"conversation": "none"}


def speaks(at: float, response: str = "resp_1", item: str = "item_a", ms: int = 2000) -> Stream:
    """A response that begins and says something, all of it at once."""
    message = Message(id=item, role="assistant", status="in_progress")
    part = ContentPart(type="audio", transcript="")
    return [
        (at, created(response)),
        (at, OutputItemAdded(response_id=response, item=message)),
        (at, ItemAdded(item=message)),
        (at, ContentPartAdded(response_id=response, item_id=item, part=part)),
        (at + 0.1, audio(response, item, ms)),
    ]


def falls_silent(
    at: float, response: str = "resp_1", item: str = "item_a", status: str = "completed"
) -> Stream:
    """The end of such a response, of its own or because it was cancelled."""
    said = ContentPart(type="output_audio", transcript="secret words")
    ended = Message(id=item, role="assistant", status="completed", content=[said])
    place = {"response_id": response, "item_id": item}
    events = [
        OutputAudioDone(**place),
        OutputTranscriptDone(**place, transcript="secret words"),
        ContentPartDone(**place, part=ContentPart(type="audio", transcript="secret words")),
        OutputItemDone(response_id=response, item=ended),
        ItemDone(item=ended),
        done(response, status, output=[ended]),
    ]
    return [(at, event) for event in events]


def answers(at: float, response: str = "resp_1", item: str = "item_a", ms: int = 2000) -> Stream:
    """A whole response: its end comes long before it is played."""
    return [*speaks(at, response, item, ms), *falls_silent(at + 0.2, response, item)]


def cut_off(at: float, number: int, after: float, ms: int = 5000) -> Stream:
    """An answer, and speech ``after`` its first sound, which the service notices and commits."""
    response, item, user = f"resp_{number}", f"item_a{number}", f"item_u{number}"
    stop = at + 0.1 + after
    return [
        *speaks(at, response, item, ms),
        (stop, starts(user)),
        *falls_silent(stop, response, item, "cancelled"),
        (stop, truncates(round(1000 * after), item)),
        (stop + 0.6, SpeechStopped(item_id=user, audio_end_ms=1000)),
        (stop + 0.6, InputAudioBufferCommitted(item_id=user)),
        (stop + 0.6, ItemAdded(item=spoken(user))),
    ]


def calls(at: float, *call_ids: str, response: str = "resp_1") -> Stream:
    """A response that calls functions."""
    made = [call("weather", call_id) for call_id in call_ids or ("call_1",)]
    stream: Stream = [(at, created(response))]
    for index, item in enumerate(made):
        place = {"response_id": response, "output_index": index, "item": item}
        stream += [(at, OutputItemAdded(**place)), (at, ItemAdded(item=item))]
        stream += [(at, OutputItemDone(**place)), (at, ItemDone(item=item))]
    return [*stream, (at + 0.1, done(response, output=made))]


def gives(call_id: str = "call_1", event_id: str = "") -> ItemCreate:
    item = FunctionCallOutput(call_id=call_id, output="3")
    return ItemCreate(event_id=event_id or f"out_{call_id}", item=item)


def types(text: str = "hello", item_id: str | None = None, **fields: Any) -> ItemCreate:
    content = [ContentPart(type="input_text", text=text)]
    item = Message(id=item_id or UNSET, role="user", content=content)
    return ItemCreate(item=item, **fields)


def turn(at: float, item: str = "item_u") -> Stream:
    """Speech that the service notices, its end, and its commit."""
    return [
        (at, SpeechStarted(item_id=item, audio_start_ms=0)),
        (at + 1.0, SpeechStopped(item_id=item, audio_end_ms=1000)),
        (at + 1.0, InputAudioBufferCommitted(item_id=item)),
        (at + 1.0, ItemAdded(item=spoken(item))),
    ]


def spoken(item: str) -> Message:
    return Message(id=item, role="user", content=[ContentPart(type="input_audio", transcript=None)])


def starts(item: str = "item_v") -> SpeechStarted:
    return SpeechStarted(item_id=item, audio_start_ms=0)


def truncates(ms: int, item: str = "item_a") -> ItemTruncate:
    return ItemTruncate(item_id=item, content_index=0, audio_end_ms=ms)


def failed(response: str, code: str) -> ResponseDone:
    details = StatusDetails(
        type="failed", error=ResponseError(type="server_error", code=code, message="secret words")
    )
    return ResponseDone(
        response=Response(
            id=response, status="failed", status_details=details, conversation_id="conv_1"
        )
    )


def used(response: str, read: int, cached: int, written: int = 100) -> ResponseDone:
    half = read // 2
    details = InputTokens(text_tokens=half, audio_tokens=read - half, cached_tokens=cached)
    usage = Usage(
        total_tokens=read + written,
        input_tokens=read,
        output_tokens=written,
        input_token_details=details,
    )
    return ResponseDone(
        response=Response(id=response, status="completed", conversation_id="conv_1", usage=usage)
    )


def limits(remaining: int) -> RateLimitsUpdated:
    one = RateLimit(name="tokens", limit=10_000, remaining=remaining, reset_seconds=42.0)
    return RateLimitsUpdated(rate_limits=[one])


def refused(body: dict[str, Any], dialect: Dialect = GA) -> Sent:
    """What a client sent that its service does not take."""
    import json

    try:
        dialect.decode_client(json.dumps(body))
    except InvalidEvent as refusal:
        return Sent(UnknownEvent(type=body["type"], body=body, problem=str(refusal)))
    raise AssertionError("it is legal")


BUSY = "conversation_already_has_active_response"


def busy(event_id: str = "ask_1") -> Any:
    return error(event_id, BUSY)


# fmt: off
# -- the rules ------------------------------------------------------------------------------------

CASES: list[Case] = []


def case(*given: Any, also: str = "", fine_also: str = "", end: float = 0.0) -> None:
    others = (frozenset(names.split()) for names in (also, fine_also))
    CASES.append(Case(*given, *others, end))


case(
    "response-while-active",
    "response.create 312 ms after resp_7 became active; it was refused; wait for "
    "response.done.",
    (1, 2, 3),
    [begun(), (1.0, created("resp_7")), (1.312, ask()), (1.35, busy())],
    # Beside the conversation there may be as many as one likes.
    [begun(), (1.0, created("resp_7")), (1.312, ask(**ASIDE)), (9.0, done("resp_7"))],
)
case(
    "response-in-flight",
    "response.create 50 ms after another, which has neither a response nor a refusal yet;"
    " only one of them can be answered.",
    (1, 2),
    [begun(), (1.0, ask("ask_1")), (1.05, ask("ask_2"))],
    [begun(), (1.0, ask("ask_1")), (1.02, created("r")), (1.03, done("r")), (1.05, ask("ask_2"))],
)
case(
    "response-under-vad",
    "response.create 20 ms after turn detection committed item_u, which the service "
    "answers by itself.",
    (3, 5),
    [begun(), *turn(1.0), (2.02, ask())],
    # What was typed meanwhile is not answered by turn detection.
    [begun(), *turn(1.0), (2.01, types()), (2.02, ask())],
)
case(
    "response-race",
    "response.create was refused though no response was known to be active: resp_8 had "
    "begun 10 ms later; perhaps turn detection answers as well.",
    (1, 2, 3),
    [begun(), (1.0, ask()), (1.01, created("resp_8")), (1.05, busy())],
    [begun(), (1.0, ask()), (1.01, created("resp_8")), (1.05, done("resp_8"))],
)
case(
    "cancel-without-response",
    "response.cancel while no response is active; the last one, resp_1, was done 800 ms "
    "before.",
    (11, 12),
    [begun(), *answers(1.0), (2.0, ResponseCancel())],
    # It has not begun, but is on its way.
    [begun(), *answers(1.0), (1.9, ask()), (2.0, ResponseCancel())],
)
case(
    "response-failed",
    "resp_1 failed (internal_error); it gave no whole answer.",
    (2,),
    [begun(), (1.0, created("resp_1")), (1.5, failed("resp_1", "internal_error"))],
    [begun(), (1.0, created("resp_1")), (1.5, done("resp_1", "cancelled", reason="turn_detected"))],
)
case(
    "rate-limited",
    "resp_1 failed (rate_limit_exceeded); 2.5 s before 1,200 of 10,000 tokens were left.",
    (1, 3),
    [begun(), (1.0, limits(1200)), (3.0, created("resp_1")),
     (3.5, failed("resp_1", "rate_limit_exceeded"))],
    [begun(), (1.0, limits(1200)), (3.0, created("resp_1")),
     (3.5, failed("resp_1", "server_error"))],
    fine_also="response-failed",
)
case(
    "rate-limit-near",
    "999 of 10,000 tokens are left; all are back in 42.0 s.",
    (1,),
    [begun(), (1.0, limits(999)), (2.0, limits(400))],
    [begun(), (1.0, limits(1000)), (2.0, limits(9000))],
)
case(
    "response-incomplete",
    "resp_1 was cut off (max_output_tokens).",
    (2,),
    [begun(), (1.0, created("resp_1")),
     (1.5, done("resp_1", "incomplete", reason="max_output_tokens"))],
    [begun(), (1.0, created("resp_1")), (1.5, done("resp_1", "cancelled", reason="turn_detected"))],
)
case(
    "response-never-done",
    "resp_1 has no response.done 60.1 s after it began; it has said nothing for 60.0 s.",
    (1, 5),
    [begun(), *speaks(1.0)],
    [begun(), *speaks(1.0), (50.0, audio("resp_1", "item_a", 100)), *falls_silent(100.0)],
    fine_also="audio-behind-playback",
    end=120.0,
)
case(
    "truncate-at-zero",
    "item_a was truncated at 0 ms; what nobody heard is to be deleted.",
    (5, 6),
    [begun(), *speaks(1.0), (1.2, truncates(0))],
    [begun(), *speaks(1.0), (1.2, truncates(80))],
)
case(
    "truncate-beyond-audio",
    "item_a was truncated at 1,285 ms, but only 1,200 ms of it had come: nobody can have "
    "heard more.",
    (5, 6),
    [begun(), *speaks(1.0, ms=1200), (3.0, truncates(1285))],
    [begun(), *speaks(1.0, ms=1200), (3.0, truncates(1200))],
)
case(
    "truncate-not-speech",
    "item_u was truncated; it is a message of the user.",
    (1, 5),
    [begun(), *turn(1.0), (3.0, truncates(500, "item_u"))],
    [begun(), *turn(1.0), *speaks(2.0), (3.0, truncates(500))],
)
case(
    "truncate-unheard",
    "item_a was truncated at 5,000 ms, 1.2 s after its first audio came: nobody can have "
    "heard so much.",
    (5, 12),
    [begun(), *answers(1.0, ms=5000), (2.3, truncates(5000))],
    [begun(), *answers(1.0, ms=5000), (2.3, truncates(1150))],
)
case(
    "truncate-unneeded",
    "item_a was truncated at 2,000 ms of its 2,000 ms: there was nothing left to cut.",
    (5, 12),
    [begun(), *answers(1.0), (4.0, truncates(2000))],
    [begun(), *answers(1.0), (2.9, truncates(1700))],
)
case(
    "interrupted-not-truncated",
    "item_a was interrupted by voice with at least 4.1 s of it unplayed, and not "
    "truncated: the model believes that all of it was heard.",
    (36, 82),
    [begun(), *microphone(0.5, 6.0), *speaks(1.0, ms=5000), (2.0, starts()),
     *falls_silent(2.0, status="cancelled")],
    [begun(), *microphone(0.5, 6.0), *speaks(1.0, ms=5000), (2.0, starts()),
     *falls_silent(2.0, status="cancelled"), (2.2, truncates(870))],
    end=6.0,
)
case(
    "typed-while-speaking",
    "A typed message came while resp_1 was active with at least 4.6 s of item_a unplayed;"
    " it was neither cancelled nor truncated.",
    (5, 6),
    [begun(), *speaks(1.0, ms=5000), (1.5, types()), *falls_silent(1.6), (1.7, ask())],
    [begun(), *speaks(1.0, ms=5000), (1.5, ResponseCancel()), (1.5, truncates(400)), (1.5, types()),
     *falls_silent(1.6, status="cancelled"), (1.7, ask())],
    end=4.0,
)
case(
    "self-interruption",
    "3 answers in a row were interrupted within 500 ms of their first sound, the last one"
    " (item_a3) after 250 ms: perhaps the microphone hears the loudspeaker.",
    (37, 38),
    [begun(), *cut_off(1.0, 1, 0.2), *cut_off(4.0, 2, 0.2), *cut_off(7.0, 3, 0.25)],
    # The second answer was heard for a while.
    [begun(), *cut_off(1.0, 1, 0.2), *cut_off(4.0, 2, 1.9), *cut_off(7.0, 3, 0.25)],
)
case(
    "pause-taken-for-end",
    "Speech went on 500 ms after its end was told, before r2 had said anything; for the "
    "second time in this session.",
    (8, 12),
    [begun(transcription=None), *turn(1.0, "u1"), (2.1, created("r1")), (2.4, starts("u2")),
     (2.4, done("r1", "cancelled")), *turn(2.4, "u2")[1:], (3.5, created("r2")), *turn(3.9, "u3")],
    # The second time the model had begun to speak.
    [begun(transcription=None), *turn(1.0, "u1"), (2.1, created("r1")), (2.4, starts("u2")),
     (2.4, done("r1", "cancelled")), *turn(2.4, "u2")[1:], *speaks(3.5, "r2"), *turn(3.9, "u3")],
)
case(
    "output-before-done",
    "The output of call_1 (weather) was sent while resp_1, which made the call, was "
    "active.",
    (2, 6),
    [begun(), *calls(1.0), (1.05, gives())],
    [begun(), *calls(1.0), (1.15, gives()), (1.15, ask())],
)
case(
    "output-twice",
    "The output of call_1 (weather) was sent again, 100 ms after the first.",
    (7, 8),
    [begun(), *calls(1.0), (1.5, gives()), (1.6, gives(event_id="again"))],
    [begun(), *calls(1.0, "call_1", "call_2"), (1.5, gives("call_1")), (1.6, gives("call_2"))],
)
case(
    "output-unknown-call",
    "An output was sent for item_call_1 (it is the id of an item), which is no call of "
    "this session.",
    (2, 7),
    [begun(), *calls(1.0), (1.5, gives("item_call_1"))],
    # A new session is told the call before.
    [begun(), (0.5, ItemCreate(item=FunctionCall(name="f", call_id="call_0"))),
     (0.6, gives("call_0"))],
)
case(
    "call-unanswered",
    "call_2 (weather) has no output 30.0 s after resp_1 was done.",
    (6, 10),
    [begun(), *calls(1.0, "call_1", "call_2"), (2.0, gives("call_1"))],
    # A slow tool is not a missing one.
    [begun(), *calls(1.0, "call_1", "call_2"), (2.0, gives("call_1")), (28.0, gives("call_2")),
     (28.0, ask())],
    end=40.0,
)
case(
    "output-not-asked",
    "The last output of resp_1 was sent, and 5.0 s later nobody has asked for a response.",
    (2, 7),
    [begun(), *calls(1.0), (1.5, gives())],
    # Turn detection answers what the user says meanwhile, with the output in mind.
    [begun(), *calls(1.0), (1.5, gives()), *microphone(1.5, 9.0), (3.0, starts())],
    end=9.0,
)
case(
    "response-for-each-output",
    "response.create after 1 of the 2 outputs for resp_1: call_2 has none yet.",
    (11, 12),
    [begun(), *calls(1.0, "call_1", "call_2"), (1.5, gives("call_1")), (1.5, ask("ask_1")),
     (1.6, gives("call_2"))],
    [begun(), *calls(1.0, "call_1", "call_2"), (1.5, gives("call_1")), (1.6, gives("call_2")),
     (1.6, ask("ask_1"))],
)
case(
    "commit-too-short",
    "A commit of 80 ms of audio; the least is 100 ms.",
    (5,),
    [begun(**MANUAL), *microphone(1.0, 1.08), (1.1, InputAudioBufferCommit())],
    [begun(**MANUAL), *microphone(1.0, 1.1), (1.1, InputAudioBufferCommit())],
)
case(
    "commit-under-vad",
    "A commit by hand while turn detection is on, 200 ms into speech that it had noticed.",
    (31, 32),
    [begun(), *microphone(1.0, 1.6), (1.6, starts("item_u")), (1.8, InputAudioBufferCommit())],
    # Turn detection is being switched off.
    [begun(), (0.5, update()), *microphone(1.0, 1.6),
     (1.6, update("up_2", audio=input_of(turn_detection=None))),
     (1.8, InputAudioBufferCommit())],
)
case(
    "input-unanswered",
    "A typed message was put into the conversation, and 5.0 s later nobody has asked for "
    "a response.",
    (1,),
    [begun(), (1.0, types())],
    [begun(), (1.0, types()), (4.0, ask())],
    end=8.0,
)
case(
    "never-committed",
    "2 min 0 s of audio are in the buffer, turn detection is off, and nothing was "
    "committed.",
    (241,),
    [begun(**MANUAL), *microphone(1.0, 130.0, ms=500)],
    [begun(**MANUAL), *microphone(1.0, 100.0, ms=500), (100.0, InputAudioBufferClear()),
     *microphone(100.1, 150.0, ms=500)],
)
case(
    "stale-audio",
    "The microphone was silent for 5.0 s, and 1,000 ms of audio from before are still in "
    "the buffer.",
    (50, 51),
    [begun(**MANUAL), *microphone(1.0, 2.0), *microphone(7.0, 8.0),
     (8.0, InputAudioBufferCommit())],
    [begun(**MANUAL), *microphone(1.0, 2.0), (6.9, InputAudioBufferClear()), *microphone(7.0, 8.0)],
)
case(
    "no-silence-after-speech",
    "No audio for 3.0 s while item_u is being spoken: the service waits for silence that "
    "it is not sent.",
    (27, 51),
    [begun(), *microphone(1.0, 2.0), (1.5, starts("item_u"))],
    [begun(), *microphone(1.0, 6.0), (1.5, starts("item_u"))],
    end=6.5,
)
case(
    "audio-too-fast",
    "The audio is 5.0 s ahead of the time in which it could be spoken, after 5.6 s of it,"
    " and turn detection is on.",
    (56, 57),
    [begun(), *microphone(1.0, 2.0, ms=100, speed=10)],
    [begun(**MANUAL), *microphone(1.0, 2.0, ms=100, speed=10)],
)
case(
    "audio-wrong-rate",
    "160,000 bytes of audio came in 5.0 s, which by the session's format are 3.3 s: "
    "perhaps it is sampled at 16 kHz, and the session expects 24 kHz.",
    (1, 251),
    [begun(), *microphone(1.0, 7.0, per_ms=32)],
    [begun(), *microphone(1.0, 7.0)],
)
case(
    "audio-odd-bytes",
    "A piece of PCM16 audio has 961 bytes: an odd number.",
    (1,),
    [begun(), (1.0, InputAudioBufferAppend(audio=bytes(961)))],
    [begun(input_format=ULAW), (1.0, InputAudioBufferAppend(audio=bytes(161)))],
)
case(
    "microphone-gaps",
    "600 ms without audio in the middle of speech, 1.1 s after it began.",
    (27, 51, 52),
    [begun(), *microphone(1.0, 2.0), (1.5, starts("item_u")), *microphone(2.6, 3.0)],
    # Nobody spoke.
    [begun(), *microphone(1.0, 2.0), *microphone(2.6, 3.0)],
)
case(
    "audio-before-settings",
    "400 ms of audio were sent before the first session.update.",
    (20, 21),
    [begun(), *microphone(0.1, 0.5), (0.5, update(instructions="Be brief."))],
    [begun(), (0.1, update(instructions="Be brief.")), *microphone(0.1, 0.5)],
)
case(
    "append-beyond-limit",
    "One input_audio_buffer.append holds 16.0 MiB; the most is 15 MiB.",
    (1,),
    [begun(), (1.0, InputAudioBufferAppend(audio=bytes(16 * 2**20)))],
    [begun(), (1.0, InputAudioBufferAppend(audio=bytes(15 * 2**20)))],
)
case(
    "frames-too-small",
    "The first 100 pieces of audio have 5.0 ms on average.",
    (100,),
    [begun(), *microphone(1.0, 2.0, ms=5)],
    [begun(), *microphone(1.0, 3.0, ms=10)],
)
case(
    "frames-too-large",
    "The first 10 pieces of audio have 500 ms on average.",
    (1, 10),
    [begun(), *microphone(1.0, 9.0, ms=500)],
    # A recording sent as a whole has no delay to lose.
    [begun(), *microphone(1.0, 1.5, ms=500, speed=10)],
)
case(
    "silence-streamed",
    "5 min 0 s of audio were sent (19.2 MB) since anybody spoke.",
    (1501,),
    [begun(transcription=None), *microphone(1.0, 310.0, ms=200)],
    [begun(transcription=None), *microphone(1.0, 400.0, ms=200), *turn(200.0)],
)
case(
    "transcript-missing",
    "The words of item_u were not written down within 4.0 s.",
    (4,),
    [begun(), *turn(1.0), *answers(2.1)],
    [begun(), *turn(1.0), *answers(2.1),
     (3.0, InputTranscriptionCompleted(item_id="item_u", transcript="secret words"))],
    end=6.0,
)
case(
    "transcript-failed",
    "The words of item_u were not written down (audio_unintelligible).",
    (5,),
    [begun(), *turn(1.0),
     (2.0, InputTranscriptionFailed(item_id="item_u", error={"code": "audio_unintelligible"}))],
    [begun(), *turn(1.0), (2.0, InputTranscriptionCompleted(item_id="item_u", transcript=""))],
)
case(
    "transcript-late",
    "The words of item_u came 4.2 s after it, and 3.9 s after the end of the answer.",
    (4, 15, 16),
    [begun(), *turn(1.0), *answers(2.1),
     (6.2, InputTranscriptionCompleted(item_id="item_u", transcript="secret words"))],
    # It comes after the answer, but soon.
    [begun(), *turn(1.0), *answers(2.1),
     (3.2, InputTranscriptionCompleted(item_id="item_u", transcript="secret words"))],
)
case(
    "voice-after-speech",
    "session.update asks for the voice coral, 2.9 s after the model first spoke with "
    "alloy.",
    (5, 12),
    [begun(), *answers(1.0), (4.0, update(audio=output_of(voice="coral")))],
    [begun(), *answers(1.0), (4.0, update(audio=output_of(voice="alloy")))],
)
case(
    "settings-mid-response",
    "session.update of voice 400 ms after resp_1 became active.",
    (1, 2),
    [begun(), (1.0, created("resp_1")), (1.4, update(audio=output_of(voice="coral", format=PCM)))],
    [begun(), (1.0, created("resp_1")), (1.4, update(instructions="Be brief."))],
)
case(
    "fixed-setting",
    "session.update asks for a session of type transcription; this one is of type "
    "realtime.",
    (0, 1),
    [begun(), (1.0, SessionUpdate(session=SessionConfig(type="transcription")))],
    [begun(), (1.0, SessionUpdate(session=SessionConfig(type="realtime")))],
)
case(
    "settings-refused",
    "session.update was refused (unknown_parameter); with it instructions, tools and "
    "temperature are not in force.",
    (1, 2),
    [begun(), (1.0, update(instructions="secret words", tools=[], temperature=0.8)),
     (1.1, error("up_1", "unknown_parameter"))],
    [begun(), (1.0, update(instructions="secret words")), (1.1, error("other", "invalid_value"))],
    fine_also="error-ignored",
)
case(
    "setting-not-in-force",
    "audio.input.turn_detection.silence_duration_ms: asked for 800, in force is 200.",
    (1, 2),
    [begun(), (1.0, update(instructions="secret words",
                           audio=input_of(turn_detection=ServerVad(silence_duration_ms=800)))),
     (1.1, SessionUpdated(session=config(instructions="secret words")))],
    [begun(), (1.0, update(audio=input_of(turn_detection=ServerVad(silence_duration_ms=200)))),
     (1.1, SessionUpdated(session=config()))],
)
case(
    "settings-repeated",
    "3 times in a row response.create carries the same instructions (14 bytes).",
    (1, 3),
    [begun(), *[(n, ask(f"ask_{n}", instructions="secret words")) for n in (10.0, 20.0, 30.0)]],
    [begun(), *[(n, ask(f"ask_{n}", instructions=f"words {n}")) for n in (10.0, 20.0, 30.0)]],
)
case(
    "not-of-model",
    "gpt-4o-realtime-preview-2024-12-17 has no voice marin (it has alloy, ash, ballad, "
    "coral, echo, sage, shimmer and verse).",
    (1,),
    [begun(model="gpt-4o-realtime-preview-2024-12-17"),
     (1.0, update(audio=output_of(voice="marin")))],
    [begun(), (1.0, update(audio=output_of(voice="marin")))],
)
case(
    "modalities-refused",
    "The modalities audio and text were asked for together; offered are audio or text.",
    (1,),
    [begun(), (1.0, ask(output_modalities=["audio", "text"]))],
    [begun(), (1.0, ask(output_modalities=["audio"]))],
)
case(
    "content-not-taken",
    "A message of the assistant with output_audio; it can have output_text.",
    (1,),
    [begun(), (1.0, ItemCreate(item=Message(
        role="assistant", content=[ContentPart(type="output_audio", audio=b"12")])))],
    [begun(), (1.0, ItemCreate(item=Message(
        role="assistant", content=[ContentPart(type="output_text", text="secret words")])))],
)
case(
    "unknown-item",
    "conversation.item.truncate of item_a, 1.5 s after it was deleted.",
    (12, 13),
    [begun(), *answers(1.0), (5.0, ItemDelete(item_id="item_a")), (6.5, truncates(500))],
    # The beginning of the log is missing: it may have been there.
    [(5.0, ItemDelete(item_id="item_a"))],
)
case(
    "unknown-previous-item",
    "An item is put after item_9, which was never in this conversation.",
    (1,),
    [begun(), (1.0, types(previous_item_id="item_9"))],
    [begun(), (1.0, types(item_id="item_9", previous_item_id="root")),
     (1.0, types(previous_item_id="item_9"))],
)
case(
    "item-id-reused",
    "An item is created as mine, which has been in the conversation for 1.5 s.",
    (1, 2),
    [begun(), (1.0, types(item_id="mine")), (2.5, types(item_id="mine"))],
    [begun(), (1.0, types(item_id="mine")), (2.0, ItemDelete(item_id="mine")),
     (2.5, types(item_id="mine"))],
)
case(
    "event-id-reused",
    "The event_id one was used 1.0 s before, by response.create.",
    (1, 3),
    [begun(), (1.0, ask("one")), (1.5, created("r")), (2.0, ResponseCancel(event_id="one"))],
    [begun(), (1.0, ask("one")), (1.5, created("r")), (2.0, ResponseCancel(event_id="two"))],
)
case(
    "wrong-dialect",
    "session.update is written in the preview dialect (modalities); this session speaks "
    "GA.",
    (1,),
    [begun(), (1.0, refused({"type": "session.update", "session": {
        "modalities": ["text"], "instructions": "secret words"}}))],
    # Neither dialect has it.
    [begun(), (1.0, refused({"type": "session.update",
                             "session": {"type": "realtime", "mood": "secret words"}}))],
    fine_also="invalid-event",
)
case(
    "invalid-event",
    "session.update is refused: unknown_parameter, session.mood.",
    (1,),
    [begun(), (1.0, refused({"type": "session.update",
                             "session": {"type": "realtime", "mood": "secret words"}}))],
    [begun(), (1.0, update(instructions="secret words"))],
)
case(
    "unknown-event",
    "The service told response.thought, which is not known here.",
    (1,),
    [begun(), (1.0, UnknownEvent(type="response.thought", body={"said": "secret words"})),
     (2.0, UnknownEvent(type="response.thought", body={}))],
    # What the client made up is told of the client.
    [begun(), (1.0, refused({"type": "response.think"}))],
    fine_also="invalid-event",
)
case(
    "session-expires",
    "The session ends in 30.0 s, 10 min 0 s after it began, and is still in use.",
    (0,),
    [begun(expires_at=WALL + 600), (590.0, ask())],
    # The client has opened the next one.
    [begun(expires_at=WALL + 600), (500.0, Mark("lab.recycling")), (590.0, ask())],
)
case(
    "session-expired",
    "The session expired after 15 min 0 s; resp_9 was cut off.",
    (0, 1, 2),
    [begun(), (890.0, created("resp_9")), (900.0, error("", "session_expired"))],
    [begun(), (890.0, created("resp_9")), (900.0, error("", "server_error"))],
    fine_also="error-ignored",
)
case(
    "response-in-transcription",
    "response.create in a session of type transcription.",
    (0, 1),
    [begun(type="transcription"), (1.0, ask())],
    [begun(), (1.0, ask())],
)
case(
    "clear-on-websocket",
    "output_audio_buffer.clear where the model's audio comes as events, as over a "
    "WebSocket.",
    (5, 6),
    [begun(), *speaks(1.0), (1.5, OutputAudioBufferClear())],
    # No audio comes as events: it may be WebRTC.
    [begun(), (1.0, created("resp_1")), (1.5, OutputAudioBufferClear())],
)
case(
    "audio-behind-playback",
    "900 ms after its first audio, item_a had brought 500 ms of speech: the player was "
    "without sound for 400 ms.",
    (5, 6),
    [begun(), *speaks(1.0, ms=500), (2.0, audio("resp_1", "item_a", 500))],
    [begun(), *speaks(1.0, ms=500), (1.7, audio("resp_1", "item_a", 500))],
)
case(
    "service-out-of-order",
    "response.output_audio.delta comes after the end of item item_a.",
    (11,),
    [begun(), *speaks(1.0), *falls_silent(1.2)[:-1], (1.3, audio("resp_1", "item_a", 20)),
     falls_silent(1.4)[-1]],
    # The beginning of a response is lost now and then.
    [begun(), *answers(1.0)[1:]],
)
case(
    "error-ignored",
    "conversation.item.create was refused (invalid_value), and 5.0 s later nothing has "
    "been sent in its place.",
    (1, 2),
    [begun(), (1.0, types(event_id="mine")), (1.1, error("mine", "invalid_value"))],
    [begun(), (1.0, types(event_id="mine")), (1.1, error("mine", "invalid_value")),
     (1.2, types(event_id="again")), (1.3, ask())],
    end=8.0,
)
case(
    "cache-lost",
    "resp_2 read 64 of its 2,200 tokens from the cache, the response before it 1,500; in "
    "between session.update changed instructions.",
    (2, 3),
    [begun(), (1.0, used("resp_1", 2000, 1500)), (2.0, update(instructions="secret words")),
     (3.0, used("resp_2", 2200, 64))],
    [begun(), (1.0, used("resp_1", 2000, 1500)), (3.0, used("resp_2", 2200, 64))],
)
case(
    "history-rebilled",
    "resp_1 read 12,000 tokens (6,000 of audio), 9,000 of them from the cache, to write "
    "100.",
    (1,),
    [begun(), (1.0, used("resp_1", 12_000, 9_000)), (2.0, used("resp_2", 13_000, 9_000))],
    [begun(), (1.0, used("resp_1", 9_000, 1_000))],
)
