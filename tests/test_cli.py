"""The ``realtime-lab`` command."""

import json
from pathlib import Path

import numpy as np
import pytest

from realtime_lab import cli
from realtime_lab.audio import RATE, Clip
from realtime_lab.eventlog import EventLog
from realtime_lab.protocol import GA, LINT_RULES, ResponseCreate
from tests.entries import created, error
from tests.servers import scripted_server


@pytest.fixture
def place(monkeypatch):
    """Arguments that lead to a scripted server."""
    with scripted_server() as server:
        server.engine.transcriber.lines.append("what is the time")
        monkeypatch.setenv("REALTIME_LAB_API_KEY", server.key)
        yield ["--endpoint", f"{server.ws_url}/v1/realtime?model=gpt-realtime"]


@pytest.fixture
def question(tmp_path) -> Path:
    steps = np.arange(int(RATE * 0.3))
    wave = 9000 * np.sin(2 * np.pi * 220 * steps / RATE)
    return Clip(wave.astype(np.int16)).write(tmp_path / "question.wav")


def failure(capsys, *arguments: object) -> str:
    """What the command says when it fails: one line on standard error, nothing on the other."""
    assert cli.main([str(a) for a in arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_one_spoken_turn_gives_one_json_object_a_reply_and_a_log(capsys, place, question, tmp_path):
    reply, log = tmp_path / "reply.wav", tmp_path / "session.jsonl"
    files = ["--out", str(reply), "--log", str(log)]
    assert cli.main(["talk", str(question), *files, "--json", *place]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["transcript_user"] == "what is the time"
    assert told["transcript_assistant"] == "You said: what is the time."
    assert (told["voice"], told["model"]) == ("alloy", "gpt-realtime")
    assert told["latency_ms"].keys() >= {"connect", "speech_end_to_first_audio"}
    assert told["usage"]["total_tokens"] > 0
    assert told["reply_seconds"] == pytest.approx(Clip.read(reply).seconds, abs=0.001)
    assert told["events"] == len(EventLog.load(log))


def test_a_turn_with_a_seed_writes_the_same_log_again(place, tmp_path):
    logs = [tmp_path / f"{n}.jsonl" for n in range(2)]
    for log in logs:
        turn = ["talk", "--text", "Hello", "--seed", "7", "--log", str(log), *place]
        assert cli.main(turn) == 0
    assert logs[0].read_bytes() == logs[1].read_bytes()
    voices = [log.with_suffix(".model.pcm").read_bytes() for log in logs]
    assert voices[0] == voices[1] != b""


def test_logs_that_do_not_differ_are_told_by_the_exit_code(capsys, place, tmp_path):
    same, again, other = (str(tmp_path / f"{name}.jsonl") for name in ("a", "b", "c"))
    for log, words in ((same, "Hello"), (again, "Hello"), (other, "Hello you")):
        assert cli.main(["talk", "--text", words, "--seed", "7", "--log", log, *place]) == 0
    capsys.readouterr()
    assert cli.main(["diff", same, again]) == 0
    assert "differ in nothing (1 turn in both)" in capsys.readouterr().out
    assert cli.main(["diff", same, other]) == 1
    assert "Hello {+you+}" in capsys.readouterr().out
    assert cli.main(["diff", same, other, "--json", "--tolerance-ms", "1000"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["same"], told["a"], told["turns"]) == (False, "a.jsonl", [[1, 1]])
    assert {"text", "audio"} <= {one["kind"] for one in told["differences"]}
    assert cli.main(["diff", same, str(tmp_path / "none.jsonl")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_one_typed_turn_is_told_in_words(capsys, place):
    assert cli.main(["talk", "--text", "Hello", *place]) == 0
    assert "model: You said: Hello." in capsys.readouterr().out


def test_a_file_that_is_no_sound_is_refused(capsys, place, tmp_path):
    file = tmp_path / "notes.wav"
    file.write_text("not a sound")
    assert "notes.wav cannot be read as sound" in failure(capsys, "talk", file, *place)


def test_a_missing_file_is_named(capsys, place, tmp_path):
    assert "there is no sound file" in failure(capsys, "talk", tmp_path / "none.wav", *place)


def test_silence_is_refused_and_leaves_no_reply(capsys, place, tmp_path):
    silent = Clip(np.zeros(RATE, np.int16)).write(tmp_path / "silent.wav")
    reply = tmp_path / "reply.wav"
    assert "is silent" in failure(capsys, "talk", silent, "--out", reply, *place)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["silent.wav"]


def test_an_unknown_voice_is_told_with_those_there_are(capsys, place):
    said = failure(capsys, "talk", "--text", "Hello", "--voice", "nobody", *place)
    assert "no voice 'nobody'" in said
    assert "shimmer" in said


def test_a_dead_endpoint_is_told(capsys, monkeypatch):
    monkeypatch.setenv("REALTIME_LAB_API_KEY", "x")
    place = ["--endpoint", "ws://127.0.0.1:1/v1/realtime?model=m"]
    assert "nobody answers at" in failure(capsys, "talk", "--text", "Hello", *place)


def test_the_key_of_a_known_service_goes_to_no_other_address(capsys, monkeypatch):
    monkeypatch.delenv("REALTIME_LAB_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    place = ["--endpoint", "wss://example.com/v1/realtime?model=m"]
    said = failure(capsys, "talk", "--text", "Hello", *place)
    assert "no key for example.com; set REALTIME_LAB_API_KEY" in said
    own = cli.endpoint_named("wss://api.openai.com/v1/realtime?model=m")
    assert own.headers() == {"Authorization": "Bearer k"}


def test_a_folder_that_does_not_exist_is_told_before_talking(capsys, place, tmp_path):
    reply = tmp_path / "nowhere" / "reply.wav"
    said = failure(capsys, "talk", "--text", "Hello", "--out", reply, *place)
    assert "there is no folder" in said


def test_a_reply_in_an_unknown_format_is_told(capsys, place, tmp_path):
    reply = tmp_path / "reply.xyz"
    assert "sound format" in failure(capsys, "talk", "--text", "Hi", "--out", reply, *place)
    assert list(tmp_path.iterdir()) == []


def test_a_server_whose_engine_does_not_exist_ends_and_says_so(capsys):
    assert cli.main(["serve", "--port", "0", "--brain", "nobody"]) == 1
    assert "no brain called 'nobody'" in capsys.readouterr().err


def test_a_name_that_is_no_endpoint_is_told(capsys):
    assert "is no endpoint" in failure(capsys, "talk", "--text", "Hi", "--endpoint", "moon")


@pytest.mark.parametrize(
    ("name", "dialect", "url"),
    [
        ("azure:lab/voice", None, "wss://lab.openai.azure.com/openai/v1/realtime?model=voice"),
        (
            "azure:lab/voice",
            "preview",
            "wss://lab.openai.azure.com/openai/realtime"
            "?api-version=2025-04-01-preview&deployment=voice",
        ),
        ("openai:gpt-realtime", None, "wss://api.openai.com/v1/realtime?model=gpt-realtime"),
    ],
)
def test_endpoints_have_short_names(monkeypatch, name, dialect, url):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert cli.endpoint_named(name, dialect).url == url


def test_the_embedded_server_is_the_default():
    assert cli.endpoint_named("embedded").dialect == "preview"


@pytest.mark.parametrize(
    ("address", "told"),
    [(["--port", "99999"], "no such port"), (["--host", "0.0.0.0"], "--anywhere")],
)
def test_a_server_that_cannot_listen_there_says_so(capsys, address, told):
    assert told in failure(capsys, "serve", *address)


def test_the_first_notebook_is_found_beside_the_source(tmp_path):
    assert cli.find_notebook(tmp_path).name == "00_quickstart.ipynb"


def test_a_notebook_in_the_folder_comes_first(tmp_path):
    own = tmp_path / "notebooks" / "00_quickstart.ipynb"
    own.parent.mkdir()
    own.write_text("{}")
    assert cli.find_notebook(tmp_path) == own


def linted_log(folder: Path, *events: object) -> str:
    log = EventLog()
    for event in events:
        direction = "sent" if isinstance(event, ResponseCreate) else "received"
        data = GA.encode_client(event) if direction == "sent" else GA.encode_server(event)
        log.record(direction, event, data)
    log.write(folder / "session.jsonl")
    return str(folder / "session.jsonl")


def test_lint_tells_the_mistakes_in_a_log_and_fails_for_errors(capsys, tmp_path):
    path = linted_log(
        tmp_path,
        created("resp_7"),
        ResponseCreate(event_id="one"),
        error("one", "conversation_already_has_active_response"),
    )
    assert cli.main(["lint", path]) == 1
    said = capsys.readouterr().out
    assert said.startswith("Lint: 1 error in 3 events\n")
    assert "after resp_7 became active; it was refused; wait for response.done." in said
    assert cli.main(["lint", path, "--ignore", "response-while-active", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == [] and told["events"] == 3
    assert cli.main(["lint", path, "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["rule"], found["seqs"]) == ("response-while-active", [0, 1, 2])


def test_lint_does_not_fail_for_less_than_errors(capsys, tmp_path):
    assert cli.main(["lint", linted_log(tmp_path, error("", "server_error"))]) == 0
    assert "Lint: 1 warning in 1 event" in capsys.readouterr().out


def test_lint_lists_its_rules(capsys):
    assert cli.main(["lint", "--rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(LINT_RULES)
    assert lines[0].split(maxsplit=2)[:2] == ["response-while-active", "error"]
    assert cli.main(["lint", "--rules", "--json"]) == 0
    assert {rule["id"] for rule in json.loads(capsys.readouterr().out)} == {
        rule.about.id for rule in LINT_RULES
    }


def test_lint_says_what_it_needs(capsys, tmp_path):
    path = linted_log(tmp_path, created("resp_7"))
    for arguments, told in {
        ("lint",): "needs the path of an event log",
        ("lint", str(tmp_path / "none.jsonl")): "cannot read the event log",
        ("lint", path, "--ignore", "x"): "there is no lint rule 'x'",
    }.items():
        assert cli.main(arguments) == 2
        out, err = capsys.readouterr()
        assert told in err and not out
