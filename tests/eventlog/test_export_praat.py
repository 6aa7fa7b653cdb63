"""What Praat itself reads in our files, where it is installed as a library."""

from __future__ import annotations

import numpy as np
import pytest

from realtime_lab.eventlog import timeline
from realtime_lab.protocol import InputAudioBufferAppend

from .made import Recorder
from .talks import spoken_turn
from .test_export_judges import LANES, expected, talk

parselmouth = pytest.importorskip("parselmouth")
call = pytest.importorskip("parselmouth.praat").call


def test_praat_itself_reads_every_span(tmp_path):
    log = talk()
    grid = parselmouth.read(str(log.export(tmp_path / "talk.TextGrid", words=True)))
    names = [call(grid, "Get tier name", n + 1) for n in range(call(grid, "Get number of tiers"))]
    assert {"user", "model", "tools 2", "model words (estimated)"} <= set(names)
    for lane in LANES:
        tier = names.index(lane) + 1
        read = [
            (
                pytest.approx(call(grid, "Get start time of interval", tier, n), abs=1e-6),
                pytest.approx(call(grid, "Get end time of interval", tier, n), abs=1e-6),
                text,
            )
            for n in range(1, call(grid, "Get number of intervals", tier) + 1)
            if (text := call(grid, "Get label of interval", tier, n))
        ]
        assert read == [span for span in expected(log, lane) if span[2]], lane
    typed = names.index("user (moments)") + 1
    assert call(grid, "Get label of point", typed, 1) == 'He said "hello", & <left>'


def test_praat_hears_each_voice_within_its_intervals(tmp_path):
    log = spoken_turn().log
    tone = np.full(480, 3000, np.int16).tobytes()
    sound = Recorder()
    for entry in log:
        event = entry.event
        if isinstance(event, InputAudioBufferAppend):
            event = InputAudioBufferAppend(audio=tone)
        told = event.data if entry.direction == "local" else {}
        sound.at(log.elapsed(entry), entry.type if entry.direction == "local" else event, **told)
    left = parselmouth.Sound(str(sound.log.export(tmp_path / "talk.wav"))).extract_left_channel()
    (speech,) = timeline(sound.log).lane("user")
    within = left.extract_part(speech.start, speech.end)
    assert within.get_intensity() > 60
    assert left.duration == pytest.approx(timeline(sound.log).seconds, abs=1e-3)
