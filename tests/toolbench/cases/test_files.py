"""Cases in files: nothing is lost, and what is wrong is told with its line."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from realtime_lab.errors import ToolError
from realtime_lab.toolbench import Case, Cases

from . import example_tools

FORMATS = ("json", "csv", "toml")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
ARGUMENTS = st.dictionaries(st.text(), JSON, max_size=3) | st.text()
TEXT = st.text(min_size=1)
EXPECTED = st.one_of(
    st.builds(lambda value: {"result": value}, JSON),
    st.builds(lambda value: {"contains": value}, JSON),
    st.builds(lambda text: {"error": text}, TEXT),
    st.builds(lambda text: {"predicate": text}, TEXT),
    st.sampled_from([{"error_regex": r"no \w+\s'\"?"}, {"is_json": True}, {"answers": True}]),
)
CASES = st.lists(
    st.builds(
        lambda tool, arguments, expected, name, timeout: Case.of(
            tool, arguments, name=name, timeout=timeout, **expected
        ),
        TEXT, ARGUMENTS, EXPECTED, st.text(), st.none() | st.floats(0.001, 1e6),
    ),
    max_size=3,
    unique_by=lambda case: case.name or id(case),
)  # fmt: skip


@pytest.mark.parametrize("suffix", FORMATS)
def test_cases_are_read_back_as_they_were_written(suffix, tmp_path):
    path = tmp_path / f"cases.{suffix}"

    @settings(max_examples=150, deadline=None, database=None)
    @given(CASES)
    def reads_back(cases: list[Case]) -> None:
        written = Cases(cases)
        written.save(path)
        read = Cases.load(path)
        assert read == written
        assert [case.arguments for case in read] == [case.arguments for case in written]

    reads_back()


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_kind_of_case_survives(suffix, tmp_path):
    cases = Cases()
    cases.add("f", {"a": None, "b": 2**70, "c": "é\n\x7f\"'"}, result=None)
    cases.add("f", '{"a":1,"a":2}', name="a key twice", contains={"n": [None, 1.5, True]})
    cases.add("f", '{"a":', error="not valid\r\nJSON")
    cases.add("f", error_regex=r"\d+ \"x\"", timeout=1.5)
    cases.add("f", predicate=example_tools.is_sunny)
    cases.add("f", is_json=True)
    cases.add("f", answers=True)
    cases.add("f", result="")
    cases.add("f", result="true")
    read = Cases.load(cases.save(tmp_path / f"cases.{suffix}"))
    assert [case.text for case in read] == [case.text for case in cases]
    assert [case.timeout for case in read] == [case.timeout for case in cases]
    assert [(c.expected.field, c.expected.stored()) for c in read] == [
        (c.expected.field, c.expected.stored()) for c in cases
    ]


def test_half_a_character_is_kept_in_json_and_told_elsewhere(tmp_path):
    cases = Cases([Case.of("f", '{"a": "\ud800"}', result=1)])
    assert Cases.load(cases.save(tmp_path / "cases.json")) == cases
    for suffix in ("csv", "toml"):
        with pytest.raises(ToolError, match=r"save the cases as \.json"):
            cases.save(tmp_path / f"cases.{suffix}")
        assert not (tmp_path / f"cases.{suffix}").exists()


def test_a_predicate_without_a_name_is_told_before_anything_is_written(tmp_path):
    cases = Cases([Case.of("f", predicate=lambda value: value, name="positive")])
    with pytest.raises(ToolError, match=r"'positive' cannot be written.*is a lambda"):
        cases.save(tmp_path / "cases.json")
    assert not (tmp_path / "cases.json").exists()


def load(tmp_path: Path, suffix: str, text: str) -> Cases:
    path = tmp_path / f"cases.{suffix}"
    path.write_text(text, encoding="utf-8")
    return Cases.load(path)


WRITTEN = {
    "json": """
[
  {"tool": "weather", "arguments": {"city": "Oslo"},
   "result": "sunny"},
  {
    "tool": "weather"
  },
  {"tool": "weather", "reslt": 1}
]
""",
    "csv": """tool,arguments,result,reslt
weather,"{""city"":
""Oslo""}",sunny,
weather,,,

weather,,,1
""",
    "toml": """# The weather.
[[case]]
tool = "weather"
arguments = { city = "Oslo" }
result = "sunny"
[[case]]
tool = "weather"

[[case]]
tool = "weather"
reslt = 1
""",
}


@pytest.mark.parametrize(("suffix", "lines"), [("json", (5, 8)), ("csv", (4, 6)), ("toml", (6, 9))])
def test_every_bad_row_is_told_with_its_line(suffix, lines, tmp_path):
    with pytest.raises(ToolError) as told:
        load(tmp_path, suffix, WRITTEN[suffix])
    first, second = str(told.value).splitlines()
    assert f"cases.{suffix}, line {lines[0]}: nothing is expected of the call" in first
    assert f"cases.{suffix}, line {lines[1]}: there is no field 'reslt'" in second
    assert "do you mean 'result'?" in second


@pytest.mark.parametrize(
    ("suffix", "text", "told"),
    [
        ("json", '[\n{"tool": "f",\n "result": }]', "line 3: Expecting value (column 12)"),
        ("json", '[{"tool": "f", "result": 1}\n{}]', "line 2: a comma or ']' is missing"),
        ("json", '[{"tool": "f", "result": 1}]\n[]', "line 2: there is text after"),
        ("json", '{"tool": "f"}', "line 1: a file of cases is a JSON array"),
        ("json", '[\n{"tool": "f", "result": NaN}]', "line 2: there is no NaN in JSON"),
        ("json", '[\n{"tool": "f", "tool": "g"}]', "line 2: the key 'tool' is there twice"),
        ("json", "[\n3]", "line 2: 3 is no case"),
        ("json", '[{"result": 3}]', "line 1: the name of the tool is missing"),
        ("json", '[{"tool": 3, "result": 3}]', "line 1: tool is 3"),
        ("json", '[{"tool": "f", "arguments": 3, "result": 3}]', "must be an object"),
        ("csv", 'tool,result\nf,"{""a"":"\n', 'line 2: result is not valid JSON: {"a":'),
        ("csv", "tool,result\nf,1,2\n", "line 2: 3 cells under 2 columns"),
        ("csv", "tool,tool\nf,1\n", "line 1: a column is there twice"),
        ("csv", 'tool,result\nf,"1\n', "line 2: unexpected end of data"),
        ("csv", "tool,result,timeout\nf,1,soon\n", "line 2: timeout is not valid JSON: soon"),
        ("toml", '[[case]]\ntool = "f"\nresult = \n', "line 3"),
        ("toml", '[[cases]]\ntool = "f"\n', "'cases' is not known here"),
        ("toml", '[[case]]\ntool = "f"\nresult = 1979-05-27\nerror = "x"', "line 1: result and"),
        ("toml", '[[case]]\ntool = "f"\nresult_json = "{"\n', "write JSON in quotes"),
        (
            "toml",
            '[[case]]\ntool = "f"\nresult = nan\n',
            "line 1: JSON cannot hold",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(suffix, text, told, tmp_path):
    with pytest.raises(ToolError) as error:
        load(tmp_path, suffix, text)
    assert told in str(error.value)


def test_a_thousand_bad_rows_are_told_in_bounded_length(tmp_path):
    with pytest.raises(ToolError, match="and 980 more"):
        load(tmp_path, "csv", "tool\n" + "f\n" * 1000)


def test_a_table_as_a_spreadsheet_saves_it_is_read(tmp_path):
    (tmp_path / "cases.csv").write_bytes(
        '\ufefftool;arguments;result;is_json\r\nf;"{""a"": 1}";sunny;\r\ng;;;TRUE\r\n'.encode()
    )
    first, second = Cases.load(tmp_path / "cases.csv")
    assert (first.arguments, first.expected.stored()) == ({"a": 1}, "sunny")
    assert (second.arguments, second.expected.field) == ({}, "is_json")


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ToolError, match=r"\.json, \.csv, \.toml"):
        Cases.load(tmp_path / "cases.yaml")
    with pytest.raises(ToolError, match=r"cases\.json cannot be read: No such file"):
        Cases.load(tmp_path / "cases.json")
    (tmp_path / "cases.csv").write_bytes(b"tool,result\nf,\xff\n")
    with pytest.raises(ToolError, match="save it as UTF-8"):
        Cases.load(tmp_path / "cases.csv")
    with pytest.raises(ToolError, match="cannot be written"):
        Cases().save(tmp_path / "no such folder" / "cases.json")
