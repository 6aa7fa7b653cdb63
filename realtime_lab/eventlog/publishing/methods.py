"""The methods section of a paper, as far as a log can write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import msgspec

from ... import __version__
from ...protocol import SessionConfig
from ..latency.log_waterfall import PERCENTILES_TOLD
from ..recording.fingerprints import audio_sha256, log_sha256
from ..turns.prices import current_prices
from ..turns.usage import add_usage
from .facts import SERVICES, Facts
from .methods_text import paragraph

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["Methods", "methods_of"]

_TITLE = "realtime_lab: a laboratory for realtime speech models inside a Jupyter notebook"


@dataclass(frozen=True, slots=True)
class Methods:
    """How a log came about: what was used, how it was set, what was counted and measured.

    ``facts`` are the figures as plain values, `text` the same as a paragraph to be edited.
    ``authors`` are those of the recording. No name of a machine is in it, nor what was said; the
    instructions to the model are, redacted.
    """

    facts: dict[str, Any]
    authors: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """A paragraph for the methods section."""
        return paragraph(self.facts)

    def json(self) -> str:
        """The facts as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self.facts), indent=2).decode()

    @property
    def title(self) -> str:
        """What the recording may be called."""
        models = " and ".join(self.facts["models"]) or "a realtime speech model"
        return f"Event log of a session with {models}"

    @property
    def bibtex(self) -> str:
        """Entries for BibTeX: this recording, and the software."""
        year, digest = self.facts["started"][:4], self.facts["sha256"]["log"]
        authors = " and ".join(f"{{{name}}}" for name in self.authors)
        author = f"  author  = {{{authors}}},\n" if authors else ""
        return (
            f"@misc{{session-{digest[:8]},\n{author}"
            f"  title   = {{{self.title}}},\n"
            f"  year    = {{{year}}},\n"
            f"  note    = {{{self.facts['events']['total']} events; SHA-256 {digest}}},\n}}\n\n"
            f"@software{{realtime_lab,\n"
            f"  title   = {{{{{_TITLE}}}}},\n"
            f"  version = {{{__version__}}},\n}}\n"
        )

    @property
    def citation(self) -> str:
        """A file ``CITATION.cff`` for the recording (Citation File Format 1.2.0)."""
        authors = self.authors or ("the authors of the recording",)
        names = "".join(f"  - name: {_quoted(name)}\n" for name in authors)
        return (
            "cff-version: 1.2.0\n"
            'message: "If you use this recording, please cite it as below."\n'
            "type: dataset\n"
            f"title: {_quoted(self.title)}\n"
            f"authors:\n{names}"
            f"date-released: {self.facts['started'][:10]}\n"
            "identifiers:\n"
            "  - type: other\n"
            f"    value: {_quoted('sha256:' + self.facts['sha256']['log'])}\n"
            '    description: "SHA-256 of the event log, as realtime_lab computes it"\n'
            "references:\n"
            "  - type: software\n"
            f"    title: {_quoted(_TITLE)}\n"
            f"    version: {_quoted(__version__)}\n"
            "    authors:\n"
            '      - name: "the authors of realtime_lab"\n'
        )

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        parts = (("JSON", self.json()), ("BibTeX", self.bibtex), ("CITATION.cff", self.citation))
        folded = "".join(
            f"<details><summary>{name}</summary><pre>{escape(text)}</pre></details>"
            for name, text in parts
        )
        return f'<div><p style="max-width:46rem">{escape(self.text)}</p>{folded}</div>'


def methods_of(log: EventLog, facts: Facts | None = None, authors: Sequence[str] = ()) -> Methods:
    """The methods of a log; ``facts`` are those of it, if they are read already."""
    return Methods(_plain(log, facts or Facts.of(log)), tuple(authors))


def _plain(log: EventLog, facts: Facts) -> dict[str, Any]:
    return {
        "software": f"realtime_lab {__version__}",
        "started": log.started.isoformat(timespec="seconds"),
        "seconds": round(facts.seconds, 3),
        "models": facts.models,
        "dialects": facts.dialects,
        "connections": [
            {
                "service": connection.service,
                "called": SERVICES[connection.service],
                "model": connection.model,
                "dialect": connection.dialect,
                "api_version": connection.api_version,
                "recorded_with": connection.software,
            }
            for connection in facts.connections
        ],
        "settings": _settings(log, facts.effective),
        "settings_changed": max(0, len(facts.settings) - 1),
        "events": {"total": len(log), **facts.tally.events},
        "turns": _turns(facts),
        "responses": dict(facts.tally.responses),
        "errors": dict(facts.tally.errors),
        "tool_calls": dict(facts.tally.calls),
        "audio": {
            name: {
                "samples": side.samples,
                "rate": side.rate,
                "seconds": round(side.seconds, 3),
                "pieces": side.pieces,
            }
            for name, side in (("user", facts.user), ("model", facts.model))
        },
        "speech_seconds": round(facts.speech_seconds, 3),
        "played_seconds": round(facts.played_seconds, 3),
        "latency_ms": _latencies(facts),
        "percentiles": PERCENTILES_TOLD,
        "usage": _usage(facts),
        "privacy": {
            "redacted": log.redaction.kinds,
            "audio_recorded": log.record_audio,
            "consent": [
                {
                    "service": agreed.service,
                    "notice": agreed.notice,
                    "date": agreed.date,
                    "how": agreed.how,
                }
                for agreed in facts.agreements
            ],
        },
        "sha256": {
            "log": log_sha256(log),
            **{f"{side}_audio": digest for side, digest in audio_sha256(log).items()},
        },
    }


def _settings(log: EventLog, config: SessionConfig | None) -> dict[str, Any]:
    """The settings in force but for what identifies a session; texts in them redacted."""
    plain = msgspec.to_builtins(config) if config is not None else {}
    for name in ("id", "object", "expires_at", "client_secret", "model"):
        plain.pop(name, None)
    if isinstance(plain.get("instructions"), str):
        plain["instructions"] = log.redaction.redacted(plain["instructions"])
    if "tools" in plain:
        plain["tools"] = [tool.get("name") or tool.get("type") for tool in plain["tools"] or ()]
    return plain


def _turns(facts: Facts) -> dict[str, int]:
    spoken = {span.turn for span in facts.timeline.lane("user") if span.seconds}
    return {
        "total": len(facts.turns),
        "spoken": sum(turn.index in spoken for turn in facts.turns),
        "interrupted": sum(turn.interrupted for turn in facts.turns),
        "with_tools": sum(bool(turn.tool_calls) for turn in facts.turns),
    }


def _latencies(facts: Facts) -> dict[str, dict[str, Any]]:
    """How each stage that was measured is distributed over the turns, in milliseconds."""
    return {
        one.stage.name: {
            "turns": one.count,
            **{name: _ms(getattr(one, name)) for name in ("least", "p50", "p95", "p99", "most")},
            "definition": one.stage.definition,
        }
        for one in facts.waterfall.distributions
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)


def _usage(facts: Facts) -> dict[str, Any]:
    usage = add_usage(turn.usage for turn in facts.turns)
    costs = [turn.cost for turn in facts.turns]
    entry = current_prices().entry(facts.models[0]) if facts.models else None
    total = sum(costs[1:], costs[0]) if costs else None
    return {
        **msgspec.to_builtins(usage),
        "dollars": total.dollars if total else 0.0,
        "dollars_at_least": total.at_least if total else 0.0,
        "prices": {"as_of": entry.as_of, "source": entry.source} if entry else None,
    }


def _quoted(text: str) -> str:
    """A text in YAML: JSON's spelling is one of its own."""
    return msgspec.json.encode(text).decode()
