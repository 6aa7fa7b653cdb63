"""The rules, by topic."""

from __future__ import annotations

from collections.abc import Mapping

from ..rule import Rule
from . import (
    asking,
    calling,
    ending,
    interrupting,
    items,
    microphone,
    models,
    reading,
    service,
    sessions,
    settings,
    tokens,
    transcripts,
    truncating,
    turns,
)

__all__ = ["RULES", "TOPICS"]

TOPICS: Mapping[str, tuple[type[Rule], ...]] = {
    "Asking for responses": (
        asking.ResponseWhileActive,
        asking.ResponseInFlight,
        asking.ResponseUnderVad,
        asking.ResponseRace,
        asking.CancelWithoutResponse,
    ),
    "How responses end": (
        ending.ResponseFailed,
        ending.RateLimited,
        ending.RateLimitNear,
        ending.ResponseIncomplete,
        ending.ResponseNeverDone,
    ),
    "What was heard": (
        truncating.TruncateAtZero,
        truncating.TruncateBeyondAudio,
        truncating.TruncateNotSpeech,
        truncating.TruncateUnheard,
        truncating.TruncateUnneeded,
        interrupting.InterruptedNotTruncated,
        interrupting.TypedWhileSpeaking,
        interrupting.SelfInterruption,
        interrupting.PauseTakenForEnd,
    ),
    "Tools": (
        calling.OutputBeforeDone,
        calling.OutputTwice,
        calling.OutputUnknownCall,
        calling.CallUnanswered,
        calling.OutputNotAsked,
        calling.ResponseForEachOutput,
    ),
    "The user's turns": (
        turns.CommitTooShort,
        turns.CommitUnderVad,
        turns.InputUnanswered,
        turns.NeverCommitted,
        turns.StaleAudio,
        turns.NoSilenceAfterSpeech,
    ),
    "The microphone": (
        microphone.AudioTooFast,
        microphone.AudioWrongRate,
        microphone.AudioOddBytes,
        microphone.MicrophoneGaps,
        microphone.AudioBeforeSettings,
        microphone.AppendBeyondLimit,
        microphone.FramesTooSmall,
        microphone.FramesTooLarge,
        microphone.SilenceStreamed,
    ),
    "Transcripts of the user": (
        transcripts.TranscriptMissing,
        transcripts.TranscriptFailed,
        transcripts.TranscriptLate,
    ),
    "Settings": (
        settings.VoiceAfterSpeech,
        settings.SettingsMidResponse,
        settings.FixedSetting,
        settings.SettingsRefused,
        settings.SettingNotInForce,
        settings.SettingsRepeated,
        models.NotOfModel,
        models.ModalitiesRefused,
    ),
    "Items and events": (
        models.ContentNotTaken,
        items.UnknownItem,
        items.UnknownPreviousItem,
        items.ItemIdReused,
        reading.EventIdReused,
        reading.WrongDialect,
        reading.InvalidClientEvent,
        reading.UnknownServerEvent,
    ),
    "The session and the service": (
        sessions.SessionExpires,
        sessions.SessionExpired,
        sessions.ResponseInTranscription,
        sessions.ClearOnWebSocket,
        service.AudioBehindPlayback,
        service.ServiceOutOfOrder,
        service.ErrorIgnored,
    ),
    "Tokens": (tokens.CacheLost, tokens.HistoryRebilled),
}
RULES: tuple[type[Rule], ...] = tuple(rule for rules in TOPICS.values() for rule in rules)
"""All of them, in the order in which they look: some leave to others what these have told."""
