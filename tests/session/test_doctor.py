"""The doctor names the step that fails, against a server that fails at that step."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme
from websockets.asyncio.server import serve

import realtime_lab as rl
from realtime_lab import cli
from realtime_lab.eventlog import EventLog
from realtime_lab.server import Deployments
from realtime_lab.session import CONSENT, probe
from tests.servers import KEY, scripted_server
from tests.session.places import (
    ConnectProxy,
    answering,
    azure_error,
    listening,
    pass_on,
    talking_nonsense,
)

NO_ROLE = "The principal `x` lacks the required data action `a/b` to perform `c` operation."


def at(port: int, path: str = "/openai/v1/realtime?model=voice", **options) -> rl.Endpoint:
    return rl.endpoint(f"ws://127.0.0.1:{port}{path}", api_key=KEY, **options)


def last(place: rl.Endpoint, **options):
    steps = asyncio.run(probe(place, **options))
    assert all(step.is_taken for step in steps[:-1])
    return steps[-1]


def test_every_step_of_a_good_connection_is_told():
    with scripted_server() as server:
        steps = asyncio.run(probe(at(server.port, "/v1/realtime?model=gpt-realtime")))
        assert [step.name for step in steps] == ["address", "DNS", "TCP", "access", "session"]
        assert all(step.is_taken for step in steps)
        assert "session.created" in steps[-1].told
        engine = server.engine
        assert engine.brain.prompts == []
        assert engine.transcriber.heard == []
    assert KEY not in str(steps)


def test_a_certificate_is_described(tmp_path):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.cert_pem.bytes())
    with listening(answering(503)) as plain, secured(plain, context) as port:
        url = f"wss://127.0.0.1:{port}/v1/realtime?model=m"
        steps = asyncio.run(probe(rl.endpoint(url, api_key=KEY, ca=ca)))
        assert [step.name for step in steps][-2:] == ["TLS", "service"]
        assert "TLSv1.3, certificate of trustme" in steps[-2].told
        untrusted = last(rl.endpoint(url, api_key=KEY))
        assert untrusted.name == "TLS"
        assert "ca=" in untrusted.told


@contextmanager
def secured(plain: int, context: ssl.SSLContext) -> Iterator[int]:
    """TLS in front of a plain port."""

    async def carry(reader, writer):
        there, onward = await asyncio.open_connection("127.0.0.1", plain)
        await asyncio.gather(pass_on(reader, onward), pass_on(there, writer))

    with listening(carry, ssl=context) as port:
        yield port


@pytest.mark.parametrize(
    ("status", "body", "path", "name", "told"),
    [
        (401, azure_error("401", "Access denied"), "", "access", "AuthDenied|belongs to this"),
        (401, azure_error("PermissionDenied", NO_ROLE), "", "access", "OpenAI User"),
        (403, azure_error("403", "Virtual Network/Firewall rules."), "", "network rules", "allows"),
        (
            404,
            azure_error("DeploymentNotFound", "does not exist"),
            "",
            "deployment",
            "'voice'",
        ),
        (
            404,
            azure_error("404", "Resource not found"),
            "/openai/realtime?api-version=2024-10-01-preview&deployment=voice",
            "api-version",
            "GA dialect",
        ),
        (400, azure_error("OpperationNotSupported", "no"), "", "model", "gpt-realtime"),
        (429, azure_error("429", "slow down"), "", "rate limit", "retry in 4 s"),
        (500, "", "", "service", "status page"),
    ],
)
def test_a_refusal_is_named_by_what_it_is_about(status, body, path, name, told):
    with listening(answering(status, body, "retry-after: 4\r\n")) as port:
        step = last(at(port, path) if path else at(port))
    assert step.name == name
    assert any(part in step.told for part in told.split("|"))


def test_a_name_that_nobody_has_is_told(monkeypatch):
    step = last(rl.endpoint("wss://nowhere.invalid/v1/realtime?model=m", api_key=KEY), agree=True)
    assert step.name == "DNS"
    assert "no machine is called nowhere.invalid" in step.told


def test_a_port_where_nobody_listens_is_told():
    step = last(at(1))
    assert step.name == "TCP"
    assert "nobody answers at ws://127.0.0.1:1" in step.told


def test_what_is_no_websocket_is_told():
    with listening(talking_nonsense) as port:
        assert last(at(port)).name == "HTTP"
        step = last(rl.endpoint(f"wss://127.0.0.1:{port}/v1/realtime?model=m", api_key=KEY))
        assert step.name == "TLS"
        assert "speaks TLS" in step.told


@pytest.mark.parametrize("status", [403, 407])
def test_a_proxy_that_refuses_is_told(status):
    with listening(ConnectProxy(1, status=status)) as port:
        place = rl.endpoint(
            "wss://lab.internal.test/v1/realtime?model=m",
            api_key=KEY,
            proxy=f"http://127.0.0.1:{port}",
        )
        steps = asyncio.run(probe(place, agree=True))
    assert [step.name for step in steps] == ["address", "proxy", "DNS", "TCP", "proxy"]
    assert not steps[-1].is_taken


def test_a_socket_that_is_accepted_and_closed_is_told_for_its_reason():
    named = Deployments({"mine": "gpt-realtime"}, strict=True)
    with scripted_server(deployments=named) as server:
        assert last(at(server.port, "/v1/realtime?model=other")).name == "deployment"
        wrong = rl.endpoint(f"{server.ws_url}/v1/realtime?model=mine", api_key="wrong")
        assert last(wrong).name == "access"


def test_a_service_that_begins_no_session_is_told():
    async def silent(socket):
        await socket.wait_closed()

    async def visit():
        async with serve(silent, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await probe(at(port), seconds=0.3)

    step = asyncio.run(visit())[-1]
    assert step.name == "HTTP"
    assert "did not begin a session" in step.told


def test_nothing_is_connected_to_without_consent():
    place = rl.endpoint("wss://never-agreed.invalid/v1/realtime?model=m", api_key=KEY)
    step = last(place, agree=False)
    assert step.name == "consent"
    with pytest.raises(rl.errors.ConsentMissing):
        CONSENT.require(place, False)


def test_a_retired_api_version_is_a_warning():
    with pytest.warns(rl.errors.RetirementWarning):
        place = rl.azure("lab", "voice", api_key=KEY, dialect="preview")
    steps = asyncio.run(probe(place, agree=False))
    assert [(s.name, s.warns) for s in steps[:2]] == [("address", False), ("retirement", True)]


def test_the_notebook_and_the_shell_say_the_same(capsys, monkeypatch):
    with listening(answering(404, azure_error("DeploymentNotFound", "no"))) as port:
        place = at(port)
        found = rl.run(rl.doctor(place))
        assert not found.is_well
        told = found[-1].told
        assert told.startswith("DeploymentNotFound: ")
        assert told.replace("'", "&#x27;") in found._repr_html_()
        assert told in repr(found)
        with pytest.raises(rl.errors.DeploymentNotFound) as raised:
            rl.run(rl.connect(place))
        assert f"DeploymentNotFound: {raised.value}" == told
        assert raised.value._render_traceback_() == [told]
        monkeypatch.setenv("REALTIME_LAB_API_KEY", KEY)
        assert cli.main(["doctor", "--endpoint", place.url]) == 1
        assert told in capsys.readouterr().out
        assert cli.main(["doctor", "--endpoint", place.url, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)[-1] == {
            "what": "deployment",
            "verdict": "broken",
            "told": told,
        }
        assert cli.main(["talk", "--text", "Hi", "--endpoint", place.url]) == 1
        assert str(raised.value) in capsys.readouterr().err


def test_why_no_session_was_opened_stands_in_the_log():
    log = EventLog()
    with pytest.raises(rl.errors.Unreachable) as raised:
        rl.run(rl.connect(at(1), log=log))
    (mark,) = log.events("lab.connect_failed")
    assert mark.event.data == {"error": "Unreachable", "told": str(raised.value)}
