"""Finds keys, personal data and sound in a text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..redaction.redaction import Redaction
from .audio_bytes import is_sound
from .candidates import candidates

__all__ = ["KINDS", "Found", "find", "holds_key"]

KINDS = ("key", "e-mail", "phone", "card", "IBAN", "number", "audio")
"""What is looked for; all but ``audio`` as `Redaction` finds it."""


class Found(NamedTuple):
    """Something that was found, and where in the text it begins. The text of it is kept nowhere."""

    kind: str
    at: int


_EVERYTHING = Redaction()
_KEYS = Redaction.only(["keys"])
_DEEPEST = 2
"""How often something may be in base64 within base64."""

_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{20,}={0,2}(?![\w+/=-])")
_LONG = 200
"""Characters from which on base64 is not looked at as words."""
_DATA_URI = re.compile(r"data:(?:audio|video)/[\w.+-]+[^,\s\"']{0,80},", re.IGNORECASE)
_SAMPLES = re.compile(r"[\"'](?:audio|delta)[\"']\s*:\s*b?[\"']$")
"""What stands before the samples of an audio event."""

_PLACEHOLDER = re.compile(
    r"your|example|placeholder|redacted|dummy|change.?me|\.\.\.|[…•*<>‹›{}$%]|^(.)\1*$",
    re.IGNORECASE,
)
_IN_ORDER = "0123456789" * 4 + "abcdefghijklmnopqrstuvwxyz"
_EXPRESSION = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+(?:\(.*)?|\w+\(.*")


def _hash(length: int, words: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    named = r"(?:sha-?\d*|md5|hash|digest|checksum|etag|integrity|signature|model_id|fingerprint)"
    between = rf"\W+(?:\w+\W+){{0,{words}}}$"
    return re.compile(rf"[0-9a-fA-F]{{{length}}}"), re.compile(named + between, re.IGNORECASE)


_HASHES = (_hash(32, words=2), _hash(64, words=9))
"""What hashes look like, and how many words may stand between what calls them so and them."""
_BEFORE = 400
_DELTA = re.compile(r"([\"'])(?:delta|text)\1\s*:\s*([\"'])((?:[^\"'\\]|\\.){1,200}?)\2")


def find(text: str, *, is_source: bool = False) -> list[Found]:
    """What must not be published of a text, in order.

    Of source code only keys are looked for, and only those that stand there as they are: a name
    that will hold a key when the code runs is none.
    """
    found = {(f.kind, f.at) for f in _find(text, is_source=is_source, depth=0)}
    return [Found(kind, at) for kind, at in sorted(found, key=lambda f: f[1])]


def holds_key(text: str) -> bool:
    """Whether a key, a token or a password stands in a text; a placeholder for one is none."""
    return bool(find(text, is_source=True))


def _find(text: str, *, is_source: bool, depth: int) -> Iterator[Found]:
    uris = [] if is_source else list(_DATA_URI.finditer(text))
    yield from (Found("audio", uri.start()) for uri in uris)
    told = {uri.end() for uri in uris}
    for blob in _BASE64.finditer(text):
        if blob.start() not in told:
            yield from _in_base64(text, blob, is_source=is_source, depth=depth)
    # As long as it was, so that places stay.
    rest = _BASE64.sub(lambda b: " " * len(b[0]) if len(b[0]) >= _LONG else b[0], text)
    yield from _in_words(rest, is_source=is_source)
    if not is_source:
        yield from _across_pieces(rest)


def _in_words(text: str, *, is_source: bool) -> Iterator[Found]:
    for start, end, kind in _personal(text, _KEYS if is_source else _EVERYTHING):
        if kind == "key" and not _is_key(text, start, end, is_source=is_source):
            continue
        if kind == "e-mail" and text[start:end].startswith("git@"):
            continue
        yield Found(kind, start)


def _personal(text: str, redaction: Redaction) -> Iterator[tuple[int, int, str]]:
    for first, last in candidates(text):
        stream = redaction.stream()
        stream.feed(text[first:last])
        stream.finish()
        yield from ((first + start, first + end, kind) for start, end, kind in stream.found)


def _is_key(text: str, start: int, end: int, *, is_source: bool) -> bool:
    key, before = text[start:end], text[max(start - _BEFORE, 0) : start]
    is_quoted = before[-1:] in ('"', "'")
    if _PLACEHOLDER.search(key) or key.lower() in _IN_ORDER or _EXPRESSION.fullmatch(key):
        return False
    if key.isalpha() and key.islower() and not is_quoted:
        return False  # as in "pass it as api_key= instead"
    if any(shape.fullmatch(key) and named.search(before) for shape, named in _HASHES):
        return False
    # In code a key is a text: `api_key=key` names what holds one.
    return not is_source or is_quoted or any(sign.isdigit() for sign in key)


def _in_base64(text: str, blob: re.Match[str], *, is_source: bool, depth: int) -> Iterator[Found]:
    inner = _decoded(blob[0])
    if inner is None or depth >= _DEEPEST:
        return
    before = text[max(blob.start() - 40, 0) : blob.start()]
    is_samples = len(inner) >= _LONG and _SAMPLES.search(before)
    if is_samples or is_sound(inner[:16]):
        if not is_source:
            yield Found("audio", blob.start())
        return
    words = _text(inner)
    if words:
        hidden = _find(words, is_source=is_source, depth=depth + 1)
        yield from (Found(kind, blob.start()) for kind, _ in hidden)


def _decoded(blob: str) -> bytes | None:
    blob = blob.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(blob + "=" * (-len(blob) % 4), validate=True)
    except binascii.Error:
        return None


def _text(inner: bytes) -> str:
    """The text in some bytes; empty where they are none."""
    try:
        words = inner.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return words if all(sign.isprintable() or sign in "\r\n\t" for sign in words) else ""


def _across_pieces(text: str) -> Iterator[Found]:
    """What is cut into the pieces of a stream, as where the events of a log were printed."""
    pieces = list(_DELTA.finditer(text))
    whole = "".join(_unescaped(piece[3]) for piece in pieces)
    if len(pieces) > 1:
        yield from (Found(kind, pieces[0].start()) for kind, _ in _in_words(whole, is_source=False))


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text
