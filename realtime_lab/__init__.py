"""A laboratory for realtime speech models inside a Jupyter notebook.

::

    import realtime_lab as rl

    lab = await rl.connect()  # the embedded server; rl.connect(rl.azure(...)) for the cloud
    lab  # microphone, playback, transcript
    turn = await lab.say("Hello there")
    turn = await lab.speak("question.wav")

Every awaitable also works without ``await``: ``turn = rl.run(lab.say("Hello there"))``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors
    from .audio import Clip
    from .diagnosis import doctor
    from .eventlog import EventLog, Latency, Redaction, Retention, purge, recordings
    from .lab import Lab, connect
    from .session import (
        Call,
        Endpoint,
        Reconnect,
        Turn,
        agree,
        azure,
        consents,
        embedded,
        endpoint,
        entra,
        explain,
        notice,
        openai,
        revoke,
        run,
        text_only,
    )
    from .tools import Tool, tool

__version__ = "0.1.0"

# Imported when first used: `import realtime_lab` stays quick and pulls in no engine, no Jupyter.
_HOMES = {
    "Redaction": ".eventlog",
    "Retention": ".eventlog",
    "agree": ".session",
    "consents": ".session",
    "notice": ".session",
    "purge": ".eventlog",
    "recordings": ".eventlog",
    "revoke": ".session",
    "Call": ".session",
    "Clip": ".audio",
    "Endpoint": ".session",
    "EventLog": ".eventlog",
    "Lab": ".lab",
    "Latency": ".eventlog",
    "Reconnect": ".session",
    "Tool": ".tools",
    "Turn": ".session",
    "azure": ".session",
    "connect": ".lab",
    "embedded": ".session",
    "doctor": ".diagnosis",
    "endpoint": ".session",
    "entra": ".session",
    "explain": ".session",
    "openai": ".session",
    "run": ".session",
    "text_only": ".session",
    "tool": ".tools",
}

__all__ = [
    "Call",
    "Clip",
    "Endpoint",
    "EventLog",
    "Lab",
    "Latency",
    "Reconnect",
    "Redaction",
    "Retention",
    "Tool",
    "Turn",
    "agree",
    "azure",
    "connect",
    "consents",
    "doctor",
    "embedded",
    "endpoint",
    "entra",
    "errors",
    "explain",
    "notice",
    "openai",
    "purge",
    "recordings",
    "revoke",
    "run",
    "text_only",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module(".errors", __name__)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home, __name__), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
