"""Which response answers which request, by all that a service tells of it."""

import pytest

from realtime_lab.protocol import REQUEST_TAG as TAG
from realtime_lab.protocol import (
    UNSET,
    ErrorDetails,
    ErrorEvent,
    Matching,
    Message,
    OutputItemAdded,
    ResponseConfig,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
)
from realtime_lab.protocol.matching import BUSY
from tests.entries import ask, created, done, error


def follow(*events) -> Matching:
    matching = Matching()
    for event in events:
        if isinstance(event, ResponseCreate):
            matching.keep(event)
        matching.apply(event)
    return matching


def repeated(event: ResponseCreated | ResponseDone, event_id: str):
    event.response.metadata = {TAG: event_id}
    return event


def test_a_request_carries_its_id_beside_what_the_user_gave():
    mine = ResponseConfig(metadata={"topic": "weather"})
    one, two = (ResponseCreate(event_id=name, response=mine) for name in ("one", "two"))
    for request in (one, two):
        Matching().keep(request)
    assert one.response and one.response.metadata == {"topic": "weather", TAG: "one"}
    assert two.response and two.response.metadata == {"topic": "weather", TAG: "two"}
    assert mine.metadata == {"topic": "weather"}


def test_metadata_that_is_full_is_left_as_it_is():
    full = {str(number): "" for number in range(16)}
    request = ResponseCreate(event_id="one", response=ResponseConfig(metadata=full))
    Matching().keep(request)
    assert request.response and request.response.metadata == full


def test_what_the_service_repeats_decides_and_not_the_order():
    matching = follow(ask("one"), ask("two"), repeated(created("r"), "two"))
    assert matching.request_of("r") == "two"
    assert matching.is_asked("one")


def test_once_it_has_repeated_an_id_a_response_without_is_the_services_own():
    first = [ask("one"), repeated(created("r1"), "one"), done("r1")]
    matching = follow(*first, ask("two"), created("r2"))
    assert matching.request_of("r2") == ""
    assert matching.is_asked("two")


def test_where_nothing_is_repeated_requests_are_answered_in_order():
    matching = follow(ask("one"), ask("two"), created("r1"), done("r1"), created("r2"))
    assert [matching.request_of(name) for name in ("r1", "r2")] == ["one", "two"]


def test_an_error_takes_back_what_the_order_seemed_to_say():
    matching = follow(ask("one"), created("r"), error("one", BUSY))
    assert matching.request_of("r") == ""
    assert matching.again


@pytest.mark.parametrize("code", [BUSY, None])
@pytest.mark.parametrize("names", [True, False])
def test_a_response_that_is_active_is_understood_in_every_wording(code, names):
    told = "Conversation already has an active response in progress: resp_1."
    details = ErrorDetails(message=told, code=code, event_id="one" if names else None)
    assert follow(ask("one"), ErrorEvent(error=details)).again


def test_a_request_past_the_gate_is_not_made_again():
    matching = Matching()
    for event in (ask("one"), error("one", BUSY)):
        matching.apply(event)
    assert matching.refused is not None
    assert not matching.again


def test_a_request_that_always_comes_too_early_is_refused_in_the_end():
    matching, request = Matching(), ask("one")
    matching.keep(request)
    tries = 0
    while True:
        matching.apply(request)
        matching.apply(error("one", BUSY))
        tries += 1
        if not matching.again:
            break
    assert tries == 6


def test_a_service_that_knows_no_metadata_is_asked_without():
    request = ask("one")
    refusal = error("one", "unknown_parameter", "Unknown parameter: 'response.metadata'.")
    matching = follow(request, refusal)
    assert matching.again
    assert request.response and request.response.metadata is UNSET
    later = ask("two")
    matching.keep(later)
    assert later.response is UNSET


def test_a_refusal_of_the_users_own_metadata_is_theirs_to_hear_of():
    own = ResponseConfig(metadata={"key": "x" * 600})
    request = ResponseCreate(event_id="one", response=own)
    refusal = error("one", "string_above_max_length", "Invalid 'response.metadata': too long.")
    assert not follow(request, refusal).again


@pytest.mark.parametrize(
    "sign", [done("r"), OutputItemAdded(response_id="r", output_index=0, item=Message(role="user"))]
)
def test_a_response_is_known_though_its_beginning_was_lost(sign):
    matching = follow(ask("one"), sign)
    assert (matching.begun, matching.request_of("r")) == ("r", "one")
    matching.apply(sign)
    assert matching.begun == ""


def test_out_of_band_requests_and_responses_keep_to_themselves():
    aside = ResponseCreate(event_id="aside", response=ResponseConfig(conversation="none"))
    beside = created("r1")
    beside.response.conversation_id = None
    matching = follow(ask("one"), aside, beside, created("r2"))
    assert [matching.request_of(name) for name in ("r1", "r2")] == ["aside", "one"]
    assert [matching.is_beside(name) for name in ("r1", "r2")] == [True, False]


def test_nothing_is_waited_for_on_a_connection_that_is_lost():
    matching = follow(ask("one"))
    matching.connection_lost()
    assert not matching.is_waiting
