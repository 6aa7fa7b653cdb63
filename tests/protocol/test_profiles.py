"""What is known of the models."""

import datetime

import pytest

from realtime_lab.protocol import EIGHT_VOICES, PROFILES, dialect_named, profile_of


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.snapshot)
def test_a_profile_makes_sense(profile):
    assert dialect_named(profile.dialect)
    assert set(EIGHT_VOICES) <= set(profile.voices)
    assert profile.price.text_cached <= profile.price.text_in
    assert profile.price.audio_cached <= profile.price.audio_in
    assert 0 < profile.max_output_tokens < profile.context_tokens
    if profile.retired:
        datetime.date.fromisoformat(profile.retired)


def test_the_model_that_started_it_all_is_retired():
    retired = [p.retired for p in PROFILES.values() if p.name == "gpt-4o-realtime-preview"]
    assert len(retired) == 3
    assert all(retired)


def test_a_profile_is_found_by_snapshot_and_by_model():
    for snapshot, profile in PROFILES.items():
        assert profile_of(snapshot) is profile
    assert profile_of("gpt-realtime") is PROFILES["gpt-realtime-2025-08-28"]
    assert profile_of("my-deployment") is None
