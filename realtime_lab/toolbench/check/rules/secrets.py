"""What nobody may be told, a model least of all."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ....eventlog import holds_key
from ....protocol import About
from ..definition import Definition
from ..edits import REMOVED, Edit
from ..rule import Fault, of_tool

__all__ = ["key_told"]

_SAID = ("default", "const", "enum", "examples")


@of_tool(
    About(
        id="key-told",
        severity="error",
        title="A key or a password in the definition",
        why="The model reads the whole definition, defaults included, and may be talked into "
        "saying what stands there; it is sent with every session and is in every recording.",
        instead="Let the function read it from the environment, and take no parameter for it. A "
        "key that was sent or shared should be replaced.",
        source="OWASP Top 10 for LLM applications 2025, LLM07: no credentials in what a model is "
        "told",
    )
)
def key_told(tool: Definition) -> Iterator[Fault]:
    if holds_key(tool.description):
        message = "there is a key or a password in its description."
        yield Fault(message, (), tool.description_path)
    for place in tool.places:
        if holds_key(place.text):
            message = f"{place.label}: there is a key or a password in its description."
            yield Fault(message, (), (*place.path, "description"))
        for keyword in filter(place.schema.__contains__, _SAID):
            # With the name, because that is what makes 'hunter2' a password.
            told = json.dumps(place.schema[keyword], ensure_ascii=False, default=repr)
            if holds_key(f"{place.name}={told}"):
                path = (*place.path, keyword)
                edits = (Edit(path, REMOVED),) if keyword in ("default", "examples") else ()
                message = f"{place.label}: there is a key or a password under {keyword!r}."
                yield Fault(message, edits, path)
