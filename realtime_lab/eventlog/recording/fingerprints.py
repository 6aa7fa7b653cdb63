"""Hashes by which others can tell that they have the same log and the same audio."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ..redaction.leaving import leaving

if TYPE_CHECKING:
    from ..log import EventLog

__all__ = ["audio_sha256", "log_sha256"]


def log_sha256(log: EventLog) -> str:
    """SHA-256 of what the log says, whatever form it is kept in.

    Over all entries in order, each as the line ``SEQ AT DIRECTION EVENT``: ``AT`` in seconds from
    the start with six decimals, ``EVENT`` the JSON text, redacted, without samples.
    """
    digest = hashlib.sha256()
    for entry, text, _ in leaving(log, audio=False):
        place = (entry.seq, entry.at - log.start, entry.direction.encode())
        digest.update(b"%d %.6f %b " % place)
        digest.update(text)
        digest.update(b"\n")
    return digest.hexdigest()


def audio_sha256(log: EventLog) -> dict[str, str | None]:
    """SHA-256 of all samples of each side as they were on the wire, one piece after the other.

    ``None`` for a side that has none, and for both where the log records no audio. They are those
    of the files ``NAME.user.pcm`` and ``NAME.model.pcm`` beside a journal.
    """
    if not log.record_audio:
        return {"user": None, "model": None}
    digests = {"user": hashlib.sha256(), "model": hashlib.sha256()}
    found: dict[str, str | None] = {"user": None, "model": None}
    for entry in log:
        if pcm := entry.audio:
            digests["user" if entry.direction == "sent" else "model"].update(pcm)
            found["user" if entry.direction == "sent" else "model"] = ""
    return {
        side: None if told is None else digests[side].hexdigest() for side, told in found.items()
    }
