"""What listeners answered: a file that only grows, so that nothing given is ever lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ...errors import ListeningError
from .design import ListeningDesign, Trial

__all__ = ["Answer", "Answers", "Listener"]


class _Header(msgspec.Struct, frozen=True, tag="design", tag_field="record"):
    fingerprint: str
    design: ListeningDesign


class Listener(msgspec.Struct, frozen=True, tag="listener", tag_field="record"):
    """Somebody who takes the test. ``number`` decides the orders of the sheet."""

    name: str
    number: int
    began: str
    """When, as ISO 8601 in UTC."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer", tag_field="record"):
    """What a listener answered to one trial, as it was shown."""

    listener: str
    trial: int
    stimuli: tuple[str, ...]
    given: tuple[float, ...]
    """One value of a comparing scale (above 0 for the second stimulus), else one per stimulus."""
    comment: str = ""
    seconds: float | None = None
    """From when the trial was shown to the answer."""
    plays: tuple[int, ...] = ()
    """How often each stimulus was played."""
    at: str = ""
    """When, as ISO 8601 in UTC."""


_Record = _Header | Listener | Answer
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)


@dataclass(slots=True)
class Answers:
    """Listeners and answers of one design, in the order they came; in a file where ``path`` is set.

    A later answer to the same trial counts instead of the earlier one; both are kept.
    """

    design: ListeningDesign
    path: Path | None = None
    listeners: dict[str, Listener] = field(default_factory=dict)
    given: list[Answer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is damaged in the file and was passed over."""
    _sheets: dict[int, tuple[Trial, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def opened(cls, design: ListeningDesign, path: str | Path | None) -> Answers:
        """The answers of a file, to be added to; a new file where there is none.

        Raises:
            ListeningError: if the file has the answers to another design, or cannot be used.
        """
        if path is None:
            return cls(design)
        path = Path(path).expanduser()
        answers = cls(design, path)
        try:
            if answers._has_file:
                answers._read()
            else:
                answers._begin_file(path)
        except OSError as error:
            raise ListeningError(
                f"answers cannot be kept in {path} ({error.strerror}); give the path of a file"
            ) from error
        return answers

    def add(self, record: Listener | Answer) -> None:
        """Keep a record: on the disk first, then in memory.

        A file that was taken away meanwhile is written again, with all that there was.

        Raises:
            ListeningError: if the file cannot be written; the record is then not taken.
        """
        if self.path is not None:
            try:
                if not self._has_file:
                    self._begin_file(self.path)
                self._append(record)
            except OSError as error:
                raise ListeningError(
                    f"the answer was not kept: {self.path} cannot be written ({error.strerror}); "
                    "make room and answer again"
                ) from error
        self._take(record)

    def refresh(self) -> None:
        """Take in what was added to the file by others, such as a second kernel.

        Raises:
            ListeningError: if the file now has the answers to another design, or cannot be read.
        """
        if self.path is None or not self._has_file:
            return
        found = Answers.opened(self.design, self.path)
        known = set(found.given)
        self.listeners = found.listeners | self.listeners
        self.given = [*found.given, *(answer for answer in self.given if answer not in known)]
        self.notes = found.notes

    def sheet(self, listener: str) -> tuple[Trial, ...]:
        """The trials of somebody who began."""
        number = self.listeners[listener].number
        if number not in self._sheets:
            self._sheets[number] = self.design.sheet(number)
        return self._sheets[number]

    def of(self, listener: str) -> dict[int, Answer]:
        """The answers that count of a listener, by trial."""
        return {answer.trial: answer for answer in self.given if answer.listener == listener}

    def counting(self) -> Iterator[Answer]:
        """The answers that count: the last of every listener to every trial."""
        for name in self.listeners:
            yield from self.of(name).values()

    def joined(self, others: Iterable[Answers]) -> Answers:
        """These and those of other files with the same design, as one in memory.

        Raises:
            ListeningError: for another design, or where two files know the same listener.
        """
        whole = Answers(self.design, None, dict(self.listeners), list(self.given), [*self.notes])
        for other in others:
            if other.design.fingerprint != self.design.fingerprint:
                raise ListeningError(f"{other.path} has the answers to another design")
            if twice := whole.listeners.keys() & other.listeners.keys():
                raise ListeningError(
                    f"{', '.join(sorted(twice))} listened in {self.path} and in {other.path}; "
                    "give every listener a name of their own"
                )
            whole.listeners |= other.listeners
            whole.given += other.given
            whole.notes += other.notes
        return whole

    @property
    def _has_file(self) -> bool:
        return self.path is not None and self.path.exists() and self.path.stat().st_size > 0

    def _take(self, record: Listener | Answer) -> None:
        if isinstance(record, Listener):
            self.listeners[record.name] = record
        else:
            self.given.append(record)

    def _begin_file(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        header = _Header(self.design.fingerprint, self.design)
        for record in (header, *self.listeners.values(), *self.given):
            self._append(record)

    def _append(self, record: _Record) -> None:
        assert self.path is not None
        torn = self.path.exists() and not _ends_a_line(self.path)
        with self.path.open("ab") as file:
            file.write((b"\n" if torn else b"") + msgspec.json.encode(record) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        assert self.path is not None
        header, *lines = self.path.read_bytes().splitlines()
        try:
            design = msgspec.json.decode(header, type=_Header)
        except _UNREADABLE as error:
            raise ListeningError(
                f"{self.path} does not begin with the design of a listening test ({error}); "
                "give the file another name"
            ) from error
        if design.fingerprint != self.design.fingerprint:
            raise ListeningError(
                f"{self.path} has the answers to another design (question "
                f"{design.design.question!r}, {len(design.design.stimuli)} stimuli, seed "
                f"{design.design.seed}); go on with that design, or give another path"
            )
        for number, line in enumerate(lines, start=2):
            if not line.strip():
                continue
            try:
                record = msgspec.json.decode(line, type=Listener | Answer)
                if isinstance(record, Answer):
                    self._check(record)
            except (*_UNREADABLE, ListeningError) as error:
                self.notes.append(f"{self.path}, line {number}: passed over ({error})")
            else:
                self._take(record)

    def _check(self, answer: Answer) -> None:
        """Whether an answer fits the sheet of its listener; a file may have been changed."""
        if answer.listener not in self.listeners:
            raise ListeningError(f"{answer.listener} never began")
        sheet = self.sheet(answer.listener)
        if not 0 <= answer.trial < len(sheet) or sheet[answer.trial].stimuli != answer.stimuli:
            raise ListeningError(f"{answer.listener} has no such trial {answer.trial}")
        scale = self.design.scale
        whole = len(answer.given) == scale.answers(len(answer.stimuli))
        if not whole or not all(map(scale.allows, answer.given)):
            raise ListeningError("the answer is not on the scale")


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
