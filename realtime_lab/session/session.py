"""A session with a realtime model: a pump, and collaborators that each own one piece of state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from copy import copy
from typing import Any, Literal, TypeVar

from ..audio import Clip
from ..errors import (
    SessionClosed,
    SessionError,
)
from ..eventlog import (
    CutOff,
    EventLog,
    LogEntry,
    Spoken,
    Turn,
    TurnFollower,
)
from ..protocol import (
    UNSET,
    Announcements,
    AudioConfig,
    AudioInput,
    ClientEvent,
    Conversation,
    ErrorEvent,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    ItemAdded,
    Matching,
    ResponseCreate,
    ResponseTracker,
    ServerEvent,
    SessionConfig,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    TurnDetection,
    UnknownEvent,
    dialect_named,
    is_beside,
)
from ..tools import CallRunner
from .barge_in import BargeIn
from .continuity import Continuity
from .cut_off import was_heard
from .dispatcher import Dispatcher, by_type
from .endings import Endings
from .endpoints import Endpoint
from .failures import explained
from .gate import ResponseGate
from .greeting import Greeting
from .limits import Limits
from .listeners import Listener, Listeners
from .lockstep import LockStep
from .meanwhile import Meanwhile
from .overdue import Overdue
from .playback import Playback, Player
from .pump import Pump
from .push_to_talk import PushToTalk
from .settings import HANDS_FREE
from .timers import Timers
from .tool_calls import ToolCalls
from .transport import Transport
from .turn_taking import TurnTaking
from .waiters import Waiters
from .wire import Wire

__all__ = ["RealtimeSession"]

T = TypeVar("T")


class RealtimeSession:
    """One open session. Lives on one event loop; every method must be called there.

    `run` is the pump: it must be running for anything to happen.
    """

    def __init__(
        self,
        transport: Transport,
        endpoint: Endpoint,
        log: EventLog,
        runner: CallRunner | None,
        lockstep: LockStep | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.log = log
        self.conversation = Conversation()
        self.config = SessionConfig()
        self._continuity: Continuity | None = None
        self.in_lockstep = lockstep is not None
        """Whether the session repeats: see `in_step`."""
        self._responses = ResponseTracker()
        self._matching = Matching()
        self.announcements = Announcements(self.conversation, self._matching)
        self._gate = ResponseGate(self._responses, self._matching)
        self._follower = TurnFollower(
            self._matching, answers_calls=runner is not None, assign=log.assign
        )
        self._follower.redaction = log.redaction
        self._waiters = Waiters()
        self._timers = Timers()
        self.endings = Endings(
            self._follower,
            self._gate,
            self._waiters,
            mark=self.mark,
            later=self._timers.later,
            tell_completed=self.tell_completed,
        )
        self._overdue = Overdue(
            self._gate,
            self._follower,
            self._responses,
            send=self._send_requests,
            mark=self.mark,
            later=self._timers.later,
            tell_completed=self.tell_completed,
        )
        self._tools = self._tool_calls(runner) if runner else None
        self._barge_in = BargeIn(
            self._responses,
            self._matching,
            send=self._send_while_open,
            mark=self.mark,
            later=self._later,
            lost=self._overdue.lost,
            interrupted=self._tell_tools,
        )
        self.playback = self._barge_in.playback
        self._turn_taking = TurnTaking(
            self, self._follower, self._waiters, self.endings, self._barge_in
        )
        self.limits = Limits(
            self,
            self._responses,
            self._gate,
            self._matching,
            self._follower,
            self._send_while_open,
            self._timers.later,
        )
        self._push_to_talk = PushToTalk(
            send=self._send_while_open,
            ask=self.ask,
            mark=self.mark,
            may_answer=lambda: not self.limits.spending.is_reached(),
        )
        self._notes_of_sent = by_type(
            ((SessionUpdate.type,), self._note_update),
            (Limits.SENT, self.limits.sent),
            (Meanwhile.SENT, self._note_sent),
        )
        received = by_type(
            (Continuity.CONCERNS, self._note_for_later),
            (Conversation.CONCERNS, self.conversation.apply),
            (ResponseTracker.CONCERNS, self._responses.apply),
            (BargeIn.CONCERNS, self._barge_in.apply),
            (Playback.CONCERNS, self.playback.apply),
            ((SessionCreated.type, SessionUpdated.type), self._take_settings),
            (Limits.CONCERNS, self.limits.apply),
            (ResponseGate.CONCERNS, self._pass_gate),
            (ToolCalls.CONCERNS if self._tools else (), self._tools and self._tools.apply),
            (Overdue.CONCERNS, self._overdue.apply),
            ((ErrorEvent.type,), self._take_error),
            ((InputAudioBufferCommitted.type,), self._push_to_talk.committed),
        )
        self._listeners = Listeners(log)
        self._dispatcher = Dispatcher(
            self._matching,
            self.announcements,
            self._follower,
            self._listeners,
            received=received,
            sent=by_type(((ResponseCreate.type,), self._overdue.sent)),
            mark=self.mark,
            tell_completed=self.tell_completed,
        )
        wire = Wire(transport, dialect_named(endpoint.dialect), log, lockstep)
        self._pump = Pump(wire, self._dispatcher.received)
        self._last_words = ""
        self.is_closing = False
        """Whether it was closed on this side."""
        self._closed: SessionClosed | None = None

    # -- what it is -----------------------------------------------------------------------------

    @property
    def state(self) -> Literal["open", "reconnecting", "closed"]:
        """``open``, ``reconnecting`` or ``closed``."""
        if self._closed:
            return "closed"
        lost = self._continuity is not None and not self._continuity.is_open.is_set()
        return "reconnecting" if lost else "open"

    @property
    def wire(self) -> Wire:
        """The connection in use."""
        return self._pump.wire

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way: no turn, no response, no speech, no tool."""
        working = self._tools is not None and self._tools.are_running
        speaking = not self.hands_free and self._push_to_talk.has_audio
        if self._continuity is not None:
            speaking = speaking or self._continuity.meanwhile.microphone.hears_speech
        waits = self._responses.active is not None or not self._gate.is_idle
        return self._follower.is_idle and not (waits or working or speaking)

    @property
    def model(self) -> str:
        """The model as the service names it."""
        return self.config.model or self.endpoint.model

    @property
    def voice(self) -> str:
        """The voice in force."""
        output = self.config.audio.output if self.config.audio else None
        return output.voice if output and isinstance(output.voice, str) else ""

    @property
    def dialect(self) -> str:
        """``ga`` or ``preview``."""
        return self.endpoint.dialect

    @property
    def connect_seconds(self) -> float | None:
        """From the wish to connect to ``session.created``; ``None`` before that."""
        begun = next(iter(self.log.events("lab.connecting")), None)
        created = next(iter(self.log.events("session.created")), None)
        return created.at - begun.at if begun and created else None

    @property
    def turns(self) -> list[Turn]:
        """All turns so far, the one under way included."""
        return self._follower.turns

    @property
    def hands_free(self) -> bool:
        """Whether the service decides when the user has finished."""
        return self.turn_detection is not None

    @property
    def turn_detection(self) -> TurnDetection | None:
        """How the service finds the end of a turn; ``None`` for push-to-talk."""
        heard = self.config.audio.input if self.config.audio else None
        return (heard.turn_detection or None) if heard else None

    # -- what it is told -------------------------------------------------------------------------

    def send(self, event: ClientEvent) -> LogEntry:
        """Send any event; returns its log entry, whose event carries the ``event_id``.

        While the session changes connections the event is kept, and the entry is a mark
        ``lab.kept``; it is sent afterwards if it then still means something.
        """
        self._require_open()
        if isinstance(event, ResponseCreate):
            self._admit(event)
        continuity = self._continuity
        if continuity is None:
            return self.send_now(event)
        if event.event_id is UNSET:
            event.event_id = self.wire.new_event_id()
        if continuity.meanwhile.keeps(event):
            return self.mark("lab.kept", kind=event.type, event_id=event.event_id)
        others = continuity.instead(event)
        if others is None:
            return self.send_now(continuity.names.outgoing(event))
        for other in others:
            self.announcements.apply(self.wire.send(continuity.names.outgoing(other)).event)
        return self.log[-1]

    def send_now(self, event: ClientEvent) -> LogEntry:
        """Send an event over the connection there is."""
        entry = self._pump.wire.send(event)
        for note in self._notes_of_sent.get(event.type, ()):
            note(event)
        self._dispatcher.tell(entry)
        return entry

    def mark(self, name: str, /, **data: object) -> LogEntry:
        """Write a mark (something that is not on the wire) into the log."""
        entry = self.log.mark(name, **data)
        self._dispatcher.tell(entry)
        return entry

    def ask(self, request: ResponseCreate, *, answering: str = "") -> None:
        """Ask for a response as soon as none is active.

        ``answering`` is the id of a tool call that the response follows on.
        """
        if request.event_id is UNSET:
            request.event_id = self.wire.new_event_id()
        if not is_beside(request):
            self._follower.requested(str(request.event_id), answering=answering)
        self._send_requests(self._gate.ask(request))

    async def update(self, config: SessionConfig) -> SessionConfig:
        """Change settings; returns those now in force.

        Raises:
            RequestRejected: if the service refuses them; then none of them changed.
            SessionError: if it says neither that it took them nor that it refuses them.
        """
        await self.open_again()
        event = SessionUpdate(session=config)
        self.send(event)
        await self._waiters.update(str(event.event_id))
        return self.config

    def set_hands_free(self, on: bool) -> None:
        """Switch between hands-free and push-to-talk, without waiting for the answer."""
        heard = AudioConfig(input=AudioInput(turn_detection=HANDS_FREE if on else None))
        self.send(SessionUpdate(session=SessionConfig(type="realtime", audio=heard)))

    def feed_microphone(self, pcm: bytes) -> None:
        """More of the user's audio; never blocks. Ignored once the session is closed."""
        self._push_to_talk.add(pcm)
        if self._closed:
            return
        event = InputAudioBufferAppend(audio=pcm)
        if self._continuity is None or not self._continuity.meanwhile.keeps(event):
            self.send_now(event)

    def commit_turn(self) -> bool:
        """End a push-to-talk turn: the audio so far is the user's, now answer.

        Returns whether there was a turn: less than 100 ms of audio is none, and is marked
        ``lab.nothing_said`` instead of being answered.
        """
        return self._push_to_talk.commit()

    def discard_audio(self) -> None:
        """Forget the audio that is in no turn yet."""
        self._push_to_talk.discard()

    def interrupt(self) -> None:
        """Stop the model: no more is generated, the player falls silent, the rest is forgotten.

        What was asked for and has not begun is not asked for any more.
        """
        for request in (*self._gate.drop(), *self.limits.requests.drop()):
            self.mark("lab.withdrawn", event_id=request.event_id)
            self._follower.withdrawn(str(request.event_id))
        if self._tools:
            self._tools.stop()
        self._barge_in.interrupt("stop")
        self.tell_completed()

    async def say(self, text: str, *, timeout: float = 60.0) -> Turn:
        """Type something; returns the turn when the model has answered.

        Typing interrupts the model as speaking does. While the session is ``reconnecting``, the
        text waits, and the time counts.

        Raises:
            RequestRejected: if the service refuses it.
            BudgetExceeded: if the answer would not fit into the budget.
            TurnTimeout: if there is no whole answer within ``timeout`` seconds.
        """
        if not text.strip():
            raise SessionError("there is nothing to say: the text is empty")
        if self._continuity is not None:
            timeout = await self._continuity.time_left(timeout)
        self._require_open()
        return await self._turn_taking.say(text, timeout)

    async def speak(self, clip: Clip, *, timeout: float = 60.0) -> Turn:
        """Say a recording at its true speed; returns the turn when the model has answered.

        ``timeout`` counts from the end of the recording. Pauses in the recording do not end the
        turn: it is answered as a whole. A service that was told not to answer by itself
        (``create_response=False``) is asked to.

        Raises:
            AudioError: if nobody speaks in it.
            TurnTimeout: if there is no whole answer in time.
        """
        await self.open_again()
        return await self._turn_taking.speak(clip, timeout)

    async def open_again(self) -> None:
        """Wait while the session is ``reconnecting``; at once otherwise.

        Raises:
            SessionClosed: if it is closed, or could not be brought back.
        """
        if self._continuity is not None:
            await self._continuity.is_open.wait()
        self._require_open()

    async def in_step(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something between two moments of rest, where the session repeats; else just do it.

        At rest, all has come that was set off before, so that what is done next always has the
        same place in the log.
        """
        try:
            await self.wire.settled(run_on=True)
        except BaseException:
            doing.close()
            raise
        try:
            return await doing
        finally:
            await self.wire.settled(run_on=True)

    async def keep_step(self) -> None:
        """Where the session repeats: wait for what the audio so far set off, tools included."""
        await self.wire.settled()
        while self._tools is not None and self.in_lockstep and self._tools.are_running:
            await self._tools.idle()
            await self.wire.settled()

    # -- who listens -----------------------------------------------------------------------------

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call back for every event, mark and direction, in order; returns how to end that.

        An event that comes twice is told once; then its mark ``lab.duplicate`` is.
        A callback that raises is noted in the log as ``lab.subscriber_failed``.
        """
        return self._listeners.add(callback)

    def attach_player(self, player: Player) -> None:
        """Play the model's speech through this player."""
        self.playback.attach(player)

    def detach_player(self, player: Player) -> None:
        """Stop playing through this player."""
        self.playback.detach(player)

    # -- the pump --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Receive until the session ends, then tell everybody who waits."""
        try:
            closed: SessionClosed | None = None
            while closed is None:
                closed = await self._pump.run()
                if self._continuity is not None and not self.is_closing:
                    closed = await self._continuity.regain(closed)
            self._end(closed)
        except Exception as error:
            # Whoever waits must learn of it, even of a mistake in this package.
            self._end(SessionClosed(f"the session broke off: {error!r}; please report this"))
            raise
        finally:
            self.wire.end()
            if self._tools:
                await self._tools.close()

    async def close(self) -> None:
        """End the session. What the service still had to say is not waited for."""
        self.is_closing = True
        no_connection = self._continuity is not None and self._continuity.stop()
        if not self._closed and not no_connection:
            await self._pump.close()

    async def started(self) -> None:
        """Wait for ``session.created``."""
        await self._waiters.started.wait()
        self._require_open()

    # -- another connection ----------------------------------------------------------------------

    def go_on_with(self, continuity: Continuity) -> None:
        """From now on the session outlives its connection."""
        self._continuity = continuity

    def connection_lost(self) -> list[CutOff]:
        """Nothing that is under way will come; tells what was cut off, and holds everything."""
        self.wire.end()
        self._dispatcher.connection_lost()
        self._responses.forget()
        self.limits.connection_lost()
        self._gate.hold()
        found = self._follower.connection_lost(self._was_heard, self.wire.new_event_id)
        self._gate.connection_lost(request for one in found for request in one.again)
        self.endings.connection_lost()
        return found

    def hold(self) -> None:
        """Take in nothing, and ask for no response, until `release`."""
        self._gate.hold()
        self._pump.pause()

    def take_over(self, wire: Wire, endpoint: Endpoint, greeting: Greeting) -> None:
        """Go on over this connection, of which ``greeting`` is the beginning."""
        self.endpoint = endpoint
        self._dispatcher.taken_over()
        self._pump.resume(wire)
        self.announcements.told_again(greeting.names.values())
        for item in greeting.items:
            self.conversation.apply(ItemAdded(item=item))
        for event in (greeting.created, greeting.updated):
            if event is not None:
                self._set_config(event.session)
        for entry in greeting.entries:
            self._listeners.tell(entry)

    def release(self) -> None:
        """Go on after `hold` or `connection_lost`."""
        self._pump.resume(self.wire)
        self._send_requests(self._gate.release())
        self.endings.reconnected()

    def spoken(self, item_id: str) -> Spoken | None:
        """What the model said in an item of the conversation, and what of it was heard."""
        return self._follower.spoken(item_id)

    def tell_completed(self) -> None:
        """Tell those who wait for turns that are complete by now."""
        self.endings.tell()
        if self._continuity is not None:
            self._continuity.check()

    def _was_heard(self, turn: Turn, response_id: str) -> bool:
        return was_heard(turn.entries, response_id, self.playback.heard_ms)

    def _note_update(self, update: SessionUpdate) -> None:
        self._waiters.update_sent(str(update.event_id))

    def _note_sent(self, event: ClientEvent) -> None:
        if self._continuity is not None:
            self._continuity.meanwhile.sent(event)

    def _note_for_later(self, event: ServerEvent | UnknownEvent) -> None:
        if self._continuity is not None:
            self._continuity.apply(event)

    async def _at_rest(self) -> None:
        await self.open_again()
        await self.wire.settled()

    def _admit(self, request: ResponseCreate) -> None:
        if request.event_id is UNSET:
            request.event_id = self.wire.new_event_id()
        self.limits.spending.admit(request)

    def _require_open(self) -> None:
        if self._closed:
            # A copy: an exception that is raised twice gathers the tracebacks of both.
            raise copy(self._closed)

    def _send_while_open(self, event: ClientEvent) -> None:
        if not self._closed:
            self.send(event)

    def _pass_gate(self, event: ServerEvent | UnknownEvent) -> None:
        self._send_requests(self._gate.apply(event))

    def _send_requests(self, ready: Iterable[ResponseCreate]) -> None:
        self.limits.requests.send(ready)

    def _take_settings(self, event: SessionCreated | SessionUpdated) -> None:
        self._set_config(event.session)
        if isinstance(event, SessionCreated):
            self._waiters.started.set()
        else:
            self._waiters.updated()

    def _set_config(self, config: SessionConfig) -> None:
        self.config = config
        self._follower.configure(config, model=self.model, voice=self.voice)
        self._barge_in.configure(config)

    def _take_error(self, event: ErrorEvent) -> None:
        self._waiters.refused(event)
        self._last_words = "" if event.error.event_id else event.error.message

    def _end(self, closed: SessionClosed) -> None:
        if self._last_words and not self.is_closing:
            # A service tells in an error of its own why it is about to close.
            closed = explained(closed, self._last_words)
        self.wire.end()
        self.limits.end()
        self.endings.session_over(closed, on_purpose=self.is_closing)
        self._timers.end()
        self.mark("lab.closed", code=closed.code, reason=str(closed))
        self.log.flush()
        self._closed = closed
        self._waiters.fail(closed)

    def _tool_calls(self, runner: CallRunner) -> ToolCalls:
        return ToolCalls(
            runner,
            self._matching,
            send=self.send,
            ask=self.ask,
            withdraw=self._forgo_response,
            settled=self._at_rest,
        )

    def _tell_tools(self, by: str) -> None:
        if self._tools:
            self._tools.interrupted(by)

    def _forgo_response(self, call_id: str, request: ResponseCreate | None) -> bool:
        """No response follows on a call; false where it was asked for already."""
        if request is not None:
            if not self._gate.is_waiting(request):
                return False
            self.mark("lab.withdrawn", event_id=request.event_id, call_id=call_id)
            self._send_requests(self._gate.withdraw(request))
        self._follower.not_answered(call_id, str(request.event_id) if request else "")
        self.tell_completed()
        return True

    @staticmethod
    def _later(seconds: float, function: Callable[[], None]) -> None:
        # Past the end, too: what was heard of the last words settles then.
        asyncio.get_running_loop().call_later(seconds, function)
