"""Nothing that a listener gave is lost."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas
import pytest

from realtime_lab.errors import ListeningError
from realtime_lab.voices import ListeningTest

from .listeners import listen, rates, take, takes


def noon() -> datetime:
    return datetime(2026, 5, 4, 12, tzinfo=UTC)


def held(path: Path | None = None, **changes) -> ListeningTest:
    return ListeningTest(takes(), path=path, clock=noon, **changes)


def test_a_test_that_was_broken_off_goes_on_where_it_was(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    first = held(path)
    for _ in range(3):
        trial = first.next_trial("anna")
        assert trial is not None
        first.answer("anna", trial.number, 1)
    again = held(path)
    trial = again.next_trial("anna")
    assert trial is not None
    assert trial.number == 3
    assert again.begin("anna") == first.begin("anna")
    assert again.answered("anna") == first.answered("anna")


def test_a_line_that_was_torn_by_a_crash_costs_that_answer_alone(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    test = held(path)
    test.answer("anna", 0, 1)
    test.answer("anna", 1, -1)
    path.write_bytes(path.read_bytes()[:-7])
    again = held(path)
    assert list(again.answered("anna")) == [0]
    again.answer("anna", 1, 0)
    third = held(path)
    assert [third.answered("anna")[n].given for n in (0, 1)] == [(1.0,), (0.0,)]
    assert "line 4" in third.results().answers.notes[0]


def test_a_line_that_is_no_text_costs_that_answer_alone(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    held(path).answer("anna", 0, 1, comment="like a café")
    held(path).answer("anna", 1, 1)
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff"))
    again = held(path)
    assert list(again.answered("anna")) == [1]
    assert "line 3: passed over" in again.results().answers.notes[0]


def test_a_file_of_another_kind_is_told_though_it_is_no_text(tmp_path: Path):
    path = tmp_path / "take.flac"
    path.write_bytes(b'{"record":"design","fingerprint":"\xff\xfe"}\n')
    with pytest.raises(ListeningError, match="does not begin with the design"):
        held(path)


def test_numbers_of_numpy_are_answers_as_all_others_are(tmp_path: Path):
    test = held(tmp_path / "answers.jsonl")
    test.begin("anna", number=np.int64(3))
    test.answer(
        "anna", np.int64(0), np.int64(1), seconds=np.float32(2), plays=np.array([1, 2]),
    )  # fmt: skip
    again = held(tmp_path / "answers.jsonl").answered("anna")[0]
    assert (again.given, again.seconds, again.plays) == ((1.0,), 2.0, (1, 2))


def test_answers_to_another_design_are_refused_and_kept(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    held(path).answer("anna", 0, 1)
    before = path.read_bytes()
    with pytest.raises(ListeningError, match="another design"):
        held(path, seed=5)
    assert path.read_bytes() == before


def test_a_file_that_is_something_else_is_not_touched(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    with pytest.raises(ListeningError, match="does not begin with the design"):
        held(path)
    assert path.read_text() == "my notes\n"


def test_an_answer_that_no_listener_can_have_given_is_passed_over_and_told(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    test = held(path)
    test.answer("anna", 0, 1)
    good = path.read_bytes().splitlines()[-1]
    with path.open("ab") as file:
        file.write(good.replace(b'"given":[1.0]', b'"given":[7.0]') + b"\n")
        file.write(good.replace(b'"trial":0', b'"trial":999') + b"\n")
        file.write(good.replace(b'"anna"', b'"nobody"') + b"\n")
    notes = held(path).results().answers.notes
    assert [("scale" in n, "no such trial" in n, "never began" in n) for n in notes] == [
        (True, False, False), (False, True, False), (False, False, True)
    ]  # fmt: skip


def test_a_later_answer_counts_and_the_earlier_one_is_kept(tmp_path: Path):
    test = held(tmp_path / "answers.jsonl", training=0, targets=0, repeated=0)
    test.answer("anna", 0, 1, comment="the second is warmer")
    test.answer("anna", 0, -1)
    assert test.answered("anna")[0].given == (-1.0,)
    rows = test.results().raw.rows
    assert [(r["value"], r["counts"], r["comment"]) for r in rows] == [
        (1.0, False, "the second is warmer"), (-1.0, True, "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("trial", "given", "told"),
    [(99, 1, "no trial 99"), (held().next_trial("ben"), 1, "give its number"),
     (0, 2, "not on the scale"), (0, 0.5, "not on the scale"),
     (0, (1, 1), "wants 1 values"), (0, None, "None is no answer"), (0, "B", "'B' is no answer")],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused(trial: int, given, told: str):
    with pytest.raises(ListeningError, match=told):
        held().answer("anna", trial, given)


def test_nobody_is_planned_or_counted_below_the_first(tmp_path: Path):
    with pytest.raises(ListeningError, match="counted from 0"):
        held().begin("anna", number=-1)
    for listeners in (0, "3"):
        with pytest.raises(ListeningError, match="one at least"):
            held().preregistration(tmp_path / "plan.md", listeners=listeners)


def test_listeners_are_numbered_in_the_order_they_come_and_a_number_may_be_given():
    test = held()
    assert test.begin("anna", number=4) == test.design.sheet(4)
    assert test.begin("ben") == test.design.sheet(5)
    with pytest.raises(ListeningError, match="began as number 4"):
        test.begin("anna", number=1)
    for listener in ("  ", 1, None):
        with pytest.raises(ListeningError, match=f"needs a name .*, as 'L01', not {listener!r}"):
            test.begin(listener)


def test_two_kernels_with_one_file_give_no_number_twice(tmp_path: Path):
    one, other = (held(tmp_path / "answers.jsonl") for _ in range(2))
    one.begin("anna")
    assert other.begin("ben") == other.design.sheet(1)
    assert one.begin("carla") == one.design.sheet(2)
    assert other.begin("carla") == other.design.sheet(2)
    other.answer("ben", 0, 1)
    assert [answer.listener for answer in one.results().answers.given] == ["ben"]


def test_what_a_file_has_lost_is_remembered(tmp_path: Path):
    path = tmp_path / "answers.jsonl"
    test = held(path)
    test.answer("anna", 0, 1)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    test.begin("ben")
    assert list(test.answered("anna")) == [0]
    path.write_bytes(b"")
    test.answer("ben", 0, 1)
    assert held(path).results().answers.given == test.results().answers.given


def test_answers_of_several_machines_are_put_together(tmp_path: Path):
    one, other = held(tmp_path / "one.jsonl"), held(tmp_path / "other.jsonl")
    one.answer("anna", 0, 1)
    other.begin("ben", number=1)
    other.answer("ben", 0, 1)
    assert one.results(tmp_path / "other.jsonl").listeners == ("anna", "ben")
    assert one.listeners == ("anna",)
    same = held(tmp_path / "same.jsonl")
    same.answer("anna", 0, 1)
    with pytest.raises(ListeningError, match="anna listened in"):
        one.results(tmp_path / "same.jsonl")
    with pytest.raises(ListeningError, match="no answers in"):
        one.results(tmp_path / "missing.jsonl")


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_raw_answers_are_exported_with_what_was_hidden(tmp_path: Path, ending: str):
    test = ListeningTest(takes(), scale="continuous", clock=noon)
    listen(test, "anna", rates({"alloy": 20, "echo": 40, "marin": 60, "sage": 80}, seed=1))
    path = test.results().export(tmp_path / f"raw{ending}")
    read = {".csv": pandas.read_csv, ".json": pandas.read_json, ".parquet": pandas.read_parquet}
    rows = read[ending](path)
    assert set(rows["system"]) == {"alloy", "echo", "marin", "sage"}
    assert set(rows["stimulus"]) == {s.sha256 for s in test.design.stimuli}
    assert len(rows) == len(test.results().raw)
    assert rows["counts"].sum() == 4
    [asked] = rows[rows["target"].notna()].to_dict("records")
    assert (asked["kind"], asked["value"]) == ("target", asked["target"])


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_a_file_that_is_there_is_replaced_only_where_asked(tmp_path: Path, ending: str):
    results = held().results()
    path = tmp_path / f"raw{ending}"
    path.write_bytes(b"registered")
    with pytest.raises(ListeningError, match=r"exists already.*overwrite=True"):
        results.export(path)
    assert path.read_bytes() == b"registered"
    assert results.export(path, overwrite=True).read_bytes() != b"registered"
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(ListeningError, match="folder"):
        results.export(tmp_path / f"folder{ending}", overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"folder{ending}", f"raw{ending}"]


def test_a_file_that_is_taken_away_meanwhile_is_written_again(tmp_path: Path):
    path = tmp_path / "kept" / "answers.jsonl"
    test = held(path)
    test.answer("anna", 0, 1)
    path.unlink()
    path.parent.rmdir()
    test.answer("anna", 1, -1)
    again = held(path)
    assert again.answered("anna") == test.answered("anna")
    assert again.results().answers.notes == []


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    test = held(Path("~/answers.jsonl"))
    test.answer("anna", 1, 1)
    test.preregistration("~/plan.md", listeners=3)
    test.results("~/answers.jsonl").export("~/raw.csv")
    found = {path.name for path in tmp_path.iterdir()}
    assert found == {"answers.jsonl", "plan.md", "raw.csv"}


def test_the_file_of_the_test_itself_counts_once(tmp_path: Path):
    test = held(tmp_path / "answers.jsonl")
    test.answer("anna", 1, 1)
    assert len(test.results(tmp_path / "answers.jsonl").answers.given) == 1


def test_raw_answers_in_another_form_are_refused(tmp_path: Path):
    with pytest.raises(ListeningError, match="csv"):
        held().results().export(tmp_path / "raw.xlsx")


def test_a_plan_is_written_once_and_names_every_stimulus_by_its_hash(tmp_path: Path):
    test = held()
    path = test.preregistration(tmp_path / "plan.md", listeners=12)
    text = path.read_text()
    assert all(stimulus.sha256 in text for stimulus in test.design.stimuli)
    assert test.design.fingerprint in text
    assert "Written 2026-05-04T12:00:00+00:00" in text
    assert "Bradley-Terry" in text
    assert "Krippendorff's alpha, ordinal" in text
    assert "not a MUSHRA test" in text
    with pytest.raises(ListeningError, match="not overwritten"):
        test.preregistration(path, listeners=20)
    with pytest.raises(ListeningError, match=r"as \.json or \.md"):
        test.preregistration(tmp_path / "plan.docx", listeners=12)


def test_the_audio_of_a_stimulus_is_the_recording():
    test = held()
    first = take("alloy")
    (stimulus,) = [s for s in test.design.stimuli if s.system == "alloy"]
    assert (test.clip(stimulus.id).samples == first.clip.samples).all()
