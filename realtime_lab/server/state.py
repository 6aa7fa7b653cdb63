"""What the parts of one session share."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol import Conversation
from .fault_plan import SessionFaults
from .ids import Ids
from .memory import Memory
from .outbox import Outbox
from .roster import OpenSession
from .session_time import SessionTime
from .settings import Settings

__all__ = ["SessionState"]


@dataclass(frozen=True, slots=True)
class SessionState:
    """One owner each: settings, conversation, what the model knows of it, and the way out.

    ``entry`` is how the rest of the server sees the session, ``faults`` what shall go wrong in it.
    """

    ids: Ids
    conversation_id: str
    settings: Settings
    conversation: Conversation
    memory: Memory
    outbox: Outbox
    entry: OpenSession
    faults: SessionFaults
    time: SessionTime
