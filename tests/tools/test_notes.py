"""What a model is not told of a tool is told to whoever wrote it, with file and line."""

from __future__ import annotations

import functools
import inspect
from typing import Annotated, Any

from realtime_lab.tools import Note, Tool, tool


def line_of(function: Any, offset: int) -> int:
    return inspect.getsourcelines(function)[1] + offset


def test_a_parameter_without_description_is_told_with_its_line():
    def book(
        place: Annotated[str, "where"],
        guests: int,
    ):
        """Book a table."""

    (note,) = Tool.from_function(book).notes
    assert (note.parameter, note.file) == ("guests", "test_notes.py")
    assert note.line == line_of(book, 2)
    assert "'guests'" in note.sentence
    assert "Annotated[" in note.sentence
    assert str(note).startswith(f"test_notes.py, line {note.line}: parameter 'guests' of ")


def test_a_function_without_docstring_is_told_with_its_line():
    @functools.cache
    def now() -> str:
        return ""

    (note,) = Tool.from_function(now).notes
    assert note.parameter is None
    assert note.line == line_of(now, 1)
    assert "now has no description" in note.sentence


def test_what_is_described_somewhere_is_not_told():
    def now(zone: Annotated[str, "such as UTC"], style: str):
        """Tell the time.

        Args:
            style: Short or long.
        """

    assert Tool.from_function(now).notes == ()
    assert tool(name="now", description="Tell the time.")(lambda: "").notes == ()


def test_a_description_of_what_is_not_there_is_told():
    def weather(city: str):
        """Tell the weather.

        Args:
            town: The name of the city.
        """

    sentences = [note.sentence for note in Tool.from_function(weather).notes]
    assert any("describes 'town', which it does not take" in each for each in sentences)
    assert any("'city'" in each for each in sentences)


def test_what_a_partial_has_settled_is_not_missed():
    def search(index: object, word: str):
        """Search.

        Args:
            index: What to search in.
            word: What to look for.
        """

    assert Tool.from_function(functools.partial(search, index=object())).notes == ()


def test_a_hand_written_description_is_looked_at_too():
    spec = {
        "type": "function",
        "name": "look",
        "strict": True,
        "parameters": {"type": "object", "properties": {"word": {"type": "string"}}},
    }
    notes = Tool.from_dict(spec, lambda word: word).notes
    assert [note.parameter for note in notes] == [None, None, "word"]
    assert "'strict' of look is left out" in notes[0].sentence
    assert "look has no description" in notes[1].sentence
    assert {(note.file, note.line) for note in notes} == {(None, None)}
    assert str(notes[2]) == notes[2].sentence


def test_a_tool_keeps_its_notes_under_another_name():
    def f(): ...

    made = Tool.from_function(f)
    assert made.renamed("g").notes == made.notes != ()
    assert all(isinstance(note, Note) for note in made.notes)
