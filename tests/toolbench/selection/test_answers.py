"""The file that answers are kept in."""

from __future__ import annotations

import pytest

from realtime_lab.errors import LogError
from realtime_lab.toolbench.selection.answers import Answer, AnswerFile, Called


def answer(key: str, **fields) -> Answer:
    base = {"definitions": "tools", "utterance": "Hi", "repeat": 0, "at": "2026-01-01T00:00:00"}
    return Answer(key=key, **{**base, **fields})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "answers.jsonl"


def test_what_was_appended_is_read_again(path):
    kept = answer("a", calls=(Called("x", "{}"),), latency=0.25, dollars=0.01, said="Hi")
    AnswerFile(path).append(kept)
    assert AnswerFile(path).get("a") == kept
    assert AnswerFile(path).get("b") is None


def test_without_a_path_nothing_is_written(tmp_path):
    file = AnswerFile()
    file.append(answer("a"))
    assert file.get("a") is not None
    assert list(tmp_path.iterdir()) == []


def test_a_torn_line_is_passed_over_told_and_harms_nothing_after_it(path):
    AnswerFile(path).append(answer("a"))
    AnswerFile(path).append(answer("b"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    file = AnswerFile(path)
    assert (file.get("a") is not None, file.get("b")) == (True, None)
    assert file.notes == ["answers.jsonl: passed over what is no whole answer, line 2"]
    file.append(answer("c"))
    again = AnswerFile(path)
    assert again.get("c") is not None
    assert path.read_bytes().startswith(whole[:-20])


def test_even_the_only_line_may_be_torn(path):
    AnswerFile(path).append(answer("a"))
    path.write_bytes(path.read_bytes()[:-9])
    assert AnswerFile(path).get("a") is None


def test_a_last_line_without_its_end_counts_if_it_is_whole(path):
    AnswerFile(path).append(answer("a"))
    path.write_bytes(path.read_bytes()[:-1])
    file = AnswerFile(path)
    file.append(answer("b"))
    again = AnswerFile(path)
    assert again.notes == []
    assert len(again) == 2


def test_another_file_is_not_written_to(path):
    path.parent.mkdir()
    path.write_text("# my notes\n")
    with pytest.raises(LogError, match="holds no answers"):
        AnswerFile(path)
    with pytest.raises(LogError, match="cannot read"):
        AnswerFile(path.parent)


def test_a_final_answer_is_not_replaced_by_a_failed_one(path):
    file = AnswerFile(path)
    file.append(answer("a", failure="TransportLost"))
    file.append(answer("a", said="Hi"))
    file.append(answer("a", failure="TransportLost"))
    for known in (file.get("a"), AnswerFile(path).get("a")):
        assert known is not None
        assert (known.said, known.is_final) == ("Hi", True)


@pytest.mark.parametrize(
    ("failure", "final"),
    [("", True), ("ContentFiltered", True), ("MaxTokensReached", True), ("Unreachable", False)],
)
def test_what_the_model_did_is_final_and_what_the_network_did_is_not(failure, final):
    assert answer("a", failure=failure).is_final is final
