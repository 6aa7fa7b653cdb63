"""Nothing personal leaves memory, however it was cut into pieces; all else stays as it was."""

import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.redaction.prefilter import SLICE, may_hold, slices
from realtime_lab.protocol import (
    FunctionCall,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    ItemCreate,
    OutputAudioDelta,
    OutputItemDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseDone,
)

from .made import PLACE, Recorder, conversation, events, shape, user_message

ALL = Redaction()

FOUND = {
    "e-mail": [
        "jane.doe+lab@example.co.uk",
        "o'neil@mail.example.com",
        "Jürgen.Müller@beispiel.de",
    ],
    "card": [
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        "378282246310005",
        "3782 822463 10005",
        "4111, 1111, 1111, 1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "four one one one, one one one one, one one one one, one one one one",
    ],
    "IBAN": [
        "DE89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "NL91ABNA0417164300",
        "de89370400440532013000",
    ],
    "phone": [
        "+49 151 1234 5678",
        "+1 (415) 555-0123",
        "415-555-0123",
        "(415) 555-0123",
        "4155550123",
        "555-0123",
        "0151/12345678",
        "030 1234567",
        "06.12.34.56.78",
        "0044 20 7946 0958",
    ],
    "number": [
        "five five five oh one double nine",
        "four-one-five-five-five-five-zero-one-two-three",
        "4, 1, 5, 5, 5, 5, 0, 1, 2, 3",
        "one eight hundred five five five twelve thirty four",
        "123-45-6789",
    ],
    "key": [
        "sk-proj-abc123DEF456ghi789",
        "ek_68b0c1d2e3f405060708",
        "0123456789abcdef0123456789abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
        "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8=",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    ],
}
PLANTED = [(kind, text) for kind, texts in FOUND.items() for text in texts]

IN_ITS_PLACE = [
    ("Authorization: Bearer abcDEF123456ghi", "Authorization: Bearer ‹key›"),
    ("bearer abcDEF123456ghi", "bearer ‹key›"),
    ("password: hunter22", "password: ‹key›"),
    ('{"api_key": "correcthorse"}', '{"api_key": "‹key›"}'),
    (r"{\"password\":\"correcthorse\"}", r"{\"password\":\"‹key›\"}"),
    (
        "AccountName=x;AccountKey=c2VjcmV0LXNlY3JldC0x;EndpointSuffix=core.windows.net",
        "AccountName=x;AccountKey=‹key›;EndpointSuffix=core.windows.net",
    ),
    ("mail a.b@example.com, or call 555-0123.", "mail ‹e-mail›, or call ‹phone›."),
    ("exp 12/26 for 4111 1111 1111 1111, 123", "exp 12/26 for ‹card›, 123"),
]

STAYS = [
    "resp_001ABcdEF4111111111111111",
    "event_CZmRyDP5xk9Lw8Qp3rTv7",
    "call_AbCdEfGh1234567890 of item_0123456789abcdef01234",
    "at 24000 Hz, 16000, 8000",
    "2024-10-01T12:34:56.789Z",
    "2026-11-22 17:02:15",
    "at 12:30 to 14:45",
    "1767225600, 1767225600000 and 1767225600123456789",
    "3.14159265358979",
    "one two three four five six seven eight nine ten",
    "10, 9, 8, 7, 6, 5, 4, 3, 2, 1",
    "127.0.0.1:8000 and 192.168.100.200",
    "gpt-4o-realtime-preview-2024-10-01",
    "wss://lab.openai.azure.com/openai/v1/realtime?model=voice",
    "550e8400-e29b-41d4-a716-446655440000",
    "[0, 1, 0, 0, 1, 1, 0, 1], [[24000, 16000], [8000, 48000]]",
    "1,234,567.89 or 100 200 300",
    "in nineteen eighty four, call nine one one",
    "pages 100-200 of task-1234567890abc",
    "sk-learn, the bearer of bad news, the secret garden of 1911",
    "ISBN 978-3-16-148410-0",
    "45.5017, -73.5673",
    "chr 4:1234567-1234999",
    "max_output_tokens: 4096 tokens",
    "00:00:01,000 --> 00:00:02,500",
    "order 12345678, 4111 1111 1111 1112",
    "GB28 NWBK 6016 1331 9268 19",
    "You said: a@b",
    "",
]


@pytest.mark.parametrize(("kind", "text"), PLANTED)
def test_what_is_personal_is_replaced_by_its_kind(kind: str, text: str):
    assert ALL.redacted(text) == f"‹{kind}›"
    assert ALL.redacted(f"It is {text}. Thanks.") == f"It is ‹{kind}›. Thanks."
    assert ALL.redacted(json.dumps({"q": text}, ensure_ascii=False)) == f'{{"q": "‹{kind}›"}}'


@pytest.mark.parametrize(("text", "shown"), IN_ITS_PLACE)
def test_what_stands_around_it_stays(text: str, shown: str):
    assert ALL.redacted(text) == shown
    assert ALL.redacted(shown) == shown


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_a_little_like_it_stays(text: str):
    assert ALL.redacted(text) == text


@pytest.mark.parametrize("letter", ["İ", "ı", "ſ", "\u212a"])
def test_letters_that_only_look_like_others_in_small_are_no_number(letter: str):
    text = f"five five five th{letter}rty {letter}ix five five one"
    assert ALL.redacted(text) == text


def test_what_is_written_in_base64_stays_as_it_is():
    image = b64encode(Random(1).randbytes(300_000)).decode()
    assert ALL.redacted(f"data:image/png;base64,{image}") == f"data:image/png;base64,{image}"


@pytest.mark.parametrize(
    ("field", "kind"),
    [("emails", "e-mail"), ("cards", "card"), ("ibans", "IBAN"), ("phones", "phone"),
     ("numbers", "number"), ("keys", "key")],
)  # fmt: skip
def test_each_kind_can_be_switched_off(field: str, kind: str):
    without = Redaction(**{field: False})
    for text in FOUND[kind]:
        assert f"‹{kind}›" not in without.redacted(text)
    assert Redaction.only([field]).kinds == [field]


def test_all_of_it_can_be_switched_off():
    assert not Redaction.off()
    for _, text in PLANTED:
        assert Redaction.off().redacted(text) == text


# -- pieces ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [*STAYS, "Well,", "my", "number", "is", "and", "the", "price", "12.50", "é", "你好", "one", "–"]
)
TEXTS = st.lists(st.one_of(WORDS, st.sampled_from([text for _, text in PLANTED])), max_size=8)
GAPS = st.sampled_from([" ", ", ", ". ", "\n", '": "', "   ", "!  ?  "])


@st.composite
def texts_in_pieces(draw: st.DrawFn) -> list[str]:
    text = "".join(part + draw(GAPS) for part in draw(TEXTS))
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=30))
    places = sorted({0, len(text), *cuts})
    return [text[a:b] for a, b in itertools.pairwise(places)]


@given(texts_in_pieces())
def test_a_text_in_pieces_is_judged_as_the_whole(pieces: list[str]):
    whole = "".join(pieces)
    stream = ALL.stream()
    decided = []
    for piece in pieces:
        stream.feed(piece)
        decided.append((stream.decided, list(stream.found)))
    stream.finish()
    assert stream.rendered(0, whole) == ALL.redacted(whole)
    for upto, found in decided:
        assert [one for one in stream.found if one[0] < upto] == found


@given(st.text(st.sampled_from("4 1o-e@.kn+0:=Bx\n,é漢\"'"), max_size=60), st.data())
def test_any_text_in_pieces_is_judged_as_the_whole(text: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    stream = ALL.stream()
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        stream.feed(text[start:end])
    stream.finish()
    assert stream.rendered(0, text) == ALL.redacted(text)
    before, after = ALL.split(text, cuts[0] if cuts else 0)
    assert before + after == ALL.redacted(text)


# -- what is passed over ---------------------------------------------------------------------------

PROSE = [
    "plain words here",
    "the api key",
    "secret garden",
    "the bearer",
    "two hundred",
    "Maß",
    "ſix",
]
LABELS = ["api key:", "password =", "token", "Authorization: basic", "sig=", "correcthorse", "key"]
ANYTHING = st.lists(
    st.one_of(WORDS, st.sampled_from([*PROSE, *LABELS, *(text for _, text in PLANTED)])),
    max_size=25,
)
SIGNS = st.text(st.sampled_from("4 1o-e@.kn+0:=Bx\n,é漢\"'()/[zKſ"), max_size=80)


def found_by_every_word(text: str) -> list[tuple[int, int, str]]:
    """What is found when every word is looked at."""
    stream = ALL.stream()
    stream.feed(text)
    stream.finish()
    return stream.found


@st.composite
def any_texts(draw: st.DrawFn) -> str:
    gaps = st.sampled_from([" ", ", ", ". ", "\n", '": "', "     ", "漢", "", " - ", "\u202f"])
    return "".join(part + draw(gaps) for part in draw(ANYTHING))


@given(st.one_of(any_texts(), SIGNS))
def test_where_something_is_found_something_was_expected(text: str):
    assert may_hold(text) or not found_by_every_word(text)


@given(st.one_of(any_texts(), SIGNS), st.integers(1, 60))
def test_in_slices_the_same_is_found_as_in_the_whole(text: str, size: int):
    found, start = [], 0
    for part in slices(text, size):
        found += [(start + a, start + b, kind) for a, b, kind in found_by_every_word(part)]
        start += len(part)
    assert start == len(text)
    assert found == found_by_every_word(text)


@given(
    st.lists(
        st.one_of(any_texts(), st.sampled_from(["some more words of no account "])), max_size=60
    )
)
def test_a_long_text_is_redacted_as_if_every_word_were_looked_at(texts: list[str]):
    text = " and then ".join(texts)
    stream = ALL.stream()
    stream.feed(text)
    stream.finish()
    assert ALL.redacted(text) == stream.rendered(0, text)


def test_ordinary_texts_are_passed_over_and_in_small_slices():
    ordinary = json.dumps(
        [
            {"id": n, "at": "2024-10-01T12:34:56.789Z", "share": n / 7, "body": "plain words"}
            for n in range(500)
        ]
    )
    parts = list(slices(ordinary))
    assert "".join(parts) == ordinary
    assert max(map(len, parts)) < 2 * SLICE
    assert not any(map(may_hold, parts))


# -- logs ------------------------------------------------------------------------------------------


def spoken(pieces: list[str], *, audio: bool = True, seconds: float = 0.01) -> Recorder:
    """An answer whose transcript comes in these pieces."""
    made = Recorder()
    at = 0.0
    for piece in pieces:
        made.at(at := at + seconds, OutputTranscriptDelta(**PLACE, delta=piece))
        if audio:
            made.at(at, OutputAudioDelta(**PLACE, delta=bytes(20)))
    whole = "".join(pieces)
    made.at(at + seconds, OutputTranscriptDone(**PLACE, transcript=whole))
    made.at(at + seconds, ResponseDone(response=Response(id="resp_1", status="completed")))
    return made


def journalled(made: Recorder, folder: Path, count: int | None = None) -> EventLog:
    """What the journal of a log holds when it was written as things happened."""
    path = folder / f"journal-{os.urandom(4).hex()}.jsonl"
    log = EventLog(clock=made.clock, wall=lambda: 1_700_000_000.0)
    log.redaction, log.record_audio = made.log.redaction, made.log.record_audio
    log.start = made.log.start
    log.journal(path)
    for entry in made.log[:count]:
        made.clock.now = entry.at
        if entry.direction == "local":
            log.mark(entry.type, **entry.event.data)
        else:
            log.record(entry.direction, entry.event, entry.data)
    log.close()
    made.log.write(folder / "copy.jsonl")
    if count is None:
        assert (folder / "copy.jsonl").read_bytes() == path.read_bytes()
    return EventLog.load(path)


def said(log: EventLog) -> str:
    return "".join(e.delta for e in events(log, "response.output_audio_transcript.delta"))


@given(pieces=texts_in_pieces())
def test_a_secret_that_is_cut_into_deltas_never_reaches_a_file(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
):
    made = spoken(pieces)
    folder = tmp_path_factory.mktemp("log")
    read = journalled(made, folder)
    whole = ALL.redacted("".join(pieces))
    assert said(read) == whole
    (done,) = events(read, "response.output_audio_transcript.done")
    assert done.transcript == whole
    assert [e.seq for e in read] == list(range(len(made.log)))
    assert said(made.log) == "".join(pieces), "memory keeps the truth"
    if whole == "".join(pieces):
        assert shape(read) == shape(made.log)


def test_pretty_ordinary_conversations_keep_every_byte(tmp_path):
    made = conversation()
    assert shape(journalled(made, tmp_path)) == shape(made.log)


def test_every_place_of_a_text_is_covered(tmp_path):
    card = "4111 1111 1111 1111"
    made = Recorder()
    call = FunctionCall(id="item_a", call_id="call_1", name="pay", arguments=f'{{"n":"{card}"}}')
    made.at(0.1, ItemCreate(item=user_message(f"Mine is {card}")))
    made.at(0.1, InputTranscriptionDelta(item_id="item_u", delta="4111 1111"))
    made.at(0.2, InputTranscriptionDelta(item_id="item_u", delta=" 1111 1111"))
    made.at(0.3, InputTranscriptionCompleted(item_id="item_u", transcript=card))
    for number, piece in enumerate(('{"n":"4111 ', "1111 1111", ' 1111"}')):
        made.at(
            0.4 + number / 10,
            FunctionCallArgumentsDelta(
                response_id="resp_1", item_id="item_a", call_id="call_1", delta=piece
            ),
        )
    made.at(
        0.8,
        FunctionCallArgumentsDone(
            response_id="resp_1", item_id="item_a", call_id="call_1", arguments=call.arguments
        ),
        OutputItemDone(response_id="resp_1", item=call),
        ItemCreate(item=FunctionCallOutput(call_id="call_1", output=json.dumps({"paid": card}))),
    )
    made.at(0.9, "lab.note", told=f"paid with {card}", count=4111111111111111)
    read = journalled(made, tmp_path)
    files = (tmp_path / "copy.jsonl").read_text() + read._repr_html_() + made.log._repr_html_()
    assert "1111 1111" not in files
    assert len(read.events("*delta")) == 5
    assert '{"n":"‹card›"}' in [e.arguments for e in events(read, "*arguments.done")]
    assert '"count":4111111111111111' in files


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_redacted_log_is_read_in_its_dialect(dialect, tmp_path):
    made = Recorder(dialect)
    made.at(0.1, OutputTranscriptDelta(**PLACE, delta="Call 415-555-"))
    made.at(0.2, OutputTranscriptDelta(**PLACE, delta="0123 now."))
    made.at(0.3, OutputTranscriptDone(**PLACE, transcript="Call 415-555-0123 now."))
    made.log.write(tmp_path / "log.jsonl")
    read = EventLog.load(tmp_path / "log.jsonl")
    assert said(read) == "Call ‹phone› now."
    assert [e.type for e in read] == [e.type for e in made.log]
    read.write(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "log.jsonl").read_bytes()


def test_redaction_can_be_switched_off_and_a_copy_keeps_to_that(tmp_path):
    made = spoken(["Call 415-555-", "0123."])
    made.log.redaction = Redaction.off()
    read = journalled(made, tmp_path)
    assert shape(read) == shape(made.log)
    assert read.redaction == Redaction.off()
    assert "415-555-0123" in read._repr_html_()


def test_the_table_of_a_log_is_redacted_and_its_memory_is_not():
    made = spoken(["Call 415-", "555-0123."])
    assert "‹phone›" in made.log._repr_html_()
    assert "555-0123" not in made.log._repr_html_()
    assert made.log[-2].event.transcript == "Call 415-555-0123."
    assert said(made.log) == "Call 415-555-0123."


# -- what waits ------------------------------------------------------------------------------------


def written(path: Path) -> int:
    return len(path.read_bytes().splitlines()) - 1


def test_what_may_be_the_beginning_of_a_number_waits_for_its_end(tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "journal.jsonl")
    made.at(0.1, OutputTranscriptDelta(**PLACE, delta="It is "))
    made.log.flush()
    assert written(tmp_path / "journal.jsonl") == 1
    made.at(0.2, OutputTranscriptDelta(**PLACE, delta="4111 1111"))
    made.at(0.3, OutputAudioDelta(**PLACE, delta=bytes(20)))
    made.log.flush()
    assert written(tmp_path / "journal.jsonl") == 1
    made.at(0.4, OutputTranscriptDelta(**PLACE, delta=" 1111 1111, you see "))
    made.log.flush()
    assert written(tmp_path / "journal.jsonl") == 4
    assert "1111" not in (tmp_path / "journal.jsonl").read_text()


@pytest.mark.parametrize(("step", "limit"), [(0.001, 128), (0.3, 7)])
def test_nothing_waits_for_long_and_what_waited_comes_with_the_next_piece(step, limit, tmp_path):
    made = Recorder()
    path = tmp_path / "journal.jsonl"
    made.log.journal(path)
    made.at(0.0, OutputTranscriptDelta(**PLACE, delta="Mine is 4111 1111"))
    for number in range(1, 200):
        made.at(step * number, OutputAudioDelta(**PLACE, delta=bytes(20)))
        made.log.flush()
        assert number + 1 - written(path) <= limit
    assert "4111" not in path.read_text()
    at = step * 200
    made.at(at, OutputTranscriptDelta(**PLACE, delta=" 1111 1111."))
    made.at(at, OutputTranscriptDone(**PLACE, transcript="Mine is 4111 1111 1111 1111."))
    made.log.close()
    read = EventLog.load(path)
    assert [e.delta for e in events(read, "*transcript.delta")] == ["Mine is ", "‹card›."]
    assert "1111" not in path.read_text()


@pytest.mark.parametrize("end", ["lab.closed", "lab.connection_lost"])
def test_a_text_that_is_broken_off_is_written(end, tmp_path):
    made = Recorder()
    made.log.journal(tmp_path / "journal.jsonl")
    made.at(0.1, OutputTranscriptDelta(**PLACE, delta="Mine is 4111 11"))
    made.at(0.2, end)
    made.log.flush()
    assert written(tmp_path / "journal.jsonl") == 2


def test_a_kill_costs_no_more_than_what_waited(tmp_path):
    path = tmp_path / "journal.jsonl"
    program = textwrap.dedent(f"""
        import os, signal
        from realtime_lab.eventlog import EventLog
        from realtime_lab.protocol import GA, OutputAudioDelta, OutputTranscriptDelta
        now = [0.0]
        log = EventLog(clock=lambda: now[0])
        log.journal({str(path)!r})
        place = dict(response_id="r", item_id="i", event_id="e", output_index=0, content_index=0)
        def said(event):
            now[0] += 0.03
            log.record("received", event, GA.encode_server(event))
        for _ in range(100):
            said(OutputTranscriptDelta(**place, delta="Some words, "))
        said(OutputTranscriptDelta(**place, delta="415-555-"))
        for _ in range(20):
            said(OutputAudioDelta(**place, delta=bytes(20)))
        log.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run([sys.executable, "-c", program], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    assert len(EventLog.load(path)) == 100
    assert "415" not in path.read_text()


# -- audio -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("redaction", [Redaction(), Redaction.off()])
@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_log_without_audio_keeps_its_lengths(dialect, redaction, tmp_path):
    made = conversation(dialect)
    voice = bytes(range(1, 241)) * 4
    made.at(1.0, InputAudioBufferAppend(audio=voice), OutputAudioDelta(**PLACE, delta=voice))
    made.log.record_audio = False
    made.log.redaction = redaction
    made.log.write(tmp_path / "log.jsonl")
    read = EventLog.load(tmp_path / "log.jsonl")
    appended = [len(e.audio) for e in events(read, "*.append")]
    assert appended == [len(e.audio) for e in events(made.log, "*.append")]
    played = events(read, "response.output_audio.delta")
    assert [len(e.delta) for e in played] == [1920, 1920, 960]
    assert set(played[-1].delta) == {0xFF}
    assert [e.type for e in read] == [e.type for e in made.log]
    assert (tmp_path / "log.jsonl").stat().st_size < 12_000
    assert made.log[-1].event.delta == voice
    read.write(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "log.jsonl").read_bytes()
