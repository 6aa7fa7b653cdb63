"""A key that cannot be shown by accident."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn, Self

__all__ = ["HiddenHeaders", "Secret", "looks_like_a_key", "without_keys"]

_KEY_SHAPED = re.compile(
    r"\b(?:sk|ek|rk)[-_][A-Za-z0-9_-]{16,}"  # OpenAI's, and ephemeral ones
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"  # JSON Web Tokens
    r"|(?<![A-Za-z0-9_-])(?:[0-9a-fA-F]{32}|[A-Za-z0-9]{84})(?![A-Za-z0-9_-])"  # Azure's
)
HIDDEN = "***"


class Secret:
    """Holds a key; only `reveal` gives it back.

    Printing, formatting, copying and looking at its attributes show nothing; pickling is refused.
    ``source`` tells where it came from, such as the name of a variable.
    """

    # The value stands in no attribute: what walks through objects shows attributes.
    __slots__ = ("_reveal", "source")

    def __init__(self, value: str, source: str = "") -> None:
        self._reveal = lambda: value
        self.source = source

    def reveal(self) -> str:
        """The key itself, for the one header that needs it."""
        return self._reveal()

    def bearer(self) -> Secret:
        """The same as the value of an ``Authorization`` header."""
        return Secret(f"Bearer {self._reveal()}", self.source)

    def hidden_in(self, text: str) -> str:
        """The text without this key, wherever it stood."""
        return text.replace(self._reveal(), HIDDEN) if self else text

    @property
    def fits_a_header(self) -> bool:
        """Whether it is one line of plain characters."""
        value = self._reveal()
        return value.isascii() and value.isprintable()

    def __repr__(self) -> str:
        return f"Secret({HIDDEN}, from {self.source})" if self.source else f"Secret({HIDDEN})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._reveal())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return False
        return hmac.compare_digest(self._reveal().encode(), other._reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self._reveal()))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled; give it again where it is needed")


class HiddenHeaders(Mapping[str, str]):
    """Headers whose values show to whoever asks for one by name, and to nobody who prints them."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[str, Secret]) -> None:
        self._headers = dict(headers)

    def __getitem__(self, name: str) -> str:
        return self._headers[name].reveal()

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def __repr__(self) -> str:
        return f"HiddenHeaders({', '.join(self._headers)})"


def looks_like_a_key(text: str) -> bool:
    """Whether there is something in it that is built as keys and tokens are."""
    return _KEY_SHAPED.search(text) is not None


def without_keys(text: str) -> str:
    """The text with everything hidden that is built as keys and tokens are."""
    return _KEY_SHAPED.sub(HIDDEN, text)
