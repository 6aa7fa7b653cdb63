"""The event log of a session."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, overload

import msgspec

from ..audio import Clip
from ..protocol import ClientEvent, ServerEvent, UnknownEvent, dialect_named
from .entries import Entries, LiveEntries
from .entry import Direction, LogEntry, LoggedEvent, Mark
from .meaning import Meaning
from .recording.files import Side
from .recording.journal_lines import Header, decode_event, spoken_after
from .recording.loading import Loaded, load
from .recording.on_disk import OnDisk
from .recording.retention import Purged, Retention
from .recording.samples import INLINE, split
from .recording.saving import Saving
from .redaction.outlet import Outlet
from .redaction.redaction import Redaction
from .redaction.secrets import may_hold_secrets, redacted
from .tables.events import Events
from .tables.filters import EventFilter
from .tables.indexing import Indexing
from .timeline.log_tracks import LogTracks
from .timeline.tracks import Piece
from .turns.log_turns import LogTurns
from .turns.turn import Turn

if TYPE_CHECKING:
    from .latency.log_waterfall import LogWaterfall
    from .publishing.methods import Methods
    from .publishing.share import Shared
    from .tables.index import EventIndex
    from .tables.table import Table

__all__ = ["EventLog"]

_PAGE = 4096


class EventLog:
    """Everything that was said on the wire, both ways, in order.

    Everything may be used from any thread at the same time: entries are only ever appended, and
    each reader sees what was there when it began. `assign` is for one thread, the session's.

    ``dialect`` is the one that its first connection speaks; a mark ``lab.connected`` names that of
    the connection that follows it.

    Credentials in settings are replaced before an entry is made: they never reach memory, file or
    display. What else is personal stays in memory as it was said, and is replaced in whatever
    leaves it (`journal`, `write`, HTML, `shown`), as ``redaction`` says. ``record_audio=False``
    leaves the samples out of files, not their lengths.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        dialect: str = "ga",
        redaction: Redaction | None = None,
        record_audio: bool = True,
    ) -> None:
        self.dialect = dialect
        self.redaction = Redaction() if redaction is None else redaction
        """What is replaced in all that leaves memory from now on; a journal keeps to the one that
        was in force when it began."""
        self.record_audio = record_audio
        """Whether files hold the samples, as `redaction`."""
        self.start = clock()
        """The clock's reading when the log began."""
        self.started = datetime.fromtimestamp(wall(), UTC)
        """Time of day when the log began."""
        self._clock = clock
        self._entries: Entries = LiveEntries()
        self._numbers = itertools.count()
        self._appending = threading.Lock()
        self._turns = LogTurns(self._entries)
        self._tracks = LogTracks(self._entries, self.start)
        self._disk = OnDisk()
        self._loaded: Loaded | None = None
        self._notes: list[str] = []
        self._spoken = dialect
        self._indexing = Indexing(
            self._entries, self._turns, start=self.start, started=self.started, dialect=dialect
        )

    @property
    def clock(self) -> Callable[[], float]:
        """The clock it was made with, in seconds."""
        return self._clock

    def record(
        self, direction: Direction, event: ServerEvent | ClientEvent | UnknownEvent, data: bytes
    ) -> LogEntry:
        """Append an event that was ``sent`` or ``received`` as the JSON text ``data``."""
        if may_hold_secrets(event):
            clean = redacted(data)
            if clean is not None:
                data = clean
                event = decode_event(data, direction, dialect_named(self._spoken))  # type: ignore[assignment]
        return self._append(direction, event, *split(event, data))

    def mark(self, type: str, /, **data: Any) -> LogEntry:
        """Append something that happened on this side, as in ``mark("lab.speech_end")``.

        What happened ``at`` an earlier reading of the clock is told as so many seconds ``ago``.
        """
        if "at" in data:
            data["ago"] = max(0.0, self._clock() - data.pop("at"))
        mark = Mark(type, data)
        self._spoken = spoken_after(mark) or self._spoken
        return self._append("local", mark, msgspec.json.encode(mark, enc_hook=str))

    def _append(
        self, direction: Direction, event: LoggedEvent, text: bytes, place: int = INLINE
    ) -> LogEntry:
        with self._appending:
            entry = LogEntry(next(self._numbers), self._clock(), direction, event, text, place)
            self._entries.append(entry)
        if (journal := self._disk.journal) is not None:
            journal.note(entry)
        return entry

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[LogEntry]:
        count = len(self._entries)
        for first in range(0, count, _PAGE):
            yield from self._entries[first : min(first + _PAGE, count)]

    def without_audio(self) -> Iterator[LogEntry]:
        """All entries, with silence in place of samples where that is quicker."""
        count = len(self._entries)
        for first in range(0, count, _PAGE):
            yield from self._entries.without_audio(first, min(first + _PAGE, count))

    @overload
    def __getitem__(self, index: int) -> LogEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogEntry]: ...
    def __getitem__(self, index: int | slice) -> LogEntry | list[LogEntry]:
        return self._entries[index]

    def events(
        self,
        type: str | None = None,
        *,
        direction: Direction | None = None,
        response_id: str | None = None,
        item_id: str | None = None,
        turn: int | None = None,
        text: str = "",
    ) -> Events:
        """The entries that fit everything given.

        ``type`` is a GA name or a pattern of one, such as ``response.*`` or ``*.delta``. ``text``
        is looked for in the JSON as it may be shown, redacted and without samples, whether in upper
        or lower case.
        """
        wanted = EventFilter(
            types=() if type is None else (type,),
            directions=() if direction is None else (direction,),
            response_id=response_id,
            item_id=item_id,
            turn=turn,
            text=text,
        )
        if isinstance(self._entries, LiveEntries) and not text:
            # No index is made for that: a session asks its own log while it talks.
            seqs = wanted.among(self._entries[:], self.turn_of)
        else:
            seqs = self.index.seqs(wanted)
        return Events(self._entries, seqs, lambda: self.index)

    @property
    def index(self) -> EventIndex:
        """Answers questions to a log of any length; see `EventIndex`."""
        return self._indexing.index(self.redaction)

    def turns(self) -> Table:
        """One row for each turn: what was said, what became of it, tokens and cost.

        What the columns mean is told in docs/eventlog.md.
        """
        return self.index.table("turns")

    def latencies(self) -> Table:
        """One row for each turn: how long its stages took, in seconds; see `Latency`."""
        return self.index.table("latencies")

    def tools(self) -> Table:
        """One row for each call of a tool: arguments, output, times, error."""
        return self.index.table("tools")

    def usage(self) -> Table:
        """One row for each response: tokens by kind, and dollars by the price list in force."""
        return self.index.table("usage")

    def waterfall(self) -> LogWaterfall:
        """How the stages of a turn are distributed over all turns, and what each turn used."""
        from .latency.log_waterfall import log_waterfall

        return log_waterfall(self.index)

    def query(self, sql: str) -> Table:
        """The answer to one SELECT, in the SQL of DuckDB.

        ::

            log.query('SELECT type, count(*) AS n, max("at") FROM events GROUP BY type')
            log.query("SELECT avg(dollars) FROM turns WHERE status = 'completed'").pandas()

        The tables are ``events``, ``turns``, ``latencies``, ``moments``, ``tools``, ``usage``,
        ``transcriptions`` and ``settings``, as docs/eventlog.md tells. Texts in them are redacted
        as the log's `redaction` says: a log and what was saved of it give the same answers. It is
        only read; no file, network or variable can be reached from there.

        Raises:
            LogError: if it cannot be answered; the message tells why.
        """
        return self.index.query(sql)

    def assign(self, seq: int, turn: int | None) -> None:
        """Tell that an entry belongs to a turn, or to none; `TurnFollower` does."""
        self._turns.told.assign(seq, turn)

    def turn_of(self, seq: int) -> int | None:
        """The turn (from 1) that an entry belongs to; ``None`` where it belongs to none.

        It is as the session told; in a log that no session tells, as its events do.
        """
        return self._turns.of(seq)

    def turn(self, number: int) -> Turn:
        """A turn by its number, from 1, with the entries that it has by now.

        Raises:
            LogError: if there is none.
        """
        return self._turns.turn(number, self.redaction)

    @property
    def turn_numbers(self) -> list[int]:
        """The turns of which there are entries."""
        return self._turns.numbers

    def audio(self, side: Side, start: float = 0.0, end: float | None = None) -> Clip:
        """What was said, on the log's time axis: ``log.audio("user", 10, 20)``.

        ``side`` is ``user`` for what was sent and ``model`` for what was received; ``start`` and
        ``end`` are in seconds from the start of the log, all of it by default. Both sides of the
        whole log are equally long. The user's audio is where it was sent, the model's where it was
        played and as far as it was; where no player told, where it was received, one item after
        the other. All else is silence.

        Raises:
            LogError: for a side that is none.
        """
        return self._tracks.clip(side, start, end)

    @property
    def seconds(self) -> float:
        """How long it is: to its last event, or to the last sample of either side."""
        return self._tracks.seconds()

    def pieces(self, side: Side) -> list[Piece]:
        """Where that audio is, piece by piece, without reading it; see `audio`."""
        return self._tracks.pieces(side)

    def elapsed(self, entry: LogEntry) -> float:
        """Seconds from the start of the log to that entry."""
        return entry.at - self.start

    def wall(self, entry: LogEntry) -> datetime:
        """Time of day of that entry (UTC), by the clock's progress since the start."""
        return self.started + timedelta(seconds=self.elapsed(entry))

    @property
    def notes(self) -> list[str]:
        """What a reader of this log should know: lost lines, a journal that could not go on."""
        missing = self._loaded.notes() if self._loaded else []
        return [*missing, *self._notes, *self._disk.problems]

    def note(self, text: str) -> None:
        """Tell readers of this log something about it."""
        self._notes.append(text)

    def write(self, path: str | Path) -> None:
        """Save all entries so far; `load` reads them back.

        The end of the name tells the form: ``.parquet`` for a sealed log with its samples as FLAC
        beside it, ``.zip`` for all that in one file, to send; anything else (``.jsonl``) for a
        journal, with its samples beside it. What was there is replaced.

        Raises:
            LogError: if a file cannot be written; nothing half-written is left.
        """
        self._saving().write(Path(path))

    def export(self, path: str | Path, *, overwrite: bool = False, **options: Any) -> Path:
        """Write the log in the format of another program; the suffix of ``path`` names it.

        - ``.srt``, ``.vtt``: subtitles of both sides, SubRip and WebVTT
        - ``.TextGrid`` (Praat), ``.eaf`` (ELAN), ``.txt`` (labels for Audacity): the `timeline`;
          ``words=True`` adds single words where the format has tiers, ``media="talk.wav"`` names
          the sound file to ELAN
        - ``.wav``: both sides, the user left and the model right, as they were heard
        - ``.csv``: a table, ``table="events"`` or one of ``turns``, ``latencies``, ``tools``,
          ``usage`` and ``spans``
        - ``.html``: a report that stands alone; ``title=``, ``authors=[…]``, and ``audio=True``
          for players of both sides of each turn
        - ``.jsonl``: the events on the wire; ``bare=True`` for the events alone, ``audio=False``
          without samples, ``marks=True`` with what happened here

        Texts are redacted as in the log's own files. No file is overwritten unless ``overwrite``
        says so, and none is left half-written. Returns the path.

        Raises:
            LogError: for an unknown suffix or option, or if the file cannot be written.
        """
        from .export import export

        return export(self, path, overwrite=overwrite, **options)

    def methods(self, *, authors: Sequence[str] = ()) -> Methods:
        """A paragraph for the methods section of a paper, with the facts behind it.

        ``log.methods()`` shows it; it has `Methods.text`, `Methods.json`, `Methods.bibtex` and
        `Methods.citation`. ``authors`` are those of the recording.
        """
        from .publishing.methods import methods_of

        return methods_of(self, authors=authors)

    def share(
        self,
        path: str | Path,
        *,
        voices: bool = False,
        redaction: Redaction | None = None,
        overwrite: bool = False,
    ) -> Shared:
        """Write a copy that may be given away, and tell what was replaced and what is still in it.

        Keys and personal data found in texts are replaced, all kinds unless ``redaction`` says
        otherwise, also where the log itself was recorded without; so are names of machines and
        paths of files. Pictures are left out. ``voices=True`` keeps the samples, in which nothing
        can be replaced; without them only their lengths are kept. The log itself stays as it is.

        Raises:
            LogError: if the file exists (unless ``overwrite``) or cannot be written.
        """
        from .publishing.share import share

        return share(self, Path(path), voices=voices, redaction=redaction, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a saved log of any form, or the journal of a session that ended in any way.

        What is missing (a torn last line, samples, events) is told in `notes`; samples that are
        missing are silence. ``at`` counts from 0 in a loaded log. A sealed log and a large journal
        are read as they are asked for: what is wrong with one of their lines shows when that line
        is read.

        Raises:
            LogError: if it cannot be read; naming the line.
        """
        loaded = load(Path(path))
        header, entries, count = loaded.header, loaded.entries, loaded.count
        [last] = entries.without_audio(count - 1, count) if count else [None]
        last_at, next_seq = (last.at, last.seq + 1) if last is not None else (0.0, 0)
        log = cls(
            clock=lambda: last_at,
            wall=header.started.timestamp,
            dialect=header.dialect,
        )
        if header.redacted is not None:
            log.redaction = Redaction.only(header.redacted)
        log.record_audio = header.audio
        log.start = 0.0
        log.started = header.started
        log._loaded = loaded
        log._disk = OnDisk(loaded.path)
        log._entries = entries
        log._numbers = itertools.count(next_seq)
        log._turns = LogTurns(entries, loaded.turns)
        log._tracks = LogTracks(entries, 0.0)
        log._indexing = Indexing(
            entries,
            log._turns,
            start=log.start,
            started=log.started,
            dialect=log.dialect,
            loaded=loaded,
        )
        return log

    def journal(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write to a file from now on as things happen, beginning with what is there already.

        What happens is written by a thread of its own, at most 20 ms later, together with what came
        with it; `flush` waits until all is. The death of this process costs no more than that. Only
        where a text may be the beginning of something to be redacted, the event and those behind it
        wait for what decides it: at most 128 events, or 2 s. If writing fails later, as on a full
        disk, all that was written stays, the log goes on in memory, and says so at once: as an
        error of `logging`, by a mark ``lab.journal_failed``, and in `notes`.

        A name that ends in ``.parquet`` is that of the sealed log that the journal, ``….jsonl``
        until then, becomes when it is closed; see `seal`.

        Raises:
            LogError: if the file exists (unless ``overwrite``), is being written by another log or
                cannot be written.
        """
        self._disk.begin(Path(path), self._saving(), self._journal_failed, overwrite=overwrite)

    def _journal_failed(self, problem: str) -> None:
        self.mark("lab.journal_failed", problem=problem)

    def flush(self) -> None:
        """Bring the journal up to date; without a journal it does nothing."""
        self._disk.flush()

    def close(self) -> None:
        """Finish the journal. The log stays readable, and `record` goes on in memory."""
        self._disk.close()

    def seal(self, *, overwrite: bool = False) -> Path:
        """Finish the journal and turn it into a sealed log; returns the path of that.

        ``talk.jsonl`` becomes ``talk.parquet``: a tenth of the size and less, open at once whatever
        its length, with the columns that docs/eventlog.md tells. The samples beside it become
        ``talk.user.flac`` and ``talk.model.flac`` (G.711 stays as it is). The journal is removed
        once all of that was read again and found to be the same. A log that was loaded from a
        journal can be sealed as well.

        Raises:
            LogError: if there is no journal, or it cannot be sealed; then it stays.
        """
        return self._disk.seal(overwrite=overwrite)

    def discard_journal(self) -> None:
        """Stop writing to the journal and remove its files; the log stays in memory."""
        self._disk.discard()

    def keep(self, retention: Retention, *, now: float | None = None) -> Purged:
        """Write a journal as one of the recordings of a folder, and remove what is not kept there.

        What was removed is marked ``lab.purged``. ``now`` is in seconds since 1970.

        Raises:
            LogError: if nothing can be written there.
        """
        moment = time.time() if now is None else now
        purged = retention.purge(now=moment)
        self.journal(retention.new_path(now=moment))
        if purged.removed:
            self.mark("lab.purged", told=str(purged), names=[r.path.name for r in purged.removed])
        return purged

    @property
    def path(self) -> Path | None:
        """The file that it was read from or is written to; ``None`` for one in memory alone."""
        return self._disk.path

    @property
    def kept(self) -> str:
        """What of a session stays on this machine, in a sentence."""
        path = self.path
        if path is None:
            return (
                "Kept here: the log of the session, with the voices in it, in the memory of this "
                "process; on disk only if you save it."
            )
        voices = "with the voices in it" if self.record_audio else "without the audio"
        kinds = "personal data found in texts replaced" if self.redaction else "nothing redacted"
        return f"Kept here: the log of the session in {path}, {voices}, {kinds}."

    def shown(self, entries: Sequence[LogEntry] | None = None) -> list[LogEntry]:
        """Entries (all, by default) as they may leave memory: redacted, one after the other.

        Texts that come in pieces are judged from the first entry given on.
        """
        given = self._entries[:] if entries is None else entries
        outlet, meaning = Outlet(self.redaction), Meaning(self.dialect)
        shown: list[LogEntry] = []
        for entry, text, _ in (*outlet.put(given), *outlet.finish()):
            event = meaning.of(entry, text)
            if text != entry.text:
                entry = entry.with_text(event, text)
            shown.append(entry)
        return shown

    def _outlet(self) -> Outlet:
        return Outlet(self.redaction, audio=self.record_audio)

    def _saving(self) -> Saving:
        header = Header(
            dialect=self.dialect,
            started=self.started,
            redacted=self.redaction.kinds,
            audio=self.record_audio,
        )
        return Saving(header, self._entries, self._turns, self.start, self._outlet())

    def __repr__(self) -> str:
        count = len(self._entries)
        seconds = self._entries[count - 1].at - self.start if count else 0.0
        if self._loaded is not None:
            return f"<EventLog: {count:,} events, {seconds:.1f} s, {self._loaded.path.name}>"
        size = sum(entry.size for entry in self)
        return f"<EventLog: {count:,} events, {seconds:.1f} s, {size / 1000:.1f} kB>"

    def _repr_html_(self) -> str:
        from .html import log_table

        return log_table(self)
