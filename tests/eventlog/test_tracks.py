"""The audio of a log on its time axis: what was sent, and what was heard of the answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realtime_lab.audio import encode_alaw, encode_ulaw
from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, Piece
from realtime_lab.protocol import (
    AudioConfig,
    AudioFormat,
    AudioInput,
    AudioOutput,
    InputAudioBufferAppend,
    OutputAudioDelta,
    Response,
    ResponseCreated,
    SessionConfig,
    SessionCreated,
    SessionUpdated,
)

from .made import Recorder

FRAME = 0.02
RATE = 24_000


def ramp(first: int, seconds: float) -> np.ndarray:
    """Samples that each are the number of their place."""
    return (np.arange(round(seconds * RATE)) + first).astype(np.int16)


def speak(made: Recorder, times: Iterable[float], first: int = 1) -> None:
    """Frames of 20 ms, sent at these times; together they are one ramp."""
    for number, at in enumerate(times):
        samples = ramp(first + number * 480, FRAME)
        made.at(at, InputAudioBufferAppend(audio=samples.astype("<i2").tobytes()))


def frames(begin: float, count: int, late: Iterable[float] = ()) -> list[float]:
    """When frames are sent whose recording began then, each as late as told."""
    lateness = [*late, *[0.0] * count][:count]
    return [begin + (n + 1) * FRAME + lateness[n] for n in range(count)]


def answer(made: Recorder, item: str, seconds: float, *times: float, first: int = 1) -> None:
    """Speech of the model in equal pieces that come at these times."""
    each = seconds / len(times)
    for number, at in enumerate(times):
        pcm = ramp(first + round(number * each * RATE), each).astype("<i2").tobytes()
        made.at(at, OutputAudioDelta(response_id=f"r_{item}", item_id=item, delta=pcm))


def spans(pieces: list[Piece]) -> list[tuple[float, float]]:
    """Begin and end of what sounds without a gap."""
    found: list[tuple[float, float]] = []
    for piece in pieces:
        if found and abs(piece.start - found[-1][1]) < 1e-6:
            found[-1] = (found[-1][0], piece.end)
        else:
            found.append((piece.start, piece.end))
    return [(round(start, 4), round(end, 4)) for start, end in found]


def sound(log: EventLog, side: Any, start: float, seconds: float) -> np.ndarray:
    return log.audio(side, start, start + seconds).samples


# -- the user --------------------------------------------------------------------------------------


def test_a_piece_ends_when_it_is_sent():
    made = Recorder()
    speak(made, [1.0])
    assert spans(made.log.pieces("user")) == [(0.98, 1.0)]
    assert made.log.audio("user").seconds == 1.0
    assert np.array_equal(sound(made.log, "user", 0.98, FRAME), ramp(1, FRAME))
    assert not made.log.audio("user", 0.0, 0.98).samples.any()


def test_pieces_that_come_early_and_late_have_no_gaps_between_them():
    made = Recorder()
    speak(made, frames(1.0, 50, [0.03, 0.0, 0.06, 0.04, 0.02] * 10))
    assert spans(made.log.pieces("user")) == [(1.0, 2.0)]
    assert np.array_equal(sound(made.log, "user", 1.0, 1.0), ramp(1, 1.0))


def test_a_pause_is_a_gap():
    made = Recorder()
    speak(made, [*frames(1.0, 10), *frames(5.0, 10)])
    assert spans(made.log.pieces("user")) == [(1.0, 1.2), (5.0, 5.2)]
    assert np.array_equal(sound(made.log, "user", 5.0, 0.2), ramp(1 + 10 * 480, 0.2))


def test_what_was_held_up_on_its_way_belongs_where_it_was_recorded():
    made = Recorder()
    stalled = [max(at, 2.0) for at in frames(1.2, 40)]  # until 2.0 nothing comes, then all at once
    speak(made, [*frames(1.0, 10), *stalled, *frames(2.0, 10)])
    assert spans(made.log.pieces("user")) == [(1.0, 2.2)]


def test_what_is_sent_faster_than_it_sounds_is_there_whole():
    made = Recorder()
    speak(made, [1.0] * 100)
    speak(made, [1.5] * 100, first=1 + 48_000)
    [(start, end)] = spans(made.log.pieces("user"))
    assert end - start == pytest.approx(4.0)
    assert start == 0.0, "nothing sounds before the log begins"
    assert np.array_equal(sound(made.log, "user", 0.0, 4.0), ramp(1, 4.0))


def test_a_clock_that_goes_another_way_is_followed():
    made = Recorder()
    speak(made, [1.0 + n * FRAME * 1.001 for n in range(20_000)])
    pieces = made.log.pieces("user")
    for n in range(0, 20_000, 500):
        assert pieces[n].end == pytest.approx(1.0 + n * FRAME * 1.001, abs=0.11)


def test_what_is_sent_again_over_another_connection_is_there_once():
    made = Recorder()
    speak(made, frames(1.0, 50))
    made.at(3.0, "lab.connected", dialect="ga")
    made.at(3.0, "lab.microphone", again_ms=600, late_ms=1000, dropped_ms=0)
    speak(made, [3.0] * 30, first=1 + 20 * 480)
    speak(made, [3.0] * 50, first=1 + 50 * 480)
    speak(made, frames(3.0, 10), first=1 + 100 * 480)
    assert spans(made.log.pieces("user")) == [(1.0, 3.2)]
    assert np.array_equal(sound(made.log, "user", 1.0, 2.2), ramp(1, 2.2))


# -- the model -------------------------------------------------------------------------------------


def test_speech_is_where_it_was_played():
    made = Recorder()
    answer(made, "a", 1.0, 1.0, 1.1, 1.2, 1.3)
    made.at(1.6, "lab.playback_started", item_id="a", ago=0.1)
    assert spans(made.log.pieces("model")) == [(1.5, 2.5)]
    assert np.array_equal(sound(made.log, "model", 1.5, 1.0), ramp(1, 1.0))
    assert made.log.audio("model").seconds == made.log.audio("user").seconds == 2.5


def test_what_was_not_heard_of_an_interrupted_answer_is_nowhere():
    made = Recorder()
    answer(made, "a", 1.0, 1.0, 1.1)
    made.at(1.2, "lab.playback_started", item_id="a", ago=0.0)
    made.at(1.9, "lab.interrupted", item_id="a", heard_ms=650, received_ms=1000)
    answer(made, "b", 1.0, 2.0)
    made.at(2.1, "lab.interrupted", item_id="b", heard_ms=0, received_ms=1000)
    assert spans(made.log.pieces("model")) == [(1.2, 1.85)]
    assert np.array_equal(sound(made.log, "model", 1.2, 0.65), ramp(1, 0.65))


def test_without_a_player_an_item_sounds_when_it_is_there_and_the_one_before_has_ended():
    made = Recorder()
    answer(made, "a", 1.0, 1.0, 1.1)
    answer(made, "b", 0.5, 1.2)
    answer(made, "c", 0.5, 9.0)
    assert spans(made.log.pieces("model")) == [(1.0, 2.5), (9.0, 9.5)]


def test_nothing_sounds_before_it_came():
    made = Recorder()
    answer(made, "a", 1.0, 1.0, 4.0)
    made.at(4.1, "lab.playback_started", item_id="a", ago=3.0)
    assert spans(made.log.pieces("model")) == [(1.1, 1.6), (4.0, 4.5)]


def test_a_track_grows_with_its_log():
    made = Recorder()
    answer(made, "a", 0.4, 1.0)
    assert spans(made.log.pieces("model")) == [(1.0, 1.4)]
    made.at(2.1, "lab.playback_started", item_id="a", ago=0.1)
    answer(made, "a", 0.4, 2.1, first=1 + 9600)
    speak(made, [3.0])
    assert spans(made.log.pieces("model")) == [(2.0, 2.8)]
    assert spans(made.log.pieces("user")) == [(2.98, 3.0)]


# -- all of it -------------------------------------------------------------------------------------


def talk() -> Recorder:
    made = Recorder()
    speak(made, frames(1.0, 60))
    answer(made, "a", 2.0, *[3.0 + n / 10 for n in range(10)])
    made.at(4.5, "lab.playback_started", item_id="a", ago=0.5)
    made.at(5.5, "lab.interrupted", item_id="a", heard_ms=1234, received_ms=2000)
    speak(made, frames(5.0, 60))
    return made


@pytest.mark.parametrize("name", ["talk.jsonl", "talk.parquet", "talk.zip"])
@pytest.mark.parametrize("large", [True, False])
def test_a_saved_log_sounds_as_it_did(name: str, large: bool, tmp_path: Path, monkeypatch: Any):
    log = talk().log
    log.write(tmp_path / name)
    if large:
        monkeypatch.setattr("realtime_lab.eventlog.recording.loading.READ_AT_ONCE", 0)
        monkeypatch.setattr("realtime_lab.eventlog.recording.journal_reader._ROWS", 7)
    read = EventLog.load(tmp_path / name)
    for side in ("user", "model"):
        pieces = [piece._replace(start=round(piece.start, 5)) for piece in read.pieces(side)]
        assert pieces == [p._replace(start=round(p.start, 5)) for p in log.pieces(side)]
        assert np.array_equal(read.audio(side).samples, log.audio(side).samples)


def test_a_part_sounds_as_the_whole_does():
    log = talk().log
    for side in ("user", "model"):
        whole = log.audio(side).samples
        for start, end in ((0, 0.5), (1.003, 1.9), (4.1, 6.3), (4.2, 4.2001), (6, 60), (3, 2)):
            part = log.audio(side, start, end)
            first, last = round(start * RATE), round(end * RATE)
            there = whole[first:last]
            expected = np.zeros(max(0, last - first), np.int16)
            expected[: len(there)] = there
            assert np.array_equal(part.samples, expected)


def test_telephone_sound_is_decoded_and_resampled():
    made = Recorder()
    tone = (8000 * np.sin(np.arange(1600) * 2 * np.pi * 440 / 8000)).astype(np.int16)
    ulaw, alaw = AudioFormat(type="audio/pcmu"), AudioFormat(type="audio/pcma")
    audio = AudioConfig(input=AudioInput(format=ulaw), output=AudioOutput(format=ulaw))
    made.at(0.0, SessionCreated(session=SessionConfig(type="realtime", audio=audio)))
    for number in range(10):
        part = tone[160 * number : 160 * number + 160]
        made.at(1.02 + FRAME * number, InputAudioBufferAppend(audio=encode_ulaw(part)))
    asked = AudioConfig(output=AudioOutput(format=alaw))
    response = Response(id="r", status="in_progress", audio=asked)
    made.at(2.0, ResponseCreated(response=response))
    made.at(2.1, OutputAudioDelta(response_id="r", item_id="a", delta=encode_alaw(tone)))
    assert spans(made.log.pieces("user")) == [(1.0, 1.2)]
    assert spans(made.log.pieces("model")) == [(2.1, 2.3)]
    for side, start in (("user", 1.0), ("model", 2.1)):
        heard = sound(made.log, side, start, 0.2)
        wanted = 8000 * np.sin(np.arange(4800) * 2 * np.pi * 440 / RATE)
        assert np.abs(heard[200:-200] - wanted[200:-200]).max() < 500


def test_a_format_holds_from_when_it_is_told():
    made = Recorder()
    speak(made, frames(0.0, 10))
    audio = AudioConfig(input=AudioInput(format=AudioFormat(type="audio/pcmu")))
    made.at(0.5, SessionUpdated(session=SessionConfig(type="realtime", audio=audio)))
    made.at(2.0, InputAudioBufferAppend(audio=encode_ulaw(ramp(1, 1.0)[:8000])))
    assert spans(made.log.pieces("user")) == [(0.0, 0.2), (1.0, 2.0)]


def test_a_log_is_as_long_as_its_events_and_its_sound():
    made = Recorder()
    assert made.log.seconds == 0.0
    speak(made, frames(0.0, 50))
    made.at(3.0, "lab.closed")
    assert made.log.seconds == pytest.approx(3.0)
    answer(made, "a", 8.0, 3.5)
    assert made.log.seconds == pytest.approx(11.5)


def test_a_part_of_a_long_stretch_is_found_at_either_end_of_a_piece():
    made = Recorder()
    speak(made, frames(0.0, 500))
    whole = made.log.audio("user").samples
    for start, end in ((4.0, 4.02), (4.01, 4.03), (3.999, 4.001), (9.99, 10.0), (0.0, 0.001)):
        part = made.log.audio("user", start, end).samples
        assert np.array_equal(part, whole[round(start * RATE) : round(end * RATE)])


def test_a_side_that_is_none_is_told_and_a_log_without_audio_is_silent():
    made = Recorder()
    made.at(0.25, "lab.note")
    with pytest.raises(LogError, match="'user' and 'model'"):
        made.log.audio("left")  # type: ignore[arg-type]
    assert made.log.audio("user").samples.tolist() == [0] * 6000
    assert made.log.pieces("model") == []
    assert EventLog().audio("model").seconds == 0.0
