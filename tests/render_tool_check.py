"""Write docs/tool-check.md, the rules on tools: ``python -m tests.render_tool_check``.

Everything is from the rules themselves; the examples are the definitions that the tests check.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import realtime_lab as rl
from realtime_lab.protocol import SEVERITIES
from realtime_lab.toolbench import TOOL_RULES, TOOL_TOPICS, ToolFinding
from tests.toolbench.tool_check_cases import CASES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tool-check.md"
PREFACE = """\
The definitions of tools are checked with no model: what a service refuses, what a model trips over,
and what it costs to read them in every turn.

```python
report = rl.check_tools(tools)  # functions, Tool objects, dicts: flat, nested, broken
report.errors, report.only(severity="warning"), report.table()
report.tokens, report.dollars_per_turn, report.dollars_per_turn_cached, report.sizes
report[0].changes, report[0].suggestion  # what to write, and the whole definition with it
better = report.improved()  # all suggestions at once
```

```sh
realtime-lab check-tools my_tools.py          # exit code 1 where there is an error, 2 without tools
realtime-lab check-tools package.module:TOOLS --json --ignore name-without-verb
realtime-lab check-tools tools.json --improved > better.json
realtime-lab check-tools --rules
```

- **error**: a service refuses it, or calls fail.
- **warning**: the model calls the wrong tool, or the right one with wrong arguments.
- **advice**: it costs tokens, or goes wrong now and then.

A suggestion is made where nobody has to find words or decide: the values that a description lists
become an `enum`, a name gets valid signs, a reference is written out. What an author has to say (a
description, a unit) is asked for, and `report.improved()` leaves it as it was. Words are judged in
English descriptions only.

**Tokens** are estimated as four characters each of the JSON that a session is told, the same by
which budgets and the embedded server count; how a service writes tools out for its model is not
documented. Each response reads them again. The first pays the full price of text; later ones
mostly the cached one, where the model has a cache, from 1,024 tokens on that were the same before,
and as long as neither tools nor instructions change.

What realtime services do with a schema is documented in a few words only: realtime models have no
structured outputs, so that no argument is held to its schema. A source that speaks of Chat
Completions says so.

This page is made by `python -m tests.render_tool_check`; each sentence in quotation marks is what
the rule says of the definition that its test is made of, and below it stands what it suggests."""


def page() -> str:
    """The whole page, as Markdown."""
    counts = Counter(rule.about.severity for rule in TOOL_RULES)
    told = ", ".join(f"{counts[s]} {s}" for s in SEVERITIES)
    parts = ["# What the check of tools finds", PREFACE, f"{len(TOOL_RULES)} rules: {told}."]
    parts.append("\n".join(_contents()))
    for topic, rules in TOOL_TOPICS.items():
        parts.append(f"## {topic}")
        parts += [_rule(rule.about.id) for rule in rules]
    return "\n\n".join(parts) + "\n"


def _contents() -> list[str]:
    return [
        f"- {topic}: " + ", ".join(f"[{rule.about.id}](#{rule.about.id})" for rule in rules)
        for topic, rules in TOOL_TOPICS.items()
    ]


def _rule(name: str) -> str:
    found = _found(name)
    about = found.about
    parts = [
        f"### {about.id}",
        f"**{about.severity}** · {about.title}. {about.why}",
        f"Instead: {about.instead}",
        f"> “{found.message}”",
    ]
    if found.changes:
        parts.append("\n".join(("```", *found.changes, "```")))
    return "\n\n".join((*parts, f"Source: {about.source}."))


def _found(name: str) -> ToolFinding:
    case = next(case for case in CASES if case.rule == name)
    return next(finding for finding in rl.check_tools(case.fault) if finding.rule == name)


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
