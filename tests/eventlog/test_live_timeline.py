"""The timeline of a log that grows, taken in small steps."""

import pytest

from realtime_lab.eventlog import LiveTimeline, Redaction, timeline
from realtime_lab.protocol import OutputAudioDelta, OutputTranscriptDelta, OutputTranscriptDone

from .made import PLACE, Clock, Recorder
from .talks import created, done, spoken_turn


def taken(live):
    while live.advance():
        pass
    return live.timeline()


def test_it_comes_to_the_timeline_of_the_whole_log():
    log = spoken_turn().log
    live = LiveTimeline(log)
    assert taken(live).spans == timeline(log, shown=True).spans
    assert live.is_current


def test_it_takes_what_comes_later():
    made = spoken_turn()
    live = LiveTimeline(made.log)
    taken(live)
    made.at(4.0, created("resp_2"))
    assert not live.is_current
    last = taken(live).lane("response")[-1]
    assert (last.start, last.end, last.response_id) == (4.0, None, "resp_2")
    made.at(5.0, done("resp_2"))
    assert taken(live).lane("response")[-1].end == 5.0


def test_a_span_names_the_entry_that_it_begins_with():
    log = spoken_turn().log
    for span in taken(LiveTimeline(log)):
        assert log[span.seq].type.startswith(
            ("input_audio_buffer.speech_started", "response.", "lab.playback")
        )


def a_number_in_pieces():
    made = Recorder()
    made.at(0.0, created(), OutputAudioDelta(**PLACE, delta=bytes(960)))
    for step, piece in enumerate(["Call ", "me at +1 555 ", "010 ", "9999"]):
        made.at(0.1 + step / 10, OutputTranscriptDelta(**PLACE, delta=piece))
    return made


def test_texts_are_redacted_though_they_come_in_pieces():
    made = a_number_in_pieces()
    clock = Clock(0.0)
    live = LiveTimeline(made.log, clock=clock)
    for _ in range(3):
        assert "010" not in repr(taken(live).spans)
    made.at(0.9, OutputTranscriptDone(**PLACE, transcript="Call me at +1 555 010 9999"), done())
    (sent,) = taken(live).lane("sent")
    assert sent.text == "Call me at ‹phone›"


def test_a_log_that_ends_in_the_middle_of_a_text_shows_what_is_certain_of_it():
    made = a_number_in_pieces()
    clock = Clock(0.0)
    live = LiveTimeline(made.log, clock=clock)
    taken(live)
    clock.now += 10
    (sent,) = taken(live).lane("sent")
    assert sent.text.startswith("Call me at")
    assert "555" not in sent.text


@pytest.mark.parametrize("redaction", [Redaction(), Redaction.off()])
def test_the_redaction_is_that_of_the_log(redaction):
    made = a_number_in_pieces()
    made.log.redaction = redaction
    made.at(0.9, OutputTranscriptDone(**PLACE, transcript="Call me at +1 555 010 9999"), done())
    assert taken(LiveTimeline(made.log)).spans == timeline(made.log, shown=True).spans
