"""The settings that a user wants, so that another connection can be given them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, ClassVar

import msgspec

from ..protocol import (
    ErrorEvent,
    ServerEvent,
    SessionConfig,
    SessionUpdate,
    SessionUpdated,
    UnknownEvent,
    profile_of,
)
from .settings import merged

__all__ = ["Wanted"]


class Wanted:
    """The settings asked for at the beginning and those that were confirmed since."""

    CONCERNS: ClassVar = frozenset({SessionUpdated.type, ErrorEvent.type})

    def __init__(self, first: SessionConfig) -> None:
        self._fields: dict[str, Any] = msgspec.to_builtins(first)
        self._asked: OrderedDict[str, SessionUpdate] = OrderedDict()
        self.version = 0
        """Goes up with each change."""

    def sent(self, event: SessionUpdate) -> None:
        """A change is on its way."""
        self._asked[str(event.event_id)] = event

    def apply(self, event: ServerEvent | UnknownEvent) -> None:
        """Take an event of the service into account; it confirms changes in order."""
        if isinstance(event, ErrorEvent):
            self._asked.pop(event.error.event_id or "", None)
        elif isinstance(event, SessionUpdated) and self._asked:
            _, update = self._asked.popitem(last=False)
            self._fields = merged(self._fields, msgspec.to_builtins(update.session))
            self.version += 1

    def lost(self) -> list[SessionUpdate]:
        """The connection is gone; returns the changes that were not answered."""
        unanswered = list(self._asked.values())
        self._asked.clear()
        return unanswered

    def config(self, model: str, *, text_only: bool = False) -> SessionConfig:
        """The settings for that model. A voice that it does not have is left to the service."""
        config = msgspec.convert(self._fields, SessionConfig)
        if text_only:
            config.output_modalities = ["text"]
        profile, output = profile_of(model), config.audio.output if config.audio else None
        if profile and output and output.voice and output.voice not in profile.voices:
            output.voice = msgspec.UNSET
        return config
