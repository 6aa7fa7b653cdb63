"""A copy of a log that may be given away: what is replaced, and what is told of the rest."""

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.protocol import (
    ContentPart,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    InputAudioBufferAppend,
    InputTranscriptionCompleted,
    ItemCreate,
    Message,
    OutputAudioDelta,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    SessionConfig,
    SessionUpdate,
)

from .made import Recorder, user_message
from .talks import done, spoken_turn

MAIL, PHONE, CARD = "ada@lab.org", "415-555-0123", "4111 1111 1111 1111"
HOST = "secret-lab.openai.azure.com"
PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"


def talk() -> Recorder:
    """A talk recorded without redaction, with something personal in every place."""
    made = spoken_turn()
    made.log.redaction = Redaction.off()
    made.at(3.0, "lab.agreed", host=HOST, notice="2026-11-22", date="2026-11-27", how="asked")
    made.at(3.0, "lab.connected", host=HOST, model="m", dialect="ga", service="azure")
    made.at(3.1, "lab.journal_failed", problem="writing /home/ada/talks/a.jsonl failed")
    made.at(3.2, SessionUpdate(session=SessionConfig(type="realtime", instructions=f"Ask {MAIL}")))
    place = {"response_id": "resp_2", "item_id": "item_b"}
    for piece in ("Call 415-", "555", "-0123 now"):
        made.at(3.3, OutputTranscriptDelta(**place, delta=piece))
    made.at(3.4, OutputTranscriptDone(**place, transcript=f"Call {PHONE} now"))
    call = {"response_id": "resp_2", "item_id": "item_c", "call_id": "c"}
    for piece in ('{"mail": "ada@', 'lab.org"}'):
        made.at(3.5, FunctionCallArgumentsDelta(**call, delta=piece))
    made.at(3.6, FunctionCallArgumentsDone(**call, name="f", arguments=f'{{"mail": "{MAIL}"}}'))
    made.at(3.7, InputTranscriptionCompleted(item_id="item_u", transcript=f"My card is {CARD}"))
    parts = [ContentPart(type="input_image", image_url=PICTURE)]
    made.at(3.8, ItemCreate(item=Message(id="p", role="user", content=parts)))
    made.at(3.9, ItemCreate(item=user_message(f"At {HOST} in /srv/data/x my name is Ada.")))
    made.at(4.0, done("resp_2"))
    return made


def everything(folder) -> str:
    return "\n".join(p.read_bytes().decode(errors="replace") for p in sorted(folder.iterdir()))


def samples(log: EventLog) -> list[bytes]:
    events = (entry.event for entry in log)
    return [
        event.audio if isinstance(event, InputAudioBufferAppend) else event.delta
        for event in events
        if isinstance(event, InputAudioBufferAppend | OutputAudioDelta)
    ]


def test_nothing_that_was_planted_is_in_the_copy(tmp_path):
    made = talk()
    made.log.share(tmp_path / "talk.jsonl")
    text = everything(tmp_path)
    for secret in (MAIL, "ada@", PHONE, "555-0123", CARD, HOST, "secret-lab", "/home", "iVBORw0K"):
        assert secret not in text, secret
    copy = EventLog.load(tmp_path / "talk.jsonl")
    words = [e.event.delta for e in copy if isinstance(e.event, OutputTranscriptDelta)]
    assert "".join(words).endswith("Call ‹phone› now")


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "zip"])
@pytest.mark.parametrize("voices", [False, True])
def test_every_form_of_a_log_can_be_shared(tmp_path, suffix, voices):
    made = talk()
    shared = made.log.share(tmp_path / f"talk.{suffix}", voices=voices)
    copy = EventLog.load(tmp_path / f"talk.{suffix}")
    assert len(copy) == len(made.log)
    assert copy.record_audio is voices
    assert copy.methods().facts["sha256"]["log"] == shared.sha256
    assert sorted(shared.files) == sorted(tmp_path.iterdir())
    text = "".join(entry.data.decode() for entry in copy)
    assert not any(secret in text for secret in (MAIL, PHONE, CARD, HOST))


def test_the_log_itself_stays_as_it_is(tmp_path):
    made = talk()
    before = [entry.data for entry in made.log]
    made.log.share(tmp_path / "talk.jsonl")
    assert [entry.data for entry in made.log] == before
    assert made.log.redaction == Redaction.off()
    assert any(PHONE.encode() in data for data in before)


def test_the_copy_has_the_same_events_at_the_same_times_in_the_same_turns(tmp_path):
    made = talk()
    made.log.share(tmp_path / "talk.jsonl")
    copy = EventLog.load(tmp_path / "talk.jsonl")
    assert [(e.seq, e.direction, e.type) for e in copy] == [
        (e.seq, e.direction, e.type) for e in made.log
    ]
    assert [copy.elapsed(e) for e in copy] == pytest.approx(
        [made.log.elapsed(e) for e in made.log], abs=1e-6
    )
    assert [copy.turn_of(e.seq) for e in copy] == [made.log.turn_of(e.seq) for e in made.log]
    assert copy.started == made.log.started
    assert copy.redaction == Redaction()


def test_voices_are_left_out_and_their_lengths_kept_unless_asked_for(tmp_path):
    made = Recorder()
    made.at(0.0, InputAudioBufferAppend(audio=b"\x11\x22" * 480))
    made.log.share(tmp_path / "silent.jsonl")
    assert b"\x11\x22" * 8 not in everything(tmp_path).encode()
    (silence,) = samples(EventLog.load(tmp_path / "silent.jsonl"))
    assert (len(silence), set(silence)) == (960, {255})
    shared = made.log.share(tmp_path / "voices.jsonl", voices=True)
    assert samples(EventLog.load(tmp_path / "voices.jsonl")) == samples(made.log)
    assert "Still in it: the voices (0.0 s of the user" in str(shared)


def test_the_summary_tells_what_was_replaced_how_often_and_what_is_left(tmp_path):
    shared = talk().log.share(tmp_path / "talk.jsonl")
    assert shared.replaced == {"e-mail": 3, "phone": 2, "card": 1}
    assert (shared.machines, shared.pictures, shared.voices) == (4, 1, False)
    told = str(shared)
    assert "Replaced in texts: 1 × card, 3 × e-mail, 2 × phone." in told
    assert "Left out: 1 picture." in told
    assert "Left out: 2.6 s of audio; its length is kept." in told
    assert "names and addresses of people" in told
    assert "Agreed to on 2026-11-27 (asked): that what is said is sent to Azure OpenAI" in told
    assert "no log can tell: ask them" in told
    assert MAIL not in told
    assert "secret-lab" not in told + shared._repr_html_()
    assert shared.files[0] == tmp_path / "talk.jsonl"
    assert shared.sha256 == EventLog.load(tmp_path / "talk.jsonl").methods().facts["sha256"]["log"]


def test_a_log_without_consent_says_so(tmp_path):
    shared = spoken_turn().log.share(tmp_path / "talk.jsonl")
    assert "The log tells of no consent" in str(shared)
    assert "Replaced in texts: nothing was found." in str(shared)


def test_what_is_replaced_can_be_chosen_and_is_told(tmp_path):
    shared = talk().log.share(tmp_path / "talk.jsonl", redaction=Redaction(emails=False))
    assert MAIL in everything(tmp_path)
    assert "Not replaced, as you asked: emails." in str(shared)
    assert "e-mail" not in shared.replaced


def test_a_log_that_was_redacted_when_it_was_kept_counts_nothing_twice(tmp_path):
    made = talk()
    made.log.redaction = Redaction()
    made.log.write(tmp_path / "kept.jsonl")
    shared = EventLog.load(tmp_path / "kept.jsonl").share(tmp_path / "shared.jsonl")
    assert sum(shared.replaced.values()) == 0


def test_nothing_is_overwritten_unless_told(tmp_path):
    path = tmp_path / "talk.jsonl"
    path.write_text("mine")
    with pytest.raises(LogError, match="exists already"):
        spoken_turn().log.share(path)
    assert path.read_text() == "mine"
    spoken_turn().log.share(path, overwrite=True)
    assert len(EventLog.load(path)) > 100


def test_the_preview_dialect_is_shared_too(tmp_path):
    made = Recorder("preview")
    made.at(0.0, ItemCreate(item=user_message(f"Call {PHONE}")))
    made.log.share(tmp_path / "talk.jsonl")
    (entry,) = EventLog.load(tmp_path / "talk.jsonl")
    assert isinstance(entry.event, ItemCreate)
    assert b"Call \xe2\x80\xb9phone\xe2\x80\xba" in entry.data
