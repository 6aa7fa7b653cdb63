"""Hypothesis, imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ...errors import ToolError

__all__ = ["hypothesis_library"]


def hypothesis_library() -> Any:
    """The package.

    Raises:
        ToolError: if it is not installed, with the command that does it.
    """
    try:
        return import_module("hypothesis")
    except ImportError:
        raise ToolError(
            "fuzzing needs Hypothesis, which is not installed: pip install 'realtime-lab[bench]'"
        ) from None
