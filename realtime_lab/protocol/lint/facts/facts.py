"""All facts of one session together."""

from __future__ import annotations

from ..record import Handlers
from .items import Items
from .listening import Listening
from .origin import Origin
from .responses import ResponseFacts
from .sent import Sent
from .settings import SettingsFacts
from .user_audio import UserAudio

__all__ = ["Facts"]


class Facts:
    """What held before the event that rules look at."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.now = 0.0
        """Seconds since the start of the log."""
        self.sent = Sent()
        self.settings = SettingsFacts()
        self.responses = ResponseFacts()
        self.items = Items(origin, self.sent, self.settings, self.responses)
        self.user_audio = UserAudio(self.settings)
        self.listening = Listening(origin, self.items, self.settings)

    def handlers(self) -> tuple[Handlers, ...]:
        """Who follows which events, in the order in which they must."""
        followers = (
            self.sent,
            self.settings,
            self.items,
            self.responses,
            self.user_audio,
            self.listening,
        )
        return tuple(follower.handlers() for follower in followers)
