"""Cutting a stream of text into what can be spoken."""

from __future__ import annotations

import re

__all__ = ["SentenceBuffer"]

_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]|\n+")


class SentenceBuffer:
    """Collects pieces of text and gives out whole sentences, with the space that follows them."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> str:
        """Take a piece; return all whole sentences there are now, joined."""
        self._text += piece
        end = max((match.end() for match in _END.finditer(self._text)), default=0)
        whole, self._text = self._text[:end], self._text[end:]
        return whole

    def flush(self) -> str:
        """The unfinished rest."""
        rest, self._text = self._text, ""
        return rest
