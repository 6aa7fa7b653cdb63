"""A log of a million events, made in seconds: turns such as a service sends, each with its own ids.

A few hundred turns are made event by event, with placeholders where ids belong; a database then
repeats them with random ids and jittered times.
"""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from realtime_lab.eventlog import EventLog, Redaction
from realtime_lab.eventlog.recording.journal_lines import Header, header_line
from realtime_lab.eventlog.recording.parquet import copy_events, create_events, insert
from realtime_lab.eventlog.recording.sealed_reader import METADATA, SealedHeader
from realtime_lab.eventlog.redaction.outlet import Outlet
from realtime_lab.eventlog.tables.rows import COLUMNS, RowMaker, Rows
from realtime_lab.protocol import (
    GA,
    ClientEvent,
    ContentPart,
    Conversation,
    ErrorDetails,
    ErrorEvent,
    FunctionCallOutput,
    InputAudioBufferAppend,
    InputAudioBufferCommitted,
    InputTokens,
    InputTranscriptionCompleted,
    ItemAdded,
    ItemCreate,
    ItemDone,
    Message,
    OutputTokens,
    RateLimit,
    RateLimitsUpdated,
    Response,
    ResponseCreate,
    ResponseWriter,
    ServerEvent,
    SessionConfig,
    SessionCreated,
    SpeechStarted,
    SpeechStopped,
    Usage,
)

EVENTS_A_TURN = 100
TURN_SECONDS = 6.0
TEMPLATES = 200
STARTED = datetime.fromtimestamp(1_700_000_000, UTC)
VOCABULARY = 3000
"""Words that are spoken in the log."""

_EVENT_ID, _TURN_ID = "E" * 21, "T" * 20
_MICROPHONE = bytes(960)
_SPEECH = bytes(9600)
_WITH_IDS = ("response_id", "item_id", "call_id", "event_id", "words", "event")
_RANDOM_ID = """CREATE MACRO random_id(what, length) AS
    substr(translate(to_base64(unhex(md5(what))), '+/', 'Aa'), 1, length)"""


class _Turn:
    """The events of one turn with the seconds after its start, exactly `EVENTS_A_TURN`."""

    def __init__(self, number: int, words: list[str]) -> None:
        self._random = random.Random(number)
        self._number = number
        self._words = words
        self._conversation = Conversation()
        self.events: list[tuple[float, ClientEvent | ServerEvent | str]] = []

    def made(self) -> list[tuple[float, ClientEvent | ServerEvent | str]]:
        if self._number == 0:
            session = SessionConfig(
                type="realtime", id=f"sess_S{_TURN_ID}", model="gpt-4o-realtime-preview-2024-12-17"
            )
            self._tell(0.0, [SessionCreated(session=session)])
        user = self._user_speaks()
        calls = self._number % 10 == 3
        if calls:
            self._answer("R", 2.3, "calls")
            output = FunctionCallOutput(call_id=f"call_C{_TURN_ID}", output='{"sum":42}')
            self._tell(2.8, [ItemCreate(event_id=f"event_O{_TURN_ID}", item=output)])
            self._tell(2.8, [ResponseCreate(event_id=f"event_A{_TURN_ID}")])
            self._tell(2.85, [ItemAdded(item=output), ItemDone(item=output)])
        if self._number % 50 == 7:
            told = ErrorDetails(
                message="Conversation already has an active response in progress.",
                code="conversation_already_has_active_response",
                event_id=f"event_A{_TURN_ID}",
            )
            self._tell(2.4, [ErrorEvent(error=told)])
        heard = InputTranscriptionCompleted(item_id=user, transcript=self._sentence(8))
        self._tell(2.6, [heard])
        self._answer("Q", 2.9 if calls else 2.3, "speaks")
        self._tell(5.8, [RateLimitsUpdated(rate_limits=[
            RateLimit(name="requests", limit=1000, remaining=self._random.randrange(1000)),
            RateLimit(name="tokens", limit=100_000, remaining=self._random.randrange(100_000)),
        ])])  # fmt: skip
        missing = EVENTS_A_TURN - len(self.events)
        appends = [(0.02 * n, InputAudioBufferAppend(audio=_MICROPHONE)) for n in range(missing)]
        return sorted([*self.events, *appends], key=lambda one: one[0])

    def _user_speaks(self) -> str:
        user = f"item_U{_TURN_ID}"
        item = Message(
            id=user, object="realtime.item", status="completed", role="user",
            content=[ContentPart(type="input_audio", transcript=None)],
        )  # fmt: skip
        self._tell(0.2, [SpeechStarted(item_id=user, audio_start_ms=200)])
        self.events.append((1.5, "lab.speech_end"))
        self._tell(2.0, [SpeechStopped(item_id=user, audio_end_ms=2000)])
        self._tell(2.01, [InputAudioBufferCommitted(item_id=user)])
        self._tell(2.02, [ItemAdded(item=item), ItemDone(item=item)])
        return user

    def _answer(self, letter: str, at: float, how: str) -> None:
        response = Response(
            id=f"resp_{letter}{_TURN_ID}", status="in_progress", conversation_id=f"conv_{_EVENT_ID}"
        )
        writer = ResponseWriter(
            response, self._conversation, lambda prefix: f"{prefix}_{letter}{_TURN_ID}"
        )
        self._tell(at, writer.begin())
        if how == "calls":
            arguments = f'{{"a":{self._random.randrange(99)},"b":{self._random.randrange(99)}}}'
            self._tell(at + 0.2, writer.call_function("add", arguments, f"call_C{_TURN_ID}"))
        else:
            self._tell(at + 0.2, writer.open_message("audio"))
            for step in range(14):
                if step % 2 == 0:
                    self._tell(at + 0.25 + 0.03 * step, writer.write_text(self._sentence(2) + " "))
                self._tell(at + 0.26 + 0.03 * step, writer.write_audio(_SPEECH))
            self.events.append((at + 0.4, "lab.playback_started"))
            self._tell(at + 1.1, writer.close_message())
        usage = Usage(
            total_tokens=330, input_tokens=250, output_tokens=80,
            input_token_details=InputTokens(text_tokens=150, audio_tokens=100, cached_tokens=64),
            output_token_details=OutputTokens(text_tokens=20, audio_tokens=60),
        )  # fmt: skip
        self._tell(at + 1.15, writer.finish("completed", usage=usage))

    def _tell(self, at: float, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, ServerEvent):
                event.event_id = f"event_{_EVENT_ID}"
                self._conversation.apply(event)
            self.events.append((at, event))

    def _sentence(self, count: int) -> str:
        return " ".join(self._random.choices(self._words, k=count))


def made_log(number: int, words: list[str]) -> EventLog:
    """One turn as a log, with placeholders for ids."""
    now = [0.0]
    log = EventLog(clock=lambda: now[0], wall=lambda: 1_700_000_000.0)
    for at, event in _Turn(number, words).made():
        now[0] = at
        if isinstance(event, str):
            log.mark(event, item_id=f"item_Q{_TURN_ID}", response_id=f"resp_Q{_TURN_ID}")
        elif isinstance(event, ClientEvent):
            log.record("sent", event, GA.encode_client(event))
        else:
            text = GA.encode_server(event)
            assert text is not None
            log.record("received", event, text)
    return log


def template_rows() -> Rows:
    """The rows of all templates, one after the other; ``turn`` is the number of the template."""
    chance = random.Random(1)
    words = [
        "".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 9)))
        for _ in range(VOCABULARY)
    ]
    rows = Rows()
    outlet = Outlet(Redaction.off())
    for number in range(TEMPLATES):
        log = made_log(number, words)
        assert len(log) == EVENTS_A_TURN, len(log)
        maker = RowMaker(log.start)
        for entry, text, _ in (*outlet.put(log), *outlet.finish()):
            maker.add(rows, entry, text, turn=number)
    return rows


def fill(database: duckdb.DuckDBPyConnection, turns: int) -> None:
    """Put a log of so many turns into the table ``events``."""
    database.execute(_RANDOM_ID)
    create_events(database, "template")
    create_events(database, "events")
    insert(database, template_rows(), STARTED, "template")
    values = {column.name: f'"{column.name}"' for column in COLUMNS}
    values |= {name: _with_ids(name) for name in _WITH_IDS}
    values |= {
        "seq": f"n * {EVENTS_A_TURN} + seq AS seq",
        "head": f"n * {EVENTS_A_TURN} + head",
        "turn": "n + 1",
        "session_id": f"'sess_{'s' * 21}'",
        # Up to 5 ms late, in order all the same.
        "at": f"""round(n * {TURN_SECONDS} + max("at" + hash(n, seq) % 5000 / 1e6)
            OVER (PARTITION BY n ORDER BY seq), 6) AS "at" """,
    }
    database.execute(f"""
        INSERT INTO events
        SELECT * REPLACE (
            $started + to_microseconds(CAST("at" * 1e6 AS BIGINT)) AS wall,
            CASE WHEN audio_bytes IS NOT NULL THEN sum(audio_bytes) OVER (
                PARTITION BY direction ORDER BY seq) - audio_bytes END AS audio_offset
        )
        FROM (
            SELECT {", ".join(values.values())}
            FROM (
                SELECT template.* REPLACE (seq % {EVENTS_A_TURN} AS seq), n
                FROM template JOIN (
                    SELECT range AS n, CASE range WHEN 0 THEN 0
                        ELSE 1 + hash(range) % {TEMPLATES - 1} END AS turn
                    FROM range({turns})
                ) USING (turn)
            )
        )
        ORDER BY seq
    """, {"started": STARTED})  # fmt: skip
    database.execute("DROP TABLE template")


def _with_ids(column: str) -> str:
    event_id = f"random_id(concat('event', n, '-', seq), {len(_EVENT_ID)})"
    turn_id = f"random_id(concat('turn', n), {len(_TURN_ID)})"
    return (
        f"replace(replace({column}, '{_EVENT_ID}', {event_id}), '{_TURN_ID}', {turn_id})"
        f" AS {column}"
    )


def write_journal(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The same log as a journal, without the files of its audio."""
    header = (
        header_line(Header(dialect="ga", started=STARTED, redacted=Redaction().kinds))
        .decode()
        .strip()
    )
    database.execute(f"""
        COPY (
            SELECT line FROM (
                SELECT -1 AS seq, $header AS line
                UNION ALL
                SELECT seq, concat('{{"seq":', seq, ',"at":', printf('%.6f', "at"), ',"dir":"',
                    direction, '"', ',"turn":' || turn,
                    ',"audio":[' || audio_offset || ',' || audio_bytes || ']',
                    ',"event":', event, '}}')
                FROM events
            ) ORDER BY seq
        ) TO '{path}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')
    """, {"header": header})  # fmt: skip


def write_sealed(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The same log sealed, without the files of its audio."""
    header = SealedHeader(dialect="ga", started=STARTED, redacted=Redaction().kinds)
    copy_events(database, path, {METADATA: msgspec.json.encode(header).decode()})
