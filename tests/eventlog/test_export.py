"""A log in the formats of other programs: what is written, and that it is whole or not there."""

import json
import stat

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, timeline
from realtime_lab.eventlog.export.cues import cues
from realtime_lab.eventlog.export.files import write_whole
from realtime_lab.protocol import (
    InputAudioBufferAppend,
    ItemCreate,
    OutputAudioDelta,
    OutputTranscriptDelta,
)

from .made import PLACE, Recorder, user_message
from .talks import MS, created, done, spoken_turn


def exported(log: EventLog, path, **options) -> str:
    return log.export(path, **options).read_text()


def test_subtitles_have_the_times_and_the_speakers(tmp_path):
    log = spoken_turn().log
    assert exported(log, tmp_path / "talk.srt") == (
        "1\n00:00:01,000 --> 00:00:02,000\nUser: What time is it?\n\n"
        "2\n00:00:02,600 --> 00:00:03,400\nModel: word0 word1 word2 word3\n\n"
    )
    text = exported(log, tmp_path / "talk.vtt")
    assert text.startswith("WEBVTT\n\nNOTE No service tells")
    assert text.endswith(
        "1\n00:00:01.000 --> 00:00:02.000\n<v User>What time is it?\n\n"
        "2\n00:00:02.600 --> 00:00:03.400\n<v Model>word0 word1 word2 word3\n\n"
    )


def test_what_an_interruption_cut_off_is_in_no_subtitle(tmp_path):
    made = spoken_turn()
    made.at(3.0, "lab.interrupted", item_id="item_a", heard_ms=390, received_ms=800)
    text = exported(made.log, tmp_path / "talk.srt")
    assert "00:00:02,600 --> 00:00:02,990\nModel: word0 word1\n" in text


def test_speech_that_nobody_listened_to_stands_where_it_came_one_item_after_the_other(tmp_path):
    made = Recorder()
    for number, name in enumerate(("one", "two")):
        place = {"response_id": f"resp_{number}", "item_id": f"item_{number}"}
        made.at(1.0 + 0.1 * number, created(f"resp_{number}"))
        made.at(1.0 + 0.1 * number, OutputAudioDelta(**place, delta=bytes(500 * MS)))
        made.at(1.0 + 0.1 * number, *words(place, name))
    text = exported(made.log, tmp_path / "talk.srt")
    assert "00:00:01,000 --> 00:00:01,500\nModel: one\n" in text
    assert "00:00:01,500 --> 00:00:02,000\nModel: two\n" in text


def words(place, *pieces):
    return [OutputTranscriptDelta(**place, delta=piece) for piece in pieces]


def long_answer(text: str, seconds: float = 10.0) -> Recorder:
    """An answer whose words came at the pace of its audio, played from 1.0 s on."""
    made = Recorder()
    made.at(0.9, created())
    pieces = [f"{word} " for word in text.split(" ")]
    for piece in pieces:
        milliseconds = round(1000 * seconds * len(piece) / (len(text) + 1))
        made.at(
            1.0, *words(PLACE, piece), OutputAudioDelta(**PLACE, delta=bytes(milliseconds * MS))
        )
    made.at(1.0, done(), "lab.playback_started", item_id="item_a")
    return made


SENTENCES = (
    "This is a sentence that is just long enough to stand on its own. And this one goes on for so "
    "long that it can be in no single cue, because nobody could read that much at once, however "
    "quick. Short. End."
)


def test_long_speech_is_cut_into_cues_that_can_be_read():
    found = cues(timeline(long_answer(SENTENCES).log))
    assert " ".join(line for cue in found for line in cue.lines) == SENTENCES
    assert len(found) > 3
    assert all(len(cue.lines) <= 2 and all(len(line) <= 45 for line in cue.lines) for cue in found)
    assert found[0].lines[-1].endswith("on its own.")
    assert found[0].start == 1.0
    assert [c.end for c in found[:-1]] == [c.start for c in found[1:]]
    assert found[-1].end == pytest.approx(11.0, abs=0.05)


def test_cuts_within_an_utterance_are_called_estimates_with_how_far_they_may_be_off(tmp_path):
    text = exported(long_answer(SENTENCES).log, tmp_path / "talk.vtt")
    assert "NOTE Estimated, within" in text
    assert "NOTE Estimated" not in exported(spoken_turn().log, tmp_path / "short.vtt")
    even = cues(timeline(long_answer(SENTENCES).log))
    assert 0 < even[0].error < 0.5
    ahead = Recorder()
    ahead.at(1.0, created(), *words(PLACE, SENTENCES))
    ahead.at(1.0, OutputAudioDelta(**PLACE, delta=bytes(10_000 * MS)), done())
    assert cues(timeline(ahead.log))[0].error > 9.0


def test_a_script_without_spaces_is_cut_too():
    found = cues(timeline(long_answer("你" * 200).log))
    assert "".join("".join(cue.lines).replace(" ", "") for cue in found) == "你" * 200
    assert len(found) > 2


def test_what_was_typed_can_be_read_in_time(tmp_path):
    made = Recorder()
    made.at(1.0, ItemCreate(item=user_message("Hello & <you>")))
    assert "00:00:01,000 --> 00:00:02,000\nUser: Hello & <you>\n" in exported(
        made.log, tmp_path / "talk.srt"
    )
    assert "<v User>Hello &amp; &lt;you&gt;\n" in exported(made.log, tmp_path / "talk.vtt")
    made = Recorder()
    made.at(0.0, ItemCreate(item=user_message("word " * 40)))
    assert cues(timeline(made.log))[-1].end > 10


def test_audacity_has_a_label_for_each_span(tmp_path):
    assert exported(spoken_turn().log, tmp_path / "labels.txt").splitlines() == [
        "1.000000\t2.000000\tuser: What time is it?",
        "1.100000\t2.300000\tvad",
        "2.400000\t2.710000\tresponse: completed",
        "2.500000\t2.650000\tsent: word0 word1 word2 word3",
        "2.600000\t3.400000\tplayed: word0 word1 word2 word3",
    ]


def test_wire_events_are_one_a_line_as_they_were(tmp_path):
    made = spoken_turn()
    lines = exported(made.log, tmp_path / "wire.jsonl").splitlines()
    wire = [entry for entry in made.log if entry.direction != "local"]
    assert [json.loads(line)["event"] for line in lines] == [json.loads(e.data) for e in wire]
    assert lines[0].startswith(
        '{"time":"2023-11-14T22:13:20.100000Z","at":0.100000,"direction":"received","event":{'
    )
    bare = exported(made.log, tmp_path / "bare.jsonl", bare=True)
    assert bare.encode() == b"".join(entry.data + b"\n" for entry in wire)
    marked = exported(made.log, tmp_path / "marked.jsonl", marks=True)
    assert "lab.playback_started" in marked
    assert "lab.playback_started" not in "".join(lines)


def test_wire_events_without_audio_tell_how_much_there_was(tmp_path):
    made = Recorder()
    made.at(0.0, InputAudioBufferAppend(audio=bytes(960)))
    (line,) = exported(made.log, tmp_path / "wire.jsonl", audio=False).splitlines()
    told = json.loads(line)
    assert (told["event"]["audio"], told["audio_bytes"]) == ("", 960)
    made.log.record_audio = False
    assert exported(made.log, tmp_path / "silent.jsonl") == line + "\n"


SECRET = "Write to ada@example.org or call 415-555-0123."


@pytest.mark.parametrize(
    "name", ["t.srt", "t.vtt", "t.TextGrid", "t.eaf", "t.txt", "t.jsonl", "t.csv", "t.html"]
)
def test_what_leaves_memory_is_redacted(tmp_path, name):
    made = spoken_turn()
    made.at(3.0, created("resp_2"))
    place = {"response_id": "resp_2", "item_id": "item_b"}
    made.at(3.1, *words(place, "Write to ada@exam", "ple.org or call 415-", "555-0123."))
    made.at(3.2, OutputAudioDelta(**place, delta=bytes(900 * MS)), done("resp_2"))
    made.at(4.0, ItemCreate(item=user_message(SECRET)))
    text = exported(made.log, tmp_path / name)
    assert "‹e-mail›" in text.replace("&#8249;", "‹")
    assert "ada@" not in text
    assert "555-0123" not in text


def test_a_file_is_never_overwritten_unless_told(tmp_path):
    path = tmp_path / "talk.srt"
    path.write_text("mine")
    with pytest.raises(LogError, match="exists already; choose another name, or pass overwrite"):
        spoken_turn().log.export(path)
    assert path.read_text() == "mine"
    assert "User" in exported(spoken_turn().log, path, overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["talk.srt"]


def test_a_file_is_for_its_owner_alone(tmp_path):
    path = spoken_turn().log.export(tmp_path / "talk.srt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_half_written_is_left(tmp_path):
    log = spoken_turn().log
    with pytest.raises(LogError, match=r"cannot write .*no such file or directory"):
        log.export(tmp_path / "nowhere" / "talk.srt")
    with pytest.raises(LogError, match="no option 'word'; it has words"):
        log.export(tmp_path / "talk.TextGrid", word=True)
    with pytest.raises(LogError, match="no option 'words'; it has none"):
        log.export(tmp_path / "talk.srt", words=True)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_is_told_with_those_there_are(tmp_path):
    with pytest.raises(LogError, match=r"'talk.doc' does not name a format.*\.srt, \.vtt, \.TextG"):
        spoken_turn().log.export(tmp_path / "talk.doc")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["t.srt", "t.vtt", "t.TextGrid", "t.eaf", "t.txt", "t.jsonl", "t.csv", "t.html"]
)
def test_an_empty_log_can_be_exported(tmp_path, name):
    assert EventLog().export(tmp_path / name).exists()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    def pieces():
        yield b"the beginning"
        raise OSError(28, "No space left on device")

    with pytest.raises(LogError, match="no space left on device; choose another place"):
        write_whole(tmp_path / "talk.srt", pieces(), overwrite=False)
    assert list(tmp_path.iterdir()) == []
