"""What a user had of a response when its connection was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..eventlog import LogEntry, response_id_of
from ..protocol import OutputAudioDelta, OutputTextDelta, OutputTranscriptDelta

__all__ = ["was_heard"]


def was_heard(
    entries: Iterable[LogEntry], response_id: str, heard_ms: Callable[[str], int | None]
) -> bool:
    """Whether anything of a response reached the user.

    Speech did when a player played some of it; without a player (``heard_ms`` gives ``None``) it
    is in the hands of the program, as text is.
    """
    came = [e.event for e in entries if response_id_of(e.event) == response_id]  # type: ignore[arg-type]
    items = {event.item_id for event in came if isinstance(event, OutputAudioDelta)}
    heard = [heard_ms(item_id) for item_id in items]
    if any(heard) or None in heard:
        return True
    return not heard and any(isinstance(e, OutputTextDelta | OutputTranscriptDelta) for e in came)
