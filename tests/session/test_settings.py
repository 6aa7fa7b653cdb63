"""The settings that a session is asked for."""

import pytest

from realtime_lab.errors import SessionError
from realtime_lab.protocol import SemanticVad
from realtime_lab.session import Settings


def test_further_settings_keep_their_neighbours():
    noise = {"audio": {"input": {"noise_reduction": {"type": "near_field"}}}}
    audio = Settings(voice="coral", extra=noise).config([]).audio
    assert audio.input.noise_reduction.type == "near_field"
    assert audio.input.transcription.model == "whisper-1"
    assert audio.output.voice == "coral"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(speed=9), r"float` <= 1.5 - at `\$.audio.output.speed"),
        (Settings(temperature=9), r"float` <= 1.2 - at `\$.temperature"),
        (Settings(instructions=3), r"instructions"),  # type: ignore[arg-type]
    ],
)
def test_a_value_that_a_setting_cannot_have_is_told(settings, told):
    with pytest.raises(SessionError, match=told):
        settings.config([])


def test_an_object_of_another_type_replaces_the_one_that_was_there():
    semantic = {"audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}
    assert Settings(extra=semantic).config([]).audio.input.turn_detection == SemanticVad()


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ({"instruction": "Be brief."}, "no setting 'instruction'"),
        ({"audio": {"output": {"sped": 1.2}}}, "no setting 'audio.output.sped'"),
        ({"output_modalities": 3}, "output_modalities"),
    ],
)
def test_a_setting_that_no_session_has_is_told(extra, told):
    with pytest.raises(SessionError, match=told):
        Settings(extra=extra).config([])
