"""Faults as text, as JSON and as Python objects."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.errors import FaultError
from realtime_lab.server import Fault
from realtime_lab.server.fault_reading import fault_of_text, faults_of_json
from realtime_lab.server.faults import KINDS, Points, type_of

NEEDED = {"delay": {"ms": 5}, "jitter": {"max_ms": 5}, "slow_transcription": {"ms": 5}}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop", Fault("drop")),
        (
            "close:code=1011,at=response.output_audio.delta,skip=4,count=1",
            Fault("close", code=1011, at="response.output_audio.delta", skip=4, count=1),
        ),
        ("delay:ms=12.5, probability=0.3", Fault("delay", ms=12.5, probability=0.3)),
        (
            r'error:message="no, \"never\"",code=odd',
            Fault("error", message='no, "never"', code="odd"),
        ),
        (
            "fail_response:code=rate_limit_exceeded",
            Fault("fail_response", code="rate_limit_exceeded"),
        ),
    ],
)
def test_a_fault_is_one_line_of_text(text: str, fault: Fault):
    assert fault_of_text(text) == fault


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("clos", "at column 1: there is no fault 'clos'; there are delay, "),
        ("close:cod=1", "at column 7: close has no 'cod'; it has code, reason, seconds, at, "),
        ("close:code=no", "at column 7: code must be a code that can close a WebSocket"),
        ("close:code=1005", "at column 7: code must be"),
        ("close:code=1011,", "name=value is expected at column 17"),
        ("close:code", "name=value is expected at column 11"),
        ("close:code=,at=x", "code has no value at column 12"),
        ('close:reason="a"b', "a comma or the end is expected at column 17"),
        ("drop:count=1,count=2", "at column 14: 'count' is given twice"),
        ("drop:count=0", "count must be a whole number, 1 or more, not 0"),
        ("drop:at=response.dome", "no server event is called 'response.dome'"),
        ("drop:at=handshake", "drop needs an event, there is none at the handshake"),
        ("drop:probability=1.5", "probability must be a number, between 0 and 1, not 1.5"),
        ("drop:probability=nan", "probability must be a number"),
        ("delay", "delay needs 'ms'"),
        ("jitter:max_ms=1,min_ms=2", "min_ms is more than max_ms"),
        ("refuse:status=200", "status must be one of 400, 401"),
        ("refuse:at=response.done", "it takes no 'at'"),
        ("close:seconds=1,at=response.done", "either 'at' or 'seconds'"),
        ("drop:self=1", "drop has no 'self'"),
        ("", "there is no fault ''"),
    ],
)
def test_a_wrong_text_is_refused_with_the_place(text: str, sentence: str):
    with pytest.raises(FaultError) as refused:
        fault_of_text(text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({}, "faults"),
        ([5], "faults[0]"),
        (["drop", "drop:at=x"], "faults[1]"),
        ([{"at": "response.done"}], "faults[0].kind"),
        ([{"kind": "drop", "probability": "often"}], "faults[0].probability"),
        ([{"kind": "drop"}, {"kind": "close", "reason": 5}], "faults[1].reason"),
        ([{"kind": "close", "reason": "ä" * 62}], "faults[0].reason"),
        ([{"kind": "drop", "session": True}], "faults[0].session"),
    ],
)
def test_wrong_json_is_refused_with_its_path(value: object, path: str):
    with pytest.raises(FaultError) as refused:
        faults_of_json(value)
    assert refused.value.field == path
    assert str(refused.value).startswith(path)


def test_a_pattern_may_be_in_the_names_of_either_dialect():
    old, new = Fault("drop", at="response.audio.*"), Fault("drop", at="response.output_audio.*")
    assert old.matches("response.output_audio.delta")
    assert new.matches("response.output_audio.delta")
    assert not old.matches("response.output_text.delta")


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    kind = draw(st.sampled_from(sorted(KINDS)))
    numbers = {int: st.integers(1, 50), float: st.floats(0, 50), str: st.text(max_size=20)}
    parameters = {
        name: draw(numbers[type_of(kind, name)])
        for name in KINDS[kind].parameters
        if name not in ("code", "status", "min_ms", "seconds") and draw(st.booleans())
    }
    if KINDS[kind].points is Points.EVENTS and draw(st.booleans()):
        parameters["at"] = draw(st.sampled_from(["*", "response.*", "session.created"]))
    return Fault(
        kind,
        skip=draw(st.integers(0, 3)),
        every=draw(st.integers(1, 3)),
        count=draw(st.none() | st.integers(1, 3)),
        probability=draw(st.floats(0, 1)),
        deployment=draw(st.none() | st.text()),
        **{**NEEDED.get(kind, {}), **parameters},
    )


@given(faults())
def test_a_fault_is_itself_again_as_text_and_as_json(fault: Fault):
    assert fault_of_text(str(fault)) == fault
    assert faults_of_json([fault.as_dict()]) == [fault]


@given(st.text())
def test_any_text_is_a_fault_or_refused(text: str):
    with suppress(FaultError):
        fault_of_text(text)
