"""The sections of a report, each as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from ...audio import Clip
from ...protocol import Tokens, compared, shown, tokens_of
from ..latency.log_waterfall import PERCENTILES_TOLD
from ..linting.lint import lint
from ..publishing.facts import Facts
from ..publishing.methods import Methods
from ..redaction.redaction import Redaction
from ..timeline.lanes_picture import lanes_picture
from ..turns.turn import Turn
from ..turns.turn_html import said_html
from ..turns.usage import add_usage

__all__ = ["figures", "latency", "methods", "problems", "settings", "times", "turns", "usage"]

_MAIN = (
    "speech_end_to_stopped",
    "created_to_first_audio",
    "speech_end_to_first_audio",
    "request_to_first_audio",
    "speech_end_to_played",
    "total",
)
"""Stages that the table of all turns shows."""
_TOKENS = {
    "text_in": "text in",
    "text_cached": "text in, cached",
    "audio_in": "audio in",
    "audio_cached": "audio in, cached",
    "image_in": "images in",
    "image_cached": "images in, cached",
    "in_untold": "in, of a kind that was not told",
    "text_out": "text out",
    "audio_out": "audio out",
    "out_untold": "out, of a kind that was not told",
}
_COLOURS = {"error": "bad", "warning": "warn"}
_MOST_TURNS = 500
_MOST_FINDINGS = 200


def figures(facts: Facts, methods: Methods) -> str:
    """The main figures side by side."""
    plain = methods.facts
    latencies = plain["latency_ms"]
    first, since = latencies.get("speech_end_to_first_audio"), "end of speech"
    if first is None:
        first, since = latencies.get("request_to_first_audio"), "request"
    dollars = plain["usage"]["dollars"]
    found = [
        (f"{plain['turns']['total']:,}", "turns"),
        (f"{facts.seconds:,.1f} s", "from first to last event"),
        (f"{first['p50']:,.0f} ms" if first else "–", f"median, {since} to first audio"),
        (f"{facts.user.seconds:,.1f} s", "of audio from the user"),
        (f"{facts.model.seconds:,.1f} s", "of audio from the model"),
        (f"{plain['usage']['total_tokens']:,}", "tokens"),
        ("unknown" if dollars is None else f"${dollars:,.4f}", "at list prices"),
        (f"{plain['events']['total']:,}", "events"),
    ]
    shown = "".join(f"<div><b>{escape(v)}</b><span>{escape(n)}</span></div>" for v, n in found)
    return f'<div class="figures">{shown}</div>'


def times(facts: Facts) -> str:
    """The timeline as a picture, with texts as they may be shown."""
    if not facts.timeline.spans:
        return _nothing("Nothing was said.")
    picture = lanes_picture(facts.timeline).svg("Timeline")
    return f'<div class="scroll">{picture}</div>' + _quiet(
        "One row for each of: what the user said or typed, turn detection, responses, what the "
        "service sent, what was played, tools. Rest the pointer on a bar to read it."
    )


def turns(facts: Facts, *, audio: bool) -> str:
    """What was said in each turn, with players where they were asked for."""
    found = "".join(_turn(facts, turn, audio=audio) for turn in facts.turns[:_MOST_TURNS])
    left = len(facts.turns) - _MOST_TURNS
    more = _quiet(f"{left:,} more turns are not shown.") if left > 0 else ""
    return (found or _nothing("There are no turns.")) + more


def _turn(facts: Facts, turn: Turn, *, audio: bool) -> str:
    clean = turn.redaction.redacted
    start = facts.log.elapsed(turn.entries[0])
    asked, said = escape(clean(turn.transcript_user)) or "…", said_html(turn) or "…"
    if audio:
        heard = facts.log.turn(turn.index)
        asked += _player(heard.audio_user)
        said += _player(heard.audio)
    rows = [("User", asked)]
    for call in turn.tool_calls:
        rows.append(("Tool", f"<code>{escape(clean(f'{call.name}({call.arguments})'))}</code>"))
    rows.append(("Model", said))
    listed = "".join(f"<dt>{who}</dt><dd>{what}</dd>" for who, what in rows)
    told = [turn.status, *_told(turn)]
    problem = f'<p class="told bad">{escape(clean(turn.problem))}</p>' if turn.problem else ""
    account = f'<p class="told">{escape(str(turn.ledger))}</p>' if turn.ledger else ""
    return (
        f'<div class="turn"><div class="when"><b>{turn.index}</b> {start:.1f} s</div><div>'
        f'<dl>{listed}</dl><p class="told">{escape(" · ".join(told))}</p>{account}{problem}'
        "</div></div>"
    )


def _player(clip: Clip) -> str:
    return clip._repr_html_() if clip.samples.size else ""


def _told(turn: Turn) -> list[str]:
    measured = turn.latency
    first = measured.speech_end_to_first_audio
    since = "end of speech"
    if first is None:
        first, since = measured.request_to_first_audio, "request"
    told = [] if first is None else [f"first audio {1000 * first:,.0f} ms after {since}"]
    seconds = turn.audio.seconds
    told += [f"{seconds:.1f} s of speech"] if seconds else []
    tokens = turn.usage.total_tokens
    return told + ([f"{tokens:,} tokens, {turn.cost}"] if tokens else [])


def latency(facts: Facts) -> str:
    """How the stages are distributed, each with its definition; then those of every turn."""
    found = facts.waterfall.distributions
    if not found:
        return _nothing("No stage of any turn could be measured.")
    rows = [
        (
            escape(one.stage.label),
            f'<span class="quiet">{escape(one.stage.definition)}</span>',
            f"{one.count:,}",
            *(_ms(seconds) for seconds in (one.p50, one.p95, one.least, one.most)),
        )
        for one in found
    ]
    heads = ("stage", "what it is", "turns", "median", "95\u00a0%", "least", "most, ms")
    note = _quiet(
        "By this side's monotonic clock, when an event was logged: one that was received includes "
        f"its way from the service, one that was sent is not there yet. {PERCENTILES_TOLD}"
    )
    main = [one.stage for one in found if one.stage.name in _MAIN]
    each = [
        (str(turn.index), *(_ms(getattr(turn.latency, stage.name)) for stage in main))
        for turn in facts.turns[:_MOST_TURNS]
    ]
    names = ("turn", *(stage.label for stage in main))
    by_turn = _table(names, each, numbers=range(1, len(names)))
    table = _table(heads, rows, numbers=range(2, len(heads)))
    return (
        f'<div class="scroll">{facts.waterfall.svg()}</div>{note}'
        f"<details><summary>As a table, with what each stage is</summary>{table}</details>"
        f"<details open><summary>Turn by turn, in milliseconds</summary>{by_turn}</details>"
    )


def usage(facts: Facts, methods: Methods) -> str:
    """Tokens by kind, and what they cost."""
    tokens: Tokens = tokens_of(add_usage(turn.usage for turn in facts.turns))
    rows = [
        (name, f"{getattr(tokens, field):,}")
        for field, name in _TOKENS.items()
        if getattr(tokens, field)
    ]
    if not rows:
        return _nothing("The service told of no tokens.")
    told = methods.facts["usage"]
    dollars = "unknown" if told["dollars"] is None else f"${told['dollars']:,.6f}"
    rows.append(("<b>all</b>", f"<b>{told['total_tokens']:,}</b>"))
    prices = told["prices"]
    source = f"Prices of {prices['as_of']} ({prices['source']})" if prices else "No price is known"
    return _table(("kind", "tokens"), rows, numbers=(1,)) + _quiet(f"{source}: {dollars}.")


def settings(facts: Facts, redaction: Redaction) -> str:
    """What was in force, and what was asked for where that is another thing."""
    if facts.effective is None:
        return _nothing("The service told no settings.")
    found = compared(facts.asked, facts.effective)
    heads = ["setting", "in force"]
    if any(setting.ignored for setting in found):
        heads.append("asked for, where it differs")
    rows = []
    for setting in found:
        asked = f'<span class="warn">{_value(setting.asked, redaction)}</span>'
        name = f"<code>{escape(setting.name)}</code>"
        cells = (name, _value(setting.effective, redaction), asked if setting.ignored else "")
        rows.append(cells[: len(heads)])
    return _table(heads, rows)


def problems(facts: Facts, redaction: Redaction) -> str:
    """Errors, notes about the log, and mistakes and races that the linter found."""
    told = [escape(note) for note in map(redaction.redacted, facts.log.notes)]
    told += [
        f"{count} × error <code>{escape(code)}</code>" for code, count in facts.tally.errors.items()
    ]
    listed = "".join(f"<li>{one}</li>" for one in told)
    found = lint(facts.log)
    rows = [
        (
            f"{finding.seconds:.3f}",
            f'<span class="{_COLOURS.get(finding.severity, "quiet")}">{finding.severity}</span>',
            f"{escape(finding.message)}<br><small>{escape(finding.about.instead)}</small>",
            f"<code>{escape(finding.rule)}</code>",
        )
        for finding in found[:_MOST_FINDINGS]
    ]
    heads = ("s", "", "what went wrong, and what to do", "rule")
    table = _table(heads, rows, numbers=(0,)) if rows else ""
    left = len(found) - _MOST_FINDINGS
    more = _quiet(f"{left:,} more are not shown; realtime-lab lint tells all.") if left > 0 else ""
    everything = f"{f'<ul>{listed}</ul>' if listed else ''}{table}{more}"
    return everything or _nothing("None: no errors, and the linter found nothing.")


def methods(found: Methods) -> str:
    """The paragraph, what it is made from, and how to cite this."""
    folded = "".join(
        f"<details><summary>{name}</summary><pre>{escape(text)}</pre></details>"
        for name, text in (
            ("BibTeX", found.bibtex),
            ("CITATION.cff", found.citation),
            ("All facts as JSON", found.json()),
        )
    )
    rows = [
        (name, f'<code class="hash">{found.facts["sha256"][key] or "not kept"}</code>')
        for key, name in (
            ("log", "event log"),
            ("user_audio", "audio of the user"),
            ("model_audio", "audio of the model"),
        )
    ]
    hashes = _table(("SHA-256 of", ""), rows)
    return f"<p>{escape(found.text)}</p>{folded}{hashes}"


def _value(value: Any, redaction: Redaction) -> str:
    return escape(redaction.redacted(shown(value)))


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1000 * seconds:,.1f}"


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()
) -> str:
    """Cells are HTML; columns in ``numbers`` hold figures."""
    right = set(numbers)

    def row(tag: str, cells: Sequence[str]) -> str:
        marked = (
            f"<{tag}{' class=n' if i in right else ''}>{c}</{tag}>" for i, c in enumerate(cells)
        )
        return f"<tr>{''.join(marked)}</tr>"

    body = "".join(row("td", cells) for cells in rows)
    return (
        f'<div class="scroll"><table><thead>{row("th", [escape(h) for h in heads])}</thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _quiet(text: str) -> str:
    return f'<p class="quiet"><small>{escape(text)}</small></p>'


def _nothing(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>'
