"""Hypothesis, imported when it is used, and where it keeps files."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

from ...errors import ToolError

__all__ = ["files_aside", "hypothesis_library"]


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


@contextmanager
def files_aside() -> Iterator[None]:
    """What Hypothesis would keep in ``.hypothesis`` goes to a folder that is deleted at the end.

    Unless ``HYPOTHESIS_STORAGE_DIRECTORY`` says where it is wanted. Outside of this, tests that use
    Hypothesis keep their files where they always do.

    Raises:
        ToolError: if Hypothesis is not installed.
    """
    hypothesis_library()
    if os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY"):
        yield
        return
    _ASIDE.enter()
    try:
        yield
    finally:
        _ASIDE.leave()


class _Aside:
    """The folder, of all who fuzz at the same time: Hypothesis has one for the whole process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._folder: TemporaryDirectory[str] | None = None

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._folder is None:
                self._folder = TemporaryDirectory(
                    prefix="realtime_lab-", ignore_cleanup_errors=True
                )
                _keep_files_in(self._folder.name)

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._folder is not None and not self._users:
                _keep_files_in(None)
                self._folder.cleanup()
                self._folder = None


_ASIDE = _Aside()


def _keep_files_in(folder: str | None) -> None:
    configuration: Any = import_module("hypothesis.configuration")
    configuration.set_hypothesis_home_dir(folder)
