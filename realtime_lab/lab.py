"""What a notebook user types: connect, say, speak, look."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .audio import Clip
from .errors import EndpointError, LogError
from .eventlog import EventLog, Redaction, Retention, Turn
from .protocol import ClientEvent, SessionConfig, TurnDetection
from .session import (
    HANDS_FREE,
    RECONNECT,
    Budget,
    Call,
    EmbeddedServer,
    EmbeddedSource,
    Endpoint,
    EndpointSource,
    FaultLike,
    LimitsLeft,
    OpenSession,
    Projection,
    RealtimeSession,
    Reconnect,
    Settings,
    SettingsReport,
    Spent,
    chained,
    check_budget,
    embedded,
    kernel_account,
    log_for,
    merged,
    open_session,
    project,
    running_loop,
    session_config,
    session_thread,
    tool_tokens,
    with_seed,
)
from .toolbench import AnyMode, LiveTools
from .tools import McpTools, ToolLike, ToolRegistry, connect_mcp

if TYPE_CHECKING:
    from .widgets import Console, ToolView

__all__ = ["Lab", "budget", "connect", "cost", "tools_from_mcp"]

T = TypeVar("T")


def connect(
    endpoint: EndpointSource | Sequence[EndpointSource] | None = None,
    *,
    voice: str = "alloy",
    instructions: str | None = None,
    tools: Iterable[ToolLike] = (),
    tool_modes: Mapping[str, AnyMode] | None = None,
    turn_detection: TurnDetection | None = HANDS_FREE,
    transcription: str | None = "whisper-1",
    speed: float | None = None,
    temperature: float | None = None,
    log: str | Path | EventLog | None = None,
    redact: bool | Redaction | None = None,
    record_audio: bool | None = None,
    retention: Retention | None = None,
    agree: bool | None = None,
    budget: Budget | None = None,
    retry_rate_limited: bool = False,
    seed: int | None = None,
    faults: Iterable[FaultLike] = (),
    reconnect: Reconnect | None = RECONNECT,
    **session: Any,
) -> Call[Lab]:
    """Open a session and put it into a `Lab`: ``lab = await rl.connect()``.

    Args:
        endpoint: where to connect; by default the embedded server, which starts by itself and
            needs neither key nor network. See `azure`, `openai`, `endpoint`, `embedded`. A list
            is a chain to fall back on, as ``[rl.azure(…), rl.text_only(rl.azure(…)),
            rl.embedded()]``: the first that gives a session is taken, and when its connection is
            lost and does not come back, the next one goes on with the conversation.
        voice: the name of the model's voice.
        instructions: what the model is told about its task; by default the service's own.
        tools: Python functions, `Tool` objects or tool dicts that the model may call.
        tool_modes: how their calls are answered, by name: ``{"weather": rl.by_hand()}``. See
            `automatic` (the default), `by_hand`, `ask_first`, `canned`, `failing`, `delayed`; they
            can be changed later: ``lab.tools["weather"].mode = rl.delayed(2.0)``.
        turn_detection: how the end of a turn is found; ``None`` for push-to-talk.
        transcription: the model that writes down your words; ``None`` for no transcript.
        speed: how fast the model speaks, 0.25 to 1.5.
        temperature: 0.6 to 1.2, in the preview dialect only.
        log: a path to write the event log to as it happens (no recording is overwritten: an
            existing file is refused), or an `EventLog` to use. ``talk.jsonl`` stays a journal;
            of ``talk.parquet`` the journal is sealed when the session is closed, which makes it
            small and quick to open. The voices are in files beside it.
        redact: what is replaced in all of the log that leaves memory (files, HTML, what a cell
            shows): e-mail addresses, telephone, card and account numbers, keys. By default all of
            it; ``False`` for nothing, or ``rl.Redaction(emails=False)``.
        record_audio: whether files hold the voices; ``False`` keeps their lengths alone.
        retention: a folder that keeps recordings, and for how long: ``rl.Retention("talks",
            days=30, megabytes=500)``. The log is written there under a name of its own. By default
            it is in memory only.
        agree: your consent to send audio to another machine, to what `notice` says about it;
            asked for when not given. See also `agree`.
        budget: the most that the session may use, as ``rl.Budget(dollars=2)``; see `budget` for
            all sessions together. What would go beyond it is not asked for: `BudgetExceeded`.
        retry_rate_limited: wait, as long as the service says, and try once more where it has no
            room for the session or for a response.
        seed: makes the session repeat, on the embedded server: with the same seed, the same calls
            one after the other give the same log, byte for byte, ids and times included. Time is
            then the session's own: it begins on 1 October 2024 and passes by what is said, and
            recordings are sent as fast as the server hears them. What a microphone picks up in the
            console is never the same twice, nor are tools that ask the world.
        faults: what shall go wrong in the embedded server, as `embedded` takes it; a server of
            its own is started then.
        reconnect: how the session comes back when its connection is lost; by default it tries
            six times at each endpoint, with waits of 0.5 to 8 s, and tells the new connection what
            was said. ``None`` lets the session end; one with a seed always does.
        session: further fields of the ``session`` object, as the GA dialect names them.

    Raises:
        EndpointError: at once, for a seed where the endpoint is not on this machine, or for faults
            where it is not the embedded server.
        LogError: at once, if the log cannot be written there.
        SessionError: at once, for what is no budget.
        ToolError: at once, if a tool cannot be described, or a mode is for none of the tools.

    Raises (when awaited):
        ConnectError: if no session could be opened; the message says what to do.
        SessionError: for a setting that no session has, or a value that it cannot have.
        RequestRejected: if the service refuses the settings.
    """
    if isinstance(endpoint, str):
        raise EndpointError("an address alone has no key; give rl.endpoint(address, api_key=…)")
    check_budget(budget)
    registry = ToolRegistry(tools)
    settings = Settings(
        voice=voice,
        instructions=instructions,
        turn_detection=turn_detection,
        transcription=transcription,
        speed=speed,
        temperature=temperature,
        extra=session,
    )
    kernel_loop = running_loop()
    chain = chained(endpoint) if isinstance(endpoint, Sequence) else endpoint
    source = _with_faults(chain or embedded(), list(faults))
    if seed is not None:
        source = with_seed(source, seed)
    record = log if isinstance(log, EventLog) else log_for(source)
    if redact is not None:
        record.redaction = redact if isinstance(redact, Redaction) else _redaction(redact)
    if record_audio is not None:
        record.record_audio = record_audio
    if isinstance(log, str | Path):
        if retention is not None:
            raise LogError("give a path as log, or a retention, which names the file itself")
        record.journal(log)
    elif retention is not None:
        record.keep(retention)

    live = LabTools(registry, tool_modes, kernel_loop=kernel_loop, clock=record.clock)

    async def opened() -> Lab:
        try:
            session = await open_session(
                source,
                settings,
                log=record,
                tools=registry if len(registry) else None,
                runner=live,
                agree=agree,
                budget=budget,
                retry_rate_limited=retry_rate_limited,
                reconnect=reconnect,
            )
        except BaseException:
            if isinstance(log, str | Path) or retention is not None:
                # Nothing was recorded, and the next try may want the name.
                record.discard_journal()
            raise
        live.attach(session.session)
        return Lab(session, live)

    return session_thread().call(opened(), "connect")


def tools_from_mcp(
    source: str | Sequence[str] | Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    timeout: float = 30.0,
    only: Iterable[str] | None = None,
    without: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Call[McpTools]:
    """The tools of an MCP server, for ``connect(tools=…)``: they are called from this process.

    ::

        desk = await rl.tools_from_mcp(["python", "desk_server.py"], prefix="desk_")
        lab = await rl.connect(tools=[*desk, my_function])
        …
        await desk.aclose()  # or: async with desk: …

    Args:
        source: the address of a server that runs (streamable HTTP), as
            ``"http://127.0.0.1:8000/mcp"``; a command that starts one (stdio), as text or in parts;
            or an entry of an ``mcpServers`` file, as ``{"command": …, "args": […]}``.
        headers: sent with every request to an address, and told to nobody.
        env: more environment variables for a command, which gets few otherwise.
        cwd: the folder that a command is started in.
        timeout: in how many seconds the server must answer when it is connected to. How long a call
            may take is for the session to say.
        only: the names of the tools to take; by default all.
        without: the names of those to leave out.
        rename: new names by old ones.
        prefix: what every name shall begin with.

    Raises (when awaited):
        ToolError: if the server cannot be reached or does not answer in time, a tool of it cannot
            be described, or the ``mcp`` package is missing.
    """
    connecting = connect_mcp(
        source,
        headers=headers,
        env=env,
        cwd=cwd,
        timeout=timeout,
        only=only,
        without=without,
        rename=rename,
        prefix=prefix,
    )
    return session_thread().call(connecting, "tools_from_mcp")


def cost() -> Spent:
    """What all sessions of this process have used, those that are closed included."""
    return kernel_account().spent()


def budget(
    *,
    minutes: float | None = None,
    tokens: int | None = None,
    dollars: float | None = None,
    warn_at: float = 0.8,
    reset: bool = False,
) -> Budget | None:
    """Set the most that all sessions of this process may use together; returns it.

    Counted is what was used since the process began. A cap that is not given stays as it is;
    without any the budget is only told. ``reset`` takes all caps away first.

    Raises:
        SessionError: for figures that make no sense.
    """
    account = kernel_account()
    before = None if reset else account.budget
    caps = {"minutes": minutes, "tokens": tokens, "dollars": dollars}
    given = {name: cap for name, cap in caps.items() if cap is not None}
    if given:
        kept = {name: getattr(before, name) for name in caps} if before else {}
        before = Budget(**{**kept, **given}, warn_at=warn_at)
    account.budget = before
    return before


class LabTools(LiveTools):
    """The tools of a session, shown in a notebook by a `ToolView`."""

    @cached_property
    def view(self) -> ToolView:
        """The widget that shows them."""
        from .widgets import ToolView

        return ToolView(self)

    def _ipython_display_(self) -> None:
        self.view._ipython_display_()


class Lab:
    """An open session in a notebook.

    As the last expression of a cell it shows the console: microphone, playback, transcript and
    status. Its calls (`say`, `speak`, `update`, `close`) start at once and are awaited, or handed
    to `run`.
    """

    def __init__(self, opened: OpenSession, tools: LabTools) -> None:
        self._opened = opened
        self._tools = tools
        self._console: Console | None = None
        self._projection: Projection | None = None

    @property
    def session(self) -> RealtimeSession:
        """The session itself; it lives on another thread (see `RealtimeSession`)."""
        return self._opened.session

    @property
    def server(self) -> EmbeddedServer:
        """The embedded server of this session, to see and set its ``faults``.

        Raises:
            EndpointError: if the session is with another service, or the server has ended.
        """
        source = self._opened.source
        server = source.server if isinstance(source, EmbeddedSource) else None
        if server is None:
            raise EndpointError(f"{self.session.endpoint.host} is no embedded server that runs")
        return server

    @property
    def endpoint(self) -> Endpoint:
        """Where the session is connected now; of a chain that may change."""
        return self.session.endpoint

    @property
    def tools(self) -> LabTools:
        """The tools and their modes, and the calls that wait for you.

        As the last expression of a cell it shows each call as it happens.
        """
        return self._tools

    @property
    def log(self) -> EventLog:
        """Every event in either direction."""
        return self.session.log

    @property
    def turns(self) -> list[Turn]:
        """All turns so far, spoken ones from the console included."""
        return list(self.session.turns)

    @property
    def model(self) -> str:
        """The model as the service names it."""
        return self.session.model

    @property
    def voice(self) -> str:
        """The voice in force."""
        return self.session.voice

    @property
    def settings(self) -> SettingsReport:
        """What was asked for beside what is in force; differences stand out.

        ``lab.settings.effective`` are the settings in force, as the service told them.
        """
        return self.session.limits.settings.report()

    @property
    def cost(self) -> Spent:
        """What this session has used, by modality and cache: tokens, dollars, minutes."""
        return self.session.limits.spending.spent

    @property
    def minutes(self) -> float:
        """How long the session has been open."""
        return self.cost.minutes

    @property
    def budget(self) -> Budget | None:
        """The most that this session may use; set it to go on after a cap was reached."""
        return self.session.limits.spending.budget

    @budget.setter
    def budget(self, budget: Budget | None) -> None:
        check_budget(budget)

        async def changed() -> None:
            self.session.limits.spending.budget = budget

        session_thread().call(changed(), "budget").result()

    @property
    def rate_limits(self) -> LimitsLeft:
        """What is left of the service's rate limits, predicted from what it told last."""
        return self.session.limits.rates.left()

    @property
    def projection(self) -> Projection | None:
        """What `project` last expected of this session: ``lab.projection.against(lab)``."""
        return self._projection

    def project(
        self, *, turns: int, seconds_in: float = 5.0, seconds_out: float = 8.0, **more: Any
    ) -> Projection:
        """What so many turns of this session will use, with its model, instructions and tools.

        ``more`` is as in `rl.project`.
        """
        config = self.session.config
        heard = config.audio.input if config.audio else None
        transcription = heard.transcription if heard else None
        known = {
            "model": self.model,
            "instructions": config.instructions or "",
            "tools": tool_tokens(config.tools or ()),
            "transcription": (transcription.model or None) if transcription else None,
        }
        self._projection = project(
            turns=turns, seconds_in=seconds_in, seconds_out=seconds_out, **{**known, **more}
        )
        return self._projection

    @property
    def console(self) -> Console:
        """The console widget of this session.

        What a microphone picks up is never the same twice: a seed does not make that repeat.
        """
        if self._console is None:
            from .widgets import Console

            self._console = Console(self.session)
        return self._console

    def say(self, text: str, *, timeout: float = 60.0) -> Call[Turn]:
        """Type something to the model: ``turn = await lab.say("Hello there")``."""
        return self._call(self.session.say(text, timeout=timeout), "say")

    def speak(self, speech: str | Path | Clip, *, timeout: float = 60.0) -> Call[Turn]:
        """Say a recording (a sound file or a `Clip`) to the model, at its true speed.

        Raises:
            AudioError: at once if the file cannot be read; when awaited if nobody speaks in it.
        """
        clip = speech if isinstance(speech, Clip) else Clip.read(speech)
        return self._call(self.session.speak(clip, timeout=timeout), "speak")

    def update(
        self,
        *,
        voice: str | None = None,
        instructions: str | None = None,
        **session: Any,
    ) -> Call[SessionConfig]:
        """Change settings of the running session; gives those then in force.

        ``session`` are fields of the ``session`` object, as the GA dialect names them.

        Raises:
            SessionError: at once, for a setting that no session has.
        """
        fields = {"type": "realtime", **session}
        if instructions is not None:
            fields["instructions"] = instructions
        if voice is not None:
            fields = merged(fields, {"audio": {"output": {"voice": voice}}})
        return self._call(self.session.update(session_config(fields)), "update")

    def send(self, event: ClientEvent) -> Call[None]:
        """Send any client event of `realtime_lab.protocol` as it is."""

        async def sent() -> None:
            self.session.send(event)

        return self._call(sent(), "send")

    def interrupt(self) -> Call[None]:
        """Stop the model, as speaking over it does."""

        async def interrupted() -> None:
            self.session.interrupt()

        return self._call(interrupted(), "interrupt")

    def close(self) -> Call[None]:
        """End the session. The log stays."""
        return self._call(self._close(), "close")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _close(self) -> None:
        await self._opened.close()

    def _call(self, coroutine: Coroutine[Any, Any, T], what: str) -> Call[T]:
        stepwise = self.session.in_step(coroutine)
        return session_thread().call(stepwise, what, needs_caller=self._tools.need_kernel)

    def _ipython_display_(self) -> None:
        self.console._ipython_display_()

    def __repr__(self) -> str:
        session = self.session
        return (
            f"Lab({session.model}, voice {session.voice}, {session.dialect} dialect, "
            f"{session.state}, {len(session.turns)} turns, {len(self.log)} events)"
        )


def _with_faults(source: EndpointSource, faults: Sequence[FaultLike]) -> EndpointSource:
    if not faults:
        return source
    if not isinstance(source, EmbeddedSource):
        raise EndpointError("faults are for the embedded server: leave the endpoint out")
    return source.with_faults(faults)


def _redaction(on: bool) -> Redaction:
    return Redaction() if on else Redaction.off()
