"""One row per event: the columns of the table ``events``, in memory and in Parquet files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...protocol import (
    ContentPartEvent,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    UnknownEvent,
)
from ..entry import LogEntry, LoggedEvent, Mark, item_id_of, response_id_of
from .words import Runs, audio_bytes_of, joined, shortened, words_of

__all__ = ["COLUMNS", "LONGEST_WORDS", "Column", "RowMaker", "Rows"]

LONGEST_WORDS = 240
"""Characters of ``words`` at most."""


class Column(NamedTuple):
    """A column of a table: its name, its type in SQL, and what is in it."""

    name: str
    type: str
    told: str


COLUMNS = (
    Column("seq", "BIGINT", "number of the event in its log, from 0"),
    Column("at", "DOUBLE", "seconds from the start of the log, by its monotonic clock"),
    Column("wall", "TIMESTAMP WITH TIME ZONE", "time of day: that of the start, and `at`"),
    Column("direction", "VARCHAR", "`sent`, `received`, or `local` (marks of this side)"),
    Column("type", "VARCHAR", "GA name of the event, whatever dialect was spoken"),
    Column("session_id", "VARCHAR", "the session as the service named it last"),
    Column("turn", "INTEGER", "number of the turn that it belongs to, from 1"),
    Column("response_id", "VARCHAR", "the response that it is about"),
    Column("item_id", "VARCHAR", "the conversation item that it is about"),
    Column("call_id", "VARCHAR", "the tool call that it is about"),
    Column("event_id", "VARCHAR", "its own id, as its sender named it"),
    Column("size", "INTEGER", "bytes of JSON on the wire, with the audio in them"),
    Column(
        "head",
        "BIGINT",
        "`seq` of the first event of the run that it is in: pieces of one kind (deltas, appends) "
        "between two other events; its own `seq` where it is in none",
    ),
    Column(
        "words",
        "VARCHAR",
        f"what was said or went wrong, in at most {LONGEST_WORDS} characters",
    ),
    Column(
        "audio_offset",
        "BIGINT",
        "where its samples begin on the audio track of its side, in bytes of PCM; NULL where it "
        "has none or they are not kept on a track",
    ),
    Column("audio_bytes", "INTEGER", "bytes of its audio; NULL where it is not audio"),
    Column("status", "VARCHAR", "of the response that it begins or ends"),
    Column("ago", "DOUBLE", "how long before it was written a mark happened, in seconds"),
    Column("event", "VARCHAR", "the JSON as on the wire, in the dialect spoken, without samples"),
)
"""The table ``events``. Texts in it are redacted; what is not known is NULL."""

_DERIVED = frozenset({"wall"})
_NUMBERS: Mapping[str, type] = {
    "seq": np.int64,
    "at": np.float64,
    "turn": np.int32,
    "size": np.int32,
    "head": np.int64,
    "audio_offset": np.int64,
    "audio_bytes": np.int32,
    "ago": np.float64,
}


class Rows:
    """Rows as lists of values by column, without ``wall``, which follows from ``at``.

    Lists of values, not of rows: the collector of garbage looks through many small objects again
    and again.
    """

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {
            column.name: [] for column in COLUMNS if column.name not in _DERIVED
        }
        self._appends: tuple[Callable[[Any], None], ...] = tuple(
            values.append for values in self.columns.values()
        )

    def append(self, values: tuple[Any, ...]) -> None:
        """Add a row: a value for each of the `columns`, in their order."""
        for append, value in zip(self._appends, values, strict=True):
            append(value)

    def __len__(self) -> int:
        return len(self.columns["seq"])

    def arrays(self) -> dict[str, np.ndarray]:
        """The columns as arrays: texts as objects, numbers masked where they are ``None``."""
        return {name: _array(values, _NUMBERS.get(name)) for name, values in self.columns.items()}


def _array(values: list[Any], number: type | None) -> np.ndarray:
    if number is None:
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    if None not in values:
        return np.array(values, dtype=number)
    missing = [value is None for value in values]
    return np.ma.masked_array([value or 0 for value in values], mask=missing, dtype=number)


class RowMaker:
    """Makes the rows of a log, one after the other from its first entry on.

    ``start`` is the clock's reading at the start of the log.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._runs = Runs()
        self._session_id: str | None = None

    def copy(self) -> RowMaker:
        """Another that goes on from here."""
        other = RowMaker(self._start)
        other._runs = self._runs.copy()
        other._session_id = self._session_id
        return other

    def add(
        self,
        rows: Rows,
        entry: LogEntry,
        text: bytes,
        *,
        event: LoggedEvent | None = None,
        turn: int | None = None,
        audio_offset: int | None = None,
        audio_bytes: int | None = None,
    ) -> None:
        """Append the row of the next entry.

        ``text`` is its JSON as it may be shown, without samples, and ``event`` what that means, if
        not the same as the entry. ``audio_bytes`` is needed where the entry lacks its samples.
        """
        event = entry.event if event is None else event
        if isinstance(event, SessionCreated):
            self._session_id = event.session.id or None
        heard = audio_bytes_of(entry.event) if audio_bytes is None else audio_bytes
        words = words_of(event) if heard is None else joined((), heard)
        ids = _IDS.get(type(event)) or _how_to_read_ids(type(event))
        rows.append(
            (
                entry.seq,
                entry.at - self._start,
                entry.direction,
                entry.type,
                self._session_id,
                turn,
                *ids(event),
                getattr(event, "event_id", None) or None,
                entry.size,
                self._runs.head(entry),
                shortened(words, LONGEST_WORDS),
                audio_offset,
                heard,
                event.response.status if isinstance(event, _OF_RESPONSE) else None,
                event.data.get("ago") if isinstance(event, Mark) else None,
                text.decode(errors="replace"),
            )
        )


_OF_RESPONSE = (ResponseCreated, ResponseDone)
_Ids = tuple[str | None, str | None, str | None]
"""Of a response, an item and a call."""
_NO_IDS: _Ids = (None, None, None)
_IDS: dict[type, Callable[[Any], _Ids]] = {}


def _how_to_read_ids(kind: type) -> Callable[[Any], _Ids]:
    """How to read the ids of events of that class: looked up once, not for each event."""
    fields = set(getattr(kind, "__struct_fields__", ()))
    found = fields & {"response_id", "response", "item_id", "item", "call_id"}
    if issubclass(kind, UnknownEvent | Mark) or found - {"response_id", "item_id"}:
        read = _looked_for
    elif issubclass(kind, ContentPartEvent):
        read = _of_part
    else:
        read = _looked_for if found else _none
    _IDS[kind] = read
    return read


def _looked_for(event: LoggedEvent) -> _Ids:
    return response_id_of(event), item_id_of(event), _call_id_of(event)


def _of_part(event: ContentPartEvent) -> _Ids:
    return event.response_id or None, event.item_id or None, None


def _none(event: LoggedEvent) -> _Ids:
    return _NO_IDS


def _call_id_of(event: LoggedEvent) -> str | None:
    if isinstance(event, UnknownEvent | Mark):
        values = event.body if isinstance(event, UnknownEvent) else event.data
        item = values.get("item")
        found = values.get("call_id") or (isinstance(item, dict) and item.get("call_id"))
    else:
        found = getattr(event, "call_id", None)
        found = found or getattr(getattr(event, "item", None), "call_id", None)
    return found if isinstance(found, str) else None
