"""What was asked for beside what is in force."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.protocol import (
    NOT_TOLD,
    AudioConfig,
    AudioInput,
    AudioOutput,
    Response,
    ResponseConfig,
    ServerVad,
    SessionConfig,
    TranscriptionConfig,
    compared,
    compared_response,
)


def config(**audio) -> SessionConfig:
    return SessionConfig(
        type="realtime",
        instructions="Be brief.",
        audio=AudioConfig(
            input=AudioInput(
                turn_detection=audio.get("detection", ServerVad(threshold=0.5)),
                transcription=audio.get("transcription", TranscriptionConfig(model="whisper-1")),
            ),
            output=AudioOutput(voice=audio.get("voice", "alloy"), speed=audio.get("speed", 1.2)),
        ),
    )


def ignored(asked: SessionConfig, effective: SessionConfig) -> dict[str, tuple]:
    return {r.name: (r.asked, r.effective) for r in compared(asked, effective) if r.ignored}


def test_what_is_in_force_as_asked_is_no_difference():
    rows = compared(config(), config())
    assert all(row.same for row in rows)
    assert "audio.output.voice" in [row.name for row in rows]


def test_another_value_is_a_difference():
    found = ignored(config(voice="verse"), config())
    assert found == {"audio.output.voice": ("verse", "alloy")}
    row = next(r for r in compared(config(voice="verse"), config()) if r.ignored)
    assert row.sentence == "audio.output.voice: asked for verse, in force is alloy"


def test_a_setting_that_is_not_confirmed_is_a_difference():
    effective = config()
    effective.audio.output = AudioOutput(voice="alloy")
    assert ignored(config(), effective) == {"audio.output.speed": (1.2, NOT_TOLD)}


def test_what_was_switched_off_need_not_be_told():
    asked = config(detection=None)
    told = config()
    told.audio.input = AudioInput(transcription=TranscriptionConfig(model="whisper-1"))
    assert ignored(asked, told) == {}


def test_what_was_switched_off_and_is_on_is_a_difference():
    found = ignored(config(detection=None), config())
    assert list(found) == ["audio.input.turn_detection"]
    asked, effective = found["audio.input.turn_detection"]
    assert asked is None
    assert effective == {"type": "server_vad", "threshold": 0.5}


def test_what_was_asked_of_an_object_that_is_off_is_a_difference():
    found = ignored(config(), config(transcription=None))
    assert found == {"audio.input.transcription.model": ("whisper-1", None)}


def test_numbers_may_come_back_less_exact():
    told = config(speed=1.2000000476837158)
    assert ignored(config(speed=1.2), told) == {}


def test_what_the_service_adds_is_shown_and_not_compared():
    told = config()
    told.max_output_tokens = "inf"
    told.tools = []
    row = next(r for r in compared(config(), told) if r.name == "max_output_tokens")
    assert (row.asked, row.effective, row.same) == (NOT_TOLD, "inf", None)


def test_a_tool_may_come_back_with_more_fields():
    asked, told = config(), config()
    asked.tools = [{"type": "function", "name": "add"}]
    told.tools = [{"type": "function", "name": "add", "description": None, "strict": False}]
    assert ignored(asked, told) == {}
    told.tools = []
    assert list(ignored(asked, told)) == ["tools"]


def test_a_response_is_compared_in_what_it_tells():
    asked = ResponseConfig(
        output_modalities=["text"], instructions="Sing.", metadata={"trial": "7"}, temperature=0.8
    )
    effective = Response(
        id="r1",
        status="in_progress",
        output_modalities=["audio"],
        metadata={"trial": "7"},
        temperature=0.8,
    )
    rows = {row.name: row.same for row in compared_response(asked, effective)}
    assert rows == {
        "output_modalities": False,
        "metadata.trial": True,
        "temperature": True,
        "instructions": None,
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["audio", "tools", "prompt"]), VALUES))
def test_any_two_objects_can_be_compared(asked):
    told = SessionConfig(instructions="x", tools=[], audio=AudioConfig())
    for row in compared(asked, told):
        assert row.name
        assert isinstance(row.sentence, str)
    assert msgspec.to_builtins(told)  # unchanged
