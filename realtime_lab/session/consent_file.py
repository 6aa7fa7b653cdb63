"""What a user agreed to, kept on disk because the user asked for that."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from .addresses import Service

__all__ = ["Agreement", "ConsentFile", "default_path"]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody agreed to what a notice says about a host.

    ``how`` is ``asked`` or ``in code``; ``remembered`` tells whether it is on disk.
    """

    host: str
    service: Service
    notice: str
    digest: str
    date: date
    how: str
    remembered: bool = False

    def __str__(self) -> str:
        where = "also in later sessions" if self.remembered else "in this process"
        return f"{self.host}: agreed on {self.date} ({self.how}), {where}; notice of {self.notice}"


class ConsentFile:
    """A small JSON file in the user's configuration folder, for its owner alone.

    A file that cannot be read is taken for an empty one: then the user is asked again.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path or default_path()

    def read(self) -> dict[str, Agreement]:
        """What is remembered, by host."""
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, Agreement])
        return {}

    def write(self, agreements: Mapping[str, Agreement]) -> None:
        """Replace what is remembered.

        Raises:
            OSError: if it cannot be written.
        """
        path = self.path
        if not agreements:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(agreements)))
        unfinished.replace(path)


def default_path() -> Path:
    """``consents.json`` in the user's configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("realtime_lab") / "consents.json"
