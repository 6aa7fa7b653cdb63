"""A voice booth where no browser runs it: a table with pictures, and players where asked for."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from ..errors import AudioError
from ..voices import MEASURES, Contour, Take
from .voice_booth_answers import SHOWN_MEASURES, label_of
from .voice_booth_svg import take_svg
from .voice_booth_takes import BoothTakes

__all__ = ["booth_html", "booth_text"]

MOST_ROWS = 40
_FRAME = (
    "border:1px solid rgba(128,128,128,.4);border-radius:10px;padding:10px 14px;"
    "font:13px/1.45 system-ui,sans-serif;max-width:100%;overflow-x:auto"
)
_QUIET = "opacity:.7"
_TABLE = "border-collapse:collapse;margin-top:8px;font:inherit;color:inherit"
_CELL = "padding:4px 8px;text-align:left;vertical-align:middle;border-top:1px solid #8883"
_NUMBER = f"{_CELL};text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap"
_HEAD = "padding:2px 8px;vertical-align:bottom;font-weight:600;font-size:12px"


def booth_html(takes: BoothTakes, *, players: bool) -> str:
    """A fragment that needs no script and no style sheet, for light and dark pages.

    It holds audio, as MP3 and as loud as it was recorded, only with ``players``.
    """
    columns = [one for one in MEASURES if one.name in SHOWN_MEASURES]
    heads = "".join(
        f'<th style="{_HEAD};text-align:right" title="{escape(one.definition, quote=True)}">'
        f'{escape(label_of(one.name))}<div style="font-weight:400;{_QUIET}">{escape(one.unit)}'
        "</div></th>"
        for one in columns
    )
    bodies = "".join(
        _body(takes, text, [one.name for one in columns], players=players)
        for text in range(len(takes.texts))
    )
    notes = "".join(f'<div style="{_QUIET}">{escape(note)}</div>' for note in takes.notes)
    left_out = len(takes.takes) - MOST_ROWS
    more = f'<p style="{_QUIET}">{left_out} more takes are not shown.</p>' if left_out > 0 else ""
    return (
        f'<div style="{_FRAME}"><div><b>Voice booth</b> <span style="{_QUIET}">'
        f"{escape(_heading(takes))}</span></div>{notes}"
        f'<table style="{_TABLE}"><thead><tr><th style="{_HEAD};text-align:left">Voice</th>'
        f'<th style="{_HEAD};text-align:left">Waveform, pitch in Hz</th>{heads}</tr></thead>'
        f"{bodies}</table>{more}</div>"
    )


def booth_text(takes: BoothTakes) -> str:
    """The same as plain text, a line for each take."""
    lines = [f"Voice booth: {_heading(takes)}"]
    for take in takes.takes[:MOST_ROWS]:
        label = ", ".join(_labels(takes, take))
        lines.append(f"  {label}: {take.clip.seconds:.1f} s, {take.said or take.asked!r}")
    return "\n".join(lines)


def _heading(takes: BoothTakes) -> str:
    voices = len({(take.source, take.voice) for take in takes.takes})
    facts = [
        (voices, "voice"),
        (len({take.source for take in takes.takes}), "source"),
        (len(takes.texts), "text"),
        (len(takes.takes), "take"),
    ]
    return " · ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in facts)


def _body(takes: BoothTakes, text: int, measures: list[str], *, players: bool) -> str:
    numbers = [n for n in range(len(takes.takes[:MOST_ROWS])) if takes.text_of(n) == text]
    longest = max((takes.takes[n].clip.seconds for n in numbers), default=0.0)
    rows = "".join(_row(takes, n, longest, measures, players=players) for n in numbers)
    return (
        f'<tbody><tr><td colspan="{2 + len(measures)}" style="{_CELL};max-width:60em;'
        f'white-space:normal">“{escape(takes.texts[text])}”</td></tr>{rows}</tbody>'
    )


def _row(
    takes: BoothTakes, number: int, longest: float, measures: list[str], *, players: bool
) -> str:
    take = takes.takes[number]
    voice, *others = _labels(takes, take)
    label = f"<b>{escape(voice)}</b>"
    if others:
        label += f'<div style="{_QUIET};white-space:nowrap">{escape(", ".join(others))}</div>'
    contour, values = Contour(), {}
    try:
        found = takes.measured(number)
        contour, values = found.contour, found.values
    except AudioError as error:
        label += f'<div style="{_QUIET}">{escape(str(error))}</div>'
    picture = b64encode(take_svg(take, contour, longest).encode()).decode()
    # As a picture, because pages that are not trusted drop SVG that is part of them.
    alt = escape(f"{take.voice}: {take.clip.seconds:.1f} s, waveform and pitch", quote=True)
    player = take.clip._repr_html_() if players else ""
    said = "" if take.said == take.asked else f'<div style="{_QUIET}">“{escape(take.said)}”</div>'
    cells = "".join(f'<td style="{_NUMBER}">{_figure(values.get(name))}</td>' for name in measures)
    return (
        f'<tr><td style="{_CELL}">{label}</td>'
        f'<td style="{_CELL}"><img alt="{alt}" style="display:block;min-width:300px;'
        f'max-width:480px;width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{picture}">{player}{said}'
        f"</td>{cells}</tr>"
    )


def _labels(takes: BoothTakes, take: Take) -> list[str]:
    """The voice, and what else tells the take from others."""
    parts = [take.voice]
    if len({other.source for other in takes.takes}) > 1:
        parts.append(take.source)
    if any(other.repeat for other in takes.takes):
        parts.append(f"repeat {take.repeat + 1}")
    return parts


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return (f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}").replace("-", "−")
