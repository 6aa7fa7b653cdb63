"""A copy of a log that may be given away, and what is still in it."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import LogError
from ...protocol import InputAudioBufferAppend, OutputAudioDelta
from ..entry import LogEntry
from ..meaning import Meaning
from ..recording.fingerprints import log_sha256
from ..redaction.leaving import leaving
from ..redaction.machines import Machines
from ..redaction.redaction import Redaction
from .facts import SERVICES, Agreed, Facts

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["Shared", "share"]

_REPLACED = re.compile("‹(e-mail|phone|card|IBAN|key|number)›")
_PICTURE = re.compile(rb'"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=\\]*"')


@dataclass(frozen=True)
class Shared:
    """What became of a log that was made ready to be given away, and what is still in it.

    ``replaced`` counts what was replaced, by kind, in all events together: a transcript comes in up
    to five of them. ``machines`` counts names of machines and paths of files that were replaced,
    ``pictures`` those that were left out.
    """

    files: tuple[Path, ...]
    events: int
    sha256: str
    """Of the log as it was shared, as its `methods` tell it."""
    redaction: Redaction
    voices: bool
    replaced: Counter[str] = field(default_factory=Counter)
    machines: int = 0
    pictures: int = 0
    facts: Facts | None = field(default=None, repr=False)

    @property
    def agreements(self) -> list[Agreed]:
        """What was agreed to before anything was sent to a service."""
        return self.facts.agreements if self.facts else []

    @property
    def lines(self) -> list[str]:
        """The summary, a sentence or two in each line."""
        return [line for part in (self._done(), self._left(), self._consent()) for line in part]

    def _done(self) -> Iterator[str]:
        names = ", ".join(path.name for path in self.files)
        yield f"Written: {names} ({self.events:,} events, SHA-256 {self.sha256})."
        found = ", ".join(f"{count} × {kind}" for kind, count in sorted(self.replaced.items()))
        yield f"Replaced in texts: {found or 'nothing was found'}."
        if self.machines:
            yield f"Replaced: {self.machines} names of machines and paths of files."
        if self.pictures:
            yield f"Left out: {self.pictures} picture{'s' if self.pictures > 1 else ''}."
        seconds = self.facts.user.seconds + self.facts.model.seconds if self.facts else 0.0
        if not self.voices and seconds:
            yield f"Left out: {seconds:.1f} s of audio; its length is kept."

    def _left(self) -> Iterator[str]:
        yield (
            "Still in it: everything else that was said, typed or returned by tools, and the "
            "instructions. Redaction goes by the shape of a text: names and addresses of people, "
            "and what is told in other words, stay."
        )
        off = [name for name in Redaction().kinds if name not in self.redaction.kinds]
        if off:
            yield f"Not replaced, as you asked: {', '.join(off)}."
        if self.voices and self.facts:
            user, model = self.facts.user.seconds, self.facts.model.seconds
            yield (
                f"Still in it: the voices ({user:.1f} s of the user, {model:.1f} s of the model), "
                "in which nothing is replaced. A voice tells who somebody is."
            )

    def _consent(self) -> Iterator[str]:
        for agreed in self.agreements:
            yield (
                f"Agreed to on {agreed.date} ({agreed.how}): that what is said is sent to "
                f"{SERVICES[agreed.service]}, notice of {agreed.notice}."
            )
        if not self.agreements:
            yield "The log tells of no consent: none was needed, or it was not asked for here."
        yield "Whether those who speak in it agree to its publication, no log can tell: ask them."

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        listed = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        return f'<div style="max-width:52rem"><b>Shared</b><ul>{listed}</ul></div>'


def share(
    log: EventLog,
    path: Path,
    *,
    voices: bool,
    redaction: Redaction | None,
    overwrite: bool,
) -> Shared:
    """Write a redacted copy; see `EventLog.share`."""
    if not overwrite and path.exists():
        raise LogError(f"{path} exists already; choose another name, or pass overwrite=True")
    chosen = redaction if redaction is not None else Redaction()
    maker = _Maker(log, chosen, voices=voices)
    for entry, text, _ in leaving(log, redaction=chosen):
        maker.add(entry, text)
    before = _files_of(path)
    maker.copy.write(path)
    return Shared(
        tuple(file for file in _files_of(path) if file == path or file not in before),
        len(maker.copy),
        log_sha256(maker.copy),
        chosen,
        voices,
        maker.replaced,
        maker.machines.replaced,
        maker.pictures,
        Facts.of(log),
    )


class _Maker:
    """Makes the copy, entry by entry, and counts what it replaces."""

    def __init__(self, log: EventLog, redaction: Redaction, *, voices: bool) -> None:
        self._log = log
        self._now = log.start
        self.copy = type(log)(
            clock=lambda: self._now,
            wall=log.started.timestamp,
            dialect=log.dialect,
            redaction=redaction,
            record_audio=voices and log.record_audio,
        )
        self.machines = Machines(log)
        self._meaning = Meaning(log.dialect)
        self.replaced: Counter[str] = Counter()
        self.pictures = 0

    def add(self, entry: LogEntry, text: bytes) -> None:
        """Take over an entry; ``text`` is its JSON as redacted."""
        self._now = entry.at
        event = entry.event
        if isinstance(event, InputAudioBufferAppend | OutputAudioDelta):
            copied = self.copy.record(entry.direction, event, entry.data)
        else:
            copied = self._add_words(entry, text)
        self.copy.assign(copied.seq, self._log.turn_of(entry.seq))

    def _add_words(self, entry: LogEntry, text: bytes) -> LogEntry:
        self._count(entry.data, text)
        if entry.direction == "local":
            mark: Any = self._meaning.of(entry, text)
            return self.copy.mark(mark.type, **self.machines.hidden_in(mark.data))
        text, pictures = _PICTURE.subn(b'"data:,"', text)
        self.pictures += pictures
        text = self.machines.hidden(text.decode(errors="replace")).encode()
        event: Any = self._meaning.of(entry, text)
        return self.copy.record(entry.direction, event, text)

    def _count(self, before: bytes, after: bytes) -> None:
        if before != after:
            self.replaced.update(_REPLACED.findall(after.decode(errors="replace")))
            self.replaced.subtract(_REPLACED.findall(before.decode(errors="replace")))


def _files_of(path: Path) -> list[Path]:
    """The files of a log: the one named, and those beside it that begin as it does."""
    return sorted(path.parent.glob(f"{glob.escape(path.stem)}*")) if path.parent.is_dir() else []
