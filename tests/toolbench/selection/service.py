"""A service whose model does what a test says for each utterance, whichever comes first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import realtime_lab as rl
from realtime_lab.engine import Prompt, ToolCall
from realtime_lab.server import Fault, Faults
from tests.scripted import ScriptedEngine
from tests.servers import RunningServer, running_server

Piece = str | ToolCall
Says = Callable[[], Sequence[Piece]] | Sequence[Piece]


def call(name: str, **arguments: Any) -> ToolCall:
    """A call of the model."""
    return ToolCall(name, json.dumps(arguments))


@dataclass
class Model:
    """Answers by the last words of the user; ``asked`` counts them.

    ``seen`` is called with the number of each prompt, from 1, before it is answered. After the
    output of a call, which goes into ``outputs``, it says ``Done.``
    """

    answers: Mapping[str, Says]
    seen: Callable[[int], Any] = lambda _: None
    asked: Counter[str] = field(default_factory=Counter)
    outputs: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    async def reply(self, prompt: Prompt) -> AsyncIterator[Piece]:
        last = prompt.messages[-1]
        if last.role != "user":
            self.outputs.append(last.text)
            yield "Done."
            return
        self.asked[last.text] += 1
        self.order.append(last.text)
        self.seen(self.asked.total())
        says = self.answers[last.text]
        for piece in says() if callable(says) else says:
            yield piece


@contextmanager
def serving(model: Model, *faults: Fault, **options: Any) -> Iterator[RunningServer]:
    """A server with that model."""
    engine = ScriptedEngine(brain=model)  # type: ignore[arg-type]
    plan = {"faults": Faults(faults, 0)} if faults else {}
    with running_server(engine, **plan, **options) as server:
        yield server


def at(server: RunningServer, dialect: str = "ga") -> rl.Endpoint:
    """Where it is."""
    paths = {
        "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
        "ga": "/v1/realtime?model=gpt-realtime",
    }
    return rl.endpoint(server.ws_url + paths[dialect], api_key=server.key)
