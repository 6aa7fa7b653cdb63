"""What a notebook shows for the value of a cell."""

from __future__ import annotations

from typing import Any

from IPython.core.formatters import DisplayFormatter

__all__ = ["is_picture"]


def is_picture(value: Any) -> bool:
    """Whether a notebook, of which nothing is known but that, shows it as a picture."""
    return "image/png" in DisplayFormatter().format(value)[0]
