"""ELAN's annotation format, EAF 3.0 (Max Planck Institute for Psycholinguistics)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..timeline.timeline import Span, timeline
from .tiers import Tier, one_line, tiers

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["elan"]

_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLAIN, _WITHIN = "spans", "words"
_STEREOTYPES = {
    "Time_Subdivision": "Time subdivision of parent annotation's time interval, no time gaps "
    "allowed within this interval",
    "Symbolic_Subdivision": "Symbolic subdivision of a parent annotation. Annotations refering to "
    "the same parent are ordered",
    "Symbolic_Association": "1-1 association with a parent annotation",
    "Included_In": "Time alignable annotations within the parent annotation's time interval, gaps "
    "are allowed",
}
"""All that ELAN writes into every file, in its own words."""


def elan(log: EventLog, *, words: bool = False, media: str = "") -> Iterator[bytes]:
    """A tier for each lane; times in milliseconds, each span at least one long.

    ``media`` is the sound file beside it, as ``talk.wav`` written by ``log.export``. With ``words``
    there are tiers of single words below those of their utterances; their times are estimates.
    """
    root = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "realtime_lab",
            "DATE": log.started.isoformat(timespec="seconds"),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    header = SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    if media:
        about = {"MEDIA_URL": media, "MIME_TYPE": "audio/x-wav", "RELATIVE_MEDIA_URL": f"./{media}"}
        SubElement(header, "MEDIA_DESCRIPTOR", about)
    order = SubElement(root, "TIME_ORDER")
    found = tiers(timeline(log, shown=True), words=words)
    _write(root, order, found)
    for name in (_PLAIN, _WITHIN):
        kind = {
            "LINGUISTIC_TYPE_ID": name,
            "TIME_ALIGNABLE": "true",
            "GRAPHIC_REFERENCES": "false",
        }
        if name == _WITHIN:
            kind["CONSTRAINTS"] = "Included_In"
        SubElement(root, "LINGUISTIC_TYPE", kind)
    for name, described in _STEREOTYPES.items():
        SubElement(root, "CONSTRAINT", {"STEREOTYPE": name, "DESCRIPTION": described})
    ElementTree.indent(root)
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ElementTree.tostring(root, encoding="utf-8") + b"\n"


def _write(root: Element, order: Element, tiers: list[Tier]) -> None:
    placed = [(tier, list(_in_ms(tier.spans))) for tier in tiers]
    # ELAN wants the slots in the order of time.
    ends = [
        (time, number, side)
        for number, (start, end, _) in enumerate((p for _, spans in placed for p in spans), start=1)
        for side, time in enumerate((start, end))
    ]
    slots: dict[tuple[int, int], str] = {}
    for count, (time, number, side) in enumerate(sorted(ends), start=1):
        slots[number, side] = f"ts{count}"
        SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": f"ts{count}", "TIME_VALUE": str(time)})
    number = 0
    for tier, spans in placed:
        about = {"TIER_ID": tier.name, "LINGUISTIC_TYPE_REF": _WITHIN if tier.parent else _PLAIN}
        place = SubElement(
            root, "TIER", {**about, "PARENT_REF": tier.parent} if tier.parent else about
        )
        for _, _, text in spans:
            number += 1
            refs = {f"TIME_SLOT_REF{side + 1}": slots[number, side] for side in (0, 1)}
            outer = SubElement(place, "ANNOTATION")
            inner = SubElement(
                outer, "ALIGNABLE_ANNOTATION", {"ANNOTATION_ID": f"a{number}", **refs}
            )
            SubElement(inner, "ANNOTATION_VALUE").text = _printable(one_line(text))


def _in_ms(spans: list[Span]) -> Iterator[tuple[int, int, str]]:
    """The spans of a tier in milliseconds, none of them empty, none over another."""
    at = 0
    for span in spans:
        start = max(round(1000 * span.start), at)
        end = span.start if span.end is None else span.end
        at = max(round(1000 * end), start + 1)
        yield start, at, span.text


def _printable(text: str) -> str:
    """The text without the characters that no XML may hold."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
