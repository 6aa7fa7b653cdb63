"""The style sheet of a report: for light and dark screens, and for paper."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2128; --quiet: #59636e;
  --line: #d5dae0; --panel: #f6f8fa; --accent: #1f6feb; --bad: #b3261e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --paper: #12161b; --ink: #dde3ea; --quiet: #98a2ad;
  --line: #313841; --panel: #1a2027; --accent: #6cb0ff; --bad: #ff8a80; --warn: #e3b341 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 2.2rem 1.4rem 4rem }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; overflow-wrap: anywhere;
  text-wrap: balance }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .7rem; padding-bottom: .3rem;
  border-bottom: 1px solid var(--line) }
p { margin: .4rem 0; overflow-wrap: anywhere }
a { color: var(--accent) }
.quiet { color: var(--quiet) }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: .7rem; margin: 1.3rem 0 0 }
.figures div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  padding: .6rem .8rem }
.figures b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums }
.figures span { color: var(--quiet); font-size: .82rem }
.scroll { overflow-x: auto } .scroll > svg { min-width: 40rem }
table { border-collapse: collapse; font-size: .88rem; width: 100% }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line) }
th { color: var(--quiet); font-weight: 600; vertical-align: bottom }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
td.n { white-space: nowrap }
tr:last-child td { border-bottom: 0 }
.turn { display: grid; grid-template-columns: 4.4rem 1fr; gap: 0 1rem; padding: .7rem 0;
  border-bottom: 1px solid var(--line); break-inside: avoid }
.turn:last-of-type { border-bottom: 0 }
.turn > .when { color: var(--quiet); font-size: .82rem; font-variant-numeric: tabular-nums }
.turn > .when b { display: block; color: var(--ink); font-size: 1rem }
.turn dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: 0 }
.turn dt { color: var(--quiet); font-weight: 600; font-size: .88rem }
.turn dd { margin: 0; overflow-wrap: anywhere }
.turn .told { color: var(--quiet); font-size: .82rem; font-variant-numeric: tabular-nums;
  margin: .25rem 0 0 }
.turn audio { display: block; width: 100%; max-width: 26rem; height: 2rem; margin: .3rem 0 .1rem }
s { opacity: .55 }
code, pre { font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .8rem;
  overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }
.hash { overflow-wrap: anywhere }
.bad { color: var(--bad) } .warn { color: var(--warn) }
details { margin: .5rem 0 } summary { cursor: pointer; color: var(--accent) }
footer { margin-top: 3rem; color: var(--quiet); font-size: .82rem }
@media (max-width: 40rem) { .figures { grid-template-columns: 1fr 1fr }
  .turn { grid-template-columns: 1fr } .turn > .when b { display: inline } }
@media print { main { max-width: none; padding: 0 } details > * { display: block } h2 {
  break-after: avoid } }
"""
