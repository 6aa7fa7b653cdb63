"""Redaction, recordings and their audio, from `connect` on."""

from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import OutputAudioDelta

PHRASE = "My number is 415-555-0123."


def spoken(log: EventLog) -> list[int]:
    """Bytes of each piece of the answers."""
    deltas = (entry.event for entry in log.events("response.output_audio.delta"))
    return [len(event.delta) for event in deltas if isinstance(event, OutputAudioDelta)]


def talk(**options: Any) -> tuple[rl.Lab, rl.Turn]:
    lab = rl.run(rl.connect(turn_detection=None, **options))
    turn = rl.run(lab.say(PHRASE))
    rl.run(lab.close())
    return lab, turn


def test_what_is_shown_and_written_is_redacted_and_the_objects_tell_the_truth(tmp_path):
    lab, turn = talk(log=tmp_path / "log.jsonl")
    assert turn.transcript_user == PHRASE
    shown = repr(turn) + turn._repr_html_() + lab.log._repr_html_()
    shown += str(lab.console._repr_mimebundle_()[0])
    for text in (shown, (tmp_path / "log.jsonl").read_text()):
        assert "‹phone›" in text
        assert "555-0123" not in text
    assert any("555-0123" in e.data.decode() for e in lab.log)
    assert len(EventLog.load(tmp_path / "log.jsonl")) == len(lab.log)


def test_redaction_is_the_users_choice(tmp_path):
    _, turn = talk(log=tmp_path / "log.jsonl", redact=False)
    for text in (repr(turn), turn._repr_html_(), (tmp_path / "log.jsonl").read_text()):
        assert "415-555-0123" in text
    _, turn = talk(redact=rl.Redaction(phones=False))
    assert "415-555-0123" in repr(turn)


def test_a_folder_keeps_recordings_without_the_voices(tmp_path):
    lab, _ = talk(retention=rl.Retention(tmp_path / "talks", days=30), record_audio=False)
    (kept,) = rl.recordings(tmp_path / "talks")
    read = EventLog.load(kept.path)
    heard = spoken(read)
    assert heard == spoken(lab.log)
    assert sum(heard) > 20_000
    assert kept.size < sum(heard)
    assert len(rl.purge(tmp_path / "talks", everything=True).removed) == 1


def test_a_session_that_does_not_begin_leaves_no_recording(tmp_path):
    with pytest.raises(rl.errors.RealtimeLabError):
        rl.run(rl.connect(retention=rl.Retention(tmp_path), voice="nobody"))
    assert rl.recordings(tmp_path) == []
    with pytest.raises(LogError, match="names the file itself"):
        rl.connect(retention=rl.Retention(tmp_path), log=tmp_path / "log.jsonl")


def test_by_default_nothing_is_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    talk()
    assert list(tmp_path.iterdir()) == []
