"""Measures how a model selects among tools: ``await rl.measure_tools(tools, utterances)``."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ...errors import BudgetExceeded, EndpointError, LogError, SessionError
from ...protocol import TurnDetection
from ...session import (
    Account,
    Budget,
    Call,
    EmbeddedSource,
    Endpoint,
    EndpointSource,
    Pace,
    Settings,
    check_budget,
    embedded,
    running_loop,
    session_thread,
)
from ...tools import Tool, ToolLike
from ..values import is_number
from .answers import AnswerFile
from .asking import Asking, Question
from .comparison import SelectionComparison
from .definitions import Definitions, Outputs, definitions_of
from .judging import judge
from .projecting import SelectionProjection, projection_of
from .reading import read_utterances
from .running import Progress, Runner
from .selection import Selection, Trial
from .utterances import Utterance, checked

__all__ = ["Measuring", "measure_tools", "project_tools"]

T = TypeVar("T")
Utterances = Iterable[Utterance] | str | Path
VERSION = 1
"""Of what the key of an answer is made of."""


class Measuring(Call[T]):
    """A measurement under way: awaitable, with what it is expected to cost and how far it is."""

    def __init__(
        self,
        future: Future[T],
        projection: SelectionProjection,
        progress: Progress,
        found: Callable[[], T],
        *,
        needs_caller: bool,
    ) -> None:
        super().__init__(future, "measure_tools", needs_caller=needs_caller)
        self.projection = projection
        """What all of it is expected to use, what an earlier run did included."""
        self.progress = progress
        """How many questions are answered; it changes meanwhile."""
        self._found = found

    @property
    def so_far(self) -> T:
        """What the answers say that have come by now, those of an earlier run included."""
        return self._found()

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}; {self.progress}>"


def measure_tools(
    tools: Iterable[ToolLike] | Mapping[str, Iterable[ToolLike]],
    utterances: Utterances,
    *,
    endpoint: EndpointSource | None = None,
    repeats: int = 3,
    concurrency: int = 4,
    seed: int = 0,
    path: str | Path | None = None,
    outputs: Outputs = None,
    instructions: str | None = None,
    voice: str = "alloy",
    turn_detection: TurnDetection | None = None,
    transcription: str | None = "whisper-1",
    temperature: float | None = None,
    agree: bool | None = None,
    budget: Budget | None = None,
    timeout: float = 60.0,
    logs: str | Path | None = None,
    **session: Any,
) -> Measuring[Any]:
    """Put each utterance to a model several times and judge the calls that it makes.

    ``await rl.measure_tools([get_weather, set_light], utterances)`` gives a `Selection`. Sets by
    name, ``{"short": […], "long": […]}``, give a `SelectionComparison`, paired utterance by
    utterance. Each utterance gets a session of its own, each time. A session that fails is told as
    such and does not end the others.

    Args:
        tools: functions, `Tool` objects or tool dicts; a dict needs no function unless it is run.
        utterances: `Utterance` objects, or the path of a file of them (see `utterances`).
        endpoint: where; by default the embedded server. A chain is refused: it would mix models.
        repeats: how often each utterance is asked.
        concurrency: how many sessions at a time. All of them wait while the service tells that it
            has no room.
        seed: settles the order in which all is asked, sets mixed, so that no set comes later.
        path: a file that each answer is appended to as it comes (JSON lines; the words and
            arguments are in it as they are). Run again with it, and what it holds is not asked
            again; what differs in definitions, utterance, settings or endpoint is. What is due may
            change freely: it is judged anew each time. Answers of failed sessions are asked again.
        outputs: what a call is answered with: ``None`` (the turn ends with the call: the cheapest),
            ``"run"``, or for each tool by name a value or a function that is called in its place.
            Answered calls may be followed by more, which are judged, too.
        instructions: what the model is told about its task.
        turn_detection: by default push-to-talk, so that a clip is one utterance whatever its
            pauses.
        transcription: the model that writes down spoken utterances.
        agree: as in `connect`.
        budget: the most that this run may use; earlier runs do not count. When it is reached the
            rest is not asked, and the result says so. See `project_tools` for what to expect.
        timeout: seconds for the answer to one utterance.
        logs: a folder that the event log of each session is written to; ``answer.log`` is the name
            of its file there, to be opened with ``rl.load``. By default logs are not kept.
        voice, temperature, session: as in `connect`.

    Raises:
        ToolError: at once, for a tool that cannot be described, a bad utterance, or one that can
            never be right.
        AudioError: at once, for a clip that cannot be read.
        LogError: at once, if the file cannot be read or is something else, or the folder cannot be
            made.
        EndpointError: at once, for a chain of endpoints, or what is none.
        SessionError: at once, for figures that make no sense or settings that no session has.

    Raises (when awaited):
        ConnectError: if no session can be opened for a reason that concerns all of them.
        SessionError: for a voice that the model does not have.
        RequestRejected: if the service refuses the settings.
        BudgetExceeded: if the budget allows not one answer.
    """
    _check_count("repeats", repeats)
    _check_count("concurrency", concurrency)
    _check_limits(timeout, seed, budget)
    source = _source(endpoint)
    plan = _Plan(definitions_of(tools), _read(utterances), outputs, repeats)
    settings = Settings(
        voice=voice,
        instructions=instructions,
        turn_detection=turn_detection,
        transcription=transcription,
        temperature=temperature,
        extra=session,
    )
    asking = Asking(source, settings, agree, timeout, running_loop(), _folder(logs))
    projection = plan.projection(_model(source), settings)
    answers = AnswerFile(path)
    account = Account("this measurement", "budget=rl.Budget({what}=…)", budget)
    expected = {(p.definitions, p.utterance.content): p.of_session for p in projection.parts}
    runner = Runner(
        asking,
        answers,
        account,
        Pace(),
        lambda q: expected[q.definitions.name, q.utterance.content],
    )
    questions = plan.questions(asking)
    progress = runner.plan(questions, seed=seed)

    def found() -> Selection | SelectionComparison:
        selections = plan.selections(questions, answers, progress)
        return SelectionComparison(selections) if isinstance(tools, Mapping) else selections[0]

    async def measured() -> Selection | SelectionComparison:
        await runner.run(concurrency=concurrency)
        if progress.stopped and not any(answers.get(one.key) for one in questions):
            raise BudgetExceeded(progress.stopped)
        return found()

    future = asyncio.run_coroutine_threadsafe(measured(), session_thread().loop)
    return Measuring(future, projection, progress, found, needs_caller=plan.needs_kernel)


def project_tools(
    tools: Iterable[ToolLike] | Mapping[str, Iterable[ToolLike]],
    utterances: Utterances,
    *,
    endpoint: EndpointSource | None = None,
    repeats: int = 3,
    outputs: Outputs = None,
    instructions: str | None = None,
    transcription: str | None = "whisper-1",
    model: str = "",
) -> SelectionProjection:
    """What `measure_tools` would use and cost with the same arguments; connects to nothing.

    ``model`` names the model behind a deployment whose name does not tell.

    Raises:
        ToolError: for a tool that cannot be described, a bad utterance, or one that can never be
            right.
        AudioError: for a clip that cannot be read.
        SessionError: if ``repeats`` is no number of at least 1.
    """
    _check_count("repeats", repeats)
    plan = _Plan(definitions_of(tools), _read(utterances), outputs, repeats)
    settings = Settings(instructions=instructions, transcription=transcription)
    return plan.projection(model or _model(_source(endpoint)), settings)


@dataclass(frozen=True)
class _Plan:
    """What is asked: every utterance with every set, so many times."""

    definitions: Sequence[Definitions]
    utterances: Sequence[Utterance]
    outputs: Outputs
    repeats: int

    def __post_init__(self) -> None:
        for one in self.definitions:
            one.check(self.utterances)
            one.answering(self.outputs)

    @property
    def needs_kernel(self) -> bool:
        """Whether a call is answered on the kernel's own loop."""
        tools = (tool for one in self.definitions for tool in one.tools)
        return self.outputs == "run" and any(tool.on == "kernel" for tool in tools)

    def projection(self, model: str, settings: Settings) -> SelectionProjection:
        return projection_of(
            self.definitions,
            self.utterances,
            model=model,
            instructions=settings.instructions,
            transcription=settings.transcription,
            outputs=self.outputs,
            repeats=self.repeats,
        )

    def questions(self, asking: Asking) -> list[Question]:
        """All of them; raises what settings that no session has raise."""
        place, found, same = identity(asking.source), [], Counter[str]()
        for one in self.definitions:
            told, answering = asking.config(one), one.answering(self.outputs)
            # Sets that do not differ, to see what chance does, have answers of their own.
            copy = same[_digest(told)]
            same[_digest(told)] += 1
            for utterance in self.utterances:
                base = (VERSION, place, told, copy, _told(self.outputs), utterance.content)
                for repeat in range(self.repeats):
                    key = _digest((*base, repeat))
                    found.append(Question(key, one, answering, utterance, repeat))
        return found

    def selections(
        self, questions: Sequence[Question], answers: AnswerFile, progress: Progress
    ) -> list[Selection]:
        """What the answers so far say."""
        notes = [*answers.notes, *([progress.stopped] if progress.stopped else [])]
        return [
            _selection(one, [q for q in questions if q.definitions is one], answers, notes)
            for one in self.definitions
        ]


def _selection(
    definitions: Definitions,
    questions: Sequence[Question],
    answers: AnswerFile,
    notes: Sequence[str],
) -> Selection:
    tools: dict[str, Tool] = definitions.by_name
    trials = []
    for one in questions:
        answer = answers.get(one.key)
        verdict = (
            judge(one.utterance.due, answer.calls, tools)
            if answer is not None and not answer.failure
            else None
        )
        trials.append(Trial(one.utterance, one.repeat, answer, verdict))
    models = {one.answer.model: None for one in trials if one.answer and one.answer.model}
    return Selection(definitions.name, list(tools), trials, model=", ".join(models), notes=notes)


def identity(source: EndpointSource) -> list[Any]:
    """What names a model at a place, whatever the port; holds no key."""
    inner = getattr(source, "source", None)
    if inner is not None:
        return ["as text", *identity(inner)]
    if isinstance(source, EmbeddedSource):
        return ["embedded", source.dialect, source.model, source.options, source.seed]
    if isinstance(source, Endpoint):
        return [source.url, source.dialect, source.model, source.seed]
    return [type(source).__name__, source.dialect, source.seed]


def _told(outputs: Outputs) -> Any:
    """Outputs as far as they can be told apart: values by value, functions by name."""
    if not isinstance(outputs, Mapping):
        return outputs
    return {
        name: getattr(value, "__qualname__", repr(value)) if callable(value) else value
        for name, value in outputs.items()
    }


def _digest(value: Any) -> str:
    text = msgspec.json.encode(value, enc_hook=repr, order="sorted")
    return hashlib.sha256(text).hexdigest()[:32]


def _source(endpoint: EndpointSource | None) -> EndpointSource:
    if endpoint is None:
        return embedded()
    if isinstance(endpoint, str):
        raise EndpointError("an address alone has no key; give rl.endpoint(address, api_key=…)")
    if isinstance(endpoint, Sequence) or hasattr(endpoint, "sources"):
        raise EndpointError(
            "a chain of endpoints would mix what several models do; give one, and measure the "
            "others in runs of their own"
        )
    if not hasattr(endpoint, "dialect"):
        raise EndpointError(
            f"{endpoint!r} is no endpoint; give rl.azure(…), rl.openai(…), rl.endpoint(…) or "
            "rl.embedded(…)"
        )
    return endpoint


def _check_count(name: str, value: Any) -> None:
    if not isinstance(value, int) or value < 1:
        raise SessionError(f"{name} is {value!r}; give a whole number of at least 1")


def _check_limits(timeout: Any, seed: Any, budget: Any) -> None:
    if not is_number(timeout) or not timeout > 0:
        raise SessionError(f"timeout is {timeout!r}; give seconds above 0")
    if not isinstance(seed, int):
        raise SessionError(f"seed is {seed!r}; give a whole number")
    check_budget(budget)


def _model(source: EndpointSource) -> str:
    inner = getattr(source, "source", source)
    return str(getattr(inner, "model", "")) or "gpt-realtime"


def _read(utterances: Utterances) -> tuple[Utterance, ...]:
    if isinstance(utterances, str | Path):
        utterances = read_utterances(utterances)
    return checked(utterances)


def _folder(path: str | Path | None) -> Path | None:
    if path is None:
        return None
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LogError(f"no logs can be kept in {path}: {reason}; give another folder") from error
    return Path(path)
