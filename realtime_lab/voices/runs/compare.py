"""What a user types to compare voices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import EndpointError, SessionError
from ...session import Budget, Call, EndpointSource, check_budget, embedded, session_thread
from .comparison import compared
from .design import READ_ALOUD, Design, lines_of
from .progress import Tell, quiet, teller
from .sessions import Limits
from .take_files import open_folder
from .voice_run import VoiceRun

__all__ = ["compare_voices"]


def compare_voices(
    text: str | Iterable[str],
    *,
    voices: str | Iterable[str] | None = None,
    endpoint: EndpointSource | Sequence[EndpointSource] | None = None,
    instructions: str = READ_ALOUD,
    repeats: int = 1,
    seed: int = 0,
    concurrency: int = 4,
    folder: str | Path | None = None,
    agree: bool | None = None,
    budget: Budget | None = None,
    speed: float | None = None,
    temperature: float | None = None,
    timeout: float = 120.0,
    progress: bool | Tell | None = None,
    **session: Any,
) -> Call[VoiceRun]:
    """Have a text said by all voices: ``run = await rl.compare_voices("The north wind …")``.

    Each voice says it in a fresh session of its own, several at once; the time to the first audio
    is then that of a service under this load (``concurrency=1`` for that of an idle one). The model
    is asked to say the text exactly; what it said otherwise is shown word by word. A voice that
    fails is a gap in the run (`VoiceRun.failed`) and keeps nothing else from being done.

    Args:
        text: what is said; several lines are a dialogue, said one after the other in one session,
            each a take of its own.
        voices: their names; by default every voice of the model.
        endpoint: where; by default the embedded server. A list is two or more models or services
            side by side (not a chain to fall back on, as in `connect`).
        instructions: what the model is told about its task.
        repeats: how often each voice says it, each time in a new session.
        seed: settles the order of the sessions: all voices once in each repeat, shuffled within it.
        concurrency: how many sessions are open at once at each endpoint.
        folder: where takes are kept as they come, as FLAC and JSON. What is there of the same
            content (text, instructions, settings, voice, model, dialect, endpoint, repeat) is not
            asked again, so that a run that was broken off goes on and gaps are filled; what is
            damaged is asked again and told. `VoiceRun.load` reads the last run from it.
        agree: your consent to what is sent to other machines, as in `connect`.
        budget: the most that the run may use. What it is expected to use is told before; if that
            is more, nothing is asked.
        speed: how fast the model speaks, 0.25 to 1.5.
        temperature: 0.6 to 1.2, in the preview dialect only.
        timeout: seconds that a line may take, with what the service has it wait.
        progress: one line that tells how far it is, by default where a person watches (not where a
            notebook is executed by a program); ``False`` for none, or a function that is told.
        session: further fields of the ``session`` object, as the GA dialect names them.

    Where the service has no room, the sessions wait as long as it says and try again, up to three
    times; meanwhile none begins there.

    Raises:
        EndpointError: at once, for what is no endpoint.
        SessionError: at once, for an empty text or list of voices, settings that no session has, or
            figures that make no sense.
        LogError: at once, if nothing can be kept in the folder.

    Raises (when awaited):
        ConsentMissing: if nobody agreed to one of the endpoints; nothing was sent then.
        EndpointError: if an endpoint is in the list twice.
        BudgetExceeded: if it is expected to use more than the budget; nothing was asked then.
    """
    _check_voice_is_free(session)
    given = {"speed": speed, "temperature": temperature, **session}
    settings = {name: value for name, value in given.items() if value is not None}
    design = Design(lines_of(text), instructions, settings, repeats, seed, concurrency)
    design.of_session("alloy").config([])
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0:
        raise SessionError(f"timeout is {timeout!r}; give seconds above 0")
    check_budget(budget)
    run = compared(
        _sources(endpoint),
        _names(voices),
        design,
        Limits(agree, timeout, budget),
        folder=None if folder is None else open_folder(folder),
        tell=_teller(progress),
    )
    return session_thread().call(run, "compare_voices")


def _sources(
    endpoint: EndpointSource | Sequence[EndpointSource] | None,
) -> tuple[EndpointSource, ...]:
    sources = endpoint if isinstance(endpoint, Sequence) else (endpoint or embedded(),)
    if isinstance(sources, str) or not sources:
        raise EndpointError("give an endpoint, or a list of them, such as rl.azure(…)")
    for source in sources:
        if not hasattr(source, "open"):
            raise EndpointError("an address alone has no key; give rl.endpoint(address, api_key=…)")
    return tuple(sources)


def _check_voice_is_free(session: Mapping[str, Any]) -> None:
    """Refuse a setting by which takes would be those of another voice than their name says."""
    audio = session.get("audio")
    output = audio.get("output") if isinstance(audio, Mapping) else None
    if isinstance(output, Mapping) and "voice" in output:
        raise SessionError(
            f"audio.output.voice would be that of every session; give voices={[output['voice']]!r}"
        )


def _names(voices: str | Iterable[str] | None) -> tuple[str, ...] | None:
    if voices is None:
        return None
    if not isinstance(voices, Iterable):
        raise SessionError(f"voices is {voices!r}; give a name, or a list of names")
    names = (voices,) if isinstance(voices, str) else tuple(voices)
    if not names:
        raise SessionError("voices is empty; name one at least, or leave it out for all of a model")
    for name in names:
        if not isinstance(name, str) or not name:
            raise SessionError(f"{name!r} is no name of a voice; voices have names such as 'alloy'")
    return names


def _teller(progress: bool | Tell | None) -> Tell:
    if callable(progress):
        return progress
    return quiet if progress is False else teller()
