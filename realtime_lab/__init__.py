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
    from .lab import Lab, budget, connect, cost, tools_from_mcp
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
    from .toolbench import (
        ToolBench,
        Utterance,
        ask_first,
        automatic,
        by_hand,
        canned,
        check_tools,
        delayed,
        due,
        failing,
        measure_tools,
        project_tools,
    )
    from .tools import Tool, select_tools, tool
    from .voices import ListeningTest, VoiceRun, compare_voices
    from .widgets import ListeningView, ToolView, VoiceBooth

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
    "ListeningTest": ".voices",
    "ListeningView": ".widgets",
    "Reconnect": ".session",
    "Redaction": ".eventlog",
    "Retention": ".eventlog",
    "Tool": ".tools",
    "ToolBench": ".toolbench",
    "ToolView": ".widgets",
    "Turn": ".eventlog",
    "Utterance": ".toolbench",
    "VoiceBooth": ".widgets",
    "VoiceRun": ".voices",
    "agree": ".session",
    "ask_first": ".toolbench",
    "automatic": ".toolbench",
    "azure": ".session",
    "budget": ".lab",
    "by_hand": ".toolbench",
    "canned": ".toolbench",
    "cassette": ".saved",
    "check_tools": ".toolbench",
    "compare_voices": ".voices",
    "connect": ".lab",
    "consents": ".session",
    "cost": ".lab",
    "delayed": ".toolbench",
    "diff": ".saved",
    "doctor": ".diagnosis",
    "due": ".toolbench",
    "embedded": ".session",
    "endpoint": ".session",
    "entra": ".session",
    "explain": ".session",
    "failing": ".toolbench",
    "import_events": ".eventlog",
    "inspect": ".saved",
    "lint": ".saved",
    "load": ".saved",
    "measure_tools": ".toolbench",
    "notice": ".session",
    "openai": ".session",
    "prices": ".eventlog",
    "project": ".session",
    "project_tools": ".toolbench",
    "purge": ".eventlog",
    "recordings": ".eventlog",
    "resend": ".saved",
    "revoke": ".session",
    "run": ".session",
    "scan": ".eventlog",
    "select_tools": ".tools",
    "text_only": ".session",
    "timeline": ".eventlog",
    "tool": ".tools",
    "tools_from_mcp": ".lab",
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
    "ListeningTest",
    "ListeningView",
    "Reconnect",
    "Redaction",
    "Retention",
    "Tool",
    "ToolBench",
    "ToolView",
    "Turn",
    "Utterance",
    "VoiceBooth",
    "VoiceRun",
    "agree",
    "ask_first",
    "automatic",
    "azure",
    "budget",
    "by_hand",
    "canned",
    "cassette",
    "check_tools",
    "compare_voices",
    "connect",
    "consents",
    "cost",
    "delayed",
    "diff",
    "doctor",
    "due",
    "embedded",
    "endpoint",
    "entra",
    "errors",
    "explain",
    "failing",
    "import_events",
    "inspect",
    "lint",
    "load",
    "measure_tools",
    "notice",
    "openai",
    "prices",
    "project",
    "project_tools",
    "purge",
    "recordings",
    "resend",
    "revoke",
    "run",
    "scan",
    "select_tools",
    "text_only",
    "timeline",
    "tool",
    "tools_from_mcp",
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
