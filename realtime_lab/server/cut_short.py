"""Responses that a fault ends before their time."""

from __future__ import annotations

from ..protocol import ResponseError, ResponseStatus, StatusDetails
from .faults import Fault

__all__ = ["CutShort", "CutShortError"]


class CutShortError(Exception):
    """A response ends here, by a fault."""

    def __init__(self, cut: CutShort) -> None:
        super().__init__(cut.status)
        self.cut = cut


class CutShort:
    """How and where a response is to end.

    Before anything is said, or after ``audio_ms`` of speech or the first words of a text.
    """

    def __init__(self, fault: Fault, *, spoken: bool) -> None:
        self.status: ResponseStatus = "failed" if fault.kind == "fail_response" else "incomplete"
        self.details = _details(fault)
        self._audio_ms = fault["audio_ms"]
        self._spoken = spoken

    def at_start(self) -> None:
        """The response begins.

        Raises:
            CutShortError: if it ends at once.
        """
        if not self._audio_ms:
            raise CutShortError(self)

    def before_more(self, text: str, seconds: float) -> None:
        """So much was said, and more is about to be.

        Raises:
            CutShortError: if that is enough.
        """
        if (text or seconds) and (not self._spoken or 1000 * seconds >= self._audio_ms):
            raise CutShortError(self)

    def at_end(self) -> None:
        """All was said: a fault that waited for more comes now.

        Raises:
            CutShortError: always.
        """
        raise CutShortError(self)


def _details(fault: Fault) -> StatusDetails:
    if fault.kind == "content_filter":
        return StatusDetails(type="incomplete", reason="content_filter")
    error = ResponseError(type=fault["type"], code=fault["code"], message=fault["message"])
    return StatusDetails(type="failed", error=error)
