"""Write docs/server.md, what of the service is emulated: ``python -m tests.render_reference``.

The rows are in docs/server.toml. The models come from the profiles, the events from the protocol,
and the evidence from the tests: a test that shows a row carries ``@pytest.mark.shows("row")``.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from realtime_lab.protocol import (
    CLIENT_EVENTS,
    EVENT_NAMES,
    PROFILES,
    SERVER_EVENTS,
    Event,
    Profile,
)
from realtime_lab.protocol.codec import GA_ONLY_EVENTS

ROOT = Path(__file__).parent.parent
ROWS = ROOT / "docs" / "server.toml"
PAGE = ROOT / "docs" / "server.md"
STATUSES = ("exact", "approximate", "not")


def rows() -> dict[str, Any]:
    """What docs/server.toml says."""
    return tomllib.loads(ROWS.read_text())


def evidence() -> dict[str, list[str]]:
    """Row to the tests that show it, each as ``path::name``."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "node_modules" in path.parts:
            continue
        for test, row in _marks(ast.parse(path.read_text())):
            found.setdefault(row, []).append(f"{path.relative_to(ROOT).as_posix()}::{test}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.shows":
                    yield from ((node.name, ast.literal_eval(row)) for row in mark.args)


def page() -> str:
    """The whole page, as Markdown."""
    said = rows()
    shown = evidence()
    parts = [said["title"], said["preface"].strip(), _summary(said)]
    for area in said["areas"]:
        parts += [f"## {area['name']}", _table(area["rows"], shown)]
    parts += ["## Events", said["events"]["preface"].strip(), _events(said["events"]["unsent"])]
    parts += ["## Models", said["models"].strip(), _models()]
    parts += ["## Left open", said["open"].strip()]
    return "\n\n".join(parts) + "\n"


def _summary(said: dict[str, Any]) -> str:
    statuses = [row["status"] for area in said["areas"] for row in area["rows"]]
    exact, approximate, absent = (statuses.count(status) for status in STATUSES)
    return f"{len(statuses)} rows: {exact} exact, {approximate} approximate, {absent} not emulated."


def _table(area: list[dict[str, str]], shown: dict[str, list[str]]) -> str:
    lines = ["| what | emulated | how, and where not | shown by |", "|---|---|---|---|"]
    for row in area:
        tests = shown.get(row["id"], [])
        links = ", ".join(f"[{_short(test)}](../{test.partition('::')[0]})" for test in tests[:3])
        more = f" and {len(tests) - 3} more" if len(tests) > 3 else ""
        cells = (row["what"], row["status"], row.get("note", ""), links + more)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _short(test: str) -> str:
    return test.partition("::")[2].removeprefix("test_").replace("_", " ")


def _events(unsent: dict[str, str]) -> str:
    lines = ["| event | from | preview name | |", "|---|---|---|---|"]
    for origin, events in (("client", CLIENT_EVENTS), ("server", SERVER_EVENTS)):
        for event in events:
            preview = _preview_name(event)
            lines.append(
                f"| `{event.type}` | {origin} | {f'`{preview}`' if preview else '–'} "
                f"| {unsent.get(event.type, '')} |"
            )
    return "\n".join(lines)


def _preview_name(event: type[Event]) -> str | None:
    if event in GA_ONLY_EVENTS:
        return None
    return next((name for name, ga in EVENT_NAMES.items() if ga == event.type), event.type)


def _models() -> str:
    lines = [
        "| snapshot | dialect | voices | window / output | minutes | tokens, requests a minute "
        "| $ per million: text in, cached, out; audio in, cached, out | retired |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(_model(profile))} |" for profile in PROFILES.values()]
    return "\n".join(lines)


def _model(profile: Profile) -> tuple[str, ...]:
    price = profile.price
    return (
        f"`{profile.snapshot}`",
        profile.dialect,
        ", ".join(profile.voices),
        f"{profile.context_tokens:,} / {profile.max_output_tokens:,}",
        str(profile.session_seconds // 60),
        f"{profile.tokens_per_minute:,}, {profile.requests_per_minute:,}",
        f"{price.text_in:g}, {price.text_cached:g}, {price.text_out:g}; "
        f"{price.audio_in:g}, {price.audio_cached:g}, {price.audio_out:g}",
        profile.retired or "–",
    )


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
