"""The tool calls of a log as a table."""

from __future__ import annotations

from ...protocol import (
    FunctionCallArgumentsDone,
    ItemCreate,
    McpCallArgumentsDone,
    McpCallCompleted,
    McpCallFailed,
    OutputItemAdded,
    OutputItemDone,
)
from .rows import Column
from .sql import literals
from .views import View

__all__ = ["TOOLS"]

_ITEMS = (OutputItemAdded.type, OutputItemDone.type)
_OF_MCP = (McpCallArgumentsDone.type, McpCallCompleted.type, McpCallFailed.type)
_MCP_ENDS = (McpCallCompleted.type, McpCallFailed.type)

_SQL = f"""
WITH told AS (
  SELECT * FROM (
    SELECT seq, "at", direction, type, turn, response_id, item_id, call_id, event,
      CASE WHEN type IN ({literals((*_ITEMS, ItemCreate.type))})
        THEN event->>'$.item.type' END AS kind
    FROM events
    WHERE type IN ({literals((*_ITEMS, *_OF_MCP, FunctionCallArgumentsDone.type, ItemCreate.type))})
  )
  WHERE kind IS NULL OR kind IN ('function_call', 'function_call_output', 'mcp_call')
), functions AS (
  SELECT call_id, arg_min(item_id, seq) FILTER (type IN ({literals(_ITEMS)})) AS item_id,
    arg_min(response_id, seq) AS response_id, arg_min(turn, seq) AS turn, 'function' AS kind,
    coalesce(max(event->>'$.item.name'), max(event->>'$.name')) AS name,
    coalesce(
      max(event->>'$.arguments') FILTER (type = '{FunctionCallArgumentsDone.type}'),
      max(event->>'$.item.arguments') FILTER (type = '{OutputItemDone.type}')
    ) AS arguments,
    max(event->>'$.item.status') FILTER (type = '{OutputItemDone.type}') AS item_status,
    min("at") FILTER (type = '{OutputItemAdded.type}') AS asked,
    min("at") FILTER (type = '{FunctionCallArgumentsDone.type}' OR (
      type = '{OutputItemDone.type}' AND event->>'$.item.status' = 'completed')) AS called,
    min("at") FILTER (kind = 'function_call_output') AS answered,
    arg_min(event->>'$.item.output', seq) FILTER (kind = 'function_call_output') AS output,
    min(seq) AS seq
  FROM told WHERE call_id IS NOT NULL
    AND (kind IS DISTINCT FROM 'function_call' OR type <> '{ItemCreate.type}')
  GROUP BY call_id
), remote AS (
  SELECT NULL AS call_id, item_id, arg_min(response_id, seq) AS response_id,
    arg_min(turn, seq) AS turn, 'mcp' AS kind,
    max(event->>'$.item.name') AS name,
    coalesce(max(event->>'$.arguments'), max(event->>'$.item.arguments')) AS arguments,
    max(event->>'$.item.status') FILTER (type = '{OutputItemDone.type}') AS item_status,
    min("at") FILTER (type = '{OutputItemAdded.type}') AS asked,
    min("at") FILTER (type = '{McpCallArgumentsDone.type}') AS called,
    min("at") FILTER (type IN ({literals(_MCP_ENDS)})) AS answered,
    max(event->>'$.item.output') FILTER (type = '{OutputItemDone.type}') AS output,
    min(seq) AS seq,
    max(coalesce(event->>'$.item.error.message', event->>'$.item.error')) AS error,
    bool_or(type = '{McpCallFailed.type}') AS failed
  FROM told WHERE kind = 'mcp_call' OR type IN ({literals(_OF_MCP)}) GROUP BY item_id
  HAVING max(event->>'$.item.name') IS NOT NULL
), calls AS (
  SELECT *, CASE WHEN json_valid(output) AND json_type(output) = 'OBJECT'
    THEN output->>'$.error' END AS error, false AS failed FROM functions
  UNION ALL SELECT * FROM remote
)
SELECT call_id, item_id, response_id, turn, kind, name, arguments,
  CASE WHEN failed OR error IS NOT NULL THEN 'failed' WHEN answered IS NOT NULL THEN 'answered'
    WHEN item_status = 'incomplete' THEN 'incomplete' WHEN called IS NULL THEN 'in_progress'
    ELSE 'unanswered' END AS status,
  asked, called, answered, answered - called AS duration, output, error
FROM calls ORDER BY seq
"""

TOOLS = View(
    "tools",
    "One row for each call of a tool, in order: functions that this side answers, and remote (MCP) "
    "tools that the service calls itself. Times are in seconds from the start of the log.",
    (
        Column("call_id", "VARCHAR", "the call; NULL of remote tools"),
        Column("item_id", "VARCHAR", "the conversation item that it is"),
        Column("response_id", "VARCHAR", "the response that called"),
        Column("turn", "INTEGER", "the turn that it belongs to"),
        Column("kind", "VARCHAR", "`function` or `mcp`"),
        Column("name", "VARCHAR", "the tool"),
        Column("arguments", "VARCHAR", "JSON, as the model wrote it; NULL until it is complete"),
        Column(
            "status",
            "VARCHAR",
            "`answered`; `failed` (answered with an error); `unanswered`; `incomplete` (cut off "
            "before it was complete); `in_progress`",
        ),
        Column("asked", "DOUBLE", "when the model began to call"),
        Column("called", "DOUBLE", "when the call was complete with its arguments"),
        Column("answered", "DOUBLE", "when its output was sent, or a remote tool had ended"),
        Column("duration", "DOUBLE", "from `called` to `answered`, waiting included"),
        Column("output", "VARCHAR", "what the model was told"),
        Column(
            "error", "VARCHAR", "what went wrong: the `error` of an output that is a JSON object"
        ),
    ),
    _SQL,
)
