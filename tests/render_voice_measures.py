"""Write docs/voice-measures.md: ``python -m tests.render_voice_measures``.

Everything is from the definitions themselves.
"""

from __future__ import annotations

from pathlib import Path

from realtime_lab.voices.measures import FAMILIES, TRAITS, Family, Measure

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "voice-measures.md"
PREFACE = """\
What a voice said once is a `Take`. Its measures, and how far voices are from each other:

```python
from realtime_lab.voices import distances, measure, measured_table, session_recogniser, spread

with session_recogniser() as recogniser:  # a session's own transcription; any function will do
    measured = [measure(take, recogniser=recogniser) for take in run.takes]

measured[0]["f0_median"], measured[0].told("jitter")  # a value; or with its unit, or why none
measured[0].contour.times, measured[0].contour.hertz  # to be drawn
measured[0].artefacts  # clipping, clicks, gaps, an offset: each with its place in seconds
measured_table(measured).pandas()

spread(measured)["alloy"]["f0_median"]  # n, mean, SD, 95 % interval over repeated runs

apart = distances(measured)
apart.matrix, apart.map_figure(), apart.dendrogram_figure()
apart.why("alloy", "echo")  # which measures make the two differ
```

```sh
pip install 'realtime-lab[voices]'
```

- A value that cannot be had (silence, no pitch, too short, a price that is not known) is `None`,
  and says why.
- **Repeated runs**: the lines of one run are averaged (those that there are: fill gaps first); n,
  mean, standard deviation and the 95 % interval of the mean by Student's t are over the runs.
- **Distances** are by the traits of a voice (marked below), averaged over its takes (logarithms,
  where ratios count), each divided by its standard deviation between the voices. The distance is
  the root mean square of the differences. Over all pairs the root mean square is √2 whatever the
  voices (so 1.41 of two alone): it shows which are near each other, not how far apart all are.
  `unit="spread"` divides by the standard deviation within the voices instead, over their texts and
  runs: two takes of one voice are then about √2 apart by each measure.
- **The map** is classical multidimensional scaling (Torgerson 1952, Psychometrika 17, 401), with
  the share of the variance that it shows and Kruskal's stress-1 (1964, Psychometrika 29, 1). **The
  tree** is average linkage, with its cophenetic correlation (Sokal & Rohlf 1962, Taxon 11, 33).
- These figures say how voices differ, not which is better: that is for listeners to judge.

This page is made by `python -m tests.render_voice_measures` from the definitions in
`realtime_lab/voices/measures`."""


def page() -> str:
    """The whole page, as Markdown."""
    count = sum(len(family.measures) for family in FAMILIES)
    traits = ", ".join(f"[{name}](#{name})" for name in TRAITS)
    parts = ["# What is measured of voices", PREFACE]
    parts.append(f"{count} measures. Traits, by which voices are told apart: {traits}.")
    parts.append("\n".join(_contents(family) for family in FAMILIES))
    for family in FAMILIES:
        parts += [f"## {family.title}", family.about]
        parts += [_measure(measure) for measure in family.measures]
    return "\n\n".join(parts) + "\n"


def _contents(family: Family) -> str:
    names = ", ".join(f"[{measure.name}](#{measure.name})" for measure in family.measures)
    return f"- {family.title}: {names}"


def _measure(measure: Measure) -> str:
    kind = ["trait"] if measure.is_trait else []
    kind += ["compared by ratios"] if measure.scale == "log" else []
    marks = "".join(f" · {one}" for one in kind)
    return "\n\n".join(
        (
            f"### {measure.name}",
            f"**{measure.unit or 'no unit'}**{marks}. {measure.definition}",
            f"Source: {measure.source}",
        )
    )


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
