"""What is left when something is killed in the middle, or a disk is full: all that was logged."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

import realtime_lab as rl
from realtime_lab.errors import ServerError, SessionClosed
from realtime_lab.eventlog import EventLog
from realtime_lab.server.options import TlsOptions
from realtime_lab.server.tls import open_tls
from tests.scripted import ScriptedEngine, tone
from tests.server.client import PATHS, session
from tests.servers import RunningServer, scripted_server

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

AUDIO = "response.output_audio.delta"
LONG = "Please repeat after me: one two three four five six seven eight nine ten."


def test_a_server_killed_in_the_middle_of_a_turn_costs_nothing_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    seen: list[str] = []

    async def visit() -> tuple[SessionClosed, EventLog]:
        # Faults have a server of their own, and a session with a seed does not connect again.
        lab = await rl.connect(rl.embedded(faults=["delay:ms=1"]), seed=1, log=path)
        process = lab.server._process

        def kill_amid_speech(entry: Any) -> None:
            seen.append(entry.type)
            if entry.type == AUDIO and entry.direction == "received":
                process.kill()

        lab.session.subscribe(kill_amid_speech)
        with pytest.raises(SessionClosed) as closed:
            await lab.say(LONG)
        return closed.value, lab.session.log

    closed, log = asyncio.run(visit())
    assert "broke off" in str(closed)
    assert "connect again" in str(closed)
    assert AUDIO in seen
    kept = EventLog.load(path)
    assert [entry.data for entry in kept] == [entry.data for entry in log], "all is in the file"
    assert kept.notes == []
    last = list(kept)[-1]
    assert last.type == "lab.closed"
    assert last.event.data["code"] == 1006  # type: ignore[union-attr]
    assert kept.events("response.created")
    assert not kept.events("response.done")


CLIENT = textwrap.dedent("""
    import base64, json, os, signal, sys
    from websockets.sync.client import connect

    socket = connect(sys.argv[1], additional_headers={"api-key": sys.argv[2]})
    socket.recv()
    audio = base64.b64encode(b"\\x00\\x40" * 240_000).decode()
    text = json.dumps({"type": "input_audio_buffer.append", "audio": audio})
    socket.send(text)
    while "speech_started" not in socket.recv():
        pass
    socket.protocol.send_text(text.encode())
    frame = b"".join(socket.protocol.data_to_send())
    socket.socket.sendall(frame[: len(frame) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
""")


def on_server(server: RunningServer, work: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(work, server.loop).result(20)


async def others() -> set[asyncio.Task[Any]]:
    """All tasks but this one."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def all_have_ended(before: set[asyncio.Task[Any]]) -> bool:
    """Whether every task ends that was not there before; waits for it."""
    while begun := await others() - before:
        if (await asyncio.wait(begun, timeout=10))[1]:
            return False
    return True


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_a_client_killed_in_the_middle_of_an_append_frees_its_session(dialect: str) -> None:
    with scripted_server(ScriptedEngine()) as server:
        before = on_server(server, others())
        command = [sys.executable, "-c", CLIENT, server.ws_url + PATHS[dialect], server.key]
        killed = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert on_server(server, all_have_ended(before))
        assert list(server.server.roster) == []

        async def another() -> None:
            async with session(server, dialect) as client:
                await client.append(tone(300))
                await client.until("input_audio_buffer.speech_started")

        asyncio.run(another())


needs_full = pytest.mark.skipif(
    not Path("/dev/full").exists(),
    reason="this system has no /dev/full, a disk that is always full",
)


def fill_disk_of(log: EventLog) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, log._disk.journal._files._file.fileno())  # type: ignore[union-attr]
    os.close(full)


@needs_full
def test_a_session_goes_on_when_the_disk_of_its_log_is_full(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "log.jsonl"

    async def visit(server: RunningServer) -> EventLog:
        endpoint = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)
        async with await rl.connect(endpoint, log=path) as lab:
            log = lab.session.log
            log.flush()
            before = path.stat().st_size
            fill_disk_of(log)
            turn = await lab.say("Are you still there?")
            assert turn.status == "completed"
            assert path.stat().st_size == before
        return log

    with scripted_server(ScriptedEngine()) as server:
        log = asyncio.run(visit(server))
    (note,) = log.notes
    assert "no space left on device" in note
    assert "write()" in note
    assert note in caplog.messages, "it was told at once"
    assert len(log.events("lab.journal_failed")) == 1
    kept = EventLog.load(path)
    assert len(kept) > 0
    assert [entry.data for entry in kept] == [entry.data for entry in log[: len(kept)]]
    elsewhere = tmp_path / "whole.jsonl"
    log.write(elsewhere)
    assert len(EventLog.load(elsewhere)) == len(log)


@needs_full
def test_a_server_writes_but_the_certificate_and_tells_where_it_cannot(tmp_path: Path) -> None:
    pytest.importorskip("trustme")
    options = TlsOptions(self_signed=True, ca="/dev/full")
    with pytest.raises(ServerError, match="cannot write /dev/full: No space left on device"):
        open_tls(options, "127.0.0.1", str(tmp_path))


def test_a_server_leaves_no_file_behind(tmp_path: Path) -> None:
    """It keeps all in memory: a session on a full disk is like any other."""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "realtime_lab.server", "--port", "0", "--key", "k"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        threading.Thread(target=process.stdout.read).start()
        assert process.wait(60) == 0, process.stderr.read()
    assert list(tmp_path.iterdir()) == []
