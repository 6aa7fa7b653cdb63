"""The user's audio is kept until a turn has it, within a bound, and what is lost is counted."""

from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.protocol import (
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    SpeechStarted,
    SpeechStopped,
)
from realtime_lab.session.microphone_buffer import MicrophoneBuffer

MS = 48


def audio(ms: int, value: int = 1) -> bytes:
    return bytes([value, 0]) * (24 * ms)


def pcm(pieces: list[tuple[bytes, bool]]) -> bytes:
    return b"".join(piece for piece, _ in pieces)


def test_what_was_sent_comes_again_and_then_what_was_not():
    buffer = MicrophoneBuffer(10)
    buffer.add(audio(300, 1), sent=True)
    buffer.lost()
    buffer.add(audio(200, 2), sent=False)
    kept = buffer.take(hands_free=True)
    assert kept.pieces == [(audio(300, 1), True), (audio(200, 2), False)]
    assert (kept.again_ms, kept.late_ms, kept.dropped_ms) == (300, 200, 0)


def test_silence_that_falls_out_while_all_is_well_is_no_loss():
    buffer = MicrophoneBuffer(1)
    for _ in range(100):
        buffer.add(audio(100, 0), sent=True)
    buffer.lost()
    kept = buffer.take(hands_free=True)
    assert (kept.again_ms, kept.dropped_ms) == (1000, 0)


def test_what_falls_out_while_there_is_no_connection_is_counted():
    buffer = MicrophoneBuffer(1)
    buffer.lost()
    for _ in range(15):
        buffer.add(audio(100), sent=False)
    assert buffer.take(hands_free=True).dropped_ms == 500


def test_the_beginning_of_speech_that_fell_out_is_counted():
    buffer = MicrophoneBuffer(1)
    buffer.add(audio(500, 0), sent=True)
    buffer.apply(SpeechStarted(item_id="a", audio_start_ms=400))
    for _ in range(12):
        buffer.add(audio(100), sent=True)
    buffer.lost()
    assert buffer.take(hands_free=True).dropped_ms == 300


def test_what_was_committed_is_not_sent_again_and_what_came_after_is():
    buffer = MicrophoneBuffer(10)
    buffer.add(audio(1000, 1), sent=True)
    buffer.apply(SpeechStarted(item_id="a", audio_start_ms=200))
    buffer.apply(SpeechStopped(item_id="a", audio_end_ms=1000))
    buffer.add(audio(100, 2), sent=True)
    buffer.apply(InputAudioBufferCommitted(item_id="a"))
    assert not buffer.hears_speech
    assert pcm(buffer.take(hands_free=True).pieces) == audio(100, 2)


def test_positions_of_a_new_connection_count_from_what_it_was_sent():
    buffer = MicrophoneBuffer(10)
    buffer.add(audio(5000, 0), sent=True)
    buffer.clear()
    buffer.add(audio(400, 1), sent=True)
    buffer.lost()
    buffer.take(hands_free=True)
    buffer.add(audio(100, 2), sent=True)
    buffer.apply(SpeechStarted(item_id="a", audio_start_ms=0))
    buffer.apply(SpeechStopped(item_id="a", audio_end_ms=400))
    buffer.apply(InputAudioBufferCommitted(item_id="a"))
    assert pcm(buffer.take(hands_free=True).pieces) == audio(100, 2)


def test_a_push_to_talk_turn_is_committed_where_it_was():
    buffer = MicrophoneBuffer(10)
    buffer.add(audio(300, 1), sent=True)
    buffer.commit(sent=True)
    buffer.add(audio(200, 2), sent=True)
    buffer.lost()
    assert buffer.take(hands_free=False).pieces == [
        (audio(300, 1), True),
        (b"", True),
        (audio(200, 2), True),
    ]
    buffer.apply(InputAudioBufferCommitted(item_id="a"))
    assert pcm(buffer.take(hands_free=False).pieces) == audio(200, 2)


def test_a_long_push_to_talk_turn_loses_its_beginning_and_tells():
    buffer = MicrophoneBuffer(1)
    for _ in range(13):
        buffer.add(audio(100), sent=True)
    buffer.lost()
    assert buffer.take(hands_free=False).dropped_ms == 300


def test_an_utterance_is_kept_until_its_words_are_written_down():
    buffer = MicrophoneBuffer(10)
    buffer.add(audio(400), sent=True)
    buffer.commit(sent=True)
    buffer.apply(InputAudioBufferCommitted(item_id="a"))
    assert buffer.utterances == {"a": audio(400)}
    buffer.apply(InputTranscriptionCompleted(item_id="a", transcript="words"))
    assert buffer.utterances == {}


@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=40),
    st.integers(0, 40),
    st.integers(1, 500),
)
def test_every_sample_that_was_never_sent_is_kept_or_counted(frames, lost_at, bound_ms):
    buffer = MicrophoneBuffer(bound_ms / 1000)
    fed, lost = b"", False
    for number, (ms, _) in enumerate(frames):
        if number == lost_at:
            buffer.lost()
            lost = True
        frame = audio(ms, number + 1)
        fed += frame if lost else b""
        buffer.add(frame, sent=not lost)
    if not lost:
        buffer.lost()
    kept = buffer.take(hands_free=True)
    late = pcm([p for p in kept.pieces if not p[1]])
    assert fed.endswith(late)
    assert len(late) // MS + kept.dropped_ms == len(fed) // MS
    assert sum(len(p) for p, _ in kept.pieces) <= bound_ms * MS
