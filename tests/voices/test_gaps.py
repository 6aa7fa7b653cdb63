"""A voice that fails is told, and the rest stands."""

from __future__ import annotations

import pytest

import realtime_lab as rl
from realtime_lab.errors import ConsentMissing
from realtime_lab.session import revoke
from tests.servers import running_server

VOICES = ["alloy", "ash", "coral", "echo"]


def by_order(run: rl.VoiceRun, number: int) -> str:
    return run.order[number].voice


@pytest.mark.parametrize(
    ("fault", "error", "told"),
    [
        ("refuse:status=503,count=1", "ServiceFailedConnect", "could not give a session"),
        ("fail_response:message=Oh no,session=2", "ServiceFailedResponse", "Oh no"),
        ("fail_response:message=Oh no,audio_ms=100,session=2", "ServiceFailedResponse", "Oh no"),
        ("content_filter:audio_ms=100,session=2", "ContentFiltered", "the answer is not whole"),
        ("close:code=1011,at=response.output_audio.delta,count=1", "TransportLost", "1011"),
        ("close:code=1006,at=response.created,count=1", "TransportLost", "broke off"),
        ("expire:at=response.created,count=1", "SessionExpired", ""),
        ("drop:at=response.done,session=2", "TurnTimeout", "within 0.5 s"),
        ("close:code=1013,at=handshake,count=1", "TransportLost", "1013"),
    ],
)
def test_one_voice_fails_and_the_others_stand(compare, go_wrong, fault, error, told):
    go_wrong(fault)
    timeout = 0.5 if "drop" in fault else 10
    run = compare(voices=VOICES, concurrency=1, timeout=timeout)
    [gap] = run.failed
    assert gap.error == error
    assert told in gap.told
    assert gap.voice == by_order(run, 1 if "session=2" in fault else 0)
    assert sorted(t.voice for t in run) == sorted(set(VOICES) - {gap.voice})
    assert run[gap.voice] == ()
    assert f"! {gap.voice}: " in repr(run)
    assert gap.voice in run._repr_html_()
    problems = dict(zip(run.table()["voice"], run.table()["problem"], strict=True))
    assert problems == dict.fromkeys(VOICES) | {gap.voice: f"{gap.error}: {gap.told}"}


def test_a_line_that_fails_ends_its_session_and_what_was_said_before_stands(compare, go_wrong):
    go_wrong("fail_response:message=Oh no,session=1,skip=1")
    run = compare(["One.", "Two.", "Three."], voices=["ash", "coral"], concurrency=1)
    failed, whole = run.order[0].voice, run.order[1].voice
    assert [take.line for take in run[failed]] == [0]
    assert [take.line for take in run[whole]] == [0, 1, 2]
    assert [(gap.line, gap.follows) for gap in run.failed] == [(1, False), (2, True)]
    assert run.failed[1].told == "not asked, as line 2 failed"
    assert repr(run).count("! ") == 1


def test_a_refused_handshake_is_tried_again_when_the_service_says(compare, go_wrong):
    go_wrong("refuse:status=429,retry_after=0.01,count=5")
    run = compare(voices=VOICES, concurrency=1)
    assert len(run.takes) == 4
    assert not run.failed


def test_a_service_that_never_has_room_is_given_up(compare, go_wrong):
    go_wrong("refuse:status=429,retry_after=0.01")
    run = compare(voices=["ash"])
    assert [gap.error for gap in run.failed] == ["RateLimitedConnect"]


def test_a_service_that_has_room_tomorrow_is_not_waited_for(compare, go_wrong):
    go_wrong("refuse:status=429,retry_after=86400")
    run = compare(voices=["ash"])
    assert [gap.error for gap in run.failed] == ["RateLimitedConnect"]
    assert "86400" in run.failed[0].told


def test_a_response_without_room_is_asked_for_again(compare, go_wrong):
    go_wrong(
        "fail_response:type=tokens,code=rate_limit_exceeded,count=1,"
        'message="Rate limit reached. Please try again in 10ms."'
    )
    run = compare(voices=["ash"])
    [take] = run
    assert take.said == "Hello there."
    assert take.first_audio is not None
    assert run.spent.failed == 1


def test_a_key_that_is_refused_is_shown_to_the_service_once(engine, server):
    refused = rl.endpoint(
        server.ws_url + "/v1/realtime?model=gpt-realtime", api_key="sk-wrong-0123456789abcdef"
    )
    run = rl.run(rl.compare_voices("Hi.", endpoint=refused, concurrency=1, progress=False), 60)
    assert len(run.failed) == 10
    assert {gap.error for gap in run.failed} == {"AuthDenied"}
    assert "0123456789abcdef" not in repr(run) + run._repr_html_()
    assert not engine.synthesizer.spoken


def test_an_endpoint_where_nobody_answers_leaves_the_other_one_whole(places, tmp_path):
    nobody = rl.endpoint("ws://127.0.0.1:9/v1/realtime?model=gpt-realtime", api_key="k")
    call = rl.compare_voices(
        "Hi.", voices="ash", endpoint=[nobody, places["preview"]], progress=False
    )
    run = rl.run(call, 60)
    assert [gap.error for gap in run.failed] == ["Unreachable"]
    assert [take.source for take in run] == ["gpt-4o-realtime-preview, this machine"]


def test_nothing_is_sent_where_nobody_agreed(places):
    revoke()
    remote = rl.endpoint("wss://voices.example.com/v1/realtime?model=gpt-realtime", api_key="k")
    call = rl.compare_voices("Hi.", endpoint=[places["ga"], remote], agree=False, progress=False)
    with pytest.raises(ConsentMissing, match=r"voices\.example\.com"):
        rl.run(call, 30)


def test_a_voice_that_the_model_does_not_have_is_a_gap(compare, engine):
    run = compare(voices=["ash", "nova"])
    assert [take.voice for take in run] == ["ash"]
    assert "no voice 'nova'; it has alloy" in run.failed[0].told
    assert len(engine.synthesizer.spoken) == 1


def use_up_connections(limits) -> None:
    limits.set(connections_per_minute=600)
    for _ in range(598):
        limits.admit()


def use_up_tokens(limits) -> None:
    limits.set(tokens_per_minute=600_000)
    limits.reserve(598_000)  # a response sets more than 4,096 aside


@pytest.mark.parametrize(
    ("use_up", "refused"), [(use_up_connections, "handshakes"), (use_up_tokens, "responses")]
)
def test_limits_of_a_deployment_are_kept_to(engine, use_up, refused):
    """Next to nothing is left, and some comes back each tenth of a second: all have their turn."""
    with running_server(engine) as server:
        place = rl.endpoint(
            server.ws_url + "/openai/realtime?deployment=gpt-4o-realtime-preview",
            api_key=server.key,
        )
        use_up(server.server.deployments.find("gpt-4o-realtime-preview", "preview").limits)
        call = rl.compare_voices("Hi.", endpoint=place, concurrency=4, progress=False)
        run = rl.run(call, 60)
    assert len(run.takes) == 8
    assert not run.failed
    assert (run.spent.failed > 0) == (refused == "responses")
