"""What other settings of the turn detection would have made of a recording."""

from pathlib import Path

import pytest

from realtime_lab.audio import Clip
from realtime_lab.errors import AudioError
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import GA, InputAudioBufferAppend
from realtime_lab.replay import Utterance, what_if
from tests.notebook_cells import is_picture
from tests.scripted import ScriptedVoiceActivity, silence, tone

SPEECH = Path(__file__).parents[3] / "shared" / "speech"
ONE_PAUSE = silence(500) + tone(800) + silence(400) + tone(600) + silence(2000)
"""One utterance, from 0.5 to 2.3 s, with a pause of 400 ms in it."""


def found(pcm: bytes, **options):
    options = {"thresholds": [0.5], "prefixes_ms": [0], **options}
    return what_if(Clip.from_pcm(pcm), voice=ScriptedVoiceActivity(), **options)


def test_a_setting_that_is_less_patient_than_the_pause_cuts_the_speaker_off():
    hasty, patient = found(ONE_PAUSE, silences_ms=[200, 500]).outcomes
    assert (hasty.false_cutoffs, hasty.turns) == (1, 2)
    assert (patient.false_cutoffs, patient.turns) == (0, 1)


def test_patience_costs_delay():
    hasty, patient = found(ONE_PAUSE, silences_ms=[200, 500]).outcomes
    assert hasty.delay == pytest.approx(0.2, abs=0.02)
    assert patient.delay == pytest.approx(0.5, abs=0.02)


def test_what_belongs_together_is_found_by_a_patient_setting():
    [utterance] = found(ONE_PAUSE).utterances
    assert utterance.start == pytest.approx(0.5, abs=0.03)
    assert utterance.end == pytest.approx(2.3, abs=0.03)


def test_what_belongs_together_can_be_told():
    told = [(0.5, 1.3), Utterance(1.7, 2.3)]
    hasty, patient = found(ONE_PAUSE, silences_ms=[200, 500], utterances=told).outcomes
    assert (hasty.false_cutoffs, hasty.merged) == (0, 0)
    assert patient.merged == 1


def test_an_utterance_that_is_not_noticed_is_missed():
    short = silence(500) + tone(20) + silence(3000)  # one frame, and two begin a turn
    [outcome] = found(short, silences_ms=[200], utterances=[(0.5, 0.52)]).outcomes
    assert (outcome.missed, outcome.turns, outcome.delay) == (1, 0, None)


def test_prefix_padding_brings_the_beginning_back():
    told = [(0.3, 2.3)]  # the voice is noticed 200 ms after it began
    without, padded = found(
        ONE_PAUSE, silences_ms=[500], prefixes_ms=[0, 300], utterances=told
    ).outcomes
    assert without.clipped == pytest.approx(0.2, abs=0.03)
    assert padded.clipped == 0


def test_the_last_utterance_has_an_end_even_where_the_recording_stops_with_it():
    [outcome] = found(silence(300) + tone(700), silences_ms=[500]).outcomes
    assert outcome.delay == pytest.approx(0.5, abs=0.02)


def test_the_best_settings_are_those_that_no_other_beats():
    tried = found(ONE_PAUSE, silences_ms=[200, 300, 500, 800])
    assert [(o.silence_ms, o.false_cutoffs) for o in tried.best] == [(200, 1), (500, 0)]


def test_the_microphone_of_a_log_is_what_is_heard():
    log = EventLog()
    for first in range(0, len(ONE_PAUSE), 960):
        event = InputAudioBufferAppend(audio=ONE_PAUSE[first : first + 960])
        log.record("sent", event, GA.encode_client(event))
    heard = what_if(log, voice=ScriptedVoiceActivity(), thresholds=[0.5])
    assert heard.seconds == pytest.approx(len(ONE_PAUSE) / 48000)
    assert len(heard.utterances) == 1


def test_without_audio_or_speech_there_is_nothing_to_try():
    with pytest.raises(AudioError, match="no audio was sent"):
        what_if(EventLog())
    with pytest.raises(AudioError, match="nobody speaks"):
        found(silence(1000))


def test_it_shows_itself_in_a_notebook_and_as_text():
    tried = found(ONE_PAUSE, silences_ms=[200, 500])
    assert "threshold 0.5, silence 500 ms, prefix 0 ms: no false cut-off" in repr(tried)
    page = tried._repr_html_()
    assert page.count("<tr") == 3
    assert page.count('class="rl-best"') == 2
    assert tried.rows[0]["silence_ms"] == 200


def test_the_figure_has_a_line_for_each_threshold():
    tried = found(ONE_PAUSE, thresholds=[0.3, 0.5], silences_ms=[200, 500])
    figure = tried.figure()
    assert is_picture(figure)
    [axes] = figure.axes
    assert [line.get_label() for line in axes.lines] == ["threshold 0.3", "threshold 0.5"]
    assert axes.lines[0].get_ydata().tolist() == [100.0, 0.0]


@pytest.mark.skipif(not SPEECH.is_dir(), reason="recorded speech is not there")
def test_real_speech_is_cut_into_its_utterances():
    pcm = b"".join(
        Clip.read(SPEECH / name).pcm + silence(2000)
        for name in ("goforward.flac", "librivox-0880.flac", "cards-001.flac")
    )
    tried = what_if(Clip.from_pcm(pcm), thresholds=[0.5], silences_ms=[500], prefixes_ms=[300])
    [outcome] = tried.outcomes
    assert (len(tried.utterances), outcome.turns, outcome.false_cutoffs) == (3, 3, 0)
    assert 0.4 < outcome.delay < 0.6
