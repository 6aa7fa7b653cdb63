"""What came of each time that an utterance was put to a model, kept in a file as it comes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from ...errors import ContentFiltered, LogError, MaxTokensReached

__all__ = ["Answer", "AnswerFile", "Called"]

_OF_THE_MODEL = frozenset({ContentFiltered.__name__, MaxTokensReached.__name__})
"""Failures that are an answer of the model, or of what watches over it."""

_BEGINNING = b'{"key":'


class Called(msgspec.Struct, frozen=True):
    """A call as the model made it; ``arguments`` is the JSON text that it wrote."""

    name: str
    arguments: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the model did with an utterance, once; nothing in it is judged.

    ``key`` names all that was put to it, definitions and settings included; ``definitions``,
    ``utterance`` and ``repeat`` tell it to a reader. ``failure`` is the class of the error that the
    session ended with, ``told`` its sentence.
    """

    key: str
    definitions: str
    utterance: str
    repeat: int
    at: str
    """Time of day at which it was asked, ISO 8601 in UTC."""
    calls: tuple[Called, ...] = ()
    said: str = ""
    """What the model said or wrote."""
    heard: str = ""
    """The user's words as the service wrote them down, where they were spoken."""
    latency: float | None = None
    """Seconds from the end of the utterance (the end of speech where it is spoken, the request
    where it is typed) to the first call being complete; ``None`` where there was none."""
    model: str = ""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    dollars: float | None = None
    """By the price list; ``None`` where no price is known."""
    log: str = ""
    """The file of the session's log, where logs are kept."""
    tries: int = 1
    """How often it was asked until there was room for it."""
    failure: str = ""
    told: str = ""

    @property
    def called(self) -> str:
        """The calls in words: ``get_weather({"city": "Oslo"})``."""
        return ", ".join(f"{one.name}({one.arguments})" for one in self.calls) or "no call"

    @property
    def is_final(self) -> bool:
        """Whether it says something about the model; else it is to be asked again."""
        return not self.failure or self.failure in _OF_THE_MODEL


class AnswerFile:
    """Answers by their key, in memory and, with a path, in a file of JSON lines.

    A line is on the disk before the next answer is awaited. A line that is not whole, as a crash
    leaves it, is passed over and told in ``notes``; so that answer is asked for again.

    Raises:
        LogError: if the file cannot be read, or is something else.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        self.notes: list[str] = []
        self._answers: dict[str, Answer] = {}
        self._writing = threading.Lock()
        if self.path is not None and self.path.exists():
            for answer in self._read(self.path):
                self._take(answer)

    def get(self, key: str) -> Answer | None:
        """The last answer to what has this key, one that is final if there was any."""
        return self._answers.get(key)

    def __len__(self) -> int:
        return len(self._answers)

    def append(self, answer: Answer) -> None:
        """Keep an answer; from any thread. Blocks until it is on the disk.

        Raises:
            LogError: if it cannot be written.
        """
        self._take(answer)
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._writing, self.path.open("ab+") as file:
                torn = file.tell() and not _ends_a_line(file)
                file.write((b"\n" if torn else b"") + msgspec.json.encode(answer) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise LogError(
                f"cannot write the answers to {self.path}: {_reason(error)}; give another path"
            ) from error

    def _take(self, answer: Answer) -> None:
        before = self._answers.get(answer.key)
        if before is None or answer.is_final or not before.is_final:
            self._answers[answer.key] = answer

    def _read(self, path: Path) -> Iterator[Answer]:
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError as error:
            raise LogError(f"cannot read {path}: {_reason(error)}; give another path") from error
        decoder = msgspec.json.Decoder(Answer)
        good, bad = 0, []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield decoder.decode(line)
                good += 1
            except (msgspec.MsgspecError, UnicodeError):
                bad.append(number)
        is_torn = bad == [len(lines)] and lines[-1].startswith(_BEGINNING)
        if bad and not good and not is_torn:
            raise LogError(
                f"{path} holds no answers of a measurement (line {bad[0]} is none); nothing was "
                "written to it: give another path"
            )
        if bad:
            listed = ", ".join(map(str, bad[:5])) + (" …" if len(bad) > 5 else "")
            self.notes.append(f"{path.name}: passed over what is no whole answer, line {listed}")


def _ends_a_line(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
