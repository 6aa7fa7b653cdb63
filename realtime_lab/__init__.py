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
    from .eventlog import (
        EventLog,
        Latency,
        Redaction,
        Retention,
        Turn,
        import_events,
        prices,
        purge,
        recordings,
        scan,
        timeline,
    )
    from .lab import Lab, budget, connect, cost
    from .saved import cassette, diff, inspect, lint, load, resend, what_if
    from .session import (
        Budget,
        Call,
        Endpoint,
        Reconnect,
        agree,
        azure,
        consents,
        embedded,
        endpoint,
        entra,
        explain,
        notice,
        openai,
        project,
        revoke,
        run,
        text_only,
    )
    from .tools import Tool, tool
    from .voices import VoiceRun, compare_voices
    from .widgets import VoiceBooth

__version__ = "0.1.0"

# Imported when first used: `import realtime_lab` stays quick and pulls in no engine, no Jupyter.
_HOMES = {
    "Budget": ".session",
    "Call": ".session",
    "Clip": ".audio",
    "Endpoint": ".session",
    "EventLog": ".eventlog",
    "Lab": ".lab",
    "Latency": ".eventlog",
    "Reconnect": ".session",
    "Redaction": ".eventlog",
    "Retention": ".eventlog",
    "Tool": ".tools",
    "Turn": ".eventlog",
    "VoiceBooth": ".widgets",
    "VoiceRun": ".voices",
    "agree": ".session",
    "azure": ".session",
    "budget": ".lab",
    "cassette": ".saved",
    "compare_voices": ".voices",
    "connect": ".lab",
    "consents": ".session",
    "cost": ".lab",
    "diff": ".saved",
    "doctor": ".diagnosis",
    "embedded": ".session",
    "endpoint": ".session",
    "entra": ".session",
    "explain": ".session",
    "import_events": ".eventlog",
    "inspect": ".saved",
    "lint": ".saved",
    "load": ".saved",
    "notice": ".session",
    "openai": ".session",
    "prices": ".eventlog",
    "project": ".session",
    "purge": ".eventlog",
    "recordings": ".eventlog",
    "resend": ".saved",
    "revoke": ".session",
    "run": ".session",
    "scan": ".eventlog",
    "text_only": ".session",
    "timeline": ".eventlog",
    "tool": ".tools",
    "what_if": ".saved",
}

__all__ = [
    "Budget",
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
    "VoiceBooth",
    "VoiceRun",
    "agree",
    "azure",
    "budget",
    "cassette",
    "compare_voices",
    "connect",
    "consents",
    "cost",
    "diff",
    "doctor",
    "embedded",
    "endpoint",
    "entra",
    "errors",
    "explain",
    "import_events",
    "inspect",
    "lint",
    "load",
    "notice",
    "openai",
    "prices",
    "project",
    "purge",
    "recordings",
    "resend",
    "revoke",
    "run",
    "scan",
    "text_only",
    "timeline",
    "tool",
    "what_if",
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
