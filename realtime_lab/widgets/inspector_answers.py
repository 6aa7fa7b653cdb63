"""What pages ask about a log, and the answers (``frontend/src/inspector/messages.ts``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from ..audio import RATE, samples_to_pcm
from ..errors import LogError
from ..eventlog import EventFilter, EventLog
from .event_columns import columns, span_columns
from .event_detail import event_detail
from .measurements import SIDES, Measurements
from .page_answers import Answer, PageAnswers

__all__ = ["InspectorAnswers"]

_TURNS = "SELECT count(DISTINCT turn) AS turns FROM events"
MOST_ROWS = 1000
MOST_BINS = 4000
MOST_PIXELS = 20_000
MOST_SECONDS = 30.0


class InspectorAnswers(PageAnswers):
    """Answers the questions of pages to one log; nothing in an answer is not redacted."""

    def __init__(self, log: EventLog, measurements: Measurements) -> None:
        self._log = log
        self._measurements = measurements
        questions = {
            "open": self._open,
            "count": self._count,
            "rows": self._rows,
            "pieces": self._pieces,
            "position": self._position,
            "moment": self._moment,
            "find": self._find,
            "event": self._event,
            "histogram": self._histogram,
            "spans": self._spans,
            "peaks": self._peaks,
            "audio": self._audio,
        }
        super().__init__("an inspector", LogError, questions)

    # -- the table --------------------------------------------------------------------------------

    def _open(self, asks: dict[str, Any]) -> Answer:
        log = self._log
        summary = {
            "events": len(log),
            "seconds": self._measurements.seconds,
            "length": self._measurements.length,
            "rate": RATE,
            "dialect": log.dialect,
            "started": log.started.isoformat(timespec="milliseconds"),
            "turns": log.index.query(_TURNS)[0]["turns"],
            "types": list(log.index.types().items()),
            "notes": log.notes,
        }
        return Answer(summary)

    def _count(self, asks: dict[str, Any]) -> Answer:
        return Answer({"total": self._log.index.count(_filter(asks))})

    def _rows(self, asks: dict[str, Any]) -> Answer:
        count = min(int(asks["count"]), MOST_ROWS)
        return Answer(columns(self._log.index.page(_filter(asks), int(asks["first"]), count)))

    def _pieces(self, asks: dict[str, Any]) -> Answer:
        run = EventFilter(head=int(asks["head"]))
        count = min(int(asks["count"]), MOST_ROWS)
        return Answer(columns(self._log.index.page(run, int(asks["first"]), count)))

    def _position(self, asks: dict[str, Any]) -> Answer:
        index, filter, seq = self._log.index, _filter(asks), int(asks["seq"])
        row = index.position(filter, seq)
        there = index.page(filter, row, 1) if row >= 0 else []
        piece, hidden = -1, True
        if there:
            head = there[0].seq
            pieces = index.seqs(EventFilter(head=head)) if there[0].pieces > 1 else np.array([head])
            piece = int(np.searchsorted(pieces, seq))
            hidden = piece >= pieces.size or int(pieces[piece]) != seq
        (event,) = index.rows([seq]) or [None]
        at = event.at if event else 0.0
        return Answer({"row": row, "piece": piece, "at": at, "hidden": hidden})

    def _moment(self, asks: dict[str, Any]) -> Answer:
        seq = self._log.index.at(float(asks["at"]))
        return Answer({"seq": -1 if seq is None else seq})

    def _find(self, asks: dict[str, Any]) -> Answer:
        text, seq, backwards = str(asks["text"]), int(asks["seq"]), bool(asks["backwards"])
        found = self._log.index.find(_filter(asks), text, seq, backwards=backwards)
        return Answer({"seq": found})

    def _event(self, asks: dict[str, Any]) -> Answer:
        return Answer(event_detail(self._log.index, int(asks["seq"])))

    # -- time -------------------------------------------------------------------------------------

    def _histogram(self, asks: dict[str, Any]) -> Answer:
        bins = min(int(asks["bins"]), MOST_BINS)
        found = self._log.index.histogram(_filter(asks), bins)
        errors = found.counts.get("errors", [])
        return Answer({"end": found.end, "counts": found.totals, "errors": errors})

    def _spans(self, asks: dict[str, Any]) -> Answer:
        start, end = float(asks["start"]), float(asks["end"])
        pixels = min(int(asks["pixels"]), MOST_PIXELS)
        return Answer(span_columns(self._measurements.spans(start, end, pixels)))

    def _peaks(self, asks: dict[str, Any]) -> Answer:
        start, end = float(asks["start"]), float(asks["end"])
        buckets = min(int(asks["buckets"]), MOST_PIXELS)
        found = {side: self._measurements.peaks(side, start, end, buckets) for side in SIDES}
        return _by_side({side: peaks.tobytes() for side, peaks in found.items() if peaks.any()})

    def _audio(self, asks: dict[str, Any]) -> Answer:
        start = float(asks["start"])
        end = start + min(float(asks["seconds"]), MOST_SECONDS)
        found = {side: self._measurements.audio(side, start, end) for side in SIDES}
        return _by_side(
            {side: samples_to_pcm(samples) for side, samples in found.items() if samples.any()}
        )


def _by_side(buffers: Mapping[str, bytes]) -> Answer:
    return Answer({"sides": list(buffers)}, list(buffers.values()))


def _filter(asks: dict[str, Any]) -> EventFilter:
    given = dict(asks["filter"])
    response_id = given.get("response_id") or None
    return msgspec.convert({**given, "response_id": response_id}, EventFilter)
