"""What must not be published is found wherever it is, and told without being shown."""

import base64
import io
import json
import re
import wave
from pathlib import Path

import nbformat
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat import v4

from realtime_lab import cli
from realtime_lab.audio import Clip
from realtime_lab.eventlog import Redaction, scan
from realtime_lab.eventlog.scan.candidates import candidates

from .made import conversation

KEY = "sk-" + "Ab1" * 8
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
AZURE = "0123456789abcdef" * 2
PLANTED = {
    "key of OpenAI": (KEY, "key"),
    "client secret": ("ek_68af296e8e408191a1120a", "key"),
    "token": (JWT, "key"),
    "key in an address": ("wss://r.openai.azure.com/openai?api-key=9f8e7d6c5b4a", "key"),
    "header": ("Authorization: Bearer abcdef1234567890", "key"),
    "key of Azure": (AZURE, "key"),
    "e-mail": ("ada@lab.org", "e-mail"),
    "phone": ("415-555-0123", "phone"),
    "card": ("4111 1111 1111 1111", "card"),
    "account": ("DE89 3704 0044 0532 0130 00", "IBAN"),
    "spoken number": ("four one five five five five zero one two three", "number"),
}


def wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes(bytes(range(256)) * 8)
    return buffer.getvalue()


SOUND = base64.b64encode(wav()).decode()


def notebook(*outputs, source: str = "show()", **metadata):
    cell = v4.new_code_cell(source, outputs=list(outputs))
    return v4.new_notebook(cells=[v4.new_markdown_cell("# Title"), cell], metadata=metadata)


def shown(**data):
    return v4.new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


def printed(text: str, name: str = "stdout"):
    return v4.new_output("stream", name=name, text=text)


def found(tmp_path, document, name: str = "n.ipynb", **options) -> list[tuple[str, str]]:
    """Places and kinds."""
    path = tmp_path / name
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_text(text, encoding="utf-8")
    result = scan([path], **options)
    assert result.unreadable == ()
    return [(one.place, one.kind) for one in result.findings]


@pytest.mark.parametrize(("text", "kind"), PLANTED.values(), ids=PLANTED)
def test_what_was_printed_is_looked_through(tmp_path, text, kind):
    assert found(tmp_path, notebook(printed(f"it is {text} here\n"))) == [("cell 2, stdout", kind)]


@pytest.mark.parametrize(("text", "kind"), PLANTED.values(), ids=PLANTED)
def test_html_is_read_as_a_browser_shows_it(tmp_path, text, kind):
    spelt = text.replace("5", "<b>5</b>").replace("e", "&#101;")
    document = notebook(shown(text_html=f"<p>it is {spelt} here</p>"))
    assert found(tmp_path, document) == [("cell 2, output (text/html)", kind)]


def test_text_that_is_saved_line_by_line_or_cut_into_pieces_is_joined(tmp_path):
    lines = {"output_type": "stream", "name": "stdout", "text": [f"key {KEY[:9]}", f"{KEY[9:]}\n"]}
    assert found(tmp_path, notebook(lines)) == [("cell 2, stdout", "key")]
    pieces = [printed(KEY[:6]), printed(KEY[6:] + "\n")]
    assert found(tmp_path, notebook(*pieces)) == [("cell 2, stdout", "key")]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_what_is_cut_into_the_pieces_of_a_transcript_is_found(tmp_path, quote):
    pieces = ["Call 415-", "555-", "0123 now"]
    lines = [f'{{"type": "response.output_text.delta", "delta": "{piece}"}}' for piece in pieces]
    text = "\n".join(lines).replace('"', quote)
    assert found(tmp_path, notebook(printed(text))) == [("cell 2, stdout", "phone")]


@pytest.mark.parametrize("depth", [1, 2])
def test_what_is_hidden_in_base64_is_found(tmp_path, depth):
    text = f"my key: {KEY}"
    for _ in range(depth):
        text = base64.b64encode(text.encode()).decode()
    assert found(tmp_path, notebook(printed(f"data {text} end"))) == [("cell 2, stdout", "key")]
    page = base64.b64encode(f"<p>{KEY}</p>".encode()).decode()
    html = f'<a href="data:text/html;base64,{page}">report</a>'
    assert found(tmp_path, notebook(shown(text_html=html))) == [
        ("cell 2, output (text/html)", "key")
    ]


def test_every_other_place_of_a_notebook_is_looked_at(tmp_path):
    document = notebook(
        v4.new_output("execute_result", data={"application/json": {"api_key": "a1b2c3d4"}}),
        v4.new_output("error", ename="E", evalue="no", traceback=[f"\x1b[31m{KEY}\x1b[0m"]),
        shown(text_plain="x"),
        author={"mail": "ada@lab.org"},
    )
    document.cells[0]["attachments"] = {"a.txt": {"text/plain": JWT}}
    document.cells[1].metadata["tags"] = [KEY]
    document.cells[1].outputs[2].metadata["note"] = "415-555-0123"
    assert found(tmp_path, document) == [
        ("cell 1, attachment 'a.txt' (text/plain)", "key"),
        ("cell 2, metadata", "key"),
        ("cell 2, output (application/json)", "key"),
        ("cell 2, output (error)", "key"),
        ("cell 2, output metadata", "phone"),
        ("metadata of the notebook", "e-mail"),
    ]


def widget_state(**model):
    state = {AZURE: {"model_name": "AnyModel", "model_module": "anywidget", **model}}
    return {"application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2}}


def test_the_saved_state_of_widgets_is_looked_through(tmp_path):
    buffer = {"encoding": "base64", "path": ["pcm"], "data": SOUND}
    model = {"state": {"text": KEY, "_esm": "f('x@y.org')"}, "buffers": [buffer]}
    assert found(tmp_path, notebook(widgets=widget_state(**model))) == [
        ("widget state (AnyModel)", "key"),
        ("widget state (AnyModel)", "audio"),
    ]
    player = {"model_name": "AudioModel", "buffers": [{"data": "AAAA", "path": ["value"]}]}
    assert found(tmp_path, notebook(widgets=widget_state(**player))) == [
        ("widget state (AudioModel)", "audio")
    ]


def test_ids_of_widgets_and_hashes_are_no_keys(tmp_path):
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": AZURE}}
    document = notebook(
        v4.new_output("display_data", data=view),
        printed(f"SHA-256 of the log: {AZURE * 2}\nmd5={AZURE}"),
        widgets=widget_state(state={"layout": f"IPY_MODEL_{AZURE}"}),
    )
    assert found(tmp_path, document) == []


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": Clip.from_pcm(bytes(4800))._repr_html_()},
        {"text/html": f'<audio src="data:audio/wav;base64,{SOUND}"></audio>'},
        {"text/html": f"<script>play('{SOUND}')</script>".replace("script", "div")},
        {"audio/wav": SOUND},
        {"video/mp4": "AAAA"},
        {"application/json": {"type": "input_audio_buffer.append", "audio": "AAEC/w" * 80}},
        {"text/plain": repr({"type": "response.audio.delta", "delta": "AAEC/w" * 80})},
    ],
)
def test_sound_is_found_however_it_is_embedded(tmp_path, data):
    (kind,) = {kind for _, kind in found(tmp_path, notebook(shown(**data)))}
    assert kind == "audio"


def test_pictures_are_no_sound(tmp_path):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20).decode()
    document = notebook(
        shown(image_png=picture), shown(text_html=f'<img src="data:image/png;base64,{picture}">')
    )
    assert found(tmp_path, document) == []


@pytest.mark.parametrize(
    ("source", "is_key"),
    [
        (f'rl.openai(api_key="{KEY}")', True),
        (f"token = '{JWT}'", True),
        ("headers = {'api-key': '9f8e7d6c5b4a3f2e'}", True),
        ("!curl -H 'Authorization: Bearer abcdef1234567890'", True),
        ('password = "correct-horse"', True),
        ('api_key = os.environ["AZURE_OPENAI_API_KEY"]', False),
        ("rl.azure(resource, api_key=key_of_lab)", False),
        ("rl.azure(resource, api_key=settings.api_key)", False),
        ("password = getpass.getpass()", False),
        ('api_key="your-key-here"', False),
        ('api_key="sk-..."', False),
        ('f"Bearer {token}"', False),
        ("write to ada@lab.org or 415-555-0123", False),
        (f'player = "data:audio/wav;base64,{SOUND}"', False),
    ],
)
def test_sources_are_looked_through_for_keys_that_stand_there(tmp_path, source, is_key):
    expected = [("cell 2, source", "key")] if is_key else []
    assert found(tmp_path, notebook(source=source)) == expected


def test_notebooks_of_version_3_are_read(tmp_path):
    sheet = {
        "cells": [
            {
                "cell_type": "code",
                "language": "python",
                "metadata": {},
                "input": [f"key = '{KEY}'"],
                "outputs": [
                    {
                        "output_type": "stream",
                        "metadata": {},
                        "stream": "stderr",
                        "text": ["415-555-", "0123"],
                    },
                    {
                        "output_type": "pyout",
                        "prompt_number": 1,
                        "html": ["<b>ada@", "lab.org</b>"],
                        "metadata": {},
                    },
                    {"output_type": "pyerr", "ename": "E", "evalue": "", "traceback": [JWT]},
                ],
            }
        ]
    }
    document = {
        "worksheets": [sheet],
        "metadata": {"signature": f"sha256:{AZURE * 2}"},
        "nbformat": 3,
        "nbformat_minor": 0,
    }
    nbformat.validate(nbformat.from_dict(document), relax_add_props=True)
    assert found(tmp_path, document) == [
        ("cell 1, source", "key"),
        ("cell 1, stderr", "phone"),
        ("cell 1, output (text/html)", "e-mail"),
        ("cell 1, output (error)", "key"),
    ]


def exported(document) -> str:
    return HTMLExporter(template_name="lab").from_notebook_node(document)[0]


def test_an_html_export_of_a_clean_notebook_is_clean(tmp_path):
    document = notebook(printed("all is well"), source="1 + 1")
    assert found(tmp_path, exported(document), "n.html") == []


def test_an_html_export_tells_what_the_notebook_does(tmp_path):
    model = {"model_module_version": "1", "state": {"text": "ada@lab.org"}}
    document = notebook(
        printed(f"{KEY}\n"), shown(text_html=f'<audio src="data:audio/wav;base64,{SOUND}"></audio>')
    )
    document.metadata["widgets"] = widget_state(**model)
    assert sorted(found(tmp_path, exported(document), "n.html")) == [
        ("page", "audio"),
        ("page", "key"),
        ("widget state (AnyModel)", "e-mail"),
    ]


def test_any_other_text_is_told_by_its_lines(tmp_path):
    text = f"one\ntwo {KEY}\nthree\nfour ada@lab.org\nfive eve@lab.org\n"
    assert found(tmp_path, text, "notes.md") == [("line 2", "key"), ("lines 4 to 5", "e-mail")]
    log = conversation().log.export(tmp_path / "wire.jsonl").read_text()
    assert found(tmp_path, log, "log.jsonl") == [("lines 1 to 13", "audio")]


def test_what_is_allowed_may_be_there(tmp_path):
    document = notebook(printed(f"{KEY} ada@lab.org"))
    assert found(tmp_path, document, allow=["e-mail"]) == [("cell 2, stdout", "key")]
    assert found(tmp_path, document, allow=["e-mail", "key"]) == []


# -- the command -----------------------------------------------------------------------------------


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = cli.main(["scan-notebook", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def write(path, *outputs, **options):
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook(*outputs, **options), path)
    return path


def test_the_command_fails_and_tells_file_cell_and_kind_but_never_the_thing(capsys, tmp_path):
    secrets = [text for text, _ in PLANTED.values()]
    path = write(tmp_path / "n.ipynb", printed("\n".join(secrets)), source=f"k = '{KEY}'")
    code, out, err = run(capsys, path)
    assert code == 1
    assert f"{path}: cell 2, source: key\n" in out
    assert f"{path}: cell 2, stdout: 6 × key\n" in out
    assert "clear those outputs" in err
    told = out + err + run(capsys, "--json", path)[1]
    assert not any(secret in told or secret[:8] in told for secret in secrets)


def test_a_clean_file_is_silent_success(capsys, tmp_path):
    assert run(capsys, write(tmp_path / "n.ipynb", printed("fine"))) == (0, "", "")


def test_a_folder_stands_for_the_notebooks_in_it(capsys, tmp_path):
    write(tmp_path / "a" / "n.ipynb", printed(KEY))
    write(tmp_path / ".ipynb_checkpoints" / "n.ipynb", printed(KEY))
    (tmp_path / "notes.txt").write_text(KEY)
    code, out, _ = run(capsys, tmp_path)
    assert (code, out.count("\n")) == (1, 1)


@pytest.mark.parametrize("content", [None, b"{torn", b"{}", b"\x00\x01\x02", b"[" * 100_000])
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_scanned(capsys, tmp_path, content):
    bad = tmp_path / "bad.ipynb"
    if content is not None:
        bad.write_bytes(content)
    code, out, err = run(capsys, bad, write(tmp_path / "n.ipynb", printed(KEY)))
    assert code == 2
    assert "n.ipynb: cell 2, stdout: key" in out
    assert f"cannot read {bad}: " in err


def test_json_and_allowed_kinds(capsys, tmp_path):
    path = write(tmp_path / "n.ipynb", printed(f"{KEY} {KEY} ada@lab.org"))
    code, out, _ = run(capsys, "--json", "--allow", "e-mail", path)
    told = json.loads(out)
    found = {"path": str(path), "place": "cell 2, stdout", "kind": "key", "count": 2}
    assert (code, told) == (1, {"files": 1, "findings": [found], "unreadable": []})
    assert run(capsys, "--allow", "e-mail", "--allow", "key", path)[0] == 0


def test_the_notebooks_of_this_project_hold_nothing_but_sound_that_was_asked_for():
    notebooks = Path(__file__).parents[2] / "notebooks"
    for found in scan([notebooks]).findings:
        assert found.kind == "audio", str(found)
        number = int(found.place.removeprefix("cell ").partition(",")[0])
        cell = nbformat.read(found.path, as_version=4).cells[number - 1]
        assert cell.source.endswith(".audio"), str(found)


WORDS = ["call", "me", "12", "3.14", "x", "=", "2,718", "five", "the", "one", "\n", "of", "ada"]


@given(
    st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from([t for t, _ in PLANTED.values()]))),
    st.sampled_from([" ", "\n", "  ", " " * 400]),
)
def test_the_quick_look_misses_nothing_that_redaction_finds(words, space):
    text = space.join(words)
    stream = Redaction().stream()
    stream.feed(text)
    stream.finish()
    looked_at = list(candidates(text))
    for start, end, kind in stream.found:
        assert any(first <= start and end <= last for first, last in looked_at), (kind, text)


def test_the_hook_for_pre_commit_runs_the_command_on_notebooks_and_pages(capsys, tmp_path):
    root = Path(__file__).parents[2]
    (hook,) = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language", "files"} <= hook.keys()
    program, *words = hook["entry"].split()
    assert program == "realtime-lab"
    path = write(tmp_path / "n.ipynb", printed(KEY))
    assert cli.main([*words, str(path)]) == 1
    assert "cell 2, stdout: key" in capsys.readouterr().out
    assert re.search(hook["files"], "notebooks/n.ipynb")
    assert not re.search(hook["files"], "notes.md")
