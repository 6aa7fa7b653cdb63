"""Both sides of a talk as sound, on the same axis as everything else that is exported."""

import numpy as np
import pytest
import soundfile

from realtime_lab.audio import encode_ulaw
from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, timeline
from realtime_lab.protocol import InputAudioBufferAppend, OutputAudioDelta

from .made import PLACE, Recorder
from .talks import created, done, session

RATE = 24_000


def tone(milliseconds: int, level: int = 1000) -> bytes:
    return np.full(24 * milliseconds, level, np.int16).tobytes()


def voiced(side: np.ndarray) -> list[tuple[float, float]]:
    """Where a side is not silent, in seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], side != 0, [0]))))
    return [(begin / RATE, end / RATE) for begin, end in edges.reshape(-1, 2)]


def read(log: EventLog, path) -> tuple[np.ndarray, np.ndarray]:
    samples, rate = soundfile.read(log.export(path / "talk.wav", overwrite=True), dtype="int16")
    assert rate == RATE
    return samples[:, 0], samples[:, 1]


def approx(spans):
    return [pytest.approx(span, abs=1e-4) for span in spans]


def talk() -> Recorder:
    """The user's 200 ms at 1 s; an answer of 600 ms that comes at 2 s and is played at 2.5 s."""
    made = Recorder()
    made.at(0.0, session())
    for step in range(1, 11):
        made.at(1.0 + 0.02 * step, InputAudioBufferAppend(audio=tone(20)))
    made.at(1.9, created())
    for step in range(3):
        made.at(2.0 + 0.01 * step, OutputAudioDelta(**PLACE, delta=tone(200)))
    made.at(2.1, done())
    return made


def test_the_user_is_left_and_the_model_right_where_it_was_played(tmp_path):
    made = talk()
    made.at(2.5, "lab.playback_started", item_id="item_a")
    left, right = read(made.log, tmp_path)
    assert voiced(left) == approx([(1.0, 1.2)])
    assert voiced(right) == approx([(2.5, 3.1)])
    assert len(left) / RATE == pytest.approx(timeline(made.log).seconds, abs=1e-4)


def test_what_was_cut_off_is_not_heard(tmp_path):
    made = talk()
    made.at(2.5, "lab.playback_started", item_id="item_a")
    made.at(2.8, "lab.interrupted", item_id="item_a", heard_ms=250, received_ms=600)
    assert voiced(read(made.log, tmp_path)[1]) == approx([(2.5, 2.75)])


def test_where_nobody_listened_the_model_is_heard_as_it_came(tmp_path):
    left, right = read(talk().log, tmp_path)
    assert voiced(right) == approx([(2.0, 2.6)])
    assert len(left) == len(right)


def test_audio_that_was_sent_at_once_does_not_lie_over_itself(tmp_path):
    made = Recorder()
    made.at(1.0, *(InputAudioBufferAppend(audio=tone(100)) for _ in range(3)))
    assert voiced(read(made.log, tmp_path)[0]) == approx([(0.7, 1.0)])


def test_the_samples_are_the_same(tmp_path):
    noise = np.random.default_rng(1).integers(-32768, 32767, 24 * 500, np.int16)
    made = Recorder()
    made.at(1.5, InputAudioBufferAppend(audio=noise.tobytes()))
    left, _ = read(made.log, tmp_path)
    assert np.array_equal(left[RATE : RATE + noise.size], noise)


def test_telephone_audio_is_as_long_as_it_was(tmp_path):
    made = Recorder()
    made.at(0.0, session(None, "audio/pcmu"))
    pcm = np.full(8 * 500, 8000, np.int16)
    made.at(1.5, InputAudioBufferAppend(audio=encode_ulaw(pcm)))
    left, _ = read(made.log, tmp_path)
    assert left.size / RATE == pytest.approx(1.5, abs=0.001)
    assert np.abs(left[int(1.2 * RATE)] - 8000) < 300


def test_a_log_without_audio_gives_no_sound_file(tmp_path):
    made = talk()
    made.log.record_audio = False
    with pytest.raises(LogError, match="records no audio"):
        made.log.export(tmp_path / "talk.wav")
    with pytest.raises(LogError, match="records no audio"):
        made.log.export(tmp_path / "talk.html", audio=True)
    assert list(tmp_path.iterdir()) == []
