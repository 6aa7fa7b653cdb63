"""The settings of a session: asked for, refused, ignored, repeated."""

from __future__ import annotations

from typing import Any

import msgspec

from ...base import UNSET
from ...client_events import ResponseCreate, SessionUpdate
from ...configuration import AudioFormat, SessionConfig
from ...effective import NOT_TOLD, Setting, compared, shown
from ...matching import is_beside
from ...responses import ResponseConfig
from ...server_events import ErrorEvent, SessionUpdated
from ..finding import About
from ..record import Handlers, Record
from ..rule import Rule, span
from .words import code_of, listed

__all__ = [
    "FixedSetting",
    "SettingNotInForce",
    "SettingsMidResponse",
    "SettingsRefused",
    "SettingsRepeated",
    "VoiceAfterSpeech",
]

REPEATED = 3
_UPDATE = "OpenAI API reference, `session.update`"
_NAMED = ("type", "model", "language", "voice", "eagerness", "effort", "delay", "tool_choice")
"""Settings whose words are names, which may be shown: all others may hold what somebody wrote."""


class SettingNotInForce(Rule):
    about = About(
        id="setting-not-in-force",
        severity="warning",
        title="A setting was asked for, and another is in force",
        why="Services leave out or replace settings without an error; what was measured or "
        "promised with them is then not what happens.",
        instead="Compare what `session.updated` tells with what was sent, and rely on the first.",
        source="`session.updated` shows the effective session; reported by users of Azure OpenAI",
    )

    def handlers(self) -> Handlers:
        return {SessionUpdated: self._updated}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._known: set[tuple[str, str]] = set()

    def _updated(self, event: SessionUpdated, record: Record) -> None:
        update = self.facts.settings.next_answered
        if update is None:
            return
        for row in compared(update.event.session, event.session):
            key = (row.name, shown(row.asked))
            if row.ignored and key not in self._known:
                self._known.add(key)
                self.tell(record, _difference(row), update.record)


def _difference(row: Setting) -> str:
    asked, effective = _value(row.name, row.asked), _value(row.name, row.effective)
    if asked is None or effective is None:
        return f"{row.name} is not as it was asked for."
    return f"{row.name}: asked for {asked}, in force is {effective}."


def _value(name: str, value: object) -> str | None:
    """A value that holds nobody's words, as it is shown."""
    plain = value is None or value is NOT_TOLD or isinstance(value, bool | int | float)
    is_name = isinstance(value, str) and name.rpartition(".")[2] in _NAMED
    return shown(value) if plain or is_name else None


class SettingsRefused(Rule):
    about = About(
        id="settings-refused",
        severity="error",
        title="An update of the settings was refused",
        why="One bad field discards the whole update: tools, instructions and voice that stood "
        "beside it are not in force either.",
        instead="Wait for `session.updated` or `error` after each `session.update`, and mend the "
        "field that `error.param` names.",
        source=f"{_UPDATE}; recorded of the service",
    )

    def handlers(self) -> Handlers:
        return {ErrorEvent: self._refused}

    def _refused(self, event: ErrorEvent, record: Record) -> None:
        update = self.facts.settings.refused_by(event)
        if update is None or self.is_explained(update.record):
            return
        error = event.error
        param = f", {error.param}" if error.param else ""
        names = _names(update.event.session)
        lost = f"; with it {listed(names)} are not in force" if len(names) > 1 else ""
        self.tell(
            update.record,
            f"session.update was refused ({code_of(error.type, error.code)}{param}){lost}.",
            record,
        )


def _names(config: SessionConfig) -> list[str]:
    fields = (name for name in config.__struct_fields__ if name != "type")
    return [name for name in fields if getattr(config, name) is not UNSET]


class VoiceAfterSpeech(Rule):
    about = About(
        id="voice-after-speech",
        severity="error",
        title="Another voice after the model has spoken",
        why="The voice is locked with the first audio of the model. The service refuses the update "
        "as a whole (`cannot_update_voice`).",
        instead="Open a session for each voice, or set the voice before the model speaks.",
        source=f"{_UPDATE}: the voice cannot be updated once the model has responded with audio",
    )

    def handlers(self) -> Handlers:
        return {SessionUpdate: self._update, ResponseCreate: self._create}

    def _update(self, event: SessionUpdate, record: Record) -> None:
        self._look(event.session, "session.update", record)

    def _create(self, event: ResponseCreate, record: Record) -> None:
        if event.response and not is_beside(event):
            self._look(event.response, "response.create", record)

    def _look(self, config: SessionConfig | ResponseConfig, what: str, record: Record) -> None:
        output = config.audio.output if config.audio else None
        asked, voice = output.voice if output else None, self.facts.settings.voice
        spoken = self.facts.listening.any_speech
        if isinstance(asked, str) and voice and asked != voice and spoken is not None:
            self.tell(
                record,
                f"{what} asks for the voice {asked}, {span(self.since(spoken))} after the model "
                f"first spoke with {voice}.",
                spoken,
            )


class SettingsMidResponse(Rule):
    about = About(
        id="settings-mid-response",
        severity="warning",
        title="How the model sounds is changed while it speaks",
        why="Voice, speed and format of the output are of a response: changed in the middle of one "
        "they are refused, or part of the audio is in a format that the player does not expect.",
        instead="Change them between `response.done` and the next `response.create`.",
        source=f"{_UPDATE}: `speed` can be changed between turns only",
    )

    def handlers(self) -> Handlers:
        return {SessionUpdate: self._update}

    def _update(self, event: SessionUpdate, record: Record) -> None:
        active = self.facts.responses.active
        output = event.session.audio.output if event.session.audio else None
        if active is None or not output:
            return
        told = self.facts.settings.told
        now = told.audio.output if told and told.audio else None
        names = [
            name
            for name in ("voice", "speed", "format")
            if getattr(output, name) is not UNSET
            and _differs(getattr(output, name), getattr(now, name, UNSET))
        ]
        if names and not self.is_explained(record):
            self.tell(
                record,
                f"session.update of {listed(names)} {span(self.since(active.begun))} after "
                f"{active.id} became active.",
                active.begun,
            )


def _differs(asked: Any, told: Any) -> bool:
    """Whether another value is asked for; formats are the same whether or not they tell a rate."""
    if isinstance(asked, AudioFormat) and isinstance(told, AudioFormat):
        return asked.type != told.type
    return asked != told


class FixedSetting(Rule):
    about = About(
        id="fixed-setting",
        severity="error",
        title="A change of what cannot change",
        why="A session is for conversation or for transcription from its beginning, and tracing "
        "stays as it was first set: the service refuses the update.",
        instead="Open another session.",
        source=f"{_UPDATE}: `type` and `tracing`; the error as reported by users",
    )

    def handlers(self) -> Handlers:
        return {SessionUpdate: self._update}

    def _update(self, event: SessionUpdate, record: Record) -> None:
        told, asked = self.facts.settings.told, event.session
        if told is None:
            return
        if asked.type and told.type and asked.type != told.type:
            self.tell(
                record,
                f"session.update asks for a session of type {asked.type}; this one is of type "
                f"{told.type}.",
                self.facts.settings.created,
            )
        elif told.tracing and asked.tracing is not UNSET and asked.tracing != told.tracing:
            self.tell(
                record,
                "session.update changes tracing, which is on already.",
                self.facts.settings.created,
            )


class SettingsRepeated(Rule):
    about = About(
        id="settings-repeated",
        severity="advice",
        title="The same instructions or tools in every response",
        why="They are sent each time, and stand in for those of the session: what the session says "
        "is not read, and where they differ by a letter the cached beginning is lost.",
        instead="Put them into `session.update` once; `response.create` is for exceptions.",
        source="OpenAI API reference, `response.create`; OpenAI, managing costs guide: caching",
    )

    def handlers(self) -> Handlers:
        return {ResponseCreate: self._create}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._last: dict[str, tuple[bytes, int, Record]] = {}
        """What was sent last of each, how often in a row, and when first."""

    def _create(self, event: ResponseCreate, record: Record) -> None:
        if is_beside(event):
            return
        for name in ("instructions", "tools"):
            value = getattr(event.response, name) if event.response else UNSET
            if not value:
                self._last.pop(name, None)
                continue
            text = msgspec.json.encode(value)
            before, count, first = self._last.get(name, (b"", 0, record))
            count, first = (count + 1, first) if before == text else (1, record)
            self._last[name] = (text, count, first)
            if count == REPEATED:
                self.tell(
                    record,
                    f"{REPEATED} times in a row response.create carries the same {name} "
                    f"({len(text):,} bytes).",
                    first,
                )
