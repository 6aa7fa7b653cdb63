"""Write docs/lint.md, the rules of the linter: ``python -m tests.render_lint``.

Everything is from the rules themselves; the examples are the streams that the tests lint.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from realtime_lab.protocol import LINT_RULES, LINT_TOPICS, SEVERITIES
from tests.protocol.lint_cases import CASES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "lint.md"
PREFACE = """\
The linter reads an event log, of this client or of any other, and tells mistakes and races in
plain words, with the events that show them.

```python
report = rl.lint(lab)  # or rl.lint(log), or rl.lint("session.jsonl")
report.only(severity="error"), report.table(), report.entries(report[0])

from realtime_lab.eventlog import LiveLint

lab.session.subscribe(LiveLint(lab.log, print))  # each mistake as it happens
```

```sh
realtime-lab lint session.jsonl     # exit code 1 where there is an error, 2 without a log
realtime-lab lint session.jsonl --json --ignore frames-too-small
realtime-lab lint --rules
```

- **error**: the service refuses it, or something is lost: an answer, audio, history.
- **warning**: it goes well by luck, or somebody is misled, the model above all.
- **advice**: it costs time or tokens.

What cannot be seen with certainty in the events says "perhaps". Rules that count time are still
where a log has none, rules about what is missing where its beginning is. Findings name ids and
figures, and quote nothing that anybody said.

This page is made by `python -m tests.render_lint`; each sentence in quotation marks is what the
rule says of the stream that its test is made of."""


def page() -> str:
    """The whole page, as Markdown."""
    counts = Counter(rule.about.severity for rule in LINT_RULES)
    told = ", ".join(f"{counts[s]} {s}" for s in SEVERITIES)
    parts = ["# What the linter finds", PREFACE, f"{len(LINT_RULES)} rules: {told}."]
    parts.append("\n".join(_contents()))
    for topic, rules in LINT_TOPICS.items():
        parts.append(f"## {topic}")
        parts += [_rule(rule.about.id) for rule in rules]
    return "\n\n".join(parts) + "\n"


def _contents() -> list[str]:
    return [
        f"- {topic}: " + ", ".join(f"[{rule.about.id}](#{rule.about.id})" for rule in rules)
        for topic, rules in LINT_TOPICS.items()
    ]


def _rule(name: str) -> str:
    about = next(rule.about for rule in LINT_RULES if rule.about.id == name)
    says = next(case.says for case in CASES if case.rule == name)
    return "\n\n".join(
        (
            f"### {about.id}",
            f"**{about.severity}** · {about.title}. {about.why}",
            f"Instead: {about.instead}",
            f"> “{says}”",
            f"Source: {about.source}.",
        )
    )


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
