"""Frames over the notebook's channel."""

from realtime_lab.widgets.comm_link import CommLink
from realtime_lab.widgets.framing import Frame, decode_frame


def link():
    messages = []
    made = CommLink(lambda buffers: messages.append([decode_frame(b) for b in buffers]))
    return made, messages


def audio(item, ms):
    return Frame({"type": "audio", "item": item}, bytes(48 * ms))


def test_audio_travels_in_chunks_of_a_tenth_of_a_second_or_more():
    made, messages = link()
    for _ in range(20):
        made.send(audio("m", 20))
    sizes = [len(frame.pcm) // 48 for frames in messages for frame in frames]
    assert sizes == [100] * 4


def test_the_rest_goes_with_the_next_message_and_before_it():
    made, messages = link()
    made.send(audio("m", 30))
    made.send(Frame({"type": "finish", "item": "m"}))
    assert messages == [[audio("m", 30), Frame({"type": "finish", "item": "m"})]]


def test_audio_of_two_items_is_not_mixed():
    made, messages = link()
    made.send(audio("a", 30))
    made.send(audio("b", 200))
    assert messages == [[audio("a", 30), audio("b", 200)]]


def test_dropped_audio_is_gone():
    made, messages = link()
    made.send(audio("m", 30))
    made.drop_audio()
    made.send(Frame({"type": "stop"}))
    assert messages == [[Frame({"type": "stop"})]]
