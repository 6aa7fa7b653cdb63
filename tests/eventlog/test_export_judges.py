"""What programs that we did not write read in our files: every span with its times."""

from xml.etree import ElementTree

import pympi
import pytest
import srt
import webvtt
from praatio import textgrid

from realtime_lab.eventlog import EventLog, Span, timeline
from realtime_lab.protocol import (
    FunctionCall,
    FunctionCallOutput,
    ItemCreate,
)

from .made import Recorder, user_message
from .talks import created, done, spoken_turn


def talk() -> EventLog:
    """A spoken turn, something typed, two tools at the same time, an answer under way."""
    made = spoken_turn()
    made.at(4.0, ItemCreate(item=user_message('He said "hello",\n& <left>')))
    calls = [FunctionCall(id=f"i{n}", name="wait", call_id=f"call_{n}") for n in range(2)]
    made.at(4.1, created("resp_2"))
    made.at(4.3, done("resp_2", output=calls))
    made.at(4.4, ItemCreate(item=FunctionCallOutput(call_id="call_1", output="")))
    made.at(4.8, ItemCreate(item=FunctionCallOutput(call_id="call_0", output="")))
    made.at(5.0, created("resp_3"))
    made.at(5.5, "lab.note")
    return made.log


def expected(log: EventLog, lane: str) -> list[tuple[float, float, str]]:
    line = timeline(log)
    return [
        (s.start, line.seconds if s.end is None else s.end, " ".join(s.text.split()))
        for s in line.lane(lane)
        if s.end != s.start
    ]


LANES = ["user", "vad", "response", "sent", "played"]


@pytest.mark.parametrize("words", [False, True])
def test_praat_tiers_hold_every_span(tmp_path, words):
    log = talk()
    path = log.export(tmp_path / "talk.TextGrid", words=words)
    grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=False, reportingMode="error")
    for lane in LANES:
        read = [(e.start, e.end, e.label) for e in grid.getTier(lane).entries]
        told = [entry for entry in expected(log, lane) if entry[2]]
        assert read == [(pytest.approx(a), pytest.approx(b), text) for a, b, text in told], lane
    tools = [grid.getTier(name).entries for name in ("tools", "tools 2")]
    assert [(t[0].start, t[0].end) for t in tools] == [
        (pytest.approx(4.3), pytest.approx(4.8)),
        (pytest.approx(4.3), pytest.approx(4.4)),
    ]
    (typed,) = grid.getTier("user (moments)").entries
    # It leaves quotes doubled, as they are in the file.
    assert (typed.time, typed.label) == (pytest.approx(4.0), 'He said ""hello"", & <left>')
    assert ("model words (estimated)" in grid.tierNames) is words
    if words:
        spoken = grid.getTier("model words (estimated)").entries
        assert [w.label for w in spoken] == ["word0", "word1", "word2", "word3"]
        assert [w.start for w in spoken] == [
            pytest.approx(2.6 + 0.2 * n, abs=0.03) for n in range(4)
        ]


def test_praat_intervals_fill_the_whole_time(tmp_path):
    path = talk().export(tmp_path / "talk.TextGrid")
    grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=True, reportingMode="error")
    for name in LANES:
        entries = grid.getTier(name).entries
        assert entries[0].start == 0.0
        assert entries[-1].end == grid.maxTimestamp
        assert [e.end for e in entries[:-1]] == [e.start for e in entries[1:]]


def ms(spans: list[tuple[float, float, str]]) -> list[tuple[int, int, str]]:
    return [(round(1000 * a), round(1000 * b), text) for a, b, text in spans]


def test_elan_tiers_hold_every_span(tmp_path):
    log = talk()
    path = log.export(tmp_path / "talk.eaf", words=True, media="talk.wav")
    document = pympi.Eaf(str(path))
    for lane in LANES:
        read = [found[:3] for found in document.get_annotation_data_for_tier(lane)]
        assert sorted(read) == ms(expected(log, lane)), lane
    assert document.get_annotation_data_for_tier("user (moments)") == [
        (4000, 4001, 'He said "hello", & <left>')
    ]
    assert {"tools", "tools 2"} <= set(document.get_tier_names())
    (media,) = document.get_linked_files()
    assert media["RELATIVE_MEDIA_URL"] == "./talk.wav"
    assert document.get_parameters_for_tier("model words (estimated)")["PARENT_REF"] == "model"
    assert document.get_parameters_for_linguistic_type("words")["CONSTRAINTS"] == "Included_In"


def test_elan_files_keep_the_rules_of_their_schema(tmp_path):
    root = ElementTree.parse(talk().export(tmp_path / "talk.eaf", words=True)).getroot()
    order = ["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE", "CONSTRAINT"]
    tags = [child.tag for child in root]
    assert tags == sorted(tags, key=order.index)
    slots = {s.get("TIME_SLOT_ID"): int(s.get("TIME_VALUE", "")) for s in root.iter("TIME_SLOT")}
    assert list(slots.values()) == sorted(slots.values())
    names = [tier.get("TIER_ID") for tier in root.iter("TIER")]
    assert len(set(names)) == len(names)
    kinds = {kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")}
    ids: list[str] = [*map(str, slots)]
    for tier in root.iter("TIER"):
        assert tier.get("LINGUISTIC_TYPE_REF") in kinds
        assert tier.get("PARENT_REF") in (None, *names)
        at = 0
        for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
            start = slots[annotation.get("TIME_SLOT_REF1")]
            end = slots[annotation.get("TIME_SLOT_REF2")]
            assert at <= start < end
            at = end
            ids.append(str(annotation.get("ANNOTATION_ID")))
    assert len(set(ids)) == len(ids)


def heard(log: EventLog) -> list[tuple[float, float, str, str]]:
    return [
        (1.0, 2.0, "User", "What time is it?"),
        (2.6, 3.4, "Model", "word0 word1 word2 word3"),
        (4.0, 4.0 + 25 / 17, "User", 'He said "hello", & <left>'),
    ]


def test_subrip_cues_are_read_with_their_times(tmp_path):
    log = talk()
    found = list(srt.parse(log.export(tmp_path / "talk.srt").read_text(), ignore_errors=False))
    assert [(c.start.total_seconds(), c.end.total_seconds(), c.content) for c in found] == [
        (pytest.approx(a), pytest.approx(b, abs=0.001), f"{who}: {text}")
        for a, b, who, text in heard(log)
    ]
    assert [c.index for c in found] == [1, 2, 3]


def test_webvtt_cues_are_read_with_their_times_and_voices(tmp_path):
    log = talk()
    found = webvtt.read(str(log.export(tmp_path / "talk.vtt")))
    assert [(c.start, c.end, c.voice) for c in found] == [
        ("00:00:01.000", "00:00:02.000", "User"),
        ("00:00:02.600", "00:00:03.400", "Model"),
        ("00:00:04.000", "00:00:05.471", "User"),
    ]
    assert found[2].text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">") == (
        'He said "hello", & <left>'
    )


def test_what_is_odd_in_a_text_breaks_no_file(tmp_path):
    odd = 'tab\there, nul\x00 bell\x07 "quotes" ]]> --> <!-- & \u2028 end'
    made = Recorder()
    made.at(1.0, ItemCreate(item=user_message(odd)))
    made.at(1.5, "lab.note")
    grid = textgrid.openTextgrid(
        str(made.log.export(tmp_path / "t.TextGrid")), includeEmptyIntervals=False
    )
    assert '"quotes"' in grid.getTier("user (moments)").entries[0].label
    document = pympi.Eaf(str(made.log.export(tmp_path / "t.eaf")))
    assert "]]> --> <!-- &" in document.get_annotation_data_for_tier("user (moments)")[0][2]
    assert len(webvtt.read(str(made.log.export(tmp_path / "t.vtt")))) == 1
    assert len(list(srt.parse(made.log.export(tmp_path / "t.srt").read_text()))) == 1
    assert isinstance(timeline(made.log).spans[0], Span)
