"""The schemas that the server gives out, tried on what is really said.

Every event that the tests of this folder receive is held against them too (`tests.server.judge`).
"""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from realtime_lab.errors import InvalidEvent
from realtime_lab.protocol import SCHEMAS, dialect_named, event_schema
from tests.server.client import PREVIEW_NAMES, Client, converse
from tests.server.test_status import ask
from tests.servers import RunningServer


def valid(dialect: Any, side: Any, event: Any) -> bool:
    return Draft202012Validator(event_schema(dialect, side)).is_valid(event)


def types(dialect: Any, side: Any) -> set[str]:
    defs = event_schema(dialect, side)["$defs"]
    names = [one["$ref"].rpartition("/")[2] for one in event_schema(dialect, side)["anyOf"]]
    return {kind for name in names for kind in defs[name]["properties"]["type"]["enum"]}


def test_the_index_leads_to_every_schema(server: RunningServer):
    _, index = ask(server, "/lab/schemas")
    assert len(index["schemas"]) == len(SCHEMAS) == 4
    for path, (dialect, side) in zip(index["schemas"], SCHEMAS, strict=True):
        assert ask(server, path) == (200, event_schema(dialect, side))  # type: ignore[arg-type]
    assert ask(server, "/lab/schemas/ga/nobody")[0] == 404


@pytest.mark.parametrize(("dialect", "side"), SCHEMAS)
def test_a_schema_is_one_and_refers_to_nothing_it_lacks(dialect: Any, side: Any):
    schema = event_schema(dialect, side)
    Draft202012Validator.check_schema(schema)
    assert "discriminator" not in str(schema)
    for event in ({}, [], None, {"type": "session.nothing"}):
        assert not valid(dialect, side, event)  # would raise at a reference to nowhere
    with pytest.raises(ValueError, match="use one of"):
        event_schema(dialect, "nobody")  # type: ignore[arg-type]


def test_each_dialect_has_its_own_names():
    for ga, preview in PREVIEW_NAMES.items():
        assert ga in types("ga", "server")
        assert ga not in types("preview", "server")
        assert preview in types("preview", "server")
    assert "conversation.item.done" not in types("preview", "server")
    assert "transcription_session.update" in types("preview", "client")
    assert "transcription_session.update" not in types("ga", "client")


@pytest.mark.shows("status")
def test_what_the_server_says_is_valid_and_what_is_mangled_is_not(
    server: RunningServer, dialect: Any
):
    async def script(client: Client) -> None:
        await client.say("Hello")
        await client.send("response.create")
        await client.until("rate_limits.updated")

    other = "preview" if dialect == "ga" else "ga"
    events = converse(server, script, dialect)
    assert events
    for event in events:
        assert valid(dialect, "server", event), event
        assert not valid(dialect, "server", {**event, "event_id": 7})
        for missing in event:
            assert missing == "previous_item_id" or not valid(
                dialect, "server", {k: v for k, v in event.items() if k != missing}
            ), (event["type"], missing)
    renamed = {name for pair in PREVIEW_NAMES.items() for name in pair}
    for event in events:
        if event["type"] in renamed:
            assert not valid(other, "server", event)


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("ga", {"type": "session.update", "session": {"type": "realtime", "instructions": "Sing."}}),
    (
        "ga",
        {
            "type": "session.update",
            "session": {
                "type": "realtime",
                "output_modalities": ["text"],
                "audio": {"input": {"format": {"type": "audio/pcmu"}, "turn_detection": None}},
            },
        },
    ),
    ("ga", {"type": "session.update", "session": {"instructions": "No type."}}),
    ("ga", {"type": "session.update", "session": {"type": "realtime", "voice": "alloy"}}),
    ("ga", {"type": "session.update", "session": {"type": "realtime", "id": "sess_1"}}),
    ("ga", {"type": "session.update", "session": {"type": "realtime", "temperature": 0.8}}),
    ("ga", {"type": "response.create", "response": {"temperature": 0.8}}),
    ("ga", {"type": "response.create", "response": {"max_output_tokens": 0}}),
    ("ga", {"type": "response.create", "response": {"max_output_tokens": "inf"}}),
    ("preview", {"type": "session.update", "session": {"voice": "alloy", "temperature": 0.8}}),
    (
        "preview",
        {
            "type": "session.update",
            "session": {
                "modalities": ["text", "audio"],
                "input_audio_format": "g711_ulaw",
                "turn_detection": {"type": "none"},
                "max_response_output_tokens": 100,
            },
        },
    ),
    ("preview", {"type": "session.update", "session": {"input_audio_format": "audio/pcm"}}),
    ("preview", {"type": "session.update", "session": {"output_modalities": ["text"]}}),
    ("preview", {"type": "session.update", "session": {"modalities": ["audio"]}}),
    ("preview", {"type": "session.update", "session": {"turn_detection": {"type": "never"}}}),
    ("preview", {"type": "session.update", "session": {"expires_at": 1}}),
    ("preview", {"type": "response.create", "response": {"modalities": ["text"]}}),
    ("preview", {"type": "response.create", "response": {"output_audio_format": "pcm16"}}),
    ("preview", {"type": "response.create", "response": {"output_audio_format": "mp3"}}),
    (
        "preview",
        {
            "type": "transcription_session.update",
            "session": {"input_audio_transcription": {"model": "whisper-1"}},
        },
    ),
    (
        "preview",
        {"type": "transcription_session.update", "session": {"instructions": "Sing."}},
    ),
    *(
        (dialect, event)
        for dialect in ("ga", "preview")
        for event in (
            {"type": "response.create"},
            {"type": "response.create", "unknown": 1},
            {"type": "input_audio_buffer.append", "audio": "AAAA"},
            {"type": "input_audio_buffer.append", "audio": 7},
            {"type": "input_audio_buffer.append"},
            {"type": "conversation.item.delete", "item_id": "item_1", "event_id": "mine"},
            {"type": "conversation.item.delete"},
            {"type": "nothing"},
        )
    ),
]


@pytest.mark.parametrize(("dialect", "event"), ASKED)
def test_the_schema_refuses_what_the_server_refuses(dialect: Any, event: dict[str, Any]):
    import json

    try:
        dialect_named(dialect).decode_client(json.dumps(event))
        taken = True
    except InvalidEvent:
        taken = False
    assert valid(dialect, "client", event) is taken
