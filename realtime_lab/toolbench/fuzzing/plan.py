"""How much is tried, and how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ...errors import ToolError
from ..values import is_number

__all__ = ["FuzzPlan", "OutOfTime", "Patience"]


@dataclass(frozen=True, slots=True)
class FuzzPlan:
    """How tools are fuzzed.

    ``examples`` is how many calls of each sort are drawn for a tool, ``seconds`` how long a tool
    may take altogether, ``timeout`` how long one call may take, ``largest`` how many characters a
    result may have. The same ``seed`` draws the same calls, as long as the project's own modules,
    in which Hypothesis looks for numbers and words, stay as they are.

    Raises:
        ToolError: for numbers that make no sense.
    """

    examples: int = 100
    seconds: float = 20.0
    timeout: float = 2.0
    seed: int = 0
    largest: int = 32_768

    def __post_init__(self) -> None:
        for name in ("examples", "seconds", "timeout", "largest"):
            value = getattr(self, name)
            if not (is_number(value) and value > 0):
                raise ToolError(f"{name} is {value!r}; give a number above 0")
        if not isinstance(self.seed, int):
            raise ToolError(f"seed is {self.seed!r}; give a whole number")


class OutOfTime(BaseException):
    """Leaves Hypothesis, which takes every `Exception` for a failing example."""


@dataclass(slots=True)
class Patience:
    """Says when a tool had its time. ``stopped`` is why it ends before all was tried."""

    ends: float
    clock: Callable[[], float] = time.monotonic
    cancelled: threading.Event = field(default_factory=threading.Event)
    most_hangs: int = 20
    hangs: int = 0
    calls: int = 0
    stopped: str = ""

    def check(self) -> None:
        """Count a call that is to be made.

        Raises:
            OutOfTime: if there is no time for it.
        """
        if self.cancelled.is_set():
            self.stopped = "cancelled"
        elif self.hangs >= self.most_hangs:
            self.stopped = f"{self.hangs} calls did not answer"
        elif self.clock() >= self.ends:
            self.stopped = "time was over"
        if self.stopped:
            raise OutOfTime
        self.calls += 1
