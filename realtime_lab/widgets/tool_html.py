"""The tool view where no browser runs it: the tools, their modes and their calls as plain HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ..toolbench import LiveTool
from .tool_feed import CallLine

__all__ = ["tools_html", "tools_text"]

MOST_SHOWN = 50
LONGEST_SHOWN = 600
MODES = {
    "automatic": "automatic",
    "ask_first": "asked first",
    "by_hand": "answered by hand",
    "canned": "canned replies",
    "failing": "fails on purpose",
    "delayed": "delayed",
}
STATES = {
    "arriving": "arguments are arriving",
    "running": "running",
    "asked": "waiting for you",
    "held": "answer held back",
    "answered": "answered",
    "failed": "failed",
    "denied": "denied",
    "cancelled": "cancelled",
    "incomplete": "cut off by the model",
}
_FRAME = (
    "max-width:860px;border:1px solid rgba(128,128,128,.4);border-radius:12px;padding:12px 16px;"
    "font-family:system-ui,sans-serif;font-size:14px;line-height:1.5"
)
_QUIET = "opacity:.7"
_CODE = "font-family:ui-monospace,monospace;font-size:12.5px;overflow-wrap:anywhere"


def tools_html(tools: Iterable[LiveTool], lines: Iterable[CallLine]) -> str:
    """A fragment that needs no script and no style sheet, for light and dark pages."""
    head = " · ".join(
        f"<b>{escape(tool.name)}</b> <span style='{_QUIET}'>{_mode(tool)}</span>" for tool in tools
    )
    shown = list(lines)[-MOST_SHOWN:]
    calls = "".join(_row(line) for line in shown)
    nothing = f'<p style="margin:6px 0;{_QUIET}">The model has called no tool yet.</p>'
    return (
        f'<div style="{_FRAME}"><p style="margin:0 0 8px">{head or "There are no tools."}</p>'
        f"{calls or nothing}</div>"
    )


def tools_text(tools: Iterable[LiveTool], lines: Iterable[CallLine]) -> str:
    """The same as plain text."""
    head = "tools: " + (", ".join(f"{tool.name} ({_mode(tool)})" for tool in tools) or "none")
    return "\n".join([head, *(f"{_call(line)}: {_state(line)}" for line in lines)])


def _mode(tool: LiveTool) -> str:
    return MODES[tool.mode.kind]


def _call(line: CallLine) -> str:
    return f"{line.name}({_short(line.arguments)})"


def _state(line: CallLine) -> str:
    if line.seconds is None:
        return STATES[line.status]
    took = f"{1000 * line.seconds:.0f} ms" if line.seconds < 1 else f"{line.seconds:.2f} s"
    return f"{STATES[line.status]} after {took}"


def _row(line: CallLine) -> str:
    parts = [
        f'<div style="{_CODE}"><b>{escape(line.name)}</b>({escape(_short(line.arguments))})</div>',
        f'<div style="{_QUIET}">{line.at:.1f} s · {escape(_state(line))}</div>',
    ]
    if line.problem:
        parts.append(f"<div>The arguments do not fit: {escape(line.problem)}</div>")
    told = (note["text"] for note in line.notes if note["kind"] != "asked")
    parts += [f'<div style="{_QUIET}">{escape(text)}</div>' for text in told]
    if line.output is not None:
        parts.append(f'<div style="{_CODE}">→ {escape(_short(line.output))}</div>')
    if line.said:
        parts.append(f"<div><b>Model:</b> {escape(_short(line.said))}</div>")
    edge = "border-left:3px solid rgba(128,128,128,.5);padding-left:10px;margin:10px 0"
    return f'<div style="{edge}">{"".join(parts)}</div>'


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"
