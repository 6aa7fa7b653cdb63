"""What a page is told about a log."""

import json

import numpy as np
import pytest

from realtime_lab.audio import RATE
from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventFilter
from realtime_lab.protocol import InputAudioBufferAppend, ItemAdded, OutputAudioDelta
from realtime_lab.widgets.event_columns import WORDS_SHOWN, columns
from realtime_lab.widgets.inspector_answers import InspectorAnswers
from realtime_lab.widgets.measurements import Measurements
from tests.eventlog.made import PLACE, Recorder, conversation, user_message
from tests.eventlog.talks import created, spoken_turn

EVERYTHING = {
    "types": [], "directions": [], "turn": None, "response_id": "", "text": "", "folded": True,
}  # fmt: skip


class Asked:
    """A log and what a page hears about it."""

    def __init__(self, made: Recorder):
        self.log = made.log
        self.measurements = Measurements(made.log)
        self.answers = InspectorAnswers(made.log, self.measurements)
        self.measure()

    def measure(self):
        while self.measurements.advance():
            pass

    def ask(self, question, **asks):
        content, buffers = self.answers.to(question, asks)
        return json.loads(json.dumps(content)), buffers

    def rows(self, first=0, count=200, **filter):
        filter = {**EVERYTHING, **filter}
        columns, _ = self.ask("rows", filter=filter, first=first, count=count)
        return columns

    def spans(self, start, end, pixels):
        found, _ = self.ask("spans", start=start, end=end, pixels=pixels)
        del found["open"]
        return [dict(zip(found, span, strict=True)) for span in zip(*found.values(), strict=True)]

    def types(self, **filter):
        found = self.rows(**filter)
        return [found["types"][number] for number in found["type"]]

    def count(self, **filter):
        return self.ask("count", filter={**EVERYTHING, **filter})[0]["total"]


@pytest.fixture
def asked():
    return Asked(conversation())


def test_it_opens_with_what_the_log_is(asked):
    summary, _ = asked.ask("open")
    assert summary["events"] == len(asked.log)
    assert summary["seconds"] == pytest.approx(0.9)
    assert (summary["dialect"], summary["rate"]) == ("ga", RATE)
    assert summary["started"].startswith("2023-11-14T22:13:20")
    assert ["input_audio_buffer.append", 5] in summary["types"]
    assert summary["turns"] == 1
    assert summary["notes"] == []


def test_pieces_of_a_stream_are_one_row(asked):
    found = asked.rows()
    assert found["seq"][:2] == [0, 5]
    assert found["pieces"][0] == 5
    assert found["until"][0] == pytest.approx(0.08)
    assert found["words"][0] == "4,800 bytes of audio"
    assert asked.count() == len(found["seq"]) < len(asked.log)


def test_a_row_unfolds_into_its_pieces(asked):
    found, _ = asked.ask("pieces", head=0, first=1, count=3)
    assert found["seq"] == [1, 2, 3]
    assert found["pieces"] == [1, 1, 1]


def test_without_folding_each_event_is_a_row(asked):
    found = asked.rows(folded=False)
    assert found["seq"] == list(range(len(asked.log)))
    assert len(found["direction"]) == len(found["words"]) == len(asked.log)


def test_a_page_is_a_part_of_the_rows(asked):
    assert asked.rows(first=3, count=2, folded=False)["seq"] == [3, 4]
    assert asked.rows(first=10_000, count=200)["seq"] == []


@pytest.mark.parametrize(
    ("filter", "types"),
    [
        ({"types": ["error", "response.done"]}, ["response.done", "error"]),
        ({"directions": ["local"]}, ["lab.speech_end", "lab.playback_started"]),
        ({"directions": ["sent"]}, ["input_audio_buffer.append"]),
        ({"text": "THAT was"}, ["error"]),
        ({"response_id": "resp_1", "types": ["response.created"]}, ["response.created"]),
        ({"turn": 99}, []),
    ],
)
def test_rows_are_filtered(asked, filter, types):
    assert asked.types(**filter) == types
    assert asked.count(**filter) == len(types)


def test_a_turn_has_its_own_events(asked):
    turns = set(asked.rows(turn=1)["turn"])
    assert turns == {1}


@pytest.mark.parametrize(("seq", "row", "piece"), [(0, 0, 0), (3, 0, 3), (5, 1, 0)])
def test_an_event_is_found_in_the_list_it_is_in(asked, seq, row, piece):
    found, _ = asked.ask("position", filter=EVERYTHING, seq=seq)
    assert (found["row"], found["piece"], found["hidden"]) == (row, piece, False)


def test_an_event_that_the_filter_hides_is_told_to_be_hidden(asked):
    errors = {**EVERYTHING, "types": ["error"]}
    last = len(asked.log) - 1
    assert asked.ask("position", filter=errors, seq=0)[0]["row"] == -1
    assert asked.ask("position", filter=errors, seq=0)[0]["hidden"]
    assert not asked.ask("position", filter=errors, seq=last)[0]["hidden"]


def test_a_moment_is_the_last_event_by_then(asked):
    assert asked.ask("moment", at=0.05)[0]["seq"] == 2
    assert asked.ask("moment", at=-1.0)[0]["seq"] == -1
    assert asked.ask("moment", at=99.0)[0]["seq"] == len(asked.log) - 1


def test_a_text_is_found_forwards_and_backwards(asked):
    search = {"filter": EVERYTHING, "text": "<you>"}
    first = asked.ask("find", **search, seq=-1, backwards=False)[0]["seq"]
    second = asked.ask("find", **search, seq=first, backwards=False)[0]["seq"]
    assert first < second
    assert asked.ask("find", **search, seq=second, backwards=True)[0]["seq"] == first
    assert asked.ask("find", **search, seq=second, backwards=False)[0]["seq"] is None


def test_the_overview_counts_events_and_errors(asked):
    found, _ = asked.ask("histogram", filter=EVERYTHING, bins=9)
    assert sum(found["counts"]) == len(asked.log)
    assert found["end"] == pytest.approx(0.9)
    assert found["errors"] == [0] * 8 + [1]


def test_the_timeline_has_spans_that_lead_to_events():
    asked = Asked(spoken_turn())
    lanes = {span["lane"]: span for span in asked.spans(0, 3, 1000)}
    assert {"user", "vad", "response", "sent", "played"} <= set(lanes)
    assert lanes["user"]["text"] == "What time is it?"
    assert lanes["user"]["start"] == pytest.approx(1.0)
    response = lanes["response"]
    assert asked.log[response["seq"]].type == "response.created"
    assert (response["response"], response["merged"]) == ("resp_1", 1)
    assert asked.ask("spans", start=0, end=3, pixels=1000)[0]["open"] == []


def test_a_part_of_the_timeline_has_only_what_reaches_into_it():
    asked = Asked(spoken_turn())
    assert "vad" not in {span["lane"] for span in asked.spans(2.4, 2.7, 100)}


def test_spans_under_way_are_told_to_be_open():
    made = spoken_turn()
    made.at(4.0, created("resp_2"))
    made.at(5.0, "lab.tick")
    found, _ = Asked(made).ask("spans", start=0, end=5, pixels=1000)
    (place,) = found["open"]
    assert (found["response"][place], found["end"][place]) == ("resp_2", 5.0)


def with_sound() -> Recorder:
    """The user's tone from 0 to 1 s, the model's from 2 to 2.5 s."""
    made = Recorder()
    loud = np.full(RATE // 50, 8000, np.int16).tobytes()
    for step in range(50):
        made.at(step / 50, InputAudioBufferAppend(audio=loud))
    made.at(2.0, OutputAudioDelta(**PLACE, delta=loud * 25))
    made.at(4.0, ItemAdded(item=user_message("Hello"), previous_item_id=None))
    return made


def test_waveforms_come_side_by_side_as_signed_bytes():
    asked = Asked(with_sound())
    found, buffers = asked.ask("peaks", start=0, end=4, buckets=40)
    assert found["sides"] == ["user", "model"]
    user, model = (np.frombuffer(buffer, np.int8).reshape(-1, 2) for buffer in buffers)
    assert user[:, 1].nonzero()[0].tolist() == list(range(10))
    assert model[:, 1].nonzero()[0].tolist() == list(range(20, 25))
    assert user[0].tolist() == [31, 31]


def test_speech_that_nobody_played_goes_on_after_the_last_event():
    made = Recorder()
    made.at(1.0, OutputAudioDelta(**PLACE, delta=bytes(2 * RATE * 9)))
    summary, _ = Asked(made).ask("open")
    assert summary["seconds"] == pytest.approx(1.0)
    assert summary["length"] == pytest.approx(10.0)


def test_audio_is_served_in_pieces_and_silence_costs_nothing():
    asked = Asked(with_sound())
    found, buffers = asked.ask("audio", start=0.5, seconds=1.0)
    assert found["sides"] == ["user"]
    samples = np.frombuffer(buffers[0], np.int16)
    assert samples.size == RATE
    assert samples[: RATE // 2].all()
    assert not samples[RATE // 2 :].any()
    assert asked.ask("audio", start=3.0, seconds=1.0)[0] == {"sides": []}


def test_a_log_without_audio_has_neither_waveform_nor_sound():
    made = Recorder()
    made.at(1.0, ItemAdded(item=user_message("Hello"), previous_item_id=None))
    asked = Asked(made)
    assert asked.ask("peaks", start=0, end=1, buckets=10)[0]["sides"] == []
    assert asked.ask("audio", start=0, seconds=1)[0]["sides"] == []


def test_an_empty_log_can_be_opened():
    asked = Asked(Recorder())
    assert asked.ask("open")[0]["events"] == 0
    assert asked.count() == 0
    assert asked.rows()["seq"] == []
    assert asked.ask("moment", at=0.0)[0]["seq"] == -1
    assert asked.spans(0, 1, 10) == []
    assert sum(asked.ask("histogram", filter=EVERYTHING, bins=4)[0]["counts"]) == 0


def test_what_comes_later_is_there_when_it_is_asked_for():
    made = conversation()
    asked = Asked(made)
    before = asked.count()
    made.at(1.5, ItemAdded(item=user_message("More"), previous_item_id=None))
    asked.measure()
    assert asked.count() == before + 1
    assert asked.ask("open")[0]["seconds"] == pytest.approx(1.5)


def test_nothing_personal_reaches_a_page():
    made = Recorder()
    secret = "jane.doe@example.org"
    made.at(0.1, ItemAdded(item=user_message(f"Write to {secret}"), previous_item_id=None))
    asked = Asked(made)
    told = [
        asked.ask("open"),
        asked.rows(),
        asked.ask("event", seq=0),
        asked.ask("spans", start=0, end=1, pixels=10),
    ]
    assert "jane.doe" not in json.dumps(told, default=str)
    assert "‹e-mail›" in asked.rows()["words"][0]
    assert asked.count(text=secret) == 0


def test_words_are_no_longer_than_a_screen_is_wide():
    made = Recorder()
    made.at(0.1, ItemAdded(item=user_message("word " * 500), previous_item_id=None))
    (row,) = made.log.index.page(EventFilter(), 0, 1)
    assert len(columns([row])["words"][0]) <= WORDS_SHOWN


@pytest.mark.parametrize(
    ("question", "asks", "reason"),
    [
        ("shutdown", {}, "cannot be asked 'shutdown'"),
        ("rows", {"filter": EVERYTHING}, "not complete"),
        ("rows", {"filter": {**EVERYTHING, "types": 5}, "first": 0, "count": 1}, "not complete"),
        ("event", {"seq": 12_345}, "no event 12345"),
        ("spans", {"start": "x", "end": 1, "pixels": 1}, "not complete"),
    ],
)
def test_a_question_without_an_answer_is_refused_with_a_reason(asked, question, asks, reason):
    with pytest.raises(LogError, match=reason):
        asked.ask(question, **asks)


def test_no_question_makes_the_kernel_work_without_bound(asked):
    assert len(asked.rows(count=10**9, folded=False)["seq"]) == len(asked.log)
    assert len(asked.ask("histogram", filter=EVERYTHING, bins=10**9)[0]["counts"]) <= 4000
    _, buffers = asked.ask("audio", start=0, seconds=10**9)
    assert all(len(buffer) <= 30 * RATE * 2 for buffer in buffers)
