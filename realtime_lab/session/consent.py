"""Nothing is sent to another machine before the user has agreed to it."""

from __future__ import annotations

from ..errors import ConsentMissing
from .asking import somebody_is_there
from .endpoints import Endpoint

__all__ = ["CONSENT", "Consent"]

NOTICE = (
    "Your voice and everything typed in this session will be sent to {host}, where {model} "
    "answers. The service may keep and review it under its own terms (abuse monitoring), and it "
    "costs money."
)


class Consent:
    """Remembers, for this process, which hosts the user has agreed to."""

    def __init__(self) -> None:
        self._agreed: set[str] = set()

    def require(self, endpoint: Endpoint, agree: bool | None) -> None:
        """Go on only if the user has agreed; asks once for each host. May block for an answer.

        ``agree`` is the answer given in code; ``None`` asks where somebody can answer.

        Raises:
            ConsentMissing: if the user did not agree.
        """
        if not endpoint.is_remote or endpoint.destination in self._agreed:
            return
        notice = NOTICE.format(host=endpoint.destination, model=endpoint.model or "a model")
        if agree is None:
            agree = _ask(notice)
        if not agree:
            raise ConsentMissing(
                f"{notice} Nothing was sent. To agree, pass agree=True to connect()."
            )
        self._agreed.add(endpoint.destination)


CONSENT = Consent()
"""What was agreed to in this process."""


def _ask(notice: str) -> bool:
    if not somebody_is_there():
        return False
    try:
        return input(f"{notice}\nDo you agree? [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, NotImplementedError):
        return False
