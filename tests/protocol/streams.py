"""Every server event, once in each dialect: the JSON that services send.

Each pair is the same event twice: ``(ga, preview)``, ``None`` where a dialect does not have it.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

PLACE = {"response_id": "resp_1", "item_id": "item_a", "output_index": 0, "content_index": 0}
CALL_PLACE = {"response_id": "resp_1", "item_id": "item_f", "output_index": 1, "call_id": "call_1"}
MCP_PLACE = {"item_id": "item_m", "output_index": 0}
USER = {
    "id": "item_u", "object": "realtime.item", "type": "message", "status": "completed",
    "role": "user", "content": [{"type": "input_audio", "transcript": None}],
}  # fmt: skip
TYPED = {
    "id": "item_t", "object": "realtime.item", "type": "message", "status": "completed",
    "role": "user", "content": [{"type": "input_text", "text": "Hello"}],
}  # fmt: skip
CALL = {
    "id": "item_f", "object": "realtime.item", "type": "function_call", "status": "completed",
    "call_id": "call_1", "name": "weather", "arguments": '{"city":"Oslo"}',
}  # fmt: skip
CALL_OUTPUT = {
    "id": "item_o", "object": "realtime.item", "type": "function_call_output",
    "call_id": "call_1", "output": "{}",
}  # fmt: skip


def answer(part_type: str, **said: str) -> Body:
    return {
        "id": "item_a", "object": "realtime.item", "type": "message", "status": "completed",
        "role": "assistant", "content": [{"type": part_type, **said}],
    }  # fmt: skip


TOOL = {"type": "function", "name": "weather", "description": "", "parameters": {"type": "object"}}
VAD = {
    "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
    "create_response": True, "interrupt_response": True,
}  # fmt: skip
TRANSCRIPTION = {"model": "whisper-1", "language": "en"}

GA_SESSION = {
    "type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime",
    "expires_at": 1764000000, "output_modalities": ["audio"], "instructions": "Be brief.",
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "transcription": TRANSCRIPTION, "noise_reduction": None, "turn_detection": VAD,
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "alloy", "speed": 1.0},
    },
    "tools": [TOOL], "tool_choice": "auto", "max_output_tokens": "inf",
}  # fmt: skip
PREVIEW_SESSION = {
    "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime",
    "expires_at": 1764000000, "modalities": ["audio", "text"], "instructions": "Be brief.",
    "voice": "alloy", "speed": 1.0, "input_audio_format": "pcm16",
    "output_audio_format": "g711_ulaw", "input_audio_transcription": TRANSCRIPTION,
    "input_audio_noise_reduction": None, "turn_detection": VAD, "tools": [TOOL],
    "tool_choice": "auto", "max_response_output_tokens": "inf",
}  # fmt: skip

GA_TRANSCRIPTION = {
    "type": "transcription", "object": "realtime.transcription_session", "id": "sess_1",
    "expires_at": 1764000000,
    "audio": {"input": {
        "format": {"type": "audio/pcm", "rate": 24000}, "transcription": TRANSCRIPTION,
        "noise_reduction": None, "turn_detection": VAD,
    }},
    "include": ["item.input_audio_transcription.logprobs"],
}  # fmt: skip
PREVIEW_TRANSCRIPTION = {
    "id": "sess_1", "object": "realtime.transcription_session", "expires_at": 1764000000,
    "input_audio_format": "pcm16", "input_audio_transcription": TRANSCRIPTION,
    "input_audio_noise_reduction": None, "turn_detection": VAD,
    "include": ["item.input_audio_transcription.logprobs"],
    "client_secret": {"value": "", "expires_at": 0},
}  # fmt: skip

USAGE = {
    "total_tokens": 30, "input_tokens": 20, "output_tokens": 10,
    "input_token_details": {
        "text_tokens": 12, "audio_tokens": 8, "image_tokens": 0, "cached_tokens": 4,
        "cached_tokens_details": {"text_tokens": 4, "audio_tokens": 0, "image_tokens": 0},
    },
    "output_token_details": {"text_tokens": 3, "audio_tokens": 7},
}  # fmt: skip


def ga_response(**changed: Any) -> Body:
    return {
        "id": "resp_1", "object": "realtime.response", "status": "in_progress",
        "status_details": None, "output": [], "conversation_id": "conv_1",
        "output_modalities": ["audio"], "max_output_tokens": "inf",
        "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy"}},
        "usage": None, "metadata": None, **changed,
    }  # fmt: skip


def preview_response(**changed: Any) -> Body:
    return {
        "id": "resp_1", "object": "realtime.response", "status": "in_progress",
        "status_details": None, "output": [], "conversation_id": "conv_1",
        "modalities": ["audio", "text"], "max_output_tokens": "inf",
        "voice": "alloy", "output_audio_format": "pcm16", "temperature": 0.8,
        "usage": None, "metadata": None, **changed,
    }  # fmt: skip


CANCELLED: Body = {
    "status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"},
    "usage": USAGE,
}  # fmt: skip
FAILED: Body = {
    "status": "failed",
    "status_details": {
        "type": "failed",
        "error": {"type": "server_error", "code": "rate_limit_exceeded", "message": "too much"},
    },
}  # fmt: skip


def both(type: str, **fields: Any) -> tuple[Body, Body]:
    """An event that both dialects spell alike."""
    body = {"type": type, "event_id": "event_1", **fields}
    return body, body


def renamed(ga: str, preview: str, **fields: Any) -> tuple[Body, Body]:
    """An event that differs in its name alone."""
    body = {"event_id": "event_1", **fields}
    return {"type": ga, **body}, {"type": preview, **body}


def only_ga(type: str, **fields: Any) -> tuple[Body, None]:
    return {"type": type, "event_id": "event_1", **fields}, None


def by_part(type: str, preview_type: str = "", **fields: Any) -> tuple[Body, Body]:
    """An event with the model's message, whose part type differs."""
    ga = {"event_id": "event_1", **fields, "item": answer("output_audio", transcript="Hi.")}
    preview = {**ga, "item": answer("audio", transcript="Hi.")}
    return {"type": type, **ga}, {"type": preview_type or type, **preview}


def of_response(type: str, **changed: Any) -> tuple[Body, Body]:
    ga, preview = both(type)
    text = changed.pop("text", None)
    ga_output = {"output": [answer("output_text", text=text), CALL]} if text else {}
    preview_output = {"output": [answer("text", text=text), CALL]} if text else {}
    return (
        {**ga, "response": ga_response(**changed, **ga_output)},
        {**preview, "response": preview_response(**changed, **preview_output)},
    )


INPUT_TRANSCRIPTION = "conversation.item.input_audio_transcription"
PAIRS: list[tuple[Body | None, Body | None]] = [
    both(
        "error",
        error={
            "type": "invalid_request_error", "code": "invalid_value", "message": "No.",
            "param": "session.voice", "event_id": "event_c",
        },
    ),
    ({**both("session.created")[0], "session": GA_SESSION},
     {**both("session.created")[0], "session": PREVIEW_SESSION}),
    ({**both("session.updated")[0], "session": GA_SESSION},
     {**both("session.updated")[0], "session": PREVIEW_SESSION}),
    ({**both("session.updated")[0], "session": GA_TRANSCRIPTION},
     {**both("transcription_session.updated")[0], "session": PREVIEW_TRANSCRIPTION}),
    both("conversation.created", conversation={"id": "conv_1", "object": "realtime.conversation"}),
    renamed("conversation.item.added", "conversation.item.created",
            previous_item_id=None, item=USER),
    renamed("conversation.item.added", "conversation.item.created",
            previous_item_id="item_u", item=TYPED),
    renamed("conversation.item.added", "conversation.item.created",
            previous_item_id="item_a", item=CALL),
    renamed("conversation.item.added", "conversation.item.created",
            previous_item_id="item_f", item=CALL_OUTPUT),
    by_part("conversation.item.added", "conversation.item.created", previous_item_id="item_u"),
    only_ga("conversation.item.done", previous_item_id="item_u", item=CALL),
    by_part("conversation.item.retrieved"),
    both("conversation.item.deleted", item_id="item_a"),
    both("conversation.item.truncated", item_id="item_a", content_index=0, audio_end_ms=500),
    both(f"{INPUT_TRANSCRIPTION}.delta", item_id="item_u", content_index=0, delta="Hel"),
    both(
        f"{INPUT_TRANSCRIPTION}.completed", item_id="item_u", content_index=0, transcript="Hello",
        usage={"type": "duration", "seconds": 2},
        logprobs=[{"token": "Hello", "bytes": [72], "logprob": -0.5}],
    ),
    both(
        f"{INPUT_TRANSCRIPTION}.failed", item_id="item_u", content_index=0,
        error={"type": "transcription_error", "code": "audio_unintelligible", "message": "What?"},
    ),
    only_ga(f"{INPUT_TRANSCRIPTION}.segment", item_id="item_u", content_index=0, id="seg_1",
            text="Hello", speaker="A", start=0.0, end=1.5),
    both("input_audio_buffer.committed", item_id="item_u", previous_item_id=None),
    both("input_audio_buffer.cleared"),
    both("input_audio_buffer.speech_started", item_id="item_u", audio_start_ms=120),
    both("input_audio_buffer.speech_stopped", item_id="item_u", audio_end_ms=1200),
    only_ga("input_audio_buffer.timeout_triggered",
            item_id="item_u", audio_start_ms=0, audio_end_ms=5000),
    ({"type": "input_audio_buffer.dtmf_event_received", "event": "5", "received_at": 1764000000},
     None),
    of_response("response.created"),
    of_response("response.done", status="completed", usage=USAGE, text="Hi.",
                metadata={"topic": "weather"}),
    of_response("response.done", **CANCELLED),
    of_response("response.done", **FAILED),
    of_response("response.done", status="completed", conversation_id=None),
    by_part("response.output_item.added", response_id="resp_1", output_index=0),
    by_part("response.output_item.done", response_id="resp_1", output_index=0),
    both("response.content_part.added", **PLACE, part={"type": "audio", "transcript": ""}),
    both("response.content_part.added", **PLACE, part={"type": "text", "text": ""}),
    both("response.content_part.done", **PLACE, part={"type": "audio", "transcript": "Hi."}),
    renamed("response.output_text.delta", "response.text.delta", **PLACE, delta="Hi"),
    renamed("response.output_text.done", "response.text.done", **PLACE, text="Hi."),
    renamed("response.output_audio.delta", "response.audio.delta", **PLACE, delta="AAECAw=="),
    renamed("response.output_audio.done", "response.audio.done", **PLACE),
    renamed("response.output_audio_transcript.delta", "response.audio_transcript.delta",
            **PLACE, delta="Hi"),
    renamed("response.output_audio_transcript.done", "response.audio_transcript.done",
            **PLACE, transcript="Hi."),
    both("response.function_call_arguments.delta", **CALL_PLACE, delta='{"ci'),
    both("response.function_call_arguments.done", **CALL_PLACE,
         arguments='{"city":"Oslo"}', name="weather"),
    *(only_ga(f"mcp_list_tools.{state}", item_id="item_m")
      for state in ("in_progress", "completed", "failed")),
    only_ga("response.mcp_call_arguments.delta", **MCP_PLACE, response_id="resp_1", delta="{"),
    only_ga("response.mcp_call_arguments.done", **MCP_PLACE, response_id="resp_1", arguments="{}"),
    *(only_ga(f"response.mcp_call.{state}", **MCP_PLACE)
      for state in ("in_progress", "completed", "failed")),
    both("rate_limits.updated", rate_limits=[
        {"name": "requests", "limit": 1000, "remaining": 999, "reset_seconds": 0.06},
        {"name": "tokens", "limit": 100000, "remaining": 99880, "reset_seconds": 0.07},
    ]),
    both("output_audio_buffer.started", response_id="resp_1"),
    both("output_audio_buffer.stopped", response_id="resp_1"),
    both("output_audio_buffer.cleared", response_id="resp_1"),
]  # fmt: skip

GA_BODIES = [ga for ga, _ in PAIRS if ga is not None]
PREVIEW_BODIES = [preview for _, preview in PAIRS if preview is not None]
