"""Which version of the package runs."""

from __future__ import annotations

from functools import cache

__all__ = ["package_version"]


@cache
def package_version() -> str:
    """The version of the installed package, ``unknown`` where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow, and seldom asked for

    try:
        return version("realtime-lab")
    except PackageNotFoundError:
        return "unknown"
