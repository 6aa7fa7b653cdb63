"""A turn as HTML that needs no script: transcript and figures, and no voice."""

from __future__ import annotations

from html import escape

from .turn import Turn, latency_line

__all__ = ["said_html", "turn_html"]

_STYLE = """
<style>
.rl-turn {font: 14px/1.5 system-ui, sans-serif; max-width: 46rem; margin: .25rem 0;
  border: 1px solid rgba(128,128,128,.35); border-radius: 8px; padding: .6rem .9rem}
.rl-turn dl {display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0}
.rl-turn dt {opacity: .65; font-weight: 600} .rl-turn dd {margin: 0}
.rl-turn footer {opacity: .7; font-size: 12px; font-variant-numeric: tabular-nums;
  margin: .3rem 0 0}
.rl-turn .rl-ledger {opacity: .7; font-size: 12px; margin: .2rem 0 0}
.rl-turn .rl-problem {color: #c0392b; opacity: 1}
</style>
"""


def turn_html(turn: Turn) -> str:
    """The turn as a block of HTML.

    It holds no audio, as what a cell shows is saved with the notebook: who wants that shows
    ``turn.audio``.
    """
    clean = turn.redaction.redacted
    rows = [("You", clean(turn.transcript_user) or "…")]
    rows += [("Tool", f"{call.name}({clean(call.arguments)})") for call in turn.tool_calls]
    listed = "".join(f"<dt>{escape(who)}</dt><dd>{escape(what)}</dd>" for who, what in rows)
    listed += f"<dt>Model</dt><dd>{said_html(turn)}</dd>"
    told = escape(" · ".join(filter(None, (turn.model, turn.voice, latency_line(turn)))))
    told += " · <code>turn.audio</code> plays the speech" if turn.audio.samples.size else ""
    problem = f'<p class="rl-problem">{escape(clean(turn.problem))}</p>' if turn.problem else ""
    ledger = turn.ledger
    account = f'<p class="rl-ledger">{escape(str(ledger))}</p>' if ledger else ""
    return (
        f'{_STYLE}<div class="rl-turn"><dl>{listed}</dl>'
        f"<footer>{told}</footer>{account}{problem}</div>"
    )


def said_html(turn: Turn) -> str:
    """What the model said, with what nobody heard struck out."""
    redaction = turn.redaction
    if not turn.interrupted:
        return escape(redaction.redacted(turn.said))
    heard, said = turn.heard, turn.said
    if not said.startswith(heard):
        said, heard = redaction.redacted(said), redaction.redacted(heard)
        return f"{escape(said)} — interrupted; heard: {escape(heard)}"
    heard, unheard = redaction.split(said, len(heard))
    unheard = unheard.strip()
    struck = f'<s title="not heard">{escape(unheard)}</s>' if unheard else ""
    return " ".join(filter(None, (escape(heard), struck))) + " — interrupted"
