"""Faults of the embedded server, asked for from a notebook."""

import asyncio

import pytest

import realtime_lab as rl
from realtime_lab.errors import EndpointError, FaultError, ResponseFailed, ServerError
from realtime_lab.server.fault_reading import fault_of_text
from realtime_lab.session import EmbeddedServer
from realtime_lab.session.embedded_faults import fault_text


def test_faults_come_with_the_connection_and_change_while_it_lasts():
    fault = {"kind": "fail_response", "message": 'No, "never", today.', "count": 1}

    async def visit():
        async with await rl.connect(faults=[fault]) as lab:
            with pytest.raises(ResponseFailed, match="never"):
                await lab.say("Hello there")
            assert lab.server.faults == [fault]
            lab.server.faults = ["content_filter:audio_ms=0"]
            assert (await lab.say("Hello there")).status == "incomplete"
            with pytest.raises(FaultError, match=r"faults\[0\]: fault 'delay': delay needs 'ms'"):
                lab.server.faults = ["delay"]
            assert lab.server.faults == [{"kind": "content_filter", "audio_ms": 0}]
            lab.server.faults = []
            assert (await lab.say("Hello there")).status == "completed"
            return lab.server

    assert asyncio.run(visit()) is not EmbeddedServer.running()


def test_a_wrong_fault_keeps_the_server_from_starting_and_is_told():
    with pytest.raises(ServerError, match="there is no fault 'clos'"):
        rl.run(rl.connect(faults=["clos"]))


def test_other_services_have_no_faults_to_order():
    with pytest.raises(EndpointError, match="leave the endpoint out"):
        rl.connect(rl.endpoint("wss://example.com/v1/realtime", api_key="k"), faults=["drop"])


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "close", "code": 1011, "at": "response.created", "probability": 0.5},
        {"kind": "error", "message": 'a "b", \\c\nd é', "code": None},
        {"kind": "drop"},
        "drop:count=2",
    ],
)
def test_a_dict_is_the_same_fault_as_its_text(fault):
    read = fault_of_text(fault_text(fault))
    given = {k: v for k, v in fault.items() if v is not None} if isinstance(fault, dict) else None
    assert given is None or read.as_dict() == given
