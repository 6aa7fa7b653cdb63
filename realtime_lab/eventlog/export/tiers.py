"""A timeline as tiers, as programs for annotation have them: in none of them spans overlap."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..timeline.timeline import LANES, Span, Timeline
from ..timeline.word_times import voices, word_times

__all__ = ["Tier", "one_line", "tiers"]

ESTIMATED = "words (estimated)"


@dataclass(frozen=True, slots=True)
class Tier:
    """Spans one after the other. ``parent`` is the name of the tier whose spans hold these.

    All spans of a tier have a length, or none has.
    """

    name: str
    spans: list[Span] = field(default_factory=list)
    parent: str = ""

    @property
    def is_points(self) -> bool:
        """Whether these are moments."""
        return bool(self.spans) and self.spans[0].start == self.spans[0].end


def tiers(timeline: Timeline, *, words: bool = False) -> list[Tier]:
    """A tier for each lane that is not empty, and ``model`` for its speech as it is in the audio.

    What overlaps within a lane goes into a further tier, as ``tools 2``; what is a moment goes into
    one of its own, as ``user (moments)``. A span under way ends where the timeline does. With
    ``words`` there are tiers of single words, whose times are estimates.
    """
    model = [span for span in voices(timeline) if span.lane == "model"]
    lanes = [("user", timeline.lane("user")), ("model", model)]
    lanes += [(name, timeline.lane(name)) for name in LANES if name != "user"]
    found: list[Tier] = []
    for name, spans in lanes:
        ended = [replace(s, end=timeline.seconds) if s.end is None else s for s in spans]
        long = [span for span in ended if span.end != span.start]
        own = _apart(name, long)
        found.extend(own)
        if words and name in ("user", "model"):
            found.extend(_words(tier, timeline) for tier in own)
        found.extend(_apart(f"{name} (moments)", [s for s in ended if s.end == s.start]))
    return found


def _apart(name: str, spans: list[Span]) -> list[Tier]:
    """As many tiers as it takes so that nothing overlaps."""
    found: list[Tier] = []
    for span in sorted(spans, key=lambda span: span.start):
        tier = next((tier for tier in found if _fits(span, tier)), None)
        if tier is None:
            tier = Tier(name if not found else f"{name} {len(found) + 1}")
            found.append(tier)
        tier.spans.append(span)
    return found


def _fits(span: Span, tier: Tier) -> bool:
    last = tier.spans[-1]
    return _ends(last) <= span.start and (not tier.is_points or last.start < span.start)


def _words(tier: Tier, timeline: Timeline) -> Tier:
    found: list[Span] = []
    for span in tier.spans:
        for word in word_times(span, timeline)[0]:
            if word.end > word.start:
                found.append(replace(span, start=word.start, end=word.end, text=word.text))
    return Tier(f"{tier.name} {ESTIMATED}", found, parent=tier.name)


def one_line(text: str) -> str:
    """A text without line breaks and tabs."""
    return " ".join(text.split())


def _ends(span: Span) -> float:
    return span.start if span.end is None else span.end
