"""The turns of a log as a table: what `Turn` tells of each, by one query over all."""

from __future__ import annotations

import duckdb
import msgspec

from ...protocol import (
    FunctionCallArgumentsDone,
    InputAudioBufferAppend,
    InputAudioBufferCleared,
    InputAudioBufferCommitted,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    ItemCreate,
    OutputAudioDelta,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Response,
    ResponseCreated,
    ResponseDone,
    shortfall,
)
from ..turns.turn import ENDINGS, NO_TRANSCRIPT, TURN_FAILED, UNANNOUNCED
from .rows import Column
from .sql import literal, literals
from .views import View

__all__ = ["TURNS", "define_shortfall"]

_BYTES_A_MS = 48
_PIECES = (OutputTranscriptDelta.type, OutputTextDelta.type)
_WHOLE = (OutputTranscriptDone.type, OutputTextDone.type)
_WRITTEN = (InputTranscriptionCompleted.type, InputTranscriptionFailed.type)
_SPOKEN = (*_PIECES, *_WHOLE, OutputAudioDelta.type)
_TOLD = (
    *_WHOLE,
    *("lab.interrupted", "lab.withdrawn", *ENDINGS),
    *(NO_TRANSCRIPT, TURN_FAILED, UNANNOUNCED),
    FunctionCallArgumentsDone.type,
    InputAudioBufferCleared.type,
    InputAudioBufferCommitted.type,
    InputTranscriptionCompleted.type,
    InputTranscriptionFailed.type,
    ItemCreate.type,
    ResponseCreated.type,
    ResponseDone.type,
)
"""The events that are read in full: of pieces there are too many."""


def _case(of: str, texts: dict[str, str], otherwise: str) -> str:
    whens = " ".join(f"WHEN {literal(name)} THEN {literal(told)}" for name, told in texts.items())
    return f"CASE {of} {whens} ELSE {otherwise} END"


def _joined(words: str, order: str) -> str:
    trimmed = f"trim({words}, E' \\t\\n\\r')"
    return f"string_agg({trimmed}, ' ' ORDER BY {order}) FILTER ({trimmed} <> '')"


_ITEM_TEXT = """list_aggregate(list_filter(list_transform(
  CAST(event->'$.item.content' AS JSON[]),
  lambda part: coalesce(nullif(part->>'$.text', ''), part->>'$.transcript')
), lambda words: words <> ''), 'string_agg', ' ')"""
"""The words of a message, as `item_text`."""

_SQL = f"""
WITH told AS (
  SELECT seq, "at", type, turn, response_id, item_id, event FROM events
  WHERE turn IS NOT NULL AND type IN ({literals(_TOLD)})
), turns AS (
  SELECT turn, min("at") AS began, max("at") AS ended, count(*) AS events,
    sum(audio_bytes) FILTER (type = '{InputAudioBufferAppend.type}') AS heard_bytes,
    sum(audio_bytes) FILTER (type = '{OutputAudioDelta.type}') AS spoken_bytes
  FROM events WHERE turn IS NOT NULL GROUP BY turn
),

-- what the user said
commits AS (
  SELECT turn, item_id, min(seq) AS seq FROM told
  WHERE type IN ('{InputAudioBufferCommitted.type}', '{UNANNOUNCED}') GROUP BY ALL
), user_words AS (
  SELECT turn, 0 AS kind, seq AS place, {_ITEM_TEXT} AS words FROM told
  WHERE type = '{ItemCreate.type}' AND event->>'$.item.type' = 'message'
    AND event->>'$.item.role' = 'user'
  UNION ALL
  SELECT turn, CASE WHEN commits.seq IS NULL THEN 2 ELSE 1 END, coalesce(commits.seq, heard.seq),
    words
  FROM (
    SELECT turn, item_id, min(seq) AS seq, arg_max(event->>'$.transcript', seq) AS words
    FROM told WHERE type = '{InputTranscriptionCompleted.type}' GROUP BY ALL
  ) AS heard LEFT JOIN commits USING (turn, item_id)
), of_user AS (
  SELECT turn, {_joined("words", "kind, place")} AS words FROM user_words GROUP BY turn
),

-- what the model said: whole parts, and the pieces of those that did not come to an end
items AS (
  SELECT turn, item_id, min(seq) AS seq FROM events
  WHERE turn IS NOT NULL AND type IN ({literals(_SPOKEN)}) GROUP BY ALL
), whole AS (
  SELECT turn, item_id, CAST(event->>'$.content_index' AS INTEGER) AS part, max(seq) AS seq,
    arg_max(coalesce(event->>'$.transcript', event->>'$.text'), seq) AS words
  FROM told WHERE type IN ({literals(_WHOLE)}) GROUP BY ALL
), loose AS (
  SELECT turn, item_id, coalesce(CAST(event->>'$.content_index' AS INTEGER), 0) AS part,
    string_agg(event->>'$.delta', '' ORDER BY seq) AS words
  FROM (
    SELECT events.* FROM events LEFT JOIN (
      SELECT turn, item_id, max(seq) AS seq FROM whole GROUP BY ALL
    ) AS last ON events.turn = last.turn AND events.item_id = last.item_id
    WHERE type IN ({literals(_PIECES)}) AND (last.seq IS NULL OR events.seq > last.seq)
  )
  WHERE turn IS NOT NULL GROUP BY ALL
), of_model AS (
  SELECT turn, {_joined("words", "items.seq, part")} AS words
  FROM (
    SELECT turn, item_id, part, words FROM whole UNION ALL SELECT * FROM loose
  ) AS parts JOIN items USING (turn, item_id) GROUP BY turn
),

-- what became of it
responses AS (
  SELECT turn, response_id, min(seq) AS seq, arg_max(event->'$.response', seq) AS response
  FROM told WHERE type IN ('{ResponseCreated.type}', '{ResponseDone.type}') GROUP BY ALL
), read AS (
  SELECT turn, response_id, seq, response->>'$.status' AS status,
    CASE WHEN status IN ('failed', 'incomplete') THEN shortfall_of(response) END AS reason,
    len(list_filter(response->>'$.output[*].type', lambda kind: kind = 'function_call')) AS calls
  FROM responses
), of_responses AS (
  SELECT turn, count(*) AS responses, sum(calls) AS calls, arg_max(status, seq) AS status,
    arg_max(response_id, seq) AS response_id,
    string_agg(status || ': ' || reason, '; ' ORDER BY seq)
      FILTER (status IN ('failed', 'incomplete')) AS problem
  FROM read GROUP BY turn
), ended AS (
  SELECT turn, string_agg(ending, '; ' ORDER BY place) AS problem
  FROM (
    SELECT DISTINCT turn, {_case("type", ENDINGS, "NULL")} AS ending, type AS place
    FROM told JOIN of_responses USING (turn)
    WHERE type IN ({literals(ENDINGS)}) AND event->>'$.data.response_id' = of_responses.response_id
  ) GROUP BY turn
), marked AS (
  SELECT turn, bool_or(type = 'lab.withdrawn') AS withdrawn,
    bool_or(type = '{InputAudioBufferCleared.type}') AS discarded,
    bool_or(type = 'lab.interrupted' AND CAST(event->>'$.data.heard_ms' AS DOUBLE)
      < CAST(event->>'$.data.received_ms' AS DOUBLE)) AS unheard,
    string_agg('the user''s speech was not transcribed: ' || coalesce(
      event->>'$.error.message', 'no reason given'), '; ' ORDER BY seq)
      FILTER (type = '{InputTranscriptionFailed.type}') AS problem
  FROM told
  WHERE type IN ('lab.withdrawn', 'lab.interrupted', '{InputTranscriptionFailed.type}',
    '{InputAudioBufferCleared.type}')
  GROUP BY turn
), unwritten AS (
  SELECT turn, string_agg(event->>'$.data.told', '; ' ORDER BY seq) AS problem
  FROM told WHERE type = '{NO_TRANSCRIPT}' AND (turn, item_id) NOT IN (
    SELECT (turn, item_id) FROM told WHERE type IN ({literals(_WRITTEN)}) AND item_id IS NOT NULL
  ) GROUP BY turn
), failures AS (
  SELECT turn, arg_max(event->>'$.data.status', told.seq) AS status,
    arg_max((event->>'$.data.status') || ': ' || (event->>'$.data.told'), told.seq) AS problem
  FROM told LEFT JOIN (
    SELECT turn, max(seq) AS seq FROM told
    WHERE type IN ('{ResponseDone.type}', {literals(ENDINGS)}) GROUP BY turn
  ) AS last USING (turn)
  WHERE type = '{TURN_FAILED}' AND (last.seq IS NULL OR told.seq > last.seq) GROUP BY turn
),

-- what it cost
bills AS (
  SELECT turn, total_tokens AS tokens, dollars, dollars IS NULL AND total_tokens IS NOT NULL
    AS unknown FROM usage
  UNION ALL SELECT turn, NULL, dollars, dollars IS NULL FROM transcriptions
), cost AS (
  SELECT turn, sum(tokens) AS tokens,
    CASE WHEN bool_or(unknown) THEN NULL ELSE sum(dollars) END AS dollars,
    bool_or(unknown) AS unknown
  FROM bills GROUP BY turn
),

statuses AS (
  SELECT turn, CASE
    WHEN failures.status IS NOT NULL THEN failures.status
    WHEN responses IS NULL THEN
      CASE WHEN withdrawn OR discarded THEN 'cancelled' ELSE 'in_progress' END
    WHEN ended.problem IS NOT NULL THEN 'cancelled' ELSE of_responses.status END AS status
  FROM turns LEFT JOIN of_responses USING (turn) LEFT JOIN ended USING (turn)
    LEFT JOIN marked USING (turn) LEFT JOIN failures USING (turn)
)

SELECT turn, turns.began, turns.ended, coalesce(of_user.words, '') AS transcript_user,
  coalesce(of_model.words, '') AS transcript, statuses.status,
  statuses.status = 'cancelled' OR coalesce(unheard, false) AS interrupted,
  coalesce(responses, 0) AS responses, coalesce(calls, 0) AS tool_calls,
  coalesce(heard_bytes, 0) // {_BYTES_A_MS} AS sent_ms,
  coalesce(spoken_bytes, 0) // {_BYTES_A_MS} AS received_ms,
  coalesce(tokens, 0) AS tokens,
  CASE WHEN unknown THEN NULL ELSE coalesce(dollars, 0) END AS dollars,
  concat_ws('; ', of_responses.problem, marked.problem, ended.problem, unwritten.problem,
    failures.problem) AS problem, events
FROM turns JOIN statuses USING (turn) LEFT JOIN of_user USING (turn) LEFT JOIN of_model USING (turn)
  LEFT JOIN of_responses USING (turn) LEFT JOIN ended USING (turn) LEFT JOIN marked USING (turn)
  LEFT JOIN unwritten USING (turn) LEFT JOIN failures USING (turn) LEFT JOIN cost USING (turn)
ORDER BY turn
"""

TURNS = View(
    "turns",
    "One row for each turn: what somebody said and what the model answered; see `Turn`.",
    (
        Column("turn", "INTEGER", "its number, from 1"),
        Column("began", "DOUBLE", "its first event, in seconds from the start of the log"),
        Column(
            "ended", "DOUBLE", "its last event, likewise; it may come after the next turn began"
        ),
        Column("transcript_user", "VARCHAR", "what the user typed, or said as it was written down"),
        Column("transcript", "VARCHAR", "what the model said or wrote, heard or not"),
        Column(
            "status",
            "VARCHAR",
            "`completed`, `cancelled`, `incomplete`, `failed` or `in_progress`",
        ),
        Column("interrupted", "BOOLEAN", "whether the answer was cut short"),
        Column("responses", "INTEGER", "responses; more than one where a tool was called"),
        Column("tool_calls", "INTEGER", "functions that the model called"),
        Column("sent_ms", "BIGINT", "audio that was sent, in ms, if it is 24 kHz PCM16"),
        Column("received_ms", "BIGINT", "the model's speech that was received, likewise"),
        Column("tokens", "BIGINT", "tokens of all its responses"),
        Column(
            "dollars",
            "DOUBLE",
            "its cost in US dollars, transcription included, as in `usage` and `transcriptions`; "
            "NULL where a price is not known",
        ),
        Column(
            "problem", "VARCHAR", "why it failed or lacks the user's words; empty if all is well"
        ),
        Column("events", "BIGINT", "events that belong to it"),
    ),
    _SQL,
)


def define_shortfall(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the function that says what a response lacks."""
    cursor.create_function(
        shortfall_of.__name__,
        shortfall_of,
        ["VARCHAR"],  # type: ignore[list-item] - names of types will do
        "VARCHAR",  # type: ignore[arg-type]
        exception_handling="return_null",  # type: ignore[arg-type]
    )


def shortfall_of(response: str) -> str:
    """Why a response (JSON) is failed or incomplete, in words."""
    return str(shortfall(msgspec.json.decode(response, type=Response)))
