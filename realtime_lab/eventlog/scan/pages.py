"""The text of an HTML page, and what is hidden in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from .notebooks import WIDGET_STATE, Piece, widget_pieces

__all__ = ["page_pieces"]


class _Reader(HTMLParser):
    """Gathers what can be read, what attributes say, and what scripts hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.attributes: list[str] = []
        self.scripts: list[tuple[str, str]] = []
        self._within = ""
        self._type = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._within, self._type = tag, dict(attrs).get("type") or ""
            return
        self.attributes += [
            f'{name}="{value}"'
            for name, value in attrs
            if value and name not in ("class", "id", "style", "integrity", "d", "points")
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.words.append(data)
        elif self._within == "script":
            self.scripts.append((self._type, data))


def page_pieces(place: str, html: str) -> Iterator[Piece]:
    """The pieces of a page: its words, its attributes, and what its scripts hold as data.

    Styles are not looked at, and of scripts that are code only what code is looked at for.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield Piece(place, "".join(reader.words))
    yield Piece(place, "\n".join(reader.attributes))
    for kind, text in reader.scripts:
        if kind == WIDGET_STATE:
            yield from widget_pieces(_read(text))
        elif "json" in kind:
            yield Piece(place, "" if "widget-view" in kind else text)
        else:
            yield Piece(place, text, is_source=True)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}
