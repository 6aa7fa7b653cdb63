"""What each response and each transcription used and cost, as tables."""

from __future__ import annotations

from typing import Any

import duckdb
import msgspec

from ...protocol import (
    Cost,
    InputTranscriptionCompleted,
    ResponseDone,
    SessionCreated,
    SessionUpdated,
    Usage,
    tokens_of,
)
from ..turns.prices import current_prices
from .rows import Column
from .sql import literal, literals
from .views import View

__all__ = ["SETTINGS", "TRANSCRIPTIONS", "USAGE", "define_prices"]

_COST = (
    Column(
        "dollars",
        "DOUBLE",
        "US dollars by the price list in force when asked (`rl.prices`); the most it can be where "
        "the service left kinds of tokens open; NULL where no price is known",
    ),
    Column("at_least", "DOUBLE", "the least it can be, in US dollars"),
    Column("note", "VARCHAR", "why the price is not known"),
)
_TOKENS = (
    Column("text_in", "INTEGER", "text read anew"),
    Column("text_cached", "INTEGER", "text read from the cache"),
    Column("audio_in", "INTEGER", "audio read anew"),
    Column("audio_cached", "INTEGER", "audio read from the cache"),
    Column("image_in", "INTEGER", "images read anew"),
    Column("image_cached", "INTEGER", "images read from the cache"),
    Column("text_out", "INTEGER", "text written"),
    Column("audio_out", "INTEGER", "audio spoken"),
    Column("in_untold", "INTEGER", "read, of a kind that the service did not tell"),
    Column("out_untold", "INTEGER", "written, of a kind that it did not tell"),
    Column(
        "cached_somewhere",
        "INTEGER",
        "came from the cache, but the service did not tell of which kind; they are also counted "
        "in `text_in`, `audio_in` and `image_in`",
    ),
)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _shape(*columns: Column) -> str:
    """The type of a JSON object, as ``from_json`` wants it."""
    return literal(_json({column.name: column.type for column in columns}))


SETTINGS = View(
    "settings",
    "One row for each time that the service told the settings in force.",
    (
        Column("seq", "BIGINT", "the event that told them"),
        Column("at", "DOUBLE", "when, in seconds from the start of the log"),
        Column(
            "model", "VARCHAR", "the model as the service names it, else that which was connected"
        ),
        Column("transcriber", "VARCHAR", "the model that writes down the user's words"),
    ),
    f"""
    SELECT seq, "at", coalesce(nullif(told, ''), nullif(connected, '')) AS model, transcriber
    FROM (
      SELECT seq, "at", type, event->>'$.session.model' AS told,
        last_value(CASE WHEN type = 'lab.connected' THEN event->>'$.data.model' END IGNORE NULLS)
          OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS connected,
        coalesce(
          event->>'$.session.audio.input.transcription.model',
          event->>'$.session.input_audio_transcription.model'
        ) AS transcriber
      FROM events
      WHERE type IN ({literals(("lab.connected", SessionCreated.type, SessionUpdated.type))})
    )
    WHERE type <> 'lab.connected'
    """,
)

USAGE = View(
    "usage",
    "One row for each response that ended, in order: its tokens by kind, each counted once, and "
    "what they cost. Tokens are NULL where the service told none.",
    (
        Column("response_id", "VARCHAR", "the response"),
        Column("turn", "INTEGER", "the turn that it belongs to; NULL outside of the conversation"),
        Column("at", "DOUBLE", "when it ended, in seconds from the start of the log"),
        Column("model", "VARCHAR", "the model in force then"),
        Column("status", "VARCHAR", "`completed`, `cancelled`, `incomplete` or `failed`"),
        Column("total_tokens", "INTEGER", "all tokens, as the service counts them"),
        *_TOKENS,
        *_COST,
    ),
    f"""
    SELECT * EXCLUDE priced, unnest(priced)
    FROM (
      SELECT done.*, model, from_json(
        price_of_response(nullif(CAST(told AS VARCHAR), 'null'), coalesce(model, '')),
        {_shape(Column("total_tokens", "INTEGER", ""), *_TOKENS, *_COST)}) AS priced
      FROM (
        SELECT seq, response_id, turn, "at", event->>'$.response.status' AS status,
          event->'$.response.usage' AS told
        FROM events WHERE type = '{ResponseDone.type}'
        QUALIFY row_number() OVER (PARTITION BY response_id ORDER BY seq DESC) = 1
      ) AS done
      ASOF LEFT JOIN settings ON done.seq > settings.seq
    )
    ORDER BY seq
    """,
)

TRANSCRIPTIONS = View(
    "transcriptions",
    "One row for each time that the user's words were written down, in order. Another model does "
    "that, at a price of its own.",
    (
        Column("item_id", "VARCHAR", "the item of the user"),
        Column("turn", "INTEGER", "the turn that it belongs to"),
        Column("at", "DOUBLE", "when the words came, in seconds from the start of the log"),
        Column("model", "VARCHAR", "the model that wrote them down"),
        Column("transcript", "VARCHAR", "the words"),
        Column("seconds", "DOUBLE", "length of the audio, where it is paid by the minute"),
        Column("total_tokens", "INTEGER", "where it is paid by tokens"),
        *_COST,
    ),
    f"""
    SELECT * EXCLUDE priced, unnest(priced)
    FROM (
      SELECT heard.*, transcriber AS model,
        CAST(told->>'$.seconds' AS DOUBLE) AS seconds,
        CAST(told->>'$.total_tokens' AS INTEGER) AS total_tokens,
        from_json(price_of_transcription(
          coalesce(CAST(told AS VARCHAR), 'null'), coalesce(transcriber, '')
        ), {_shape(*_COST)}) AS priced
      FROM (
        SELECT seq, item_id, turn, "at", event->>'$.transcript' AS transcript,
          event->'$.usage' AS told
        FROM events WHERE type = '{InputTranscriptionCompleted.type}'
        QUALIFY row_number() OVER (PARTITION BY turn, item_id ORDER BY seq DESC) = 1
      ) AS heard
      ASOF LEFT JOIN settings ON heard.seq > settings.seq
    )
    ORDER BY seq
    """,
)


def define_prices(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the functions that price what was used: the price list is not in the database."""
    for function in (price_of_response, price_of_transcription):
        cursor.create_function(
            function.__name__,
            function,
            ["VARCHAR", "VARCHAR"],  # type: ignore[list-item] - names of types will do
            "VARCHAR",  # type: ignore[arg-type]
            exception_handling="return_null",  # type: ignore[arg-type]
        )


def price_of_response(usage: str, model: str) -> str:
    """Tokens by kind and the cost of a response's ``usage``, JSON from JSON.

    Values of JSON: to hand over a structure would take twice as long.
    """
    told = msgspec.json.decode(usage, type=Usage)
    tokens = tokens_of(told)
    cost = current_prices().cost(tokens, model) if told.total_tokens else Cost(0.0, 0.0)
    kinds = {column.name: getattr(tokens, column.name) for column in _TOKENS}
    return _json({**kinds, "total_tokens": told.total_tokens, **_priced(cost)})


def price_of_transcription(usage: str, model: str) -> str:
    """The cost of a transcription's ``usage``, JSON from JSON."""
    return _json(_priced(current_prices().transcription(msgspec.json.decode(usage), model)))


def _priced(cost: Cost) -> dict[str, Any]:
    return {"dollars": cost.dollars, "at_least": cost.at_least, "note": cost.note or None}
