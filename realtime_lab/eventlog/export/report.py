"""A report that stands alone: one HTML file, without script, that loads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from ...errors import LogError
from ..publishing.facts import SERVICES, Facts
from ..publishing.methods import methods_of
from . import report_parts as parts
from .report_style import STYLE

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["report"]


def report(
    log: EventLog, *, title: str = "", audio: bool = False, authors: Sequence[str] = ()
) -> Iterator[bytes]:
    """Summary, timeline, turns, latencies, usage, settings, problems and methods of a log.

    ``audio`` embeds a player for each side of each turn; without it there is no voice in the file.
    Texts are redacted as in the log's own files, voices are not. ``authors`` are those of the
    recording.

    Raises:
        LogError: for ``audio`` of a log that records none.
    """
    if audio and not log.record_audio:
        raise LogError("the log records no audio (record_audio=False); leave audio=True out")
    facts = Facts.of(log)
    methods = methods_of(log, facts, authors)
    name = title or methods.title
    services = ", ".join(dict.fromkeys(SERVICES[c.service] for c in facts.connections))
    told = " · ".join(
        filter(
            None,
            (
                f"{log.started:%Y-%m-%d %H:%M} UTC",
                services,
                f"{' and '.join(facts.dialects)} dialect",
                ", ".join(authors),
            ),
        )
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; media-src data:; img-src data:\">\n"
        f"<title>{escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(name)}</h1>\n<p class="quiet">{escape(told)}</p>\n'
    ).encode()
    yield parts.figures(facts, methods).encode()
    redaction = log.redaction
    sections = (
        ("Timeline", lambda: parts.times(facts)),
        ("Turns", lambda: parts.turns(facts, audio=audio)),
        ("Latency", lambda: parts.latency(facts)),
        ("Usage and cost", lambda: parts.usage(facts, methods)),
        ("Settings", lambda: parts.settings(facts, redaction)),
        ("Problems", lambda: parts.problems(facts, redaction)),
        ("Methods", lambda: parts.methods(methods)),
    )
    for heading, section in sections:
        yield f"\n<h2>{heading}</h2>\n{section()}".encode()
    yield (
        f"\n<footer>Made by {escape(methods.facts['software'])}. This page has no script and loads "
        "nothing.</footer>\n</main>\n</body>\n</html>\n"
    ).encode()
