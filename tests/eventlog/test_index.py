"""Rows of a log by number: filtered, folded, paged, found, counted, while it grows."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.tables.event_rows import class_of
from realtime_lab.eventlog.tables.filters import EventFilter
from realtime_lab.eventlog.tables.index import ALL, EventIndex
from realtime_lab.eventlog.tables.words import Runs
from realtime_lab.protocol import (
    ErrorDetails,
    ErrorEvent,
    InputAudioBufferAppend,
    OutputAudioDelta,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
)
from tests.eventlog.made import PLACE, Recorder, conversation

FOLDED = EventFilter(folded=True)
KINDS = 8


def say(made: Recorder, seconds: float, kind: int, number: int) -> None:
    """One of some events that may follow each other in any order."""
    place = {"response_id": f"resp_{number % 3}", "item_id": f"item_{number % 5}"}
    match kind:
        case 0 | 1:
            made.at(seconds, InputAudioBufferAppend(audio=bytes(48)))
        case 2:
            made.at(seconds, OutputTranscriptDelta(**place, delta=f"word{number} "))
        case 3:
            made.at(seconds, OutputAudioDelta(**place, delta=bytes(96)))
        case 4:
            made.at(seconds, OutputTranscriptDone(**place, transcript=f"Word{number} it was"))
        case 5:
            made.at(seconds, ErrorEvent(error=ErrorDetails(message=f"no {number}")))
        case 6:
            made.at(seconds, "lab.speech_end", item_id=place["item_id"])
        case 7:
            response = Response(id=place["response_id"], status="completed")
            made.at(seconds, ResponseDone(response=response))


def babble(kinds: list[int], dialect: str = "ga") -> Recorder:
    made = Recorder(dialect)
    made.log.redaction = Redaction.off()
    for number, kind in enumerate(kinds):
        say(made, number / 100, kind, number)
        made.log.assign(number, number // 7 + 1 if number % 11 else None)
    return made


def some_filters() -> st.SearchStrategy[EventFilter]:
    return st.builds(
        EventFilter,
        types=st.sampled_from(
            [(), ("error",), ("*.delta",), ("response.*", "error"), ("*[!a]udio.delta",), ("none",)]
        ),
        directions=st.sampled_from([(), ("sent",), ("received", "local")]),
        turn=st.sampled_from([None, None, 1, 2]),
        response_id=st.sampled_from([None, None, "resp_1"]),
        item_id=st.sampled_from([None, None, "item_2"]),
        folded=st.booleans(),
    )


def expected_rows(log: EventLog, filter: EventFilter) -> list[tuple[int, int]]:
    """Of each row its first event and how many pieces it has, found by looking at all entries."""
    runs, heads = Runs(), {}
    for entry in log:
        heads[entry.seq] = runs.head(entry)
    seqs = filter.among(log[:], log.turn_of)
    if not filter.folded:
        return [(seq, 1) for seq in seqs]
    pieces: dict[int, list[int]] = {}
    for seq in seqs:
        pieces.setdefault(heads[seq], []).append(seq)
    return [(min(found), len(found)) for _, found in sorted(pieces.items())]


@given(st.lists(st.integers(0, KINDS - 1), max_size=60), some_filters(), st.data())
@settings(max_examples=40, deadline=None)
def test_the_index_gives_what_a_look_at_every_entry_gives(
    kinds: list[int], filter: EventFilter, data: st.DataObject
):
    log = babble(kinds).log
    expected = expected_rows(log, filter)
    index = log.index
    assert index.count(filter) == len(expected)
    first = data.draw(st.integers(0, len(expected) + 1))
    count = data.draw(st.integers(0, 10))
    page = index.page(filter, first, count)
    assert [(row.seq, row.pieces) for row in page] == expected[first : first + count]
    for row in page:
        assert row.type == log[row.seq].type
        assert row.direction == log[row.seq].direction
        assert row.turn == log.turn_of(row.seq)


@given(st.lists(st.integers(0, KINDS - 1), max_size=80), some_filters(), st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_an_index_that_grows_with_its_log_is_as_one_that_is_made_at_the_end(
    kinds: list[int], filter: EventFilter, step: int
):
    made = Recorder()
    for number, kind in enumerate(kinds):
        say(made, number / 100, kind, number)
        if number % step == 0:
            made.log.index.count(filter)
        if number:  # a session tells the turn of an event after it was recorded
            made.log.assign(number - 1, number // 7 + 1)
    again = EventLog(clock=made.clock, redaction=Redaction(emails=False))
    assert made.log.index.page(filter, 0, 100) == fresh(made.log).page(filter, 0, 100)
    assert again.index.count(filter) == 0


def fresh(log: EventLog) -> EventIndex:
    """Another index of the same log."""
    return log._indexing._live(log.redaction)


def test_a_folded_row_tells_of_all_its_pieces():
    rows = conversation().log.index.page(FOLDED, 0, 100)
    spoken = next(row for row in rows if row.type.endswith("transcript.delta"))
    assert (spoken.words, spoken.pieces, spoken.at, spoken.until) == ("Hi <you>", 2, 0.5, 0.53)
    heard = rows[0]
    assert (heard.words, heard.pieces) == ("4,800 bytes of audio", 5)
    assert heard.size == sum(entry.size for entry in conversation().log[:5])


def test_a_run_can_be_unfolded_page_by_page():
    index = conversation().log.index
    pieces = EventFilter(head=10)
    assert index.count(pieces) == 2
    assert [row.words for row in index.page(pieces, 0, 9)] == ["Hi ", "<you>"]
    assert [row.seq for row in index.page(pieces, 1, 9)] == [12]


@pytest.mark.parametrize("folded", [False, True])
def test_the_position_of_an_event_is_the_row_that_shows_it(folded: bool):
    log = babble([random.Random(1).randrange(KINDS) for _ in range(200)]).log
    filter = EventFilter(folded=folded)
    for row in range(0, log.index.count(filter), 7):
        (shown,) = log.index.page(filter, row, 1)
        assert log.index.position(filter, shown.seq) == row


def test_an_event_that_is_filtered_out_is_shown_by_the_row_before_it():
    index = conversation().log.index
    only_marks = EventFilter(directions=("local",))
    assert index.position(only_marks, 5) == index.position(only_marks, 13) == 0
    assert index.position(only_marks, 4) == -1
    assert index.position(only_marks, 14) == index.position(only_marks, 999) == 1


def test_text_is_found_forwards_and_backwards_among_what_is_left():
    log = conversation().log
    find = log.index.find
    assert find(ALL, "<YOU>", -1) == 12
    assert find(ALL, "<you>", 12) == 15
    assert find(ALL, "<you>", 15) is None
    assert find(ALL, "<you>", 15, backwards=True) == 12
    assert find(EventFilter(types=("*.done",)), "<you>", -1) == 15
    assert find(FOLDED, "<you>", -1) == 12
    assert find(ALL, "nobody said that", -1) is None


@pytest.mark.parametrize(
    "text", ['say "no"', "back\\slash", "Zoë", "a.b*c[d]", "10%_of", "two\nlines", "(paren", "😀"]
)
@pytest.mark.parametrize("spelling", ["plain", "escaped"])
def test_text_is_found_as_it_was_said_whatever_is_in_it(text: str, spelling: str):
    made = Recorder()
    made.at(0.1, "lab.note", told="nothing")
    event = ErrorEvent(error=ErrorDetails(message=f"Do not {text} here"))
    data = made.dialect.encode_server(event)
    assert data is not None
    if spelling == "escaped":  # as servers that write ASCII alone spell it
        data = "".join(
            one if ord(one) < 128 else one.encode("unicode_escape").decode()
            for one in data.decode()
        ).encode()
        if "😀" in text:
            data = data.replace(b"\\U0001f600", b"\\ud83d\\ude00")
        data = data.replace(b"\\xeb", b"\\u00eb")
    made.log.record("received", made.dialect.decode_server(data), data)
    assert [entry.seq for entry in made.log.events(text=text)] == [1]
    assert [entry.seq for entry in made.log.events(text=text.upper())] == [1]
    assert not made.log.events(text=text + "!")


def test_events_can_be_asked_for_by_turn_and_text():
    log = babble([2, 4, 5] * 10).log
    seqs = [entry.seq for entry in log.events(turn=2, text="WORD")]
    assert seqs == [n for n in range(7, 14) if n % 3 != 2 and n % 11]
    assert [entry.seq for entry in log.events(turn=2)] == [n for n in range(7, 14) if n % 11]


def test_a_histogram_counts_every_event_in_its_time_and_class():
    log = conversation().log
    histogram = log.index.histogram(ALL, 3)
    assert (histogram.start, histogram.end) == (0.0, 0.9)
    assert sum(histogram.totals) == len(log)
    assert histogram.counts["audio"] == [5, 1, 1]
    assert histogram.counts["errors"] == [0, 0, 1]
    assert log.index.histogram(EventFilter(types=("error",)), 2).counts == {"errors": [0, 1]}
    assert EventLog().index.histogram(ALL, 5).totals == []


def test_every_type_of_event_has_a_class():
    assert class_of("response.function_call_arguments.delta") == "tools"
    assert class_of("conversation.item.input_audio_transcription.delta") == "text"
    assert class_of("input_audio_buffer.committed") == "speech"
    assert class_of("something.new") == "other"


def test_types_are_counted_and_times_found():
    index = conversation().log.index
    assert index.types(EventFilter(directions=("sent",))) == {"input_audio_buffer.append": 5}
    assert list(index.types().values()) == sorted(index.types().values(), reverse=True)
    assert index.at(0.315) == 7
    assert index.at(-1) is None


def test_turns_that_are_told_later_are_followed():
    made = Recorder()
    for number in range(6):
        made.at(number / 10, "lab.note")
    log = made.log
    assert log.index.count(EventFilter(turn=1)) == 0
    for seq in range(4):
        log.assign(seq, 1)
    assert log.index.count(EventFilter(turn=1)) == 4
    log.assign(3, 2)
    log.assign(1, None)
    assert [row.seq for row in log.index.page(EventFilter(turn=1), 0, 9)] == [0, 2]
    assert [row.seq for row in log.index.page(EventFilter(turn=2), 0, 9)] == [3]
    assert log.query('SELECT seq, turn FROM events ORDER BY seq')["turn"] == [
        1, None, 1, 2, None, None,
    ]  # fmt: skip


def test_another_redaction_is_another_index():
    made = Recorder()
    made.at(0.1, ErrorEvent(error=ErrorDetails(message="write to ada@example.com")))
    assert made.log.events(text="ada@example") == []
    made.log.redaction = Redaction.off()
    assert len(made.log.events(text="ada@example")) == 1


ADDRESS = "ada.lovelace@example.com"
PIECES = ("Write to ada.lov", "elace@exam", "ple.com please. ", "Bye")


def dictated() -> Recorder:
    """An address that is cut across deltas, still going on."""
    made = Recorder()
    made.at(0.0, ResponseCreated(response=Response(id="resp_1", status="in_progress")))
    for number, piece in enumerate(PIECES):
        made.at(0.1 + number / 10, OutputTranscriptDelta(**PLACE, delta=piece))
    return made


def everything_shown(log: EventLog) -> str:
    """All that the index gives of a log, as text."""
    shown: list[Any] = [log.index.page(f, 0, 99) for f in (ALL, FOLDED, EventFilter(turn=1))]
    tables = ("events", "turns", "usage", "tools", "transcriptions", "latencies")
    shown += [log.query(f"FROM {name}").rows for name in tables]
    shown += [log.events()._repr_html_(), log.turns()._repr_html_(), log.events().pandas()]
    shown += [log.index.related(entry.seq) for entry in log]
    return str(shown)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (1, "Write to "),
        (2, "Write to "),
        (3, "Write to ‹e-mail› please. "),
        (4, "Write to ‹e-mail› please. "),
        (5, "Write to ‹e-mail› please. Bye"),
    ],
)
def test_an_address_that_is_cut_across_deltas_is_shown_nowhere_even_while_it_comes(
    length: int, words: str
):
    made = dictated()
    whole = OutputTranscriptDone(**PLACE, transcript="".join(PIECES))
    log = EventLog(clock=made.clock, wall=lambda: 1_700_000_000.0)
    events = [*made.log, None][: length + 1]
    for entry in events:
        if entry is None:
            made.at(1.0, whole)
            entry = made.log[-1]
        log.record(entry.direction, entry.event, entry.data)  # type: ignore[arg-type]
        shown = everything_shown(log)
        for part in ("lovelace", "lov", "elace", "exam"):
            assert part not in shown
        assert log.index.count() == len(log)
    assert log.index.page(FOLDED, 1, 1)[0].words == words


def test_entries_have_what_was_said_and_tables_what_may_be_shown():
    made = dictated()
    made.at(1.0, OutputTranscriptDone(**PLACE, transcript="".join(PIECES)))
    log = made.log
    said = "".join(entry.event.delta for entry in log.events("*.delta"))  # type: ignore[union-attr]
    assert ADDRESS in said
    assert log.turns()["transcript"] == ["Write to ‹e-mail› please. Bye"]
    assert log.events(text=ADDRESS) == []


def test_many_threads_ask_while_a_session_records():
    made = Recorder()
    log, problems, ends = made.log, [], threading.Event()

    def ask() -> None:
        try:
            seen = 0
            while not ends.is_set():
                count = log.index.count(ALL)
                assert seen <= count <= len(log)
                seen = count
                page = log.index.page(ALL, max(0, count - 20), 20)
                assert [row.seq for row in page] == list(range(max(0, count - 20), count))[:20]
                assert log.query("SELECT count(*) AS n FROM events")[0]["n"] >= count
                log.events("*.delta")
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(3000):
        say(made, number / 100, number * 7 % KINDS, number)
        log.assign(number, number // 50 + 1)
    ends.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert log.index.count(ALL) == 3000
    assert log.index.page(ALL, 0, 3000) == fresh(log).page(ALL, 0, 3000)


def test_an_index_that_was_interrupted_while_it_grew_is_made_anew(monkeypatch: pytest.MonkeyPatch):
    made = conversation()
    index = made.log.index
    assert index.count() == 18

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    made.at(1.0, "lab.note")
    with monkeypatch.context() as patched:
        patched.setattr("realtime_lab.eventlog.tables.live_rows.insert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            index.count()
    assert index.count() == 19
    assert [row.type for row in index.page(ALL, 18, 1)] == ["lab.note"]
