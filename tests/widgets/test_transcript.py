"""The lines of a conversation, from its events."""

from realtime_lab.eventlog import Mark
from realtime_lab.protocol import (
    AudioConfig,
    AudioFormat,
    AudioOutput,
    ContentPart,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    ItemAdded,
    ItemDeleted,
    ItemTruncated,
    Message,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseDone,
    SessionConfig,
    SessionUpdated,
    SpeechStarted,
)
from realtime_lab.widgets.transcript import Transcript

OF = {"response_id": "r", "item_id": "m"}


def transcript(*events):
    made = Transcript()
    for event in events:
        made.apply(event)
    return made


def shown(made):
    return [(line.role, line.text, line.state) for line in made]


def done(status="completed"):
    output = [Message(id="m", role="assistant")]
    return ResponseDone(response=Response(id="r", status=status, output=output))


def audio(ms):
    return OutputAudioDelta(delta=bytes(48 * ms), **OF)


def test_the_user_stands_before_the_answer_even_when_the_words_come_after_it():
    made = transcript(
        SpeechStarted(item_id="u", audio_start_ms=0),
        InputAudioBufferCommitted(item_id="u"),
        OutputTranscriptDelta(delta="Hello", **OF),
        InputTranscriptionCompleted(item_id="u", transcript=" Hi there. "),
    )
    assert shown(made) == [("user", "Hi there.", "final"), ("assistant", "Hello", "partial")]


def test_partial_words_grow_and_the_final_ones_replace_them():
    made = transcript(
        InputTranscriptionDelta(item_id="u", delta="go "),
        InputTranscriptionDelta(item_id="u", delta="for word"),
        InputTranscriptionDelta(item_id="u", delta=None),
    )
    assert shown(made) == [("user", "go for word", "partial")]
    made.apply(InputTranscriptionCompleted(item_id="u", transcript="Go forward."))
    assert shown(made) == [("user", "Go forward.", "final")]


def test_words_that_are_waited_for_no_longer_leave_a_line_until_they_come():
    given_up = Mark("lab.no_transcript", {"turn": 1, "item_id": "u", "told": "none came"})
    made = transcript(SpeechStarted(item_id="u", audio_start_ms=0), given_up)
    assert shown(made) == [("user", "(no transcript came)", "final")]
    made.apply(InputTranscriptionCompleted(item_id="u", transcript="Late."))
    assert shown(made) == [("user", "Late.", "final")]
    begun = transcript(InputTranscriptionDelta(item_id="u", delta="Half a"), given_up)
    assert shown(begun) == [("user", "Half a", "final")]


def test_a_turn_without_words_says_so():
    assert shown(transcript(InputTranscriptionCompleted(item_id="u", transcript=""))) == [
        ("user", "(no words)", "final")
    ]
    assert shown(transcript(InputTranscriptionFailed(item_id="u"))) == [
        ("user", "(could not be transcribed)", "final")
    ]


def test_typed_text_is_shown_and_the_models_empty_item_is_not():
    content = [ContentPart(type="input_text", text="Hello")]
    made = transcript(
        ItemAdded(item=Message(id="u", role="user", content=content)),
        ItemAdded(item=Message(id="s", role="system", content=content)),
        ItemAdded(item=Message(id="m", role="assistant")),
    )
    assert shown(made) == [("user", "Hello", "final")]


def test_an_answer_is_final_when_its_response_is_done():
    made = transcript(
        OutputTranscriptDelta(delta="One", **OF), OutputTranscriptDone(transcript="One two.", **OF)
    )
    assert shown(made) == [("assistant", "One two.", "partial")]
    assert [line.state for line in made.apply(done())] == ["final"]


def test_an_answer_in_text_is_shown_like_a_spoken_one():
    made = transcript(OutputTextDelta(delta="Fi", **OF), OutputTextDone(text="Fine.", **OF), done())
    assert shown(made) == [("assistant", "Fine.", "final")]


def test_what_was_not_heard_is_marked_from_the_end_of_a_word():
    made = transcript(
        OutputTranscriptDelta(delta="one two three four", **OF),
        audio(1000),
        done(),
        ItemTruncated(item_id="m", content_index=0, audio_end_ms=320),
    )
    (line,) = made
    assert line.state == "interrupted"
    assert line.text[: line.heard] == "one two"


def test_the_share_heard_of_g711_audio_is_counted_at_its_own_rate():
    output = AudioOutput(format=AudioFormat(type="audio/pcmu"))
    made = transcript(
        SessionUpdated(session=SessionConfig(audio=AudioConfig(output=output))),
        OutputTranscriptDelta(delta="one two three four", **OF),
        OutputAudioDelta(delta=bytes(8000), **OF),
        ItemTruncated(item_id="m", content_index=0, audio_end_ms=320),
    )
    (line,) = made
    assert line.text[: line.heard] == "one two"


def test_an_answer_heard_to_its_end_keeps_all_its_words():
    made = transcript(
        OutputTranscriptDelta(delta="one two", **OF),
        audio(500),
        ItemTruncated(item_id="m", content_index=0, audio_end_ms=500),
    )
    assert [line.heard for line in made] == [len("one two")]


def test_an_answer_of_which_nothing_was_heard_is_struck_out_as_a_whole():
    made = transcript(
        OutputTranscriptDelta(delta="one two", **OF), audio(500), ItemDeleted(item_id="m")
    )
    assert [(line.state, line.heard) for line in made] == [("interrupted", 0)]


def test_a_cancelled_answer_is_marked_and_late_words_do_not_unmark_it():
    made = transcript(OutputTranscriptDelta(delta="one", **OF), done("cancelled"))
    assert made.apply(OutputTranscriptDone(transcript="one two", **OF)) == []
    assert shown(made) == [("assistant", "one", "interrupted")]


def test_a_line_is_sent_with_what_the_browser_needs():
    (line,) = transcript(InputTranscriptionCompleted(item_id="u", transcript="Hi."))
    assert line.message() == {
        "type": "line", "id": "u", "role": "user", "text": "Hi.", "state": "final",
    }  # fmt: skip
