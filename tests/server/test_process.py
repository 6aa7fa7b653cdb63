"""The server as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from realtime_lab.errors import ServerError
from realtime_lab.server.run import open_listener

ROOT = Path(__file__).parent.parent.parent
WAIT = 60


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "realtime_lab.server", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.fixture
def child():
    """A led server and the port it told."""
    with start("--child", "--port", "0") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"key": "k"}) + "\n")
        process.stdin.flush()
        yield process, json.loads(process.stdout.readline())["port"]
        process.kill()


def test_a_led_server_listens_when_it_tells_its_port(child):
    _, port = child
    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200


def test_a_led_server_ends_with_its_parent(child):
    process, port = child
    process.stdin.close()
    assert process.wait(WAIT) == 0
    assert process.stderr.read() == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_server(child, number: int):
    process, _ = child
    process.send_signal(number)
    assert process.wait(WAIT) == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.shows("shutdown")
def test_sessions_are_closed_when_the_server_stops(child):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    process, port = child
    url = f"ws://127.0.0.1:{port}/v1/realtime?model=m"
    with connect(url, additional_headers={"api-key": "k"}) as socket:
        assert json.loads(socket.recv())["type"] == "session.created"
        item = {"type": "message", "role": "user", "content": []}
        for _ in range(20):
            socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
        told = [json.loads(socket.recv(WAIT))]
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                told.append(json.loads(socket.recv(WAIT)))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012, "service restart"
    assert told[0]["type"] == "conversation.item.added"
    assert told[-1]["error"]["type"] == "server_error"
    assert "stopping" in told[-1]["error"]["message"]
    assert process.wait(WAIT) == 0
    assert process.stderr.read() == ""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_client_that_does_not_read_does_not_hold_up_the_end(child):
    from websockets.sync.client import connect

    process, port = child
    url = f"ws://127.0.0.1:{port}/v1/realtime?model=m"
    headers = {"api-key": "k"}
    # The answers (12 MB) are more than the buffers of both sockets hold, and less than the 16 MB
    # after which the server does not read either and this client could not go on.
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", port))
    with connect(
        url, sock=narrow, additional_headers=headers, max_queue=1, close_timeout=0.1
    ) as line:
        line.recv()
        text = "x" * 100_000
        part = {"type": "input_text", "text": text}
        item = {"type": "message", "role": "user", "content": [part]}
        for _ in range(60):
            line.send(json.dumps({"type": "conversation.item.create", "item": item}))
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
    assert process.stderr.read() == ""


def test_a_brain_that_does_not_exist_is_told_to_every_session():
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    with start("--child", "--brain", "nobody") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"key": "k"}\n')
        process.stdin.flush()
        port = json.loads(process.stdout.readline())["port"]
        url = f"ws://127.0.0.1:{port}/v1/realtime?model=m"
        with connect(url, additional_headers={"api-key": "k"}) as socket:
            assert json.loads(socket.recv())["type"] == "session.created"
            error = json.loads(socket.recv())["error"]
            assert "nobody" in error["message"]
            assert error["type"] == "server_error"
            with pytest.raises(ConnectionClosed):
                socket.recv(WAIT)
        process.kill()


def test_a_led_server_needs_its_key():
    process = start("--child")
    _, told = process.communicate("nonsense\n", timeout=WAIT)
    assert process.returncode == 1
    assert told.strip().endswith('expects one line {"key": "…"} on standard input.')


def test_a_server_alone_tells_where_it_is_and_its_key():
    process = start("--port", "0")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(11)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=WAIT)
    text = "".join(lines)
    assert "/openai/realtime?api-version=" in text
    assert "/v1/realtime?model=gpt-realtime" in text
    assert "key" in text
    for path in ("/healthz", "/lab/status", "/lab/limits", "/metrics", "/lab/schemas"):
        assert path in text


def test_a_given_key_is_not_shown():
    process = start("--port", "0", "--key", "my-secret")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=WAIT)
    assert "my-secret" not in out + err


def test_a_server_stays_on_this_machine():
    with pytest.raises(ServerError, match="other machines"):
        open_listener("0.0.0.0", 0)
    with open_listener("0.0.0.0", 0, anywhere=True):
        pass


def test_a_taken_port_is_told():
    with (
        open_listener("127.0.0.1", 0) as taken,
        pytest.raises(ServerError, match="Choose another --port"),
    ):
        open_listener("127.0.0.1", taken.getsockname()[1])
