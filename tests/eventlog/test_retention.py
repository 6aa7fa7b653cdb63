"""Recordings are kept as long as the user says, and nothing else is ever removed."""

import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from realtime_lab.errors import LogError
from realtime_lab.eventlog import EventLog, Retention, purge, recordings

from .made import conversation

NOW = 1_800_000_000.0
DAY = 86_400.0


def recorded(kept: Retention, days_ago: float) -> Path:
    """A finished recording of some kB."""
    log = conversation().log
    log.keep(Retention(kept.folder), now=NOW - days_ago * DAY)
    log.close()
    assert log.path is not None
    return log.path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def test_a_recording_is_a_log_in_a_folder_of_its_own(tmp_path):
    kept = Retention(tmp_path / "talks" / "mine")
    path = recorded(kept, 0)
    assert path.parent == tmp_path / "talks" / "mine"
    assert len(EventLog.load(path)) == 18
    (one,) = kept.recordings()
    size = sum(file.stat().st_size for file in path.parent.glob("recording-*"))
    assert size > path.stat().st_size, "the voices count"
    assert (one.path, one.size, one.is_open) == (path, size, False)
    assert one.started.timestamp() == NOW


def test_only_the_owner_may_read_any_of_it(tmp_path):
    kept = Retention(tmp_path / "talks")
    path = recorded(kept, 0)
    conversation().log.write(tmp_path / "log.jsonl")
    (tmp_path / "there.jsonl").touch(mode=0o644)
    conversation().log.journal(tmp_path / "there.jsonl", overwrite=True)
    for file in (path, *path.parent.iterdir(), tmp_path / "log.jsonl", tmp_path / "there.jsonl"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_old_recordings_go_when_a_session_begins(tmp_path):
    kept = Retention(tmp_path, days=30)
    old, young = recorded(kept, 31), recorded(kept, 29)
    log = EventLog()
    purged = log.keep(kept, now=NOW)
    assert [r.path for r in purged.removed] == [old]
    assert not old.exists()
    assert young.exists()
    (mark,) = log.events("lab.purged")
    assert mark.event.data["names"] == [old.name]
    assert old.name in str(purged)


def test_the_oldest_go_first_until_the_rest_fits(tmp_path):
    kept = Retention(tmp_path, megabytes=1)
    paths = [recorded(kept, age) for age in (3, 9, 6)]
    size = kept.recordings()[0].size
    purged = purge(kept, megabytes=1.5 * size / 1e6)
    assert [r.path for r in purged.removed] == [paths[1], paths[2]]
    assert [r.path for r in purged.kept] == [paths[0]]
    assert names(tmp_path) == {
        paths[0].name,
        *(paths[0].with_suffix(f".{side}.pcm").name for side in ("user", "model")),
    }, "and their voices went with them"


def test_an_open_recording_stays_in_this_process_and_in_another(tmp_path):
    kept = Retention(tmp_path)
    here = EventLog()
    here.keep(kept, now=NOW)
    program = textwrap.dedent(f"""
        from realtime_lab.eventlog import EventLog, Retention
        log = EventLog()
        log.keep(Retention({str(tmp_path)!r}))
        print(log.path, flush=True)
        input()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdin
        there = Path(other.stdout.readline().strip())
        assert [r.is_open for r in recordings(tmp_path)] == [True, True]
        purged = purge(tmp_path, everything=True)
        assert purged.removed == ()
        assert there.exists()
        other.stdin.write("\n")
        other.stdin.flush()
        other.wait()
        purged = purge(tmp_path, everything=True)
    assert [r.path for r in purged.removed] == [there]
    here.close()
    assert len(purge(tmp_path, everything=True).removed) == 1


def test_what_is_not_ours_is_never_removed(tmp_path):
    kept = Retention(tmp_path / "talks")
    ours = recorded(kept, 5)
    folder = ours.parent
    shutil.copy(ours, folder / "keep-this.jsonl")
    shutil.copy(ours, folder / "recording-20200101T000000Z-aaaaaa-bbbbbbbb.jsonl")
    (folder / ours.name.replace(".jsonl", ".txt")).write_text("notes")
    forged = Retention(folder).new_path(now=NOW - 99 * DAY)
    forged.write_text("not a log at all\n")
    elsewhere = tmp_path / "precious.jsonl"
    conversation().log.write(elsewhere)
    Retention(folder).new_path(now=NOW - 98 * DAY).symlink_to(elsewhere)
    Retention(folder).new_path(now=NOW - 97 * DAY).mkdir()
    before = names(folder)
    purged = purge(folder, everything=True)
    assert [r.path for r in purged.removed] == [ours]
    voices = {ours.with_suffix(f".{side}.pcm").name for side in ("user", "model")}
    assert names(folder) == before - {ours.name} - voices
    assert elsewhere.exists()


def test_a_sealed_recording_is_kept_and_removed_as_any_other(tmp_path):
    log = conversation().log
    log.keep(Retention(tmp_path), now=NOW)
    path = log.seal()
    (kept,) = recordings(tmp_path)
    assert kept.path == path
    assert kept.size == sum(file.stat().st_size for file in tmp_path.glob("recording-*"))
    assert len(EventLog.load(kept.path)) == 18
    assert [r.path for r in purge(tmp_path, everything=True).removed] == [path]
    assert names(tmp_path) == set()


def test_what_a_killed_process_left_of_a_recording_goes_with_it(tmp_path):
    kept = Retention(tmp_path)
    path = recorded(kept, 1)
    unsealed = path.read_bytes()
    sealed = EventLog.load(path).seal()
    path.write_bytes(unsealed)
    path.with_suffix(".user.pcm").write_bytes(b"voice")
    (tmp_path / f".{path.stem}.x7").mkdir()
    (tmp_path / f".{path.stem}.x7" / "voice.flac").write_bytes(b"voice")
    (tmp_path / f".{path.name}.77.unfinished").write_bytes(b"words")
    assert [r.path for r in recordings(tmp_path)] == [sealed], "it is one recording"
    assert [r.path for r in purge(tmp_path, everything=True).removed] == [sealed]
    assert [p.name for p in tmp_path.iterdir()] == [".realtime_lab_recordings"]


def test_a_recording_is_not_removed_while_it_is_sealed(tmp_path, monkeypatch):
    from realtime_lab.eventlog.recording import sealing

    path = recorded(Retention(tmp_path), 1)
    write = sealing.write_parquet
    tried = []

    def purged_meanwhile(*given, **more):
        tried.append(purge(tmp_path, everything=True))
        write(*given, **more)

    monkeypatch.setattr(sealing, "write_parquet", purged_meanwhile)
    EventLog.load(path).seal()
    assert [purged.removed for purged in tried] == [()]
    assert len(EventLog.load(path.with_suffix(".parquet"))) == 18


def test_recordings_that_were_moved_belong_to_their_new_folder(tmp_path):
    ours = recorded(Retention(tmp_path / "talks"), 5)
    recorded(Retention(tmp_path / "other"), 5)
    moved = tmp_path / "other" / ours.name
    ours.rename(moved)
    assert moved not in [r.path for r in purge(tmp_path / "other", everything=True).removed]
    assert moved.exists()


@pytest.mark.parametrize("where", ["none", "empty"])
def test_a_folder_without_recordings_is_left_as_it_is(where, tmp_path):
    (tmp_path / "empty").mkdir()
    assert purge(tmp_path / where, days=0).removed == ()
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["empty"]


def test_what_makes_no_sense_is_refused(tmp_path):
    for wrong in ({"days": -1}, {"megabytes": float("nan")}):
        with pytest.raises(LogError, match="0 or more"):
            Retention(tmp_path, **wrong)
    with pytest.raises(LogError, match="everything=True"):
        purge(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="choose another folder"):
        EventLog().keep(Retention(tmp_path / "file"))
