"""Takes that are kept in a folder: not asked again, gone on with, told where damaged."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

import realtime_lab as rl
from realtime_lab.audio import Clip
from realtime_lab.errors import LogError
from tests.voices.conftest import FaithfulBrain

VOICES = ["alloy", "ash", "coral", "echo"]


@pytest.fixture
def keep(compare, tmp_path):
    """Compare four voices and keep the takes."""

    def kept(text="Hello there.", **options) -> rl.VoiceRun:
        return compare(text, **{"voices": VOICES, "folder": tmp_path / "takes", **options})

    return kept


def same(one: rl.VoiceRun, other: rl.VoiceRun) -> bool:
    def facts(run):
        return [
            (t.source, t.voice, t.repeat, t.line, t.asked, t.said, t.clip.pcm, t.clip.rate,
             t.borders, t.first_audio, t.input_tokens, t.output_tokens, t.dollars)
            for t in run
        ]  # fmt: skip

    return facts(one) == facts(other)


def test_the_same_content_is_not_asked_twice(keep, engine):
    first = keep()
    second = keep(seed=9, concurrency=1)
    assert len(engine.synthesizer.spoken) == 4
    assert same(first, second)
    assert second.spent.sessions == 0
    assert second.notes == ("4 of 4 sessions were kept from before and not asked again",)
    assert second.order != first.order


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Hello here."},
        {"instructions": "Whisper."},
        {"speed": 1.5},
        {"max_output_tokens": 300},
    ],
)
def test_what_differs_in_content_is_asked(keep, engine, other):
    keep()
    keep(**other)
    assert len(engine.synthesizer.spoken) == 8
    keep()
    assert len(engine.synthesizer.spoken) == 8


def test_another_endpoint_or_dialect_is_asked(keep, places, engine):
    keep()
    run = keep(endpoint=[places["preview"], places["ga"]])
    assert len(engine.synthesizer.spoken) == 8
    assert run.spent.sessions == 4
    assert len(run.takes) == 8


def test_more_repeats_and_more_voices_ask_only_for_those(keep, engine):
    keep()
    run = keep(repeats=2)
    assert len(engine.synthesizer.spoken) == 8
    assert len(run.takes) == 8
    keep(voices=[*VOICES, "sage"])
    assert [voice for _, voice, _ in engine.synthesizer.spoken[8:]] == ["sage"]


def test_only_gaps_are_asked_again(keep, engine, go_wrong):
    go_wrong("fail_response:session=2")
    first = keep(concurrency=1)
    [gap] = first.failed
    go_wrong()
    second = keep(concurrency=1)
    assert not second.failed
    assert engine.synthesizer.spoken[-1][1] == gap.voice
    assert len(engine.synthesizer.spoken) == 4
    assert second.notes == ("3 of 4 sessions were kept from before and not asked again",)


def test_a_dialogue_that_broke_off_is_had_again_as_a_whole(keep, engine, go_wrong):
    lines = ["One.", "Two."]
    go_wrong("fail_response:session=1,skip=1")
    first = keep(lines, voices=["ash"])
    assert [take.line for take in first] == [0]
    go_wrong()
    second = keep(lines, voices=["ash"])
    assert [take.said for take in second] == lines
    assert [text for text, *_ in engine.synthesizer.spoken] == ["One.", "One.", "Two."]
    assert not second.notes


def flip_json(file: Path) -> None:
    file.write_text(file.read_text().replace('"Hello there."', '"Hello, there."'))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def other_sound(file: Path) -> None:
    Clip(np.zeros(100, np.int16)).write(file)


@pytest.mark.parametrize(
    ("suffix", "harm", "told"),
    [
        (".json", flip_json, "is not as it was written"),
        (".json", cut, "is no take that was kept"),
        (".json", lambda file: file.write_text("{}"), "is no take that was kept"),
        (".json", lambda file: file.write_bytes(b'{"key":"\xff"}'), "is no take that was kept"),
        (".flac", other_sound, "is not as it was written"),
        (".flac", lambda file: file.write_bytes(b"noise"), "cannot be read as sound"),
        (".flac", Path.unlink, "is missing"),
    ],
)
def test_what_is_damaged_is_told_and_asked_again(keep, engine, tmp_path, suffix, harm, told):
    first = keep()
    [file] = (tmp_path / "takes").glob(f"coral-*{suffix}")
    harm(file)
    second = keep()
    assert [voice for _, voice, _ in engine.synthesizer.spoken[4:]] == ["coral"]
    kept, damaged = second.notes
    assert kept.startswith("3 of 4 sessions")
    assert damaged.startswith("what was kept of coral (")
    assert told in damaged
    assert str(tmp_path) not in damaged
    assert [take.clip.pcm for take in second] == [take.clip.pcm for take in first]
    assert len(keep().notes) == 1


CHILD = """
import sys
import realtime_lab as rl

url, key, folder = sys.argv[1:]

def tell(progress):
    print(progress.done, flush=True)
    if progress.done == 2:
        sys.stdin.read()  # until the end

rl.run(rl.compare_voices("Hello there.", voices=["alloy", "ash", "coral", "echo"], concurrency=1,
    endpoint=rl.endpoint(url, api_key=key), folder=folder, progress=tell))
"""


def test_a_run_that_was_killed_goes_on(keep, engine, places, server, tmp_path):
    command = [sys.executable, "-c", CHILD, places["preview"].url, server.key]
    with subprocess.Popen(
        [*command, str(tmp_path / "takes")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        while child.stdout.readline().strip() != "2":
            assert child.poll() is None
        child.kill()
    before = [voice for _, voice, _ in engine.synthesizer.spoken]
    assert len(before) == 2
    assert not (tmp_path / "takes" / "run.json").exists()
    run = keep(concurrency=1)
    assert len(run.takes) == 4
    assert run.spent.sessions == 2
    asked = [voice for _, voice, _ in engine.synthesizer.spoken]
    assert asked == [planned.voice for planned in run.order]


class HangingBrain(FaithfulBrain):
    """Answers so many requests, and no more while it hangs."""

    left = 2

    async def reply(self, prompt):
        if not self.left:
            await asyncio.Event().wait()
        self.left -= 1
        async for piece in super().reply(prompt):
            yield piece


def test_a_run_that_is_interrupted_ends_its_sessions_and_goes_on(
    keep, engine, places, server, tmp_path
):
    engine.brain = HangingBrain()
    two = threading.Event()
    call = rl.compare_voices(
        "Hello there.",
        voices=VOICES,
        endpoint=places["preview"],
        folder=tmp_path / "takes",
        concurrency=1,
        progress=lambda progress: two.set() if progress.done == 2 else None,
    )
    assert two.wait(30)
    call.cancel()
    with pytest.raises(CancelledError):
        call.result(10)
    with pytest.raises(LogError, match="broken off before its end; compare_voices with the same"):
        rl.VoiceRun.load(tmp_path / "takes")
    engine.brain.left = 99
    run = keep(concurrency=1)
    assert run.spent.sessions == 2
    assert len(run.takes) == 4


def test_a_take_that_cannot_be_kept_is_in_the_run_all_the_same(keep, tmp_path):
    run = keep()
    [name] = {path.stem for path in (tmp_path / "takes").glob("ash-*.json")}
    for path in (tmp_path / "takes").iterdir():
        path.unlink()
    (tmp_path / "takes" / f"{name}.flac").mkdir()
    again = keep()
    assert [take.clip.pcm for take in again] == [take.clip.pcm for take in run]
    assert any("ash (" in note and "in memory only" in note for note in again.notes)


def test_the_last_run_of_a_folder_can_be_loaded(keep, tmp_path, go_wrong):
    go_wrong("fail_response:session=2")
    run = keep(repeats=2, speed=1.1)
    loaded = rl.VoiceRun.load(tmp_path / "takes")
    assert same(run, loaded)
    assert loaded.failed == run.failed
    assert len(loaded.failed) == 1
    assert loaded.design == run.design
    assert loaded.notes == run.notes


def test_a_run_that_was_saved_is_the_same_again(compare, tmp_path):
    run = compare(["One.", "Two."], voices=["ash", "coral"], repeats=2)
    assert run.save(tmp_path / "saved") == tmp_path / "saved"
    loaded = rl.VoiceRun.load(tmp_path / "saved")
    assert same(run, loaded)
    assert loaded.design == run.design
    assert repr(loaded) == repr(run)


def test_a_saved_take_that_is_damaged_is_a_gap(compare, tmp_path):
    compare(voices=["ash", "coral"]).save(tmp_path)
    [file] = tmp_path.glob("*-ash-*.flac")
    cut(file)
    loaded = rl.VoiceRun.load(tmp_path)
    assert [take.voice for take in loaded] == ["coral"]
    [gap] = loaded.failed
    assert gap.voice == "ash"
    assert file.name in gap.told


def test_a_name_that_leads_out_of_the_folder_is_not_followed(compare, tmp_path):
    compare(voices="ash").save(tmp_path / "a")
    compare(voices="ash").save(tmp_path / "b")
    record = json.loads((tmp_path / "b" / "run.json").read_text())
    record["takes"][0]["file"] = "../a/" + record["takes"][0]["file"]
    (tmp_path / "b" / "run.json").write_text(json.dumps(record))
    loaded = rl.VoiceRun.load(tmp_path / "b")
    assert not loaded.takes
    assert "is no name of a take" in loaded.failed[0].told


def test_an_export_is_not_taken_for_a_run_that_was_broken_off(compare, tmp_path):
    compare(voices="ash").export_flac(tmp_path)
    with pytest.raises(LogError, match=r"there is no run\.json .*; give the folder of a run"):
        rl.VoiceRun.load(tmp_path)


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(LogError, match=r"there is no run\.json"):
        rl.VoiceRun.load(tmp_path)
    for damaged in (b"[]", b'{"format":"\xff"}'):
        (tmp_path / "run.json").write_bytes(damaged)
        with pytest.raises(LogError, match="cannot be read as a run"):
            rl.VoiceRun.load(tmp_path)
