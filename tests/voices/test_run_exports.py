"""A run given away: FLAC and manifest, Parquet, a page."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import duckdb
import pytest
import soundfile

from realtime_lab.audio import Clip
from realtime_lab.errors import AudioError, LogError
from realtime_lab.voices import VoiceRun


@pytest.fixture
def run(compare, places, go_wrong):
    go_wrong("fail_response:message=Oh no,session=2")
    return compare(
        "Hello <there> & “you”.",
        voices=["ash", "coral"],
        repeats=2,
        concurrency=1,
        endpoint=[places["preview"], places["ga"]],
    )


def test_every_take_is_a_flac_file_and_the_manifest_tells_of_it(run, tmp_path):
    manifest = run.export_flac(tmp_path / "flac")
    told = json.loads(manifest.read_text())
    assert told["lines"] == ["Hello <there> & “you”."]
    assert told["seed"] == 0
    assert [tuple(one.values()) for one in told["order"]] == [tuple(p) for p in run.order]
    assert [gap["told"] for gap in told["failed"]] == [gap.told for gap in run.failed]
    assert len(told["failed"]) == 1
    files = {path.name for path in (tmp_path / "flac").glob("*.flac")}
    assert files == {one["file"] for one in told["takes"]}
    assert len(files) == len(run.takes) == 7
    for one, take in zip(told["takes"], run.takes, strict=True):
        path = tmp_path / "flac" / one["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one["sha256"]
        samples, rate = soundfile.read(path, dtype="int16")
        assert (rate, samples.tobytes()) == (take.clip.rate, take.clip.samples.tobytes())
        assert one["borders"] == list(take.borders)
        assert one["dollars"] == take.dollars
        assert take.voice in one["file"]


def test_the_table_is_a_parquet_file_with_the_sound_when_asked(run, tmp_path):
    run.export_parquet(tmp_path / "bare.parquet")
    path = run.export_parquet(tmp_path / "run.parquet", audio=True)
    columns = [row[0] for row in duckdb.sql(f"DESCRIBE FROM '{path}'").fetchall()]
    assert columns == [*run.table().columns, "borders", "flac"]
    bare = duckdb.sql(f"DESCRIBE FROM '{tmp_path / 'bare.parquet'}'").fetchall()
    assert [row[0] for row in bare] == columns[:-1]
    rows = duckdb.sql(f"SELECT voice, said, seconds, borders, flac, problem FROM '{path}'")
    found = rows.fetchall()
    assert len(found) == 8
    for (voice, said, seconds, borders, flac, problem), take in zip(found, run.takes, strict=False):
        assert (voice, said, borders, problem) == (take.voice, take.said, [*take.borders], None)
        assert seconds == pytest.approx(take.clip.seconds)
        samples, _ = soundfile.read(io.BytesIO(flac), dtype="int16")
        assert samples.tobytes() == take.clip.samples.tobytes()
    assert "Oh no" in found[-1][-1]


class Page(HTMLParser):
    """The tags of a page, and whether each is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_has_voices_only_when_asked(run, tmp_path):
    silent = run.export_html(tmp_path / "silent.html").read_text()
    spoken = run.export_html(tmp_path / "spoken.html", players=True).read_text()
    for page, players in ((silent, 0), (spoken, 7)):
        tags = Page(page)
        assert not tags.open
        names = [name for name, _ in tags.seen]
        assert names.count("audio") == players
        assert names.count("svg") == 7
        assert not {"script", "link", "iframe", "img"} & set(names)
        addresses = re.findall(r"https?://[^\"'< ]+", page)
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert "Hello &lt;there&gt; &amp; “you”." in silent
    assert "Oh no" in silent
    assert "audio/mpeg" not in silent


def test_no_key_path_or_address_leaves(run, server, tmp_path, compare, places):
    kept = compare("Hi.", voices=["ash"], folder=tmp_path / "secret-place")
    again = compare("Hi.", voices=["ash"], folder=tmp_path / "secret-place")
    for one in (run, kept, again):
        one.export_flac(tmp_path / "flac", overwrite=True)
        one.export_html(tmp_path / "page.html", players=True, overwrite=True)
        one.export_parquet(tmp_path / "run.parquet", overwrite=True)
        texts = [
            repr(one),
            one._repr_html_(),
            (tmp_path / "flac" / "manifest.json").read_text(),
            (tmp_path / "page.html").read_text(),
            (tmp_path / "run.parquet").read_bytes().decode(errors="replace"),
            *(path.read_text() for path in (tmp_path / "secret-place").glob("*.json")),
        ]
        for text in texts:
            assert server.key not in text
            assert "secret-place" not in text
            assert str(tmp_path) not in text
            assert "127.0.0.1" not in text


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("nobody answers at wss://lab.openai.azure.com/v1?x=1 (it says: no); check the address",
         "nobody answers at … (it says: no); check the address"),
        ("lab.openai.azure.com could not give a session, ask 10.0.0.7:8080 for 3.5 s",
         "… could not give a session, ask …:8080 for 3.5 s"),
        ("cannot write /home/anna/takes/a.flac: no room; or ~/x, or C:\\anna\\x",
         "cannot write …: no room; or …, or …"),
        ("give rl.azure(…) a model, such as gpt-realtime-1.5/ga, and/or wait",
         "give rl.azure(…) a model, such as gpt-realtime-1.5/ga, and/or wait"),
    ],
)  # fmt: skip
def test_what_leaves_says_why_something_failed_without_the_place(run, tmp_path, told, shown):
    gap = run.failed[0]._replace(told=told)
    one = replace(run, failed=(gap,))
    manifest = json.loads(one.export_flac(tmp_path / "flac").read_text())
    assert manifest["failed"][0]["told"] == shown
    assert html.escape(shown) in one.export_html(tmp_path / "page.html").read_text()
    table = duckdb.read_parquet(str(one.export_parquet(tmp_path / "run.parquet")))
    assert table.filter("problem IS NOT NULL").project("problem").fetchall() == [
        (f"{gap.error}: {shown}",)
    ]


def test_what_is_there_is_not_overwritten_unless_asked(run, tmp_path):
    run.export_html(tmp_path / "page.html")
    with pytest.raises(LogError, match="exists already"):
        run.export_html(tmp_path / "page.html")
    run.export_html(tmp_path / "page.html", title="Two <voices>", overwrite=True)
    assert "<title>Two &lt;voices&gt;</title>" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("write", [VoiceRun.export_flac, VoiceRun.save])
def test_a_folder_of_another_run_is_not_overwritten_unless_asked(run, tmp_path, write):
    write(run, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    other = replace(run, takes=run.takes[::-1])
    with pytest.raises(LogError, match=r"json exists already"):
        write(other, tmp_path)
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir()}
    write(other, tmp_path, overwrite=True)
    assert before != {path: path.read_bytes() for path in tmp_path.iterdir()}


def test_an_export_that_is_replaced_leaves_no_takes_behind_and_nothing_else_goes(run, tmp_path):
    run.export_flac(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "mine.flac").write_bytes(b"")
    fewer = replace(run, takes=run.takes[:2])
    told = json.loads(fewer.export_flac(tmp_path, overwrite=True).read_text())
    kept = {path.name for path in tmp_path.iterdir()} - {"manifest.json"}
    assert kept == {"notes.txt", "mine.flac", *(one["file"] for one in told["takes"])}


def test_an_export_that_cannot_be_written_costs_no_take_of_the_one_before(run, tmp_path):
    before = json.loads(replace(run, takes=run.takes[:1]).export_flac(tmp_path).read_text())
    [kept] = [one["file"] for one in before["takes"]]
    others = replace(run, takes=run.takes[1:])
    told = json.loads(others.export_flac(tmp_path / "elsewhere").read_text())
    names = [one["file"] for one in told["takes"]]
    assert kept not in names
    (tmp_path / names[-1]).mkdir()
    with pytest.raises(AudioError):
        others.export_flac(tmp_path, overwrite=True)
    assert (tmp_path / kept).is_file()


def test_a_manifest_names_nothing_outside_of_its_folder_to_be_replaced(run, tmp_path):
    (tmp_path / "mine.flac").write_bytes(b"mine")
    (tmp_path / "export").mkdir()
    manifest = {"takes": [{"file": "../mine.flac"}]}
    (tmp_path / "export" / "manifest.json").write_text(json.dumps(manifest))
    run.export_flac(tmp_path / "export", overwrite=True)
    assert (tmp_path / "mine.flac").exists()


def test_a_long_run_shows_its_beginning_and_says_so(compare):
    run = compare("Hi.", repeats=8, voices=["alloy", "ash", "ballad", "coral", "echo", "sage",
                                            "shimmer", "verse"])  # fmt: skip
    assert len(run.takes) == 64
    assert "4 takes more; .table() has all" in repr(run)
    assert run._repr_html_().count("<svg") == 60
    assert len(run.table()) == 64


def test_the_outline_of_a_sound_is_drawn_on_the_axis_of_the_longest(compare, engine):
    engine.brain.answers = [("one two three four ",), ("one two ",)]
    run = compare("One", voices=["ash", "coral"], concurrency=1)
    assert isinstance(run.takes[0].clip, Clip)
    paths = re.findall(r'<path d="([^"]*)" stroke-width', run._repr_html_())
    strokes = sorted(path.count("M") for path in paths)
    assert strokes == [120, 240]
