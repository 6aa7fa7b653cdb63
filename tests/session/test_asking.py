"""The question about consent in a real kernel, with a front end and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

BEGIN = """
import realtime_lab as rl
from realtime_lab.session import consent
from realtime_lab.session.consent_file import ConsentFile
from pathlib import Path
consent.CONSENT._file = ConsentFile(Path("/nowhere/consents.json"))
endpoint = rl.endpoint("wss://speech.invalid/v1/realtime?model=m", api_key="0" * 40)
def told(call):
    try:
        call()
    except rl.errors.ConsentMissing as error:
        print(error)
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        assert run(client, BEGIN) == ("", [])
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(
    client: BlockingKernelClient, code: str, answer: str | None = None
) -> tuple[str, list[str]]:
    """What a cell prints, and what it asked; ``answer`` is what somebody types, if there is one."""
    printed: list[str] = []
    asked: list[str] = []

    def output(message: dict[str, Any]) -> None:
        content = message["content"]
        printed.append(content.get("text") or "\n".join(content.get("traceback", [])))

    def asks(message: dict[str, Any]) -> None:
        asked.append(message["content"]["prompt"])
        client.input(answer or "")

    client.execute_interactive(
        code,
        allow_stdin=answer is not None,
        stdin_hook=asks,
        output_hook=output,
        timeout=60,
    )
    return "".join(printed), asked


def test_a_notebook_that_runs_alone_is_refused_and_told_how_to_agree(kernel):
    for cell in (
        "told(lambda: rl.run(rl.connect(endpoint)))",
        "try:\n    await rl.connect(endpoint)\nexcept Exception as e:\n    print(e)",
    ):
        printed, asked = run(kernel, cell)
        assert asked == []
        assert "rl.agree('speech.invalid')" in printed
        assert "nothing was" in printed


@pytest.mark.parametrize(
    "cell",
    ["told(lambda: rl.run(rl.connect(endpoint)))",
     "try:\n    await rl.connect(endpoint)\nexcept rl.errors.ConsentMissing as e:\n    print(e)"],
)  # fmt: skip
def test_somebody_at_a_notebook_is_asked(kernel, cell):
    printed, asked = run(kernel, cell, "n")
    assert len(asked) == 1
    assert "Before anything is sent to speech.invalid" in asked[0]
    assert "Do you agree?" in asked[0]
    assert printed == "you did not agree that anything is sent to speech.invalid; nothing was.\n"


def test_who_agrees_is_not_asked_again(kernel):
    cell = "print(consent.CONSENT.require(endpoint, None).how)"
    assert run(kernel, cell, "y")[0] == "asked\n"
    assert run(kernel, cell, "n") == ("asked\n", [])
