"""Sessions with a realtime model: where to connect, how to talk, what came of it."""

from __future__ import annotations

from .addresses import DialectName
from .backoff import RECONNECT, Reconnect
from .budget import Account, Budget, Expected, check_budget, kernel_account
from .chain import chained, text_only
from .connector import service_of
from .consent import CONSENT, Agreements, agree, consents, notice, revoke
from .consent_file import Agreement
from .continuity import Surroundings
from .embedded import EmbeddedServer, EmbeddedSource, embedded, with_seed
from .embedded_faults import FaultLike
from .endpoints import (
    ANY_KEY,
    Endpoint,
    EndpointSource,
    azure,
    endpoint,
    explain,
    key_given_with,
    openai,
)
from .estimate import text_tokens, tool_tokens
from .explanation import Explanation
from .failures import failure_class, response_failure, retry_after
from .lockstep import log_for
from .metering import Spent
from .notices import Notice
from .open_wire import open_wire
from .opening import OpenSession, open_session
from .pacing import Pace
from .playback import Player
from .probing import Step, probe
from .projection import Projection, project
from .rate_limits import LimitsLeft
from .secret import Secret
from .session import RealtimeSession
from .settings import HANDS_FREE, Settings, merged, session_config
from .settings_report import SettingsReport
from .sign_in import EntraLogin, entra
from .tables import Table
from .thread import Call, SessionThread, run, running_loop, session_thread
from .transport import Transport
from .wire import Wire

__all__ = [
    "ANY_KEY",
    "CONSENT",
    "HANDS_FREE",
    "RECONNECT",
    "Account",
    "Agreement",
    "Agreements",
    "Budget",
    "Call",
    "DialectName",
    "EmbeddedServer",
    "EmbeddedSource",
    "Endpoint",
    "EndpointSource",
    "EntraLogin",
    "Expected",
    "Explanation",
    "FaultLike",
    "LimitsLeft",
    "Notice",
    "OpenSession",
    "Pace",
    "Player",
    "Projection",
    "RealtimeSession",
    "Reconnect",
    "Secret",
    "SessionThread",
    "Settings",
    "SettingsReport",
    "Spent",
    "Step",
    "Surroundings",
    "Table",
    "Transport",
    "Wire",
    "agree",
    "azure",
    "chained",
    "check_budget",
    "consents",
    "embedded",
    "endpoint",
    "entra",
    "explain",
    "failure_class",
    "kernel_account",
    "key_given_with",
    "log_for",
    "merged",
    "notice",
    "open_session",
    "open_wire",
    "openai",
    "probe",
    "project",
    "response_failure",
    "retry_after",
    "revoke",
    "run",
    "running_loop",
    "service_of",
    "session_config",
    "session_thread",
    "text_only",
    "text_tokens",
    "tool_tokens",
    "with_seed",
]
