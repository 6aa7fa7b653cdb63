"""What one version of the model has, another refuses in its own words."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from realtime_lab.engine import ToolCall
from realtime_lab.protocol import EIGHT_VOICES, PROFILES
from tests.scripted import ScriptedEngine, silence, tone
from tests.server.client import Client, Event, converse, order
from tests.server.test_flows import MANUAL, gated
from tests.servers import RunningServer, scripted_server

LAUNCH = "gpt-4o-realtime-preview-2024-10-01-launch"
PNG = (
    "data:image/png;base64,"
    + base64.b64encode(
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00"
    ).decode()
)


DEPLOYMENTS = {f"as-{name}": name for name in PROFILES}


@pytest.fixture
def server(engine: ScriptedEngine) -> Iterator[RunningServer]:
    """A server with a deployment of each model."""
    with scripted_server(engine, profiles=DEPLOYMENTS) as running:
        yield running


@pytest.fixture(scope="module")
def any_server() -> Iterator[RunningServer]:
    """The same for tests in which nothing is said; a minute passes whenever it looks."""
    minutes = itertools.count(step=60).__next__
    with scripted_server(ScriptedEngine(), profiles=DEPLOYMENTS, clock=minutes) as running:
        yield running


def path(profile: str, dialect: str) -> str:
    if dialect == "ga":
        return f"/v1/realtime?model=as-{profile}"
    return f"/openai/realtime?api-version=2025-04-01-preview&deployment=as-{profile}"


def refused(
    server: RunningServer, profile: str, dialect: str, type: str, **fields: Any
) -> tuple[Event, list[Event]]:
    errors = []

    async def script(client: Client) -> None:
        if type == "session.update" and dialect == "ga":
            fields["session"] = {"type": "realtime", **fields["session"]}
        await client.send(type, **fields)
        errors.append(await client.refusal())

    events = converse(server, script, dialect, path(profile, dialect))
    return errors[0], events


def greeting(server: RunningServer, profile: str, dialect: str) -> Event:
    shown = []

    async def script(client: Client) -> None:
        shown.append(client.events[0]["session"])

    converse(server, script, dialect, path(profile, dialect))
    return shown[0]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.key)
def test_every_profile_holds_a_session_in_its_dialect(any_server: RunningServer, profile: Any):
    shown = greeting(any_server, profile.key, profile.dialect)
    if profile.dialect == "preview":
        assert shown["model"] == profile.snapshot
        assert ("speed" in shown) == profile.features.speed
        assert ("input_audio_noise_reduction" in shown) == profile.features.noise_reduction
        assert ("create_response" in shown["turn_detection"]) == profile.features.turn_switches
        assert "idle_timeout_ms" not in shown["turn_detection"]
    else:
        assert shown["audio"]["input"]["turn_detection"]["idle_timeout_ms"] is None
        assert ("reasoning" in shown) == profile.features.reasoning


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.key)
@pytest.mark.shows("versions")
def test_voices_are_those_of_the_model(any_server: RunningServer, profile: Any):
    where: dict[str, Any] = {"voice": "nova"}
    if profile.dialect == "ga":
        where = {"audio": {"output": where}}
    error, _ = refused(any_server, profile.key, profile.dialect, "session.update", session=where)
    *others, last = (f"'{voice}'" for voice in profile.voices)
    assert error["code"] == "invalid_value"
    assert error["message"] == (
        f"Invalid value: 'nova'. Supported values are: {', '.join(others)} and {last}."
    )


def test_the_documented_model_has_eight_voices_and_at_launch_it_had_three(
    any_server: RunningServer,
):
    for profile, voices in ((LAUNCH, 3), ("gpt-4o-realtime-preview-2024-10-01", 8)):

        async def script(client: Client, count: int = voices) -> None:
            taken = 0
            for voice in EIGHT_VOICES:
                await client.update(voice=voice)
                told = await client.last("session.updated", "error")
                taken += told["type"] == "session.updated"
            assert taken == count

        converse(any_server, script, "preview", path(profile, "preview"))


def test_custom_voices_are_refused(any_server: RunningServer):
    for voice, code, param in (
        ({"id": "voice_1"}, "invalid_value", "session.audio.output.voice.id"),
        ({}, "missing_required_parameter", "session.audio.output.voice.id"),
    ):
        session = {"audio": {"output": {"voice": voice}}}
        error, _ = refused(
            any_server, "gpt-realtime-2025-08-28", "ga", "session.update", session=session
        )
        assert (error["code"], error["param"]) == (code, param)


VAD: dict[str, Any] = {"type": "server_vad"}


@pytest.mark.parametrize(
    ("profile", "session", "code", "param"),
    [
        (LAUNCH, {"speed": 1.1}, "unknown_parameter", "session.speed"),
        ("gpt-4o-realtime-preview-2024-12-17", {"speed": 1.1}, "unknown_parameter",
         "session.speed"),
        (LAUNCH, {"input_audio_noise_reduction": {"type": "near_field"}}, "unknown_parameter",
         "session.input_audio_noise_reduction"),
        (LAUNCH, {"turn_detection": {"type": "semantic_vad"}}, "invalid_value",
         "session.turn_detection.type"),
        (LAUNCH, {"turn_detection": {**VAD, "create_response": False}}, "unknown_parameter",
         "session.turn_detection.create_response"),
        (LAUNCH, {"turn_detection": {**VAD, "interrupt_response": False}}, "unknown_parameter",
         "session.turn_detection.interrupt_response"),
        (LAUNCH, {"input_audio_transcription": {"model": "gpt-4o-transcribe"}}, "invalid_value",
         "session.input_audio_transcription.model"),
        *(
            (profile, session, code, param)
            for profile in ("gpt-4o-realtime-preview-2024-10-01", LAUNCH)
            for session, code, param in (
                ({"response_format": {}}, "unknown_parameter", "session.response_format"),
                ({"tracing": "auto"}, "unknown_parameter", "session.tracing"),
                ({"type": "realtime"}, "unknown_parameter", "session.type"),
                ({"output_modalities": ["text"]}, "unknown_parameter",
                 "session.output_modalities"),
                ({"audio": {}}, "unknown_parameter", "session.audio"),
                ({"truncation": "auto"}, "unknown_parameter", "session.truncation"),
                ({"modalities": ["audio"]}, "invalid_value", "session.modalities"),
                ({"temperature": 0.5}, "decimal_below_min_value", "session.temperature"),
                ({"tools": [{"type": "mcp", "server_label": "x", "server_url": "y"}]},
                 "invalid_value", "session.tools[0].type"),
            )
        ),
        ("gpt-realtime-2025-08-28", {"response_format": {}}, "unknown_parameter",
         "session.response_format"),
        ("gpt-realtime-2025-08-28", {"tools": [{"type": "mcp", "server_label": "x"}]},
         "missing_required_parameter", "session.tools[0].server_url"),
    ],
)  # fmt: skip
@pytest.mark.shows("versions")
def test_settings_that_a_model_does_not_have(
    any_server: RunningServer, profile: str, session: dict[str, Any], code: str, param: str
):
    dialect = PROFILES[profile].dialect
    error, events = refused(any_server, profile, dialect, "session.update", session=session)
    assert (error["code"], error["param"]) == (code, param)
    assert len(events) == 1


def test_azures_first_way_to_switch_turn_detection_off(any_server: RunningServer):
    async def script(client: Client) -> None:
        await client.update(turn_detection={"type": "none"})
        assert (await client.last("session.updated"))["session"]["turn_detection"] is None

    converse(any_server, script, "preview", path(LAUNCH, "preview"))


def test_errors_at_launch_had_fewer_codes(server: RunningServer, engine: ScriptedEngine):
    gated(engine, server, "Once upon a time. ", "The end.")

    async def script(client: Client) -> None:
        await client.update(**MANUAL["preview"])
        await client.send("input_audio_buffer.commit")
        error = await client.refusal()
        assert error["code"] is None
        assert error["message"] == "Error committing input audio buffer: the buffer is empty."
        await client.send("response.create")
        await client.until("response.created")
        await client.send("response.create", event_id="second")
        error = await client.refusal()
        assert (error["code"], error["event_id"]) == (None, "second")
        assert error["message"].startswith("Conversation already has an active response")
        await client.send("session.update", session={"speed": 1})
        assert (await client.refusal())["code"] == "unknown_parameter"

    converse(server, script, "preview", path(LAUNCH, "preview"))


@pytest.mark.shows("versions")
def test_a_response_at_launch_has_the_fields_of_the_time(
    server: RunningServer, engine: ScriptedEngine
):
    async def script(client: Client) -> None:
        for _ in range(2):
            await client.say("hello " * 100)
            await client.send("response.create", response={"max_output_tokens": 200})
            await client.until("rate_limits.updated")

    events = converse(server, script, "preview", path(LAUNCH, "preview"))
    done = [event["response"] for event in events if event["type"] == "response.done"]
    assert set(done[1]) == {
        "id",
        "object",
        "status",
        "status_details",
        "output",
        "usage",
        "metadata",
    }
    assert done[1]["usage"]["input_token_details"]["cached_tokens"] == 0
    assert "cached_tokens_details" not in done[1]["usage"]["input_token_details"]


@pytest.mark.parametrize(
    "name", ["conversation", "input", "metadata", "max_response_output_tokens"]
)
def test_a_response_at_launch_is_asked_for_without_what_came_later(
    any_server: RunningServer, name: str
):
    error, _ = refused(any_server, LAUNCH, "preview", "response.create", response={name: "none"})
    assert (error["code"], error["param"]) == ("unknown_parameter", f"response.{name}")


@pytest.mark.parametrize("name", ["commit", "cancel_previous", "append_input_items"])
def test_later_models_know_nothing_of_the_first_requests(any_server: RunningServer, name: str):
    for dialect, profile in (
        ("preview", "gpt-4o-realtime-preview-2024-12-17"),
        ("ga", "gpt-realtime-2025-08-28"),
    ):
        error, _ = refused(any_server, profile, dialect, "response.create", response={name: True})
        assert (error["code"], error["param"]) == ("unknown_parameter", f"response.{name}")


def test_a_request_at_launch_does_several_things_at_once(
    server: RunningServer, engine: ScriptedEngine
):
    gated(engine, server, "Once upon a time. ", "The end.")
    text = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}

    async def script(client: Client) -> None:
        await client.update(**MANUAL["preview"])
        await client.send("response.create")
        await client.until("response.audio.delta")
        await client.append(tone(400) + silence(100))
        asked = {"cancel_previous": True, "commit": True, "append_input_items": [text]}
        await client.send("response.create", response=asked)
        await client.until("response.done")
        await client.until("response.created")

    events = converse(server, script, "preview", path(LAUNCH, "preview"))
    done = next(n for n, event in enumerate(events) if event["type"] == "response.done")
    assert events[done]["response"]["status"] == "cancelled"
    assert [type for type in order(events[done:]) if type != "rate_limits.updated"] == [
        "response.done",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "response.created",
    ]


def test_a_response_at_launch_may_read_items_of_its_own(
    server: RunningServer, engine: ScriptedEngine
):
    text = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}

    async def script(client: Client) -> None:
        await client.say("not this")
        await client.send("response.create", response={"input_items": [text]})
        await client.until("response.done")

    events = converse(server, script, "preview", path(LAUNCH, "preview"))
    assert [m.text for m in engine.brain.prompts[0].messages] == ["hi"]
    roles = [e["item"]["role"] for e in events if e["type"] == "conversation.item.created"]
    assert roles == ["user", "assistant"], "there was nothing beside the conversation yet"


def test_items_could_not_be_retrieved_at_launch(any_server: RunningServer):
    error, _ = refused(any_server, LAUNCH, "preview", "conversation.item.retrieve", item_id="x")
    assert (error["code"], error["param"]) == ("invalid_value", "type")


def picture(url: Any = PNG, **fields: Any) -> dict[str, Any]:
    content = [{"type": "input_image", "image_url": url, **fields}]
    return {"type": "message", "role": "user", "content": content}


@pytest.mark.parametrize("detail", [None, "auto", "low", "high"])
@pytest.mark.shows("images")
def test_later_models_take_images(server: RunningServer, detail: str | None):
    fields = {"detail": detail} if detail else {}

    async def script(client: Client) -> None:
        await client.send("conversation.item.create", item=picture(**fields))
        added = await client.last("conversation.item.added")
        assert added["item"]["content"] == picture(**fields)["content"]
        await client.send("response.create")
        usage = (await client.last("response.done"))["response"]["usage"]
        assert usage["input_token_details"]["image_tokens"] > 0

    converse(server, script, "ga", path("gpt-realtime-2025-08-28", "ga"))


@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        (picture("https://example.org/a.png"), "invalid_value", "item.content[0].image_url"),
        (picture("data:image/gif;base64,R0lG"), "invalid_value", "item.content[0].image_url"),
        (picture("data:image/png;base64,!!"), "invalid_value", "item.content[0].image_url"),
        (picture(detail="huge"), "invalid_value", "item.content[0].detail"),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_image"}]},
            "missing_required_parameter",
            "item.content[0].image_url",
        ),
        ({**picture(), "role": "system"}, "invalid_value", "item.content[0].type"),
    ],
)
def test_images_that_are_none(
    any_server: RunningServer, item: dict[str, Any], code: str, param: str
):
    error, _ = refused(
        any_server, "gpt-realtime-2025-08-28", "ga", "conversation.item.create", item=item
    )
    assert (error["code"], error["param"]) == (code, param)


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_the_first_models_take_no_images(any_server: RunningServer, dialect: str):
    error, _ = refused(
        any_server,
        "gpt-4o-realtime-preview-2024-10-01",
        dialect,
        "conversation.item.create",
        item=picture(),
    )
    assert error["message"] == (
        "Invalid value: 'input_image'. Supported values are: 'input_text' and 'input_audio'."
    )
    assert error["param"] == "item.content[0].type"


def test_a_tool_server_on_another_machine_cannot_be_reached(server: RunningServer):
    tool = {"type": "mcp", "server_label": "wiki", "server_url": "https://example.org/mcp"}

    async def script(client: Client) -> None:
        await client.update(tools=[tool])
        failed = await client.last("conversation.item.done")
        assert failed["item"]["server_label"] == "wiki"
        await client.update(tools=[tool], instructions="again")
        choice = {"type": "mcp", "server_label": "wiki"}
        await client.send("response.create", response={"tool_choice": choice})
        await client.until("response.done")
        other = {"type": "mcp", "server_label": "other"}
        await client.send("response.create", response={"tool_choice": other})
        assert (await client.refusal())["param"] == "response.tool_choice"
        answer = {"type": "mcp_approval_response", "approval_request_id": "x", "approve": True}
        await client.send("conversation.item.create", item=answer)
        assert (await client.refusal())["param"] == "item.approval_request_id"

    events = converse(server, script, "ga", path("gpt-realtime-2025-08-28", "ga"))
    listing = [
        "session.updated",
        "conversation.item.added",
        "mcp_list_tools.in_progress",
        "mcp_list_tools.failed",
        "conversation.item.done",
        "error",
        "session.updated",
        "response.created",
    ]
    assert order(events)[: len(listing)] == listing, "told once"


@pytest.mark.shows("pieces")
def test_arguments_of_a_call_come_in_pieces(server: RunningServer, engine: ScriptedEngine):
    arguments = '{"city": "São Paulo", "days": 3}'
    engine.brain.answers = [[ToolCall("weather", arguments)]]

    async def script(client: Client) -> None:
        await client.send("response.create")
        await client.until("response.done")

    events = converse(server, script, "ga", path("gpt-realtime-2025-08-28", "ga"))
    deltas = [e["delta"] for e in events if e["type"] == "response.function_call_arguments.delta"]
    assert len(deltas) > 3
    assert "".join(deltas) == arguments
