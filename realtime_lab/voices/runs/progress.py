"""One line that tells how far a run is, where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Progress", "Tell", "quiet", "teller"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in sessions. ``plan`` is what it is expected to use, as a sentence."""

    total: int
    kept: int
    done: int = 0
    failed: int = 0
    dollars: float | None = 0.0
    plan: str = ""

    @property
    def is_over(self) -> bool:
        return self.kept + self.done >= self.total

    def __str__(self) -> str:
        parts = [f"{self.kept + self.done} of {self.total} sessions"]
        parts += [f"{self.kept} kept from before"] if self.kept else []
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"${self.dollars:,.4f} so far"] if self.dollars and not self.is_over else []
        parts += [f"${self.dollars:,.4f} at list prices"] if self.dollars and self.is_over else []
        if not self.done and self.plan:
            parts.append(self.plan)
        return "voices: " + " · ".join(parts)


Tell = Callable[[Progress], object]


def quiet(_: Progress) -> None:
    """Tells nobody."""


def teller() -> Tell:
    """Who is told: the output of the cell, the terminal, or nobody.

    A kernel that runs a notebook by itself (nbmake, nbconvert) has no one who watches; what it
    saves should be the same each time.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        # Whoever can be asked a question is there to watch.
        return _cell() if getattr(kernel, "_allow_stdin", False) else quiet
    return _terminal if sys.stderr is not None and sys.stderr.isatty() else quiet


def _cell() -> Tell:
    from IPython.display import DisplayHandle

    handle: Any = DisplayHandle()
    handle.display({"text/plain": "voices: finding the endpoints …"}, raw=True)
    return lambda progress: handle.update({"text/plain": str(progress)}, raw=True)


def _terminal(progress: Progress) -> None:
    # The rest of a longer line before it is erased.
    end = "\n" if progress.is_over else ""
    print(f"\r{progress}\x1b[K", end=end, file=sys.stderr, flush=True)
