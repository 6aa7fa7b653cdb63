"""The moments of all turns of a log by one query, from the definitions in `moments`."""

from __future__ import annotations

from collections.abc import Iterable

from ...protocol import InputAudioBufferAppend, ResponseDone, SpeechStopped
from .moments import MOMENTS, SETTINGS, Moment, Scope

__all__ = ["moments_sql"]

_APPENDS = (InputAudioBufferAppend.type,)


def moments_sql(events: str = "events") -> str:
    """The query for the moments of all turns: one row a turn, in order.

    ``events`` is a table (or a query in parentheses) with the columns ``turn``, ``seq``, ``at``,
    ``type``, ``response_id``, ``call_id``, ``status``, ``ago`` and ``event`` of an event log. The
    columns of the answer are ``turn``, one for each of `MOMENTS` (seconds, as ``at``; ``NULL``
    where it is not known), and ``speech_end_is_derived``. In the dialect of DuckDB.

    The turns are told by their own numbers; the settings that count are those of the last
    ``session.*`` event before the end of speech, of whichever turn.
    """
    of_responses = [m for m in MOMENTS if m.types[0].startswith("response.") and m.scope == "turn"]
    of_appends = [m for m in MOMENTS if m.types == _APPENDS]
    others = [m for m in MOMENTS if m not in of_responses and m not in of_appends]
    marks = {type for type in _types(others) if type.startswith("lab.")}
    columns = ", ".join(
        "coalesce(speech_end, derived) AS speech_end" if m.name == "speech_end" else m.name
        for m in MOMENTS
    )
    # Of no event but the settings is the JSON read: it costs most, above all from a Parquet file.
    return f"""
WITH told AS MATERIALIZED (
  SELECT turn, seq, type, response_id, status, "at" - coalesce(ago, 0) AS "at" FROM {events}
  WHERE type IN ({_quoted({ResponseDone.type, *marks})})
), several AS (
  SELECT turn, max(seq) AS last FROM told
  WHERE turn IS NOT NULL AND type = '{ResponseDone.type}' GROUP BY turn HAVING count(*) > 1
), cut AS MATERIALIZED (
  SELECT response_id FROM told JOIN several USING (turn)
  WHERE type = '{ResponseDone.type}'
    AND seq < last AND status = 'cancelled'
), settings AS (
  SELECT seq, CASE WHEN detection->>'$.type' = 'server_vad'
    THEN TRY_CAST(detection->>'$.silence_duration_ms' AS DOUBLE) END AS silence_ms
  FROM (
    SELECT seq, coalesce(
      event->'$.session.audio.input.turn_detection', event->'$.session.turn_detection'
    ) AS detection
    FROM {events} WHERE type IN ({_quoted(SETTINGS)})
  ) WHERE detection IS NOT NULL
), of_responses AS (
  SELECT *, coalesce(created, first_audio) AS answer FROM (
    SELECT turn, {_columns(of_responses)} FROM {events} ANTI JOIN cut USING (response_id)
    WHERE turn IS NOT NULL AND response_id IS NOT NULL GROUP BY turn
  )
), others AS (
  SELECT turn, seq, type, call_id, "at" FROM {events}
  WHERE turn IS NOT NULL AND type IN ({_quoted(_types(others) - marks)})
  UNION ALL
  SELECT turn, seq, type, NULL, "at" FROM told ANTI JOIN cut USING (response_id)
  WHERE turn IS NOT NULL AND type IN ({_quoted(marks)})
), of_others AS (
  SELECT turn, {_columns(others)}, max(CASE WHEN type = '{SpeechStopped.type}'
    AND {_within("before the answer")} THEN seq END) AS stopped_seq
  FROM others LEFT JOIN of_responses USING (turn) GROUP BY turn
), derived AS (
  SELECT of_others.*, CASE WHEN speech_end IS NULL
    THEN speech_stopped - silence_ms / 1000 END AS derived
  FROM of_others ASOF LEFT JOIN settings ON of_others.stopped_seq > settings.seq
), inputs AS (
  SELECT *, coalesce(speech_end, derived, commit, committed, answer) AS input_end
  FROM of_responses FULL JOIN derived USING (turn)
), of_appends AS (
  SELECT turn, {_columns(of_appends)} FROM {events} LEFT JOIN inputs USING (turn)
  WHERE turn IS NOT NULL AND type = '{InputAudioBufferAppend.type}' GROUP BY turn
)
SELECT turn, {columns}, derived IS NOT NULL AS speech_end_is_derived
FROM inputs FULL JOIN of_appends USING (turn) ORDER BY turn
"""


def _types(of: Iterable[Moment]) -> set[str]:
    return {type for moment in of for type in moment.types}


def _columns(of: Iterable[Moment]) -> str:
    return ", ".join(f"{_aggregate(moment)} AS {moment.name}" for moment in of)


def _aggregate(moment: Moment) -> str:
    choose = "min" if moment.choice == "first" else "max"
    chosen = [f"type IN ({_quoted(moment.types)})"]
    if moment.items:
        chosen.append("call_id IS NOT NULL" if moment.items == "of calls" else "call_id IS NULL")
    if moment.scope != "turn":
        chosen.append(_within(moment.scope))
    # Filtered aggregates (FILTER) take half as long again in DuckDB 2.0.
    return f'{choose}(CASE WHEN {" AND ".join(chosen)} THEN "at" END)'


def _within(scope: Scope) -> str:
    end = {"before the answer": "answer", "before the end": "input_end"}[scope]
    return f'({end} IS NULL OR "at" <= {end})'


def _quoted(types: Iterable[str]) -> str:
    return ", ".join(f"'{type}'" for type in sorted(types))
