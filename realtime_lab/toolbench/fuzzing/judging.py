"""What is wrong with a call, and in which line."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Hashable, Iterator
from pathlib import Path

from ...errors import ToolError
from ...tools import Tool
from ..cases.differences import differences
from ..cases.expectations import Answers, Fails
from ..values import plain, shortened, told_of, value_in
from ..watching import Trial
from .damage import Damage
from .findings import Findings
from .mutations import Mutation
from .plan import FuzzPlan

__all__ = ["Judge"]

_ARGUMENT = re.compile(r"argument '([^']*)'")
_INDEX = re.compile(r"\[\d+\]")
_SHOWN = 200


class Judge:
    """Judges the calls of one tool. Each method gives the keys of what it found."""

    def __init__(self, tool: Tool, findings: Findings, plan: FuzzPlan) -> None:
        self._tool = tool
        self._findings = findings
        self._plan = plan

    def allowed(self, trial: Trial) -> Iterator[Hashable]:
        """A call with arguments that the schema allows."""
        if trial.refused:
            told = trial.result.error or ""
            named = _ARGUMENT.search(told)
            yield self._findings.add(
                "refused", _line(told), trial.text,
                sign=_INDEX.sub("[]", named[1]) if named else "", must=Answers(),
            )  # fmt: skip
            return
        yield from self.robust(trial)
        if trial.answered and trial.raised is None:
            yield from self._result(trial)

    def robust(self, trial: Trial) -> Iterator[Hashable]:
        """A call with any text at all: it may be refused, and that is all that may happen."""
        if trial.unreadable is not None:
            error = trial.unreadable
            yield self._findings.add(
                "unreadable", _told(error), trial.text,
                sign=type(error).__name__, where=_where(self._tool, error), must=Answers(),
            )  # fmt: skip
        elif trial.crash is not None:
            where = _where(self._tool, trial.crash)
            yield self._findings.add(
                "crash", _told(trial.crash), trial.text,
                sign=(type(trial.crash).__name__, where), where=where, must=Answers(),
            )  # fmt: skip
        elif trial.hung:
            yield self._findings.add(
                "hang", trial.result.error or "", trial.text,
                must=Answers(), timeout=self._plan.timeout,
            )  # fmt: skip
        for name in trial.changed:
            message = f"the argument '{name}' is not what it was before the call"
            yield self._findings.add("changed", message, trial.text, sign=name)

    def mutated(self, trial: Trial, mutation: Mutation) -> Iterator[Hashable]:
        """A call with arguments that the schema forbids."""
        about = f"{mutation.what} at '{mutation.spot}'"
        sign = (mutation.what, mutation.spot)
        if trial.called:
            yield self._findings.add(
                "accepted", f"{about} is not refused", trial.text,
                sign=sign, must=Fails(mutation.name or "argument"),
            )  # fmt: skip
        elif trial.unreadable is not None:
            yield from self.robust(trial)
        elif not _names(trial.result.error or "", mutation.name):
            message = f"{about} is refused without its name: {_line(trial.result.error or '')}"
            yield self._findings.add(
                "unnamed", message, trial.text, sign=sign, must=Fails(mutation.name)
            )

    def damaged(self, trial: Trial, damage: Damage) -> Iterator[Hashable]:
        """A call with text that went wrong."""
        if damage.refused and trial.called:
            yield self._findings.add(
                "accepted", f"{damage.what} is taken as arguments", trial.text,
                sign=damage.what, must=Fails("was not called"),
            )  # fmt: skip
        else:
            yield from self.robust(trial)

    def again(self, first: Trial, other: Trial, kind: str, how: str) -> Iterator[Hashable]:
        """The same call another time; ``kind`` and ``how`` say in which way."""
        if not other.answered:
            error = other.crash or other.unreadable
            told = _told(error) if error else other.result.error or "it was refused"
            where = _where(self._tool, error) if error else ""
            yield self._findings.add(kind, f"{how}: {told}", other.text, where=where)
        elif self._tool.idempotent:
            found = differences(value_in(first.result.output), value_in(other.result.output))
            if found:
                yield self._findings.add(kind, f"{how}: {'; '.join(found)}", other.text)

    def _result(self, trial: Trial) -> Iterator[Hashable]:
        value = trial.value
        try:
            plain(value, "the result")
        except ToolError as error:
            message = f"{error}; the model is told {shortened(trial.result.output, 80)}"
            yield self._findings.add("not JSON", message, trial.text, sign=type(value).__name__)
        size = len(trial.result.output)
        # A tool may give back what it was given, and huge texts are what it is given here.
        if size > max(self._plan.largest, 8 * len(trial.text)):
            message = f"{size:,} characters, where {self._plan.largest:,} are allowed"
            yield self._findings.add("too large", message, trial.text)


def _names(text: str, name: str) -> bool:
    """Whether a name is in a text as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _told(error: BaseException) -> str:
    return shortened(told_of(error), _SHOWN)


def _line(text: str) -> str:
    first, *_ = text.strip().splitlines() or [""]
    return shortened(first, _SHOWN)


def _where(tool: Tool, error: BaseException) -> str:
    """File and line of the tool's own code in which an exception came up."""
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(inspect.unwrap(tool.handler), "__code__", None)
    home = code.co_filename if code else ""
    ours = str(Path(__file__).parents[1])
    own = [frame for frame in frames if frame.filename == home] or [
        frame for frame in frames if not _is_elsewhere(frame.filename, ours)
    ]
    if not own:
        return ""
    file = Path(own[-1].filename)
    is_cell = file.parent.name.startswith("ipykernel_")
    return f"{'the cell' if is_cell else file.name}, line {own[-1].lineno}"


def _is_elsewhere(file: str, ours: str) -> bool:
    """Whether a file is of this package or of an installed library."""
    return file.startswith((ours, "<")) or "site-packages" in file or "/lib/python" in file
