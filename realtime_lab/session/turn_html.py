"""A turn as HTML that needs no script: transcript, player, figures."""

from __future__ import annotations

from html import escape

from .turn import Turn, latency_line

__all__ = ["turn_html"]

_STYLE = """
<style>
.rl-turn {font: 14px/1.5 system-ui, sans-serif; max-width: 46rem; margin: .25rem 0;
  border: 1px solid rgba(128,128,128,.35); border-radius: 8px; padding: .6rem .9rem}
.rl-turn dl {display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0}
.rl-turn dt {opacity: .65; font-weight: 600} .rl-turn dd {margin: 0}
.rl-turn audio {display: block; width: 100%; height: 2.2rem; margin: .5rem 0 .3rem}
.rl-turn footer {opacity: .7; font-size: 12px; font-variant-numeric: tabular-nums}
.rl-turn .rl-problem {color: #c0392b; opacity: 1}
</style>
"""


def turn_html(turn: Turn) -> str:
    """The turn as a block of HTML with the model's speech embedded in it."""
    rows = [("You", turn.transcript_user or "…")]
    rows += [("Tool", f"{call.name}({call.arguments})") for call in turn.tool_calls]
    rows += [("Model", turn.transcript + (" — interrupted" if turn.interrupted else ""))]
    listed = "".join(f"<dt>{escape(who)}</dt><dd>{escape(what)}</dd>" for who, what in rows)
    clip = turn.audio
    player = clip._repr_html_() if clip.samples.size else ""
    told = " · ".join(filter(None, (turn.model, turn.voice, latency_line(turn))))
    problem = f'<p class="rl-problem">{escape(turn.problem)}</p>' if turn.problem else ""
    return (
        f'{_STYLE}<div class="rl-turn"><dl>{listed}</dl>{player}'
        f"<footer>{escape(told)}</footer>{problem}</div>"
    )
