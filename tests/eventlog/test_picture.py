"""Pictures of figures, in both of their forms."""

from xml.etree import ElementTree

import pytest

from realtime_lab.eventlog.latency.picture import Axis, Picture, ms, signed
from tests.notebook_cells import is_picture


def drawn() -> Picture:
    picture = Picture(100, 50)
    picture.bar(10, 10, 20, 5, "#123456", title="a < b")
    picture.line([(0, 0), (10, 10)], dashed=True)
    picture.area([(0, 0), (10, 10), (10, 0)])
    picture.text(5, 5, 'a < b & "c" $x$', anchor="end", bold=True)
    return picture


def test_what_has_no_colour_has_that_of_the_page():
    svg = ElementTree.fromstring(drawn().svg("a picture"))
    assert svg.get("fill") == "currentColor"
    [bar, line, area, text] = list(svg)
    assert (bar.get("fill"), line.get("stroke"), area.get("fill")) == (
        "#123456",
        "currentColor",
        None,
    )
    assert text.text == 'a < b & "c" $x$'


def test_matplotlib_draws_the_same_shapes():
    figure = drawn().figure()
    assert is_picture(figure)
    [axes] = figure.axes
    assert (len(axes.patches), len(axes.lines)) == (2, 1)
    assert axes.texts[0].get_text() == 'a < b & "c" $x$'
    assert axes.texts[0].get_horizontalalignment() == "right"


def test_an_axis_has_round_values_and_keeps_within_its_ends():
    axis = Axis(-0.3, 1.0, 100.0, 230.0)
    assert list(axis.ticks()) == pytest.approx([-0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert axis(0.0) == pytest.approx(130.0)
    assert (axis(-5), axis(5)) == (100.0, 230.0)


def test_an_axis_of_no_length_stays_where_it_is():
    assert Axis(0.0, 0.0, 5.0, 10.0)(0.0) == 5.0


@pytest.mark.parametrize(
    ("value", "text"), [(1.24, "+1.2"), (-1234.5, "−1,234.5"), (0.04, "0.0"), (-0.04, "0.0")]
)
def test_a_change_has_a_sign_unless_it_is_none(value: float, text: str):
    assert signed(value) == text
    assert ms(1.2345) == "1,234.5 ms"
