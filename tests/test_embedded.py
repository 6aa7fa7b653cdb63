"""The embedded server as a process of its own, with its real engine."""

import asyncio
import os
import subprocess
import sys

import pytest

import realtime_lab as rl
from realtime_lab.diagnosis import examine
from realtime_lab.errors import SessionClosed
from realtime_lab.session import EmbeddedServer


def test_a_lab_starts_it_by_itself_and_a_second_one_shares_it():
    async def visit():
        async with await rl.connect() as one, await rl.connect(rl.embedded(dialect="ga")) as two:
            return one.session.endpoint.url, two.session.endpoint.url

    first, second = asyncio.run(visit())
    assert first.split("/")[2] == second.split("/")[2]


def test_it_remembers_what_it_was_told():
    async def visit():
        async with await rl.connect() as lab:
            await lab.say("My name is Ada.")
            return await lab.say("What is my name?")

    assert "Ada" in asyncio.run(visit()).transcript


def test_it_hears_a_recording(speech):
    async def visit():
        async with await rl.connect() as lab:
            return await lab.speak(speech("goforward"))

    turn = asyncio.run(visit())
    assert "forward" in turn.transcript_user.lower()
    assert turn.audio.seconds > 0.5


def test_its_key_is_in_no_process_list():
    server = EmbeddedServer.shared()
    listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("there is no ps on this machine")
    assert server.key.reveal() not in listed.stdout


@pytest.mark.skipif(not hasattr(os, "getpgid"), reason="needs process groups")
def test_an_interrupt_of_the_kernel_or_the_terminal_does_not_reach_it():
    server = EmbeddedServer.shared()
    assert os.getpgid(server._process.pid) != os.getpgid(0)


def test_it_ends_with_the_process_that_started_it():
    script = (
        "from realtime_lab.session import EmbeddedServer\n"
        "print(EmbeddedServer.shared()._process.pid, flush=True)\n"
        "import os; os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid = int(parent.stdout)
    waited = subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], timeout=20, check=False)
    assert waited.returncode == 0


def test_an_engine_that_does_not_exist_is_told():
    with pytest.raises(SessionClosed, match="no brain called 'nobody'"):
        rl.run(rl.connect(rl.embedded(brain="nobody")))


def test_the_doctor_finds_this_machine_well():
    findings = {finding.what: finding for finding in examine()}
    assert [f"{f}" for f in findings.values() if f.is_broken] == []
    assert findings["ears"].verdict == "works"
