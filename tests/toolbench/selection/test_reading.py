"""Utterances from files, and what is told of bad ones."""

from __future__ import annotations

import json

import numpy as np
import pytest

from realtime_lab.audio import Clip
from realtime_lab.errors import AudioError, ToolError
from realtime_lab.toolbench import Utterance, any_of, due, exact, read_utterances
from realtime_lab.toolbench.selection.utterances import checked


@pytest.fixture
def clip() -> Clip:
    return Clip(np.tile(np.array([9000, -9000], dtype=np.int16), 2400), 24000)


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_file(tmp_path, clip):
    clip.write(tmp_path / "lights.wav")
    path = write(
        tmp_path,
        "set.csv",
        "text,clip,tool,arguments,words,name\n"
        'What is the weather in Oslo?,,get_weather,"{""city"": ""Oslo""}",,\n'
        ",lights.wav,set_light,,lights on,first\n"
        '"Thanks,\nthat is all",,none,,,\n'
        "Stop,,pause|stop|none,,,\n",
    )
    weather, lights, thanks, stop = read_utterances(path)
    assert str(weather.due) == 'get_weather(city="Oslo", …)'
    assert (lights.words, lights.name, str(lights.due)) == ("lights on", "first", "set_light(…)")
    assert lights.clip is not None
    assert str(thanks.due) == "no call"
    assert str(stop.due) == "pause(…) or stop(…) or no call"


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_json_file(tmp_path, form):
    rows = [
        {"text": "A", "tool": "x", "arguments": {"n": {"$exact": 3}}, "only": True},
        {"text": "B", "any_of": [{"tool": "x"}, None]},
        {"text": "C", "all_of": [{"tool": "x"}, {"tool": "y", "arguments": {"t": "s"}}]},
        {"text": "D", "tool": "x", "arguments": {"a": {"$one_of": [1, 2]}, "b": {"$ignore": 1}}},
        {"text": "E"},
    ]
    text = json.dumps(rows, indent=1) if form == "json" else "\n".join(map(json.dumps, rows))
    found = read_utterances(write(tmp_path, f"set.{form}", text))
    assert [str(one.due) for one in found] == [
        "x(n=exactly 3)",
        "x(…) or no call",
        'x(…) and y(t="s", …)',
        "x(a=1 or 2, b=anything, …)",
        "no call",
    ]


def told(path) -> list[str]:
    with pytest.raises(ToolError) as refused:
        read_utterances(path)
    return str(refused.value).splitlines()[1:]


def test_cells_may_be_parted_as_spreadsheets_do_it_where_a_comma_is_decimal(tmp_path):
    rows = 'text;tool;arguments\nRain, today?;get_weather;"{""city"": ""Oslo"", ""days"": 1}"\n'
    [one] = read_utterances(write(tmp_path, "set.csv", rows))
    assert one.words == "Rain, today?"
    assert str(one.due) == 'get_weather(city="Oslo", days=1, …)'


def test_every_bad_row_is_told_with_its_line(tmp_path):
    path = write(
        tmp_path,
        "set.csv",
        "text,clip,tool,arguments\n"
        '"two\nlines",,x,\n'
        ",,x,\n"
        "A,missing.wav,x,\n"
        "B,,x,{city\n"
        'C,,,"{""n"": 1}"\n'
        "D,,x,,more\n"
        ",missing.wav,x,\n",
    )
    lines = told(path)
    assert [line.strip().split(":")[0] for line in lines] == [f"line {n}" for n in range(4, 10)]
    assert "text (typed) or clip" in lines[0]
    assert "arguments is no JSON" in lines[2]
    assert "arguments and no tool" in lines[3]
    assert "1 cells more than there are heads" in lines[4]
    assert "missing.wav" in lines[5]


def test_bad_objects_are_told_with_the_line_they_begin_on(tmp_path):
    path = write(
        tmp_path,
        "set.json",
        '[\n {"text": "A", "tol": "x"},\n {"text": "B", "tool": "x",\n  "arguments": 3},\n'
        ' {"text": "C", "tool": 4},\n "D",\n {"text": "E", "tool": "x", "any_of": []},\n'
        ' {"text": "F", "tool": "x", "arguments": {"a": {"$regex": "b"}}}\n {"text": "G"}]',
    )
    lines = told(path)
    assert [line.strip().split(":")[0] for line in lines] == [
        "line 2", "line 3", "line 5", "line 6", "line 7", "line 8", "line 9",
    ]  # fmt: skip
    assert "no field 'tol'" in lines[0]
    assert "$regex" in lines[5]
    assert "a comma or the end of the list is missing" in lines[6]


def test_what_is_no_set_at_all(tmp_path):
    with pytest.raises(ToolError, match="cannot read utterances"):
        read_utterances(tmp_path / "none.csv")
    with pytest.raises(ToolError, match="holds no utterances"):
        read_utterances(write(tmp_path, "empty.csv", "text,tool\n"))
    with pytest.raises(ToolError, match=r"\.csv, \.json, \.jsonl"):
        read_utterances(write(tmp_path, "set.txt", "A"))


def test_an_utterance_is_known_by_what_the_model_gets(clip):
    assert Utterance("Hi", "x").content == Utterance("Hi", None, name="other").content
    assert Utterance("Hi").content != Utterance("hi").content
    assert Utterance(clip, "x").content == Utterance(clip, None, words="lights").content
    assert Utterance(clip).content != Utterance("spoken").content


def test_bad_utterances_are_refused_where_they_are_made(clip, tmp_path):
    with pytest.raises(ToolError, match="empty"):
        Utterance("  ")
    with pytest.raises(ToolError, match="nothing that can be due"):
        Utterance("Hi", 3)  # type: ignore[arg-type]
    path = clip.write(tmp_path / "lights.wav")
    with pytest.raises(ToolError, match=r"give Path\("):
        Utterance(str(path), "x")
    with pytest.raises(ToolError, match=r"'light.wav' would be typed; give Path\('light.wav'\)"):
        Utterance("light.wav", "x")
    assert Utterance("Play light.wav", "x").words == "Play light.wav"
    assert Utterance(path, "x").clip is not None
    with pytest.raises(AudioError, match="silent"):
        Utterance(Clip(np.zeros(24000, np.int16), 24000), "x")
    with pytest.raises(ToolError, match="utterances 1 and 3 say the same"):
        checked([Utterance("Hi", "x"), Utterance("Ho"), Utterance("Hi", "y")])
    with pytest.raises(ToolError, match="no utterances"):
        checked([])
    with pytest.raises(ToolError, match="utterance 1 is 'Hi'"):
        checked(["Hi"])  # type: ignore[list-item]


def test_an_utterance_shows_nothing_personal():
    shown = repr(Utterance("Write to ann@example.org", due("send", to=exact("x"))))
    assert "ann@" not in shown
    assert "send(to=exactly" in shown


def test_any_of_nothing_is_refused():
    with pytest.raises(ToolError, match="any_of"):
        any_of()
