"""Proxies, and the certificates of a private authority, over real sockets."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator

import pytest
import trustme
import uvicorn

import realtime_lab as rl
from realtime_lab.errors import EndpointError, Unreachable
from realtime_lab.server import create_app, open_listener, server_config
from realtime_lab.session.route import route
from tests.servers import KEY, scripted_server
from tests.session.places import ConnectProxy, answering, listening

NAME = "lab.internal.test"
PASSWORD = "canary-proxy-5b1e"
PROXY_VARIABLES = [f"{name}_proxy" for name in ("ws", "wss", "http", "https", "all", "no")]


@pytest.fixture(autouse=True)
def no_proxy_around(monkeypatch):
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca(authority, tmp_path_factory):
    file = tmp_path_factory.mktemp("trust") / "ca.pem"
    file.write_bytes(authority.cert_pem.bytes())
    return file


@pytest.fixture(scope="module")
def secure(authority) -> Iterator[int]:
    """The port of a scripted server that has a certificate for `NAME` and this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME, "127.0.0.1", "localhost").configure_cert(context)
    with scripted_server() as plain, open_listener("127.0.0.1", 0) as listener:
        server = uvicorn.Server(server_config(create_app(plain.server), context))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(timeout=10)


def talk(place, **options) -> str:
    async def visit():
        async with await rl.connect(place, **options) as lab:
            return (await lab.say("Hello")).transcript

    return asyncio.run(visit())


def test_a_private_authority_is_trusted_when_its_file_is_given(secure, ca):
    url = f"wss://localhost:{secure}/openai/v1/realtime?model=gpt-realtime"
    assert talk(rl.endpoint(url, api_key=KEY, ca=ca)) == "You said: Hello."


def test_a_private_authority_in_the_environment_is_trusted(secure, ca, monkeypatch):
    place = rl.endpoint(f"wss://127.0.0.1:{secure}/v1/realtime?model=gpt-realtime", api_key=KEY)
    with pytest.raises(Unreachable, match=r"not trusted.*ca=") as refused:
        talk(place)
    assert refused.value.stage == "tls"
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    assert talk(place) == "You said: Hello."


def test_a_certificate_for_another_name_is_not_trusted(secure, ca):
    with listening(ConnectProxy(secure)) as port:
        place = rl.endpoint(
            "wss://other.internal.test/v1/realtime?model=gpt-realtime",
            api_key=KEY,
            ca=ca,
            proxy=f"http://127.0.0.1:{port}",
        )
        with pytest.raises(Unreachable, match="not trusted"):
            talk(place, agree=True)


@pytest.mark.parametrize("how", ["argument", "HTTPS_PROXY", "WSS_PROXY", "all_proxy"])
def test_a_session_goes_through_a_proxy(secure, ca, how, monkeypatch):
    proxy = ConnectProxy(secure, PASSWORD)
    with listening(proxy) as port:
        address = f"http://name:{PASSWORD}@127.0.0.1:{port}"
        given = {"proxy": address} if how == "argument" else {}
        if how != "argument":
            monkeypatch.setenv(how, address)
        place = rl.endpoint(
            f"wss://{NAME}/v1/realtime?model=gpt-realtime", api_key=KEY, ca=ca, **given
        )
        assert talk(place, agree=True) == "You said: Hello."
    assert proxy.asked == [f"{NAME}:443"]
    assert PASSWORD not in f"{place!r}{place.route!r}"


def test_no_proxy_is_obeyed(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", ".internal.test")
    way = route()
    assert way.proxy_to(f"wss://{NAME}/v1/realtime") is None
    found = way.proxy_to("wss://example.com/v1/realtime")
    assert found is not None
    assert (found.host, found.port, found.source) == ("127.0.0.1", 1, "HTTPS_PROXY")
    assert route(proxy=False).proxy_to("wss://example.com/v1/realtime") is None


def test_nothing_on_this_machine_goes_through_the_proxy_of_the_environment(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with scripted_server() as server:
        place = rl.endpoint(f"{server.ws_url}/v1/realtime?model=gpt-realtime", api_key=KEY)
        assert talk(place) == "You said: Hello."


def fails(proxy: str) -> Unreachable:
    place = rl.endpoint(f"wss://{NAME}/v1/realtime?model=m", api_key=KEY, proxy=proxy)
    with pytest.raises(Unreachable) as refused:
        talk(place, agree=True)
    assert PASSWORD not in str(refused.value)
    return refused.value


def test_a_proxy_that_wants_a_password_is_told(secure):
    with listening(ConnectProxy(secure, PASSWORD)) as port:
        error = fails(f"http://name:{PASSWORD}-wrong@127.0.0.1:{port}")
    assert (error.stage, error.status) == ("proxy", 407)
    assert "wants a user name and password" in str(error)


def test_a_proxy_that_lets_nobody_through_is_told(secure):
    with listening(ConnectProxy(secure, status=403)) as port:
        error = fails(f"http://name:{PASSWORD}@127.0.0.1:{port}")
    assert error.stage == "proxy"
    assert f"http://***@127.0.0.1:{port} lets nobody through to {NAME} (HTTP 403)" in str(error)


def test_a_proxy_that_is_not_there_or_none_is_told():
    error = fails(f"http://name:{PASSWORD}@127.0.0.1:1")
    assert error.stage == "proxy"
    assert "proxy=False" in str(error)
    with listening(answering(200, "hello")) as port:
        assert fails(f"http://127.0.0.1:{port}").stage in ("proxy", "tls")


@pytest.mark.parametrize(
    "proxy",
    [
        f"http://name:{PASSWORD}@:80",
        f"ftp://name:{PASSWORD}@host:80",
        f"http://{PASSWORD}@host:80",
        f"http://name:x@host:{PASSWORD}",
    ],
)
def test_what_is_no_proxy_is_refused_without_repeating_it(proxy):
    with pytest.raises(EndpointError, match=r"proxy that proxy= names") as refused:
        rl.endpoint(f"wss://{NAME}/v1/realtime?model=m", api_key=KEY, proxy=proxy)
    assert PASSWORD not in str(refused.value)


def test_a_file_that_holds_no_certificate_is_told_at_once(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing here")
    for file, told in ((empty, "no certificate"), (tmp_path / "none.pem", "cannot read")):
        with pytest.raises(EndpointError, match=told):
            rl.endpoint(f"wss://{NAME}/v1/realtime?model=m", api_key=KEY, ca=file)
