"""What a session asked for beside what the service confirmed."""

from __future__ import annotations

import asyncio
import warnings

import pytest

import realtime_lab as rl
from realtime_lab.errors import SettingIgnored
from realtime_lab.protocol import (
    NOT_TOLD,
    ErrorDetails,
    ErrorEvent,
    Response,
    ResponseConfig,
    ResponseCreate,
    ResponseCreated,
    SessionConfig,
    SessionUpdate,
    SessionUpdated,
)
from realtime_lab.server import settings as server_settings
from realtime_lab.session.settings_report import AskedSettings
from tests.scripted import ScriptedEngine
from tests.servers import running_server

PATHS = {
    "preview": "/openai/realtime?deployment=gpt-4o-realtime-preview",
    "ga": "/v1/realtime?model=gpt-realtime",
}


def in_lab(place, use, **options):
    async def visit():
        async with await rl.connect(place, **options) as lab:
            return await use(lab)

    return asyncio.run(visit())


class Asked:
    def __init__(self) -> None:
        self.config = SessionConfig()
        self.marks: list[dict] = []
        self.answers = {"r1": "ask_1"}
        self.asked = AskedSettings(
            lambda: self.config,
            lambda response_id: self.answers.get(response_id, ""),
            lambda name, **data: self.marks.append(data),
        )

    def update(self, event_id: str, **fields) -> None:
        config = SessionConfig(**fields)
        self.asked.sent(SessionUpdate(event_id=event_id, session=config))

    def updated(self, **fields) -> None:
        self.config = SessionConfig(**fields)
        self.asked.apply(SessionUpdated(session=self.config))


def test_updates_add_up_and_refused_ones_do_not_count():
    asked = Asked()
    asked.update("u1", instructions="Be brief.", temperature=0.8)
    asked.update("u2", instructions="Sing.")
    asked.updated(instructions="Be brief.", temperature=0.8)
    asked.asked.apply(ErrorEvent(error=ErrorDetails(message="no", event_id="u2")))
    report = asked.asked.report()
    assert report["instructions"].asked == "Be brief."
    assert report.ignored == []
    assert asked.marks == []


def test_a_difference_is_told_once():
    asked = Asked()
    asked.update("u1", temperature=0.7)
    with pytest.warns(SettingIgnored, match="asked for 0.7"):
        asked.updated(temperature=0.8)
    asked.update("u2", instructions="Sing.")
    asked.updated(temperature=0.8, instructions="Sing.")
    (mark,) = asked.marks
    assert (mark["setting"], mark["asked"], mark["effective"]) == ("temperature", "0.7", "0.8")
    assert mark["told"] == (
        "the service did not follow a setting: temperature: asked for 0.7, in force is 0.8"
    )
    asked.update("u3", temperature=0.6)
    with pytest.warns(SettingIgnored, match="asked for 0.6"):
        asked.updated(temperature=0.8, instructions="Sing.")


def test_a_response_that_came_out_otherwise_is_kept_with_its_id():
    asked = Asked()
    config = ResponseConfig(output_modalities=["text"], metadata={"lab_request": "ask_1"})
    asked.asked.sent(ResponseCreate(event_id="ask_1", response=config))
    begun = Response(id="r1", status="in_progress", output_modalities=["audio"])
    with pytest.warns(SettingIgnored):
        asked.asked.apply(ResponseCreated(response=begun))
    report = asked.asked.report()
    assert [row.name for row in report.responses["r1"]] == ["output_modalities"]
    assert asked.marks[0]["response_id"] == "r1"
    assert "r1: output_modalities" in repr(report)


def test_a_response_of_the_service_itself_is_not_compared():
    asked = Asked()
    asked.asked.sent(
        ResponseCreate(event_id="ask_1", response=ResponseConfig(output_modalities=["text"]))
    )
    begun = Response(id="r2", status="in_progress", output_modalities=["audio"])
    asked.asked.apply(ResponseCreated(response=begun))
    assert asked.marks == []


@pytest.mark.parametrize("dialect", PATHS)
def test_a_session_as_it_was_asked_for_shows_no_difference(dialect: str):
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    async def use(lab):
        await lab.say("Hello")
        await lab.update(instructions="Be brief.")
        return lab.settings, lab.log.events("lab.setting_ignored")

    with running_server(ScriptedEngine()) as server:
        place = rl.endpoint(server.ws_url + PATHS[dialect], api_key=server.key)
        with warnings.catch_warnings():
            warnings.simplefilter("error", SettingIgnored)
            report, marks = in_lab(
                place, use, voice="verse", instructions="Sing.", speed=1.2, tools=[add]
            )
    assert marks == []
    assert report.ignored == []
    assert report["instructions"].effective == "Be brief."
    assert report["audio.output.voice"].same is True
    assert report["max_output_tokens"].asked is NOT_TOLD
    assert report.effective.instructions == "Be brief."
    assert repr(report).startswith("Settings: all that was asked for is in force")
    assert "<table" in report._repr_html_()


def test_what_a_service_leaves_out_without_a_word_is_told(monkeypatch):
    followed = server_settings.Settings._replaced

    def deaf(self, present, name, asked):
        return present if name == "speed" else followed(self, present, name, asked)

    async def use(lab):
        return lab.settings, lab.log.events("lab.setting_ignored")

    monkeypatch.setattr(server_settings.Settings, "_replaced", deaf)
    with running_server(ScriptedEngine()) as server:
        place = rl.endpoint(server.ws_url + PATHS["ga"], api_key=server.key)
        with pytest.warns(SettingIgnored, match=r"speed: asked for 1.3, in force is 1"):
            report, marks = in_lab(place, use, speed=1.3)
    assert [row.name for row in report.ignored] == ["audio.output.speed"]
    assert [entry.event.data["setting"] for entry in marks] == ["audio.output.speed"]
    assert "! audio.output.speed" in repr(report)
