"""Names of machines and places on them, which a log that is shared does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..entry import LogEntry, Mark

__all__ = ["Machines"]

_AZURE = re.compile(
    r"[a-z0-9][a-z0-9-]*(?:\.privatelink)?\.(?:openai|cognitiveservices|services\.ai)\.azure\."
    r"(?:com|us|cn)",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<![\w:/.])(?:/[\w.@+-]+){2,}/?|\b[A-Za-z]:\\(?:[^\s\\:*?\"<>|]+\\?)+")
_PUBLIC = (".openai.com",)
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
HOST, PATH = "‹host›", "‹path›"


class Machines:
    """Replaces the hosts that the marks of a log name, and paths of files in marks.

    Those of public services stay, as does this machine itself.
    """

    def __init__(self, entries: Iterable[LogEntry]) -> None:
        marks = (e.event for e in entries if isinstance(e.event, Mark))
        named = {str(mark.data["host"]).lower() for mark in marks if mark.data.get("host")}
        longest_first = sorted(filter(_is_private, named), key=len, reverse=True)
        self._hosts = [re.compile(re.escape(host), re.IGNORECASE) for host in longest_first]
        self.replaced = 0

    def hidden(self, text: str) -> str:
        """A text without names of machines."""
        for host in self._hosts:
            text = self._replaced(host, HOST, text)
        return self._replaced(_AZURE, HOST, text)

    def hidden_in(self, value: Any) -> Any:
        """The data of a mark without them."""
        if isinstance(value, str):
            return self._replaced(_PATH, PATH, self.hidden(value))
        if isinstance(value, list):
            return [self.hidden_in(inner) for inner in value]
        if isinstance(value, dict):
            return {name: self.hidden_in(inner) for name, inner in value.items()}
        return value

    def _replaced(self, pattern: re.Pattern[str], by: str, text: str) -> str:
        text, count = pattern.subn(by, text)
        self.replaced += count
        return text


def _is_private(host: str) -> bool:
    return host not in _LOCAL and not f".{host}".endswith(_PUBLIC)
