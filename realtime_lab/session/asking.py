"""Whether somebody is there who can answer a question."""

from __future__ import annotations

import sys

__all__ = ["somebody_is_there"]


def somebody_is_there() -> bool:
    """Whether a question would reach a person: at a terminal, or in a notebook.

    A kernel that runs without a front end has nobody to ask all the same, and says so with a
    ``NotImplementedError`` of its own when it is asked to.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if getattr(shell, "kernel", None) is not None:
        return True
    return sys.stdin is not None and sys.stdin.isatty()
