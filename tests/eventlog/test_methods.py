"""What a log can say for the methods section of a paper, and the hashes that prove it."""

import hashlib
import json

import pytest

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.protocol import (
    FunctionCall,
    InputAudioBufferAppend,
    ItemCreate,
    ResponseCreate,
    SemanticVad,
    ServerVad,
    SessionUpdated,
    Usage,
)

from .made import Recorder, user_message
from .talks import created, done, session, spoken_turn


def talk(service: str = "azure", host: str = "secret-lab.openai.azure.com", **more) -> Recorder:
    """A connection, a spoken turn of `spoken_turn`, and a typed one with a tool."""
    made = Recorder()
    made.at(0.0, "lab.agreed", host=host, notice="2026-11-22", date="2026-11-27", how="asked")
    told = {"host": host, "model": "my-deployment", "dialect": "ga", "service": service}
    made.at(0.0, "lab.connected", **told, api_version="", software="realtime_lab 9.9", **more)
    made.at(0.05, "lab.started")
    for entry in spoken_turn().log:
        events = [entry.type] if entry.direction == "local" else [entry.event]
        data = entry.event.data if entry.direction == "local" else {}
        made.at(spoken_turn().log.elapsed(entry), *events, **data)
    made.at(
        4.0, ItemCreate(item=user_message("My mail is ada@lab.org")), ResponseCreate(event_id="r")
    )
    call = FunctionCall(id="i", name="look_up", call_id="c")
    usage = Usage(total_tokens=30, input_tokens=20, output_tokens=10)
    made.at(4.2, created("resp_2"))
    made.at(4.5, done("resp_2", output=[call], usage=usage))
    return made


def text(made: Recorder) -> str:
    return made.log.methods().text


def test_the_paragraph_says_what_was_used_and_how_it_was_set():
    told = text(talk())
    assert "A session was held with my-deployment over the Realtime protocol (ga dialect)" in told
    assert "at Azure OpenAI." in told
    assert "voice activity detection (prefix padding 300 ms, silence 200 ms)" in told
    assert "lasted 4.5 s: 2 turns, 1 of them spoken." in told
    assert "2 responses (2 completed)" in told
    assert "Tools were called 1 time." in told
    assert "1.8 s of audio (43,200 samples at 24 kHz)" in told
    assert "The user spoke for 1.0 s of it." in told
    assert "logged with realtime_lab 9.9" in told
    assert "e-mail addresses, telephone numbers" in told
    assert "was agreed to on 2026-11-27 (notice of 2026-11-22)" in told


def test_latencies_come_with_their_number_and_their_definition():
    methods = talk().log.methods()
    (found,) = [methods.facts["latency_ms"]["created_to_first_audio"]]
    assert (found["turns"], found["p50"], found["p95"]) == (1, 100.0, None)
    assert found["definition"]
    assert "measured in 1 turn: 400 ms." in methods.text
    assert "this side's monotonic clock" in methods.text


def test_no_name_of_a_machine_and_no_personal_data_are_in_it():
    methods = talk().log.methods()
    everything = methods.text + methods.json() + methods.bibtex + methods.citation
    everything += methods._repr_html_()
    assert "secret-lab" not in everything
    assert "ada@" not in everything


@pytest.mark.parametrize(
    ("service", "host", "told"),
    [
        ("embedded", "127.0.0.1", "which emulates it; that model itself did not answer"),
        ("openai", "api.openai.com", "at the API of OpenAI"),
        ("", "api.openai.com", "at the API of OpenAI"),
        ("", "x.cognitiveservices.azure.com", "at Azure OpenAI"),
        ("", "127.0.0.1", "at a server on the same machine"),
        ("other", "proxy.lab.org", "at a server that is not named here"),
    ],
)
def test_the_kind_of_endpoint_is_told(service, host, told):
    assert told in text(talk(service, host))


def test_turn_taking_is_told_in_words():
    made = Recorder()
    made.at(0.0, session(None))
    assert "Turns were ended by the user (push-to-talk)" in text(made)
    config = session(None).session
    config.audio.input.turn_detection = SemanticVad(eagerness="low")  # type: ignore[union-attr]
    made.at(1.0, SessionUpdated(session=config))
    assert "semantic turn detection (eagerness low)" in text(made)
    config.audio.input.turn_detection = ServerVad(threshold=0.5)  # type: ignore[union-attr]
    made.at(2.0, SessionUpdated(session=config))
    assert "activity detection (threshold 0.5)" in text(made)


def test_an_empty_log_has_methods_too():
    methods = EventLog().methods()
    assert "0 turns" in methods.text
    assert methods.facts["sha256"]["user_audio"] is None
    json.loads(methods.json())


def test_it_can_be_cited():
    methods = talk().log.methods(authors=["Ada Lovelace", "Grace Hopper"])
    digest = methods.facts["sha256"]["log"]
    assert f"@misc{{session-{digest[:8]}," in methods.bibtex
    assert "{Ada Lovelace} and {Grace Hopper}" in methods.bibtex
    assert methods.bibtex.count("{") == methods.bibtex.count("}")
    lines = methods.citation.splitlines()
    assert lines[0] == "cff-version: 1.2.0"
    assert '  - name: "Ada Lovelace"' in lines
    assert f'    value: "sha256:{digest}"' in lines


def test_the_hash_of_a_log_is_the_same_in_memory_in_its_journal_and_when_it_is_saved(tmp_path):
    made = talk()
    made.log.journal(tmp_path / "journal.jsonl")
    made.at(5.0, ItemCreate(item=user_message("Call 415-555-0123")))
    made.log.close()
    made.log.write(tmp_path / "saved.jsonl")
    digests = {
        log.methods().facts["sha256"]["log"]
        for log in (
            made.log,
            EventLog.load(tmp_path / "journal.jsonl"),
            EventLog.load(tmp_path / "saved.jsonl"),
        )
    }
    assert len(digests) == 1
    made.log.redaction = Redaction.off()
    assert made.log.methods().facts["sha256"]["log"] not in digests


def test_the_hash_of_the_audio_is_that_of_its_samples():
    made = Recorder()
    pieces = [bytes([n]) * 960 for n in range(5)]
    for number, pcm in enumerate(pieces):
        made.at(0.02 * number, InputAudioBufferAppend(audio=pcm))
    found = made.log.methods().facts["sha256"]
    assert found["user_audio"] == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert found["model_audio"] is None
    made.log.record_audio = False
    assert made.log.methods().facts["sha256"]["user_audio"] is None
    assert "Audio was not kept." in text(made)
