"""Libraries that are needed for measuring alone: imported when used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ...errors import AudioError

__all__ = ["library"]

_PACKAGES = {"parselmouth": "praat-parselmouth"}
"""Where the package is not called as its module."""


def library(name: str) -> Any:
    """The module of that name.

    Raises:
        AudioError: if it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as missing:
        package = _PACKAGES.get(name, name.partition(".")[0])
        raise AudioError(
            f"voices are measured with {package}, which cannot be imported ({missing}). "
            "Install it with: pip install 'realtime-lab[voices]'"
        ) from missing
