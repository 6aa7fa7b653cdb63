"""Write docs/eventlog.md, how a log is asked: ``python -m tests.render_eventlog_page``.

The prose is in docs/eventlog.toml. The tables and their columns come from where they are defined.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from realtime_lab.eventlog import MOMENTS, STAGES
from realtime_lab.eventlog.latency.log_waterfall import PERCENTILES_TOLD
from realtime_lab.eventlog.recording.parquet import DERIVED
from realtime_lab.eventlog.tables.rows import COLUMNS, Column
from realtime_lab.eventlog.tables.schema import VIEWS

ROOT = Path(__file__).parent.parent
PROSE = ROOT / "docs" / "eventlog.toml"
PAGE = ROOT / "docs" / "eventlog.md"


def prose() -> dict[str, Any]:
    """What docs/eventlog.toml says."""
    return tomllib.loads(PROSE.read_text())


def page() -> str:
    """The whole page, as Markdown."""
    said = prose()
    parts = [said["title"], said["preface"].strip()]
    for section in said["sections"]:
        made = MADE[section["make"]]() if "make" in section else ""
        parts += filter(None, (section["heading"], section.get("text", "").strip(), made))
    return "\n\n".join(parts) + "\n"


def tables() -> str:
    """Every table with its columns."""
    parts = ["### `events`", "One row for each event, in order.", _columns(COLUMNS)]
    for view in VIEWS:
        parts += [f"### `{view.name}`", view.told, _columns(view.columns)]
    return "\n\n".join(parts)


def parquet() -> str:
    """The columns that a file lacks."""
    lines = ["| column | follows from |", "|---|---|"]
    for column, sql in DERIVED.items():
        how = sql.format(started="the start of the log in microseconds since 1970")
        lines.append(f"| `{column}` | `{how}` |")
    return "\n".join(lines)


def _columns(columns: Iterable[Column]) -> str:
    lines = ["| column | type | what it says |", "|---|---|---|"]
    lines += [f"| `{name}` | {type} | {told} |" for name, type, told in columns]
    return "\n".join(lines)


def moments() -> str:
    """Every moment: what it is, of what it is made, on which clock, how sure it is."""
    parts = []
    for moment in MOMENTS:
        types = " or ".join(f"`{type}`" for type in moment.types)
        only = {"": "", "of calls": " of a call", "others": " of no call"}[moment.items]
        scope = "" if moment.scope == "turn" else f", {moment.scope}"
        parts.append(
            f"- **{moment.label}** (`{moment.name}`): {moment.definition}  \n"
            f"  The {moment.choice} {types}{only}{scope}. Clock: {moment.clock}. "
            f"Uncertainty: {moment.uncertainty}."
        )
    return "\n".join(parts)


def stages() -> str:
    """Every stage: from what to what."""
    lines = ["| stage | from → to | what it is |", "|---|---|---|"]
    lines += [f"| `{stage.name}` | {stage.label} | {stage.definition} |" for stage in STAGES]
    return "\n".join(lines)


def percentiles() -> str:
    """How percentiles are made."""
    return PERCENTILES_TOLD


MADE: Mapping[str, Callable[[], str]] = {
    "tables": tables,
    "parquet": parquet,
    "moments": moments,
    "stages": stages,
    "percentiles": percentiles,
}
"""What sections can be made of, besides prose."""

if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
