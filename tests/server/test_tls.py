"""The server behind TLS."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect

from realtime_lab.errors import ServerError
from realtime_lab.server import ServerOptions
from realtime_lab.server.options import TlsOptions
from realtime_lab.server.tls import open_tls
from tests.servers import KEY

ROOT = Path(__file__).parent.parent.parent
WAIT = 60
SELF_SIGNED = TlsOptions(self_signed=True)


@contextmanager
def serving(*options: str) -> Iterator[tuple[int, str]]:
    """A server process of its own; its port and its banner."""
    command = [sys.executable, "-m", "realtime_lab.server", "--port", "0", "--key", KEY, *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        banner = ""
        while "Stop it" not in banner:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            banner += line
        try:
            yield int(banner.splitlines()[0].rpartition(":")[2]), banner
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=WAIT)


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str, Path]]:
    """A server with a certificate of its own making; what its clients are to trust."""
    ca = tmp_path_factory.mktemp("tls") / "trust.pem"
    with serving("--tls", "self-signed", "--tls-ca", str(ca)) as (port, banner):
        yield port, banner, ca


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.shows("tls")
def test_a_client_that_trusts_the_authority_talks_over_tls(
    tls_server: tuple[int, str, Path], host: str
):
    port, _, ca = tls_server
    trusting = ssl.create_default_context(cafile=str(ca))

    async def run() -> dict[str, Any]:
        url = f"wss://{host}:{port}/openai/v1/realtime?model=gpt-realtime"
        # 127.0.0.1 all the same: the name is what the certificate is checked for.
        async with connect(
            url, ssl=trusting, host="127.0.0.1", additional_headers={"api-key": KEY}
        ) as socket:
            return json.loads(await socket.recv())

    assert asyncio.run(run())["type"] == "session.created"
    with urlopen(f"https://127.0.0.1:{port}/healthz", context=trusting) as answer:
        assert json.load(answer)["status"] == "ok"


@pytest.mark.shows("tls")
def test_the_sdk_talks_over_tls(tls_server: tuple[int, str, Path]):
    from openai import DefaultHttpxClient, OpenAI

    port, _, ca = tls_server
    trusting = ssl.create_default_context(cafile=str(ca))
    client = OpenAI(
        api_key=KEY,
        base_url=f"https://127.0.0.1:{port}/v1",
        http_client=DefaultHttpxClient(verify=trusting),
    )
    secret = client.realtime.client_secrets.create(session={"type": "realtime"})
    page = OpenAI(api_key=secret.value, base_url=f"https://127.0.0.1:{port}/v1")
    options: Any = {"ssl": trusting}
    with page.realtime.connect(
        model="gpt-realtime", websocket_connection_options=options
    ) as connection:
        assert connection.recv().type == "session.created"


def test_nobody_else_takes_the_certificate_for_good(tls_server: tuple[int, str, Path]):
    port, _, _ = tls_server
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        urlopen(f"https://127.0.0.1:{port}/healthz")


def test_the_banner_shows_the_addresses_and_what_to_trust(tls_server: tuple[int, str, Path]):
    port, banner, ca = tls_server
    assert f"wss://127.0.0.1:{port}/openai/realtime?" in banner
    assert f"https://127.0.0.1:{port}/healthz" in banner
    assert "ws://" not in banner.replace("wss://", "")
    assert str(ca) in banner


def test_a_file_of_trust_that_nobody_asked_for_goes_with_the_server():
    with serving("--tls", "self-signed") as (_, banner):
        (line,) = [line for line in banner.splitlines() if "to be trusted" in line]
        ca = Path(line.split()[-1])
        assert "BEGIN CERTIFICATE" in ca.read_text()
        assert "PRIVATE KEY" not in ca.read_text()
    assert not ca.exists()


def test_a_certificate_of_ones_own_is_used(tmp_path: Path):
    import trustme

    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    key.write_bytes(leaf.private_key_pem.bytes())
    options = TlsOptions(certificate=str(certificate), key=str(key))
    made = open_tls(options, "127.0.0.1", str(tmp_path))
    assert made is not None
    assert made.ca is None
    client = ssl.create_default_context()
    authority.configure_trust(client)
    assert handshake(client, made.context, "localhost") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(client, made.context, "127.0.0.1")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "lab.example"])
def test_a_made_certificate_is_for_this_machine_and_the_host(name: str, tmp_path: Path):
    made = open_tls(SELF_SIGNED, "lab.example", str(tmp_path))
    assert made is not None
    assert made.ca is not None
    client = ssl.create_default_context(cafile=str(made.ca))
    assert handshake(client, made.context, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(client, made.context, "example.com")


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> str | None:
    """The version of TLS that the two agree on, in memory."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(down, up, server_hostname=name)
    far = server.wrap_bio(up, down, server_side=True)
    for _ in range(3):
        for side in (near, far):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return near.version()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tls-cert", "cert.pem"], "belong together"),
        (["--tls-key", "key.pem"], "belong together"),
        (["--tls", "self-signed", "--tls-cert", "c", "--tls-key", "k"], "choose one"),
        (["--tls-cert", "none.pem", "--tls-key", "none.pem"], "cannot read"),
        (["--tls-ca", "trust.pem"], "belongs to"),
        (["--tls", "self-signed", "--tls-ca", "/no/such/folder/trust.pem"], "cannot write"),
    ],
)
def test_options_that_make_no_sense_are_told_in_one_sentence(arguments, said, tmp_path):
    parser = argparse.ArgumentParser()
    ServerOptions.add_to(parser)
    options = ServerOptions.read(parser.parse_args(arguments))
    with pytest.raises(ServerError, match=said):
        open_tls(options.tls, "127.0.0.1", str(tmp_path))


def test_files_that_are_no_certificate_are_told(tmp_path: Path):
    path = tmp_path / "cert.pem"
    path.write_text("nonsense")
    with pytest.raises(ServerError, match="do not fit"):
        open_tls(TlsOptions(certificate=str(path), key=str(path)), "127.0.0.1", str(tmp_path))


def test_without_options_there_is_no_tls(tmp_path: Path):
    assert open_tls(TlsOptions(), "127.0.0.1", str(tmp_path)) is None


def test_without_trustme_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(ServerError, match=r'pip install "realtime-lab\[tls\]"'):
        open_tls(SELF_SIGNED, "127.0.0.1", str(tmp_path))
