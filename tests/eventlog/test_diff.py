"""What differs between two logs: each kind of difference, and none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import Difference, diff
from realtime_lab.eventlog.comparison.diff_views import word_changes
from realtime_lab.protocol import (
    AudioConfig,
    AudioOutput,
    ContentPart,
    ErrorDetails,
    ErrorEvent,
    FunctionCall,
    FunctionCallOutput,
    ItemCreate,
    Message,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    RateLimitsUpdated,
    Response,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    Usage,
)

from .made import Recorder


class Talk:
    """A log of typed turns; ids differ from log to log."""

    def __init__(self, prefix: str = "x") -> None:
        self.made = Recorder(start=1000.0 if prefix == "x" else 5000.0)
        self._prefix = prefix
        self._now = 0.0
        self._count = 0
        self.tell(SessionCreated(session=SessionConfig(model="m", instructions="Be kind.")))

    @property
    def log(self) -> Any:
        return self.made.log

    def tell(self, *events: Any, after: float = 0.0, **data: Any) -> None:
        self._now += after
        self.made.at(self._now, *events, **data)

    def turn(
        self,
        typed: str,
        said: str = "Fine.",
        *,
        thinks: float = 0.2,
        status: Any = "completed",
        tokens: int = 50,
        seconds: float = 0.1,
        meanwhile: Callable[[], None] | None = None,
        call: FunctionCall | None = None,
        output: str = "3",
    ) -> None:
        self._ask(typed)
        if call is not None:
            self._response([call], thinks, "completed", tokens)
            result = FunctionCallOutput(call_id=str(call.call_id), output=output)
            self.tell(ItemCreate(item=result), after=0.3)
            self.tell(ResponseCreate(event_id=self._name("event")))
        response, item = self._begin(thinks)
        place: dict[str, Any] = {"response_id": response, "item_id": item}
        self.tell(OutputTranscriptDelta(**place, delta=said), after=0.1)
        self.tell(OutputAudioDelta(**place, delta=bytes(round(48_000 * seconds))))
        if meanwhile is not None:
            meanwhile()
        self.tell(OutputTranscriptDone(**place, transcript=said))
        self._end(response, [], status, tokens)

    def _ask(self, typed: str) -> None:
        part = ContentPart(type="input_text", text=typed)
        message = Message(role="user", content=[part])
        self.tell(ItemCreate(event_id=self._name("event"), item=message), after=5.0)
        self.tell(ResponseCreate(event_id=self._name("event")))

    def _response(self, output: list[Any], thinks: float, status: Any, tokens: int) -> None:
        response, _ = self._begin(thinks)
        self._end(response, output, status, tokens)

    def _begin(self, thinks: float) -> tuple[str, str]:
        response = self._name("resp")
        begun = Response(id=response, status="in_progress", conversation_id="conv")
        self.tell(ResponseCreated(response=begun), after=thinks)
        return response, self._name("item")

    def _end(self, response: str, output: list[Any], status: Any, tokens: int) -> None:
        done = Response(
            id=response,
            status=status,
            output=output,
            conversation_id="conv",
            usage=Usage(total_tokens=tokens, output_tokens=tokens),
        )
        self.tell(ResponseDone(response=done), after=0.1)

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._prefix}{self._count}"


def two(
    first: Callable[[Talk], Any], second: Callable[[Talk], Any], **options: Any
) -> list[tuple[Any, ...]]:
    """What differs between two talks: kind, phase, what, and both values."""
    return [
        (one.kind, one.phase, one.what, one.a, one.b) for one in compared(first, second, **options)
    ]


def compared(first: Callable[[Talk], Any], second: Callable[[Talk], Any], **options: Any) -> Any:
    talks = Talk("x"), Talk("y")
    for talk, make in zip(talks, (first, second), strict=True):
        make(talk)
    return diff(talks[0].log, talks[1].log, **options)


def plain(talk: Talk) -> None:
    talk.turn("hello there")
    talk.turn("what is new")


def test_two_talks_that_went_alike_differ_in_nothing_whatever_their_ids_and_times_of_day():
    found = compared(plain, plain)
    assert list(found) == []
    assert not found
    assert repr(found) == "a and b differ in nothing (2 turns in both)"
    assert found.as_dict()["same"] is True


def test_a_turn_that_only_one_has_is_the_only_difference():
    def more(talk: Talk) -> None:
        talk.turn("hello there")
        talk.turn("tell me a story about goats")
        talk.turn("what is new")

    [one] = compared(plain, more)
    assert (one.kind, one.turn_a, one.turn_b) == ("turn", None, 2)
    assert (one.a, one.b) == (None, "tell me a story about goats")


def test_times_are_compared_stage_by_stage():
    def slow(talk: Talk) -> None:
        talk.turn("hello there", thinks=0.45)
        talk.turn("what is new")

    assert two(plain, slow) == [
        ("timing", "turn", "request_to_created", 200.0, 450.0),
        ("timing", "turn", "request_to_first_audio", 300.0, 550.0),
        ("timing", "turn", "total", 400.0, 650.0),
    ]
    assert two(plain, slow, tolerance_ms=250) == []


def test_words_are_compared():
    def other(talk: Talk) -> None:
        talk.turn("hello there you", said="All is fine.")
        talk.turn("what is new")

    assert two(plain, other) == [
        ("text", "input", "the user's words", "hello there", "hello there you"),
        ("text", "turn", "what the model said", "Fine.", "All is fine."),
    ]


def test_the_length_of_speech_is_compared():
    assert two(lambda t: t.turn("a", seconds=0.1), lambda t: t.turn("a", seconds=0.25)) == [
        ("audio", "turn", "the model's speech, in s", 0.1, 0.25)
    ]


def test_the_order_of_events_is_compared_phase_by_phase():
    def other(talk: Talk) -> None:
        place = {"response_id": "resp_y3", "item_id": "item_y4"}
        talk.turn("a", meanwhile=lambda: talk.tell(OutputTextDelta(**place, delta="")))  # type: ignore[arg-type]

    after = "after ← response.output_audio.delta"
    assert two(lambda t: t.turn("a"), other) == [
        ("order", "response", after, None, "← response.output_text.delta")
    ]


def test_how_a_stream_was_cut_and_when_limits_were_told_is_no_difference():
    def other(talk: Talk) -> None:
        place: dict[str, Any] = {"response_id": "resp_y3", "item_id": "item_y4"}
        pieces = [OutputAudioDelta(**place, delta=bytes(2400)) for _ in range(2)]
        limits = RateLimitsUpdated(rate_limits=[])
        talk.turn("a", seconds=0.0, meanwhile=lambda: talk.tell(*pieces, limits))

    assert two(lambda t: t.turn("a"), other) == []


def call(name: str = "add", arguments: str = '{"a": 1, "b": 2}', number: int = 1) -> FunctionCall:
    call_id = f"call_{number}"
    return FunctionCall(id=f"item_{number}", name=name, call_id=call_id, arguments=arguments)


def test_calls_of_tools_are_compared_by_name_arguments_and_output():
    same = lambda t: t.turn("sum", call=call())  # noqa: E731
    assert two(same, lambda t: t.turn("sum", call=call(arguments='{"b":2,"a":1}'))) == []
    assert two(same, lambda t: t.turn("sum", call=call(arguments='{"a": 1}'), output="4")) == [
        ("tool", "tools", "add: arguments", '{"a":1,"b":2}', '{"a":1}'),
        ("tool", "tools", "add: output", "3", "4"),
    ]
    assert two(same, lambda t: t.turn("sum", call=call("subtract"))) == [
        ("tool", "tools", "call 1", "add", "subtract")
    ]


def test_settings_are_compared_as_asked_and_as_in_force_and_told_once():
    def other(talk: Talk) -> None:
        plain_settings = SessionConfig(instructions="Be brief.")
        talk.tell(SessionUpdate(session=plain_settings))
        voice = AudioConfig(output=AudioOutput(voice="coral"))
        in_force = SessionConfig(model="m", instructions="Be brief.", audio=voice)
        talk.tell(SessionUpdated(session=in_force))
        plain(talk)

    found = compared(plain, other)
    assert [(one.what, one.a, one.b) for one in found] == [
        ("instructions, asked for", None, "Be brief."),
        ("audio.output.voice, in force", None, "coral"),
        ("instructions, in force", "Be kind.", "Be brief."),
    ]
    assert {one.kind for one in found} == {"setting"}


def test_what_was_used_and_what_it_cost_is_compared():
    assert two(lambda t: t.turn("a", tokens=50), lambda t: t.turn("a", tokens=80)) == [
        ("usage", "turn", "tokens, out untold", 50, 80)
    ], "the price of the model m is not known, and so no difference"


def test_how_responses_ended_and_errors_are_compared():
    def refused(talk: Talk) -> None:
        error = ErrorDetails(message="Cannot use resp_77 now.", code="no_way")
        talk.turn("a", status="incomplete", meanwhile=lambda: talk.tell(ErrorEvent(error=error)))

    found = two(lambda t: t.turn("a"), refused)
    assert ("status", "response", "status", "completed", "incomplete") in found
    assert ("error", "turn", "no_way: Cannot use resp_… now.", 0, 1) in found


def test_marks_are_compared_unless_they_only_tell_times():
    def marked(talk: Talk) -> None:
        marks = ("lab.playback_started", "lab.lost_race")
        talk.turn("a", meanwhile=lambda: talk.tell(*marks, item_id="item"))

    kinds = [(kind, what, a, b) for kind, _, what, a, b in two(lambda t: t.turn("a"), marked)]
    assert ("mark", "lab.lost_race", 0, 1) in kinds
    assert not any("playback" in what for kind, what, _, _ in kinds if kind == "mark")


def test_what_belongs_to_no_turn_is_compared_too():
    def before(talk: Talk) -> None:
        talk.tell("lab.rate_limit_wait")
        talk.turn("a")

    [one] = compared(lambda t: t.turn("a"), before)
    assert one == Difference(None, None, "session", "mark", "lab.rate_limit_wait", 0, 1)


SECRET = "4111 1111 1111 1111"


def test_nothing_personal_is_shown():
    found = compared(
        lambda t: t.turn(f"my card is {SECRET}", said="Thank you."),
        lambda t: t.turn(f"my card is not {SECRET}", said=f"You said {SECRET}."),
    )
    assert len(found.of("text")) == 2
    for shown in (found._repr_html_(), repr(found), found.svg(), str(found.as_dict())):
        assert "4111" not in shown
    assert found.table()["a"][0] == "my card is ‹card›"


def test_texts_that_differ_only_in_what_is_redacted_differ():
    other = "5500 0000 0000 0004"
    [one] = compared(
        lambda t: t.turn(f"please write down my card {SECRET}"),
        lambda t: t.turn(f"please write down my card {other}"),
    )
    assert one.what == "the user's words (in what is redacted)"
    assert one.a == one.b == "please write down my card ‹card›"


def busy(talk: Talk) -> None:
    talk.turn("hello there", said="All is quite fine.", thinks=0.9, tokens=70)
    talk.turn("and a story", call=call())


def test_it_reads_as_lines():
    lines = repr(compared(plain, busy)).splitlines()
    assert lines[0].startswith("a and b: 1 turn in both, 2 only in one; differences: ")
    assert lines[1] == "turn 1"
    assert any("[-Fine.-] {+All is quite fine.+}" in line for line in lines)
    assert any("200.0 ms → 900.0 ms  (+700.0 ms)" in line for line in lines)


def test_it_is_a_page_a_picture_and_a_table():
    found = compared(plain, busy)
    html = found._repr_html_()
    assert "<script" not in html
    assert "<del" in html and "<ins" in html
    assert "+700.0" in html
    ElementTree.fromstring(found.svg())
    assert found.figure().axes[0].texts
    row = next(row for row in found.table() if row["what"] == "request_to_created")
    assert (row["turn_a"], row["a"], row["b"], row["change"]) == (1, "200.0", "900.0", 700.0)


def test_the_words_that_differ_are_told_in_place():
    assert word_changes("one two four", "one three four five") == [
        ("=", "one"),
        ("-", "two"),
        ("+", "three"),
        ("=", "four"),
        ("+", "five"),
    ]


def test_files_are_compared_by_their_names(tmp_path: Path):
    for name in ("one.jsonl", "two.jsonl"):
        talk = Talk("x")
        plain(talk)
        talk.log.write(tmp_path / name)
    found = diff(tmp_path / "one.jsonl", str(tmp_path / "two.jsonl"))
    assert found.names == ("one.jsonl", "two.jsonl")
    assert not found
    with pytest.raises(LogError, match="no such file"):
        diff(tmp_path / "one.jsonl", tmp_path / "none.jsonl")


def test_settings_are_compared_where_nobody_said_anything():
    def asks(talk: Talk) -> None:
        talk.tell(SessionUpdate(session=SessionConfig(instructions="Be brief.")))

    [one] = compared(lambda talk: None, asks)
    assert (one.turn_a, one.what, one.b) == (None, "instructions, asked for", "Be brief.")


def test_what_is_long_is_shown_in_part_and_printed_whole():
    def many(thinks: float) -> Callable[[Talk], None]:
        return lambda talk: [talk.turn(f"question {n}", thinks=thinks) for n in range(20)] and None

    found = compared(many(0.2), many(0.3))
    assert repr(found).splitlines()[-1] == "… and 8 more; print() shows all"
    assert "turn 20" in str(found)
    assert "… and 8 more" in found._repr_html_()
