"""Flat pictures of figures: bars, lines and labels, as SVG or drawn by matplotlib."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Axis", "Picture", "ms", "round_up", "signed"]

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

_FONT = "system-ui,-apple-system,'Segoe UI',sans-serif"
_QUIET = 0.62
_DPI = 100
_MARGIN = 12
_POINTS = 72 / _DPI
_FONT_POINTS = 0.62
"""Of the font of matplotlib, which is wider than that of most pages."""


@dataclass(frozen=True, slots=True)
class _Bar:
    x: float
    y: float
    width: float
    height: float
    colour: str
    opacity: float
    title: str


@dataclass(frozen=True, slots=True)
class _Line:
    points: tuple[Point, ...]
    colour: str
    width: float
    opacity: float
    dashed: bool
    filled: bool


@dataclass(frozen=True, slots=True)
class _Text:
    x: float
    y: float
    text: str
    anchor: Anchor
    size: float
    bold: bool
    opacity: float
    colour: str


@dataclass
class Picture:
    """Shapes in pixels, from the upper left corner.

    What has no colour has that of the page's text, so that it is readable on light and dark pages.
    """

    width: float
    height: float = 0.0
    shapes: list[_Bar | _Line | _Text] = field(default_factory=list)

    def bar(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str = "",
        *,
        opacity: float = 1.0,
        title: str = "",
    ) -> None:
        """A filled rectangle; ``title`` shows where the pointer rests on it."""
        self.shapes.append(_Bar(x, y, width, height, colour, opacity, title))

    def line(
        self,
        points: Iterable[Point],
        colour: str = "",
        *,
        width: float = 1.0,
        opacity: float = 1.0,
        dashed: bool = False,
    ) -> None:
        """A line through points."""
        self.shapes.append(_Line(tuple(points), colour, width, opacity, dashed, filled=False))

    def area(self, points: Iterable[Point], colour: str = "", *, opacity: float = 0.3) -> None:
        """A filled polygon."""
        self.shapes.append(_Line(tuple(points), colour, 0.0, opacity, dashed=False, filled=True))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: Anchor = "start",
        size: float = 12.0,
        bold: bool = False,
        quiet: bool = False,
        colour: str = "",
    ) -> None:
        """A line of text on the base line ``y``."""
        opacity = _QUIET if quiet else 1.0
        self.shapes.append(_Text(x, y, text, anchor, size, bold, opacity, colour))

    def legend(
        self, entries: Sequence[tuple[str, str]], y: float, *, x: float = 0.0, to: float = 0.0
    ) -> None:
        """A row of ``(colour, name)`` from ``x`` on, or that ends at ``to``."""
        widths = [30 + 6.0 * len(name) for _, name in entries]
        x = to - sum(widths) + 14 if to else x
        for (colour, name), width in zip(entries, widths, strict=True):
            self.bar(x, y - 8, 9, 9, colour)
            self.text(x + 14, y, name, size=11, quiet=True)
            x += width

    def svg(self, label: str) -> str:
        """As SVG to be put into a page; ``label`` is read out where it cannot be seen."""
        shapes = "".join(_svg(shape) for shape in self.shapes)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
            f'viewBox="0 0 {_number(self.width)} {_number(self.height)}" '
            f'style="display:block;width:100%;max-width:{_number(self.width * 1.15)}px;'
            f"height:auto;font-family:{_FONT};font-variant-numeric:tabular-nums;"
            f'font-feature-settings:\'tnum\'" fill="currentColor">{shapes}</svg>'
        )

    def figure(self) -> Figure:
        """As a figure of matplotlib, in black on white."""
        from matplotlib.patches import Polygon, Rectangle

        from ..notebook_figure import NotebookFigure

        width, height = self.width + 2 * _MARGIN, self.height + 2 * _MARGIN
        figure = NotebookFigure((width / _DPI, height / _DPI), dpi=_DPI)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-_MARGIN, self.width + _MARGIN), ylim=(self.height + _MARGIN, -_MARGIN))
        axes.set_axis_off()
        for order, shape in enumerate(self.shapes):
            colour = shape.colour or "black"
            match shape:
                case _Bar():
                    axes.add_patch(
                        Rectangle(
                            (shape.x, shape.y),
                            shape.width,
                            shape.height,
                            facecolor=colour,
                            alpha=shape.opacity,
                            linewidth=0,
                            zorder=order,
                        )
                    )
                case _Line(filled=True):
                    polygon = Polygon(shape.points, facecolor=colour, linewidth=0, zorder=order)
                    axes.add_patch(polygon)
                    polygon.set_alpha(shape.opacity)
                case _Line():
                    x, y = zip(*shape.points, strict=True)
                    style = "--" if shape.dashed else "-"
                    [line] = axes.plot(x, y, style, color=colour, zorder=order)
                    line.set(linewidth=shape.width * _POINTS, alpha=shape.opacity)
                case _Text():
                    axes.text(
                        shape.x,
                        shape.y,
                        shape.text,
                        ha=_ALIGNED[shape.anchor],
                        va="baseline",
                        fontsize=shape.size * _FONT_POINTS,
                        fontweight="bold" if shape.bold else "normal",
                        color=colour,
                        alpha=shape.opacity,
                        parse_math=False,
                        zorder=order,
                    )
        return figure


_ALIGNED = {"start": "left", "middle": "center", "end": "right"}


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale: values from ``low`` to ``high`` on pixels from ``left`` to ``right``."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """The place of a value, within the axis."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.left + (self.right - self.left) * min(max(share, 0.0), 1.0)

    def ticks(self, most: int = 7) -> Iterator[float]:
        """Round values along it, 0 among them if it is on the axis."""
        step = round_up((self.high - self.low) / most)
        for number in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step) + 1):
            yield number * step

    def draw(self, picture: Picture, top: float, bottom: float, unit: str = "ms") -> None:
        """Faint lines from ``top`` to ``bottom`` with their values, in seconds or ms, below."""
        for value in self.ticks():
            x = self(value)
            picture.line([(x, top), (x, bottom)], opacity=0.35 if value == 0 else 0.13)
            shown = f"{1000 * value:,.0f}" if unit == "ms" else f"{value:,.{self._digits}f}"
            picture.text(x, bottom + 13, shown, anchor="middle", size=10.5, quiet=True)
        picture.text(self.left - 22, bottom + 13, unit, anchor="end", size=10.5, quiet=True)

    @property
    def _digits(self) -> int:
        step = round_up((self.high - self.low) / 7)
        return max(0, -math.floor(math.log10(step) + 1e-9))


def ms(seconds: float) -> str:
    """A time to read, in milliseconds with one decimal."""
    return f"{1000 * seconds:,.1f} ms"


def signed(value: float, digits: int = 1) -> str:
    """A change to read, with its sign; what rounds to 0 has none."""
    text = f"{abs(value):,.{digits}f}"
    if not float(text.replace(",", "")):
        return text
    return ("+" if value > 0 else "\N{MINUS SIGN}") + text


def round_up(step: float) -> float:
    """The next of 1, 2, 5, 10, … that is not smaller."""
    if step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= step * (1 - 1e-9))


def _svg(shape: _Bar | _Line | _Text) -> str:
    fill = f' fill="{shape.colour}"' if shape.colour else ""
    faint = f' opacity="{_number(shape.opacity)}"' if shape.opacity < 1 else ""
    match shape:
        case _Bar():
            title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
            return (
                f'<rect x="{_number(shape.x)}" y="{_number(shape.y)}" '
                f'width="{_number(shape.width)}" height="{_number(shape.height)}" rx="1.5"'
                f"{fill}{faint}>{title}</rect>"
            )
        case _Line():
            points = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points)
            if shape.filled:
                return f'<polygon points="{points}"{fill}{faint}/>'
            dashes = ' stroke-dasharray="3 3"' if shape.dashed else ""
            return (
                f'<polyline points="{points}" fill="none" '
                f'stroke="{shape.colour or "currentColor"}" '
                f'stroke-width="{_number(shape.width)}"{dashes}{faint}/>'
            )
        case _Text():
            bold = ' font-weight="600"' if shape.bold else ""
            side = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
            return (
                f'<text x="{_number(shape.x)}" y="{_number(shape.y)}" '
                f'font-size="{_number(shape.size)}"{side}{bold}{fill}{faint}>'
                f"{escape(shape.text)}</text>"
            )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
