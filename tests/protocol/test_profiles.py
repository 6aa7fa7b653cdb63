"""What is known of the models."""

import datetime

import pytest

from realtime_lab.protocol import EIGHT_VOICES, PROFILES, dialect_named, profile_of

LAUNCH_VOICES = ("alloy", "echo", "shimmer")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.snapshot)
def test_a_profile_makes_sense(profile):
    assert dialect_named(profile.dialect)
    assert set(profile.voices) >= set(LAUNCH_VOICES if profile.edition else EIGHT_VOICES)
    assert profile.price.text_cached <= profile.price.text_in
    assert profile.price.audio_cached <= profile.price.audio_in
    assert 0 < profile.max_output_tokens < profile.context_tokens
    assert profile.dialect == "ga" or not profile.features.images
    assert (profile.price.image_in is not None) == profile.features.images
    dates = [profile.launched, profile.deprecated, profile.retired, profile.retires]
    days = [datetime.date.fromisoformat(date) for date in dates if date]
    assert days == sorted(days)
    assert not (profile.retired and profile.retires)


def test_the_model_that_started_it_all_is_retired():
    retired = [p.retired for p in PROFILES.values() if p.name == "gpt-4o-realtime-preview"]
    assert len(retired) == 4
    assert all(retired)


def test_the_first_model_is_also_known_as_it_launched():
    documented = PROFILES["gpt-4o-realtime-preview-2024-10-01"]
    launch = PROFILES["gpt-4o-realtime-preview-2024-10-01-launch"]
    assert profile_of("gpt-4o-realtime-preview") is documented
    assert launch.snapshot == documented.snapshot
    assert launch.voices == ("alloy", "echo", "shimmer")
    assert (launch.connections_per_minute, launch.session_seconds) == (6, 900)
    assert documented.connections_per_minute is None


def test_the_preview_has_no_words_for_what_came_with_ga():
    profile = PROFILES["gpt-realtime-2-2026-05-06"]
    assert profile.features_in("ga").images
    assert profile.features_in("ga").reasoning
    preview = profile.features_in("preview")
    assert not (preview.images or preview.mcp or preview.idle_timeout or preview.reasoning)
    assert preview.semantic_vad


def test_a_profile_is_found_by_snapshot_and_by_model():
    for snapshot, profile in PROFILES.items():
        assert profile_of(snapshot) is profile
    assert profile_of("gpt-realtime") is PROFILES["gpt-realtime-2025-08-28"]
    assert profile_of("my-deployment") is None
