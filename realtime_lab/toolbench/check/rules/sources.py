"""Where the rules have their facts from."""

from __future__ import annotations

__all__ = ["CHAT", "GUIDE", "HOUSE", "NO_STRICT", "REALTIME", "SCHEMA"]

REALTIME = "OpenAI API reference, Realtime function tools (type, name, description, parameters)"
GUIDE = "OpenAI, function calling guide"
SCHEMA = "JSON Schema 2020-12"
CHAT = (
    "an error of OpenAI's Chat Completions, as users report it; it is not documented whether a "
    "realtime service refuses it too"
)
NO_STRICT = (
    "Azure's documentation: realtime models have no structured outputs. How much of a schema the "
    "model is shown is not documented"
)
HOUSE = "a figure of this package, not of a service"
